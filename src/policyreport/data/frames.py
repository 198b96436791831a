"""What a notebook opens, as tidy frames with documented columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from policyreport.records.base import NEVER_ESTIMATED
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import Completion

if TYPE_CHECKING:
    from policyreport.data.inputs import Inputs

TASKS = "tasks of the resolution"
"""What the lists of tasks are about, as refusals name it."""
LIST_COLUMNS = {
    "area": "str",
    "list": "str",
    "list_label": "str",
    "list_kind": "str",
    "period": "str",
    "reference_date": "datetime64[s]",
    "published": "datetime64[s]",
    **dict.fromkeys(("total", "completed", "late", "overdue", "recurring"), "Int64"),
    "bound": "str",
    "status": "str",
    "deadline": "datetime64[s]",
    "context": "bool",
    "quarterly": "bool",
    "basis": "str",
    "recurring_listed": "str",
    "recurring_completed": "str",
    "rows": "object",
    "recurring_rows": "object",
}
"""Columns of a frame of lists, which `policyreport.statistics.tasks.counts.TaskCount` explains."""


def task_lists(inputs: Inputs) -> pd.DataFrame:
    """Collect the area's lists of tasks, one row per list and date, whoever printed the parts.

    Columns as in `LIST_COLUMNS`, rows by list and date.
    """
    role, rows = inputs.roles.tasks, inputs.newest
    own = rows["area"].isin([inputs.area, *inputs.areas.parts(inputs.area)]) & (rows["list"] != "")
    counts = rows[own & rows["indicator"].isin([role.total, role.completed, role.late, role.overdue])]
    recurring = rows[own & (rows["indicator"] == role.recurring)]
    keys = ["list", "reference_date", "period"]
    return _lists(inputs, [_list(inputs, group, recurring) for _, group in counts.groupby(keys, dropna=False)])


def province_lists(inputs: Inputs) -> pd.DataFrame:
    """Collect the lists of all provinces that their notebooks could describe, from their records.

    Columns as in `LIST_COLUMNS`. A province that published none has one row without a list.
    """
    return _lists(inputs, list(_recorded(inputs)))


def _lists(inputs: Inputs, rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS)).astype(LIST_COLUMNS)
    frame.attrs |= {"area": inputs.area, "subject": TASKS, "indicator": inputs.roles.tasks.completed}
    return frame


def _list(inputs: Inputs, group: pd.DataFrame, recurring: pd.DataFrame) -> dict[str, Any]:
    """One list on one date."""
    role = inputs.roles.tasks
    values = {name: int(value) for name, value in zip(group["indicator"], group["value"].tolist(), strict=True)}
    main = group[group["indicator"].isin([role.total, role.completed])]
    first = group.iloc[0]
    same = recurring[(recurring["list"] == first["list"]) & (recurring["reference_date"] == first["reference_date"])]
    return {
        "area": inputs.area,
        **_about(inputs, str(first["list"])),
        "period": first["period"],
        "reference_date": first["reference_date"],
        "published": group["published"].max(),
        "total": values.get(role.total),
        "completed": values.get(role.completed),
        "late": values.get(role.late),
        "overdue": values.get(role.overdue),
        "recurring": None if same.empty else int(same["value"].iloc[0]),
        "bound": next((bound for bound in main["bound"] if bound != "="), "="),
        "status": next((status for status in main["status"] if status in NEVER_ESTIMATED), "observed"),
        "rows": tuple(group.index),
        "recurring_rows": tuple(same.index),
    }


def _about(inputs: Inputs, name: str) -> dict[str, Any]:
    """What params/policy.yaml says about a list."""
    listed = inputs.policy.list_named(name)
    return {
        "list": name,
        "list_label": listed.title,
        "list_kind": listed.kind,
        "deadline": listed.deadline,
        "context": listed.context,
        "quarterly": name in inputs.roles.tasks.national_lists,
        "basis": listed.basis,
        "recurring_listed": listed.recurring,
        "recurring_completed": listed.recurring_completed,
    }


def _recorded(inputs: Inputs) -> Iterator[dict[str, Any]]:
    """The lists of every province, as its record describes them."""
    nothing = {"context": False, "quarterly": False, "rows": (), "recurring_rows": ()}
    for (area, notebook), record in sorted(inputs.records.items()):
        if notebook != "trend" or not isinstance(record, TrendRecord):
            continue
        counted = [result for result in record.completion if isinstance(result, Completion)]
        for result in counted:
            yield {
                "area": area,
                **_about(inputs, result.list),
                "reference_date": result.reference_date,
                "published": result.published,
                "total": result.total,
                "completed": result.completed.count,
                "bound": "=",
                "status": "observed",
                "rows": result.inputs,
                "recurring_rows": (),
            }
        if not counted:
            yield {"area": area, "published": inputs.edition.as_known_on} | nothing
