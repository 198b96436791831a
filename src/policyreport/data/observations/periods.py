"""Publication dates as text, and how exact they are; periods are read by `records.periods`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from policyreport.records.periods import POINT, period_bounds, point_bounds

Precision = Literal["day", "month", "year"]

__all__ = ["Precision", "last_day", "period_bounds"]


def last_day(published: str) -> tuple[date, Precision]:
    """Return the day by which something was surely published, and the precision of the text.

    For ``2025-01`` or ``2025`` this is the last day of the month or year: a figure is never shown before it was out.
    """
    point = POINT.fullmatch(published)
    if not point or point["quarter"] or point["half"]:
        raise ValueError(f"{published!r} is not a day, month or year")
    precision: Precision = "day" if point["day"] else "month" if point["month"] else "year"
    return point_bounds(published)[1], precision
