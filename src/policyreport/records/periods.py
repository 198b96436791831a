"""Periods as text: the days they cover, and their kind; publication dates, and how exact they are."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Precision = Literal["day", "month", "year"]

POINT = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})(?:-(?P<day>\d{2}))?|Q(?P<quarter>[1-4])|H(?P<half>[12])))?", re.ASCII
)
YEAR = "year"
_KINDS = {1: "month", 3: "quarter", 6: "half-year", 12: YEAR}


@lru_cache(maxsize=4096)
def period_bounds(period: str) -> tuple[date, date]:
    """Return the first and the last day of a period.

    `period` is ``2025``, ``2025-H1``, ``2025-Q3``, ``2025-10``, ``2025-10-28``, or two of these joined by ``/``; any
    other text, or one that ends before it begins, raises ValueError.
    """
    first, joined, last = period.partition("/")
    start, end = point_bounds(first)
    if joined:
        end = point_bounds(last)[1]
    if end < start:
        raise ValueError(f"{period} ends before it begins")
    return start, end


@lru_cache(maxsize=4096)
def kind_of(period: str) -> str:
    """Return the kind of a period, however it is written.

    ``year``, ``half-year``, ``quarter``, ``month`` or ``9 months``; ``years`` for several; ``days`` where it does not
    begin and end with a month; empty for a text that is no period.
    """
    try:
        start, end = period_bounds(period)
    except ValueError:
        return ""
    if start.day != 1 or (end + timedelta(days=1)).day != 1:
        return "days"
    months = 12 * (end.year - start.year) + end.month - start.month + 1
    if months % 12 == 0 and months > 12:
        return "years"
    # Three months are a quarter only where one begins.
    named = _KINDS.get(months, "") if (start.month - 1) % months == 0 else ""
    return named or f"{months} months"


def year_of_period(period: str) -> int | None:
    """Return the calendar year that a period covers in full; None for part of a year or several."""
    return period_bounds(period)[0].year if kind_of(period) == YEAR else None


def last_day(published: str) -> tuple[date, Precision]:
    """Return the day by which something was surely published, and the precision of the text.

    For ``2025-01`` or ``2025`` this is the last day of the month or year: a figure is never shown before it was out.
    """
    point = POINT.fullmatch(published)
    if not point or point["quarter"] or point["half"]:
        raise ValueError(f"{published!r} is not a day, month or year")
    precision: Precision = "day" if point["day"] else "month" if point["month"] else "year"
    return point_bounds(published)[1], precision


def point_bounds(text: str) -> tuple[date, date]:
    """Return the first and the last day of a year, half-year, quarter, month or day."""
    match = POINT.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a year, half, quarter, month or day")
    year = int(match["year"])
    if match["day"]:
        day = date(year, int(match["month"]), int(match["day"]))
        return day, day
    first, months = 1, 12
    if match["month"]:
        first, months = int(match["month"]), 1
    elif match["quarter"]:
        first, months = 3 * int(match["quarter"]) - 2, 3
    elif match["half"]:
        first, months = 6 * int(match["half"]) - 5, 6
    return date(year, first, 1), _month_end(year, first + months - 1)


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
