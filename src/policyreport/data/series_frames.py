"""Frames of annual series for notebooks: of all areas, relative to what all areas share, and what makes areas alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from policyreport.data.points import to_frame
from policyreport.data.selection import (
    boundary_flags,
    divided,
    likeness_values,
    mean_of_areas,
    minus,
    output_of,
    role_series,
    series,
    spread_of_areas,
)
from policyreport.errors import DataError, require_one_of
from policyreport.params.report import SeriesRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from policyreport.data.inputs import Inputs

ROLES = ("growth", "income", "population", "urban")
"""Roles of params/report.yaml that are annual series; `data.series` takes their names too."""
MERGED = "merged"
"""Name of the exposure that is 1 for an area made of several former ones."""


def series_frame(inputs: Inputs, name: str, area: str = "") -> pd.DataFrame:
    """Give a role's or an indicator's annual values: provinces, then the country, then regions; or those of one area.

    Columns and `attrs` are those of `data.points`, and `standard_error` where the publisher gives one.
    """
    return _only(area, _once(inputs, "series", name, _series))


def _series(inputs: Inputs, name: str) -> pd.DataFrame:
    role = _role(inputs, name)
    regions = dict.fromkeys(inputs.areas.region(area) for area in inputs.provinces)
    areas = [*inputs.provinces, inputs.roles.nation, *regions]
    frame = to_frame({each: role_series(inputs, each, role) for each in areas}, **_about(inputs, role, "own"))
    if error := inputs.indicators.get(role.indicator).standard_error:
        errors = {(each, p.year): p.value for each in areas for p in series(inputs, each, error, role.measure)}
        if errors:
            keys = zip(frame["area"], frame["year"], strict=True)
            frame["standard_error"] = [errors.get(key, np.nan) for key in keys]
    return frame


def lead_frame(inputs: Inputs, name: str, area: str = "") -> pd.DataFrame:
    """Give the provinces' values minus the country's, or, of a governance score, minus the provinces' mean.

    All provinces' rows, or those of one area.

    Of a score, `scaled` is the same in standard deviations over provinces, and `calendar` tells the years and breaks of
    the survey itself: a province with fewer years is not judged on older ones.
    """
    return _only(area, _once(inputs, "lead", name, _lead))


def _lead(inputs: Inputs, name: str) -> pd.DataFrame:
    role = _role(inputs, name)
    if role.indicator in inputs.roles.governance.indicators:
        return _lead_over_mean(inputs, role)
    national = role_series(inputs, inputs.roles.nation, role)
    leads = {province: minus(role_series(inputs, province, role), national) for province in inputs.provinces}
    return to_frame(leads, **_about(inputs, role, "minus nation"))


def traits_frame(inputs: Inputs) -> pd.DataFrame:
    """Give what makes provinces alike: region, output as weight, merged or not, and each variable of likeness.

    One row a province. `attrs["rows"]` has the ledger rows behind each variable.
    """
    areas = inputs.provinces
    outputs = [output_of(inputs, area, inputs.roles.product_year) for area in areas]
    columns: dict[str, object] = {
        "area": areas,
        "region": [inputs.areas.region(area) for area in areas],
        "weight": [output[0] if output else np.nan for output in outputs],
        MERGED: [float(inputs.areas.is_merged(area)) for area in areas],
    }
    rows: dict[str, tuple[str, ...]] = {}
    for variable in inputs.roles.likeness:
        columns[variable.name], rows[variable.name] = likeness_values(inputs, areas, variable.name)
    frame = pd.DataFrame(columns)
    frame.attrs["rows"] = rows
    return frame


def _lead_over_mean(inputs: Inputs, role: SeriesRole) -> pd.DataFrame:
    scores = {area: role_series(inputs, area, role) for area in inputs.provinces}
    mean = mean_of_areas(inputs, scores.values())
    calendar = {point.year: point.segment for point in mean}
    spread = spread_of_areas(scores.values(), calendar)
    leads = {area: minus(points, mean) for area, points in scores.items()}
    frame = to_frame(leads, **_about(inputs, role, "minus mean"), calendar=calendar)
    scaled = {(area, point.year): point.value for area, lead in leads.items() for point in divided(lead, spread)}
    frame["scaled"] = [scaled.get(key, np.nan) for key in zip(frame["area"], frame["year"], strict=True)]
    return frame


def _once(inputs: Inputs, kind: str, name: str, make: Callable[[Inputs, str], pd.DataFrame]) -> pd.DataFrame:
    """A copy of a table that is made once: the record asks for the same ones as the cells."""
    if (kind, name) not in inputs.frames:
        inputs.frames[kind, name] = make(inputs, name)
    return inputs.frames[kind, name].copy()


def _only(area: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Of a table of all areas the rows of one, or all without a name."""
    return frame[frame["area"] == area].reset_index(drop=True) if area else frame


def _role(inputs: Inputs, name: str) -> SeriesRole:
    """The role or indicator of a name; governance scores are all of one measure."""
    if name in ROLES:
        role: SeriesRole = getattr(inputs.roles, name)
        return role
    known = [*ROLES, *inputs.indicators.by_id()]
    require_one_of(DataError, "data.series", name, known, "a role or an indicator of params/indicators.yaml")
    governance = inputs.roles.governance
    scores = (*governance.indicators, governance.strip)
    return SeriesRole(indicator=name, measure=governance.measure if name in scores else "")


def _about(inputs: Inputs, role: SeriesRole, kind: str) -> dict[str, object]:
    indicator, provinces = inputs.indicators.get(role.indicator), inputs.provinces
    flagged = {area: boundary_flags(inputs, [area], role.indicator) for area in [*provinces, inputs.roles.nation]}
    points = "percentage points" if indicator.unit.startswith("%") else "score points"
    return {
        "indicator": role.indicator,
        "unit": indicator.unit if kind == "own" else points,
        "measure": role.measure,
        "series": kind,
        "nation": inputs.roles.nation,
        "areas": tuple(provinces),
        "revised": indicator.questions_revised,
        "direction": indicator.direction,
        "flags": {area: tuple(flag.code for flag in flags) for area, flags in flagged.items() if flags},
    }
