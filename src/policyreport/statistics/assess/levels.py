"""Whether the areas' output per head rises faster than the national one."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.statistics.assess.selection import boundary_flags, role_series
from policyreport.statistics.series.level_trend import LevelFamily, estimate_levels


def income_levels(inputs: Inputs) -> LevelFamily:
    """Compare the yearly changes of every area's income with the national ones, in % a year."""
    role = inputs.roles.income
    areas = inputs.provinces
    return estimate_levels(
        {area: role_series(inputs, area, role) for area in areas},
        role_series(inputs, inputs.roles.nation, role),
        inputs.settings.peers,
        indicator=role.indicator,
        unit="% a year",
        start=inputs.policy.date,
        flags={area: boundary_flags(inputs, [area], role.indicator) for area in areas},
    )
