"""The policy's targets with the published figures they are read from, as a frame."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from policyreport.params.policy import Reading, Target
from policyreport.records.base import NEVER_ESTIMATED

if TYPE_CHECKING:
    from policyreport.data.inputs import Inputs

TargetSet = Literal["policy", "country", "provinces"]
COLUMNS = {
    **dict.fromkeys(("id", "name", "short", "area", "horizon"), "str"),
    "year": "Int64",
    "operator": "str",
    **dict.fromkeys(("target", "target_high"), "float64"),
    "text": "str",
    "target_unit": "str",
    "direction": "int64",
    "yearly": "bool",
    **dict.fromkeys(("legal_reference", "not_found"), "str"),
    "same_area": "bool",
    "reading": "int64",
    "nearest": "bool",
    **dict.fromkeys(("what", "note", "measure", "indicator", "period"), "str"),
    "published": "datetime64[s]",
    "value": "float64",
    **dict.fromkeys(("bound", "unit", "status", "remark"), "str"),
    "rows": "object",
}
"""Columns of `target_figures`: a target, one of its readings, and a figure; `remark` is the figure's note."""
_NO_FIGURE: dict[str, Any] = {
    **dict.fromkeys(("indicator", "period", "bound", "unit", "status", "remark"), ""),
    "published": None,
    "value": None,
    "rows": (),
}


def target_figures(inputs: Inputs, of: TargetSet = "policy") -> pd.DataFrame:
    """Collect the figures behind the targets of the policy, further ones for the country, or the provinces' own.

    One row per target, reading and figure in force, by the order of targets and readings, then by period; one row
    without a figure where there is none. Columns as in `COLUMNS`; `same_area` is False where a province's target was
    set before its merger. Projections are left out.
    """
    figures = inputs.figures[inputs.figures["status"] != "projection"]
    rows: list[dict[str, Any]] = []
    for target in chosen_targets(inputs, of):
        area, same = _area_of(inputs, target)
        known = figures[figures["area"] == area] if same else figures.iloc[:0]
        for place, reading in enumerate(_readings(inputs, target) or (None,)):
            about = _about(target, same) | _about_reading(place, reading)
            found = _figures_of(reading, known) if reading else []
            rows += [about | figure for figure in found or [_NO_FIGURE]]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def chosen_targets(inputs: Inputs, of: TargetSet) -> list[Target]:
    """Choose the policy's own targets, those others set for the country and we have figures for, or provinces'."""
    policy = inputs.policy
    if of == "policy":
        return list(policy.targets)
    numbered = [target for target in policy.related_targets if target.value is not None]
    if of == "provinces":
        return [target for target in numbered if target.area]
    return [target for target in numbered if target.readings and not target.area]


def share_goals(inputs: Inputs, of: TargetSet = "policy") -> pd.DataFrame:
    """Collect the targets on the share that have a number and a year, as `pace_of_share` takes them.

    Columns `target`, `target_high`, `year` and `direction`.
    """
    indicator = inputs.roles.share.indicator
    chosen = [
        target
        for target in chosen_targets(inputs, of)
        if target.indicator == indicator and target.value is not None and target.year is not None
    ]
    return pd.DataFrame(
        {
            "target": [float(target.value or 0.0) for target in chosen],
            "target_high": pd.Series([target.value_high for target in chosen], dtype="float64"),
            "year": [target.year for target in chosen],
            "direction": [target.direction for target in chosen],
        }
    )


def _area_of(inputs: Inputs, target: Target) -> tuple[str, bool]:
    """The area whose figures a target is read from, and whether it has the boundaries the target was set for."""
    area = inputs.areas.successor(target.area) if target.area else inputs.roles.nation
    return area, area == target.area or not inputs.areas.is_merged(area)


def _readings(inputs: Inputs, target: Target) -> tuple[Reading, ...]:
    """A target's readings; the share of output by each measure that has enough years."""
    role = inputs.roles.share
    readings: list[Reading] = []
    for reading in target.readings:
        several = role.pace_measures if reading.indicators == (role.indicator,) else (reading.measure,)
        readings += [reading.model_copy(update={"measure": measure}) for measure in several]
    return tuple(readings)


def _about(target: Target, same: bool) -> dict[str, Any]:
    return {
        **{name: getattr(target, name) for name in ("id", "name", "short", "area", "year", "operator", "text")},
        **{name: getattr(target, name) for name in ("direction", "yearly")},
        **{name: getattr(target, name) for name in ("legal_reference", "not_found")},
        # A span of years as the ledger writes one.
        "horizon": re.sub(r"^(\d{4})-(\d{4})$", r"\1/\2", str(target.horizon)),
        "target": target.value,
        "target_high": target.value_high,
        "target_unit": target.unit,
        "same_area": same,
    }


def _about_reading(place: int, reading: Reading | None) -> dict[str, Any]:
    if reading is None:
        return {"reading": place, "nearest": False, "what": "", "note": "", "measure": ""}
    return {"reading": place} | {name: getattr(reading, name) for name in ("nearest", "what", "note", "measure")}


def _figures_of(reading: Reading, figures: pd.DataFrame) -> list[dict[str, Any]]:
    """The figures of a reading by period; what we derived ourselves only where it is not judged."""
    own = figures["indicator"].isin(reading.indicators) & (figures["measure"] == reading.measure)
    if not reading.nearest:
        own &= ~figures["status"].isin(NEVER_ESTIMATED)
    found = figures[own].rename(columns={"note": "remark"}).sort_values(["period", "published"], kind="stable")
    names = ["indicator", "period", "published", "value", "bound", "unit", "status", "remark", "rows"]
    return [{str(name): value for name, value in row.items()} for row in found[names].to_dict("records")]
