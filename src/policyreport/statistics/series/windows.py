"""Flags of a window of years, whichever method uses it."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.records.base import Flag


def window_flags(years: Sequence[int], *, weak_below: int, shock_years: Sequence[int]) -> tuple[Flag, ...]:
    """Flag a window with fewer years than `weak_below` (`weak`) or starting in a shock year (`starts-in-shock`)."""
    weak = (Flag(code="weak", detail=f"{len(years)} years"),) if len(years) < weak_below else ()
    shock = (Flag(code="starts-in-shock", detail=str(years[0])),) if years[0] in shock_years else ()
    return weak + shock
