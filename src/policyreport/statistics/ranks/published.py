"""Ranks of published values, and of means of yearly differences and changes of all areas together; relative levels."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policyreport.data.points import AreaSeries, common_years, read_series, rows_behind, rows_of
from policyreport.params.methods import PeersSettings, RanksSettings
from policyreport.records.base import Flag, Refusal
from policyreport.records.notebooks import Ratio
from policyreport.records.series import LevelTrend, MeanFamily, PublishedRank, Ranks, SeriesPoint, YearlyMean
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import TestedMeans, estimate_means
from policyreport.statistics.ranks.peers import METHOD as PEERS
from policyreport.statistics.ranks.peers import compare_with_country
from policyreport.statistics.ranks.ranks import METHOD as RANKS
from policyreport.statistics.ranks.ranks import rank_estimates, rank_family
from policyreport.statistics.series.level_trend import compare_all_changes

Floats = NDArray[np.float64]


def rank_sets(values: pd.DataFrame, settings: RanksSettings) -> Ranks | Refusal:
    """Compute sets of ranks of published values of the newest year.

    Parameters
    ----------
    values
        Rows with `area`, `year`, `value` and `standard_error`, and what else `data.points` lists.

    Returns
    -------
    Ranks or Refusal
        See `ranks.rank_estimates`; `no-sampling-error` without standard errors.

    Notes
    -----
    A set holds every rank that the standard errors leave open; two areas can only be told apart where their sets do
    not overlap.

    References
    ----------
    Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Economic Studies 91:476-518.
    """
    series = read_series("rank_sets", values)
    years = (point.year for area in series.areas for point in series.points.get(area, ()))
    newest = _of_year(series, max(years, default=0))
    if not newest:
        return series.not_published(RANKS)
    errors = _errors(values, newest)
    return rank_estimates(
        list(newest),
        [point.value for point in newest.values()],
        [errors.get(area, float("nan")) for area in newest] if errors else None,
        settings,
        indicator=series.indicator,
        measure=series.measure,
        basis="survey",
        larger_is_better=series.larger_is_better,
        inputs=rows_of(newest.values()),
    )


def rank_published(values: pd.DataFrame, area: str, settings: RanksSettings) -> PublishedRank | Refusal:
    """Give an area's rank among the published values of its newest year, largest first.

    `values` is as for `rank_sets`. Where standard errors were published the area has a set of ranks, elsewhere the flag
    `no-sampling-error`.
    """
    series = read_series("rank_published", values)
    series.require("rank_published", area)
    own = series.points.get(area, ())
    if not own:
        return series.not_published(RANKS)
    of_year = _of_year(series, own[-1].year)
    sets = rank_sets(values, settings) if "standard_error" in values else None
    own_set = next((each for each in sets.sets if each.area == area), None) if isinstance(sets, Ranks) else None
    unknown = Flag(code="no-sampling-error", detail="published values carry no sampling error")
    return PublishedRank(
        area=area,
        indicator=series.indicator,
        period=str(own[-1].year),
        value=own[-1].value,
        rank=1 + sum(point.value > own[-1].value for point in of_year.values()),
        of=len(of_year),
        marginal=None if own_set is None else own_set.marginal,
        flags=() if own_set else (unknown,),
        # A rank rests on every value that was ranked.
        inputs=tuple(row for point in of_year.values() for row in point.inputs),
    )


def relative_level(values: pd.DataFrame, area: str, comparator: str) -> Ratio | Refusal:
    """Express an area's newest value as an index of another's of the same year, such as the country's (= 100)."""
    series = read_series("relative_level", values)
    other = {point.year: point for point in series.points.get(comparator, ())}
    common = [point for point in series.points.get(area, ()) if point.year in other]
    if not common:
        return series.not_published("peers")
    last = common[-1]
    return Ratio(
        period=str(last.year),
        value=last.value,
        comparator_value=other[last.year].value,
        index=100 * last.value / other[last.year].value,
        unit=series.unit,
        inputs=last.inputs + other[last.year].inputs,
    )


def _of_year(series: AreaSeries, year: int) -> dict[str, SeriesPoint]:
    """The areas' values of one year."""
    return {area: point for area in series.areas for point in series.points.get(area, ()) if point.year == year}


def _errors(values: pd.DataFrame, newest: dict[str, SeriesPoint]) -> dict[str, float]:
    """Standard errors of these values, where they were published."""
    if "standard_error" not in values:
        return {}
    known = values[values["standard_error"].notna()]
    errors = zip(known["area"], known["year"], known["standard_error"].astype(float), strict=True)
    return {area: error for area, year, error in errors if area in newest and newest[area].year == year}


def mean_above_country(values: pd.DataFrame, settings: PeersSettings, *, nation: str = "") -> MeanFamily | Refusal:
    """Report in which areas every year lay above the country, and whose mean difference stands out among all.

    `values` and `nation` are as for `peers.compare_with_country`.
    """
    series = read_series("mean_above_country", values, nation=nation)
    differences = compare_with_country(values, settings, nation=nation)
    if not differences:
        return series.not_published(PEERS)
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
