"""What was completed from one date to the next, on which condition it compares, and within which bounds (§2, §20.5).

A source may state whether recurring tasks are on a list, how many, and whether they are among the completed. Whatever
it does not state is tried both ways.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise, product
from typing import NamedTuple

import pandas as pd

from policyreport.params.methods import FlowSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.tasks import FlowStep, ListCount, ListStep, QuarterOnQuarter, StepBounds, WithoutRecurring
from policyreport.statistics.tasks.counts import TaskCount, check_part, flag_short_sum, refuse_unusable
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.hazards import Increment, describe_step, flag_suspect, rescale
from policyreport.statistics.tasks.stretch import find_break

METHOD = "flow"


class _Recurring(NamedTuple):
    """How many recurring tasks are on a list, and how many of them are completed."""

    listed: int
    completed: int


def without_recurring(count: ListCount) -> WithoutRecurring | None:
    """The count without recurring tasks; None unless their number and position are published."""
    if not count.recurring or count.recurring_listed == "excluded" or count.recurring_completed == "not stated":
        return None
    completed = count.completed - (count.recurring if count.recurring_completed == "yes" else 0)
    total = count.total - count.recurring
    if not 0 <= completed <= total or total == 0:
        return None
    return WithoutRecurring(completed=completed, total=total, share=completed / total)


def bound_step(before: ListCount, after: ListCount, *, minimum_days: int) -> StepBounds | None:
    """Bound the tasks completed between two counts by what is published about how their lists differ.

    None where the counts contradict a list that kept its completed tasks.

    Recurring tasks are removed from both counts in every possible way (where only one count gives their number, it is
    used for both), and also left in as printed; low and high are the extremes of the results. Added tasks may have been
    finished before they joined the list, so `low_if_added_done` deducts them. Completed tasks removed from the list
    without notice would raise the number above `high`.
    """
    number = after.recurring or before.recurring or 0
    days = (after.reference_date - before.reference_date).days
    finished, least, hazards = [], [], []
    ways = set(product(_ways(before, number), _ways(after, number)))
    if not (_is_stated(before) and _is_stated(after)):
        ways.add((_Recurring(0, 0), _Recurring(0, 0)))
    for first, second in ways:
        completed = before.completed - first.completed, after.completed - second.completed
        total = before.total - first.listed, after.total - second.listed
        new = completed[1] - completed[0]
        additions = total[1] - total[0] + after.removed
        at_risk = total[0] - completed[0] + max(additions, 0)
        if new < 0 or new > at_risk:
            continue
        finished.append(new)
        least.append(max(new - max(additions, 0), 0))
        if additions >= 0 and at_risk > 0 and days >= minimum_days:
            hazards.append(rescale(new / at_risk, days))
    if not finished:
        return None
    return StepBounds(
        recurring=number,
        low=min(finished),
        high=max(finished),
        low_if_added_done=min(least),
        hazard30=Interval(low=min(hazards), high=max(hazards), level=1.0) if hazards else None,
    )


def _is_stated(count: ListCount) -> bool:
    """Whether the source states where recurring tasks are on a list."""
    return count.recurring_listed == "excluded" or (
        count.recurring_listed == "included" and count.recurring_completed != "not stated"
    )


def _ways(count: ListCount, number: int) -> Iterator[_Recurring]:
    """The extreme ways in which a number of recurring tasks may be on a list."""
    if number == 0 or count.recurring_listed != "included":
        yield _Recurring(0, 0)
    if number == 0 or count.recurring_listed == "excluded" or number > count.total:
        return
    fewest, most = max(number - (count.total - count.completed), 0), min(number, count.completed)
    if count.recurring_completed == "no":
        most = 0
    elif count.recurring_completed == "yes":
        fewest = most
    if fewest <= most:
        yield from dict.fromkeys((_Recurring(number, fewest), _Recurring(number, most)))


def quarter_on_quarter(lists: pd.DataFrame, settings: FlowSettings) -> QuarterOnQuarter | Refusal:
    """Arrange counts of one area's lists date by date, with the condition under each step.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`. Only lists marked `quarterly` are used, and no count that is
        projected, bounded or published in part: in the table it would pass for an exact one.

    Returns
    -------
    QuarterOnQuarter or Refusal
        `not-published` without counts. Steps across lists hold a `list-changed` refusal instead of a verdict,
        with bounds of what was completed and the hazard if the list had only grown and nothing was removed.

    Notes
    -----
    A description, printed with its condition because readers will make the comparison themselves.
    """
    read = read_lists(lists)
    counts = [
        count
        for count in read.of_one_area()
        if count.quarterly and refuse_unusable((count,), METHOD, read.subject) is None
    ]
    rows = [_row(count, day) for count in counts if (day := count.reference_date)]
    first: dict[str, TaskCount] = {}
    for count in counts:
        if count.reference_date:
            first.setdefault(count.list, count)
    # What is known about a list's basis concerns the step to its first date.
    basis = {count.reference_date: count.basis for count in first.values() if count.reference_date}
    return lay_out(rows, settings, area=read.area, subject=read.subject, basis_changes=basis)


def _row(count: TaskCount, day: date) -> ListCount:
    """One row of the table."""
    completed, total = count.pair()
    return ListCount(
        list=count.list,
        list_label=count.list_label,
        reference_date=day,
        total=total,
        completed=completed,
        share=completed / (total or 1),
        overdue=count.overdue,
        recurring=count.recurring,
        recurring_listed=count.recurring_listed,
        recurring_completed=count.recurring_completed,
        parts=count.parts,
        removed=count.removed,
        certified=count.certified,
        inputs=(*count.inputs, *count.recurring_inputs),
    )


def lay_out(
    counts: Sequence[ListCount],
    settings: FlowSettings,
    *,
    area: str,
    subject: str,
    basis_changes: Mapping[date, str],
) -> QuarterOnQuarter | Refusal:
    """Lay out counts of one or several lists date by date, with the condition under which each step may be compared.

    More completed than on the list is a DataError. `basis_changes` are published changes in the basis of a date's
    counts since the previous date.
    """
    if not counts:
        return Refusal(code="not-published", method=METHOD, subject=subject, detail="no counts")
    minimum_days, tolerance = settings.minimum_days, settings.conventions.sum_tolerance
    ordered = [_flag_count(count, area, tolerance) for count in sorted(counts, key=lambda count: count.reference_date)]
    steps: list[ListStep] = []
    neighbour: Increment | None = None
    for before, after in pairwise(ordered):
        # What happened on the list if it only grew, which its counts may contradict.
        grown = Increment(
            before.reference_date,
            after.reference_date,
            before.total - before.completed,
            after.total - before.total + after.removed,
            after.completed - before.completed,
        )
        is_long = grown.days >= minimum_days
        possible = is_long and not find_break(True, grown.additions, grown.finished) and grown.at_risk > 0
        flag = None
        if neighbour and possible:
            flag = flag_suspect(neighbour, grown, suspect_ratio=settings.suspect_ratio)
        conditional = describe_step(grown) if possible else None
        note = basis_changes.get(after.reference_date, "")
        steps.append(_describe_list_step(before, after, grown, conditional, flag, note, subject, minimum_days))
        # A step that is only too short says nothing about its neighbours' basis.
        if is_long:
            neighbour = grown if possible else None
    inputs = tuple(dict.fromkeys(row for count in ordered for row in count.inputs))
    return QuarterOnQuarter(area=area, counts=tuple(ordered), steps=tuple(steps), inputs=inputs)


def _flag_count(count: ListCount, area: str, sum_tolerance: float) -> ListCount:
    """The count, with `sum-short` where its parts do not add up."""
    check_part(f"{area}, list {count.list!r}, {count.reference_date}", "completed", count.completed, count.total)
    short = flag_short_sum(count.parts, count.total, sum_tolerance=sum_tolerance)
    found = {"flags": count.flags + short, "without_recurring": without_recurring(count)}
    return count.model_copy(update=found)


def _describe_list_step(
    before: ListCount,
    after: ListCount,
    grown: Increment,
    conditional: FlowStep | None,
    flag: Flag | None,
    basis_change: str,
    subject: str,
    minimum_days: int,
) -> ListStep:
    """One step of the table, with the refusal that takes the place of a comparison."""
    reason = find_break(before.list == after.list, grown.additions, grown.finished)
    if flag and not after.certified:
        reason = reason or f"basis suspect, {flag.detail}"
    refusal = None
    if reason or grown.days < minimum_days:
        counts = f"{before.completed} of {before.total}, then {after.completed} of {after.total}"
        refusal = Refusal(
            code="list-changed" if reason else "interval-too-short",
            method=METHOD,
            subject=subject,
            detail=f"{reason or f'{grown.days} days'}: {counts}",
            inputs=before.inputs + after.inputs,
        )
    return ListStep(
        start=grown.start,
        end=grown.end,
        days=grown.days,
        new_completed=grown.finished,
        additions=grown.additions,
        same_list=not reason,
        basis_change=basis_change,
        bounds=bound_step(before, after, minimum_days=minimum_days) if reason else None,
        conditional=conditional,
        refusal=refusal,
        flags=(flag,) if flag else (),
        inputs=before.inputs + after.inputs,
    )
