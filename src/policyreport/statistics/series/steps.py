"""Did a series step up or down at a date fixed beforehand, or drift from a line (METHODS §7, breaks)?"""

from datetime import date
from functools import partial
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.api import OLS
from statsmodels.stats.diagnostic import breaks_cusumolsresid

from policyreport.data.points import read_series, rows_of
from policyreport.params.methods import TrendSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Cusum, SeriesPoint, Step
from policyreport.statistics.common.draws import TIE
from policyreport.statistics.series.slopes import gls_step
from policyreport.statistics.series.windows import lies_after

METHOD = "trend"

MOST_ORDERS = 200_000
"""Up to this many ways to choose the later years are enumerated; beyond it ties allow only the normal approximation."""


def test_step(values: pd.DataFrame, day: date, settings: TrendSettings) -> Step | Refusal:
    """Test whether an annual series stepped up or down at a day fixed beforehand, never searched for.

    Parameters
    ----------
    values
        Rows of one area with `year` and `value`, and what else `data.points` lists; only those of the last unbroken
        segment count.
    day
        Years after it are those that lie wholly after it.

    Returns
    -------
    Step or Refusal
        Refused: `not-published`, `too-few-points`.

    Notes
    -----
    Exact two-sided p of the rank sum of the later years, approximate in long series with ties; the size of the step
    comes from y = a + b t + c [t ≥ date] with AR(1) errors of assumed ρ, so that a trend running through the date
    is no step. *Above* or *below* needs both.

    References
    ----------
    Hollander, Wolfe, Chicken (2014), ch. 4; Lazarus, Lewis, Stock, Watson (2018).
    """
    area, known, indicator, rows = _last_segment("test_step", values)
    refuse = partial(Refusal, method=METHOD, subject=f"{indicator} step", inputs=rows)
    if not known:
        return refuse(code="not-published")
    years = np.array([point.year for point in known])
    after = np.array([lies_after(point, day) for point in known])
    if after.sum() < settings.step_minimum_after or (~after).sum() < settings.step_minimum_before:
        detail = (
            f"{(~after).sum()} of {settings.step_minimum_before} years before and "
            f"{after.sum()} of {settings.step_minimum_after} after {day.year}"
        )
        return refuse(code="too-few-points", detail=detail)
    y = np.array([point.value for point in known])
    difference = float(y[after].mean() - y[~after].mean())
    p_value = rank_sum_p(y, after)
    deciding = gls_step(years, y, after, settings.verdict_rho)
    clear = p_value <= settings.verdict_level and deciding.interval.low * deciding.interval.high > 0
    same = deciding.slope * difference > 0
    return Step(
        area=area,
        indicator=indicator,
        step_date=day,
        before=int((~after).sum()),
        after=int(after.sum()),
        difference=difference,
        p_value=p_value,
        p_is_exact=is_exact(y, after),
        gls=tuple(gls_step(years, y, after, rho) for rho in settings.gls_rhos),
        verdict=("above" if deciding.slope > 0 else "below") if clear and same else "cannot tell apart",
        inputs=rows,
    )


def test_drift(values: pd.DataFrame, settings: TrendSettings) -> Cusum | Refusal:
    """Test whether an annual series drifts from a straight line: evidence accompanying a trend, never a verdict.

    `values` is as for `test_step`. Refused: `not-published`, and `too-few-points` below `cusum_from_points`, since the
    critical values hold for long series only.

    Notes
    -----
    Largest absolute cumulative sum of OLS residuals over √n σ̂, with the Brownian bridge's p.
    """
    area, known, indicator, rows = _last_segment("test_drift", values)
    refuse = partial(Refusal, method=METHOD, subject=f"{indicator} cusum", inputs=rows)
    if not known:
        return refuse(code="not-published")
    if len(known) < settings.cusum_from_points:
        return refuse(code="too-few-points", detail=f"{len(known)} of {settings.cusum_from_points} years")
    years = np.array([point.year for point in known], dtype=float)
    design = np.column_stack([np.ones(len(years)), years - years.mean()])
    residuals = OLS(np.array([point.value for point in known]), design).fit().resid
    statistic, p_value, _ = breaks_cusumolsresid(residuals, ddof=2)
    return Cusum(
        area=area,
        indicator=indicator,
        n=len(known),
        statistic=float(statistic),
        p_value=float(p_value),
        inputs=rows,
    )


def rank_sum_p(values: ArrayLike, after: ArrayLike) -> float:
    """Compute the two-sided p of the rank sum of the group `after`; ties get their mean rank.

    Share of all ways to choose the group whose rank sum lies at least as far from its mean; with ties and very many
    ways, the normal approximation with continuity correction.
    """
    y: NDArray[np.float64] = np.asarray(values, dtype=float)
    chosen = np.asarray(after, dtype=bool)
    n, k = len(y), int(chosen.sum())
    if not 0 < k < n:
        raise ValueError(f"two groups needed, got {k} of {n}")
    if not is_exact(y, chosen):
        return float(stats.mannwhitneyu(y[chosen], y[~chosen], method="asymptotic").pvalue)
    if comb(n, k) > MOST_ORDERS:
        return float(stats.mannwhitneyu(y[chosen], y[~chosen], method="exact").pvalue)
    ranks = stats.rankdata(y)
    sums = np.array([ranks[list(group)].sum() for group in combinations(range(n), k)])
    mean = k * (n + 1) / 2
    return float((np.abs(sums - mean) >= abs(ranks[chosen].sum() - mean) - TIE).mean())


def is_exact(values: ArrayLike, after: ArrayLike) -> bool:
    """Whether the p of a rank sum is exact: always without ties, with ties where all ways can be enumerated."""
    y = np.asarray(values)
    return len(np.unique(y)) == len(y) or comb(len(y), int(np.sum(after))) <= MOST_ORDERS


def _last_segment(place: str, values: pd.DataFrame) -> tuple[str, list[SeriesPoint], str, tuple[str, ...]]:
    """Area of a frame of one series, its points of the last definition, its indicator, and the rows behind the points.

    Without projections, in order of years.
    """
    series = read_series(place, values, one=True)
    area, points = next(iter(series.points.items()), ("", ()))
    known = [point for point in points if point.status != "projection"]
    last = [point for point in known if point.segment == known[-1].segment]
    return area, last, series.indicator, rows_of(last)
