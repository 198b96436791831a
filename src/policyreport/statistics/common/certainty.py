"""The phrases for a probability (METHODS §0)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from policyreport.records.digits import as_computed


def words(probability: float, *, probability_bands: Sequence[float]) -> str:
    """Name the band of a probability: ``< 1 %``, ``1–5 %``, … ``> 99 %`` for cut points 0.01, 0.05, …, 0.99.

    The cut points rise and lie symmetrically about ½. Each belongs to the band nearer to ½, so that p and 1 − p have
    mirrored phrases.
    """
    low, high = band(probability, probability_bands=probability_bands)
    if low == 0:
        return f"< {_end(high)} %"
    return f"> {_end(low)} %" if high == 1 else f"{_end(low)}–{_end(high)} %"


def band(probability: float, *, probability_bands: Sequence[float]) -> tuple[float, float]:
    """Return the cut points around a probability, as for `words`; 0 below the first, 1 above the last."""
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies in [0, 1]; got {probability}")
    ends = (0.0, *probability_bands, 1.0)
    # Rounding first: 1 − 0.99 must meet the cut point 0.01 whatever the last bit.
    at = round(probability, 12)
    place = bisect_right(probability_bands, at) if at < 0.5 else bisect_left(probability_bands, at)
    return ends[place], ends[place + 1]


def _end(cut: float) -> str:
    return as_computed(100 * cut)


def held_words(probabilities: Sequence[float], *, probability_bands: Sequence[float]) -> str:
    """Name the band that contains all of several probabilities; empty where there is none."""
    bands = {words(each, probability_bands=probability_bands) for each in probabilities}
    return bands.pop() if len(bands) == 1 else ""
