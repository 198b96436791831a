"""Trend of the hazard of finishing a task over five or more intervals (METHODS §2, trend)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import betabinom
from scipy.stats import t as student_t

from policyreport.params.methods import FlowSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.tasks import FlowTrend, TrendAtFrailty
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.tasks.frailty import find_zero, fit_slope, risk_sets
from policyreport.statistics.tasks.hazards import Increment

Floats = NDArray[np.float64]

DAYS_PER_QUARTER = 91.3125
"""A quarter of 365.25 days (METHODS §2)."""

_LOGIT_INTRACLASS_RANGE = (-14.0, 5.0)
"""Below ρ = 1e-6 a beta-binomial cannot be distinguished from a binomial in double precision."""


def fit_trend(
    increments: Sequence[Increment],
    settings: FlowSettings,
    *,
    method: str,
    subject: str,
    betabinomial: bool = True,
) -> FlowTrend | Refusal:
    """Fit the trend of the log hazard per quarter to the increments of one list.

    `betabinomial` says whether to fit that sensitivity too, which takes most of the time. Refused: `too-few-points`,
    and `no-convergence` where neither optimiser converges.

    Notes
    -----
    Quasi-binomial GLM with complementary log-log link and offset ln Δ on the increments, never on the
    cumulative counts; dispersion Pearson X²/(K − 2), not floored at 1; t limits with K − 2 degrees.

    References
    ----------
    Prentice, Gloeckler (1978), Biometrics 34:57-67; McCullagh, Nelder (1989); Williams (1982).
    """
    used = [step for step in increments if step.at_risk >= settings.trend_minimum_at_risk]
    finished = sum(step.finished for step in used)
    left_open = sum(step.at_risk for step in used) - finished
    enough = finished >= settings.trend_minimum_finished and left_open >= settings.trend_minimum_open
    if len(used) < settings.trend_minimum_intervals or not enough:
        detail = f"{len(used)} intervals, {finished} finished, {left_open} left open"
        return Refusal(code="too-few-points", method=method, subject=subject, detail=detail)
    d, m, days = (
        np.array([getattr(step, name) for step in used], dtype=float) for name in ("finished", "at_risk", "days")
    )
    design = trend_design(used)
    fit = fit_glm(d, m, design, days)
    if fit is None:
        detail = f"{len(used)} intervals; neither IRLS nor Newton converged"
        return Refusal(code="no-convergence", method=method, subject=subject, detail=detail)
    slope, error, dispersion = fit
    low, high = _limits(slope, error, len(used))
    unlike = UnlikeTrend(increments, settings.trend_minimum_at_risk, design)
    at_verdict = unlike.fit(settings.verdict_frailty)
    mixed = fit_betabinomial(d, m, design, days) if betabinomial else None
    weak = Flag(code="weak", detail=f"{len(used)} intervals")
    return FlowTrend(
        slope=slope,
        standard_error=error,
        dispersion=dispersion,
        interval=Interval(low=low, high=high),
        hazard_ratio=float(np.exp(slope)),
        hazard_ratio_interval=Interval(low=float(np.exp(low)), high=float(np.exp(high))),
        verdict="rising"
        if low > 0
        else "falling"
        if high < 0 and at_verdict is not None and at_verdict.interval.high < 0
        else "no clear trend",
        intervals=len(used),
        betabinomial_slope=mixed.coefficients[1] if mixed else None,
        betabinomial_intraclass=mixed.intraclass if mixed else None,
        by_frailty=tuple(found for variance in settings.frailties if (found := unlike.fit(variance))),
        frailty_vanishes=find_zero(unlike.slope, largest=settings.largest_frailty) if slope < 0 else None,
        verdict_frailty=settings.verdict_frailty,
        flags=(weak,) if len(used) < settings.conventions.weak_below else (),
    )


def _limits(slope: float, error: float, intervals: int) -> tuple[float, float]:
    """Compute t limits with K − 2 degrees of freedom."""
    spread = float(student_t.ppf(1 - ALPHA / 2, intervals - 2)) * error
    return slope - spread, slope + spread


@dataclass(frozen=True)
class UnlikeTrend:
    """The trend of one list if its tasks are heterogeneous."""

    increments: Sequence[Increment]
    minimum_at_risk: int
    design: Floats

    def fit(self, variance: float) -> TrendAtFrailty | None:
        """Slope at one variance of the frailty; None where the fit does not converge."""
        sets = risk_sets(self.increments, variance=variance)
        pairs = zip(self.increments, sets, strict=True)
        used = [(step, at_risk) for step, at_risk in pairs if step.at_risk >= self.minimum_at_risk]
        found = fit_slope([step for step, _ in used], [at_risk for _, at_risk in used], self.design)
        if found is None:
            return None
        low, high = _limits(found[0], found[1], len(used))
        return TrendAtFrailty(frailty=variance, slope=found[0], interval=Interval(low=low, high=high))

    def slope(self, variance: float) -> float:
        """Slope at one variance; NaN where the fit does not converge."""
        found = self.fit(variance)
        return found.slope if found else float("nan")


def trend_design(increments: Sequence[Increment]) -> Floats:
    """Constant, and centred midpoints of the intervals in quarters."""
    origin = increments[0].start
    midpoints = [((step.start - origin).days + (step.end - origin).days) / 2 for step in increments]
    quarters: Floats = np.array(midpoints) / DAYS_PER_QUARTER
    return np.column_stack([np.ones(len(quarters)), quarters - quarters.mean()])


def fit_glm(
    finished: ArrayLike, at_risk: ArrayLike, design: ArrayLike, days: ArrayLike
) -> tuple[float, float, float] | None:
    """Fit the quasi-binomial complementary log-log model to K intervals of some `days`.

    `design`, shape (K, 2), has a constant and time. Returns the slope, its standard error and the dispersion; None if
    neither IRLS nor Newton converges.

    The share is modelled with the number at risk as variance weight, because statsmodels 0.15.0 omits the number of
    trials from the Pearson scale of a two-column response.
    """
    d, m, length = (np.asarray(values, dtype=float) for values in (finished, at_risk, days))
    family = sm.families.Binomial(sm.families.links.CLogLog())
    model = sm.GLM(d / m, np.asarray(design), family=family, offset=np.log(length), var_weights=m)
    for optimiser in ("IRLS", "newton"):
        with warnings.catch_warnings():
            # statsmodels reports failure by warnings of several classes; each means "no convergence" here.
            warnings.simplefilter("error")
            try:
                fit = model.fit(scale="X2", method=optimiser)
            except (Warning, ArithmeticError, ValueError, np.linalg.LinAlgError):
                continue
        numbers = float(fit.params[1]), float(fit.bse[1]), float(fit.scale)
        if np.isfinite(numbers).all():
            return numbers
    return None


@dataclass(frozen=True)
class BetaBinomialFit:
    """Maximum-likelihood estimates of a beta-binomial model.

    `coefficients` are on the complementary log-log scale of the daily hazard, one per column of the design;
    `intraclass` is ρ; the log-likelihood includes the binomial coefficients.
    """

    coefficients: tuple[float, ...]
    intraclass: float
    log_likelihood: float


def fit_betabinomial(
    finished: ArrayLike, at_risk: ArrayLike, design: ArrayLike, days: ArrayLike
) -> BetaBinomialFit | None:
    """Fit a beta-binomial model of the hazard by maximum likelihood, as `fit_glm`; None if the optimiser fails.

    Mean 1 − exp(−exp(Xβ)·Δ), variance of the beta-binomial with intraclass correlation ρ.
    """
    d, m, length = (np.asarray(values, dtype=float) for values in (finished, at_risk, days))
    columns = np.asarray(design, dtype=float)
    pooled = float(np.log(-np.log1p(-d.sum() / m.sum()) / (length @ m / m.sum())))
    start = np.r_[np.linalg.lstsq(columns, np.full(len(d), pooled), rcond=None)[0], -3.0]

    def loss(theta: Floats) -> float:
        """Minus the log-likelihood at (β, logit ρ)."""
        rho = expit(theta[-1])
        mean = np.clip(-np.expm1(-np.exp(np.clip(columns @ theta[:-1], -50, 10)) * length), 1e-12, 1 - 1e-12)
        size = (1 - rho) / rho
        return -float(betabinom.logpmf(d, m, mean * size, (1 - mean) * size).sum())

    bounds = [(None, None)] * columns.shape[1] + [_LOGIT_INTRACLASS_RANGE]
    fit = minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-7})
    # At this tolerance the line search ends "abnormally" where rounding hides any further gain.
    if not np.isfinite(fit.fun) or (not fit.success and "ABNORMAL" not in str(fit.message)):
        return None
    return BetaBinomialFit(tuple(float(b) for b in fit.x[:-1]), float(expit(fit.x[-1])), -float(fit.fun))
