"""How fast are tasks finished, and did the pace change (METHODS §2)?"""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from policyreport.params.methods import FlowSettings
from policyreport.records.base import Interval, Refusal, Results
from policyreport.records.tasks import ChangeAt, ChangeAtFrailty, Flow, FlowChange, FlowTrend
from policyreport.statistics.tasks.counts import TaskCount, gather_inputs, group_by_kind
from policyreport.statistics.tasks.frailty import Contrast, contrast, find_zero, risk_sets
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.hazard_trend import fit_trend
from policyreport.statistics.tasks.hazards import Increment, describe_step, difference, find_largest_design_effect
from policyreport.statistics.tasks.stretch import collect_stretch

METHOD = "flow"


def pace_of_tasks(lists: pd.DataFrame, settings: FlowSettings) -> Results[Flow | Refusal]:
    """Measure the pace at which one area's tasks are finished, for each kind of list.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`.

    Returns
    -------
    Results of Flow or Refusal
        One result per kind of list that was counted again, or per kind where none was; a pace needs two exact dates of
        one list. Refused: `not-published`, `projection-only`, `bound-only`, `date-approximate`, `too-few-points`,
        `list-changed` or `interval-too-short`; change and trend may be refused on their own.

    Notes
    -----
    A verdict on the change asks that its interval excludes 0 at the settings' design effect or, where there is a trend,
    at max(its dispersion, 1); *slower* and *falling* must also survive the settings' frailty.
    Exposure runs from reference date to reference date. A rush at the end of the year is not separated from speed.
    No model is fitted to the cumulative shares, whose errors are dependent.
    """
    read = read_lists(lists)
    kinds = group_by_kind(read.of_one_area(context=True))
    if not kinds:
        return Results([read.not_published(METHOD)])
    return Results(estimate_flow(counts, settings, subject=read.subject) for counts in kinds)


def estimate_flow(counts: Sequence[TaskCount], settings: FlowSettings, *, subject: str) -> Flow | Refusal:
    """Measure the pace in the unbroken stretch of one area's counts that ends with the newest."""
    stretch = collect_stretch(counts, settings, method=METHOD, subject=subject)
    if isinstance(stretch, Refusal):
        return stretch
    increments = stretch.increments
    trend = fit_trend(increments, settings, method=METHOD, subject=f"{subject}: trend")
    # A design effect below 1 would claim more precision than independent tasks allow.
    effect = max(trend.dispersion, 1.0) if isinstance(trend, FlowTrend) else settings.verdict_design_effect
    return Flow(
        area=stretch.newest.area,
        list=stretch.newest.list,
        steps=tuple(describe_step(step) for step in increments),
        change=_assess_change(increments, settings, effect, subject),
        trend=trend,
        joined=stretch.joined,
        left_out=stretch.left_out,
        flags=stretch.flags,
        inputs=gather_inputs(stretch.counts),
    )


def _assess_change(
    increments: Sequence[Increment], settings: FlowSettings, verdict_design_effect: float, subject: str
) -> FlowChange | Refusal:
    """Compare the last two intervals."""
    if len(increments) < 2 or increments[-2].end != increments[-1].start:
        detail = f"{len(increments)} interval(s), 2 successive ones needed"
        return Refusal(code="too-few-points", method=METHOD, subject=f"{subject}: change", detail=detail)
    first, second = increments[-2:]

    def interval(design_effect: float) -> Interval:
        _, low, high = difference(first, second, design_effect)
        return Interval(low=low, high=high)

    def unlike(variance: float) -> Contrast:
        at_risk = risk_sets(increments[:-1], variance=variance)[-1]
        return contrast(at_risk, first, second, design_effect=verdict_design_effect)

    judged = interval(verdict_design_effect)
    return FlowChange(
        difference=difference(first, second)[0],
        interval=interval(1.0),
        by_design_effect=tuple(ChangeAt(design_effect=phi, interval=interval(phi)) for phi in settings.design_effects),
        largest_design_effect=find_largest_design_effect(first, second, limit=settings.largest_design_effect),
        verdict_design_effect=verdict_design_effect,
        verdict_interval=judged,
        by_frailty=tuple(_at_frailty(variance, unlike(variance)) for variance in settings.frailties),
        frailty_vanishes=find_zero(lambda variance: unlike(variance).difference, largest=settings.largest_frailty),
        verdict_frailty=settings.verdict_frailty,
        verdict=_judge_change(judged, unlike(settings.verdict_frailty)),
    )


def _judge_change(alike: Interval, unlike: Contrast) -> Literal["faster", "slower", "no clear change"]:
    """Slower only if heterogeneous tasks would not give the same result; they can only hide that it is faster."""
    if alike.low > 0:
        return "faster"
    return "slower" if alike.high < 0 and unlike.high < 0 else "no clear change"


def _at_frailty(variance: float, found: Contrast) -> ChangeAtFrailty:
    return ChangeAtFrailty(
        frailty=variance,
        expected=found.expected,
        difference=found.difference,
        interval=Interval(low=found.low, high=found.high),
    )
