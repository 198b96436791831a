"""The layout of a sheet: what its columns hold, and what the lines above its table state."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import get_args

from policyreport.intake.sheets import Cell
from policyreport.params.intake import FigureColumn, LedgerField, SheetField

# What a line above the table can state; the rest only heads columns.
LABELS = tuple(
    name
    for name in (*get_args(LedgerField), "publisher", "publisher_name", "title", "address", "licence")
    if name not in ("area", "value", "bound", "note")
)
# "(1) Estimate", "* Provisional": a line that explains a mark.
NOTE_LINE = re.compile(r"^\(?(?P<mark>\d{1,2}|\*+|[a-z])\)?\s*[.):]?\s+(?P<text>\D.*)$")


@dataclass(frozen=True)
class Statement:
    """A value and where it is stated: a cell, or an option of the command."""

    cell: Cell
    place: str


@dataclass(frozen=True)
class Column:
    """A column of the table, its `number` counted from 1.

    `heading` is as printed, its levels joined. `field` is a field of the ledger or sheet, empty for a column of
    figures, whose meaning is `figure`. `period` to `unit` are what the heading states besides, `marks` its note marks,
    `comment` what somebody wrote about it in the file.
    """

    number: int
    heading: str
    field: SheetField | str = ""
    figure: FigureColumn | None = None
    period: str = ""
    status: str = ""
    measure: str = ""
    unit: str = ""
    marks: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Line:
    """A line outside the table that was not read; one that is `kept` goes into the sidecar's note."""

    row: int
    text: str
    kept: bool = False


@dataclass(frozen=True)
class Layout:
    """The layout of a sheet.

    `first` and `last` are the rows of the headings, from 1; figures begin below. `columns` leaves out those without
    heading and content. `stated` has what the lines above the table state, by field; `unread` the lines that state
    nothing, such as the title.
    """

    first: int
    last: int
    columns: tuple[Column, ...]
    stated: dict[str, Statement] = field(default_factory=dict)
    unread: tuple[Line, ...] = ()

    def column(self, field: str) -> Column | None:
        """Find the column of a field; None if the sheet has none."""
        return next((column for column in self.columns if column.field == field), None)

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns of figures; none in the long form."""
        return tuple(column for column in self.columns if column.figure is not None)
