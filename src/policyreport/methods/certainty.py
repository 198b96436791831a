"""The phrases for a probability given in words (METHODS §0)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from policyreport.digits import as_computed


def words(probability: float, *, probability_bands: Sequence[float]) -> str:
    """Name the band a probability lies in.

    Parameters
    ----------
    probability : float
        Between 0 and 1.
    probability_bands : sequence of float
        Rising cut points between the bands, shares of 1, placed symmetrically about ½.

    Returns
    -------
    str
        ``< 1 %``, ``1–5 %``, … ``> 99 %`` for the cut points 0.01, 0.05, 0.2, 0.8, 0.95, 0.99.

    Raises
    ------
    ValueError
        If the probability lies outside [0, 1].

    Notes
    -----
    A cut point belongs to the band nearer to ½, so that p and 1 − p always have mirrored phrases.
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies in [0, 1]; got {probability}")
    cuts = list(probability_bands)
    # Rounding first: 1 − 0.99 must meet the cut point 0.01 whatever the last bit says.
    at = round(probability, 12)
    band = bisect_right(cuts, at) if at < 0.5 else bisect_left(cuts, at)
    if band == 0:
        return f"< {_end(cuts[0])} %"
    if band == len(cuts):
        return f"> {_end(cuts[-1])} %"
    return f"{_end(cuts[band - 1])}–{_end(cuts[band])} %"


def _end(cut: float) -> str:
    return as_computed(100 * cut)


def held_words(probabilities: Sequence[float], *, probability_bands: Sequence[float]) -> str:
    """Name the band that all of several probabilities lie in; empty where they do not share one."""
    bands = {words(each, probability_bands=probability_bands) for each in probabilities}
    return bands.pop() if len(bands) == 1 else ""
