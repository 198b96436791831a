"""Hazards of finishing a task between two dates, on the common scale of 30 days (METHODS §2)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from scipy.optimize import brentq

from policyreport.records.base import Flag, Interval
from policyreport.records.tasks import FlowStep
from policyreport.statistics.common.intervals import wilson

HORIZON = 30
"""Days of the hazard that is compared and plotted (METHODS §2)."""


@dataclass(frozen=True)
class Increment:
    """What happened on one list between two exact reference dates.

    `open_at_start` tasks were not completed on the first date, `additions` were added by the second, `finished` were
    completed between them; `completed_before` were already completed on the first.
    """

    start: date
    end: date
    open_at_start: int
    additions: int
    finished: int
    completed_before: int = 0

    @property
    def days(self) -> int:
        """Days between the dates."""
        return (self.end - self.start).days

    @property
    def at_risk(self) -> int:
        """Tasks that could have been finished."""
        return self.open_at_start + self.additions

    @property
    def hazard(self) -> float:
        """Share of the tasks at risk that were finished."""
        return self.finished / self.at_risk

    @cached_property
    def daily_hazard(self) -> float:
        """Constant daily rate with the same share finished; infinite where all were."""
        return math.inf if self.finished == self.at_risk else -math.log1p(-self.hazard) / self.days

    @cached_property
    def hazard30(self) -> float:
        """Share finished in 30 days at that rate."""
        return rescale(self.hazard, self.days)

    def limits30(self, design_effect: float = 1.0) -> tuple[float, float]:
        """Wilson limits of the 30-day hazard: those of finished/φ of at_risk/φ."""
        low, high = wilson(self.finished / design_effect, self.at_risk / design_effect)
        return rescale(low, self.days), rescale(high, self.days)


def join(first: Increment, second: Increment) -> Increment:
    """Merge two successive intervals; hazards compose, additions count from the first day."""
    return Increment(
        first.start,
        second.end,
        first.open_at_start,
        first.additions + second.additions,
        first.finished + second.finished,
        first.completed_before,
    )


def rescale(share: float, days: float) -> float:
    """Convert a share finished in `days` to 30 days at a constant rate: 1 − (1 − share)^(30/days)."""
    return 1.0 if share >= 1 else -math.expm1(math.log1p(-share) * HORIZON / days)


def rescale_uniform(share: float, increment: Increment) -> float:
    """Compute the 30-day hazard if additions had entered evenly over the interval.

    Solves [o(1 − e^(−hΔ)) + a(1 − (1 − e^(−hΔ))/(hΔ))]/m = q for h, with q the share finished or one of its limits. A
    task added evenly over Δ days is exposed for half of them on average, so this hazard exceeds the one that assumes
    additions on the first day.
    """
    if share <= 0 or share >= 1:
        return float(share >= 1)
    o, a, m = increment.open_at_start, increment.additions, increment.at_risk

    def excess(exposure: float) -> float:
        """Share finished at hΔ = exposure, minus the share observed."""
        finished = -math.expm1(-exposure)
        return (o * finished + a * (1 - finished / exposure)) / m - share

    upper = 1.0
    while excess(upper) < 0:
        upper *= 2
    exposure = float(brentq(excess, 1e-12, upper, xtol=1e-14))
    return -math.expm1(-exposure * HORIZON / increment.days)


def describe_step(increment: Increment) -> FlowStep:
    """Describe an interval with tasks at risk: hazards and Wilson limits under three assumptions about additions."""
    low, high = wilson(increment.finished, increment.at_risk)
    low30, high30 = increment.limits30()
    # If more were finished than were open, some additions were too, and the last-day bound is 1.
    finished_of_open = min(increment.finished / max(increment.open_at_start, 1e-300), 1.0)
    return FlowStep(
        start=increment.start,
        end=increment.end,
        days=increment.days,
        open_at_start=increment.open_at_start,
        additions=increment.additions,
        finished=increment.finished,
        at_risk=increment.at_risk,
        hazard=increment.hazard,
        hazard_interval=Interval(low=low, high=high),
        daily_hazard=increment.daily_hazard if math.isfinite(increment.daily_hazard) else None,
        hazard30=increment.hazard30,
        hazard30_interval=Interval(low=low30, high=high30),
        hazard30_uniform=rescale_uniform(increment.hazard, increment),
        hazard30_uniform_interval=Interval(low=rescale_uniform(low, increment), high=rescale_uniform(high, increment)),
        hazard30_last_day=rescale(finished_of_open, increment.days),
    )


def difference(first: Increment, second: Increment, design_effect: float = 1.0) -> tuple[float, float, float]:
    """Compare the 30-day hazards of two intervals: second minus first, and its limits at counts divided by φ.

    MOVER: D − √((e₂ − l₂)² + (u₁ − e₁)²), D + √((u₂ − e₂)² + (e₁ − l₁)²), with Wilson limits l, u; equal
    to Newcombe's method 10 where both intervals have equal length.

    See Newcombe (1998), Statistics in Medicine 17:873-890; Zou, Donner (2008), ibid. 27:1693-1702.
    """
    e1, e2 = first.hazard30, second.hazard30
    (l1, u1), (l2, u2) = first.limits30(design_effect), second.limits30(design_effect)
    change = e2 - e1
    return change, change - math.hypot(e2 - l2, u1 - e1), change + math.hypot(u2 - e2, e1 - l1)


def find_largest_design_effect(first: Increment, second: Increment, *, limit: float) -> float | None:
    """Find the largest φ, from 1 to `limit`, at which two hazards still differ; None if they do not even at φ = 1.

    A result of `limit` stands for larger values too.
    """

    def distance(design_effect: float) -> float:
        """Distance of the interval from 0; negative where it contains 0."""
        change, low, high = difference(first, second, design_effect)
        return low if change > 0 else -high

    if distance(1.0) <= 0:
        return None
    return limit if distance(limit) > 0 else float(brentq(distance, 1.0, limit))


def flag_suspect(before: Increment, after: Increment, *, suspect_ratio: float) -> Flag | None:
    """Flag `basis-suspect` where the daily hazards of neighbouring intervals differ by more than `suspect_ratio`.

    A hazard of 0 or infinity has no ratio; the Wilson limit nearest to the other takes its place, so that a short quiet
    interval does not raise the flag.
    """
    extremes = {0: "none", before.at_risk: "all"}, {0: "none", after.at_risk: "all"}
    kinds = extremes[0].get(before.finished), extremes[1].get(after.finished)
    if kinds[0] is not None and kinds[0] == kinds[1]:
        return None
    rates = [_comparable_rate(before), _comparable_rate(after)]
    if max(rates) <= suspect_ratio * min(rates):
        return None
    return Flag(code="basis-suspect", detail=f"daily hazards {rates[0]:.4f} and {rates[1]:.4f}")


def _comparable_rate(increment: Increment) -> float:
    """The daily hazard, or the finite Wilson limit where it is 0 or infinite."""
    if 0 < increment.finished < increment.at_risk:
        return increment.daily_hazard
    low, high = wilson(increment.finished, increment.at_risk)
    return -math.log1p(-(high if increment.finished == 0 else low)) / increment.days
