"""Kendall's S with its exact null distribution, and the matching slope and interval (METHODS §7)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import permutations
from math import erfc, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policyreport.records.base import Interval
from policyreport.statistics.common.intervals import ALPHA

Floats = NDArray[np.float64]

TAIL = ALPHA / 2
"""Largest probability beyond each limit of the slope's interval."""


@dataclass(frozen=True)
class KendallTest:
    """S of a series, its two-sided p, whether that is exact, and the smallest p attainable with such a series."""

    s: int
    p_value: float
    smallest_p: float
    is_exact: bool = True


@dataclass(frozen=True)
class TheilSen:
    """Median of pairwise slopes in units a year, and its interval with the attained level."""

    slope: float
    interval: Interval


def order_test(values: ArrayLike, *, enumerate_ties_to: int) -> KendallTest:
    """Test whether n ≥ 2 values in order of time could be in any order.

    S = Σ_{i<j} sign(y_j − y_i) and its two-sided p. With ties, all orders are enumerated up to n = `enumerate_ties_to`;
    beyond it the normal approximation is used.

    Without ties exact at every n (inversions of a random order are a sum of uniform counts). With ties and
    large n: variance [n(n−1)(2n+5) − Σ g(g−1)(2g+5)]/18 and a continuity correction of 1.

    See Mann (1945), Econometrica 13:245–259; Hollander, Wolfe, Chicken (2014), ch. 8.
    """
    y = np.asarray(values, dtype=float)
    if len(y) < 2:
        raise ValueError(f"an order needs two values; got {len(y)}")
    s = score(y)
    ties = np.unique(y, return_counts=True)[1]
    largest = int(len(y) * (len(y) - 1) / 2 - (ties * (ties - 1) / 2).sum())
    if len(ties) == len(y):
        support, probability = null_distribution(len(y))
    elif len(y) <= enumerate_ties_to:
        support, probability = _enumerated(y)
    else:
        return KendallTest(s, _normal_p(s, len(y), ties), _normal_p(largest, len(y), ties), is_exact=False)

    def beyond(observed: int) -> float:
        return min(1.0, float(probability[np.abs(support) >= abs(observed)].sum()))

    return KendallTest(s, beyond(s), beyond(largest))


def score(values: ArrayLike) -> int:
    """Count rising minus falling pairs, S = Σ_{i<j} sign(y_j − y_i)."""
    y = np.asarray(values, dtype=float)
    earlier, later = np.triu_indices(len(y), k=1)
    return int(np.sign(y[later] - y[earlier]).sum())


@cache
def null_distribution(n: int) -> tuple[Floats, Floats]:
    """Compute the distribution of S over all orders of n different values: values of S, falling, and probabilities.

    Inversions are a sum of independent uniform counts on 0 … k − 1, k = 1 … n; S = n(n−1)/2 − 2·inversions.
    """
    if n < 1:
        raise ValueError(f"n is at least 1; got {n}")
    probability = np.ones(1)
    for k in range(2, n + 1):
        probability = np.convolve(probability, np.full(k, 1 / k))
    pairs = n * (n - 1) // 2
    support = np.arange(pairs, -pairs - 1, -2, dtype=np.float64)
    # Cached for other series of this length, hence read-only.
    support.flags.writeable = probability.flags.writeable = False
    return support, probability


def theil_sen(times: ArrayLike, values: ArrayLike) -> TheilSen:
    """Estimate the slope by the median of all pairwise slopes, from n ≥ 5 values in different years.

    With k the smallest value of S whose upper tail is at most 0.025, C = k − 2 and N = n(n−1)/2, the limits
    are the (N−C)/2-th and (N+C)/2 + 1-th ordered slopes; level 1 − 2 P(S ≥ k).

    See Sen (1968), JASA 63:1379–1389; Hollander, Wolfe, Chicken (2014), ch. 9.
    """
    t, y = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    earlier, later = np.triu_indices(len(y), k=1)
    slopes = np.sort((y[later] - y[earlier]) / (t[later] - t[earlier]))
    support, probability = null_distribution(len(y))
    tails = np.cumsum(probability)  # support falls, so this is P(S ≥ support)
    # Rounding first: a tail of exactly 1/40 must count whatever the last bit.
    inside = np.flatnonzero(np.round(tails, 12) <= TAIL)
    if not len(inside):
        raise ValueError(f"an interval of level 95 % needs five points; got {len(y)}")
    pairs, c = len(slopes), int(support[inside[-1]]) - 2
    low, high = float(slopes[(pairs - c) // 2 - 1]), float(slopes[(pairs + c) // 2])
    level = 1 - 2 * float(tails[inside[-1]])
    return TheilSen(float(np.median(slopes)), Interval(low=low, high=high, level=level))


def _enumerated(y: Floats) -> tuple[Floats, Floats]:
    """S of every order of the values, each equally likely."""
    ranks = np.unique(y, return_inverse=True)[1]
    orders = np.array(list(permutations(ranks.tolist())), dtype=np.int8)
    earlier, later = np.triu_indices(len(y), k=1)
    support = np.sign(orders[:, later] - orders[:, earlier]).sum(axis=1, dtype=float)
    return support, np.full(len(support), 1 / len(support))


def _normal_p(s: int, n: int, ties: NDArray[np.int64]) -> float:
    """Two-sided p of the normal approximation with ties and continuity correction."""
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    if s == 0 or variance <= 0:
        return 1.0
    return erfc((abs(s) - 1) / sqrt(2 * variance))
