"""What a cell of the study measures, its Monte-Carlo error, and the rule by which it passes (METHODS §17)."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from policyreport.records.base import Frozen

CONTINUOUS = (0.93, 0.975)
"""Coverage of two-sided intervals of continuous estimators; of binomial ones on average over p."""
AT_LEAST = (0.93, 1.0)
"""Coverage of discrete, exact, hierarchical and predictive intervals: more than nominal is printed, not failed."""
RANK_SETS = (0.95, 1.0)
NOMINAL_TEST = (0.035, 0.065)
EXACT_TEST = (0.0, 0.05)
LEVEL = 0.95
"""Nominal level of intervals and sets; tests are at one minus it."""
SIZE = 0.05
ERRORS = 2
"""Monte-Carlo standard errors by which a measure may miss its band."""

Verdict = Literal["passes", "fails low", "fails high", "not judged"]


class Measure(Frozen):
    """One number of a cell: a share of repetitions, or a mean, with its Monte-Carlo standard error.

    `nominal` is the level that the method states, `low` to `high` the band by which the share is judged.
    """

    name: str
    value: float
    error: float
    low: float | None = None
    high: float | None = None
    nominal: float | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the value ± 2 errors meets its band; "fails high" is cautious, "fails low" of coverage is not."""
        if self.low is None or self.high is None:
            return "not judged"
        if self.value + ERRORS * self.error < self.low:
            return "fails low"
        return "fails high" if self.value - ERRORS * self.error > self.high else "passes"


class CellResult(Frozen):
    """One row of the study's table: the design, the number of repetitions, and the measures.

    `code` is the fingerprint of the code that made it. `note` only occurs in older kept studies and is not read.
    """

    method: str
    code: str
    design: dict[str, str | int | float]
    draws: int
    measures: tuple[Measure, ...]
    note: str = ""


class MethodResult(Frozen):
    """All cells of one method."""

    method: str
    version: str
    draws: int
    cells: tuple[CellResult, ...] = Field(min_length=1)


def share(
    name: str, hits: ArrayLike, band: tuple[float, float] | None = None, *, nominal: float | None = None
) -> Measure:
    """Measure how often something happened, with error √(c(1 − c)/R).

    `hits` is 0 or 1 per repetition; or a share per repetition, where one repetition has several areas, whose error is
    that of the mean. It is judged by the `band` where it should lie, if any; `nominal` is the level that the method
    states.
    """
    values: NDArray[np.float64] = np.asarray(hits, dtype=float)
    if not len(values):
        raise ValueError("a share needs repetitions")
    value = float(values.mean())
    # A share of exactly 0 or 1 still has an error: half a repetition's worth.
    error = sqrt(max(float(values.var()), 0.5 / len(values) * (1 - 0.5 / len(values))) / len(values))
    return _measure(name, value, error, band, nominal)


def average(name: str, values: ArrayLike) -> Measure:
    """Measure the mean of a number, such as a bias or a width; never judged."""
    numbers: NDArray[np.float64] = np.asarray(values, dtype=float)
    if not len(numbers):
        raise ValueError("a mean needs repetitions")
    return _measure(name, float(numbers.mean()), float(numbers.std() / sqrt(len(numbers))), None)


def middle(name: str, values: ArrayLike) -> Measure:
    """Measure the median of a number whose mean has infinite variance; never judged.

    Its error is half the distance of the order statistics √R/2 to either side.
    """
    numbers = np.sort(np.asarray(values, dtype=float))
    if not len(numbers):
        raise ValueError("a median needs repetitions")
    reach = sqrt(len(numbers)) / 2 / len(numbers)
    low, value, high = np.quantile(numbers, [max(0.5 - reach, 0), 0.5, min(0.5 + reach, 1)])
    return _measure(name, float(value), float(high - low) / 2, None)


def exact(name: str, value: float, band: tuple[float, float] | None = None, *, nominal: float | None = None) -> Measure:
    """Return a number that was enumerated, without Monte-Carlo error."""
    return _measure(name, value, 0.0, band, nominal)


def _measure(
    name: str, value: float, error: float, band: tuple[float, float] | None, nominal: float | None = None
) -> Measure:
    low, high = band or (None, None)
    return Measure(name=name, value=round(value, 6), error=round(error, 6), low=low, high=high, nominal=nominal)
