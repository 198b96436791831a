"""An area's annual series and those they are shown beside: the country's, the region's, the provinces' mean."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.contrasts import index
from policyreport.data.inputs import Inputs
from policyreport.data.selection import mean_of_areas, role_series, series
from policyreport.params.report import SeriesRole
from policyreport.records.series import ComparedSeries, SeriesPoint

Points = tuple[SeriesPoint, ...]


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
