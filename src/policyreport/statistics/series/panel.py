"""Do areas' trends differ (METHODS §8)? Many estimates with known errors are shrunk towards their common mean."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.optimize import brentq
from scipy.special import ndtr

from policyreport.data.points import common_years, read_series, rows_behind, year_table
from policyreport.params.methods import PanelSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.series import Panel, ShrunkSlope
from policyreport.statistics.common.intervals import ALPHA, LEVEL
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.series.panel_fits import ClosedForm, MixedFit, closed_form, fit_mixed
from policyreport.statistics.series.windows import window_flags

Floats = NDArray[np.float64]

METHOD = "panel"
NO_NOISE = 1e-20
"""A residual variance below this share of the mean square is rounding error: no basis for judging slopes."""


@dataclass(frozen=True)
class Pooled:
    """Posterior means and intervals of p estimates, and posterior means of τ and of the common mean μ."""

    means: Floats
    intervals: tuple[Interval, ...]
    tau: float
    mu: float


def pool(estimates: ArrayLike, standard_errors: ArrayLike, *, tau_points: int, tau_range: float) -> Pooled:
    """Pool estimates by a normal prior whose mean and spread are estimated from them.

    Parameters
    ----------
    estimates, standard_errors : array_like, shape (p,)
        In one unit, also that of the result; p ≥ 2, errors positive.
    tau_points
        Midpoints of the grid of τ.
    tau_range
        Upper end of the grid in multiples of the larger of the estimates' SD and the largest error.

    Notes
    -----
    θ̂_i ~ N(θ_i, SE_i²), θ_i ~ N(μ, τ²), flat priors on μ and τ. With v_i = SE_i² + τ², V_μ = 1/Σ(1/v_i) and
    μ_τ = V_μ Σ θ̂_i/v_i, the log weight of τ is ½ ln V_μ − ½ Σ ln v_i − ½ Σ (θ̂_i − μ_τ)²/v_i. Given τ and
    B_i = SE_i²/v_i, θ_i has mean (1−B_i) θ̂_i + B_i μ_τ and variance (1−B_i) SE_i² + B_i² V_μ.

    References
    ----------
    Rubin (1981), J. Educational Statistics 6:377–401; Gelman et al. (2013), ch. 5.
    """
    mixture = mix(estimates, standard_errors, tau_points=tau_points, tau_range=tau_range)
    intervals = tuple(mixture.interval(area) for area in range(mixture.centres.shape[1]))
    weight = mixture.weight
    return Pooled(weight @ mixture.centres, intervals, float(weight @ mixture.tau), float(weight @ mixture.mu))


@dataclass(frozen=True)
class Mixture:
    """Each estimate's posterior as a mixture of normal distributions over the grid of τ.

    `tau`, `weight` and `mu`, shape (J,), are the grid, its posterior weights, and the common mean given τ; `centres`
    and `spreads`, shape (J, p), the mean and standard deviation of each normal distribution.
    """

    tau: Floats
    weight: Floats
    mu: Floats
    centres: Floats
    spreads: Floats

    def distribution(self, values: ArrayLike) -> Floats:
        """Posterior probability that each estimand is at most its value, both shape (p,)."""
        return np.asarray(self.weight @ ndtr((np.asarray(values, dtype=float) - self.centres) / self.spreads))

    def interval(self, area: int) -> Interval:
        """95 % interval of the estimate at a position, from quantiles of its posterior."""
        # Components below 1e-12 of the largest weight cannot move a limit.
        heavy = self.weight > 1e-12 * self.weight.max()
        w, m, s = self.weight[heavy], self.centres[heavy, area], self.spreads[heavy, area]
        bracket = float((m - 10 * s).min()), float((m + 10 * s).max())

        def limit(level: float) -> float:
            return float(brentq(lambda x: float(w @ ndtr((x - m) / s)) / float(w.sum()) - level, *bracket, xtol=1e-12))

        return Interval(low=limit((1 - LEVEL) / 2), high=limit((1 + LEVEL) / 2), level=LEVEL)


def mix(estimates: ArrayLike, standard_errors: ArrayLike, *, tau_points: int, tau_range: float) -> Mixture:
    """Compute the posteriors that `pool` summarises."""
    theta, error = np.asarray(estimates, dtype=float), np.asarray(standard_errors, dtype=float)
    if len(theta) < 2 or not np.all(error > 0):
        raise ValueError("a hierarchy needs two estimates with positive errors")
    top = tau_range * max(float(theta.std(ddof=1)), float(error.max()))
    tau = (np.arange(tau_points) + 0.5) / tau_points * top
    v = error**2 + tau[:, None] ** 2
    v_mu = 1 / (1 / v).sum(axis=1)
    mu = v_mu * (theta / v).sum(axis=1)
    log_weight = 0.5 * (np.log(v_mu) - np.log(v).sum(axis=1) - ((theta - mu[:, None]) ** 2 / v).sum(axis=1))
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    shrinkage = error**2 / v
    centres = (1 - shrinkage) * theta + shrinkage * mu[:, None]
    spreads = np.sqrt((1 - shrinkage) * error**2 + shrinkage**2 * v_mu[:, None])
    return Mixture(tau=tau, weight=weight, mu=mu, centres=centres, spreads=spreads)


def fit_panel(values: pd.DataFrame, settings: PanelSettings) -> Panel | Refusal:
    """Test whether areas' series diverge once yearly shocks common to all are removed.

    Parameters
    ----------
    values
        Rows with `area`, `year` and `value`, and what else `data.points` lists. Where the country has rows of its own,
        years count that it has too.

    Returns
    -------
    Panel or Refusal
        Variances and tests from the closed form, MixedLM's diagnostics, and pooled slopes by area in units a
        year, as deviations from the common path. Where noise is unequal the intervals are those of the areas'
        own slopes, as those of pooled slopes were too short in simulations. Refused: `not-published`,
        `too-few-points`, `too-few-areas`, `gap-in-series`, `no-convergence` (no noise, so neither method has an
        answer). Flags: `boundary-fit`, and those of its window of years and of recalculated series.

    Notes
    -----
    y_it = α_t + a_i + b_i (t − t̄) + e_it. Equal slopes: F = var(b̂)/(s²/Sxx); equal means:
    F = var(â)/(s²/T); both on I − 1 and (I−1)(T−2) degrees of freedom.

    References
    ----------
    Laird, Ware (1982); Bates, Mächler, Bolker, Walker (2015); Rubin (1981).
    """
    series = read_series("fit_panel", values)
    years, inputs = common_years(series), rows_behind(series)
    if not years:
        return series.not_published(METHOD)
    y = year_table(series.points, series.areas, years)
    complete: NDArray[np.bool_] = np.logical_and.reduce(~np.isnan(y), axis=1)
    kept = [area for area, whole in zip(series.areas, complete, strict=True) if whole]
    refused = _refuse(series.indicator, len(series.areas), len(kept), len(years), settings)
    if refused:
        return refused.model_copy(update={"inputs": inputs})
    y = y[complete]
    moments = closed_form(y, years)
    s2, between = moments.residual_variance, len(kept) - 1
    if s2 <= NO_NOISE * float((y**2).mean()):
        # Without noise MixedLM has no likelihood and searches for one at length, so it is not run.
        detail = "no residual variance"
        return Refusal(code="no-convergence", method=METHOD, subject=series.indicator, detail=detail, inputs=inputs)
    mixed = fit_mixed(y, kept, years, settings)
    bartlett_p = _bartlett_p(moments.residuals)
    unequal = bartlett_p < settings.bartlett_level
    errors = slope_errors(moments, unequal=unequal)
    pooled = pool(moments.slopes, errors, tau_points=settings.tau_points, tau_range=settings.tau_range)
    intervals = own_intervals(moments, errors) if unequal else pooled.intervals
    p_values = (2 * stats.t.sf(np.abs(moments.slopes) / errors, moments.degrees)).tolist()
    slopes_f = float(moments.slopes.var(ddof=1) / (s2 / moments.sxx))
    means_f = float(moments.intercepts.var(ddof=1) / (s2 / len(years)))
    return Panel(
        indicator=series.indicator,
        areas=len(kept),
        years=len(years),
        dropped=tuple(area for area in series.areas if area not in kept),
        residual_variance=s2,
        intercept_variance=max(0.0, moments.intercept_variance),
        slope_variance=max(0.0, moments.slope_variance),
        covariance=moments.covariance,
        f_statistic=slopes_f,
        f_p_value=float(stats.f.sf(slopes_f, between, moments.degrees)),
        mean_f_statistic=means_f,
        mean_f_p_value=float(stats.f.sf(means_f, between, moments.degrees)),
        bartlett_p=bartlett_p,
        unequal_variance=unequal,
        mixedlm_accepted=mixed.accepted,
        mixedlm_detail=mixed.detail,
        mixedlm_loglik=mixed.loglik,
        mixedlm_variances=mixed.variances,
        tau=pooled.tau,
        slopes=tuple(
            ShrunkSlope(
                area=area,
                raw=float(moments.slopes[i]),
                standard_error=float(errors[i]),
                pooled=float(pooled.means[i]),
                interval=intervals[i],
                p_value=p_values[i],
                p_adjusted=p_adjusted,
            )
            for i, (area, p_adjusted) in enumerate(zip(kept, adjust(p_values, rule="bh"), strict=True))
        ),
        flags=_boundary(moments, mixed) + window_flags(years, settings.conventions) + series.flags_of(series.areas),
        inputs=inputs,
    )


def slope_errors(moments: ClosedForm, *, unequal: bool) -> Floats:
    """Standard errors of the areas' slopes, shape (I,).

    √(s²/Sxx), or with unequal noise √(max(s_i², s²)/Sxx) with s_i² = Σ_t res_it²/(T−2).
    """
    count, length = moments.residuals.shape
    own = (moments.residuals**2).sum(axis=1) / (length - 2)
    common = np.full(count, moments.residual_variance)
    return np.sqrt((np.maximum(own, common) if unequal else common) / moments.sxx)


def own_intervals(moments: ClosedForm, errors: Floats) -> tuple[Interval, ...]:
    """Intervals of the areas' own slopes, without pooling: b̂_i ± t_{0.975, (I−1)(T−2)} SE_i."""
    reach = stats.t.ppf(1 - ALPHA / 2, moments.degrees) * errors
    return tuple(
        Interval(low=float(slope - half), high=float(slope + half))
        for slope, half in zip(moments.slopes, reach, strict=True)
    )


def _refuse(indicator: str, areas: int, kept: int, years: int, settings: PanelSettings) -> Refusal | None:
    """What the panel lacks, if anything."""

    def refuse(code: str, detail: str) -> Refusal:
        return Refusal(code=code, method=METHOD, subject=indicator, detail=detail)

    if years < settings.minimum_points:
        return refuse("too-few-points", f"{years} of {settings.minimum_points} years")
    if areas < settings.minimum_areas:
        return refuse("too-few-areas", f"{areas} of {settings.minimum_areas} areas")
    if areas - kept > settings.maximum_dropped * areas:
        return refuse("gap-in-series", f"{areas - kept} of {areas} areas lack a year")
    if kept < settings.minimum_areas:
        return refuse("too-few-areas", f"{kept} of {settings.minimum_areas} areas have all years")
    return None


def _bartlett_p(residuals: Floats) -> float:
    """Bartlett's test of equal noise over the areas' residual rows."""
    if np.any(np.ptp(residuals, axis=1) == 0):
        # A row without spread makes the statistic infinite if others have some.
        return 0.0
    return float(stats.bartlett(*residuals).pvalue)


def _boundary(moments: ClosedForm, mixed: MixedFit) -> tuple[Flag, ...]:
    """`boundary-fit` where MixedLM's fit was not accepted or a variance came out at or below zero."""
    found = [mixed.detail] if mixed.detail else []
    for name, value in (("intercept", moments.intercept_variance), ("slope", moments.slope_variance)):
        if value <= 0:
            found.append(f"{name} variance {value:.6f}")
    return (Flag(code="boundary-fit", detail="; ".join(found)),) if found else ()
