"""Hazards of finishing a task between two dates, put on the common scale of 30 days (METHODS §2)."""

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
    """What happened on one list between two exact dates.

    Parameters
    ----------
    start, end : date
        Reference dates.
    open_at_start : int
        Tasks not completed on the first date.
    additions : int
        Tasks added until the second date.
    finished : int
        Tasks completed between the dates.
    completed_before : int
        Tasks on the list that were completed by the first date.
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
        """Wilson limits of the 30-day hazard at a design effect.

        Parameters
        ----------
        design_effect : float
            φ: the limits are those of d/φ of m/φ.

        Returns
        -------
        tuple of float
            Lower and upper limit, shares of 1.
        """
        low, high = wilson(self.finished / design_effect, self.at_risk / design_effect)
        return rescale(low, self.days), rescale(high, self.days)


def join(first: Increment, second: Increment) -> Increment:
    """Read two successive intervals as one; hazards compose, additions count from its first day."""
    return Increment(
        first.start,
        second.end,
        first.open_at_start,
        first.additions + second.additions,
        first.finished + second.finished,
        first.completed_before,
    )


def rescale(share: float, days: float, *, to_days: float = HORIZON) -> float:
    """Carry a share finished in some days over to another number of days at a constant rate.

    Parameters
    ----------
    share : float
        Share finished, 0 … 1.
    days, to_days : float
        Days it took, days wanted.

    Returns
    -------
    float
        1 − (1 − share)^(to_days/days).
    """
    return 1.0 if share >= 1 else -math.expm1(math.log1p(-share) * to_days / days)


def rescale_uniform(share: float, increment: Increment) -> float:
    """Compute the 30-day hazard if additions had entered evenly over the interval.

    Parameters
    ----------
    share : float
        Share of the tasks at risk that were finished, or one of its limits.
    increment : Increment
        The interval.

    Returns
    -------
    float
        Share finished in 30 days.

    Notes
    -----
    Solves [o(1 − e^(−hΔ)) + a(1 − (1 − e^(−hΔ))/(hΔ))]/m = q for h. A task added evenly over Δ days is
    exposed for half the time on average, so the hazard is above that of additions on the first day.
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
    """Put one interval into its record.

    Parameters
    ----------
    increment : Increment
        An interval with at least one task at risk.

    Returns
    -------
    FlowStep
        Hazards with their Wilson limits, under the three ways additions may have entered.
    """
    low, high = wilson(increment.finished, increment.at_risk)
    low30, high30 = increment.limits30()
    # More may be finished than was open: then some additions were, and the last-day bound is 1.
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
    """Compare two intervals' 30-day hazards.

    Parameters
    ----------
    first, second : Increment
        Earlier and later interval.
    design_effect : float
        φ dividing the counts behind the limits.

    Returns
    -------
    tuple of float
        Second minus first, and the interval's lower and upper limit.

    Notes
    -----
    MOVER: D − √((e₂ − l₂)² + (u₁ − e₁)²), D + √((u₂ − e₂)² + (e₁ − l₁)²), with Wilson limits l, u; equal
    to Newcombe's method 10 where both intervals have equal length.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:873-890; Zou, Donner (2008), ibid. 27:1693-1702.
    """
    e1, e2 = first.hazard30, second.hazard30
    (l1, u1), (l2, u2) = first.limits30(design_effect), second.limits30(design_effect)
    change = e2 - e1
    return change, change - math.hypot(e2 - l2, u1 - e1), change + math.hypot(u2 - e2, e1 - l1)


def find_largest_design_effect(first: Increment, second: Increment, *, limit: float) -> float | None:
    """Find the largest design effect at which two hazards can still be told apart.

    Parameters
    ----------
    first, second : Increment
        Earlier and later interval.
    limit : float
        Where the search ends.

    Returns
    -------
    float or None
        φ from 1 to `limit` (also for more); None if the interval holds 0 even at φ = 1.
    """

    def distance(design_effect: float) -> float:
        """How far the interval stays from 0; negative where it holds 0."""
        change, low, high = difference(first, second, design_effect)
        return low if change > 0 else -high

    if distance(1.0) <= 0:
        return None
    return limit if distance(limit) > 0 else float(brentq(distance, 1.0, limit))


def flag_suspect(before: Increment, after: Increment, *, suspect_ratio: float) -> Flag | None:
    """Flag neighbouring intervals whose daily hazards are too far apart for one way of counting.

    Parameters
    ----------
    before, after : Increment
        Neighbouring intervals.
    suspect_ratio : float
        Ratio of the daily hazards beyond which the basis is suspect.

    Returns
    -------
    Flag or None
        `basis-suspect` with both hazards, or None.

    Notes
    -----
    A hazard of 0 (or an infinite one) has no ratio to another; the Wilson limit nearest to the other stands
    in, so that a short quiet interval does not accuse the list.
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
    """The daily hazard, or at 0 and infinity the finite Wilson limit."""
    if 0 < increment.finished < increment.at_risk:
        return increment.daily_hazard
    low, high = wilson(increment.finished, increment.at_risk)
    return -math.log1p(-(high if increment.finished == 0 else low)) / increment.days
