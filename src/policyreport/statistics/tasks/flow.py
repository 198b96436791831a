"""How fast are tasks finished, and did the pace change (METHODS §2)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Literal

from policyreport.params.methods import FlowSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.tasks import (
    ChangeAt,
    ChangeAtFrailty,
    Flow,
    FlowChange,
    FlowTrend,
    ListCount,
    ListStep,
    QuarterOnQuarter,
)
from policyreport.statistics.tasks.counts import TaskCount, check_part, flag_short_sum, gather_inputs
from policyreport.statistics.tasks.frailty import Contrast, contrast, find_zero, risk_sets
from policyreport.statistics.tasks.hazard_trend import fit_trend
from policyreport.statistics.tasks.hazards import (
    Increment,
    describe_step,
    difference,
    find_largest_design_effect,
    flag_suspect,
)
from policyreport.statistics.tasks.list_bounds import bound_step, without_recurring
from policyreport.statistics.tasks.stretch import collect_stretch, find_break

METHOD = "flow"


def assess(counts: Sequence[TaskCount], settings: FlowSettings, *, subject: str) -> Flow | Refusal:
    """Measure the pace of completion within one list, its last change and its trend.

    Parameters
    ----------
    counts
        One area's counts; the unbroken stretch that ends with the newest is used.

    Returns
    -------
    Flow or Refusal
        `not-published`, `projection-only`, `bound-only`, `date-approximate`, `too-few-points`, `list-changed` or
        `interval-too-short`; change and trend may be refused on their own.

    Notes
    -----
    A verdict on the change asks that its interval excludes 0 at the settings' design effect or, where there is a trend,
    at max(its dispersion, 1); *slower* and *falling* must also survive the settings' frailty.
    Exposure runs from reference date to reference date. A rush at the end of the year is not separated from speed.
    No model is fitted to the cumulative shares, whose errors are dependent.
    """
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


def quarter_on_quarter(
    counts: Sequence[ListCount],
    settings: FlowSettings,
    *,
    area: str,
    subject: str,
    basis_changes: Mapping[date, str],
) -> QuarterOnQuarter | Refusal:
    """Lay out counts of one or several lists date by date, with the condition under which each step may be compared.

    Parameters
    ----------
    counts
        Counts as printed; lists may differ. More completed than on the list is a DataError.
    basis_changes
        Published changes in the basis of a date's counts since the previous date.

    Returns
    -------
    QuarterOnQuarter or Refusal
        `not-published` without counts. Steps across lists hold a `list-changed` refusal instead of a verdict,
        with bounds of what was completed and the hazard if the list had only grown and nothing was removed.

    Notes
    -----
    A description, printed with its condition because readers will make the comparison themselves.
    """
    if not counts:
        return Refusal(code="not-published", method=METHOD, subject=subject, detail="no counts")
    minimum_days, tolerance = settings.minimum_days, settings.conventions.sum_tolerance
    ordered = [_flag_count(count, area, tolerance) for count in sorted(counts, key=lambda count: count.reference_date)]
    steps: list[ListStep] = []
    neighbour: Increment | None = None
    for before, after in pairwise(ordered):
        increment = _increment_if_grown(before, after, minimum_days)
        flag = None
        if neighbour and increment:
            flag = flag_suspect(neighbour, increment, suspect_ratio=settings.suspect_ratio)
        note = basis_changes.get(after.reference_date, "")
        steps.append(_describe_list_step(before, after, increment, flag, note, subject, minimum_days))
        # A step that is only too short says nothing about its neighbours' basis.
        if increment or _is_long(before, after, minimum_days):
            neighbour = increment
    inputs = tuple(dict.fromkeys(row for count in ordered for row in count.inputs))
    return QuarterOnQuarter(area=area, counts=tuple(ordered), steps=tuple(steps), inputs=inputs)


def _flag_count(count: ListCount, area: str, sum_tolerance: float) -> ListCount:
    """The count, with `sum-short` where its parts do not add up."""
    check_part(f"{area}, list {count.list!r}, {count.reference_date}", "completed", count.completed, count.total)
    short = flag_short_sum(count.parts, count.total, sum_tolerance=sum_tolerance)
    found = {"flags": count.flags + short, "without_recurring": without_recurring(count)}
    return count.model_copy(update=found)


def _is_long(before: ListCount, after: ListCount, minimum_days: int) -> bool:
    return (after.reference_date - before.reference_date).days >= minimum_days


def _increment_if_grown(before: ListCount, after: ListCount, minimum_days: int) -> Increment | None:
    """The interval if the list only grew; None where the counts contradict that or the time is too short."""
    additions = after.total - before.total + after.removed
    increment = Increment(
        before.reference_date,
        after.reference_date,
        before.total - before.completed,
        additions,
        after.completed - before.completed,
    )
    possible = not find_break(True, additions, increment.finished) and increment.at_risk > 0
    return increment if possible and increment.days >= minimum_days else None


def _describe_list_step(
    before: ListCount,
    after: ListCount,
    increment: Increment | None,
    flag: Flag | None,
    basis_change: str,
    subject: str,
    minimum_days: int,
) -> ListStep:
    """One step of the table, with the refusal that takes the place of a comparison."""
    additions = after.total - before.total + after.removed
    finished = after.completed - before.completed
    days = (after.reference_date - before.reference_date).days
    reason = find_break(before.list == after.list, additions, finished)
    if flag and not after.certified:
        reason = reason or f"basis suspect, {flag.detail}"
    refusal = None
    if reason or days < minimum_days:
        counts = f"{before.completed} of {before.total}, then {after.completed} of {after.total}"
        refusal = Refusal(
            code="list-changed" if reason else "interval-too-short",
            method=METHOD,
            subject=subject,
            detail=f"{reason or f'{days} days'}: {counts}",
            inputs=before.inputs + after.inputs,
        )
    return ListStep(
        start=before.reference_date,
        end=after.reference_date,
        days=days,
        new_completed=finished,
        additions=additions,
        same_list=not reason,
        basis_change=basis_change,
        bounds=bound_step(before, after, minimum_days=minimum_days) if reason else None,
        conditional=describe_step(increment) if increment else None,
        refusal=refusal,
        flags=(flag,) if flag else (),
        inputs=before.inputs + after.inputs,
    )
