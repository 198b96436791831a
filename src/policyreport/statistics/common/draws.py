"""Reproducible random numbers, and quantiles and p-values of bootstrap and permutation draws."""

from __future__ import annotations

import math
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike, NDArray

JOINT = "ALL"
"""Area of a method that treats all areas together (METHODS §0)."""

TIE = 1e-12
"""Draws this close below the observed statistic count as reaching it (METHODS §0)."""


def seed(method: str, indicator: str, measure: str, area: str) -> int:
    """Derive the seed of one estimate from its names alone.

    `area` is a key or `JOINT`; an id that does not apply is ``""``. The seed is the first eight bytes, big-endian, of
    SHA-256 of ``method|indicator|measure|area``, independent of clocks, of an area's position and of Python's salted
    ``hash``, so that the draws of one area stay the same when others are added.
    """
    text = "|".join((method, indicator, measure, area))
    return int.from_bytes(sha256(text.encode("utf-8")).digest()[:8], "big")


def generator(method: str, indicator: str, measure: str, area: str) -> np.random.Generator:
    """Create the random generator of one estimate, ``default_rng`` of its `seed`."""
    return np.random.default_rng(seed(method, indicator, measure, area))


def bootstrap_quantile(draws: ArrayLike, level: float) -> float:
    """Return the ⌈level·(B + 1)⌉-th smallest of B draws, the largest one if that exceeds B."""
    values: NDArray[np.float64] = np.asarray(draws, dtype=float)
    # Rounding first: 0.95 · 10,000 must be 9,500 whatever the last bit.
    position = min(math.ceil(round(level * (len(values) + 1), 9)), len(values))
    return float(np.partition(values, position - 1)[position - 1])


def bootstrap_p(draws: ArrayLike, observed: float) -> float:
    """Compute a bootstrap or permutation p-value, (1 + number of draws ≥ observed − 1e-12) / (B + 1).

    The draws, shape (B,), are from the null hypothesis; larger is more extreme.
    """
    values: NDArray[np.float64] = np.asarray(draws, dtype=float)
    return float((1 + np.count_nonzero(values >= observed - TIE)) / (len(values) + 1))
