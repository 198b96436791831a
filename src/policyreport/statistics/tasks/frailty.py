"""The pace of heterogeneous tasks: what it was after the easy ones were finished first (METHODS §20.5).

A task's hazard is the effort times its frailty, gamma with mean 1 and variance θ. Under constant effort the remaining
tasks get ever harder: after a cumulative effort H their hazard is 1/(1 + θH) of a new task's. Tasks added later are
new, so the tasks at risk are a mixture of cohorts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from policyreport.statistics.common.intervals import wilson
from policyreport.statistics.tasks.hazards import HORIZON, Increment

Floats = NDArray[np.float64]

_SEARCHED = 30
"""Grid points on which a change of sign is looked for before the root is refined."""
_ALIKE = 1e-9
"""Variance below which tasks are homogeneous up to rounding."""
_STEPS = 100
_SETTLED = 1e-10


@dataclass(frozen=True)
class RiskSet:
    """Tasks at risk in an interval, by cohort.

    `counts` and `means` are the expected number and mean frailty of each cohort; a new task has mean 1. `variance` is
    θ, that of the frailty relative to its squared mean. Finishing tasks changes a cohort's mean but not θ, a property
    of the gamma distribution.
    """

    counts: Floats
    means: Floats
    variance: float

    def left(self, effort: float) -> Floats:
        """Share of each cohort still open after a cumulative effort."""
        if self.variance < _ALIKE:
            return np.exp(-self.means * effort)
        return np.exp(-np.log1p(self.variance * self.means * effort) / self.variance)

    def finished(self, effort: float) -> float:
        """Share of all tasks at risk finished by a cumulative effort."""
        return 1 - float(self.counts @ self.left(effort) / self.counts.sum())

    def steepness(self, effort: float) -> float:
        """Derivative of `finished`."""
        hazard = self.means / (1 + self.variance * self.means * effort)
        return float(self.counts @ (hazard * self.left(effort)) / self.counts.sum())

    def effort(self, share: float) -> float:
        """Cumulative effort that finishes a share of the tasks; infinite for all of them."""
        if share <= 0 or share >= 1:
            return 0.0 if share <= 0 else np.inf
        # Bracketed by the effort if all tasks were like the easiest cohort and if all were like the hardest.
        alike = -np.log1p(-share)
        one = alike if self.variance < _ALIKE else np.expm1(self.variance * alike) / self.variance
        there = self.means[self.counts > 0]
        low, high = float(one / there.max()), float(one / there.min())
        if high - low <= 1e-12 * high:
            return low
        return float(brentq(lambda effort: self.finished(effort) - share, low, high, xtol=1e-12 * high))

    def next(self, share: float, open_tasks: int, additions: int) -> RiskSet:
        """Tasks at risk in the next interval, once a share of these is finished and new ones are added."""
        effort = self.effort(share)
        left = self.counts * self.left(effort) if np.isfinite(effort) else np.zeros_like(self.counts)
        means = self.means / (1 + self.variance * self.means * effort) if np.isfinite(effort) else self.means
        # Which tasks were finished is unknown, but not how many are left.
        scaled = left * (open_tasks / left.sum()) if left.sum() > 0 else left
        return RiskSet(np.r_[scaled, additions], np.r_[means, 1.0], self.variance)


def risk_sets(increments: Sequence[Increment], *, variance: float) -> tuple[RiskSet, ...]:
    """Follow the tasks of one list through its intervals: one risk set each, additions from the first day.

    Two approximations, neither of which matters where no tasks are added. The tasks of the first count are treated as
    having started together, so that the share completed by then gives the mean frailty (open share)^θ of the rest.
    And each cohort's share of the remaining tasks is set to its expectation.
    """
    first = increments[0]
    listed = first.open_at_start + first.completed_before
    mean = (first.open_at_start / listed) ** variance if first.open_at_start else 1.0
    start = RiskSet(np.array([first.open_at_start, first.additions], float), np.array([mean, 1.0]), variance)
    sets = [start]
    for before, after in pairwise(increments):
        sets.append(sets[-1].next(before.hazard, after.open_at_start, after.additions))
    return tuple(sets)


@dataclass(frozen=True)
class Contrast:
    """Shares finished in 30 days of the tasks at risk in the later of two intervals, and limits of their difference.

    `expected` is what the effort of the earlier interval would finish of them, `observed` what was finished.
    """

    expected: float
    observed: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Observed minus expected."""
        return self.observed - self.expected


def contrast(at_risk: RiskSet, first: Increment, second: Increment, *, design_effect: float = 1.0) -> Contrast:
    """Compare the effort of two intervals on the same tasks, those `at_risk` in the earlier one.

    The counts behind the limits are divided by the design effect φ. At θ = 0 this is the difference of the two 30-day
    hazards, with the limits of `hazards.difference`.

    With A(q) = ((1 − q)^(−θ) − 1)/θ and no additions the efforts are equal where A(q₂)/Δ₂ = (1 − q₁)^θ A(q₁)/Δ₁.
    Each side depends on one interval alone, so the limits combine as in MOVER.
    """

    def expected(share: float) -> float:
        tasks = at_risk.next(share, second.open_at_start, second.additions)
        return tasks.finished(at_risk.effort(share) * HORIZON / first.days) if share < 1 else 1.0

    tasks = at_risk.next(first.hazard, second.open_at_start, second.additions)

    def observed(share: float) -> float:
        return tasks.finished(tasks.effort(share) * HORIZON / second.days) if share < 1 else 1.0

    e1, e2 = expected(first.hazard), observed(second.hazard)
    (l1, u1), (l2, u2) = (
        tuple(map(side, wilson(step.finished / design_effect, step.at_risk / design_effect)))
        for side, step in ((expected, first), (observed, second))
    )
    change = e2 - e1
    return Contrast(e1, e2, change - float(np.hypot(e2 - l2, u1 - e1)), change + float(np.hypot(u2 - e2, e1 - l1)))


def find_zero(value: Callable[[float], float], *, largest: float) -> float | None:
    """Find the smallest variance θ at which a fall vanishes.

    `value` maps θ to a number that is negative while the fall stands. None if it is not negative at θ = 0, or still is
    at the largest θ.
    """
    points = np.r_[0.0, np.geomspace(largest / 1000, largest, _SEARCHED)]
    if value(0.0) >= 0:
        return None
    for low, high in pairwise(points.tolist()):
        if value(high) >= 0:
            return float(brentq(value, low, high, xtol=1e-8))
    return None


def fit_slope(
    increments: Sequence[Increment], sets: Sequence[RiskSet], design: ArrayLike
) -> tuple[float, float, float] | None:
    """Fit the trend of the log effort rather than of the log hazard of the remaining tasks.

    `sets` are the risk sets of the intervals, in order; `design`, shape (K, 2), has a constant and time. Returns the
    slope, its standard error and the dispersion; None if the fit does not converge.

    Quasi-binomial scoring: the mean of an interval is what its risk set finishes at the effort exp(Xβ)·Δ, given
    what was finished before. Without additions the link is Aranda-Ordaz's, log(((1 − μ)^(−θ) − 1)/θ), with offset
    ln of mean frailty times Δ: complementary log-log at θ = 0, logit at θ = 1.

    See Heckman, Singer (1984), Econometrica 52:271-320; Aranda-Ordaz (1981), Biometrika 68:357-363.
    """
    d, m, days = (
        np.array([getattr(step, name) for step in increments], dtype=float) for name in ("finished", "at_risk", "days")
    )
    x = np.asarray(design, dtype=float)
    efforts = [each.effort((done + 0.5) / (at_risk + 1)) for each, done, at_risk in zip(sets, d, m, strict=True)]
    beta = np.linalg.lstsq(x, np.log(efforts) - np.log(days), rcond=None)[0]
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            effort = np.exp(x @ beta) * days
            mean = np.array([each.finished(value) for each, value in zip(sets, effort, strict=True)])
            steep = effort * [each.steepness(value) for each, value in zip(sets, effort, strict=True)]
            weight = m * steep**2 / (mean * (1 - mean))
            if not np.isfinite(weight).all() or not (weight > 0).all():
                return None
            information = x.T @ (weight[:, None] * x)
            step = np.linalg.solve(information, x.T @ (weight * (d / m - mean) / steep))
            beta = beta + step
            if np.abs(step).max() < _SETTLED:
                dispersion = float((m * (d / m - mean) ** 2 / (mean * (1 - mean))).sum() / (len(d) - x.shape[1]))
                error = float(np.sqrt(dispersion * np.linalg.inv(information)[1, 1]))
                return float(beta[1]), error, dispersion
    return None
