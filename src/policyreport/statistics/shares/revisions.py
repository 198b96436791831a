"""Revisions of one measure: the triangle, the history other methods use, tests where it is long enough."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby

import numpy as np
import pandas as pd
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import stats

from policyreport.errors import DataError
from policyreport.params.methods import RevisionsSettings, ThresholdSettings
from policyreport.records.base import Observation, Refusal, Results
from policyreport.records.shares import (
    MeasureDifference,
    NewsNoise,
    Revisions,
    RevisionStatistics,
    RevisionTest,
    VintageValue,
)
from policyreport.statistics.shares.frame import (
    enters_estimates,
    ids,
    maturity,
    of_one_kind,
    published_order,
    read_figures,
    read_shares,
    refuse_mixed,
    yearly,
)

METHOD = "revisions"


def revisions_of_share(shares: pd.DataFrame, settings: RevisionsSettings) -> Results[Revisions | Refusal]:
    """Arrange the vintages of each measure of an area's share that was published, and describe its revisions.

    Parameters
    ----------
    shares : DataFrame
        One row per published figure, every vintage of it, see `frame.COLUMNS`.

    Returns
    -------
    Results of Revisions or Refusal
        One result a measure, projections kept apart; inside, the tests may be refused as `too-few-revisions`.

    References
    ----------
    McKenzie, Gamba (2008); Mankiw, Shapiro (1986).
    """
    read = read_shares(shares)
    vintages = [read.vintages(measure) for measure in read.measures]
    return Results(triangle(of_measure, settings) for of_measure in vintages if of_measure)


def measure_differences(figures: pd.DataFrame) -> Results[MeasureDifference]:
    """Compare every quantity that has several measures with the first measure of its indicator.

    Parameters
    ----------
    figures : DataFrame
        One row per figure, the newest of each period, with the columns of `frame.COLUMNS`; `reference` names the
        measure to compare with.

    Returns
    -------
    Results of MeasureDifference
        By area, indicator and measure; only where a period has both.
    """
    several = figures[figures.groupby(["area", "indicator", "period"])["measure"].transform("nunique") > 1]
    differences = []
    for _, group in several.groupby(["area", "indicator"]):
        by_measure = {str(measure): read_figures(part) for measure, part in group.groupby("measure")}
        reference = str(group["reference"].iloc[0])
        others = [part for measure, part in by_measure.items() if measure != reference]
        if reference in by_measure:
            differences += [between_measures(part, by_measure[reference]) for part in others]
    return Results(difference for difference in differences if isinstance(difference, MeasureDifference))


def history(vintages: Sequence[Observation], settings: ThresholdSettings) -> tuple[float, ...]:
    """List a measure's revisions from the first release to the matured value, by area and calendar year.

    `vintages` are all of one measure (else DataError), of one area or of all areas of one level. Projections, derived
    and bounded values do not count, nor do values for part of a year.

    r = (latest vintage with at least the maturity of a final value) − (first vintage with at most that of a first one).
    """
    pairs = _matured(yearly(vintages), settings)
    return tuple(last.value - first.value for first, last in pairs)


def triangle(vintages: Sequence[Observation], settings: RevisionsSettings) -> Revisions | Refusal:
    """Lay out all vintages of one measure of one area, and describe its revisions.

    Refused: `not-published`, `measure-mixed`. A period without a year is a DataError.
    """
    if not vintages:
        return Refusal(code="not-published", method=METHOD)
    if mixed := refuse_mixed(vintages, METHOD, one_area=True):
        return mixed
    counted = [each for each in published_order(vintages) if enters_estimates(each)]
    apart = [each for each in published_order(vintages) if not enters_estimates(each)]
    # Half-years are revised differently from years: all periods are laid out, one kind is summarised.
    alike = of_one_kind(counted)
    pairs = _matured(alike, settings.threshold)
    firsts = np.array([first.value for first, _ in pairs])
    finals = np.array([last.value for _, last in pairs])
    moved = finals - firsts
    head = vintages[0]
    known = statistics(firsts, finals, settings.threshold.final_maturity) if len(pairs) else None
    told = known if known and known.n >= settings.minimum_statistics else None
    return Revisions(
        area=head.area,
        indicator=head.indicator,
        measure=head.measure,
        cells=_cells(counted),
        apart=_cells(apart),
        inputs=ids(vintages),
        n=len(pairs),
        values=tuple(moved.tolist()),
        rmse=known.rmse if known else None,
        mean=told.mean if told else None,
        mean_absolute=told.mean_absolute if told else None,
        minimum=told.minimum if told else None,
        maximum=told.maximum if told else None,
        share_upward=told.share_upward if told else None,
        by_maturity=_by_maturity(alike, settings),
        bias_test=_refuse_few(head, len(pairs), settings.minimum_bias_test) or bias_test(moved),
        news_noise=_refuse_few(head, len(pairs), settings.minimum_news_noise) or news_noise(firsts, finals),
    )


def between_measures(others: Sequence[Observation], reference: Sequence[Observation]) -> MeasureDifference | Refusal:
    """Compare one measure's newest values with another's for the same periods: differences, never revisions.

    d = newest other − newest reference by period and RMSE = √(Σd²/n), to be shown as `measure-mixed`; `not-published`
    where no period has both. More than one measure on either side is a DataError.
    """
    newest = []
    for side in (others, reference):
        if mixed := refuse_mixed(side, METHOD, one_area=True):
            raise DataError("vintages", "values of one measure", mixed.detail, "Select one measure first.")
        newest.append({each.period: each for each in published_order(side) if enters_estimates(each)})
    pairs = [(newest[0][period], newest[1][period]) for period in sorted(set(newest[0]) & set(newest[1]))]
    if not pairs:
        return Refusal(code="not-published", method=METHOD, detail="no period by both measures")
    moved = np.array([other.value - own.value for other, own in pairs])
    other, own = pairs[0]
    return MeasureDifference(
        area=other.area,
        indicator=other.indicator,
        measure=other.measure,
        reference=own.measure,
        unit=own.unit,
        periods=tuple(each.period for each, _ in pairs),
        differences=tuple(moved.tolist()),
        mean=float(moved.mean()),
        rmse=float(np.sqrt((moved**2).mean())),
        inputs=ids(each for pair in pairs for each in pair),
    )


def lay_out(cells: Sequence[VintageValue]) -> tuple[tuple[date, ...], dict[str, dict[date, VintageValue]]]:
    """Lay out the cells of a triangle: the days of publication in order, and the cells by period and day."""
    days = tuple(sorted({cell.published for cell in cells}))
    rows: dict[str, dict[date, VintageValue]] = {}
    for cell in sorted(cells, key=lambda cell: (cell.period, cell.published)):
        rows.setdefault(cell.period, {})[cell.published] = cell
    return days, rows


def statistics(first: NDArray[np.float64], final: NDArray[np.float64], to_maturity: int) -> RevisionStatistics:
    """Describe revisions of n ≥ 1 periods, from first to later values of one maturity, in the unit of the values.

    Statistics relative to the first value are None if one of these is zero.
    """
    moved = final - first
    relative = moved / np.abs(first) if np.all(first != 0) else None
    return RevisionStatistics(
        maturity=to_maturity,
        n=len(moved),
        mean=float(moved.mean()),
        mean_absolute=float(np.abs(moved).mean()),
        rmse=float(np.sqrt((moved**2).mean())),
        minimum=float(moved.min()),
        maximum=float(moved.max()),
        share_upward=float((moved > 0).mean()),
        relative_mean=None if relative is None else float(relative.mean()),
        relative_mean_absolute=None if relative is None else float(np.abs(relative).mean()),
        relative_rmse=None if relative is None else float(np.sqrt((relative**2).mean())),
    )


def bias_test(moved: NDArray[np.float64]) -> RevisionTest | Refusal:
    """Test whether the mean of revisions, shape (n,), is zero: t with n − 1 degrees of freedom.

    `too-few-revisions` if all are equal, because their spread is then unknown.
    """
    if np.ptp(moved) == 0:
        return Refusal(code="too-few-revisions", method=METHOD, detail="all revisions are equal")
    test = stats.ttest_1samp(moved, 0.0)
    return RevisionTest(mean=float(moved.mean()), t=float(test.statistic), p_value=float(test.pvalue))


def news_noise(first: NDArray[np.float64], final: NDArray[np.float64]) -> NewsNoise | Refusal:
    """Regress revisions on the first values (news: slope 0) and on the final values (noise: slope 0).

    Slopes and HC1 p-values; `too-few-revisions` where a regressor or the revisions do not vary.

    See Mankiw, Shapiro (1986), Survey of Current Business 66(5):20–25.
    """
    moved = final - first
    if min(np.ptp(first), np.ptp(final), np.ptp(moved)) == 0:
        return Refusal(code="too-few-revisions", method=METHOD, detail="values do not vary")
    news = sm.OLS(moved, sm.add_constant(first)).fit(cov_type="HC1", use_t=True)
    noise = sm.OLS(moved, sm.add_constant(final)).fit(cov_type="HC1", use_t=True)
    return NewsNoise(
        news_slope=float(news.params[1]),
        news_p=float(news.pvalues[1]),
        noise_slope=float(noise.params[1]),
        noise_p=float(noise.pvalues[1]),
    )


def _matured(vintages: Sequence[Observation], settings: ThresholdSettings) -> list[tuple[Observation, Observation]]:
    """First release and latest matured value of every area and period that has both."""
    if mixed := refuse_mixed(vintages, METHOD, one_area=False):
        raise DataError("vintages", "values of one measure", mixed.detail, "Select one measure first.")
    pairs = []
    for same in _by_period(vintages):
        firsts = [each for each in same if maturity(each) <= settings.first_maturity]
        finals = [each for each in same if maturity(each) >= settings.final_maturity]
        if firsts and finals:
            pairs.append((firsts[0], finals[-1]))
    return pairs


def _by_period(vintages: Iterable[Observation]) -> list[list[Observation]]:
    """Values that enter estimates, by area and period, each group in order of publication."""
    counted = [each for each in published_order(vintages) if enters_estimates(each)]
    return [list(same) for _, same in groupby(counted, key=lambda each: (each.area, each.period))]


def _by_maturity(counted: Sequence[Observation], settings: RevisionsSettings) -> tuple[RevisionStatistics, ...]:
    """Statistics of the value at each maturity minus the first value, where enough periods have both."""
    pairs: dict[int, list[tuple[float, float]]] = {}
    for same in _by_period(counted):
        first = same[0]
        if maturity(first) > settings.threshold.first_maturity:
            continue
        at = {maturity(each): each.value for each in same}
        for years in sorted(set(at) - {maturity(first)}):
            pairs.setdefault(years, []).append((first.value, at[years]))
    enough = {
        years: np.array(found) for years, found in sorted(pairs.items()) if len(found) >= settings.minimum_statistics
    }
    return tuple(statistics(found[:, 0], found[:, 1], years) for years, found in enough.items())


def _refuse_few(head: Observation, n: int, minimum: int) -> Refusal | None:
    """`too-few-revisions` below a minimum."""
    if n >= minimum:
        return None
    detail = f"{n} of {minimum} revisions"
    return Refusal(code="too-few-revisions", method=METHOD, subject=head.indicator, detail=detail)


def _cells(vintages: Iterable[Observation]) -> tuple[VintageValue, ...]:
    """Cells of the triangle in order of period and publication."""
    return tuple(
        VintageValue(
            period=each.period,
            published=each.published,
            value=each.value,
            status=each.status,
            observation=each.id,
        )
        for each in vintages
    )
