"""Progress towards a dated target: rates, ratios and bands in two forms, scenario lines, the drift fan (METHODS §6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from policyreport.records.base import Interval, Refusal
from policyreport.records.shares import FanPoint, Scenario

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


def last_run(values: Mapping[int, float]) -> dict[int, float]:
    """Select the consecutive years that end with the latest one."""
    first = last = max(values)
    while first - 1 in values:
        first -= 1
    return {year: values[year] for year in range(first, last + 1)}


def drift_fan(
    values: Mapping[int, float], to_year: int, *, minimum_points: int, levels: tuple[float, float]
) -> tuple[FanPoint, ...] | Refusal:
    """Extrapolate the mean yearly change, with the spread of the yearly changes: one point a year after the latest.

    Only the years after the last gap are used; fewer than `minimum_points` are refused as `too-few-points`. `levels`
    are the inner and the outer one, shares of 1.

    g = (y_n − y_1)/(n − 1), σ = SD of the n − 1 differences; y_n + h g ± t_{n−2} σ √(h (1 + h/(n − 1))).
    """
    run = last_run(values)
    n = len(run)
    if n < minimum_points:
        detail = f"{n} of {minimum_points} consecutive years"
        return Refusal(code="too-few-points", method="pace", subject="fan", detail=detail)
    y = np.array(list(run.values()))
    changes = np.diff(y)
    latest = max(run)

    def at(year: int) -> FanPoint:
        ahead = year - latest
        centre = float(y[-1] + ahead * changes.mean())
        spread = float(changes.std(ddof=1) * np.sqrt(ahead * (1 + ahead / (n - 1))))
        inner, outer = (_around(centre, spread * float(stats.t.ppf((1 + c) / 2, n - 2)), c) for c in levels)
        return FanPoint(year=year, centre=centre, interval80=inner, interval95=outer)

    return tuple(at(year) for year in range(latest + 1, to_year + 1))


def scenario_lines(values: Mapping[int, float], stretch: Stretch, goal: Goal) -> tuple[Scenario, ...]:
    """Draw the lines from the latest value: at both paces, at the largest yearly gain, and as required.

    Empty once the target's year has come. A line that does not exist (growth of values ≤ 0, no two neighbouring years)
    is omitted.
    """
    years = tuple(range(stretch.end_year, goal.year + 1))
    if len(years) < 2:
        return ()
    y1 = stretch.end
    ahead = range(len(years))
    required = (goal.target - y1) / (len(years) - 1)
    pace, growth = stretch.rate("pp"), stretch.rate("cagr")
    gains = [goal.direction * (values[year] - values[year - 1]) for year in sorted(values) if year - 1 in values]
    lines: dict[str, list[float]] = {}
    if pace is not None:
        lines["pp pace"] = [y1 + h * pace for h in ahead]
    if growth is not None:
        lines["cagr pace"] = [y1 * (1 + growth) ** h for h in ahead]
    if gains:
        lines["largest gain"] = [y1 + h * goal.direction * max(gains) for h in ahead]
    lines["required"] = [y1 + h * required for h in ahead]
    return tuple(
        Scenario.model_validate({"name": name, "years": years, "values": line}) for name, line in lines.items()
    )


def _around(centre: float, half: float, level: float) -> Interval:
    return Interval(low=centre - half, high=centre + half, level=level)
