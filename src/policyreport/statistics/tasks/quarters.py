"""What was completed from one date to the next, and under which condition may it be compared (METHODS §2)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

import pandas as pd

from policyreport.params.methods import FlowSettings
from policyreport.records.base import Flag, Refusal
from policyreport.records.tasks import FlowStep, ListCount, ListStep, QuarterOnQuarter
from policyreport.statistics.tasks.counts import TaskCount, check_part, flag_short_sum, refuse_unusable
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.hazards import Increment, describe_step, flag_suspect
from policyreport.statistics.tasks.list_bounds import bound_step, without_recurring
from policyreport.statistics.tasks.stretch import find_break

METHOD = "flow"


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
