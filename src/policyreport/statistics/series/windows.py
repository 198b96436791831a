"""Flags of a window of years; before and after a start: a figure is after a day only if its whole period is (§20.9)."""

from collections.abc import Iterable, Sequence
from datetime import date

from policyreport.params.methods import ConventionsSettings
from policyreport.records.base import Flag
from policyreport.records.series import SeriesPoint


def lies_after(point: SeriesPoint, day: date) -> bool:
    """Whether all that an annual figure covers, or its fieldwork where known, is later than a day."""
    return (point.begun or date(point.year, 1, 1)) > day


def years_after(years: Iterable[int], day: date) -> tuple[int, ...]:
    """Select the calendar years that begin after a day; the year that contains it is not one of them."""
    return tuple(year for year in years if date(year, 1, 1) > day)


def window_flags(years: Sequence[int], settings: ConventionsSettings) -> tuple[Flag, ...]:
    """Flag a window with fewer years than `weak_below` (`weak`) or starting in a shock year (`starts-in-shock`)."""
    weak = (Flag(code="weak", detail=f"{len(years)} years"),) if len(years) < settings.weak_below else ()
    shock = (Flag(code="starts-in-shock", detail=str(years[0])),) if years[0] in settings.shock_years else ()
    return weak + shock


def ends_before(point: SeriesPoint, start: date | None) -> bool:
    """Whether a start is given and an annual figure does not lie wholly after it."""
    return start is not None and not lies_after(point, start)
