"""All areas' series: do trends differ, does exposure go with change, where may true ranks lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from policyreport.data.inputs import Inputs
from policyreport.params.report import SeriesRole
from policyreport.records.base import Refusal
from policyreport.records.notebooks import SERIES_NOTEBOOK, SeriesRecord
from policyreport.records.series import Cusum, Difference, Exposure, Panel, Peers, Ranks, Step
from policyreport.statistics.assess.comparison import likeness_values, peer_family, peer_panel
from policyreport.statistics.assess.means import yearly_table
from policyreport.statistics.assess.ranking import published_ranks
from policyreport.statistics.assess.selection import boundary_flags, not_published, role_series
from policyreport.statistics.common.starts import years_after
from policyreport.statistics.ranks.comparators import PeerPanel
from policyreport.statistics.ranks.means import estimate_means
from policyreport.statistics.ranks.ranks import rank_family
from policyreport.statistics.series import exposure as exposure_method
from policyreport.statistics.series import panel as panel_method
from policyreport.statistics.series import steps as steps_method
from policyreport.statistics.series.exposure import ExposurePanel
from policyreport.statistics.series.windows import window_flags

MERGED = "merged"
"""Name of the exposure that is 1 for an area made of several former ones."""

Floats = NDArray[np.float64]


def panel(inputs: Inputs) -> Panel | Refusal:
    """Test whether areas' growth diverges once yearly shocks common to all are removed; percentage points a year."""
    growth = peer_panel(inputs)
    if growth is None:
        return not_published(panel_method.METHOD, inputs.roles.growth.indicator)
    fitted = panel_method.estimate_panel(
        growth.values,
        growth.areas,
        growth.years,
        inputs.settings.panel,
        indicator=growth.indicator,
        inputs=_rows(growth),
    )
    if isinstance(fitted, Refusal):
        return fitted
    window = window_flags(growth.years, inputs.settings.panel)
    return fitted.model_copy(
        update={"flags": fitted.flags + window + boundary_flags(inputs, growth.areas, growth.indicator)}
    )


def exposure(inputs: Inputs) -> tuple[Exposure | Refusal, ...]:
    """Relate the change of growth after the start to each exposure fixed before the run.

    In the order of params/methods.yaml, with Holm's p-values over all of them.
    """
    growth = peer_panel(inputs)
    if growth is None:
        return (not_published(exposure_method.METHOD, inputs.roles.growth.indicator),)
    after = years_after(growth.years, inputs.policy.date)
    names = inputs.settings.exposure.exposures
    estimates = [assess_exposure(inputs, exposure_panel(inputs, growth, name), after) for name in names]
    crossing = boundary_flags(inputs, growth.areas, growth.indicator)
    judged = exposure_method.judge(estimates, inputs.settings.exposure)
    return tuple(
        result.model_copy(update={"flags": result.flags + crossing}) if isinstance(result, Exposure) else result
        for result in judged
    )


def assess_exposure(
    inputs: Inputs, panel: ExposurePanel, post_years: Sequence[int], *, controlled: bool = False, inverted: bool = True
) -> Exposure | Refusal:
    """Estimate one exposure's association under the edition's settings, without verdict (see `exposure.judge`).

    `controlled` holds the merger fixed; `inverted` asks for an interval.
    """
    return exposure_method.estimate_exposure(
        panel, inputs.settings.exposure, post_years=post_years, controlled=controlled, inverted=inverted
    )


def exposure_panel(inputs: Inputs, growth: PeerPanel, name: str) -> ExposurePanel:
    """Arrange growth and one exposure fixed before the start, with the merger as control.

    `name` is `MERGED`, or a name of `likeness` in params/report.yaml.

    Raises
    ------
    ParamsError
        If params/report.yaml has no such name.
    """
    merged = np.array([inputs.areas.is_merged(area) for area in growth.areas], dtype=float)
    values, rows = (merged, ()) if name == MERGED else likeness_values(inputs, growth.areas, name)
    return ExposurePanel(
        outcome=growth.indicator,
        exposure_name=name,
        areas=growth.areas,
        years=growth.years,
        values=growth.values,
        exposure=values,
        merged=merged,
        measures=growth.measures,
        inputs=tuple(sorted({row for area in growth.areas for row in growth.inputs.get(area, ())} | set(rows))),
    )


def ranks(inputs: Inputs, to_national: Mapping[str, Difference] | None = None) -> tuple[Ranks | Refusal, ...]:
    """Compute sets of ranks: of mean growth relative to the national one, then of every ranked published series.

    The first is labelled "model-based"; figures published without standard errors are refused `no-sampling-error`.
    `to_national` are the `differences`, where already computed.
    """
    roles = inputs.roles
    published = [roles.growth, roles.income]
    published += [SeriesRole(indicator=key, measure=roles.governance.measure) for key in roles.governance.indicators]
    means = differences(inputs) if to_national is None else to_national
    return (mean_growth_ranks(inputs, means), *(published_ranks(inputs, role) for role in published))


def differences(inputs: Inputs) -> dict[str, Difference]:
    """Compare every area's growth with the national one, judged together; by area key.

    Refused areas are left out.
    """
    growth = peer_panel(inputs)
    return {
        compared.area: difference
        for compared in (peer_family(inputs, growth) if growth else ())
        if isinstance(compared, Peers)
        for difference in compared.differences
        if isinstance(difference, Difference) and difference.comparator == "nation"
    }


def mean_growth_ranks(inputs: Inputs, differences: Mapping[str, Difference]) -> Ranks | Refusal:
    """Compute sets of the ranks of areas' mean differences in growth to the national figure.

    Model-based: years are treated as draws, and their spread and carry-over are learnt from as many years.
    """
    growth = peer_panel(inputs)
    if growth is None:
        return not_published("ranks", inputs.roles.growth.indicator)
    areas, table, known = yearly_table(differences)
    return rank_family(
        areas,
        estimate_means(table, inputs.settings.peers, known=known),
        inputs.settings.ranks,
        indicator=growth.indicator,
        measure=f"{inputs.roles.growth.measure} minus nation",
        larger_is_better=inputs.indicators.get(growth.indicator).direction != "lower",
        inputs=_rows(growth),
    )


def step_days(inputs: Inputs) -> tuple[date, ...]:
    """Return the days tested for a step: that of the policy, and that of the present boundaries."""
    begun = [inputs.areas.begun(area) for area in inputs.provinces]
    days = {"policy": inputs.policy.date, "mergers": max(begun)}
    return tuple(days[name] for name in inputs.settings.trend.step_dates)


def steps(inputs: Inputs) -> tuple[Step | Cusum | Refusal, ...]:
    """Test for a step in the area's growth at each date fixed in params, then for drift from a line."""
    role, settings = inputs.roles.growth, inputs.settings.trend
    points = role_series(inputs, inputs.area, role)
    tested = [
        steps_method.estimate_step(points, settings, area=inputs.area, indicator=role.indicator, step_date=day)
        for day in step_days(inputs)
    ]
    wandering = steps_method.estimate_drift(points, settings, area=inputs.area, indicator=role.indicator)
    return (*tested, wandering)


def series_of(inputs: Inputs) -> SeriesRecord:
    """Return the record of the notebook on series; one without results where that notebook failed."""
    record = inputs.records.get((inputs.area, SERIES_NOTEBOOK))
    if isinstance(record, SeriesRecord):
        return record
    return SeriesRecord(
        area=inputs.area,
        name=inputs.name,
        edition=inputs.edition.id,
        as_known_on=inputs.edition.as_known_on,
        growth=None,
        panel=None,
        families=(),
        means=(),
        exposure=(),
        ranks=(),
        steps=(),
        sensitivity=(),
        score_sensitivity=(),
    )


def _rows(panel: PeerPanel) -> tuple[str, ...]:
    """Every ledger row behind a panel and the national series."""
    return tuple(sorted({row for rows in panel.inputs.values() for row in rows}))
