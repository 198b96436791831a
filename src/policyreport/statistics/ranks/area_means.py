"""Yearly differences and changes of all areas together: facts of every year, whose means stand out, and their ranks."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policyreport.data.points import common_years, read_series, rows_behind
from policyreport.params.methods import PeersSettings, RanksSettings
from policyreport.records.base import Refusal
from policyreport.records.series import LevelTrend, MeanFamily, Ranks, YearlyMean
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import TestedMeans, estimate_means
from policyreport.statistics.ranks.peers import METHOD, compare_with_country
from policyreport.statistics.ranks.ranks import METHOD as RANKS
from policyreport.statistics.ranks.ranks import rank_family
from policyreport.statistics.series.level_trend import compare_all_changes

Floats = NDArray[np.float64]


def mean_above_country(values: pd.DataFrame, settings: PeersSettings, *, nation: str = "") -> MeanFamily | Refusal:
    """Report in which areas every year lay above the country, and whose mean difference stands out among all.

    `values` and `nation` are as for `peers.compare_with_country`.
    """
    series = read_series("mean_above_country", values, nation=nation)
    differences = compare_with_country(values, settings, nation=nation)
    if not differences:
        return series.not_published(METHOD)
    named = tuple(area for area, difference in differences.items() if difference.verdict in ("above", "below"))
    about = {"indicator": series.indicator, "unit": "percentage points", "areas": len(series.areas)}
    return _family(differences, settings, named, rows_behind(series), about)


def mean_change_above_country(
    levels: pd.DataFrame, settings: PeersSettings, *, start: date | None = None, nation: str = ""
) -> MeanFamily | Refusal:
    """Report the same of the yearly changes of a level relative to the country's, as `compare_all_changes` does."""
    series = read_series("mean_change_above_country", levels, nation=nation)
    results = compare_all_changes(levels, settings, start=start, nation=nation)
    tested = {area: trend for area, trend in results.items() if isinstance(trend, LevelTrend)}
    if not tested:
        refused = next((trend for trend in results.values() if isinstance(trend, Refusal)), None)
        return refused or series.not_published("trend")
    one = next(iter(tested.values()))
    named = tuple(area for area, trend in tested.items() if trend.verdict != "no clear trend")
    rows = tuple(sorted({line for trend in tested.values() for line in trend.inputs}))
    about = {"indicator": one.indicator, "unit": one.unit, "areas": len(results)}
    return _family(tested, settings, named, rows, about)


def rank_means(
    values: pd.DataFrame, settings: RanksSettings, peers: PeersSettings, *, nation: str = ""
) -> Ranks | Refusal:
    """Compute sets of the ranks of areas' mean differences to the country.

    Model-based: years are treated as draws, and their spread and serial correlation are learnt from as many years.
    `values` and `nation` are as for `peers.compare_with_country`.
    """
    series = read_series("rank_means", values, nation=nation)
    differences = compare_with_country(values, peers, nation=nation)
    if not common_years(series) or not series.national:
        return series.not_published(RANKS)
    areas, family = _tested(differences, peers)
    return rank_family(
        areas,
        family,
        settings,
        indicator=series.indicator,
        measure=f"{series.measure} minus nation",
        larger_is_better=series.larger_is_better,
        inputs=rows_behind(series),
    )


def _tested(means: Mapping[str, YearlyMean], settings: PeersSettings) -> tuple[tuple[str, ...], TestedMeans]:
    """Areas in their order, and the means of their yearly values tested together."""
    years = sorted({year for mean in means.values() for year in mean.years})
    table = np.full((len(means), len(years)), np.nan)
    for row, mean in enumerate(means.values()):
        table[row, [years.index(year) for year in mean.years]] = mean.differences
    known = np.array([mean.known_variance for mean in means.values()])
    return tuple(means), estimate_means(table, settings, known=known)


def _family(
    means: Mapping[str, YearlyMean],
    settings: PeersSettings,
    named: tuple[str, ...],
    rows: tuple[str, ...],
    about: Mapping[str, object],
) -> MeanFamily:
    """Facts of every year, what is learnt from all areas, and who would stand out if years were independent."""
    keys, learnt = _tested(means, settings)
    _, independent = _tested(means, settings.with_independent_years)
    p_values = adjust([float(p) for p in independent.p_values], rule="bh")
    degrees = learnt.prior.degrees
    years = sorted({year for mean in means.values() for year in mean.years})
    return MeanFamily(
        **about,
        tested=len(means),
        first_year=years[0],
        last_year=years[-1],
        n=len(years),
        carry_over=learnt.carry_over.mean,
        series=learnt.carry_over.series,
        prior_degrees=None if np.isinf(degrees) else degrees,
        prior_variance=learnt.prior.scale,
        singled_out=named,
        if_independent=tuple(
            key for key, p in zip(keys, p_values, strict=True) if p is not None and p <= settings.multiplicity.bh_level
        ),
        always_above=tuple(key for key, mean in means.items() if mean.years_above == len(mean.years)),
        never_above=tuple(key for key, mean in means.items() if mean.years_above == 0),
        inputs=rows,
    )
