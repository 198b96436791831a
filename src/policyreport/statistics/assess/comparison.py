"""One area compared with the country, its region and its peers; its five indicators with their published ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from policyreport.data.inputs import Inputs
from policyreport.params.report import SeriesRole
from policyreport.records.base import Flag, Refusal
from policyreport.records.notebooks import Ratio, StripItem
from policyreport.records.series import Difference, Peers, PublishedRank, Ranks, SeriesPoint
from policyreport.records.shares import NotYearly, Threshold
from policyreport.records.tasks import Completion
from policyreport.statistics.assess.ranking import published_ranks
from policyreport.statistics.assess.selection import (
    boundary_flags,
    later_part,
    not_published,
    output_of,
    point_of,
    role_series,
)
from policyreport.statistics.ranks import peers as peers_method
from policyreport.statistics.ranks.comparators import PeerPanel
from policyreport.statistics.shares.latest import later_parts, newest_completion, newest_of_each_measure

METHOD = "ranks"


def peers(inputs: Inputs) -> Peers | Refusal:
    """Compare the area's growth with the national one, its region's and its peers'.

    P-values and verdicts are adjusted for all areas.
    """
    panel = peer_panel(inputs)
    if panel is None:
        return not_published("peers", inputs.roles.growth.indicator)
    own = peers_method.compare_in_panel(panel, inputs.area, inputs.settings.peers)
    if isinstance(own, Refusal):
        return own
    # Merged provinces are on both sides of the comparison, whether or not the area is one.
    return own.model_copy(update={"flags": own.flags + boundary_flags(inputs, panel.areas, panel.indicator)})


def peer_family(inputs: Inputs, panel: PeerPanel) -> tuple[Peers | Refusal, ...]:
    """Compare every area of a panel, in its order."""
    return tuple(peers_method.compare_in_panel(panel, area, inputs.settings.peers) for area in panel.areas)


def peer_panel(inputs: Inputs) -> PeerPanel | None:
    """Arrange the growth of all areas, and what makes areas alike before the policy.

    None where no area's growth or no national growth is published.
    """
    roles = inputs.roles
    areas = inputs.provinces
    own = {area: role_series(inputs, area, roles.growth) for area in areas}
    nation = role_series(inputs, roles.nation, roles.growth)
    years = sorted({p.year for points in own.values() for p in points} & {p.year for p in nation})
    if not years:
        return None
    likeness = [likeness_values(inputs, areas, name)[0] for name in inputs.settings.peers.variables]
    outputs = [output_of(inputs, area, roles.product_year) for area in areas]
    return PeerPanel(
        indicator=roles.growth.indicator,
        unit=inputs.indicators.get(roles.growth.indicator).unit,
        areas=tuple(areas),
        years=tuple(years),
        values=np.array([_by_year(own[area], years) for area in areas]),
        nation=_by_year(nation, years),
        regions=tuple(inputs.areas.region(area) for area in areas),
        product=np.array([output[0] if output else np.nan for output in outputs]),
        likeness=np.column_stack(likeness),
        measures=(roles.growth.measure,),
        errors=_errors(own, areas, years),
        inputs={area: tuple(row for p in own[area] for row in p.inputs) for area in areas}
        | {"nation": tuple(row for p in nation for row in p.inputs if p.year in years)},
    )


def _errors(
    own: Mapping[str, tuple[SeriesPoint, ...]], areas: Sequence[str], years: Sequence[int]
) -> NDArray[np.float64] | None:
    """Standard deviations of recalculated values by area and year; None where all were published."""
    if all(point.error is None for points in own.values() for point in points):
        return None
    by_year = [{point.year: point.error or 0.0 for point in own[area]} for area in areas]
    return np.array([[errors.get(year, 0.0) for year in years] for errors in by_year])


def weighted_growth(inputs: Inputs) -> tuple[SeriesPoint, ...]:
    """Average the areas' growth, weighted by output, for comparison with the national one.

    % a year, with weights of the roles' product year; only years in which every area has a figure.
    """
    panel = peer_panel(inputs)
    if panel is None or not np.isfinite(panel.product).all():
        return ()
    weights = panel.product / panel.product.sum()
    rows = tuple(row for area in panel.areas for row in panel.inputs[area])
    return tuple(
        SeriesPoint(year=year, value=float(weights @ values), status="derived", inputs=rows)
        for year, values in zip(panel.years, panel.values.T, strict=True)
        if np.isfinite(values).all()
    )


def income_ratio(inputs: Inputs, comparator: str) -> Ratio | Refusal:
    """Express the area's newest income as an index of a comparator's, such as the country's (comparator = 100)."""
    role = inputs.roles.income
    own = role_series(inputs, inputs.area, role)
    other = {point.year: point for point in role_series(inputs, comparator, role)}
    common = [point for point in own if point.year in other]
    if not common:
        return not_published("peers", role.indicator)
    last = common[-1]
    return Ratio(
        period=str(last.year),
        value=last.value,
        comparator_value=other[last.year].value,
        index=100 * last.value / other[last.year].value,
        unit=inputs.indicators.get(role.indicator).unit,
        inputs=last.inputs + other[last.year].inputs,
    )


def published_rank(inputs: Inputs, role: SeriesRole) -> PublishedRank | Refusal:
    """Return the area's rank among published values of the newest year, largest first.

    Where standard errors were published it has a set of ranks, elsewhere the flag `no-sampling-error`.
    """
    own = role_series(inputs, inputs.area, role)
    if not own:
        return not_published(METHOD, role.indicator)
    year = own[-1].year
    values = {
        area: point for area in inputs.provinces for point in role_series(inputs, area, role) if point.year == year
    }
    sets = published_ranks(inputs, role) if inputs.indicators.get(role.indicator).standard_error else None
    by_area = {rank_set.area: rank_set for rank_set in sets.sets} if isinstance(sets, Ranks) else {}
    own_set = by_area.get(inputs.area)
    unknown = Flag(code="no-sampling-error", detail="published values carry no sampling error")
    return PublishedRank(
        area=inputs.area,
        indicator=role.indicator,
        period=str(year),
        value=own[-1].value,
        rank=1 + sum(point.value > own[-1].value for point in values.values()),
        of=len(values),
        marginal=None if own_set is None else own_set.marginal,
        flags=() if own_set else (unknown,),
        # A rank rests on every value that was ranked.
        inputs=tuple(row for point in values.values() for row in point.inputs),
    )


def published_ranks_of(inputs: Inputs) -> tuple[PublishedRank | Refusal, ...]:
    """Return the area's published ranks by growth and by output per head."""
    return tuple(published_rank(inputs, role) for role in (inputs.roles.growth, inputs.roles.income))


def strip(
    inputs: Inputs,
    completion: Sequence[Completion | Refusal],
    share: Sequence[Threshold | NotYearly | Refusal],
    ranks: Sequence[PublishedRank | Refusal],
) -> tuple[StripItem, ...]:
    """Collect the five indicators at the head of an area's page: tasks, share, growth, income, governance.

    Each is a value or its refusal. The arguments come from `completion`, `share` and `published_ranks_of`.
    """
    roles = inputs.roles
    governance = SeriesRole(indicator=roles.governance.strip, measure=roles.governance.measure)
    growth, income = ranks
    return (
        _strip_tasks(inputs, completion),
        _strip_share(inputs, share),
        _strip_series(inputs, "growth", roles.growth, growth),
        _strip_series(inputs, "income", roles.income, income),
        _strip_series(inputs, "governance", governance, published_rank(inputs, governance)),
    )


def growth_differences(growth: Peers | Refusal) -> tuple[Difference | Refusal, ...]:
    """List the differences of a comparison, or its refusal."""
    return growth.differences if isinstance(growth, Peers) else (growth,)


def _strip_tasks(inputs: Inputs, results: Sequence[Completion | Refusal]) -> StripItem:
    role = inputs.roles.tasks
    newest = newest_completion(results)
    if newest is None:
        refused = next(result for result in results if isinstance(result, Refusal))
        return StripItem(role="tasks", indicator=role.completed, refusal=refused)
    return StripItem(
        role="tasks",
        indicator=role.completed,
        period=newest.reference_date.isoformat() if newest.reference_date else newest.period,
        value=100 * newest.completed.share,
        unit="%",
        measure=newest.list,
        count=newest.completed.count,
        total=newest.total,
        inputs=newest.inputs,
    )


def _strip_share(inputs: Inputs, results: Sequence[Threshold | NotYearly | Refusal]) -> StripItem:
    role = inputs.roles.share
    about = {"role": "share", "indicator": role.indicator, "measure": role.headline_measure}
    parts = {part.measure: part.observation for part in later_parts(results)}
    part = parts.get(role.headline_measure)
    last = newest_of_each_measure(results).get(role.headline_measure)
    if last is None:
        refused = next((result for result in results if isinstance(result, Refusal)), None)
        return StripItem.model_validate(about | {"refusal": refused, "part": part})
    return StripItem.model_validate(
        about
        | {
            "period": last.period,
            "value": last.observation.value,
            "unit": last.observation.unit,
            "status": last.observation.status,
            "inputs": (last.observation.id,),
            "part": part,
        }
    )


def _strip_series(inputs: Inputs, name: str, role: SeriesRole, rank: PublishedRank | Refusal) -> StripItem:
    own = role_series(inputs, inputs.area, role)
    part = later_part(inputs, inputs.area, role, own[-1].year if own else 0)
    if not own:
        refused = not_published("trend", role.indicator)
        return StripItem(role=name, indicator=role.indicator, refusal=refused, part=part)
    last = own[-1]
    before = next((point for point in own if point.year == last.year - 1 and point.segment == last.segment), None)
    nation = {point.year: point for point in role_series(inputs, inputs.roles.nation, role)}.get(last.year)
    relative = name == "income"
    change = None if before is None else last.value - before.value
    if relative and before is not None:
        change = 100 * (last.value / before.value - 1)
    return StripItem(
        role=name,
        indicator=role.indicator,
        period=str(last.year),
        value=last.value,
        unit=inputs.indicators.get(role.indicator).unit,
        measure=role.measure,
        status=last.status,
        change=change,
        change_unit="%" if relative else "points",
        nation=None if nation is None else nation.value,
        rank=rank,
        inputs=last.inputs,
        change_inputs=() if before is None else before.inputs + last.inputs,
        nation_inputs=() if nation is None else nation.inputs,
        part=part,
        flags=() if change is None else boundary_flags(inputs, [inputs.area], role.indicator),
    )


def _by_year(points: tuple[SeriesPoint, ...], years: list[int]) -> NDArray[np.float64]:
    values = {point.year: point.value for point in points}
    return np.array([values.get(year, np.nan) for year in years])


def likeness_values(inputs: Inputs, areas: Sequence[str], name: str) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return one variable of likeness, NaN where unknown, and the ledger rows behind it.

    `name` is one of `likeness` in params/report.yaml.

    Raises
    ------
    ParamsError
        If there is no such name.
    """
    variable = inputs.roles.likeness_by_name(name)
    points = [point_of(inputs, area, getattr(inputs.roles, variable.series), variable.year) for area in areas]
    values = np.array([point.value if point else np.nan for point in points])
    rows = tuple(sorted({row for point in points if point for row in point.inputs}))
    return (np.log(values) if variable.log else values), rows
