"""Straight lines through short annual series, under assumptions about serial dependence (METHODS §7)."""

from __future__ import annotations

from math import inf
from typing import Literal

import numpy as np
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from policyreport.records.base import Interval, Refusal
from policyreport.records.series import GlsSlope, RegressionSlope
from policyreport.statistics.common.intervals import LEVEL


def gls_slope(years: ArrayLike, values: ArrayLike, rho: float) -> GlsSlope:
    """Fit a line to n ≥ 3 years, gaps allowed, under AR(1) errors with an assumed ρ in [0, 1).

    Slope in units a year, with t interval and p on n − 2 degrees of freedom. Errors have correlation ρ^|i−j|; the
    interval is exact for that ρ.
    """
    t, y, design = _centred(years, values)
    return _gls(t, y, design, rho)


def gls_step(years: ArrayLike, values: ArrayLike, after: ArrayLike, rho: float) -> GlsSlope:
    """Fit a line and a step to n ≥ 4 years under AR(1) errors with an assumed ρ in [0, 1).

    `after` marks the years after the step. The step is returned as `slope`, in the unit of the series, with t interval
    and p on n − 3 degrees of freedom.
    """
    t, y, design = _centred(years, values)
    step = np.asarray(after, dtype=float)
    return _gls(t, y, np.column_stack([design[:, 0], step, design[:, 1]]), rho)


def hac_slope(years: ArrayLike, values: ArrayLike, *, hac_lags: int, hac_from_points: int) -> RegressionSlope | Refusal:
    """Fit a line with Newey–West standard errors: a row of a specification table, never a verdict.

    `hac_lags` are Bartlett lags. `too-few-points` below `hac_from_points`, where the test rejects far too often.

    See Newey, West (1987), Econometrica 55:703–708.
    """
    _, y, design = _centred(years, values)
    if len(y) < hac_from_points:
        return _too_few("HAC", len(y), hac_from_points)
    kinds = {"maxlags": hac_lags, "use_correction": True}
    fit = sm.OLS(y, design).fit(cov_type="HAC", cov_kwds=kinds, use_t=True)
    return _row("HAC", float(fit.params[1]), float(fit.bse[1]), len(y) - 2)


def glsar_slope(years: ArrayLike, values: ArrayLike, *, hac_from_points: int) -> RegressionSlope | Refusal:
    """Fit a line and its AR(1) coefficient in turn: a row of a specification table, never a verdict.

    Refused: `too-few-points` below `hac_from_points`, and `no-convergence` where the points lie on a line, whose errors
    have no correlation.
    """
    _, y, design = _centred(years, values)
    if len(y) < hac_from_points:
        return _too_few("GLSAR", len(y), hac_from_points)
    residuals = np.asarray(sm.OLS(y, design).fit().resid)
    if np.abs(residuals).max() <= 1e-12 * max(1.0, float(np.abs(y).max())):
        return Refusal(code="no-convergence", method="trend", subject="GLSAR")
    fit = sm.GLSAR(y, design, rho=1).iterative_fit()
    # GLSAR loses its first observation to the transformation.
    return _row("GLSAR", float(fit.params[1]), float(fit.bse[1]), int(fit.df_resid))


def _gls(t: NDArray[np.float64], y: NDArray[np.float64], design: NDArray[np.float64], rho: float) -> GlsSlope:
    """The second column's coefficient."""
    fit = sm.GLS(y, design, sigma=float(rho) ** np.abs(t[:, None] - t[None, :])).fit()
    slope, error = float(fit.params[1]), float(fit.bse[1])
    interval, p_value = _judged(slope, error, len(y) - design.shape[1])
    return GlsSlope(rho=rho, slope=slope, standard_error=error, interval=interval, p_value=p_value)


def _centred(
    years: ArrayLike, values: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Years, values from the first one on, and the design: a constant series becomes exact zeros."""
    t, y = np.asarray(years, dtype=float), np.asarray(values, dtype=float)
    return t, y - y[0], np.column_stack([np.ones(len(t)), t - t.mean()])


def _judged(slope: float, error: float, degrees: int) -> tuple[Interval, float]:
    """The t interval and p-value; points on a line have error 0."""
    half = float(stats.t.ppf((1 + LEVEL) / 2, degrees)) * error
    t = abs(slope) / error if error > 0 else (inf if slope else 0.0)
    return Interval(low=slope - half, high=slope + half), float(2 * stats.t.sf(t, degrees))


def _row(name: Literal["HAC", "GLSAR"], slope: float, error: float, degrees: int) -> RegressionSlope:
    interval, p_value = _judged(slope, error, degrees)
    return RegressionSlope(name=name, slope=slope, standard_error=error, interval=interval, p_value=p_value)


def _too_few(subject: str, n: int, minimum: int) -> Refusal:
    """`too-few-points` of a specification row."""
    return Refusal(code="too-few-points", method="trend", subject=subject, detail=f"{n} of {minimum} years")
