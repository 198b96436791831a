"""Series next to one another: an area's, its comparator's, and the differences between them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from statistics import stdev
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from policyreport.params.report import SeriesRole
from policyreport.records.base import Flag, Status
from policyreport.records.series import ComparedSeries, SeriesPoint

if TYPE_CHECKING:
    from policyreport.data.inputs import Inputs


SETTLED_FIRST: tuple[Status, ...] = ("observed", "derived", "estimate", "preliminary", "projection")
"""Statuses from most to least settled; a contrast has the less settled of its two values' statuses."""

Points = tuple[SeriesPoint, ...]


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


def series(inputs: Inputs, area: str, indicator: str, measure: str = "") -> Points:
    """Select one area's annual series, by year; without a measure, the first available one."""
    if measure:
        return inputs.points.get((area, indicator, measure), ())
    return inputs.first_series.get((area, indicator), ())


def role_series(inputs: Inputs, area: str, role: SeriesRole) -> Points:
    """Select the series that plays a role of params/report.yaml; the national one has its own indicator."""
    indicator = role.indicator
    if area == inputs.roles.nation:
        indicator = inputs.indicators.get(indicator).national or indicator
    return series(inputs, area, indicator, role.measure)


def point_of(inputs: Inputs, area: str, role: SeriesRole, year: int) -> SeriesPoint | None:
    """Select one year of the series that plays a role."""
    return next((point for point in role_series(inputs, area, role) if point.year == year), None)


def output_of(inputs: Inputs, area: str, year: int) -> tuple[float, tuple[str, ...]] | None:
    """Return the output of an area in a year, output per head × population, with the rows behind it."""
    income, people = (point_of(inputs, area, role, year) for role in (inputs.roles.income, inputs.roles.population))
    if income is None or people is None:
        return None
    return income.value * people.value, (*income.inputs, *people.inputs)


def likeness_values(inputs: Inputs, areas: Sequence[str], name: str) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return one variable of likeness, NaN where unknown, and the ledger rows behind it.

    `name` is one of `likeness` in params/report.yaml (else ParamsError).
    """
    variable = inputs.roles.likeness_by_name(name)
    points = [point_of(inputs, area, getattr(inputs.roles, variable.series), variable.year) for area in areas]
    values = np.array([point.value if point else np.nan for point in points])
    rows = tuple(sorted({row for point in points if point for row in point.inputs}))
    return (np.log(values) if variable.log else values), rows


def mean_of(group: Iterable[Points], size: int) -> Points:
    """Average areas' series without weights, in the years for which at least `size` areas have a value."""
    return tuple(
        SeriesPoint(
            year=year,
            value=sum(point.value for point in points) / len(points),
            status=points[0].status,
            segment=points[0].segment,
            begun=min((point.begun for point in points if point.begun), default=None),
        )
        for year, points in sorted(_by_year(group).items())
        if len(points) >= size
    )


def mean_of_areas(inputs: Inputs, group: Iterable[Points]) -> Points:
    """Average the areas' series in the years for which enough of all areas have a value."""
    areas = list(group)
    return mean_of(areas, int(inputs.settings.trend.mean_from_areas * len(areas)))


def spread_of_areas(group: Iterable[Points], years: Collection[int]) -> dict[int, float]:
    """Return the standard deviation over areas in each of the years for which at least two have a value."""
    by_year = _by_year(group)
    values = {year: [point.value for point in by_year.get(year, [])] for year in years}
    return {year: stdev(of_year) for year, of_year in values.items() if len(of_year) > 1}


def _by_year(group: Iterable[Points]) -> dict[int, list[SeriesPoint]]:
    by_year: dict[int, list[SeriesPoint]] = {}
    for points in group:
        for point in points:
            by_year.setdefault(point.year, []).append(point)
    return by_year


def boundary_flags(inputs: Inputs, areas: Iterable[str], indicator: str) -> tuple[Flag, ...]:
    """Flag areas whose series were recalculated.

    `back-cast` where the publisher did it, `renormalised` where we did it without a small part that is missing; each
    once or not at all.
    """
    keys = [(area, indicator) for area in areas]
    flagged = {"back-cast": inputs.back_cast, "renormalised": inputs.renormalised}
    return tuple(Flag(code=code) for code, series in flagged.items() if any(key in series for key in keys))


def compare_series(inputs: Inputs) -> tuple[ComparedSeries, ...]:
    """Return an area's growth, income and scores with what they are compared with; what has no value is left out."""
    growth, income = inputs.roles.growth, inputs.roles.income
    own, nation, region = beside(inputs, growth)
    level, level_of_nation, level_of_region = beside(inputs, income)
    relative, around = index(level, level_of_nation), index(level_of_region, level_of_nation)
    compared = [
        _compared(growth.indicator, own, nation, [own, nation, region]),
        _compared(income.indicator, level, level_of_nation, [relative, around], relative),
    ]
    for key in inputs.roles.governance.indicators:
        scores, mean = scores_and_mean(inputs, key)
        compared.append(_compared(key, scores, mean, [scores]))
    return tuple(series for series in compared if series.own)


def beside(inputs: Inputs, role: SeriesRole) -> tuple[Points, Points, Points]:
    """Return the area's, the country's and the region's series in a role."""
    region = inputs.areas.region(inputs.area)
    own, nation, around = (role_series(inputs, key, role) for key in (inputs.area, inputs.roles.nation, region))
    return own, nation, around


def scores_and_mean(inputs: Inputs, key: str) -> tuple[Points, Points]:
    """Return the area's scores of one dimension, and the mean of the provinces."""
    measure = inputs.roles.governance.measure
    mean = mean_of_areas(inputs, [series(inputs, area, key, measure) for area in inputs.provinces])
    return series(inputs, inputs.area, key, measure), mean


def _compared(
    indicator: str, own: Points, other: Points, drawn: Sequence[Points], relative: Points = ()
) -> ComparedSeries:
    rows = dict.fromkeys(row for points in drawn for point in points for row in point.inputs)
    return ComparedSeries(indicator=indicator, own=own, reference=other, index=relative, inputs=tuple(rows))
