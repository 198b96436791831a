"""Before and after a start: a figure is after a day only if its whole period is (METHODS §20.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policyreport.records.series import SeriesPoint


def lies_after(point: SeriesPoint, day: date) -> bool:
    """Tell whether all that an annual figure covers, its fieldwork where that is known, is later than a day."""
    return (point.begun or date(point.year, 1, 1)) > day


def years_after(years: Iterable[int], day: date) -> tuple[int, ...]:
    """Pick the calendar years that begin later than a day; the year that holds it is none of them."""
    return tuple(year for year in years if date(year, 1, 1) > day)


def last_year_before(day: date) -> int:
    """Give the last calendar year whose figure is not after a day: the year that holds it."""
    return day.year
