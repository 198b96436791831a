"""Numbers as people write them: 1,227.5 or 1.227,5, decided once a file from the cells that allow one reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from policyreport.errors import DataError
from policyreport.intake.sheets import Cell, Sheet
from policyreport.params import limits
from policyreport.params.spelling import plain
from policyreport.records.digits import as_published

if TYPE_CHECKING:
    from policyreport.params.intake import IntakeMap

# Signs that stand for a minus, and spaces that stand between thousands: no-break, thin, narrow no-break, figure.
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\u2007\u2008", " "))
# "1.227 nhiệm vụ": digits, and words without digits.
_WITH_UNIT = re.compile(r"^(?P<digits>[+-]?\d(?:[\d.,' ’]*\d)?)\s*(?P<unit>[^\W\d_][^\d]*)$")
_PIECES = re.compile(r"[()\[\];,|]")
# What stands between words and changes no number.
_PLAIN_SIGNS = frozenset(" .,'’\"&-–/")
_BOUNDS = {"≈": "~", "~": "~", ">": ">", "<": "<", "=": "="}


class UndecidedError(DataError):
    """No cell of a sheet shows how it writes decimals."""


class Decimals(StrEnum):
    """The sign before decimals; the other one, or a space, stands between thousands."""

    point = "point"
    comma = "comma"


_SIGNS = {Decimals.point: (".", ","), Decimals.comma: (",", ".")}


@dataclass(frozen=True)
class Fit:
    """Which numbers a column can hold.

    Parameters
    ----------
    whole : bool
        True if it holds whole numbers only.
    low, high : float, optional
        Its indicator's limits.
    """

    whole: bool = False
    low: float | None = None
    high: float | None = None

    def holds(self, number: Decimal) -> bool:
        """Tell whether the column can hold a number.

        Parameters
        ----------
        number : Decimal
            The number.

        Returns
        -------
        bool
            True if it is whole where it must be and within the limits.
        """
        if self.whole and number != number.to_integral_value():
            return False
        return (self.low is None or number >= Decimal(str(self.low))) and (
            self.high is None or number <= Decimal(str(self.high))
        )

    def __str__(self) -> str:
        """Say it in words."""
        kind = "a whole number" if self.whole else "a number"
        if self.low is not None and self.high is not None:
            return f"{kind} between {as_published(self.low)} and {as_published(self.high)}"
        return kind if self.low is None else f"{kind}, {as_published(self.low)} or more"


@dataclass(frozen=True)
class Written:
    """A number as written: its digits with separators, its bound, whether it is a percentage, its unit."""

    digits: str
    bound: str = ""
    percent: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Number:
    """A number of a cell, and what stands beside it there: bound, per-cent sign, unit, status.

    `unread` are words that its format shows and the map does not know; they change nothing.
    """

    value: Decimal
    bound: str = ""
    percent: bool = False
    unit: str = ""
    status: str = ""
    unread: str = ""


def take_apart(text: str, words: IntakeMap) -> Written:
    """Take bound, percent sign and unit off a number.

    Parameters
    ----------
    text : str
        ``hơn 1.200``, ``45,2 %``, ``8,5 tỷ đồng``.
    words : IntakeMap
        Words for bounds and units.

    Returns
    -------
    Written
        The rest is `digits`, whether a number or not.
    """
    rest = unicodedata.normalize("NFKC", text.translate(_SPACES)).translate(_MINUS).strip()
    bound = ""
    if rest[:1] in _BOUNDS:
        bound, rest = _BOUNDS[rest[0]], rest[1:].strip()
    else:
        said = rest[: next((at for at, sign in enumerate(rest) if sign.isdigit() or sign in "+-"), 0)].strip()
        key = plain(said)
        bound = next((sign for sign, known in words.bounds.items() if key and key in map(plain, known)), "")
        rest = rest[len(said) :].strip() if bound else rest
    percent = rest.endswith("%")
    rest = rest.removesuffix("%").strip()
    if not percent and (match := _WITH_UNIT.match(rest)) and (unit := words.unit(match["unit"])):
        return Written(match["digits"], bound, unit=unit)
    return Written(rest, bound, percent)


def parse_number(digits: str, decimals: Decimals) -> Decimal:
    """Read a number.

    Parameters
    ----------
    digits : str
        ``1.227,5``; thousands may also stand apart by a space or an apostrophe.
    decimals : Decimals
        Which sign stands before decimals.

    Returns
    -------
    Decimal
        The number, with its decimals as written.

    Raises
    ------
    ValueError
        If it is no number in this way of writing.
    """
    decimal, thousands = _SIGNS[decimals]
    groups = rf"\d{{1,3}}(?:(?P<apart>[{re.escape(thousands)} '’])\d{{3}}(?:(?P=apart)\d{{3}})*)?"
    match = re.fullmatch(rf"(?P<sign>[+-]?)(?P<whole>{groups}|\d+)(?:{re.escape(decimal)}(?P<part>\d+))?", digits)
    if not match:
        raise ValueError(f"{digits!r} is not a number with a decimal {decimals}")
    whole = re.sub(r"\D", "", match["whole"])
    if len(whole) + len(match["part"] or "") > limits.NUMBER_DIGITS:
        raise ValueError(f"{digits[:40]}… has more digits than any figure")
    # Nobody writes 0.123 for 123, nor 012 for 12: a leading nought says that something was lost.
    if len(whole) > 1 and whole.startswith("0"):
        raise ValueError(f"{digits!r} begins with a nought")
    number = Decimal(f"{match['sign']}{whole}.{match['part']}" if match["part"] else f"{match['sign']}{whole}")
    return number if number else abs(number)


def readings(digits: str, fit: Fit) -> dict[Decimals, Decimal]:
    """Read a number in both ways, keeping what its column can hold.

    Parameters
    ----------
    digits : str
        As written.
    fit : Fit
        What the column can hold.

    Returns
    -------
    dict of Decimals to Decimal
        No, one or both ways.
    """
    match: dict[Decimals, Decimal] = {}
    for decimals in Decimals:
        try:
            number = parse_number(digits, decimals)
        except ValueError:
            continue
        if fit.holds(number):
            match[decimals] = number
    return match


def decide_decimals(
    sheet: Sheet, cells: Iterable[tuple[int, int, Fit]], words: IntakeMap, given: Decimals | None = None
) -> Decimals:
    """Decide how a sheet writes decimals, from the cells that allow one reading.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    cells : iterable of tuple
        Row, column (from 1) and fit of every cell that should hold a number.
    words : IntakeMap
        Words for bounds.
    given : Decimals, optional
        What the user said; then nothing is decided.

    Returns
    -------
    Decimals
        Either where no cell has a separator.

    Raises
    ------
    DataError
        If cells contradict each other, or if some are ambiguous and none decides.
    """
    if given is not None:
        return given
    deciding: dict[Decimals, tuple[int, int]] = {}
    # Numbers that their column cannot hold are refused later, but show how decimals are written.
    beyond: dict[Decimals, tuple[int, int]] = {}
    ambiguous: tuple[int, int] | None = None
    for row, column, fit in cells:
        cell = sheet.cell(row, column)
        if cell.number is not None or cell.empty:
            continue
        digits = take_apart(cell.text, words).digits
        read = readings(digits, fit)
        if len(read) == 1:
            deciding.setdefault(next(iter(read)), (row, column))
        elif not read and len(unlimited := readings(digits, Fit())) == 1:
            beyond.setdefault(next(iter(unlimited)), (row, column))
        elif len(set(read.values())) > 1:
            ambiguous = ambiguous or (row, column)
    if len(deciding) > 1:
        raise _contradiction(sheet, deciding)
    if ambiguous and not deciding and len(beyond) != 1:
        text = sheet.cell(*ambiguous).text
        one, other = (f"{number:f}" for number in readings(take_apart(text, words).digits, Fit()).values())
        raise UndecidedError(
            sheet.place(*ambiguous),
            "a file in which some cell shows how decimals are written",
            f'"{text}", which can mean {one} or {other}',
            "Say which: --decimal point for 1,227.5 or --decimal comma for 1.227,5.",
        )
    return next(iter(deciding), next(iter(beyond), Decimals.point))


def read_cell(cell: Cell, decimals: Decimals, words: IntakeMap) -> Number:
    """Read one cell.

    Parameters
    ----------
    cell : Cell
        A cell that says something.
    decimals : Decimals
        How the sheet writes decimals.
    words : IntakeMap
        Words for bounds, units and statuses.

    Raises
    ------
    ValueError
        If it is no number, or a word beside it may make it another one.
    """
    if cell.number is not None:
        return _stored(cell, cell.number, words)
    written = take_apart(cell.text, words)
    number = parse_number(written.digits, decimals)
    return Number(number, written.bound, written.percent, written.unit)


def _stored(cell: Cell, number: Decimal, words: IntakeMap) -> Number:
    """A stored number with the words that its format shows beside it: they never scale it, and one may say its unit."""
    if unit := words.unit(cell.beside) or "":
        _require_sign(cell, number, set())
        bound = take_apart(cell.text, words).bound
        return Number(number, bound, cell.percent or unit.startswith("%"), unit)
    pieces = [part.strip(" .:-–+") for part in _PIECES.split(cell.beside.replace("%", ";"))]
    pieces = [piece for piece in pieces if piece]
    _require_sign(cell, number, {sign for piece in pieces if (sign := words.sign(piece))})
    bound = take_apart(cell.text, words).bound if cell.beside else ""
    bounds = {plain(word) for options in words.bounds.values() for word in options}
    others = [piece for piece in pieces if piece not in _BOUNDS and plain(piece) not in bounds]
    unit = next(filter(None, map(words.unit, others)), "")
    status = next((str(status) for piece in others if (status := words.status(piece))), "")
    unread = [piece for piece in others if not (words.unit(piece) or words.status(piece) or words.sign(piece))]
    strange = [piece for piece in unread if words.scales(piece) or not _is_remark(piece)]
    if strange:
        raise ValueError(f'"{strange[0]}" beside the number')
    return Number(number, bound, cell.percent or "%" in cell.beside, unit, status, ", ".join(unread))


def _is_remark(text: str) -> bool:
    """True for words alone: digits and signs beside a number may make it another one."""
    return all(sign.isalpha() or sign in _PLAIN_SIGNS or unicodedata.combining(sign) for sign in text)


def _require_sign(cell: Cell, number: Decimal, signs: set[str]) -> None:
    """Stop where words beside a number, or its format, say that it is on the other side of nought."""
    if number > 0 and "-" in signs:
        raise ValueError(f"{number} shown as below nought")
    # A word or a minus says it, not both: "giảm -3" may be a rise.
    if number < 0 and ("+" in signs or cell.unsigned != ("-" in signs)):
        raise ValueError(f"{number} shown as if above nought, or twice as below it")


def _contradiction(sheet: Sheet, deciding: dict[Decimals, tuple[int, int]]) -> DataError:
    """Name the first cell of either way; the later one is the odd one."""
    (one, first), (other, second) = sorted(deciding.items(), key=lambda item: item[1])
    return sheet.error(
        *second,
        f'decimals written with a {one}, as in row {first[0]}: "{sheet.cell(*first).text}"',
        f'"{sheet.cell(*second).text}", which has a decimal {other}',
        "Write all numbers of the file in one way.",
    )
