"""The five indicators at the head of an area's page: tasks, share, growth, income, governance."""

from collections.abc import Sequence
from datetime import date

from policyreport.data.inputs import Inputs
from policyreport.data.observations.known import to_observations
from policyreport.data.selection import boundary_flags, role_series
from policyreport.params.report import SeriesRole
from policyreport.records.base import NEVER_ESTIMATED, Observation, Refusal
from policyreport.records.notebooks import StripItem
from policyreport.records.periods import YEAR, kind_of, period_bounds
from policyreport.records.series import PublishedRank
from policyreport.records.shares import NotYearly, Threshold
from policyreport.records.tasks import Completion
from policyreport.statistics.ranks.published import rank_published
from policyreport.statistics.shares.latest import later_parts, newest_completion, newest_of_each_measure


def collect_strip(
    data: Inputs,
    completion: Sequence[Completion | Refusal],
    share: Sequence[Threshold | NotYearly | Refusal],
    ranks: Sequence[PublishedRank | Refusal],
) -> tuple[StripItem, ...]:
    """Collect the five indicators at the head of an area's page: tasks, share, growth, income, governance.

    Each is a value or its refusal. `ranks` are the published ones of growth and income.
    """
    roles = data.roles
    governance = SeriesRole(indicator=roles.governance.strip, measure=roles.governance.measure)
    growth, income = ranks
    placed = rank_published(data.series(governance.indicator), data.area, data.settings.ranks)
    return (
        _strip_tasks(data, completion),
        _strip_share(data, share),
        _strip_series(data, "growth", roles.growth, growth),
        _strip_series(data, "income", roles.income, income),
        _strip_series(data, "governance", governance, placed),
    )


def _strip_tasks(data: Inputs, results: Sequence[Completion | Refusal]) -> StripItem:
    role = data.roles.tasks
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


def _strip_share(data: Inputs, results: Sequence[Threshold | NotYearly | Refusal]) -> StripItem:
    role = data.roles.share
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


def _strip_series(data: Inputs, name: str, role: SeriesRole, rank: PublishedRank | Refusal) -> StripItem:
    own = role_series(data, data.area, role)
    part = later_part(data, data.area, role, own[-1].year if own else 0)
    if not own:
        refused = Refusal(code="not-published", method="trend", subject=role.indicator)
        return StripItem(role=name, indicator=role.indicator, refusal=refused, part=part)
    last = own[-1]
    before = next((point for point in own if point.year == last.year - 1 and point.segment == last.segment), None)
    nation = {point.year: point for point in role_series(data, data.roles.nation, role)}.get(last.year)
    relative = name == "income"
    change = None if before is None else last.value - before.value
    if relative and before is not None:
        change = 100 * (last.value / before.value - 1)
    return StripItem(
        role=name,
        indicator=role.indicator,
        period=str(last.year),
        value=last.value,
        unit=data.indicators.get(role.indicator).unit,
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
        flags=() if change is None else boundary_flags(data, [data.area], role.indicator),
    )


def later_part(data: Inputs, area: str, role: SeriesRole, year: int) -> Observation | None:
    """Select the newest figure for part of a year that ends after the newest whole year, 0 for none.

    The one that ends last, and of these the longest; None where nothing was published since.
    """
    rows = data.newest
    own = rows[
        (rows["area"] == area)
        & (rows["indicator"] == role.indicator)
        & (rows["measure"] == role.measure)
        & ~rows["status"].isin(NEVER_ESTIMATED)
    ]
    later = [
        row for row in to_observations(own) if kind_of(row.period) != YEAR and period_bounds(row.period)[1].year > year
    ]

    def order(row: Observation) -> tuple[date, int, str]:
        first, last = period_bounds(row.period)
        return last, -first.toordinal(), row.id

    return max(later, key=order, default=None)
