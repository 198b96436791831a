"""Counts of tasks: each list on its newest date, the pace inside a list, quarter on quarter."""

from __future__ import annotations

from datetime import date

import pandas as pd

from policyreport.assess.selection import not_published
from policyreport.inputs import Inputs
from policyreport.methods import completion as completion_method
from policyreport.methods import flow as flow_method
from policyreport.methods.counts import TaskCount
from policyreport.records.base import Refusal
from policyreport.records.tasks import Completion, Flow, ListCount, QuarterOnQuarter

SUBJECT = "tasks of the resolution"


def task_counts(inputs: Inputs) -> tuple[TaskCount, ...]:
    """Gather the area's counts: one a list and date, whoever printed the parts.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of TaskCount
        By date and list, lists kept for context left out.
    """
    role, rows = inputs.roles.tasks, inputs.newest
    own = rows["area"].isin([inputs.area, *inputs.areas.parts(inputs.area)])
    asked = [role.total, role.completed, role.late, role.overdue]
    rows = rows[own & rows["indicator"].isin(asked) & (rows["list"] != "")]
    keys = ["list", "reference_date", "period"]
    counts = [
        _count(inputs, group)
        for _, group in rows.groupby(keys, dropna=False, sort=True)
        if not inputs.policy.list_named(group["list"].iloc[0]).context
    ]
    return tuple(sorted(counts, key=lambda count: (count.reference_date or count.published, count.list)))


def completion(inputs: Inputs) -> tuple[Completion | Refusal, ...]:
    """Assess every list of the area on each of its dates.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Completion or Refusal
        In order of date; one `not-published` refusal where there is no list at all.
    """
    settings = inputs.settings.completion
    counts = [count for count in task_counts(inputs) if count.total is not None]
    if not counts:
        return (not_published("completion", SUBJECT),)
    return tuple(
        completion_method.assess(
            count,
            subject=count.list_label,
            minimum_tasks=settings.minimum_tasks,
            design_effect=max(settings.design_effects),
        )
        for count in counts
    )


def flow(inputs: Inputs) -> tuple[Flow | Refusal, ...]:
    """Assess the pace at which the area's tasks are finished, for each kind of list.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Flow or Refusal
        One per kind of list; a pace needs two exact dates of one list.
    """
    settings = inputs.settings.flow
    by_kind: dict[str, list[TaskCount]] = {}
    for count in task_counts(inputs):
        if count.total is not None and count.completed is not None:
            by_kind.setdefault(inputs.policy.list_named(count.list).kind, []).append(count)
    if not by_kind:
        return (not_published("flow", SUBJECT),)
    return tuple(
        flow_method.assess(
            counts,
            subject=SUBJECT,
            minimum_days=settings.minimum_days,
            suspect_ratio=settings.suspect_ratio,
            verdict_design_effect=settings.verdict_design_effect,
            largest_design_effect=settings.largest_design_effect,
            trend_minimum_intervals=settings.trend_minimum_intervals,
            trend_minimum_finished=settings.trend_minimum_finished,
            trend_minimum_open=settings.trend_minimum_open,
            trend_minimum_at_risk=settings.trend_minimum_at_risk,
            weak_below=inputs.settings.conventions.weak_below,
        )
        for counts in by_kind.values()
    )


def quarter_on_quarter(inputs: Inputs) -> QuarterOnQuarter | Refusal:
    """Lay the national list's counts side by side, date by date, with the condition under each step.

    Parameters
    ----------
    inputs : Inputs
        The national slice.

    Returns
    -------
    QuarterOnQuarter or Refusal
        Counts and steps; no verdict where the list changed.
    """
    role, settings = inputs.roles.tasks, inputs.settings.flow
    counts = [count for count in task_counts(inputs) if count.list in role.national_lists]
    lists = [_list_count(inputs, count, day) for count in counts if (day := count.reference_date)]
    basis = {entry.reference_date: inputs.policy.list_named(entry.list).basis for entry in lists}
    return flow_method.quarter_on_quarter(
        lists,
        area=inputs.area,
        subject=SUBJECT,
        minimum_days=settings.minimum_days,
        suspect_ratio=settings.suspect_ratio,
        basis_changes=basis,
    )


def _count(inputs: Inputs, group: pd.DataFrame) -> TaskCount:
    """One list on one date."""
    role = inputs.roles.tasks
    values = {name: int(value) for name, value in zip(group["indicator"], group["value"].tolist(), strict=True)}
    main = group[group["indicator"].isin([role.total, role.completed])]
    day = group["reference_date"].iloc[0]
    name = str(group["list"].iloc[0])
    return TaskCount(
        area=inputs.area,
        list=name,
        list_label=inputs.policy.list_named(name).title,
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
    recurring = rows[here]
    return ListCount(
        list=count.list,
        list_label=count.list_label,
        reference_date=day,
        total=count.total or 0,
        completed=count.completed or 0,
        share=(count.completed or 0) / (count.total or 1),
        overdue=count.overdue,
        recurring=None if recurring.empty else int(recurring["value"].iloc[0]),
        inputs=(*count.inputs, *recurring.index),
    )
