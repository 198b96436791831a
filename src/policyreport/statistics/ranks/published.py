"""Ranks of published values, with sets where standard errors were published too; levels relative to another area's."""

import pandas as pd

from policyreport.data.points import AreaSeries, read_series, rows_of
from policyreport.params.methods import RanksSettings
from policyreport.records.base import Flag, Refusal
from policyreport.records.notebooks import Ratio
from policyreport.records.series import PublishedRank, Ranks, SeriesPoint
from policyreport.statistics.ranks.ranks import METHOD, rank_estimates


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
        return series.not_published(METHOD)
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
        return series.not_published(METHOD)
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
