"""How a sheet is laid out: what its columns hold, and what the lines above its table state."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import get_args

from policyreport.intake.sheets import Cell
from policyreport.params.intake import FigureColumn, LedgerField, SheetField

# What a line above the table can state; the rest only heads columns.
LABELS = tuple(
    each
    for each in (*get_args(LedgerField), "publisher", "publisher_name", "title", "address", "licence")
    if each not in ("area", "value", "bound", "note")
)
# "(1) Estimate", "* Provisional": a line that explains a mark.
NOTE_LINE = re.compile(r"^\(?(?P<mark>\d{1,2}|\*+|[a-z])\)?\s*[.):]?\s+(?P<text>\D.*)$")


@dataclass(frozen=True)
class Statement:
    """A value and where it was said: a cell, or an option of the command."""

    cell: Cell
    place: str


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Parameters
    ----------
    number : int
        From 1.
    heading : str
        As printed, levels joined.
    field : str
        A field of the ledger or sheet; empty for a column of figures.
    figure : FigureColumn, optional
        What its figures are.
    period, status, measure, unit : str
        What the heading says besides; empty where it does not.
    marks : tuple of str
        Marks of notes in the heading.
    comment : str
        What somebody wrote about the heading in the file.
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
    """A line outside the table that was not read: its row and its words; one kept goes into the sidecar's note."""

    row: int
    text: str
    kept: bool = False


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out.

    Parameters
    ----------
    first, last : int
        Rows of the headings, from 1; the figures begin below.
    columns : tuple of Column
        In order; columns without heading and content are left out.
    stated : dict of str to Statement
        What the lines above the table state, by field.
    unread : tuple of Line
        Lines above the table that were not read, such as its title.
    """

    first: int
    last: int
    columns: tuple[Column, ...]
    stated: dict[str, Statement] = field(default_factory=dict)
    unread: tuple[Line, ...] = ()

    def column(self, field: str) -> Column | None:
        """Find the column of a field; None where the sheet has none."""
        return next((each for each in self.columns if each.field == field), None)

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns of figures; none in the long form."""
        return tuple(each for each in self.columns if each.figure is not None)
