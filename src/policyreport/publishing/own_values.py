"""What pages print of the notebooks that users added: a section each, from its record and executed notebook."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

from policyreport.figures.frame import own_scope
from policyreport.figures.simulated import unmarked_name
from policyreport.publishing.values import Drawing
from policyreport.records.base import Failure
from policyreport.records.digits import as_published
from policyreport.records.formats import MINUS, Formats
from policyreport.records.markdown import Markdown, escape, mark
from policyreport.records.notebooks import NotebookRecord
from policyreport.records.own import Cell, OwnRecord, Row, Table

HEADING = re.compile(r"^#+[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
DIGITS = 4
"""Significant digits of an estimate; published figures, which have fewer, keep theirs."""
GROUPED_FROM = 10_000
"""Smaller whole numbers may be years."""
ACROSS = 7
"""A table of one row with more columns is printed as a list of names and values."""
IN_SIGHT = 20
"""Longer tables are folded on the site."""
IN_PDF = 12
"""Rows of a table in the PDF."""
P_VALUE = re.compile(r"p|p_.*|.*_p|p[ _-]?values?")
YES_OR_NO = {"en": ("no", "yes"), "vi": ("không", "có")}


@dataclass(frozen=True)
class Section:
    """The section of a notebook; without a record, `failures` says why, or the notebook has not run yet."""

    notebook: str
    title: str
    drawings: tuple[Drawing, ...]
    record: OwnRecord | None
    failures: tuple[Failure, ...]

    @property
    def inputs(self) -> tuple[str, ...]:
        """Ids of the ledger rows behind its results."""
        results = self.record.results.values() if self.record else ()
        return tuple(dict.fromkeys(id for result in results for id in result.inputs))


@dataclass(frozen=True)
class Laid:
    """A table as a page prints it: headings, cells, how they are aligned, and what its columns are measured in.

    `short` are the rows for the PDF's page of a province; `long` tables are folded on the site.
    """

    id: str
    caption: str
    units: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Markdown | None, ...], ...]
    align: str
    long: bool
    short: tuple[tuple[Markdown | None, ...], ...]


def own_sections(
    names: Iterable[str],
    titles: Mapping[str, str],
    drawings: Mapping[str, Sequence[Drawing]],
    records: Mapping[str, NotebookRecord | None],
    failures: Sequence[Failure],
) -> list[Section]:
    """Give the sections of an area's notebooks in the order of the edition's file; all but `failures` by notebook."""
    sections = []
    for name in names:
        record = records.get(name)
        why = tuple(failure for failure in failures if unmarked_name(failure.notebook) == name)
        own = record if isinstance(record, OwnRecord) else None
        title = titles.get(name) or name.replace("-", " ").capitalize()
        sections.append(Section(name, title, tuple(drawings.get(name, ())), own, why))
    return sections


def first_heading(notebook: Mapping[str, Any]) -> str:
    """Return a notebook's first heading as text; empty where it has none."""
    texts = (HEADING.search(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    return next((match[1] for match in texts if match), "")


class OwnTables:
    """Tables of users' notebooks in a language."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats

    @property
    def filters(self) -> dict[str, Callable[..., object]]:
        """The filters by name."""
        return {"laid_out": self.laid_out}

    def laid_out(self, table: Table, name: str, notebook: str) -> Laid:
        """Lay a notebook's table out for a page; its name stands where it has no caption."""
        heads = [column.name for column in table.columns]
        rows = [self._cells(row, heads) for row in table.rows]
        numeric = [any(isinstance(row.values[at], int | float) for row in table.rows) for at in range(len(heads))]
        columns, align = [_heading(head) for head in heads], "l" + "".join("lr"[right] for right in numeric[1:])
        if len(rows) == 1 and len(heads) > ACROSS:
            rows = [(escape(column), cell) for column, cell in zip(columns, rows[0], strict=True) if cell]
            columns, align = ["", ""], "ll"
        units = "; ".join(f"{_heading(column.name)}: {column.unit}" for column in table.columns if column.unit)
        return Laid(
            id=f"{own_scope(notebook)}-{name}",
            caption=table.caption or f"{_heading(name)}.",
            units=units,
            columns=tuple(columns),
            rows=tuple(rows),
            align=align,
            long=len(rows) > IN_SIGHT,
            short=tuple(rows[:IN_PDF]),
        )

    def _cells(self, row: Row, heads: Sequence[str]) -> tuple[Markdown | None, ...]:
        return tuple(self._cell(value, head, row.inputs) for value, head in zip(row.values, heads, strict=True))

    def _cell(self, value: Cell, head: str, rows: Sequence[str]) -> Markdown | None:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return escape(value)
        if isinstance(value, bool):
            return Markdown(YES_OR_NO.get(self._formats.language, YES_OR_NO["en"])[value])
        text = self._formats.p_value(value) if P_VALUE.fullmatch(head) else self._number(value)
        return Markdown(text) if head == "year" else mark(text, rows)

    def _number(self, value: float) -> str:
        """Write a number with so many significant digits, fewer where it has fewer; a small whole one ungrouped."""
        if isinstance(value, int) and abs(value) < GROUPED_FROM:
            return str(value).replace("-", MINUS)
        decimals = len(as_published(value).partition(".")[2])
        significant = DIGITS - 1 - floor(log10(abs(value))) if value else 0
        return self._formats.number(value, max(0, min(decimals, significant)))


def _heading(name: str) -> str:
    """A column's or result's name as words: ``urban_share`` is Urban share, ``p`` stays."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:] if len(words) > 1 else words
