"""Step-down tests of all orderings of estimates, the numerical core of rank sets (METHODS §11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from policyreport.methods.draws import bootstrap_quantile
from policyreport.methods.intervals import ALPHA

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_LARGEST_CRITICAL_VALUE = 40.0
"""Beyond any critical value of independent normal estimates, whatever their number."""

_LEAST_WEIGHT = 1e-20
"""Quadrature nodes that weigh less cannot move a sum near one."""


@dataclass(frozen=True)
class PlaceSet:
    """Between which places a true rank may lie, and the critical values of the first and last step.

    Parameters
    ----------
    first, last : int
        Best and worst place, both included.
    critical_values : tuple of float
        Of the first step and of the last.

    Raises
    ------
    TypeError
        If a part is missing.
    """

    first: int
    last: int
    critical_values: tuple[float, float]


def pairwise_errors(errors: Floats) -> Floats:
    """Compute the standard errors of all differences of independent estimates.

    Parameters
    ----------
    errors : ndarray, shape (p,)
        Standard errors.

    Returns
    -------
    ndarray, shape (p, p)
        √(s_j² + s_k²).

    Raises
    ------
    TypeError
        If an error is not a number.
    """
    return np.hypot(errors[:, None], errors[None, :])


def find_marginal_set(
    area: int, estimates: Floats, errors: Floats, critical_value: Callable[[Bools, Bools], float]
) -> PlaceSet:
    """Step down through all comparisons with one area.

    Parameters
    ----------
    area : int
        Position of the area.
    estimates, errors : ndarray, shape (p,)
        Estimates, larger is better, and their standard errors.
    critical_value : callable
        From the others not yet found better, and those not yet found worse (both shape (p − 1,)), to the
        critical value of these hypotheses.

    Returns
    -------
    PlaceSet
        The marginal confidence set of the area's rank.

    Raises
    ------
    ValueError
        If no critical value can be found.

    References
    ----------
    Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Economic Studies 91:476-518; Romano, Wolf (2005), JASA
    100:94-108.
    """
    others = np.arange(len(estimates)) != area
    t = ((estimates[area] - estimates) / pairwise_errors(errors)[area])[others]
    open_better, open_worse = np.ones_like(t, dtype=bool), np.ones_like(t, dtype=bool)
    steps = []
    while True:
        steps.append(critical_value(open_better, open_worse))
        better, worse = open_better & (-t > steps[-1]), open_worse & (t > steps[-1])
        open_better, open_worse = open_better & ~better, open_worse & ~worse
        if not (better.any() or worse.any()):
            break
    first, last = 1 + int((~open_better).sum()), len(estimates) - int((~open_worse).sum())
    return PlaceSet(first, last, (steps[0], steps[-1]))


def quadrature_critical_value(area: int, errors: Floats, *, quadrature_nodes: int) -> Callable[[Bools, Bools], float]:
    """Prepare critical values of one area's comparisons by Gauss-Hermite quadrature.

    Parameters
    ----------
    area : int
        Position of the area.
    errors : ndarray, shape (p,)
        Standard errors of independent normal estimates.
    quadrature_nodes : int
        Number of nodes.

    Returns
    -------
    callable
        As `find_marginal_set` asks for.

    Raises
    ------
    ValueError
        If a standard error is 0.

    Notes
    -----
    Given the area's own error z, the comparisons are independent:
    P(max ≤ c) = Σ w_g Π_k [Φ((z_g + c·s_jk)/s_k) − Φ((z_g − c·s_jk)/s_k)], with 1 for the first term where
    k was found better and 0 for the second where k was found worse.
    """
    nodes, weights = _quadrature(quadrature_nodes)
    others = np.arange(len(errors)) != area
    z = errors[area] * nodes[:, None] / errors[others]
    reach = pairwise_errors(errors)[area][others] / errors[others]

    def critical_value(open_better: Bools, open_worse: Bools) -> float:
        def excess(c: float) -> float:
            between = np.ones_like(z)
            between[:, open_better] = ndtr(z[:, open_better] + c * reach[open_better])
            between[:, open_worse] -= ndtr(z[:, open_worse] - c * reach[open_worse])
            return float(weights @ np.prod(between, axis=1)) - (1 - ALPHA)

        if not (open_better.any() or open_worse.any()):
            return 0.0
        return float(brentq(excess, 0.0, _LARGEST_CRITICAL_VALUE, xtol=1e-12))

    return critical_value


@cache
def _quadrature(count: int) -> tuple[Floats, Floats]:
    """Nodes and weights, which are the same for every area; finding them takes longer than using them."""
    nodes, weights = hermegauss(count)
    weights = weights / weights.sum()
    # The outer nodes weigh less than the last bit of the sum; leaving them out saves most of the time.
    heard = weights > _LEAST_WEIGHT
    return nodes[heard], weights[heard]


def bootstrap_critical_value(area: int, errors: Floats, draws: Floats) -> Callable[[Bools, Bools], float]:
    """Prepare critical values of one area's comparisons from draws.

    Parameters
    ----------
    area : int
        Position of the area.
    errors : ndarray, shape (p,)
        Standard errors.
    draws : ndarray, shape (p, B)
        Draws of the estimates' errors.

    Returns
    -------
    callable
        As `find_marginal_set` asks for.

    Raises
    ------
    IndexError
        If the area is not among the draws.
    """
    others = np.arange(len(errors)) != area
    scaled = (draws[others] - draws[area]) / pairwise_errors(errors)[area][others][:, None]

    def critical_value(open_better: Bools, open_worse: Bools) -> float:
        if not (open_better.any() or open_worse.any()):
            return 0.0
        sides = [scaled[open_better], -scaled[open_worse]]
        return bootstrap_quantile(np.concatenate(sides).max(axis=0), 1 - ALPHA)

    return critical_value


def find_simultaneous_sets(
    estimates: Floats, errors: Floats, draws: Floats, level: float = 1 - ALPHA
) -> tuple[PlaceSet, ...]:
    """Step down through all comparisons of all areas at once.

    Parameters
    ----------
    estimates, errors : ndarray, shape (p,)
        Estimates, larger is better, and their standard errors.
    draws : ndarray, shape (p, B)
        Draws of the estimates' errors, used in every step.
    level : float, optional
        Nominal level.

    Returns
    -------
    tuple of PlaceSet
        Sets that hold all true ranks together with the stated level.

    Raises
    ------
    ValueError
        If there are no draws.
    """
    joint = pairwise_errors(errors)
    t = (estimates[:, None] - estimates[None, :]) / joint
    above = np.zeros_like(t, dtype=bool)
    steps = []
    while True:
        steps.append(bootstrap_quantile(running_maximum(draws, joint, above), level))
        found = (t > steps[-1]) & ~above
        above |= found
        if not found.any():
            break
    first, last = 1 + above.sum(axis=0), len(estimates) - above.sum(axis=1)
    return tuple(PlaceSet(int(a), int(b), (steps[0], steps[-1])) for a, b in zip(first, last, strict=True))


def running_maximum(draws: Floats, joint: Floats, above: Bools) -> Floats:
    """Take the largest studentised difference over the comparisons still open, draw by draw.

    Parameters
    ----------
    draws : ndarray, shape (p, B)
        Draws of the estimates' errors.
    joint : ndarray, shape (p, p)
        Standard errors of the differences.
    above : ndarray of bool, shape (p, p)
        ``above[j, k]``: j was found above k; only the reverse comparison stays open.

    Returns
    -------
    ndarray, shape (B,)
        Maxima.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Notes
    -----
    One pass j = 1 … p − 1 over k > j keeps memory at p × B: a pair with both directions open counts by
    its absolute difference, one with a single direction by the signed one.
    """
    maxima = np.full(draws.shape[1], -np.inf)
    for j in range(len(draws) - 1):
        scaled = (draws[j + 1 :] - draws[j]) / joint[j, j + 1 :, None]
        only_upward, only_downward = above[j, j + 1 :], above[j + 1 :, j]
        np.negative(scaled, out=scaled, where=only_downward[:, None])
        np.abs(scaled, out=scaled, where=~(only_upward | only_downward)[:, None])
        np.maximum(maxima, scaled.max(axis=0), out=maxima)
    return maxima
