"""Whether enough of an edition's areas have results for it to be published."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyreport.errors import RenderError
from policyreport.figures.simulated import marked_name
from policyreport.records.digits import as_published
from policyreport.records.notebooks import NATIONAL_NOTEBOOKS, PROVINCE_NOTEBOOKS
from policyreport.running.store import failure_path, record_path

# At the top of every page of a draft.
SENTENCES = {
    "en": "Draft, not for publication. {complete} of {expected} provinces have results; publication asks for {needed}.",
    "vi": "Bản thảo, không công bố. {complete} trên {expected} tỉnh, thành phố có kết quả; để công bố cần {needed}.",
}
NATION = {
    "en": " The country's results are missing.",
    "vi": " Thiếu kết quả của cả nước.",
}
WORDS = {"en": "draft", "vi": "bản thảo"}
# A message names at most this many areas.
NAMED = 5


@dataclass(frozen=True)
class Turnout:
    """How many areas of an edition have results."""

    expected: tuple[str, ...]
    # Areas with a notebook that failed or did not run.
    missing: tuple[str, ...]
    # Whether the national results are there.
    nation: bool
    # The share of areas that publication requires.
    quorum: float

    @property
    def needed(self) -> int:
        """Number of areas that publication requires."""
        # 0.9 of 10 is 9, despite binary fractions.
        return math.ceil(round(self.quorum * len(self.expected), 9))

    @property
    def complete(self) -> int:
        """Number of areas with all their results."""
        return len(self.expected) - len(self.missing)

    @property
    def reached(self) -> bool:
        """Whether the edition may be published."""
        return self.nation and self.complete >= self.needed

    def sentence(self, language: str) -> str:
        """What a draft says of itself, in English where the language is not offered."""
        language = language if language in SENTENCES else "en"
        facts = {"complete": self.complete, "expected": len(self.expected), "needed": self.needed}
        return SENTENCES[language].format(**facts) + ("" if self.nation else NATION[language])


def count_turnout(store: Path, areas: Sequence[str], nation: str, quorum: float, *, simulated: bool = False) -> Turnout:
    """Count the areas that have results: each of its notebooks has its record."""

    def has(area: str, notebook: str) -> bool:
        name = marked_name(notebook) if simulated else notebook
        return record_path(store, area, name).is_file() and not failure_path(store, area, name).exists()

    missing = tuple(area for area in areas if not all(has(area, notebook) for notebook in PROVINCE_NOTEBOOKS))
    return Turnout(tuple(areas), missing, all(has(nation, notebook) for notebook in NATIONAL_NOTEBOOKS), quorum)


def require_quorum(turnout: Turnout, edition: str) -> None:
    """Refuse to publish an edition with too few results (`RenderError`)."""
    if turnout.reached:
        return
    quorum = as_published(turnout.quorum)
    expected = f"results of {turnout.needed} of {len(turnout.expected)} areas (quorum {quorum}), and the national ones"
    listed = ", ".join(turnout.missing[:NAMED]) + (" …" if len(turnout.missing) > NAMED else "")
    got = f"{turnout.complete} areas" + (f" (without {listed})" if turnout.missing else "")
    got += "" if turnout.nation else ", without the national ones"
    todo = (
        f"Run `policyreport run {edition}` again and see which notebooks fail, or render a draft that is marked as "
        f"one: `policyreport render {edition} --draft`."
    )
    raise RenderError(f"edition {edition}", expected, got, todo)
