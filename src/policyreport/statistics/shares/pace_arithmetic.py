"""The arithmetic of progress towards a dated target: rates, ratios and bands in two forms (METHODS §6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Form = Literal["cagr", "pp"]

FORMS: tuple[Form, Form] = ("cagr", "pp")

BANDS = ("moving away", "far too slow", "too slow", "on track", "reached")
"""Bands from worst to best; Eurostat's and Open SDG's five, in this project's words."""


@dataclass(frozen=True)
class Goal:
    """A target, its year, and the cut points between bands.

    Parameters
    ----------
    target : float
        Y, in the unit of the measure.
    year : int
        t_T.
    direction : int
        +1 if more is better, −1 if less is.
    on_track_from, too_slow_from : float
        Ratios from which progress is *on track*, *too slow*.
    """

    target: float
    year: int
    direction: Literal[1, -1]
    on_track_from: float
    too_slow_from: float

    def is_met(self, value: float) -> bool:
        """Tell whether a value meets the target.

        Parameters
        ----------
        value : float
            In the unit of the target.

        Returns
        -------
        bool
            True at the target and beyond it.
        """
        return self.direction * (value - self.target) >= 0

    def band(self, ratio: float) -> str:
        """Name the band of a ratio of observed to required pace.

        Parameters
        ----------
        ratio : float
            R, positive towards the target.

        Returns
        -------
        str
            *on track*, *too slow*, *far too slow* or *moving away*; a cut point belongs to the better band.
        """
        # Rounding first: a pace exactly on a cut point must get its band whatever the last bit says.
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
        """Compute the yearly pace.

        Parameters
        ----------
        form : {"cagr", "pp"}
            Compound growth as a share of 1, or units a year.

        Returns
        -------
        float or None
            (y1/y0)^(1/(t1−t0)) − 1 or (y1−y0)/(t1−t0); None for growth from or to a value ≤ 0, and where no
            year passed.
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
    """Compare the observed pace with the pace required from the base.

    Parameters
    ----------
    stretch : Stretch
        From the base to the latest value.
    goal : Goal
        The target.
    form : {"cagr", "pp"}
        Form of both paces.

    Returns
    -------
    float or None
        R = d · observed / |required from base|; None if the base already meets the target, or the form
        does not exist for these values.
    """
    if goal.is_met(stretch.start):
        return None
    observed = stretch.rate(form)
    required = Stretch(stretch.start_year, stretch.start, goal.year, goal.target).rate(form)
    # A base a rounding error away from the target needs a growth of exactly zero.
    if observed is None or not required:
        return None
    return goal.direction * observed / abs(required)


def band_of(stretch: Stretch, goal: Goal, form: Form) -> str | None:
    """Name the band a stretch lies in.

    Parameters
    ----------
    stretch : Stretch
        From the base to the latest value.
    goal : Goal
        The target.
    form : {"cagr", "pp"}
        Form of the pace.

    Returns
    -------
    str or None
        *held* or *lost* if the base met the target; else *reached* or the ratio's band; None without ratio.
    """
    met = goal.is_met(stretch.end)
    if goal.is_met(stretch.start):
        return "held" if met else "lost"
    if met:
        return "reached"
    value = ratio(stretch, goal, form)
    return None if value is None else goal.band(value)


def bands_between(first: str, last: str) -> tuple[str, ...]:
    """List the bands from one to another, both included.

    Parameters
    ----------
    first, last : str
        Members of `BANDS`.

    Returns
    -------
    tuple of str
        Worst first.
    """
    low, high = sorted((BANDS.index(first), BANDS.index(last)))
    return BANDS[low : high + 1]


def nearer_end(value: float, low: float, high: float) -> tuple[float, Literal[1, -1]]:
    """Choose the end of a target range that progress is measured against.

    Parameters
    ----------
    value : float
        The base value.
    low, high : float
        The range.

    Returns
    -------
    tuple of float and int
        The nearer end, and the direction in which values beyond it lie inside the range.
    """
    if low > high:
        raise ValueError(f"a range rises; got {low} to {high}")
    return (low, 1) if abs(value - low) <= abs(value - high) else (high, -1)
