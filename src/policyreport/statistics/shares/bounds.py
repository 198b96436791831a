"""Bounds of unpublished parts from weights, published parts and a total (METHODS §20.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, isinf


@dataclass(frozen=True)
class Rest:
    """What a total leaves for the parts without a value.

    `weight` is their share of all parts' weights; `known_mean` and `mean` are those of the parts with a value and of
    the rest of the whole. `bounds` has the least and greatest value of each part without one; it is empty where no
    values within the limits give the total.
    """

    weight: float
    known_mean: float
    mean: float
    bounds: dict[str, tuple[float, float]]


def rest_of_total(
    known: Mapping[str, float],
    weights: Mapping[str, float],
    total: float,
    *,
    whole: float | None = None,
    low: float = -inf,
    high: float = inf,
) -> Rest:
    """Find what a total leaves for the parts without a value, if it is the weighted mean of all parts.

    `known` are the values of some parts, `weights` those of all, positive, on any scale. `whole` is the weight of the
    whole, where some of it belongs to no part; at least, and by default, the sum of the parts'. `low` and `high` limit
    every value.

    Notes
    -----
    With weights relative to the whole, x̄ = (T − Σ w_i x_i)/w over the known i, w the weight of the rest. For a part j
    x_j ∈ [(w x̄ − (w − w_j) high)/w_j, (w x̄ − (w − w_j) low)/w_j], clipped to the limits: sharp, because the others
    may all lie at either limit.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, ch. 1.
    """
    missing = {part: weight for part, weight in weights.items() if part not in known}
    if not missing or len(missing) == len(weights):
        raise ValueError("some parts with a value and some without")
    every, left_out = sum(weights.values()), sum(missing.values())
    size = max(whole or every, every)
    rest = size - (every - left_out)
    known_sum = sum(weights[part] * known[part] for part in weights if part in known)
    left = size * total - known_sum
    mean = left / rest
    slack = 1e-9 * max(1.0, abs(total))
    agrees = low - slack <= mean <= high + slack
    bounds = {part: _of_one(left, weight, rest - weight, low, high) for part, weight in missing.items()}
    return Rest(left_out / every, known_sum / (every - left_out), mean, bounds if agrees else {})


def _of_one(left: float, weight: float, others: float, low: float, high: float) -> tuple[float, float]:
    """Bounds of one part when all the others without a value lie at one limit or the other."""
    if others <= 1e-12 * weight:
        least = most = left / weight
    else:
        least = -inf if isinf(high) else (left - others * high) / weight
        most = inf if isinf(low) else (left - others * low) / weight
    return min(max(least, low), high), max(min(most, high), low)


def finite(end: float) -> float | None:
    """Return an end of bounds as records hold it: None where it is infinite."""
    return end if isfinite(end) else None
