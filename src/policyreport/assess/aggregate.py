"""The provinces' shares, weighted by output, beside the nation's (METHODS §5)."""

from __future__ import annotations

from policyreport.assess.selection import not_published, observations, role_series
from policyreport.inputs import Inputs
from policyreport.methods.threshold import aggregate_check
from policyreport.methods.vintages import NEVER_ESTIMATED
from policyreport.records.base import Observation, Refusal
from policyreport.records.shares import AggregateCheck

KIND = "aggregate-check"


def share_aggregate(inputs: Inputs) -> AggregateCheck | Refusal:
    """Set the weighted mean of the provinces' newest shares against the nation's of the same year.

    Parameters
    ----------
    inputs : Inputs
        The national slice.

    Returns
    -------
    AggregateCheck or Refusal
        By the headline measure, weights: output per head × population of the roles' product year. Refused:
        `not-published`, `bound-only`, `part-missing` where a province has no exact figure or no weight.
    """
    whole = _nation(inputs)
    if whole is None:
        return not_published(KIND, f"{inputs.roles.share.indicator} ({inputs.roles.share.headline_measure})")
    if whole.bound != "=":
        return Refusal(code="bound-only", method=KIND, subject=whole.indicator, inputs=(whole.id,))
    areas = inputs.areas.current(inputs.edition.as_known_on)
    parts = _newest(inputs, areas, whole.period)
    known = {area: _output(inputs, area) for area in areas}
    weights = {area: found[0] for area, found in known.items() if found}
    exact = {each.area for each in parts if each.bound == "="}
    usable = exact & set(weights)
    if len(usable) < len(areas):
        without = len(areas) - len(usable)
        what = "without a figure" if len(exact) < len(areas) else "without a weight"
        rows = tuple(each.id for each in (whole, *parts))
        detail = f"{without} of {len(areas)} provinces {what} for {whole.period}"
        return Refusal(code="part-missing", method=KIND, subject=whole.indicator, detail=detail, inputs=rows)
    result = aggregate_check([_in_unit_of(inputs, each, whole) for each in parts], whole, weights=weights)
    if isinstance(result, Refusal):
        return result.model_copy(update={"method": KIND})
    behind = tuple(row for found in known.values() if found for row in found[1])
    return result.model_copy(update={"inputs": (*result.inputs, *behind)})


def _in_unit_of(inputs: Inputs, part: Observation, whole: Observation) -> Observation:
    """A province's share of its own output, % of GRDP, is the nation's % of GDP: both are units of the indicator."""
    known = inputs.indicators.get(whole.indicator)
    units = {known.unit, *known.other_units}
    return part.model_copy(update={"unit": whole.unit}) if {part.unit, whole.unit} <= units else part


def _nation(inputs: Inputs) -> Observation | None:
    """The nation's newest figure by the headline measure; a projection is none."""
    found = _rows(inputs, [inputs.area])
    return max(found, key=lambda each: (each.period, each.published), default=None)


def _newest(inputs: Inputs, areas: list[str], period: str) -> list[Observation]:
    """Each area's newest figure of a period."""
    newest: dict[str, Observation] = {}
    for each in _rows(inputs, areas):
        if each.period == period and (each.area not in newest or each.published >= newest[each.area].published):
            newest[each.area] = each
    return [newest[area] for area in sorted(newest)]


def _rows(inputs: Inputs, areas: list[str]) -> list[Observation]:
    """Figures of the share by its headline measure."""
    role, rows = inputs.roles.share, inputs.observations
    own = rows[
        rows["area"].isin(areas) & (rows["indicator"] == role.indicator) & (rows["measure"] == role.headline_measure)
    ]
    return [each for each in observations(own) if each.status not in NEVER_ESTIMATED]


def _output(inputs: Inputs, area: str) -> tuple[float, tuple[str, ...]] | None:
    """Output of an area in the weight year with the rows behind it."""
    roles = inputs.roles
    points = [
        next((point for point in role_series(inputs, area, role) if point.year == roles.product_year), None)
        for role in (roles.income, roles.population)
    ]
    income, people = points
    if income is None or people is None:
        return None
    return income.value * people.value, (*income.inputs, *people.inputs)
