"""Did a series step up or down at a date fixed beforehand, or drift from a line (METHODS §7, breaks)?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.api import OLS
from statsmodels.stats.diagnostic import breaks_cusumolsresid

from policyreport.data.points import read_series
from policyreport.params.methods import TrendSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Cusum, SeriesPoint, Step
from policyreport.statistics.common.draws import TIE
from policyreport.statistics.common.starts import lies_after
from policyreport.statistics.series.slopes import gls_step

METHOD = "trend"

MOST_ORDERS = 200_000
"""Up to this many ways to choose the later years are enumerated; beyond it ties allow only the normal approximation."""


def estimate_step(
    points: Sequence[SeriesPoint],
    settings: TrendSettings,
    *,
    area: str,
    indicator: str,
    step_date: date,
) -> Step | Refusal:
    """Compare the years from a fixed date on with those before it.

    Parameters
    ----------
    points
        One value a year; only those of the last unbroken segment count.
    step_date
        Fixed before the run, never searched for; years after it are those that lie wholly after it.

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
    known = _last_segment(points)
    rows = tuple(sorted({row for point in known for row in point.inputs}))
    if not known:
        return Refusal(code="not-published", method=METHOD, subject=f"{indicator} step")
    years = np.array([point.year for point in known])
    after = np.array([lies_after(point, step_date) for point in known])
    if after.sum() < settings.step_minimum_after or (~after).sum() < settings.step_minimum_before:
        detail = (
            f"{(~after).sum()} of {settings.step_minimum_before} years before and "
            f"{after.sum()} of {settings.step_minimum_after} after {step_date.year}"
        )
        return Refusal(code="too-few-points", method=METHOD, subject=f"{indicator} step", detail=detail, inputs=rows)
    values = np.array([point.value for point in known])
    p_value = rank_sum_p(values, after)
    deciding = gls_step(years, values, after, settings.verdict_rho)
    clear = p_value <= settings.verdict_level and deciding.interval.low * deciding.interval.high > 0
    same = deciding.slope * (values[after].mean() - values[~after].mean()) > 0
    return Step(
        area=area,
        indicator=indicator,
        step_date=step_date,
        before=int((~after).sum()),
        after=int(after.sum()),
        difference=float(values[after].mean() - values[~after].mean()),
        p_value=p_value,
        p_is_exact=is_exact(values, after),
        gls=tuple(gls_step(years, values, after, rho) for rho in settings.gls_rhos),
        verdict=("above" if deciding.slope > 0 else "below") if clear and same else "cannot tell apart",
        inputs=rows,
    )


def estimate_drift(
    points: Sequence[SeriesPoint], settings: TrendSettings, *, area: str, indicator: str
) -> Cusum | Refusal:
    """Test whether the residuals of a straight line drift: evidence accompanying a trend, never a verdict.

    Only the last unbroken segment counts. Refused: `not-published`, and `too-few-points` below
    `cusum_from_points`, since the critical values hold for long series only.

    Notes
    -----
    Largest absolute cumulative sum of OLS residuals over √n σ̂, with the Brownian bridge's p.
    """
    known = _last_segment(points)
    rows = tuple(sorted({row for point in known for row in point.inputs}))
    if not known:
        return Refusal(code="not-published", method=METHOD, subject=f"{indicator} cusum")
    if len(known) < settings.cusum_from_points:
        detail = f"{len(known)} of {settings.cusum_from_points} years"
        return Refusal(code="too-few-points", method=METHOD, subject=f"{indicator} cusum", detail=detail, inputs=rows)
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


def test_step(values: pd.DataFrame, day: date, settings: TrendSettings) -> Step | Refusal:
    """Test whether an annual series stepped up or down at a day fixed beforehand.

    `values` has rows of one area with `year` and `value`, and what else `data.points` lists; see `estimate_step`.
    """
    area, points, indicator = _one("test_step", values)
    return estimate_step(points, settings, area=area, indicator=indicator, step_date=day)


def test_drift(values: pd.DataFrame, settings: TrendSettings) -> Cusum | Refusal:
    """Test whether an annual series drifts from a straight line; see `estimate_drift`."""
    area, points, indicator = _one("test_drift", values)
    return estimate_drift(points, settings, area=area, indicator=indicator)


def _one(place: str, values: pd.DataFrame) -> tuple[str, Sequence[SeriesPoint], str]:
    """Area, points and indicator of a frame of one series."""
    series = read_series(place, values, one=True)
    return *next(iter(series.points.items()), ("", ())), series.indicator


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


def _last_segment(points: Sequence[SeriesPoint]) -> list[SeriesPoint]:
    """Points of the last definition in order of years, without projections."""
    known = sorted((point for point in points if point.status != "projection"), key=lambda point: point.year)
    return [point for point in known if point.segment == known[-1].segment]
