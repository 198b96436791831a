"""Yearly differences and changes of all areas together: facts of every year, and whose means stand out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.series import Difference, LevelTrend, MeanFamily, YearlyMean
from policyreport.statistics.assess.comparison import peer_panel
from policyreport.statistics.assess.levels import income_levels
from policyreport.statistics.assess.selection import not_published
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import estimate_means

Floats = NDArray[np.float64]


def mean_families(inputs: Inputs, differences: Mapping[str, Difference]) -> tuple[MeanFamily | Refusal, ...]:
    """Report what is true of every year, and whose mean differs from the national one: growth, then income.

    `differences` come from the function of that name: in growth, to the national figure.
    """
    return growth_means(inputs, differences), income_means(inputs)


def yearly_table(means: Mapping[str, YearlyMean]) -> tuple[tuple[str, ...], Floats, Floats]:
    """Arrange yearly values by area and year.

    Returns
    -------
    tuple of areas, ndarray (I, T) and ndarray (I,)
        Keys; values, NaN where an area has none; the part of each mean's variance that is known beforehand.
    """
    years = sorted({year for mean in means.values() for year in mean.years})
    table = np.full((len(means), len(years)), np.nan)
    for row, mean in enumerate(means.values()):
        table[row, [years.index(year) for year in mean.years]] = mean.differences
    return tuple(means), table, np.array([mean.known_variance for mean in means.values()])


def growth_means(inputs: Inputs, differences: Mapping[str, Difference]) -> MeanFamily | Refusal:
    """The areas' differences in growth to the national figure."""
    panel = peer_panel(inputs)
    if panel is None or not differences:
        return not_published("peers", inputs.roles.growth.indicator)
    rows = tuple(sorted({line for lines in panel.inputs.values() for line in lines}))
    named = tuple(area for area, difference in differences.items() if difference.verdict in ("above", "below"))
    return _family(inputs, differences, panel.indicator, "percentage points", len(panel.areas), named, rows)


def income_means(inputs: Inputs) -> MeanFamily | Refusal:
    """The areas' yearly changes of income relative to the national ones."""
    results = income_levels(inputs).results
    tested = {area: trend for area, trend in results.items() if isinstance(trend, LevelTrend)}
    if not tested:
        refused = next((trend for trend in results.values() if isinstance(trend, Refusal)), None)
        return refused or not_published("trend", inputs.roles.income.indicator)
    one = next(iter(tested.values()))
    named = tuple(area for area, trend in tested.items() if trend.verdict != "no clear trend")
    rows = tuple(sorted({line for trend in tested.values() for line in trend.inputs}))
    return _family(inputs, tested, one.indicator, one.unit, len(results), named, rows)


def _family(
    inputs: Inputs,
    means: Mapping[str, YearlyMean],
    indicator: str,
    unit: str,
    areas: int,
    named: tuple[str, ...],
    rows: tuple[str, ...],
) -> MeanFamily:
    """Facts of every year, what is learnt from all areas, and who would stand out if years were independent."""
    keys, table, known = yearly_table(means)
    learnt = estimate_means(table, inputs.settings.peers, known=known)
    independent = estimate_means(table, inputs.settings.peers.with_independent_years, known=known)
    p_values = adjust([float(p) for p in independent.p_values], rule="bh")
    level, degrees = inputs.settings.multiplicity.bh_level, learnt.prior.degrees
    years = sorted({year for mean in means.values() for year in mean.years})
    return MeanFamily(
        indicator=indicator,
        unit=unit,
        areas=areas,
        tested=len(means),
        first_year=years[0],
        last_year=years[-1],
        n=len(years),
        carry_over=learnt.carry_over.mean,
        series=learnt.carry_over.series,
        prior_degrees=None if np.isinf(degrees) else degrees,
        prior_variance=learnt.prior.scale,
        singled_out=named,
        if_independent=tuple(key for key, p in zip(keys, p_values, strict=True) if p is not None and p <= level),
        always_above=tuple(key for key, mean in means.items() if mean.years_above == len(mean.years)),
        never_above=tuple(key for key, mean in means.items() if mean.years_above == 0),
        inputs=rows,
    )
