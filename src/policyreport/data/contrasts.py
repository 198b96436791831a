"""A series relative to a comparator: minus it, or as an index of it (METHODS §7, "what is trended")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from policyreport.records.base import Status
from policyreport.records.series import SeriesPoint

SETTLED_FIRST: tuple[Status, ...] = ("observed", "derived", "estimate", "preliminary", "projection")
"""Statuses from most to least settled; a contrast has the less settled of its two values' statuses."""


def minus(points: Sequence[SeriesPoint], comparator: Sequence[SeriesPoint]) -> tuple[SeriesPoint, ...]:
    """Subtract a comparator in the same unit, so that common shocks cancel.

    Covers the years of both; a break in either breaks the difference.
    """
    return _contrast(points, comparator, lambda value, other: value - other)


def index(points: Sequence[SeriesPoint], comparator: Sequence[SeriesPoint]) -> tuple[SeriesPoint, ...]:
    """Express a series as an index of a positive comparator, 100 · area / comparator, for the years of both."""
    return _contrast(points, comparator, lambda value, other: 100 * value / other)


def divided(points: Sequence[SeriesPoint], spread: Mapping[int, float]) -> tuple[SeriesPoint, ...]:
    """Divide every year's value by that year's standard deviation over areas; years without one are dropped."""
    return tuple(
        point.model_copy(update={"value": point.value / spread[point.year], "low": None, "high": None})
        for point in points
        if spread.get(point.year, 0.0) > 0
    )


def _contrast(
    points: Sequence[SeriesPoint],
    comparator: Sequence[SeriesPoint],
    combine: Callable[[float, float], float],
) -> tuple[SeriesPoint, ...]:
    others = {point.year: point for point in comparator}
    pairs = [(point, others[point.year]) for point in sorted(points, key=lambda p: p.year) if point.year in others]
    stretches = list(dict.fromkeys((point.segment, other.segment) for point, other in pairs))
    return tuple(
        SeriesPoint(
            year=point.year,
            value=combine(point.value, other.value),
            status=max(point.status, other.status, key=_unsettledness),
            segment=stretches.index((point.segment, other.segment)),
            begun=min((day for day in (point.begun, other.begun) if day), default=None),
            low=None if point.low is None else combine(point.low, other.value),
            high=None if point.high is None else combine(point.high, other.value),
            inputs=tuple(dict.fromkeys(point.inputs + other.inputs)),
        )
        for point, other in pairs
    )


def _unsettledness(status: str) -> int:
    """Position of a status in `SETTLED_FIRST`; an unknown one counts as least settled."""
    return next((i for i, known in enumerate(SETTLED_FIRST) if known == status), len(SETTLED_FIRST))
