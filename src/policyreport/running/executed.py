"""What a run left behind: executed notebooks, each with its record; and whether enough areas have results."""

import math
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from pydantic import ValidationError

from policyreport.errors import RenderError
from policyreport.figures.simulated import marked_name, unmarked_name
from policyreport.records.base import misfit
from policyreport.records.digits import as_published
from policyreport.records.notebooks import NATIONAL_NOTEBOOKS, PROVINCE_NOTEBOOKS
from policyreport.records.own import record_type
from policyreport.running.store import broken_seal, failure_path, notebook_path, record_path

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


def read_executed(store: Path, failed: Container[tuple[str, str]]) -> Iterator[tuple[str, str, nbformat.NotebookNode]]:
    """Read every notebook that ran to its end, with its area and name, in the order of their paths.

    What a notebook in `failed` showed before it failed has no record behind it, and is left out.

    Raises RenderError where a notebook is not one, or its record is missing, does not fit its schema or was changed
    since the run: the pages would show numbers that neither the downloads nor `policyreport trace` know; and for a
    record without a notebook.
    """
    for path in sorted((store / "records").glob("*/*.json")):
        notebook = notebook_path(store, path.parent.name, path.stem)
        if not notebook.is_file():
            raise RenderError(str(notebook), "the executed notebook of a record", "no such file", _again(store))
    for path in sorted((store / "notebooks").glob("*/*.ipynb")):
        area, name = path.parent.name, path.stem
        if (area, name) not in failed:
            executed = _read_notebook(path, store)
            _check_record(store, area, name)
            yield area, name, executed


def _read_notebook(path: Path, store: Path) -> nbformat.NotebookNode:
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    # nbformat passes on the errors of JSON, its schema and the encoding.
    except Exception as error:
        raise RenderError(str(path), "an executed notebook", _first_line(error), _again(store)) from error
    return notebook


def _check_record(store: Path, area: str, name: str) -> None:
    """Require a notebook's record, and that it fits its schema."""
    path = record_path(store, area, name)
    try:
        body = path.read_bytes()
    except OSError as error:
        got = "no such file" if isinstance(error, FileNotFoundError) else str(error)
        raise RenderError(str(path), "the record of the executed notebook", got, _again(store)) from error
    kind = unmarked_name(name)
    try:
        record_type(kind).from_json(body)
    except ValidationError as error:
        raise RenderError(str(path), f"a record of notebook {kind}", misfit(error), _again(store)) from error
    notebook = notebook_path(store, area, name)
    if changed := broken_seal(notebook.read_bytes(), body):
        place = path if changed == "record" else notebook
        raise RenderError(str(place), f"the {changed} as the run wrote it", "another content", _again(store))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _again(store: Path) -> str:
    return f"Run `policyreport run {store.name}` again."
