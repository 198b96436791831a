"""Lines through the areas of a balanced panel: the closed form, and MixedLM where accepted (METHODS §8)."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from numpy.typing import NDArray

from policyreport.params.methods import PanelSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ClosedForm:
    """Moments of a balanced panel: areas' lines, their residuals, and the variances behind them.

    `intercepts` and `slopes` have one entry per area, `residuals` the shape of the panel; `sxx` is
    Σ(t − t̄)². A variance may come out negative.
    """

    intercepts: Floats
    slopes: Floats
    residuals: Floats
    residual_variance: float
    intercept_variance: float
    slope_variance: float
    covariance: float
    sxx: float
    degrees: int


@dataclass(frozen=True)
class MixedFit:
    """MixedLM's result: whether it may be used, why not, and its numbers where there are any.

    `variances` are residual, intercept, slope and covariance; `effects` holds the areas' predicted
    intercept and slope, shape (I, 2).
    """

    accepted: bool
    detail: str
    loglik: float | None = None
    variances: tuple[float, float, float, float] | None = None
    effects: Floats | None = None


def closed_form(panel: Floats, years: Sequence[int], *, year_effects: bool = True) -> ClosedForm:
    """Decompose the variance of a balanced panel, shape (I, T), by moments.

    Without `year_effects` common shocks pass for evidence on the common slope: only to demonstrate that.

    R = y minus year means; â_i = row mean, b̂_i = Σ R_it (t−t̄)/Sxx, s² = Σ res²/((I−1)(T−2));
    Var(a) = var(â) − s²/T, Var(b) = var(b̂) − s²/Sxx, Cov = cov(â, b̂).
    """
    areas, length = panel.shape
    if areas < 2 or length < 3:
        raise ValueError(f"a panel has two areas and three years; got {areas} and {length}")
    t = np.asarray(years, dtype=float) - np.mean(years)
    sxx = float(t @ t)
    deviations = panel - panel.mean(axis=0) if year_effects else panel
    intercepts, slopes = deviations.mean(axis=1), deviations @ t / sxx
    residuals = deviations - intercepts[:, None] - slopes[:, None] * t
    degrees = (areas - 1 if year_effects else areas) * (length - 2)
    s2 = float((residuals**2).sum() / degrees)
    spread = np.cov(intercepts, slopes)
    return ClosedForm(
        intercepts=intercepts,
        slopes=slopes,
        residuals=residuals,
        residual_variance=s2,
        intercept_variance=float(spread[0, 0] - s2 / length),
        slope_variance=float(spread[1, 1] - s2 / sxx),
        covariance=float(spread[0, 1]),
        sxx=sxx,
        degrees=degrees,
    )


def fit_mixed(panel: Floats, areas: Sequence[str], years: Sequence[int], settings: PanelSettings) -> MixedFit:
    """Fit random intercepts and slopes to a panel without gaps by REML with year effects, and say whether it is of use.

    Not accepted: unconverged, an infinite likelihood, an intercept of exactly 0, a fit on the boundary (by the
    settings' largest correlation of intercepts and slopes and smallest eigenvalue of their covariance, as a share of
    the residual variance), or a singular matrix on the way.

    Powell's method with these tolerances reaches the optimum of lme4 and of the closed form; the default optimisers
    stop short, some while reporting convergence.

    See Laird, Ware (1982); Bates, Mächler, Bolker, Walker (2015).
    """
    frame = _long(panel, areas, years)
    # Warnings decide nothing that the rules below do not: a boundary or a failure to converge is read off
    # the fit itself, and statsmodels warns of an accepted fit's Hessian too.
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            model = smf.mixedlm("y ~ C(year)", frame, groups="area", re_formula="~tc")
            fit = model.fit(reml=True, method="powell", xtol=1e-9, ftol=1e-13, maxiter=2000)
            why_not = _why_not(fit, settings)
            return _numbers(fit, why_not)
        except np.linalg.LinAlgError as error:
            return MixedFit(False, f"LinAlgError: {error}")


def _long(panel: Floats, areas: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
    """One row per area and year."""
    count, length = panel.shape
    if len(areas) != count or len(years) != length:
        raise ValueError(f"keys for {len(areas)} areas and {len(years)} years, a panel of {count} by {length}")
    t = np.asarray(years, dtype=float)
    return pd.DataFrame(
        {
            "y": panel.ravel(),
            "area": np.repeat(np.asarray(areas, dtype=object), length),
            "year": np.tile(t.astype(int), count),
            "tc": np.tile(t - t.mean(), count),
        }
    )


def _why_not(fit: Any, settings: PanelSettings) -> str:
    """The first rule that a fit breaks, or nothing."""
    covariance = np.asarray(fit.cov_re, dtype=float)
    if not fit.converged:
        return "not converged"
    if not np.isfinite(fit.llf) or not np.all(np.isfinite(covariance)):
        return "log-likelihood not finite"
    if float(fit.fe_params.iloc[0]) == 0:
        return "intercept exactly 0"
    if (
        np.any(np.diag(covariance) <= 0)
        or np.linalg.eigvalsh(covariance)[0] <= settings.smallest_eigenvalue * fit.scale
    ):
        return "a variance at zero"
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    return f"correlation {correlation:.3f}" if abs(correlation) > settings.largest_correlation else ""


def _numbers(fit: Any, why_not: str) -> MixedFit:
    """A fit's numbers, as far as they are finite."""
    covariance = np.asarray(fit.cov_re, dtype=float)
    variances = (float(fit.scale), float(covariance[0, 0]), float(covariance[1, 1]), float(covariance[0, 1]))
    return MixedFit(
        accepted=not why_not,
        detail=why_not,
        loglik=float(fit.llf) if np.isfinite(fit.llf) else None,
        variances=variances if np.all(np.isfinite(variances)) else None,
        effects=None if why_not else np.array([np.asarray(each) for each in fit.random_effects.values()]),
    )
