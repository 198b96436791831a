"""Whether the areas' output per head rises faster than the national one."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.statistics.assess.comparison import mean_rules
from policyreport.statistics.assess.selection import boundary_flags, role_series
from policyreport.statistics.series.level_trend import LevelFamily, LevelRules, assess_levels


def income_levels(inputs: Inputs) -> LevelFamily:
    """Compare the yearly changes of every area's income with the national ones, in % a year."""
    role, common = inputs.roles.income, inputs.settings.conventions
    areas = inputs.provinces
    return assess_levels(
        {area: role_series(inputs, area, role) for area in areas},
        role_series(inputs, inputs.roles.nation, role),
        indicator=role.indicator,
        unit="% a year",
        rules=LevelRules(
            means=mean_rules(inputs),
            level=inputs.settings.multiplicity.bh_level,
            weak_below=common.weak_below,
            minimum_official_points=common.minimum_official_points,
            shock_years=common.shock_years,
            policy_date=inputs.policy.date,
        ),
        flags={area: boundary_flags(inputs, [area], role.indicator) for area in areas},
    )
