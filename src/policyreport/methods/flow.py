"""How fast are tasks finished, and did the pace change (METHODS §2)?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import pairwise

from policyreport.methods.counts import (
    TaskCount,
    check_part,
    flag_short_sum,
    gather_inputs,
    refuse_unusable,
)
from policyreport.methods.hazard_trend import fit_trend
from policyreport.methods.hazards import (
    Increment,
    describe_step,
    difference,
    find_largest_design_effect,
    flag_suspect,
)
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.tasks import ChangeAt, Flow, FlowChange, FlowTrend, ListCount, ListStep, QuarterOnQuarter

METHOD = "flow"


def assess(
    counts: Sequence[TaskCount],
    *,
    subject: str,
    minimum_days: int,
    suspect_ratio: float,
    design_effects: Sequence[float],
    verdict_design_effect: float,
    largest_design_effect: float,
    trend_minimum_intervals: int,
    trend_minimum_finished: int,
    trend_minimum_open: int,
    trend_minimum_at_risk: int,
    weak_below: int,
) -> Flow | Refusal:
    """Measure the pace of completion inside one list, its last change and its trend.

    Parameters
    ----------
    counts : sequence of TaskCount
        One area's counts; the unbroken stretch that ends with the newest is used.
    subject : str
        What was asked, for a refusal.
    minimum_days : int
        Fewest days between two dates.
    suspect_ratio : float
        Ratio of neighbouring daily hazards beyond which the basis is suspect.
    design_effects : sequence of float
        φ at which the change is shown.
    verdict_design_effect : float
        φ at which the interval of the change must exclude 0, below the trend's minimum of intervals.
    largest_design_effect : float
        Where the search for the φ ends at which the change would vanish.
    trend_minimum_intervals, trend_minimum_finished, trend_minimum_open, trend_minimum_at_risk : int
        See `hazard_trend.fit_trend`.
    weak_below : int
        See `hazard_trend.fit_trend`.

    Returns
    -------
    Flow or Refusal
        `not-published`, `projection-only`, `bound-only`, `date-approximate`, `too-few-points`,
        `list-changed` or `interval-too-short` where there is no result; change and trend may be refused
        on their own.

    Raises
    ------
    DataError
        If a part exceeds its whole.

    Notes
    -----
    Exposure runs from reference date to reference date. A rush at the end of a year is not separated from
    speed. No model is ever fitted to the cumulative shares, whose errors depend on each other.
    """
    collected = collect_increments(
        counts, method=METHOD, subject=subject, minimum_days=minimum_days, suspect_ratio=suspect_ratio
    )
    if isinstance(collected, Refusal):
        return collected
    increments, flags = collected
    trend = fit_trend(
        increments,
        method=METHOD,
        subject=f"{subject}: trend",
        trend_minimum_intervals=trend_minimum_intervals,
        trend_minimum_finished=trend_minimum_finished,
        trend_minimum_open=trend_minimum_open,
        trend_minimum_at_risk=trend_minimum_at_risk,
        weak_below=weak_below,
    )
    if isinstance(trend, FlowTrend):
        # A design effect below 1 would claim more than independent tasks can tell.
        verdict_design_effect = max(trend.dispersion, 1.0)
    newest = max(counts, key=lambda count: count.reference_date or count.published)
    return Flow(
        area=newest.area,
        list=newest.list,
        steps=tuple(describe_step(step) for step in increments),
        change=_assess_change(increments, subject, design_effects, verdict_design_effect, largest_design_effect),
        trend=trend,
        flags=flags,
        inputs=gather_inputs(counts),
    )


def collect_increments(
    counts: Sequence[TaskCount], *, method: str, subject: str, minimum_days: int, suspect_ratio: float
) -> tuple[tuple[Increment, ...], tuple[Flag, ...]] | Refusal:
    """Turn counts into the intervals of the unbroken stretch that ends with the newest count.

    Parameters
    ----------
    counts : sequence of TaskCount
        One area's counts.
    method, subject : str
        For a refusal.
    minimum_days : int
        Fewest days between two dates.
    suspect_ratio : float
        See `hazards.flag_suspect`.

    Returns
    -------
    tuple, or Refusal
        Intervals in order, each with tasks at risk, and the flags raised on the way; or why there are none.

    Raises
    ------
    DataError
        If a part exceeds its whole.
    """
    refuse = partial(Refusal, method=method, subject=subject, inputs=gather_inputs(counts))
    if refusal := refuse_unusable(counts, method, subject):
        return refusal
    if undated := [count for count in counts if count.reference_date is None]:
        detail = f"{len(undated)} of {len(counts)} dates not exact to the day"
        return refuse(code="date-approximate", detail=detail)
    if len(counts) < 2:
        return refuse(code="too-few-points", detail="1 date, 2 needed")
    ordered = sorted(counts, key=lambda count: count.reference_date or count.published)
    breaks = [_explain_break(before, after) for before, after in pairwise(ordered)]
    if breaks[-1]:
        return refuse(code="list-changed", detail=breaks[-1])
    first = max((place + 1 for place, reason in enumerate(breaks) if reason), default=0)
    stretch = [(_increment(*pair), pair[1].certified) for pair in pairwise(ordered[first:])]
    if short := [step for step, _ in stretch if step.days < minimum_days]:
        days = f"{short[-1].days} days from {short[-1].start} to {short[-1].end}"
        return refuse(code="interval-too-short", detail=f"{days}, {minimum_days} needed")
    return _drop_suspect(stretch, suspect_ratio, refuse)


def _drop_suspect(
    stretch: list[tuple[Increment, bool]], suspect_ratio: float, refuse: Callable[..., Refusal]
) -> tuple[tuple[Increment, ...], tuple[Flag, ...]] | Refusal:
    """Cut the stretch after the last step that looks like another way of counting, unless certified."""
    informative = [(step, certified) for step, certified in stretch if step.at_risk > 0]
    if not informative:
        return refuse(code="too-few-points", detail="nothing was open or added")
    flags: list[Flag] = []
    first = 0
    for place, ((before, _), (after, certified)) in enumerate(pairwise(informative), start=1):
        if flag := flag_suspect(before, after, suspect_ratio=suspect_ratio):
            flags.append(flag)
            first = first if certified else place + 1
    kept = tuple(step for step, _ in informative[first:])
    if not kept:
        return refuse(code="list-changed", detail=flags[-1].detail, flags=tuple(flags))
    return kept, tuple(flags)


def _explain_break(before: TaskCount, after: TaskCount) -> str:
    """Why two counts are not of one list, with the counts side by side; empty if they are."""
    (x0, n0), (x1, n1) = before.pair(), after.pair()
    reason = find_break(before.list == after.list, n1 - n0 + after.removed, x1 - x0)
    return f"{reason}: {x0} of {n0}, then {x1} of {n1}" if reason else ""


def find_break(same_list: bool, additions: int, finished: int) -> str:
    """Tell why two counts cannot be of one list.

    Parameters
    ----------
    same_list : bool
        Whether issuing body, scope and counting rule are equal.
    additions : int
        Growth of the total plus stated removals.
    finished : int
        Growth of the completed count.

    Returns
    -------
    str
        The reason; empty if there is none.

    Raises
    ------
    TypeError
        If a number is missing.
    """
    if not same_list:
        return "the list differs"
    if additions < 0:
        return "the total fell without stated removals"
    return "the completed count fell" if finished < 0 else ""


def _increment(before: TaskCount, after: TaskCount) -> Increment:
    """The interval between two dated counts of one list."""
    (x0, n0), (x1, n1) = before.pair(), after.pair()
    start, end = before.reference_date or before.published, after.reference_date or after.published
    return Increment(start, end, n0 - x0, n1 - n0 + after.removed, x1 - x0)


def _assess_change(
    increments: Sequence[Increment],
    subject: str,
    design_effects: Sequence[float],
    verdict_design_effect: float,
    limit: float,
) -> FlowChange | Refusal:
    """Compare the last two intervals."""
    if len(increments) < 2 or increments[-2].end != increments[-1].start:
        detail = f"{len(increments)} interval(s), 2 successive ones needed"
        return Refusal(code="too-few-points", method=METHOD, subject=f"{subject}: change", detail=detail)
    first, second = increments[-2:]

    def interval(design_effect: float) -> Interval:
        _, low, high = difference(first, second, design_effect)
        return Interval(low=low, high=high)

    judged = interval(verdict_design_effect)
    return FlowChange(
        difference=difference(first, second)[0],
        interval=interval(1.0),
        by_design_effect=tuple(ChangeAt(design_effect=phi, interval=interval(phi)) for phi in design_effects),
        largest_design_effect=find_largest_design_effect(first, second, limit=limit),
        verdict_design_effect=verdict_design_effect,
        verdict="faster" if judged.low > 0 else "slower" if judged.high < 0 else "no clear change",
    )


def quarter_on_quarter(
    counts: Sequence[ListCount],
    *,
    area: str,
    subject: str,
    minimum_days: int,
    suspect_ratio: float,
    sum_tolerance: float,
    basis_changes: Mapping[date, str],
) -> QuarterOnQuarter | Refusal:
    """Lay counts of one or several lists side by side, date by date, with the condition under each step.

    Parameters
    ----------
    counts : sequence of ListCount
        Counts as printed; lists may differ.
    area, subject : str
        Area key, and what was asked.
    minimum_days : int
        Fewest days a hazard is given for.
    suspect_ratio : float
        See `hazards.flag_suspect`.
    sum_tolerance : float
        See `counts.flag_short_sum`.
    basis_changes : mapping of date to str
        What is known about the basis of the counts of a date, against the date before.

    Returns
    -------
    QuarterOnQuarter or Refusal
        The table; `not-published` if there is no count. Steps across lists hold a `list-changed` refusal
        and no verdict, test or interval of the change, only what the hazard would be if the list had
        only grown and nothing was removed.

    Raises
    ------
    DataError
        If more is completed than is on the list.

    Notes
    -----
    A description with its condition, printed because readers will make the table themselves.
    """
    if not counts:
        return Refusal(code="not-published", method=METHOD, subject=subject, detail="no counts")
    ordered = [
        _flag_count(count, area, sum_tolerance) for count in sorted(counts, key=lambda count: count.reference_date)
    ]
    steps: list[ListStep] = []
    neighbour: Increment | None = None
    for before, after in pairwise(ordered):
        increment = _increment_if_grown(before, after, minimum_days)
        flag = flag_suspect(neighbour, increment, suspect_ratio=suspect_ratio) if neighbour and increment else None
        note = basis_changes.get(after.reference_date, "")
        steps.append(_describe_list_step(before, after, increment, flag, note, subject, minimum_days))
        neighbour = increment
    inputs = tuple(dict.fromkeys(row for count in ordered for row in count.inputs))
    return QuarterOnQuarter(area=area, counts=tuple(ordered), steps=tuple(steps), inputs=inputs)


def _flag_count(count: ListCount, area: str, sum_tolerance: float) -> ListCount:
    """The count with `sum-short` where its parts ask for it."""
    check_part(f"{area}, list {count.list!r}, {count.reference_date}", "completed", count.completed, count.total)
    short = flag_short_sum(count.parts, count.total, sum_tolerance=sum_tolerance)
    return count.model_copy(update={"flags": count.flags + short})


def _increment_if_grown(before: ListCount, after: ListCount, minimum_days: int) -> Increment | None:
    """The interval if the list only grew; None where the counts contradict that, or the time is too short."""
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
    """One step of the table, with the refusal that stands in for a comparison."""
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
        conditional=describe_step(increment) if increment else None,
        refusal=refusal,
        flags=(flag,) if flag else (),
        inputs=before.inputs + after.inputs,
    )
