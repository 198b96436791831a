"""What a page's script shows next to a marked value: the rows behind it, their definition, publisher and link.

Pages carry a number for each set of rows (``[1,227]{.v rows="17"}``); the numbers are explained once for the whole
site, in ``trace-data.js``, which is loaded when a reader first asks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from policyreport.errors import PolicyReportError, RenderError
from policyreport.publishing.provenance import Evidence, Provenance
from policyreport.records.formats import NBSP
from policyreport.records.markdown import followed
from policyreport.records.marks import MARK, expand

FILE = "trace-data.js"
# More rows than these are counted; the download of the ledger holds all.
ROWS_SHOWN = 5
WORDS = {
    "en": {"source": "Source of", "published": "published", "more": "and {n} more rows", "row": "row"},
    "vi": {"source": "Nguồn của", "published": "công bố", "more": "và {n} dòng khác", "row": "dòng"},
}


@dataclass
class SourceMarks:
    """Numbers for the sets of rows that pages mark, in order of appearance."""

    numbers: dict[str, int] = field(default_factory=dict)

    def numbered(self, markdown: str) -> str:
        """Replace the rows of every mark in a page by the number of their set."""
        return MARK.sub(
            lambda match: f'[{match["text"]}]{{.v rows="{self.numbers.setdefault(match["rows"], len(self.numbers))}"}}',
            markdown,
        )

    def write(self, project: Path, provenance: Provenance) -> None:
        """Write the explanation of all numbers; raises RenderError if a marked row is no longer known."""
        try:
            data = explain(list(self.numbers), provenance)
        except PolicyReportError as error:
            raise RenderError(error.where, error.expected, error.got, error.todo) from None
        lines = [f" {json.dumps(key)}: {_rows_of_json(value)}" for key, value in data.items()]
        text = "window.traceData = {\n" + in_script(",\n".join(lines)) + "\n};\n"
        (project / FILE).write_text(text, encoding="utf-8")


def explain(sets: list[str], provenance: Provenance) -> dict[str, object]:
    """Describe sets of rows for the site's script, each row, definition and source once.

    Returns ``words``; ``sets``: ``[[row, …], rows left out, [source, …]]``; ``rows``: ``[title, value, where and when,
    definition, note, published, source, number in the file]``; ``texts``; ``sources``: ``[publisher, title, address,
    file]``. Numbers point into ``rows``, ``texts`` and ``sources``.
    """
    rows: dict[str, list[object]] = {}
    texts: dict[str, int] = {}
    sources: dict[str, int] = {}
    cited: list[list[str]] = []
    found: list[list[object]] = []
    places: dict[str, int] = {}

    def source(each: Evidence) -> int:
        if each.origin.file not in sources:
            sources[each.origin.file] = len(sources)
            origin = each.origin
            file = origin.file.removeprefix(f"{provenance.raw}/")
            cited.append([_short(origin.publisher), origin.title, followed(origin.address), file])
        return sources[each.origin.file]

    def row(each: Evidence) -> int:
        if each.id not in places:
            places[each.id] = len(places)
            rows[each.id] = _row(each, lambda text: texts.setdefault(text, len(texts)), source(each))
        return places[each.id]

    for text in sets:
        told = [provenance.evidence(id) for id in expand(text)]
        shown = [row(each) for each in _telling(told)]
        found.append([shown, len(told) - len(shown), sorted({source(each) for each in told})])
    words = WORDS[provenance.edition.language]
    return {"words": words, "sets": found, "rows": list(rows.values()), "texts": list(texts), "sources": cited}


def _telling(told: list[Evidence]) -> list[Evidence]:
    """Select the rows that are shown: some of every series, those of one indicator together."""
    titles = {each.title: at for at, each in reversed(list(enumerate(told)))}
    met: Counter[tuple[str, str]] = Counter()
    turns = []
    for each in told:
        turns.append(met[each.title, each.area])
        met[each.title, each.area] += 1
    first = sorted(range(len(told)), key=lambda at: (turns[at], at))[:ROWS_SHOWN]
    return [told[at] for at in sorted(first, key=lambda at: (titles[told[at].title], at))]


def _row(each: Evidence, number_of: Callable[[str], int], source: int) -> list[object]:
    """Return a row as the script reads it; what repeats between rows is a number."""
    dated = "" if each.dated.replace(NBSP, " ") in each.list else each.dated
    status = "" if each.status == "observed" else each.status
    where = ", ".join(part for part in (each.area, each.list, dated, status) if part)
    number = each.id.rpartition("#")[2] if each.kind == "row" else ""
    measure = f"{each.measure}: " if each.measure and each.definition else each.measure
    said = not each.unit or each.unit.casefold() in each.title.casefold()
    title = each.title if said else f"{each.title}, {each.unit}"
    return [
        number_of(title), each.value, where, number_of(measure + each.definition), number_of(each.note),
        number_of(each.published), source, number,
    ]  # fmt: skip


def in_script(json_text: str) -> str:
    """Write JSON so that it ends no script and no line of one."""
    return json_text.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _short(publisher: str) -> str:
    """Return a publisher's name without the explanation in brackets."""
    return publisher.split(" (")[0].strip()


def _rows_of_json(value: object) -> str:
    """Write one entry per line, so that a changed row is one changed line."""
    if isinstance(value, list):
        lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in value]
        return "[\n  " + ",\n  ".join(lines) + "\n ]"
    return json.dumps(value, ensure_ascii=False)
