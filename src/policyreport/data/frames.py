"""What a notebook opens, as tidy frames with documented columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from policyreport.data.selection import role_series
from policyreport.records.base import NEVER_ESTIMATED

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
    return _lists(inputs, _lists_of(inputs, inputs.area))


def province_lists(inputs: Inputs) -> pd.DataFrame:
    """Collect the lists of the edition's provinces that were counted exactly, by province, list and date.

    Columns as in `LIST_COLUMNS`. A province that published none has one row without a list.
    """
    rows: list[dict[str, Any]] = []
    for area in inputs.areas.of_edition(inputs.edition):
        exact = [row for row in _lists_of(inputs, area) if _is_exact(row)]
        rows += exact or [_no_list(inputs, area)]
    return _lists(inputs, rows)


def _lists(inputs: Inputs, rows: list[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(LIST_COLUMNS)).astype(LIST_COLUMNS)
    frame.attrs |= {"area": inputs.area, "subject": TASKS, "indicator": inputs.roles.tasks.completed}
    return frame


def _lists_of(inputs: Inputs, area: str) -> list[dict[str, Any]]:
    """The lists of an area and its former parts, by list and date."""
    role, rows = inputs.roles.tasks, inputs.newest
    own = rows["area"].isin([area, *inputs.areas.parts(area)]) & (rows["list"] != "")
    counts = rows[own & rows["indicator"].isin([role.total, role.completed, role.late, role.overdue])]
    recurring = rows[own & (rows["indicator"] == role.recurring)]
    keys = ["list", "reference_date", "period"]
    return [_list(inputs, area, group, recurring) for _, group in counts.groupby(keys, dropna=False)]


def _list(inputs: Inputs, area: str, group: pd.DataFrame, recurring: pd.DataFrame) -> dict[str, Any]:
    role = inputs.roles.tasks
    values = {name: int(value) for name, value in zip(group["indicator"], group["value"].tolist(), strict=True)}
    main = group[group["indicator"].isin([role.total, role.completed])]
    first = group.iloc[0]
    same = recurring[(recurring["list"] == first["list"]) & (recurring["reference_date"] == first["reference_date"])]
    return {
        "area": area,
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


def _is_exact(row: dict[str, Any]) -> bool:
    """Whether a list has both numbers, as counted on its date, and is not kept for context only."""
    counted = row["bound"] == "=" and row["status"] not in NEVER_ESTIMATED
    return counted and not row["context"] and row["total"] is not None and row["completed"] is not None


def _no_list(inputs: Inputs, area: str) -> dict[str, Any]:
    """The row of an area that published no count."""
    nothing: dict[str, Any] = dict.fromkeys((name for name, kind in LIST_COLUMNS.items() if kind == "str"), "")
    nothing |= {"bound": "=", "status": "observed", "context": False, "quarterly": False, "rows": ()}
    nothing |= {"recurring_listed": "not stated", "recurring_completed": "not stated", "recurring_rows": ()}
    return nothing | {"area": area, "published": inputs.edition.as_known_on}


def share_figures(inputs: Inputs) -> pd.DataFrame:
    """Collect every vintage of the share of output, and of the quantity announced with it, one row per figure.

    The area's own, then those of its former parts in their order, then other areas'; columns as
    `policyreport.statistics.shares.frame.COLUMNS` explains them.
    """
    role, areas, ledger = inputs.roles.share, inputs.areas, inputs.observations
    rows = ledger[ledger["indicator"].isin([role.indicator, role.other_quantity])]
    parts = [part for part in areas.parts(inputs.area) if part != inputs.area]
    order = {area: place for place, area in enumerate([inputs.area, *parts])}
    rows = rows.sort_values("area", key=lambda keys: keys.map(order).fillna(len(order)), kind="stable")
    frame = _figures(inputs, rows).assign(
        part_of=[inputs.area if area in parts else "" for area in rows["area"]],
        level=["national" if area == inputs.roles.nation else "province" for area in rows["area"]],
    )
    definition = inputs.indicators.get(role.indicator)
    frame.attrs |= {
        "area": inputs.area,
        "indicator": role.indicator,
        "measures": role.measures,
        "paced": role.pace_measures,
        "headline": role.headline_measure,
        "other_quantity": role.other_quantity,
        "units": definition.units,
        "low": definition.low,
        "high": definition.high,
    }
    return frame


def newest_figures(inputs: Inputs) -> pd.DataFrame:
    """Collect the newest vintage of every figure that is no count on a list, with its indicator's first measure.

    Columns as of `share_figures`, and `reference`.
    """
    rows = inputs.newest[inputs.newest["list"] == ""]
    first = {each.id: next(iter(each.measures), "") for each in inputs.indicators.indicators}
    return _figures(inputs, rows).assign(reference=[first[indicator] for indicator in rows["indicator"]])


def share_targets(inputs: Inputs) -> pd.DataFrame:
    """Collect the policy's targets on the share, the nearest year first.

    Columns: `target` and `target_high` (upper end of a range), `year`, `direction` (1 where more is better, −1 where
    less is), `since` (the last year that is not after the policy).
    """
    targets = inputs.policy.targets_for(inputs.roles.share.indicator)
    return pd.DataFrame(
        {
            "target": [target.value or 0.0 for target in targets],
            "target_high": pd.Series([target.value_high for target in targets], dtype="float64"),
            "year": [int(target.horizon) for target in targets],
            "direction": [-1 if target.operator in ("<", "<=") else 1 for target in targets],
            "since": inputs.policy.date.year,
        }
    )


def area_output(inputs: Inputs) -> pd.DataFrame:
    """Compute the output of every province and the country by year: output per head times population.

    Columns: `area`, `year`, `output` (empty where unknown), `rows`. The country's is its own output per head times the
    people of the provinces. `attrs` hold `year`, whose weights stand for other years.
    """
    roles, areas = inputs.roles, [*inputs.provinces, inputs.roles.nation]
    income, people = (
        {area: {point.year: point for point in role_series(inputs, area, role)} for area in areas}
        for role in (roles.income, roles.population)
    )
    rows: list[dict[str, Any]] = []
    for year in sorted({year for points in income.values() for year in points} | {roles.product_year}):
        for area in inputs.provinces:
            own, living = income[area].get(year), people[area].get(year)
            known = (
                {"output": own.value * living.value, "rows": (*own.inputs, *living.inputs)} if own and living else {}
            )
            rows.append({"area": area, "year": year, "output": None, "rows": ()} | known)
        if own := income[roles.nation].get(year):
            everybody = sum(point.value for area in inputs.provinces if (point := people[area].get(year)))
            rows.append({"area": roles.nation, "year": year, "output": own.value * everybody, "rows": own.inputs})
    frame = pd.DataFrame(rows, columns=["area", "year", "output", "rows"]).astype({"output": "float64"})
    frame.attrs["year"] = roles.product_year
    return frame


def _figures(inputs: Inputs, rows: pd.DataFrame) -> pd.DataFrame:
    """Ledger rows as a frame whose figures know their rows and the names of their areas."""
    names = {area: inputs.areas.name(area) for area in rows["area"].unique()}
    behind = pd.Series([(row,) for row in rows.index], index=rows.index, dtype="object")
    frame = rows.assign(name=rows["area"].map(names), rows=behind).reset_index(drop=True)
    columns = ["area", "name", "indicator", "measure", "period", "reference_date", "published", "value", "bound"]
    return frame[[*columns, "unit", "status", "source", "note", "rows"]]
