"""Before and after a start: a figure is after a day only if its whole period is (METHODS §20.9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policyreport.records.series import SeriesPoint


def lies_after(point: SeriesPoint, day: date) -> bool:
    """Whether all that an annual figure covers, or its fieldwork where known, is later than a day."""
    return (point.begun or date(point.year, 1, 1)) > day


def years_after(years: Iterable[int], day: date) -> tuple[int, ...]:
    """Select the calendar years that begin after a day; the year that contains it is not one of them."""
    return tuple(year for year in years if date(year, 1, 1) > day)
