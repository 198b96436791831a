"""What weights, known parts and a total say of what was not published (METHODS §20.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite, isinf


@dataclass(frozen=True)
class Rest:
    """What a total leaves for the parts without a value.

    Parameters
    ----------
    weight : float
        Their share of all parts' weights, of 1.
    known_mean : float
        Weighted mean of the parts with a value.
    mean : float
        Weighted mean of the rest of the whole.
    bounds : dict of str to (float, float)
        Least and greatest value of each part without one; empty where no values within the limits give the total.
    """

    weight: float
    known_mean: float
    mean: float
    bounds: dict[str, tuple[float, float]]

    @property
    def agrees(self) -> bool:
        """Whether some values within the limits give the total."""
        return bool(self.bounds)


def rest_of_total(
    known: Mapping[str, float],
    weights: Mapping[str, float],
    total: float,
    *,
    whole: float | None = None,
    low: float = -inf,
    high: float = inf,
) -> Rest:
    """Work out what a total leaves for the parts without a value, if it is the weighted mean of all of them.

    Parameters
    ----------
    known : mapping of str to float
        Values of some parts.
    weights : mapping of str to float
        Positive weights of all parts, in any scale.
    total : float
        Value of the whole, in the unit of the parts.
    whole : float, optional
        Weight of the whole, where some of it belongs to no part; by default, and where it is less than that, the sum of
        the parts'.
    low, high : float
        Between which every part's value lies.

    Returns
    -------
    Rest
        Mean of the parts without a value, and bounds of each.

    Notes
    -----
    With weights of the whole 1, x̄ = (T − Σ w_i x_i)/w over the known i, w the weight of the rest. Of one part j
    x_j ∈ [(w x̄ − (w − w_j) high)/w_j, (w x̄ − (w − w_j) low)/w_j], cut at the limits: sharp, for the others may all
    lie at either limit.

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
    """Bounds of one part when the others without a value all lie at one limit or the other."""
    if others <= 1e-12 * weight:
        return left / weight, left / weight
    least = -inf if isinf(high) else (left - others * high) / weight
    most = inf if isinf(low) else (left - others * low) / weight
    return min(max(least, low), high), max(min(most, high), low)


def finite(end: float) -> float | None:
    """Give an end of bounds as a record holds it: None where nothing limits it."""
    return end if isfinite(end) else None
