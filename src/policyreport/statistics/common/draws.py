"""Reproducible random numbers, and what is read off bootstrap and permutation draws."""

from __future__ import annotations

import math
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike, NDArray

JOINT = "ALL"
"""Area of a method that treats all areas at once (METHODS §0)."""

TIE = 1e-12
"""Draws this close below the observed statistic count as reaching it (METHODS §0)."""


def seed(method: str, indicator: str, measure: str, area: str) -> int:
    """Derive the seed of one estimate from its names alone.

    Parameters
    ----------
    method, indicator, measure : str
        Ids of the method, the indicator and its measure; ``""`` where there is none.
    area : str
        Area key, or `JOINT`.

    Returns
    -------
    int
        The first eight bytes, big-endian, of SHA-256 of ``method|indicator|measure|area``.

    Raises
    ------
    UnicodeEncodeError
        If a name cannot be written in UTF-8.

    Notes
    -----
    Neither a clock, nor an area's position, nor Python's salted ``hash`` takes part, so the draws of one
    area stay the same when others are added.
    """
    text = "|".join((method, indicator, measure, area))
    return int.from_bytes(sha256(text.encode("utf-8")).digest()[:8], "big")


def generator(method: str, indicator: str, measure: str, area: str) -> np.random.Generator:
    """Make the random generator of one estimate.

    Parameters
    ----------
    method, indicator, measure : str
        Ids of the method, the indicator and its measure.
    area : str
        Area key, or `JOINT`.

    Returns
    -------
    numpy.random.Generator
        ``default_rng`` with the seed of `seed`.

    Raises
    ------
    UnicodeEncodeError
        If a name cannot be written in UTF-8.
    """
    return np.random.default_rng(seed(method, indicator, measure, area))


def bootstrap_quantile(draws: ArrayLike, level: float) -> float:
    """Read a quantile off bootstrap draws.

    Parameters
    ----------
    draws : array_like, shape (B,)
        Statistics of B draws.
    level : float
        Probability, a share of 1.

    Returns
    -------
    float
        The ⌈level·(B + 1)⌉-th smallest draw (the largest one if that exceeds B).
    """
    values: NDArray[np.float64] = np.asarray(draws, dtype=float)
    # Rounding first: 0.95 · 10,000 must be 9,500 whatever the last bit says.
    position = min(math.ceil(round(level * (len(values) + 1), 9)), len(values))
    return float(np.partition(values, position - 1)[position - 1])


def bootstrap_p(draws: ArrayLike, observed: float) -> float:
    """Compute a bootstrap or permutation p-value.

    Parameters
    ----------
    draws : array_like, shape (B,)
        Statistics under the null hypothesis.
    observed : float
        The observed statistic; larger is more extreme.

    Returns
    -------
    float
        (1 + number of draws ≥ observed − 1e-12) / (B + 1).
    """
    values: NDArray[np.float64] = np.asarray(draws, dtype=float)
    return float((1 + np.count_nonzero(values >= observed - TIE)) / (len(values) + 1))
