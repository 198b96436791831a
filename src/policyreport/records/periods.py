"""Periods as text: the days they cover, and what kind of period they are."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

POINT = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})(?:-(?P<day>\d{2}))?|Q(?P<quarter>[1-4])|H(?P<half>[12])))?", re.ASCII
)
YEAR = "year"
_KINDS = {1: "month", 3: "quarter", 6: "half-year", 12: YEAR}


@lru_cache(maxsize=4096)
def period_bounds(period: str) -> tuple[date, date]:
    """Give the first and the last day of a period.

    Parameters
    ----------
    period : str
        ``2025``, ``2025-H1``, ``2025-Q3``, ``2025-10``, ``2025-10-28``, or two of these joined by ``/``.

    Returns
    -------
    tuple of date
        First and last day.

    Raises
    ------
    ValueError
        If the text is none of these, or ends before it begins.
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
    """Say what kind of period a text means, however it is written.

    Parameters
    ----------
    period : str
        As for `period_bounds`.

    Returns
    -------
    str
        ``year``, ``half-year``, ``quarter``, ``month``, ``9 months``, ``years`` for several; ``days`` for all that does
        not begin and end with a month; empty for a text that is no period.
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
    """Give the calendar year that a period covers whole; None for a part of a year, or for several."""
    return period_bounds(period)[0].year if kind_of(period) == YEAR else None


def point_bounds(text: str) -> tuple[date, date]:
    """First and last day of a year, half, quarter, month or day."""
    found = POINT.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a year, half, quarter, month or day")
    year = int(found["year"])
    if found["day"]:
        day = date(year, int(found["month"]), int(found["day"]))
        return day, day
    first, months = 1, 12
    if found["month"]:
        first, months = int(found["month"]), 1
    elif found["quarter"]:
        first, months = 3 * int(found["quarter"]) - 2, 3
    elif found["half"]:
        first, months = 6 * int(found["half"]) - 5, 6
    return date(year, first, 1), _month_end(year, first + months - 1)


def _month_end(year: int, month: int) -> date:
    """Last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
