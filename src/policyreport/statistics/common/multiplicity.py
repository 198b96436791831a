"""Adjusted p-values where many areas, or a few planned tests, are judged together (METHODS §13)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Rule = Literal["bh", "holm"]
"""``bh`` (Benjamini-Hochberg, false discovery rate) wherever areas are singled out, ``holm`` (family-wise error rate)
for a few planned tests.
"""

_STEPS: dict[str, Callable[[NDArray[np.float64], NDArray[np.int_]], NDArray[np.float64]]] = {
    "bh": lambda p, place: np.minimum.accumulate((p / (place / len(p)))[::-1])[::-1],
    "holm": lambda p, place: np.maximum.accumulate(p * (len(p) - place + 1)),
}
"""From rising p-values and their positions to stepped ones, before they are capped at 1."""


def adjust(p_values: Sequence[float | None], *, rule: Rule) -> tuple[float | None, ...]:
    """Adjust the p-values of one family: one indicator, one method, all areas of one edition.

    None stands for a refused test, which does not count in the family. An area is singled out at 0.05 or less.

    With p(1) ≤ … ≤ p(m): BH min over j ≥ k of m p(j)/j, Holm max over j ≤ k of (m − j + 1) p(j), at most 1. Equal to
    statsmodels' `multipletests`, whose Holm runs the garbage collector on every call: half a second each with a ledger
    in memory.

    See Benjamini, Hochberg (1995), JRSS B 57:289-300; Holm (1979), Scand. J. Statistics 6:65-70.
    """
    tested = [p for p in p_values if p is not None]
    if any(not 0 <= p <= 1 for p in tested):
        raise ValueError(f"p-values from 0 to 1 needed, got {tested}")
    if not tested:
        return tuple(p_values)
    order = np.argsort(tested, kind="stable")
    stepped = _STEPS[rule](np.asarray(tested)[order], np.arange(1, len(tested) + 1))
    adjusted = iter(np.minimum(stepped, 1)[np.argsort(order)].tolist())
    return tuple(None if p is None else next(adjusted) for p in p_values)


def count_needed(smallest_p: float, tests: int, *, level: float) -> int | None:
    """Count the areas that must reach the smallest attainable p before any can be singled out; None if none suffice.

    `smallest_p` is that of an exact test with so many points, `level` the largest adjusted p that singles out.

    Benjamini-Hochberg rejects k equal p-values if p·tests/k ≤ level. Printed with "none singled out", which exact tests
    of short series may force.
    """
    return max(math.ceil(round(smallest_p * tests / level, 9)), 1) if smallest_p <= level else None
