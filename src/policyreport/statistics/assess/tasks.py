"""Counts of tasks: each list on its dates, the pace within a list and its outlook, quarter on quarter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.params.policy import Policy
from policyreport.records.base import Refusal
from policyreport.records.tasks import Completion, Flow, ListCount, Outlook, QuarterOnQuarter
from policyreport.statistics.assess.selection import not_published
from policyreport.statistics.shares.vintages import NEVER_ESTIMATED
from policyreport.statistics.tasks import completion as completion_method
from policyreport.statistics.tasks import flow as flow_method
from policyreport.statistics.tasks import outlook as outlook_method
from policyreport.statistics.tasks.counts import TaskCount, refuse_unusable

SUBJECT = "tasks of the resolution"


def task_counts(inputs: Inputs, *, context: bool = False) -> tuple[TaskCount, ...]:
    """Collect the area's counts, one per list and date, whoever printed the parts; by date and list.

    `context` includes lists kept for context: they may have a pace, but no completion.
    """
    role, rows = inputs.roles.tasks, inputs.newest
    own = rows["area"].isin([inputs.area, *inputs.areas.parts(inputs.area)])
    asked = [role.total, role.completed, role.late, role.overdue]
    rows = rows[own & rows["indicator"].isin(asked) & (rows["list"] != "")]
    keys = ["list", "reference_date", "period"]
    counts = [
        _count(inputs, group)
        for _, group in rows.groupby(keys, dropna=False, sort=True)
        if context or not inputs.policy.list_named(group["list"].iloc[0]).context
    ]
    return tuple(sorted(counts, key=lambda count: (count.reference_date or count.published, count.list)))


def completion(inputs: Inputs) -> tuple[Completion | Refusal, ...]:
    """Assess every list of the area on each of its dates, in order of date.

    One `not-published` refusal where there is no list at all.
    """
    counts = [count for count in task_counts(inputs) if count.total is not None]
    if not counts:
        return (not_published("completion", SUBJECT),)
    results = tuple(
        completion_method.assess(count, inputs.settings.completion, subject=count.list_label) for count in counts
    )
    if any(isinstance(result, Completion) for result in results):
        return results
    # An area without any countable list has published no count, whatever lists it named.
    return tuple(_of_the_area(result) for result in results if isinstance(result, Refusal))


def flow(inputs: Inputs) -> tuple[Flow | Refusal, ...]:
    """Assess the pace at which the area's tasks are finished, for each kind of list.

    One result per kind of list that was counted again, or per kind where none was; a pace needs two exact dates of one
    list.
    """
    kinds = by_kind(task_counts(inputs, context=True))
    if not kinds:
        return (not_published("flow", SUBJECT),)
    return tuple(flow_method.assess(counts, inputs.settings.flow, subject=SUBJECT) for counts in kinds)


def outlook(inputs: Inputs) -> tuple[Outlook | Refusal, ...]:
    """Assess whether the area's lists will be finished by their deadlines, if tasks go on closing as before.

    For each kind of list one result per required share, or one refusal: that of the pace, or `no-deadline`. Deadlines
    are in params/policy.yaml.
    """
    kinds = by_kind(task_counts(inputs))
    if not kinds:
        return (not_published("outlook", SUBJECT),)
    outlooks: list[Outlook | Refusal] = []
    for counts in kinds:
        by_share = [_outlook(inputs, counts, share) for share in inputs.settings.outlook.required_shares]
        # A refusal does not depend on the required share.
        outlooks += by_share[:1] if isinstance(by_share[0], Refusal) else by_share
    return tuple(outlooks)


def by_kind(counts: Sequence[TaskCount]) -> tuple[tuple[TaskCount, ...], ...]:
    """Group one area's counts by kind of list, for questions of pace, in the order of their first count.

    Where a kind was counted again, kinds counted once are left out: they add no answer, and their refusal would hide
    the area's own. A projected or derived count is used only where there is no other: it never enters an estimate.
    """
    whole = [count for count in counts if count.total is not None and count.completed is not None]
    kinds: dict[str, list[TaskCount]] = {}
    for count in [count for count in whole if count.status not in NEVER_ESTIMATED] or whole:
        kinds.setdefault(count.list_kind, []).append(count)
    again = [group for group in kinds.values() if len(group) > 1]
    return tuple(tuple(group) for group in again or kinds.values())


def quarter_on_quarter(inputs: Inputs) -> QuarterOnQuarter | Refusal:
    """Arrange the national list's counts date by date, with the condition under each step.

    No verdict where the list changed. Counts that are projected, bounded or published in part are left out: in the
    table they would pass for exact ones.
    """
    role = inputs.roles.tasks
    counts = [
        count
        for count in task_counts(inputs)
        if count.list in role.national_lists and refuse_unusable((count,), flow_method.METHOD, SUBJECT) is None
    ]
    lists = [_list_count(inputs, count, day) for count in counts if (day := count.reference_date)]
    basis = basis_changes(lists, inputs.policy)
    return flow_method.quarter_on_quarter(
        lists,
        inputs.settings.flow,
        area=inputs.area,
        subject=SUBJECT,
        basis_changes=basis,
    )


def basis_changes(counts: Iterable[ListCount], policy: Policy) -> dict[date, str]:
    """Return what is known about the basis of each list by its first date, which concerns the step to it."""
    first: dict[str, date] = {}
    for count in sorted(counts, key=lambda count: count.reference_date):
        first.setdefault(count.list, count.reference_date)
    return {day: policy.list_named(name).basis for name, day in first.items()}


def _of_the_area(refused: Refusal) -> Refusal:
    """A list's refusal as the area's: the list moves to the detail."""
    return refused.model_copy(update={"subject": SUBJECT, "detail": f"{refused.subject}: {refused.detail}"})


def _outlook(inputs: Inputs, counts: Sequence[TaskCount], required_share: float) -> Outlook | Refusal:
    """The outlook of one kind of list for one required share, to the deadline of its newest list."""
    return outlook_method.assess(
        counts,
        inputs.settings.outlook,
        subject=SUBJECT,
        deadline=inputs.policy.list_named(counts[-1].list).deadline,
        required_share=required_share,
    )


def _count(inputs: Inputs, group: pd.DataFrame) -> TaskCount:
    """One list on one date."""
    role = inputs.roles.tasks
    values = {name: int(value) for name, value in zip(group["indicator"], group["value"].tolist(), strict=True)}
    main = group[group["indicator"].isin([role.total, role.completed])]
    day = group["reference_date"].iloc[0]
    name = str(group["list"].iloc[0])
    listed = inputs.policy.list_named(name)
    return TaskCount(
        area=inputs.area,
        list=name,
        list_label=listed.title,
        list_kind=listed.kind,
        period=str(group["period"].iloc[0]),
        reference_date=None if pd.isna(day) else day.date(),
        published=group["published"].max().date(),
        total=values.get(role.total),
        completed=values.get(role.completed),
        late=values.get(role.late),
        overdue=values.get(role.overdue),
        bound=next((bound for bound in main["bound"] if bound != "="), "="),
        status=next((status for status in main["status"] if status in ("projection", "derived")), "observed"),
        inputs=tuple(group.index),
    )


def _list_count(inputs: Inputs, count: TaskCount, day: date) -> ListCount:
    """One row of the quarter-on-quarter table."""
    rows = inputs.newest
    here = (rows["list"] == count.list) & (rows["indicator"] == inputs.roles.tasks.recurring)
    here &= rows["reference_date"] == pd.Timestamp(day)
    recurring, listed = rows[here], inputs.policy.list_named(count.list)
    return ListCount(
        list=count.list,
        list_label=count.list_label,
        reference_date=day,
        total=count.total or 0,
        completed=count.completed or 0,
        share=(count.completed or 0) / (count.total or 1),
        overdue=count.overdue,
        recurring=None if recurring.empty else int(recurring["value"].iloc[0]),
        recurring_listed=listed.recurring,
        recurring_completed=listed.recurring_completed,
        inputs=(*count.inputs, *recurring.index),
    )
