"""The arithmetic of progress towards a dated target: rates, ratios and bands in two forms (METHODS §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["cagr", "pp"]

FORMS: tuple[Form, Form] = ("cagr", "pp")

BANDS = ("moving away", "far too slow", "too slow", "on track", "reached")
"""From worst to best: the five bands of Eurostat and Open SDG, in this project's wording."""


@dataclass(frozen=True)
class Goal:
    """A target, its year, and the ratios from which progress is *on track* or *too slow*.

    `direction` is +1 if more is better, −1 if less is.
    """

    target: float
    year: int
    direction: Literal[1, -1]
    on_track_from: float
    too_slow_from: float

    def is_met(self, value: float) -> bool:
        """Whether a value is at the target or beyond it."""
        return self.direction * (value - self.target) >= 0

    def band(self, ratio: float) -> str:
        """Name the band of a ratio R of observed to required pace; a cut point belongs to the better band."""
        # Rounding first: a pace exactly on a cut point must get its band whatever the last bit.
        at = round(ratio, 12)
        if at >= self.on_track_from:
            return "on track"
        if at >= self.too_slow_from:
            return "too slow"
        return "far too slow" if at >= 0 else "moving away"


@dataclass(frozen=True)
class Stretch:
    """Two values of one measure and the years they belong to, `start_year` < `end_year`."""

    start_year: int
    start: float
    end_year: int
    end: float

    def rate(self, form: Form) -> float | None:
        """Compute the yearly pace: (y1/y0)^(1/(t1−t0)) − 1 as ``cagr``, (y1−y0)/(t1−t0) as ``pp``.

        None for growth from or to a value ≤ 0, and where no year passed.
        """
        years = self.end_year - self.start_year
        if years <= 0:
            return None
        if form == "pp":
            return (self.end - self.start) / years
        if self.start <= 0 or self.end <= 0:
            return None
        return float((self.end / self.start) ** (1 / years) - 1)


def ratio(stretch: Stretch, goal: Goal, form: Form) -> float | None:
    """Compute R = d · observed / |required from base|, positive towards the target.

    None if the base already meets the target, or the form does not exist for these values.
    """
    if goal.is_met(stretch.start):
        return None
    observed = stretch.rate(form)
    required = Stretch(stretch.start_year, stretch.start, goal.year, goal.target).rate(form)
    # A base within rounding error of the target requires a growth of exactly zero.
    if observed is None or not required:
        return None
    return goal.direction * observed / abs(required)


def band_of(stretch: Stretch, goal: Goal, form: Form) -> str | None:
    """Name the band of a stretch: *held* or *lost* if its base met the target, else *reached* or the ratio's band.

    None where there is no ratio.
    """
    met = goal.is_met(stretch.end)
    if goal.is_met(stretch.start):
        return "held" if met else "lost"
    if met:
        return "reached"
    value = ratio(stretch, goal, form)
    return None if value is None else goal.band(value)


def bands_between(first: str, last: str) -> tuple[str, ...]:
    """List the bands from one to another, both included, worst first."""
    low, high = sorted((BANDS.index(first), BANDS.index(last)))
    return BANDS[low : high + 1]


def nearer_end(value: float, low: float, high: float) -> tuple[float, Literal[1, -1]]:
    """Choose the end of a target range that is nearer to the base value, and the direction inwards from it."""
    if low > high:
        raise ValueError(f"a range rises; got {low} to {high}")
    return (low, 1) if abs(value - low) <= abs(value - high) else (high, -1)
