"""A sheet as a grid of cells: what each cell says, where it stands, and what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from policyreport.errors import DataError

# "(1)", "(*)", "[2]", asterisks and raised figures at the end of a text refer to a note below the table.
_MARK = re.compile(r"\s*(?:\(\s*(?:\d{1,2}|\*+|[a-z])\s*\)|\[\s*(?:\d{1,2}|\*+|[a-z])\s*\]|\*+|[¹²³⁰⁴-⁹]+)$")
# Signs without width that word processors leave between letters: byte-order marks, soft hyphens, joiners.
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u00ad\u200b\u200c\u200d\u2060"))
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a sheet.

    Parameters
    ----------
    text : str
        What it says, composed (NFC), without space around it and without marks of notes.
    whole : str
        The same with the marks.
    number : Decimal, optional
        The number, where the file stores one and not its digits.
    percent : bool
        True if the file shows the stored number as a percentage; `number` is then in percent.
    day : date, optional
        The day, where the file stores one.
    marks : tuple of str
        Marks of notes that stood at its end, ``1`` for ``(1)``.
    fault : str
        Why it says nothing: a formula without a result, an error value.
    dated : bool
        True if the file stores a date or time, of which `text` is as much as the cell shows.
    struck : bool
        True if some of it is struck through.
    beside : str
        Words that the number's format shows beside it, its per-cent signs included.
    comment : str
        What somebody wrote about it in the file.
    unsigned : bool
        True if its format shows a number below nought without any sign of that.
    """

    text: str = ""
    whole: str = ""
    number: Decimal | None = None
    percent: bool = False
    day: date | None = None
    marks: tuple[str, ...] = ()
    fault: str = ""
    dated: bool = False
    struck: bool = False
    beside: str = ""
    comment: str = ""
    unsigned: bool = False

    @property
    def empty(self) -> bool:
        """True if it says nothing and nothing is wrong with it."""
        return not self.text and not self.fault


@dataclass(frozen=True)
class Merged:
    """A block of cells shown as one; rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Sheet:
    """A grid of cells with its name.

    Parameters
    ----------
    name : str
        The file's name, and the worksheet's where the file has several.
    rows : tuple of tuple of Cell
        From the first row; all of one width.
    merged : tuple of Merged
        Merged blocks; each cell of one holds the block's content.
    ragged : dict of int to int
        Rows (from 1) that have another number of cells than most, with that number.
    remarks : tuple of str
        What a reader should know of how it was read.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Merged, ...] = ()
    ragged: dict[int, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many columns the grid has."""
        return len(self.rows[0]) if self.rows else 0

    def cell(self, row: int, column: int) -> Cell:
        """Give one cell.

        Parameters
        ----------
        row, column : int
            From 1, as a spreadsheet counts.

        Returns
        -------
        Cell
            The cell.
        """
        return self.rows[row - 1][column - 1]

    def place(self, row: int, column: int | None = None, heading: str = "") -> str:
        """Name a row or a cell as a spreadsheet shows it.

        Parameters
        ----------
        row : int
            From 1.
        column : int, optional
            From 1.
        heading : str
            The column's heading.

        Returns
        -------
        str
            ``tasks.xlsx, row 7, column D "Hoàn thành"``.
        """
        words = f"{self.name}, row {row}"
        if column is not None:
            words += f", column {letters(column)}"
        return f'{words} "{heading}"' if heading else words

    def error(self, row: int, column: int | None, expected: str, got: str, todo: str, heading: str = "") -> DataError:
        """Make the error for one cell.

        Parameters
        ----------
        row, column : int
            Where, from 1; no column for a whole row.
        expected, got, todo, heading : str
            As in every error; the column's heading.

        Returns
        -------
        DataError
            To be raised or kept.
        """
        return DataError(self.place(row, column, heading), expected, got, todo)


def letters(column: int) -> str:
    """Give the letters a spreadsheet heads a column with.

    Parameters
    ----------
    column : int
        From 1.

    Returns
    -------
    str
        ``A``, ``Z``, ``AA``.
    """
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def text_cell(raw: str, marks: tuple[str, ...] = ()) -> Cell:
    """Make a cell of a text: composed, trimmed, marks of notes taken off its end.

    Parameters
    ----------
    raw : str
        As in the file.
    marks : tuple of str
        Marks that the file sets apart itself, as raised characters.

    Returns
    -------
    Cell
        A cell with `text` and `marks`.
    """
    text = " ".join(unicodedata.normalize("NFC", raw.translate(_UNSEEN)).split())
    whole, found = text, list(marks)
    while (mark := _MARK.search(text)) and text[: mark.start()].strip():
        found.insert(0, mark.group().strip(" ()[]").translate(_RAISED))
        text = text[: mark.start()].strip()
    return Cell(text=text, whole=whole, marks=tuple(found))


def cell_from_number(number: Decimal, percent: bool = False, before: str = "", after: str = "") -> Cell:
    """Make a cell of a stored number.

    Parameters
    ----------
    number : Decimal
        The number as shown; in percent if shown so.
    percent : bool
        True if a per-cent sign of its format scaled it.
    before, after : str
        Words that its format shows around it.
    """
    whole = number.to_integral_value() if number == number.to_integral_value() else number.normalize()
    digits = f"{whole:f}" + ("%" if percent else "")
    if not before and not after:
        return Cell(digits, digits, Decimal(f"{whole:f}"), percent)
    around = text_cell(f"{before}{digits}{after}")
    beside = " ".join(around.text.replace(digits, " ", 1).split())
    return Cell(around.text, around.whole, Decimal(f"{whole:f}"), percent, marks=around.marks, beside=beside)
