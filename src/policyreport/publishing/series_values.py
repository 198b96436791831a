"""Filters of templates that choose among results on the provinces together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

import pandas as pd

from policyreport.figures.choices import UNITS, ChoiceNames
from policyreport.figures.subjects import exposure_name
from policyreport.publishing.provenance import Provenance
from policyreport.records.markdown import Markdown
from policyreport.records.series import Exposure, Panel, Sensitivity, ShrunkSlope, TrendFamily
from policyreport.statistics.series.exposure_regression import years_apart


def singled_out(panel: Panel, level: float, bh_level: float) -> list[ShrunkSlope]:
    """Pick the areas whose slope stands out: none unless slopes differ at all.

    `level` is the largest p of the test of equal slopes at which areas may be named, `bh_level` the largest adjusted p
    of an area.
    """
    if panel.f_p_value > level:
        return []
    return [slope for slope in panel.slopes if slope.p_adjusted is not None and slope.p_adjusted <= bh_level]


def members_of_families(families: Sequence[TrendFamily]) -> list[dict[str, object]]:
    """List who is singled out, family by family, with the smallest adjusted p first."""
    return [
        {"family": family, "member": member}
        for family in families
        for member in sorted(family.singled_out, key=lambda member: (member.p_adjusted, member.area))
    ]


def placebo_starts(exposures: Iterable[Exposure]) -> list[str]:
    """List the years that were taken as if they were the start."""
    return sorted({check.name for result in exposures for check in result.checks if check.kind == "placebo start"})


def hold_everywhere(grids: Iterable[Sensitivity]) -> list[Sensitivity]:
    """Choose the headlines that hold in every specification that has an answer."""
    return [grid for grid in grids if grid.agree == grid.of]


def counted_on(title: str, provenance: Provenance) -> date | None:
    """Return the newest day on which the country's tasks on a list were counted, None where it is not stated."""
    keys = [task_list.id for task_list in provenance.policy.lists if task_list.title == title]
    ledger, roles = provenance.ledger, provenance.roles
    rows = ledger[ledger["list"].isin(keys) & (ledger["indicator"] == roles.tasks.completed)]
    day = rows.loc[rows["area"] == roles.nation, "reference_date"].max()
    return None if pd.isna(day) else day.date()


def series_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters, with names by the parameters of an edition."""
    indicators, roles = provenance.indicators, provenance.roles
    return {
        "counted_on": lambda title: counted_on(title, provenance),
        "choices_named": ChoiceNames(indicators, roles, provenance.policy).named,
        "estimated_in": lambda method: Markdown(UNITS.get(method, "")),
        "exposure_name": lambda name: exposure_name(name, indicators, roles),
        "hold_everywhere": hold_everywhere,
        "members_of_families": members_of_families,
        "placebo_starts": placebo_starts,
        "singled_out": singled_out,
        "words": str.split,
        "years_apart": years_apart,
    }
