"""Step-down tests of all orderings of estimates, the numerical core of rank sets (METHODS §11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from policyreport.records.digits import as_published
from policyreport.statistics.common.draws import bootstrap_quantile
from policyreport.statistics.common.intervals import ALPHA, Z

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_RANGE, _PANELS, _POINTS, _MOST_HALVINGS = 7.5, 6, 12, 60
"""Range in standard deviations either side of zero, initial panels, Gauss-Legendre points per panel, and the most
halvings of a panel, after which no more would help.
"""

_ROUGH, _STEP = 1e-6, 1e-5
"""Tolerance of the first search, and the step for the slope there: the remaining error is of the order of their
product, since the slope hardly changes.
"""

_ROOT_OF_2_PI = (2 * np.pi) ** 0.5


@dataclass(frozen=True)
class PlaceSet:
    """Best and worst rank an area may have, and the critical values of the first and last step."""

    first: int
    last: int
    critical_values: tuple[float, float]


def pairwise_errors(errors: Floats) -> Floats:
    """Standard errors √(s_j² + s_k²) of all differences of independent estimates, shape (p, p)."""
    return np.hypot(errors[:, None], errors[None, :])


def find_marginal_set(
    area: int, estimates: Floats, errors: Floats, critical_value: Callable[[Bools, Bools], float]
) -> PlaceSet:
    """Find the marginal confidence set of one area's rank by stepping down through its comparisons.

    Larger estimates are better. `critical_value` takes the others not yet found better, and those not yet found worse,
    both shape (p − 1,), and gives the critical value of these hypotheses.

    See Mogstad, Romano, Shaikh, Wilhelm (2024); Romano, Wolf (2005), JASA 100:94-108.
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


def quadrature_critical_value(area: int, errors: Floats, *, tolerance: float) -> Callable[[Bools, Bools], float]:
    """Prepare `find_marginal_set`'s critical values by adaptive Gauss-Legendre quadrature, for independent estimates.

    The tolerance is that of the probability and of the critical value.

    Given the area's own error z, the comparisons are independent:
    P(max ≤ c) = ∫ φ(z) Π_k [Φ((s_j z + c·s_jk)/s_k) − Φ((s_j z − c·s_jk)/s_k)] dz, with 1 for the first term where
    k was found better and 0 for the second where k was found worse. Where s_k is small compared with s_j its factor is
    a step, which a fixed set of nodes can miss.
    """
    others = np.arange(len(errors)) != area
    ratio, reach = errors[area] / errors[others], pairwise_errors(errors)[area][others] / errors[others]

    def critical_value(open_better: Bools, open_worse: Bools) -> float:
        if not (open_better.any() or open_worse.any()):
            return 0.0

        # A settled hypothesis: an infinite distance gives Φ(∞) = 1 or Φ(−∞) = 0.
        upper, lower = np.where(open_better, reach, np.inf), np.where(open_worse, reach, np.inf)

        def excess(c: float, within: float) -> float:
            def density(z: Floats) -> Floats:
                between = ndtr(np.outer(z, ratio) + c * upper) - ndtr(np.outer(z, ratio) - c * lower)
                return np.asarray(np.prod(between, axis=1) * np.exp(-(z**2) / 2) / _ROOT_OF_2_PI)

            return _integrate(density, within) - (1 - ALPHA)

        # Bounds: a single hypothesis, and Bonferroni over all that are open.
        least, most = ndtri(1 - ALPHA), ndtri(1 - ALPHA / (open_better.sum() + open_worse.sum()))
        found = _find_root(excess, least, most, tolerance)
        if len(errors) > 2 and open_better.all() and open_worse.all() and found < Z - 1e-6:
            got = f"a critical value of {as_published(found)} for {len(errors)} areas"
            raise ArithmeticError(f"{got}, below {as_published(Z)}")
        return found

    return critical_value


def _find_root(excess: Callable[[float, float], float], least: float, most: float, tolerance: float) -> float:
    """Solve for the probability between two bounds: roughly first, then by a step of Newton's method."""
    rough = float(brentq(excess, least - _ROUGH, most + _ROUGH, args=(_ROUGH,), xtol=_ROUGH))
    off = excess(rough, tolerance)
    return rough - off * _STEP / (excess(rough + _STEP, tolerance) - off)


def _integrate(density: Callable[[Floats], Floats], tolerance: float) -> float:
    """Integrate over a normal variable's range, halving panels whose halves disagree with the whole."""
    points, weights = _gauss_legendre()

    def on(low: Floats, high: Floats) -> Floats:
        nodes = (low + high)[:, None] / 2 + points * (high - low)[:, None] / 2
        return np.asarray(density(nodes.ravel()).reshape(nodes.shape) @ weights * (high - low) / 2)

    edges = np.linspace(-_RANGE, _RANGE, _PANELS + 1)
    low, high, total = edges[:-1], edges[1:], 0.0
    whole = on(low, high)
    for _ in range(_MOST_HALVINGS):
        middle = (low + high) / 2
        left, right = on(low, middle), on(middle, high)
        rough = np.abs(left + right - whole) > tolerance / _PANELS
        total += float((left + right)[~rough].sum())
        if not rough.any():
            return total
        low, high = np.concatenate([low[rough], middle[rough]]), np.concatenate([middle[rough], high[rough]])
        whole = np.concatenate([left[rough], right[rough]])
    raise ArithmeticError(f"no integral within {as_published(tolerance)} after {_MOST_HALVINGS} halvings")


@cache
def _gauss_legendre() -> tuple[Floats, Floats]:
    points, weights = leggauss(_POINTS)
    return points, weights


def bootstrap_critical_value(area: int, errors: Floats, draws: Floats) -> Callable[[Bools, Bools], float]:
    """Prepare `find_marginal_set`'s critical values from draws of the estimates' errors, shape (p, B)."""
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
    """Find sets that cover all true ranks together at the stated level, by stepping down through all comparisons.

    Larger estimates are better; `draws` of their errors, shape (p, B), are used in every step.
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
    """Take the largest studentised difference over the comparisons still open, draw by draw, shape (B,).

    `joint` holds the standard errors of the differences. Where ``above[j, k]`` j was found above k, and only the
    reverse comparison stays open.

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
