"""Numbers as people write them: 1,227.5 or 1.227,5, decided once a file by the cells that allow one reading only."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from policyreport.errors import DataError
from policyreport.intake.sheets import Cell, Sheet
from policyreport.params import limits
from policyreport.params.intake import IntakeMap
from policyreport.params.spelling import plain
from policyreport.records.digits import as_published

# Signs used as a minus, and spaces used between thousands: no-break, thin, narrow no-break, figure.
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f\u2007\u2008", " "))
# "1.227 nhiệm vụ": digits, and words without digits.
_WITH_UNIT = re.compile(r"^(?P<digits>[+-]?\d(?:[\d.,' ’]*\d)?)\s*(?P<unit>[^\W\d_][^\d]*)$")
_PIECES = re.compile(r"[()\[\];,|]")
# Signs between words that change no number.
_PLAIN_SIGNS = frozenset(" .,'’\"&-–/")
_BOUNDS = {"≈": "~", "~": "~", ">": ">", "<": "<", "=": "="}


class UndecidedError(DataError):
    """No cell of a sheet shows which sign it uses for decimals."""


class Decimals(StrEnum):
    """The decimal sign; the other one, or a space, separates thousands."""

    point = "point"
    comma = "comma"


_SIGNS = {Decimals.point: (".", ","), Decimals.comma: (",", ".")}


@dataclass(frozen=True)
class Fit:
    """Which numbers a column can hold: whole ones only, and the limits of its indicator."""

    integer: bool = False
    low: float | None = None
    high: float | None = None

    def holds(self, number: Decimal) -> bool:
        """Whether the column can hold a number."""
        if self.integer and number != number.to_integral_value():
            return False
        return (self.low is None or number >= Decimal(str(self.low))) and (
            self.high is None or number <= Decimal(str(self.high))
        )

    def __str__(self) -> str:
        """Describe it in words."""
        kind = "a whole number" if self.integer else "a number"
        if self.low is not None and self.high is not None:
            return f"{kind} between {as_published(self.low)} and {as_published(self.high)}"
        return kind if self.low is None else f"{kind}, {as_published(self.low)} or more"


@dataclass(frozen=True)
class Written:
    """A number as written: digits with their separators, bound, whether it is a percentage, unit."""

    digits: str
    bound: str = ""
    percent: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Number:
    """The number of a cell with its bound, per-cent sign, unit and status.

    `unread` are words that its format shows and the map does not know; they change nothing.
    """

    value: Decimal
    bound: str = ""
    percent: bool = False
    unit: str = ""
    status: str = ""
    unread: str = ""


def take_apart(text: str, words: IntakeMap) -> Written:
    """Separate ``hơn 1.200``, ``45,2%`` or ``8,5 tỷ đồng``; what is left as `digits` may not be a number."""
    rest = unicodedata.normalize("NFKC", text.translate(_SPACES)).translate(_MINUS).strip()
    bound = ""
    if rest[:1] in _BOUNDS:
        bound, rest = _BOUNDS[rest[0]], rest[1:].strip()
    else:
        prefix = rest[: next((at for at, sign in enumerate(rest) if sign.isdigit() or sign in "+-"), 0)].strip()
        key = plain(prefix)
        bound = next((sign for sign, texts in words.bounds.items() if key and key in map(plain, texts)), "")
        rest = rest[len(prefix) :].strip() if bound else rest
    percent = rest.endswith("%")
    rest = rest.removesuffix("%").strip()
    if not percent and (match := _WITH_UNIT.match(rest)) and (unit := words.unit(match["unit"])):
        return Written(match["digits"], bound, unit=unit)
    return Written(rest, bound, percent)


def parse_number(digits: str, decimals: Decimals) -> Decimal:
    """Read ``1.227,5``, which may also have spaces or apostrophes between thousands; ValueError for no number.

    The decimals are kept as written.
    """
    decimal, thousands = _SIGNS[decimals]
    groups = rf"\d{{1,3}}(?:(?P<apart>[{re.escape(thousands)} '’])\d{{3}}(?:(?P=apart)\d{{3}})*)?"
    match = re.fullmatch(rf"(?P<sign>[+-]?)(?P<integer>{groups}|\d+)(?:{re.escape(decimal)}(?P<part>\d+))?", digits)
    if not match:
        raise ValueError(f"{digits!r} is not a number with a decimal {decimals}")
    integer = re.sub(r"\D", "", match["integer"])
    if len(integer) + len(match["part"] or "") > limits.NUMBER_DIGITS:
        raise ValueError(f"{digits[:40]}… has more digits than any figure")
    # Nobody writes 0.123 for 123, or 012 for 12: a leading zero shows that something was lost.
    if len(integer) > 1 and integer.startswith("0"):
        raise ValueError(f"{digits!r} begins with a zero")
    number = Decimal(f"{match['sign']}{integer}.{match['part']}" if match["part"] else f"{match['sign']}{integer}")
    return number if number else abs(number)


def readings(digits: str, fit: Fit) -> dict[Decimals, Decimal]:
    """Read a number in both notations, keeping the readings that its column can hold."""
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
    """Decide the decimal sign of a sheet from the cells that allow one reading only.

    `cells` gives row, column (from 1) and fit of every cell that should hold a number; with `given`, stated by the
    user, nothing is decided. Raises DataError if cells contradict each other, UndecidedError if some are ambiguous and
    none decides.
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
    """Read a cell with content; ValueError if it is no number, or if a word next to it may change the number."""
    if cell.number is not None:
        return _stored(cell, cell.number, words)
    written = take_apart(cell.text, words)
    number = parse_number(written.digits, decimals)
    return Number(number, written.bound, written.percent, written.unit)


def _stored(cell: Cell, number: Decimal, words: IntakeMap) -> Number:
    """A stored number with the words its format shows: they never scale it, but may state its unit."""
    if unit := words.unit(cell.affix) or "":
        _require_sign(cell, number, set())
        bound = take_apart(cell.text, words).bound
        return Number(number, bound, cell.percent or unit.startswith("%"), unit)
    pieces = [part.strip(" .:-–+") for part in _PIECES.split(cell.affix.replace("%", ";"))]
    pieces = [piece for piece in pieces if piece]
    _require_sign(cell, number, {sign for piece in pieces if (sign := words.sign(piece))})
    bound = take_apart(cell.text, words).bound if cell.affix else ""
    bounds = {plain(word) for options in words.bounds.values() for word in options}
    others = [piece for piece in pieces if piece not in _BOUNDS and plain(piece) not in bounds]
    unit = next(filter(None, map(words.unit, others)), "")
    status = next((str(status) for piece in others if (status := words.status(piece))), "")
    unread = [piece for piece in others if not (words.unit(piece) or words.status(piece) or words.sign(piece))]
    # Digits and signs next to a number may change it; words alone do not.
    strange = [piece for piece in unread if words.scales(piece) or not all(map(_is_plain, piece))]
    if strange:
        raise ValueError(f'"{strange[0]}" next to the number')
    return Number(number, bound, cell.percent or "%" in cell.affix, unit, status, ", ".join(unread))


def _is_plain(sign: str) -> bool:
    return sign.isalpha() or sign in _PLAIN_SIGNS or bool(unicodedata.combining(sign))


def _require_sign(cell: Cell, number: Decimal, signs: set[str]) -> None:
    """Stop if words next to a number, or its format, give it the opposite sign."""
    if number > 0 and "-" in signs:
        raise ValueError(f"{number} shown as negative")
    # Either a word or a minus shows it, not both: "giảm -3" may be a rise.
    if number < 0 and ("+" in signs or cell.unsigned != ("-" in signs)):
        raise ValueError(f"{number} shown as if positive, or as negative twice")


def _contradiction(sheet: Sheet, deciding: dict[Decimals, tuple[int, int]]) -> DataError:
    """The error of two notations in one file, at the later one's first cell."""
    (one, first), (other, second) = sorted(deciding.items(), key=lambda item: item[1])
    return sheet.error(
        *second,
        f'decimals written with a {one}, as in row {first[0]}: "{sheet.cell(*first).text}"',
        f'"{sheet.cell(*second).text}", which has a decimal {other}',
        "Write all numbers of the file in one way.",
    )
