"""Normal-normal hierarchy: many estimates with known errors, shrunk towards their common mean (METHODS §8)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from policyreport.records.base import Interval
from policyreport.statistics.common.intervals import LEVEL

Floats = NDArray[np.float64]


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
