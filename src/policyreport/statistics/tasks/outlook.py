"""Will the list be finished by the deadline, if tasks go on closing as before (METHODS §3)?"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

import numpy as np

from policyreport.records.base import Interval, Refusal
from policyreport.records.tasks import Calibration, Outlook, OutlookAt
from policyreport.statistics.common.draws import JOINT, generator
from policyreport.statistics.common.intervals import ALPHA, wilson
from policyreport.statistics.tasks.counts import TaskCount, gather_inputs
from policyreport.statistics.tasks.hazards import Increment, rescale
from policyreport.statistics.tasks.predictive import (
    Floats,
    Pace,
    find_quantile,
    pace_of_all,
    pace_of_latest,
    predict,
    predict_with_additions,
)
from policyreport.statistics.tasks.stretch import collect_stretch

METHOD = "outlook"

PaceOf = Callable[[int], Pace]
"""Pace by the number of tasks it is for: at an assumed design effect the clustering depends on it."""


@dataclass(frozen=True)
class PaceRules:
    """How the pace of a prediction is found.

    Parameters
    ----------
    prior_shape, quantile_points, largest_intraclass : float, int, float
        Of the latest interval, see `predictive.pace_of_latest`.
    grid_from_intervals : int
        Fewest intervals that clustering is learnt from.
    grid_smallest_list : float
        Fewest tasks at risk in the mean interval.
    grid_smallest_open_share : float
        Smallest number of tasks to predict, as a share of the mean number at risk.
    grid_points, intraclass_prior : int, tuple of float
        Of all intervals, see `predictive.pace_of_all`.
    """

    prior_shape: float
    quantile_points: int
    largest_intraclass: float
    grid_from_intervals: int
    grid_smallest_list: float
    grid_smallest_open_share: float
    grid_points: int
    intraclass_prior: tuple[float, float]

    def estimate_clustering(self, increments: Sequence[Increment], tasks: int) -> bool:
        """Say whether the intervals behind a prediction can tell how much its tasks finish together.

        Parameters
        ----------
        increments : sequence of Increment
            Intervals of one list.
        tasks : int
            N, tasks the prediction is for.

        Returns
        -------
        bool
            Else design effects are assumed, and the latest interval alone gives the pace.

        Notes
        -----
        One intraclass correlation is learnt from all intervals. Tasks that finish in groups of one size give a small
        one on a long list and a large one on what is left of it: simulated intervals that carry the first over to the
        second hold too little, and so do those of lists so short that the prior on the correlation outweighs them
        (METHODS §17, outlook).
        """
        at_risk = sum(step.at_risk for step in increments) / len(increments)
        enough = len(increments) >= self.grid_from_intervals and at_risk >= self.grid_smallest_list
        return enough and tasks >= self.grid_smallest_open_share * at_risk


def assess(
    counts: Sequence[TaskCount],
    *,
    subject: str,
    deadline: date | None,
    required_share: float,
    design_effects: Sequence[float],
    inner_level: float,
    likely_probability: float,
    unlikely_probability: float,
    rules: PaceRules,
    minimum_days: int,
    suspect_ratio: float,
) -> Outlook | Refusal:
    """Predict the tasks finished by the deadline and the chance of a required share.

    Parameters
    ----------
    counts : sequence of TaskCount
        One area's counts.
    subject : str
        What was asked, for a refusal.
    deadline : date or None
        Day by which the share is required; None where params name none.
    required_share : float
        s*, share of all tasks.
    design_effects : sequence of float
        φ of the predictions where the clustering cannot be estimated.
    inner_level : float
        Level of the second, shorter interval of each prediction.
    likely_probability, unlikely_probability : float
        Probabilities from which, at every design effect, the verdict is *likely* or *unlikely*.
    rules : PaceRules
        How the pace is found.
    minimum_days, suspect_ratio : int, float
        See `stretch.collect_stretch`.

    Returns
    -------
    Outlook or Refusal
        Everything `flow` refuses, and `no-deadline` where there is none after the newest date.

    Raises
    ------
    DataError
        If a part exceeds its whole.

    Notes
    -----
    Assumes that the hazard goes on and no task is added; `with_additions` relaxes the second. "If tasks go
    on closing as in the last 90 days", never "will".

    References
    ----------
    Gneiting, Balabdaoui, Raftery (2007), JRSS B 69:243-268.
    """
    stretch = collect_stretch(
        counts, method=METHOD, subject=subject, minimum_days=minimum_days, suspect_ratio=suspect_ratio
    )
    if isinstance(stretch, Refusal):
        return stretch
    increments, newest, inputs = stretch.increments, stretch.newest, gather_inputs(stretch.counts)
    latest = increments[-1]
    if deadline is None or deadline <= latest.end:
        detail = "none in params" if deadline is None else f"{deadline} is not after {latest.end}"
        return Refusal(code="no-deadline", method=METHOD, subject=subject, detail=detail, inputs=inputs)
    completed, total = newest.pair()
    days_left = (deadline - latest.end).days
    all_intervals = rules.estimate_clustering(increments, total - completed)
    paces = _choose_paces(increments, total - completed, design_effects, rules, all_intervals=all_intervals)
    situation = _Situation(total, completed, days_left, required_share, inner_level)
    additions = round(days_left * _mean_inflow(increments))
    by_design_effect = tuple(situation.predict(phi, pace) for phi, pace in paces)
    return Outlook(
        area=newest.area,
        list=newest.list,
        deadline=deadline,
        required_share=required_share,
        open_tasks=total - completed,
        days_left=days_left,
        by_design_effect=by_design_effect,
        hazard_needed30=situation.hazard_needed30(),
        hazard_observed30=paces[0][1](total).hazard30 if all_intervals else latest.hazard30,
        verdict=_judge(by_design_effect, likely_probability, unlikely_probability),
        total=total,
        completed=completed,
        days_observed=(latest.end - increments[0].start).days if all_intervals else latest.days,
        basis="all intervals" if all_intervals else "latest interval",
        additions=additions,
        with_additions=tuple(situation.predict(phi, pace, additions) for phi, pace in paces if additions),
        flags=stretch.flags,
        inputs=inputs,
    )


def _choose_paces(
    increments: Sequence[Increment],
    tasks: int,
    design_effects: Sequence[float],
    rules: PaceRules,
    *,
    all_intervals: bool,
) -> list[tuple[float, PaceOf]]:
    """Pair each design effect with its pace: the estimated one, or assumed ones from the latest interval."""
    if all_intervals:
        pace = pace_of_all(increments, grid_points=rules.grid_points, intraclass_prior=rules.intraclass_prior)
        design_effect = 1 + max(tasks - 1, 0) * float(pace.weights @ pace.intraclass)
        return [(design_effect, lambda _: pace)]
    return [
        (
            design_effect,
            partial(
                pace_of_latest,
                increments[-1],
                design_effect=design_effect,
                prior_shape=rules.prior_shape,
                quantile_points=rules.quantile_points,
                largest_intraclass=rules.largest_intraclass,
            ),
        )
        for design_effect in design_effects
    ]


@dataclass(frozen=True)
class _Situation:
    """Where the list stands and what is required of it."""

    total: int
    completed: int
    days_left: int
    required_share: float
    inner_level: float

    def predict(self, design_effect: float, pace_of: PaceOf, additions: int = 0) -> OutlookAt:
        """Predict at one design effect, with or without new tasks."""
        open_tasks, total = self.total - self.completed, self.total + additions
        pace = pace_of(open_tasks)
        if additions:
            later = pace_of(additions)
            chances = predict_with_additions(pace, open_tasks, self.days_left, later, additions)
        else:
            chances = predict(pace, open_tasks, self.days_left)
        mean = float(chances @ np.arange(len(chances)))
        # The subtraction keeps 0.95 · 100 − 90 from rounding up to 6.
        needed = max(math.ceil(self.required_share * total - self.completed - 1e-9), 0)
        return OutlookAt(
            design_effect=design_effect,
            mean_finished=mean,
            interval=_interval(chances, ALPHA),
            inner_interval=_interval(chances, 1 - self.inner_level),
            probability_required=float(min(chances[needed:].sum(), 1.0)),
            expected_share=min((self.completed + mean) / total, 1.0),
        )

    def hazard_needed30(self) -> float:
        """The 30-day hazard at which the required share is reached in expectation."""
        open_tasks = self.total - self.completed
        missing = self.required_share * self.total - self.completed
        return rescale(missing / open_tasks, self.days_left) if missing > 0 else 0.0


def _interval(chances: Floats, alpha: float) -> Interval:
    """The interval between the quantiles at α/2 and 1 − α/2."""
    low, high = (find_quantile(chances, level) for level in (alpha / 2, 1 - alpha / 2))
    return Interval(low=low, high=high, level=1 - alpha)


def _mean_inflow(increments: Sequence[Increment]) -> float:
    """Tasks added a day over all intervals."""
    return sum(step.additions for step in increments) / sum(step.days for step in increments)


def _judge(
    outlooks: Sequence[OutlookAt], likely: float, unlikely: float
) -> Literal["likely", "unlikely", "cannot say"]:
    """One word only if every design effect agrees on it."""
    chances = [outlook.probability_required for outlook in outlooks]
    if min(chances) >= likely:
        return "likely"
    return "unlikely" if max(chances) <= unlikely else "cannot say"


def calibrate(
    series: Sequence[Sequence[TaskCount]],
    *,
    subject: str,
    indicator: str,
    measure: str,
    interval_design_effect: float,
    rules: PaceRules,
    minimum_days: int,
    suspect_ratio: float,
    calibration_first_interval: int,
    calibration_minimum_forecasts: int,
    calibration_level: float,
) -> Calibration | Refusal:
    """Hold earlier outlooks against what came, over all lists of one kind.

    Parameters
    ----------
    series : sequence of sequences of TaskCount
        Counts by area; areas without a flow are passed over.
    subject : str
        What was asked, for a refusal.
    indicator, measure : str
        Ids; they seed the randomised PIT.
    interval_design_effect : float
        φ of the outlooks whose clustering is not estimated.
    rules : PaceRules
        How the pace is found.
    minimum_days, suspect_ratio : int, float
        See `assess`.
    calibration_first_interval : int
        Intervals behind the first forecast of a list.
    calibration_minimum_forecasts : int
        Fewest forecasts.
    calibration_level : float
        Level of the interval that is checked.

    Returns
    -------
    Calibration or Refusal
        `lists-differ` for lists of several kinds, `too-few-points` for too few forecasts.

    Raises
    ------
    DataError
        If a part exceeds its whole.

    Notes
    -----
    The origin rolls from one date to the next; the outlook made there for the tasks at risk in the next
    interval is held against the tasks finished in it. PIT: F(x − 1) + u·P(x) with u uniform.

    References
    ----------
    Czado, Gneiting, Held (2009), Biometrics 65:1254-1261.
    """
    kinds = sorted({count.list_kind or count.list for counts in series for count in counts})
    if len(kinds) > 1:
        detail = f"{len(kinds)} kinds: {', '.join(kinds)}"
        return Refusal(code="lists-differ", method=METHOD, subject=subject, detail=detail)
    outcomes: list[tuple[Floats, int]] = []
    for counts in sorted(series, key=lambda counts: counts[0].area if counts else ""):
        stretch = collect_stretch(
            counts, method=METHOD, subject=subject, minimum_days=minimum_days, suspect_ratio=suspect_ratio
        )
        increments = () if isinstance(stretch, Refusal) else stretch.increments
        for origin in range(calibration_first_interval, len(increments)):
            behind, target = increments[:origin], increments[origin]
            ((_, pace_of),) = _choose_paces(
                behind,
                target.at_risk,
                (interval_design_effect,),
                rules,
                all_intervals=rules.estimate_clustering(behind, target.at_risk),
            )
            outcomes.append((predict(pace_of(target.at_risk), target.at_risk, target.days), target.finished))
    if len(outcomes) < calibration_minimum_forecasts:
        detail = f"{len(outcomes)} forecasts, {calibration_minimum_forecasts} needed"
        return Refusal(code="too-few-points", method=METHOD, subject=subject, detail=detail)
    uniforms = generator(METHOD, indicator, measure, JOINT).random(len(outcomes))
    return _summarise(outcomes, uniforms, 1 - calibration_level)


def _summarise(outcomes: Sequence[tuple[Floats, int]], uniforms: Floats, alpha: float) -> Calibration:
    """Count outcomes inside their interval and place each in its predictive distribution."""
    intervals = [_interval(chances, alpha) for chances, _ in outcomes]
    inside = sum(each.low <= x <= each.high for each, (_, x) in zip(intervals, outcomes, strict=True))
    low, high = wilson(inside, len(outcomes))
    pit = [
        min(float(chances[:x].sum() + u * chances[x]), 1.0) for (chances, x), u in zip(outcomes, uniforms, strict=True)
    ]
    return Calibration(
        forecasts=len(outcomes),
        inside=inside,
        share_inside=inside / len(outcomes),
        interval=Interval(low=low, high=high),
        pit=tuple(pit),
    )
