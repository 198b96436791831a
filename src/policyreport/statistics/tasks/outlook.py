"""Will the list be finished by the deadline if tasks go on closing as before (METHODS §3)?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from policyreport.params.methods import OutlookSettings
from policyreport.records.base import Interval, Refusal, Results
from policyreport.records.tasks import Calibration, Outlook, OutlookAt
from policyreport.statistics.common.draws import JOINT, generator
from policyreport.statistics.common.intervals import ALPHA, wilson
from policyreport.statistics.tasks.counts import TaskCount, gather_inputs, group_by_kind, of_newest_lists
from policyreport.statistics.tasks.frame import read_lists
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
"""Pace as a function of the number of tasks: at an assumed design effect the clustering depends on it."""


def learns_clustering(increments: Sequence[Increment], tasks: int, settings: OutlookSettings) -> bool:
    """Whether the intervals can show how much the predicted tasks finish together.

    Otherwise design effects are assumed and the latest interval alone gives the pace.

    One intraclass correlation is estimated from all intervals. Tasks that finish in groups of one size have a small one
    on a long list and a large one on what remains of it. In simulations, prediction intervals that carry the first over
    to the second cover too little, and so do those of lists so short that the prior on the correlation dominates
    (METHODS §17, outlook).
    """
    at_risk = sum(step.at_risk for step in increments) / len(increments)
    enough = len(increments) >= settings.grid_from_intervals and at_risk >= settings.grid_smallest_list
    return enough and tasks >= settings.grid_smallest_open_share * at_risk


def outlook_of_tasks(lists: pd.DataFrame, settings: OutlookSettings) -> Results[Outlook | Refusal]:
    """Predict whether one area's lists will be finished by their deadlines, if tasks go on closing as before.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`.

    Returns
    -------
    Results of Outlook or Refusal
        For each kind of list one result per required share, or one refusal: whatever `pace_of_tasks` refuses, and
        `no-deadline` where that of the kind's newest list does not lie after its newest date.

    Notes
    -----
    Assumes that the hazard stays constant and no task is added; `with_additions` relaxes the second. Worded "If tasks
    go on closing as in the last 90 days", never "will".

    References
    ----------
    Gneiting, Balabdaoui, Raftery (2007), JRSS B 69:243-268.
    """
    read = read_lists(lists)
    kinds = group_by_kind(read.of_one_area())
    if not kinds:
        return Results([read.not_published(METHOD)])
    outlooks: list[Outlook | Refusal] = []
    for counts in kinds:
        by_share = [
            estimate_outlook(counts, settings, subject=read.subject, deadline=counts[-1].deadline, required_share=share)
            for share in settings.required_shares
        ]
        # A refusal does not depend on the required share.
        outlooks += by_share[:1] if isinstance(by_share[0], Refusal) else by_share
    return Results(outlooks)


def estimate_outlook(
    counts: Sequence[TaskCount],
    settings: OutlookSettings,
    *,
    subject: str,
    deadline: date | None,
    required_share: float,
) -> Outlook | Refusal:
    """Predict the tasks of one area's counts finished by a deadline, and the probability of a required share of all."""
    stretch = collect_stretch(counts, settings.flow, method=METHOD, subject=subject)
    if isinstance(stretch, Refusal):
        return stretch
    increments, newest, inputs = stretch.increments, stretch.newest, gather_inputs(stretch.counts)
    latest = increments[-1]
    if deadline is None or deadline <= latest.end:
        detail = "none in params" if deadline is None else f"{deadline} is not after {latest.end}"
        return Refusal(code="no-deadline", method=METHOD, subject=subject, detail=detail, inputs=inputs)
    completed, total = newest.pair()
    days_left = (deadline - latest.end).days
    all_intervals = learns_clustering(increments, total - completed, settings)
    paces = _choose_paces(increments, total - completed, settings, settings.design_effects)
    situation = _Situation(total, completed, days_left, required_share, settings.inner_level)
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
        verdict=_judge(by_design_effect, settings),
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
    increments: Sequence[Increment], tasks: int, settings: OutlookSettings, design_effects: Sequence[float]
) -> list[tuple[float, PaceOf]]:
    """Pair each design effect with its pace: the estimated one, or assumed ones from the latest interval."""
    if learns_clustering(increments, tasks, settings):
        pace = pace_of_all(increments, settings)
        design_effect = 1 + max(tasks - 1, 0) * float(pace.weights @ pace.intraclass)
        return [(design_effect, lambda _: pace)]
    return [
        (design_effect, partial(pace_of_latest, increments[-1], settings=settings, design_effect=design_effect))
        for design_effect in design_effects
    ]


@dataclass(frozen=True)
class _Situation:
    """State of the list and what is required of it."""

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
    """Tasks added per day over all intervals."""
    return sum(step.additions for step in increments) / sum(step.days for step in increments)


def _judge(outlooks: Sequence[OutlookAt], settings: OutlookSettings) -> Literal["likely", "unlikely", "cannot say"]:
    """One verdict only if every design effect agrees."""
    chances = [outlook.probability_required for outlook in outlooks]
    if min(chances) >= settings.likely_probability:
        return "likely"
    return "unlikely" if max(chances) <= settings.unlikely_probability else "cannot say"


def calibrate_outlook(lists: pd.DataFrame, settings: OutlookSettings) -> Calibration | Refusal:
    """Compare the outlooks that could have been made of areas' newest lists on earlier dates with the outcomes.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`. Only lists counted often enough for one earlier outlook are
        used: others have nothing to compare with the outcomes.

    Returns
    -------
    Calibration or Refusal
        Refused: `lists-differ` for lists of several kinds, `too-few-points` for too few earlier outlooks.

    Notes
    -----
    The origin rolls from date to date; the outlook made there for the tasks at risk in the next interval is compared
    with the tasks finished in it. PIT: F(x − 1) + u·P(x) with u uniform.

    References
    ----------
    Czado, Gneiting, Held (2009), Biometrics 65:1254-1261.
    """
    read = read_lists(lists)
    refuse = partial(Refusal, method=METHOD, subject=f"{read.subject}: earlier outlooks")
    # The intervals behind the first forecast, and one to compare it with.
    dates = settings.calibration_first_interval + 2
    dated = ([count for count in own if count.reference_date] for own in of_newest_lists(read.counts).values())
    series = [own for own in dated if len(own) >= dates]
    if not series:
        return refuse(code="too-few-points", detail=f"no earlier outlook exists: no list was counted on {dates} dates")
    kinds = sorted({count.list_kind or count.list for counts in series for count in counts})
    if len(kinds) > 1:
        return refuse(code="lists-differ", detail=f"{len(kinds)} kinds: {', '.join(kinds)}")
    outcomes: list[tuple[Floats, int]] = []
    for counts in series:
        stretch = collect_stretch(counts, settings.flow, method=METHOD, subject=read.subject)
        increments = () if isinstance(stretch, Refusal) else stretch.increments
        for origin in range(settings.calibration_first_interval, len(increments)):
            behind, target = increments[:origin], increments[origin]
            ((_, pace_of),) = _choose_paces(behind, target.at_risk, settings, [settings.interval_design_effect])
            outcomes.append((predict(pace_of(target.at_risk), target.at_risk, target.days), target.finished))
    if len(outcomes) < settings.calibration_minimum_forecasts:
        detail = f"{len(outcomes)} forecasts, {settings.calibration_minimum_forecasts} needed"
        return refuse(code="too-few-points", detail=detail)
    uniforms = generator(METHOD, read.indicator, "", JOINT).random(len(outcomes))
    return _summarise(outcomes, uniforms, 1 - settings.calibration_level)


def _summarise(outcomes: Sequence[tuple[Floats, int]], uniforms: Floats, alpha: float) -> Calibration:
    """Count outcomes inside their interval and find the PIT of each."""
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
