"""Numbers, dates and probabilities as a reader of one language sees them.

Decimals and spaces are decided here alone (METHODS §0, "Printing"), so that figures, tables and sentences show the
same number in the same way.
"""

import datetime
import sys
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import isfinite

from babel.dates import format_date
from babel.numbers import format_decimal

from policyreport.errors import UsageError, did_you_mean
from policyreport.records.digits import as_published
from policyreport.records.periods import POINT

NBSP = "\u00a0"
MINUS = "\u2212"
# A number with more digits is a level, such as output in billions of dong, which readers look up digit by digit.
SHORT = 6
EN_DASH = "–"


@lru_cache(maxsize=4096)
def _decimal(size: Decimal, pattern: str, locale: str) -> str:
    """Format a number with babel; cached, as one page prints the same number several times."""
    return str(format_decimal(size, format=pattern, locale=locale))


@dataclass(frozen=True)
class Idiom:
    """What babel does not provide for a language; `locale` and the date patterns are babel's."""

    locale: str
    of: str
    to: str
    points: str
    under: str
    over: str
    about: str
    a_year: str
    long_date: str
    short_date: str
    day: str
    month: str
    long_month: str
    quarters: tuple[str, ...]
    halves: tuple[str, ...]
    months: str


IDIOMS = {
    # "15 October 2025": the report's English is that of statistical offices
    "en": Idiom(
        locale="en_GB",
        of=f"{NBSP}of{NBSP}",
        to="to",
        points="pp",
        under="under",
        over="over",
        about="about",
        a_year="a year",
        long_date="d MMMM y",
        short_date="d MMM y",
        day="d MMM",
        month="MMM y",
        long_month="MMMM y",
        quarters=tuple(f"the {nth} quarter of {{year}}" for nth in ("first", "second", "third", "fourth")),
        halves=("the first half of {year}", "the second half of {year}"),
        months="the first {word} months of {year}",
    ),
    "vi": Idiom(
        locale="vi",
        of="/",
        to="đến",
        points="điểm phần trăm",
        under="dưới",
        over="trên",
        about="khoảng",
        a_year="một năm",
        long_date="dd/MM/y",
        short_date="dd/MM/y",
        day="dd/MM",
        month="MM/y",
        long_month="'tháng' M 'năm' y",
        quarters=tuple(f"quý {nth} năm {{year}}" for nth in ("I", "II", "III", "IV")),
        halves=("6 tháng đầu năm {year}", "6 tháng cuối năm {year}"),
        months="{number} tháng đầu năm {year}",
    ),
}


class Formats:
    """Number and date formats of one language, ``en`` or ``vi``; raises UsageError for any other."""

    def __init__(self, language: str = "en") -> None:
        if language not in IDIOMS:
            raise UsageError("language", "a language with formats", f'"{language}"', did_you_mean(language, IDIOMS))
        self.language = language
        self._idiom = IDIOMS[language]

    @property
    def to(self) -> str:
        """The word between the ends of a range."""
        return self._idiom.to

    def number(self, value: float, digits: int, signed: bool = False) -> str:
        """Write a finite number with a fixed count of decimals, halves away from zero: ``1,227.0``, ``−0.6``.

        `signed` shows the plus of a positive number; zero is never negative. Raises UsageError for NaN or infinity.
        """
        if not isfinite(value):
            raise UsageError("formats", "a finite number", repr(value), "Leave a missing value out, or refuse it.")
        rounded = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        size = _decimal(abs(rounded), pattern, self._idiom.locale)
        if rounded < 0:
            return MINUS + size
        return "+" + size if signed and rounded > 0 else size

    def published(self, value: float, digits: int | None = None) -> str:
        """Write a published number with its own decimals, at most `digits` of them: 13.9 is not 13.90.

        A number of more than `SHORT` digits is never shortened.
        """
        text = as_published(abs(value))
        decimals, size = len(text.partition(".")[2]), len(text.replace(".", "").lstrip("0"))
        # More digits than a float holds exactly: not a published number but a computed one with binary noise.
        if digits is not None and not SHORT < size <= sys.float_info.dig:
            decimals = min(decimals, digits)
        return self.number(value, decimals)

    def count(self, value: int) -> str:
        """Write a count with the language's group separator: ``1,227``."""
        return self.number(value, 0)

    def percent(self, share: float, digits: int = 1) -> str:
        """Write a share of 1 as a percentage: ``94.5%``.

        Only all and none are printed as such: 0.9999 is ``> 99.9%``.
        """
        step = 10.0**-digits
        if 0 < share < 1:
            text = self.number(100 * share, digits)
            if text == self.number(100, digits):
                return f">{NBSP}{self.number(100 - step, digits)}%"
            if text == self.number(0, digits):
                return f"<{NBSP}{self.number(step, digits)}%"
        return f"{self.number(100 * share, 0 if share in (0, 1) else digits)}%"

    def percentage(self, value: float) -> str:
        """Write a number of per cent with the decimals it was published with, two at most."""
        return f"{self.published(value, 2)}%"

    def amount(self, value: float, unit: str, bound: str = "=") -> str:
        """Write a published figure by its unit and with its bound: ``over 91%``, ``44th``, ``about 80,000``."""
        text = self.percentage(value) if unit.startswith("%") else self.published(value)
        if unit.startswith("rank"):
            text = self.place(round(value))
        if unit.startswith(("% per year", "% a year")):
            text = f"{text}{NBSP}{self._idiom.a_year}"
        words = {"<": self._idiom.under, ">": self._idiom.over, "~": self._idiom.about}
        return f"{words[bound]}{NBSP}{text}" if bound in words else text

    def place(self, number: int) -> str:
        """Write a place among others: ``1st``, ``12th``, ``43rd``."""
        if self.language != "en":
            return f"hạng{NBSP}{number}"
        ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
        return f"{number}{ending}"

    def share_of(self, count: int, total: int) -> str:
        """Write a count with its total and share, ``1,227 of 1,298 (94.5%)``: a share never stands alone."""
        return f"{self.count_of(count, total)} ({self.percent(count / total)})"

    def count_of(self, count: int, total: int) -> str:
        """Write a count with its total, held together by non-breaking spaces: ``1,227 of 1,298``."""
        return f"{self.count(count)}{self._idiom.of}{self.count(total)}"

    def points(self, value: float, digits: int = 2) -> str:
        """Write a difference in percentage points with its sign: ``+0.27 pp``."""
        return f"{self.number(value, digits, signed=True)}{NBSP}{self._idiom.points}"

    def p_value(self, value: float) -> str:
        """Write a p-value with three decimals, or as ``< 0.001``."""
        return f"<{NBSP}{self.number(0.001, 3)}" if value < 0.001 else self.number(value, 3)

    def interval(self, low: float, high: float, digits: int = 1, signed: bool = False) -> str:
        """Write an interval without its unit: ``40.0–45.7``, or ``−2.3 to +1.3`` where a sign would meet the dash."""
        ends = self.number(low, digits, signed), self.number(high, digits, signed)
        if any(end[0] in f"+{MINUS}" for end in ends):
            return f"{ends[0]}{NBSP}{self._idiom.to}{NBSP}{ends[1]}"
        return EN_DASH.join(ends)

    def percent_interval(self, low: float, high: float, digits: int = 1) -> str:
        """Write an interval of shares of 1 as percentages without the sign: ``40.0–45.7``."""
        return self.interval(100 * low, 100 * high, digits)

    def date(self, day: datetime.date) -> str:
        """Write a date in full: ``15 October 2025``."""
        return self._date(day, self._idiom.long_date).replace(" ", NBSP, 1)

    def short_date(self, day: datetime.date) -> str:
        """Write a date for a figure's label: ``15 Oct 2025``."""
        return self._date(day, self._idiom.short_date).replace(" ", NBSP)

    def day(self, day: datetime.date) -> str:
        """Write a day whose year is given next to it: ``15 Oct``."""
        return self._date(day, self._idiom.day).replace(" ", NBSP)

    def month(self, day: datetime.date) -> str:
        """Write the month of a date, ``Jan 2026``: enough for a vintage."""
        return self._date(day, self._idiom.month).replace(" ", NBSP)

    def period(self, period: str) -> str:
        """Write a period of the ledger as ``the third quarter of 2025``; a text that is no period stays as it is."""
        first, _, last = period.partition("/")
        if last:
            return f"{self.period(first)} {self._idiom.to} {self.period(last)}"
        if not (match := POINT.fullmatch(period)):
            return period
        year, month, day, quarter, half = match.groups()
        if quarter or half:
            names, number = (self._idiom.quarters, quarter) if quarter else (self._idiom.halves, half)
            return names[int(number) - 1].format(year=year)
        if day:
            return self.date(datetime.date.fromisoformat(period))
        return self._date(datetime.date(int(year), int(month), 1), self._idiom.long_month) if month else year

    def first_months(self, number: int, word: str, year: int) -> str:
        """Write the months from January: ``the first nine months of 2025``."""
        return self._idiom.months.format(number=number, word=word, year=year)

    def probability_range(self, low: float, high: float) -> tuple[str, str]:
        """Write the ends of a range of probabilities, rounded outwards: ``0.03%``, ``6%``.

        One digit below 10% and above 90%, whole percentages between.
        """
        return self._probability_end(low, ROUND_FLOOR), self._probability_end(high, ROUND_CEILING)

    def _probability_end(self, value: float, rounding: str) -> str:
        """Write one end; closer than 0.01% to 0 or 100% it is ``under 0.01%`` or ``over 99.99%``."""
        percent = Decimal(repr(100 * value))
        near = min(percent, 100 - percent)
        if near < Decimal("0.01"):
            beyond, end = (self._idiom.under, 0.01) if percent < 50 else (self._idiom.over, 99.99)
            return f"{beyond}{NBSP}{self.number(end, 2)}%"
        digits = 0 if near >= 1 else -near.adjusted()
        rounded = percent.quantize(Decimal(1).scaleb(-digits), rounding=rounding).normalize()
        shown = max(-int(rounded.as_tuple().exponent), 0)
        return f"{self.number(float(rounded), shown)}%"

    def band(self, low: float, high: float) -> str:
        """Write a band of probabilities between shares of 1: ``< 1%``, ``1–5%``, ``> 99%``."""
        ends = [self.published(round(100 * end, 10)) for end in (low, high)]
        text = f"<{NBSP}{ends[1]}" if low == 0 else f">{NBSP}{ends[0]}" if high == 1 else EN_DASH.join(ends)
        return f"{text}%"

    def _date(self, day: datetime.date, pattern: str) -> str:
        return str(format_date(day, format=pattern, locale=self._idiom.locale))
