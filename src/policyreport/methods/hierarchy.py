"""Normal-normal hierarchy: many estimates with known errors, drawn towards their common mean (METHODS §8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from policyreport.records.base import Interval

Floats = NDArray[np.float64]

LEVEL = 0.95
"""Level of intervals (METHODS §0)."""


@dataclass(frozen=True)
class Pooled:
    """Posterior means and intervals of p estimates, the mean of τ and of the common mean μ."""

    means: Floats
    intervals: tuple[Interval, ...]
    tau: float
    mu: float


def pool(estimates: ArrayLike, standard_errors: ArrayLike, *, tau_points: int, tau_range: float) -> Pooled:
    """Pool estimates by a normal prior whose mean and spread are learnt from them.

    Parameters
    ----------
    estimates, standard_errors : array_like, shape (p,)
        In one unit; p ≥ 2, errors positive.
    tau_points : int
        Midpoints of the grid of τ.
    tau_range : float
        Upper end of the grid in multiples of the larger of the estimates' SD and the largest error.

    Returns
    -------
    Pooled
        In the unit of the estimates.

    Raises
    ------
    ValueError
        If an error is not positive, or there are fewer than two estimates.

    Notes
    -----
    θ̂_i ~ N(θ_i, SE_i²), θ_i ~ N(μ, τ²), flat priors on μ and τ. With v_i = SE_i² + τ², V_μ = 1/Σ(1/v_i) and
    μ_τ = V_μ Σ θ̂_i/v_i, the log weight of τ is ½ ln V_μ − ½ Σ ln v_i − ½ Σ (θ̂_i − μ_τ)²/v_i. Given τ and
    B_i = SE_i²/v_i, θ_i has mean (1−B_i) θ̂_i + B_i μ_τ and variance (1−B_i) SE_i² + B_i² V_μ.

    References
    ----------
    Rubin (1981), J. Educational Statistics 6:377–401; Gelman et al. (2013), ch. 5.
    """
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
    intervals = tuple(_interval(weight, centres[:, i], spreads[:, i]) for i in range(len(theta)))
    return Pooled(weight @ centres, intervals, float(weight @ tau), float(weight @ mu))


def _interval(weight: Floats, centres: Floats, spreads: Floats) -> Interval:
    """Quantiles of a mixture of normal distributions, by root-finding on its distribution function."""
    # Components a millionth of a millionth as heavy as the heaviest cannot move a limit.
    heavy = weight > 1e-12 * weight.max()
    w, m, s = weight[heavy], centres[heavy], spreads[heavy]
    bracket = float((m - 10 * s).min()), float((m + 10 * s).max())

    def limit(level: float) -> float:
        return float(brentq(lambda x: float(w @ ndtr((x - m) / s)) / float(w.sum()) - level, *bracket, xtol=1e-12))

    return Interval(low=limit((1 - LEVEL) / 2), high=limit((1 + LEVEL) / 2), level=LEVEL)
