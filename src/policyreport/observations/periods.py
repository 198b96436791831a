"""Periods and publication dates as text: what days they cover and how exact they are."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

Precision = Literal["day", "month", "year"]

_POINT = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})(?:-(?P<day>\d{2}))?|Q(?P<quarter>[1-4])|H(?P<half>[12])))?", re.ASCII
)


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
    start, end = _point_bounds(first)
    if joined:
        end = _point_bounds(last)[1]
    if end < start:
        raise ValueError(f"{period} ends before it begins")
    return start, end


def last_day(published: str) -> tuple[date, Precision]:
    """Give the day by which something was surely out, and how exact the text is.

    Parameters
    ----------
    published : str
        ``2025-01-06``, ``2025-01`` or ``2025``.

    Returns
    -------
    date
        The day itself, or the last day of the month or year: a figure is never shown before it was out.
    str
        ``day``, ``month`` or ``year``.

    Raises
    ------
    ValueError
        If the text is no such date.
    """
    found = _POINT.fullmatch(published)
    if not found or found["quarter"] or found["half"]:
        raise ValueError(f"{published!r} is not a day, month or year")
    precision: Precision = "day" if found["day"] else "month" if found["month"] else "year"
    return _point_bounds(published)[1], precision


def _point_bounds(text: str) -> tuple[date, date]:
    """First and last day of a year, half, quarter, month or day."""
    found = _POINT.fullmatch(text)
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
