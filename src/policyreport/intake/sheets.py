"""A sheet as a grid of cells: what each says, where it is, and what is wrong with it; and which texts may be kept."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from openpyxl.utils import get_column_letter

from policyreport.errors import DataError
from policyreport.figures.fonts import printable
from policyreport.params.untrusted import require_text

# "(1)", "(*)", "[2]", asterisks and raised figures at the end of a text refer to a note below the table.
_MARK = re.compile(r"\s*(?:\(\s*(?:\d{1,2}|\*+|[a-z])\s*\)|\[\s*(?:\d{1,2}|\*+|[a-z])\s*\]|\*+|[¹²³⁰⁴-⁹]+)$")
# Signs without width that word processors leave between letters: byte-order marks, soft hyphens, joiners.
_UNSEEN = dict.fromkeys(map(ord, "\ufeff\u00ad\u200b\u200c\u200d\u2060"))
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

# What begins a formula in one program or another; tab and line ends hide the sign behind them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a sheet.

    `text` is composed (NFC), trimmed and without note marks; `printed` has the marks, and `marks` holds them, ``1`` for
    ``(1)``. `number` and `day` are None unless the file stores a number or a date; if it shows a number as a
    percentage, `percent` is True and `number` is in percent. `fault` is why it says nothing: a formula without a
    result, an error value. `dated` means a stored date or time, of which `text` is what the cell shows. `affix` has
    the words that the number's format shows next to it, with per-cent signs; `comment` is somebody's remark in the
    file. `unsigned` means that the format shows a negative number without any sign of that.
    """

    text: str = ""
    printed: str = ""
    number: Decimal | None = None
    percent: bool = False
    day: date | None = None
    marks: tuple[str, ...] = ()
    fault: str = ""
    dated: bool = False
    struck: bool = False
    affix: str = ""
    comment: str = ""
    unsigned: bool = False

    @property
    def empty(self) -> bool:
        """Whether it says nothing, and nothing is wrong with it."""
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
    """A grid of cells, all rows of the same width.

    `name` is that of the file, and of the worksheet if there are several. Each cell of a `merged` block holds the
    block's content. `ragged` maps rows (from 1) with an unusual number of cells to that number. `remarks` say how it
    was read.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    merged: tuple[Merged, ...] = ()
    ragged: dict[int, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rows[0]) if self.rows else 0

    def cell(self, row: int, column: int) -> Cell:
        """Give one cell; row and column from 1, as a spreadsheet counts."""
        return self.rows[row - 1][column - 1]

    def place(self, row: int, column: int | None = None, heading: str = "") -> str:
        """Name a row or a cell as a spreadsheet shows it: ``tasks.xlsx, row 7, column D "Hoàn thành"``."""
        words = f"{self.name}, row {row}"
        if column is not None:
            words += f", column {get_column_letter(column)}"
        return f'{words} "{heading}"' if heading else words

    def error(self, row: int, column: int | None, expected: str, got: str, todo: str, heading: str = "") -> DataError:
        """Make the error of one cell, or of a whole row if there is no column."""
        return DataError(self.place(row, column, heading), expected, got, todo)


def text_cell(raw: str, marks: tuple[str, ...] = ()) -> Cell:
    """Make a cell of a text: composed, trimmed, note marks taken off its end.

    `marks` are those that the file itself sets apart, as raised characters.
    """
    text = " ".join(unicodedata.normalize("NFC", raw.translate(_UNSEEN)).split())
    printed, note_marks = text, list(marks)
    while (mark := _MARK.search(text)) and text[: mark.start()].strip():
        note_marks.insert(0, mark.group().strip(" ()[]").translate(_RAISED))
        text = text[: mark.start()].strip()
    return Cell(text=text, printed=printed, marks=tuple(note_marks))


def cell_from_number(number: Decimal, percent: bool = False, before: str = "", after: str = "") -> Cell:
    """Make a cell of a number as shown (in percent if `percent`), with the words its format shows around it."""
    plain = number.to_integral_value() if number == number.to_integral_value() else number.normalize()
    digits = f"{plain:f}" + ("%" if percent else "")
    if not before and not after:
        return Cell(digits, digits, Decimal(f"{plain:f}"), percent)
    around = text_cell(f"{before}{digits}{after}")
    affix = " ".join(around.text.replace(digits, " ", 1).split())
    return Cell(around.text, around.printed, Decimal(f"{plain:f}"), percent, marks=around.marks, affix=affix)


def require_printable(where: str, field: str, text: str) -> str:
    """Return a text, or refuse it with its place: too long, or with a character that the report cannot show."""
    require_text(text, where, field)
    for at, sign in enumerate(text):
        if _shown(sign):
            continue
        name = unicodedata.name(sign, f"a control character (U+{ord(sign):04X})").capitalize()
        expected = f"a {field.replace('_', ' ')} of letters and signs that the report's typeface has"
        code = f"U+{ord(sign):04X}"
        got = name if code in name else f"{name} ({code})"
        raise DataError(where, expected, f"{got} at character {at + 1}", "Remove it, or write a word for it.")
    return text


def neutralise(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula (OWASP, "CSV Injection")."""
    return "'" + text if text.lstrip(" ").startswith(_FORMULA) else text


@lru_cache(maxsize=4096)
def _shown(sign: str) -> bool:
    # The typeface has plain Latin and Vietnamese, and most sheets need no more: loading fonts takes a while.
    if " " <= sign <= "~" or "\u00c0" <= sign <= "\u00ff" or "\u1ea0" <= sign <= "\u1ef9" or sign in "ĂăĐđĨĩŨũƠơƯư":
        return True
    return sign in printable()
