"""From a printed number, or a field of a record, back to the rows and sources it came from."""

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from rich.text import Text
from rich.tree import Tree

from policyreport.data.areas import read_areas
from policyreport.errors import UsageError, did_you_mean
from policyreport.figures.simulated import marked_name
from policyreport.params.edition import read_edition
from policyreport.publishing.provenance import Evidence, read_provenance
from policyreport.publishing.record_numbers import NUMBER, amount, find_numbers, rows_of, values_of
from policyreport.publishing.report import collect, filled_pages
from policyreport.records.base import Frozen
from policyreport.records.digits import as_published
from policyreport.records.markdown import read_marks

FIELD = re.compile(r"^(?:records/)?(?P<area>[^/:]+)/(?P<notebook>[a-z][a-z0-9-]*)(?:\.json)?:(?P<path>.+)$")
_STEP = re.compile(r"\.?(?P<key>[A-Za-z_]\w*)|\[(?P<number>\d+)\]")
# Thousands grouped as in SI, or as on a Swiss or Vietnamese keyboard: "1 227", "1'227".
_GROUPED = re.compile(r"(?<=\d)[ '’](?=\d{3}(?!\d))")
_NEAREST = 5
_PLACES_SHOWN = 30
_HASH_SHOWN = 12
_ROWS_SHOWN = 8


class Place(Frozen):
    """One place where a number appears, and the evidence behind it.

    `where` is the template (``reports/en/index.qmd``), the province's page or the record's field, `pages` the page's
    file, `line` the line it is printed on.
    """

    where: str
    pages: tuple[str, ...] = ()
    value: str
    line: str = ""
    rows: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


def trace(root: Path, store: Path, what: str) -> tuple[Place, ...]:
    """Find where a number of an edition appears, and what it rests on.

    `what` is a number as printed, ``1,227`` or ``94.5%``, or a field of a record,
    ``VN/tasks:quarter_on_quarter.counts[3].completed``. Records are searched for a number only where it is printed
    nowhere. Raises UsageError, with the nearest numbers, if it is found neither way, or if nothing was run.
    """
    if not (store / "records").is_dir():
        todo = f"Run `policyreport run {store.name}` first."
        raise UsageError(str(store), "the folder of an edition that was run", "no records/ in it", todo)
    field = FIELD.match(what)
    places = [_field(store, field)] if field else list(dict.fromkeys(_number(root, store, what)))
    # A small number is in thousands of fields, which rest on the same rows.
    evidence = cache(read_provenance(root, store.name).evidence)
    return tuple(place.model_copy(update={"evidence": tuple(map(evidence, place.rows))}) for place in places)


def printed(root: Path, store: Path) -> tuple[Place, ...]:
    """List every marked value of an edition's pages, in the order of the text."""
    edition, areas = read_edition(root, store.name), read_areas(root)
    named = marked_name if edition.simulated else str

    def place(name: str) -> tuple[str, str]:
        """The template or the province, and the page's file."""
        folder, slash, own = name.rpartition("/")
        if not own.endswith(".qmd"):
            page = f"{folder}{slash}provinces/{areas.slug(own)}"
            return page, named(f"{page}.html")
        page = f"{name.removesuffix('.qmd')}.html"
        return f"reports/{folder or edition.language}/{own}", page if own == "index.qmd" else named(page)

    return tuple(
        Place(where=where, pages=(page,), value=mark.text, line=mark.line, rows=mark.rows)
        for name, text in filled_pages(root, store, collect(store))
        for where, page in [place(name)]
        for mark in read_marks(text)
    )


def as_tree(places: Iterable[Place], what: str) -> Tree:
    """Lay places out for a rich console: place, then sources, then rows."""
    tree = Tree(Text(what))
    places = list(places)
    for place in places[:_PLACES_SHOWN]:
        on = f"  ({', '.join(place.pages)})" if place.pages else ""
        branch = tree.add(Text(f"{place.value}  in {place.where}{on}"))
        if place.line:
            branch.add(Text(f"“{_clipped(place.line, place.value)}”"))
        for origin in dict.fromkeys(evidence.origin for evidence in place.evidence):
            inside = [evidence for evidence in place.evidence if evidence.origin == origin]
            parts = (origin.publisher, origin.title, f"published {origin.published}")
            leaf = branch.add(Text(", ".join(parts)))
            leaf.add(Text(origin.address))
            leaf.add(Text(f"{origin.file}{f'  sha256 {origin.sha256[:_HASH_SHOWN]}…' if origin.sha256 else ''}"))
            for evidence in inside[:_ROWS_SHOWN]:
                leaf.add(Text(_row(evidence)))
            if len(inside) > _ROWS_SHOWN:
                leaf.add(f"and {len(inside) - _ROWS_SHOWN} more rows")
    if len(places) > _PLACES_SHOWN:
        tree.add(f"and {len(places) - _PLACES_SHOWN} more places: ask for one field, or with --json for all")
    return tree


def _row(evidence: Evidence) -> str:
    if evidence.kind == "file":
        return f"{evidence.id}: the whole file"
    unit = evidence.unit.removeprefix("%").strip()
    value = f"{evidence.value} {unit}".strip()
    facts = [
        evidence.title,
        evidence.definition if evidence.kind == "policy" else "",
        evidence.measure,
        evidence.area,
        evidence.list,
        evidence.dated,
        f"published {evidence.published}",
        evidence.status,
    ]
    note = f" ({evidence.note})" if evidence.note else ""
    return f"{evidence.id}: {value}; " + "; ".join(fact for fact in facts if fact) + note


def _clipped(line: str, value: str) -> str:
    """Return the text around a value."""
    line = line.lstrip("# ")
    at = line.find(value)
    start, end = max(at - 60, 0), at + len(value) + 60
    return f"{'…' if start else ''}{line[start:end].strip()}{'…' if end < len(line) else ''}"


def _number(root: Path, store: Path, what: str) -> list[Place]:
    """Find a number among printed values, else in fields of records."""
    asked = _normal(_GROUPED.sub("", _normal(what)))
    if not NUMBER.search(asked):
        todo = "Ask for a number as printed, or for a field such as VN/economy:pace[0].observed_pp."
        raise UsageError(f'"{what}"', "a number, or AREA/NOTEBOOK:FIELD", "neither", todo)
    marked = printed(root, store)
    whole = re.compile(rf"(?<![\d.,]){re.escape(asked)}(?![\d]|[.,]\d)")
    places = [place for place in marked if whole.search(_normal(place.value))]
    # "485 of 1,132" is a phrase of a page; a record's field holds one number.
    if not places and len(NUMBER.findall(asked)) == 1:
        places = [
            Place(where=f"{name}:{field}", value=as_published(value), rows=rows)
            for name, field, value, rows in find_numbers(store, asked)
        ]
    if places:
        return places
    near = ", ".join(_nearest(marked, asked)) or "none is marked"
    raise UsageError(
        f'"{what}" in {store.name}', "a number printed on a page or held by a record", "no such number",
        f"The nearest that are printed: {near}.",
    )  # fmt: skip


def _normal(text: str) -> str:
    """Undo typographic signs and the grouping of thousands."""
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", _typed(text))


def _typed(text: str) -> str:
    """Return printed text as it is typed on a keyboard."""
    text = text.replace("\u2212", "-").replace("\u202f", " ").replace("\u00a0", " ").strip()
    return re.sub(r"(?<=\d) (?=%)", "", text)


def _nearest(marked: Iterable[Place], asked: str) -> list[str]:
    """List printed numbers by their distance, each with the place of its first appearance."""
    wanted = amount(NUMBER.search(asked)[0])  # type: ignore[index]  # the caller found one
    places: dict[str, str] = {}
    for place in marked:
        for number in NUMBER.findall(_typed(place.value)):
            places.setdefault(number, place.where)
    order = sorted(places, key=lambda number: (abs(amount(number) - wanted), number))
    return [f"{number} ({places[number]})" for number in order[:_NEAREST]]


def _field(store: Path, asked: re.Match[str]) -> Place:
    where = f"{asked['area']}/{asked['notebook']}:{asked['path']}"
    names = (asked["notebook"], marked_name(asked["notebook"]))
    paths = [store / "records" / asked["area"] / f"{name}.json" for name in names]
    path = next((path for path in paths if path.exists()), None)
    if path is None:
        known = [f"{path.parent.name}/{path.stem}" for path in (store / "records").glob("*/*.json")]
        todo = did_you_mean(f"{asked['area']}/{asked['notebook']}", known)
        raise UsageError(where, f"a record of {store.name}", "none of this name", todo)
    node = json.loads(path.read_bytes())
    rows = rows_of(node)
    for step in _steps(asked["path"], where):
        above = node
        node = _step_into(node, step, where)
        # Where a row names its inputs by figure, only those of this figure count.
        by_figure = above.get("inputs") if isinstance(above, dict) else None
        own = tuple(by_figure.get(step, ())) if isinstance(by_figure, dict) else ()
        rows = (rows_of(node) if isinstance(node, dict) else ()) or own or rows
    rows = rows or tuple(dict.fromkeys(row for _, _, ids in values_of(node) for row in ids))
    if not rows:
        todo = "Ask for a field inside a result, such as pace[0].observed_pp."
        raise UsageError(where, "a field with ledger rows behind it", "none names any", todo)
    value = json.dumps(node, ensure_ascii=False) if not isinstance(node, dict | list) else "…"
    return Place(where=where, value=value, rows=rows)


def _steps(path: str, where: str) -> list[str | int]:
    """Split ``a.b[3]`` into "a", "b", 3."""
    steps: list[str | int] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise UsageError(where, "a field such as counts[3].completed", f'"{path[at:]}"', "Correct it.")
        steps.append(match["key"] or int(match["number"]))
        at = match.end()
    return steps


def _step_into(node: Any, step: str | int, where: str) -> Any:
    if isinstance(step, int) and isinstance(node, list):
        if step < len(node):
            return node[step]
        raise UsageError(where, f"a place from 0 to {len(node) - 1}", f"[{step}]", "Correct it.")
    if isinstance(step, str) and isinstance(node, dict):
        if step in node:
            return node[step]
        raise UsageError(where, "a field of the record", f'"{step}"', did_you_mean(step, node))
    kind = "the end: this is a value"
    if isinstance(node, dict | list):
        kind = "a place in a list, such as [0]" if isinstance(node, list) else "the name of a field"
    raise UsageError(where, kind, f'"{step}"', "Correct it.")
