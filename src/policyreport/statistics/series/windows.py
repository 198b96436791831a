"""Flags of a window of years, whichever method uses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from policyreport.params.methods import ConventionsSettings
from policyreport.records.base import Flag
from policyreport.records.series import SeriesPoint
from policyreport.statistics.common.starts import lies_after


def window_flags(years: Sequence[int], settings: ConventionsSettings) -> tuple[Flag, ...]:
    """Flag a window with fewer years than `weak_below` (`weak`) or starting in a shock year (`starts-in-shock`)."""
    weak = (Flag(code="weak", detail=f"{len(years)} years"),) if len(years) < settings.weak_below else ()
    shock = (Flag(code="starts-in-shock", detail=str(years[0])),) if years[0] in settings.shock_years else ()
    return weak + shock


def ends_before(point: SeriesPoint, start: date | None) -> bool:
    """Whether a start is given and an annual figure does not lie wholly after it."""
    return start is not None and not lies_after(point, start)
