"""What a page's script shows next to a marked value: the rows behind it, their definition, publisher and link.

Pages carry a number for each set of rows (``[1,227]{.v rows="17"}``); the numbers are explained once for the whole
site, in ``trace-data.js``, which is loaded when a reader first asks.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from policyreport.errors import PolicyReportError, RenderError
from policyreport.publishing.provenance import Evidence, Provenance
from policyreport.publishing.renderers.search import in_script
from policyreport.records.formats import NBSP
from policyreport.records.markdown import MARK, expand, followed

FILE = "trace-data.js"
# Further rows are only counted; the download of the ledger holds all.
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
    described: list[list[object]] = []
    places: dict[str, int] = {}

    def source(item: Evidence) -> int:
        if item.origin.file not in sources:
            sources[item.origin.file] = len(sources)
            origin = item.origin
            file = origin.file.removeprefix(f"{provenance.raw}/")
            cited.append([_short(origin.publisher), origin.title, followed(origin.address), file])
        return sources[item.origin.file]

    def row(item: Evidence) -> int:
        if item.id not in places:
            places[item.id] = len(places)
            rows[item.id] = _row(item, lambda text: texts.setdefault(text, len(texts)), source(item))
        return places[item.id]

    find = cache(provenance.evidence)
    for text in sets:
        evidence = [find(id) for id in expand(text)]
        shown = [row(item) for item in _shown(evidence)]
        described.append([shown, len(evidence) - len(shown), sorted({source(item) for item in evidence})])
    words = WORDS[provenance.edition.language]
    return {"words": words, "sets": described, "rows": list(rows.values()), "texts": list(texts), "sources": cited}


def _shown(evidence: list[Evidence]) -> list[Evidence]:
    """Select the rows that are shown: some of every series, those of one indicator together."""
    titles = {item.title: at for at, item in reversed(list(enumerate(evidence)))}
    met: Counter[tuple[str, str]] = Counter()
    turns = []
    for item in evidence:
        turns.append(met[item.title, item.area])
        met[item.title, item.area] += 1
    first = sorted(range(len(evidence)), key=lambda at: (turns[at], at))[:ROWS_SHOWN]
    return [evidence[at] for at in sorted(first, key=lambda at: (titles[evidence[at].title], at))]


def _row(evidence: Evidence, number_of: Callable[[str], int], source: int) -> list[object]:
    """Return a row as the script reads it; what repeats between rows is a number."""
    dated = "" if evidence.dated.replace(NBSP, " ") in evidence.list else evidence.dated
    status = "" if evidence.status == "observed" else evidence.status
    where = ", ".join(part for part in (evidence.area, evidence.list, dated, status) if part)
    number = evidence.id.rpartition("#")[2] if evidence.kind == "row" else ""
    measure = f"{evidence.measure}: " if evidence.measure and evidence.definition else evidence.measure
    named = not evidence.unit or evidence.unit.casefold() in evidence.title.casefold()
    title = evidence.title if named else f"{evidence.title}, {evidence.unit}"
    return [
        number_of(title), evidence.value, where, number_of(measure + evidence.definition), number_of(evidence.note),
        number_of(evidence.published), source, number,
    ]  # fmt: skip


def _short(publisher: str) -> str:
    """Return a publisher's name without the explanation in brackets."""
    return publisher.split(" (")[0].strip()


def _rows_of_json(value: object) -> str:
    """Write one entry per line, so that a changed row is one changed line."""
    if isinstance(value, list):
        lines = [json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in value]
        return "[\n  " + ",\n  ".join(lines) + "\n ]"
    return json.dumps(value, ensure_ascii=False)
