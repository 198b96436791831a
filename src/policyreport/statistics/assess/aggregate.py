"""The provinces' shares, weighted by output, compared with the national one (METHODS §5, §20.6)."""

from __future__ import annotations

from math import inf

from policyreport.data.inputs import Inputs
from policyreport.records.base import NEVER_ESTIMATED, Observation, Refusal
from policyreport.records.shares import AggregateCheck, PartBound, Remainder
from policyreport.statistics.assess.selection import not_published, observations, output_of, point_of
from policyreport.statistics.shares.bounds import finite, rest_of_total
from policyreport.statistics.shares.threshold import aggregate_check
from policyreport.statistics.shares.vintages import ids, newest_of_each_year, year_of

KIND = "aggregate-check"
Output = dict[str, tuple[float, tuple[str, ...]]]
"""Output by area, with the rows behind it."""


def share_aggregate(inputs: Inputs) -> AggregateCheck | Remainder | Refusal:
    """Compare the provinces' newest shares, weighted by output, with the national share of the same year.

    Shares are by the headline measure; output is output per head × population.

    Returns
    -------
    AggregateCheck
        The difference, with weights of the roles' product year, where every province has an exact figure.
    Remainder
        What the national share leaves for the provinces without a figure, where some have one; weights are of the
        share's own year where they are known.
    Refusal
        `not-published` where no province has a figure, `bound-only`, `part-missing` where one has no weight.
    """
    areas = inputs.provinces
    whole, parts = _newest_year(inputs, areas)
    if whole is None:
        return not_published(KIND, f"{inputs.roles.share.indicator} ({inputs.roles.share.headline_measure})")
    about = {"method": KIND, "subject": whole.indicator, "inputs": ids([whole, *parts])}
    if whole.bound != "=":
        return Refusal.model_validate(about | {"code": "bound-only"})
    exact = [part for part in parts if part.bound == "="]
    if not exact:
        return Refusal.model_validate(
            about | {"code": "not-published", "detail": f"no province's figure for {whole.period}"}
        )
    if len(exact) < len(areas):
        for year in (year_of(whole), inputs.roles.product_year):
            if output := _outputs(inputs, areas, year):
                return _remainder(inputs, whole, exact, output, year)
    output = _outputs(inputs, areas, inputs.roles.product_year)
    if not output:
        without = f"a province without a weight for {whole.period}"
        return Refusal.model_validate(about | {"code": "part-missing", "detail": without})
    weights = {area: value for area, (value, _) in output.items()}
    behind = tuple(row for _, rows in output.values() for row in rows)
    result = aggregate_check([_in_unit_of(inputs, part, whole) for part in parts], whole, weights=weights)
    if isinstance(result, Refusal):
        return result.model_copy(update={"method": KIND})
    return result.model_copy(update={"inputs": (*result.inputs, *behind)})


def _remainder(inputs: Inputs, whole: Observation, exact: list[Observation], output: Output, year: int) -> Remainder:
    """What the national figure leaves for the provinces without one."""
    limits = inputs.indicators.get(whole.indicator)
    weights = {area: value for area, (value, _) in output.items()}
    size, rows = _nations_output(inputs, list(output), year)
    rest = rest_of_total(
        {part.area: part.value for part in exact},
        weights,
        whole.value,
        whole=size,
        low=-inf if limits.low is None else limits.low,
        high=inf if limits.high is None else limits.high,
    )
    total = sum(weights.values())
    return Remainder(
        area=whole.area,
        indicator=whole.indicator,
        measure=whole.measure,
        period=whole.period,
        weight_year=year,
        published=whole.value,
        known=tuple(part.area for part in exact),
        known_weight=1 - rest.weight,
        known_mean=rest.known_mean,
        mean=rest.mean,
        low=limits.low,
        high=limits.high,
        bounds=tuple(
            PartBound(area=area, weight=weights[area] / total, low=finite(low), high=finite(high))
            for area, (low, high) in sorted(rest.bounds.items())
        ),
        inputs=(*ids([whole, *exact]), *(row for _, behind in output.values() for row in behind), *rows),
    )


def _in_unit_of(inputs: Inputs, part: Observation, whole: Observation) -> Observation:
    """Treat % of GRDP, a province's share of its own output, as % of GDP: both are units of the indicator."""
    units = set(inputs.indicators.get(whole.indicator).units)
    return part.model_copy(update={"unit": whole.unit}) if {part.unit, whole.unit} <= units else part


def _newest_year(inputs: Inputs, areas: list[str]) -> tuple[Observation | None, list[Observation]]:
    """National and provincial figures of the newest year that has both; else the newest national one alone."""
    nation = newest_of_each_year(_rows(inputs, [inputs.area]))
    parts = {area: newest_of_each_year(_rows(inputs, [area])) for area in areas}
    for year in sorted(nation, reverse=True):
        if of_year := [years[year] for years in parts.values() if year in years]:
            return nation[year], of_year
    return (nation[max(nation)] if nation else None), []


def _rows(inputs: Inputs, areas: list[str]) -> list[Observation]:
    """Figures of the share by its headline measure."""
    role, rows = inputs.roles.share, inputs.observations
    own = rows[
        rows["area"].isin(areas) & (rows["indicator"] == role.indicator) & (rows["measure"] == role.headline_measure)
    ]
    return [row for row in observations(own) if row.status not in NEVER_ESTIMATED]


def _outputs(inputs: Inputs, areas: list[str], year: int) -> Output:
    """Output of every area in a year with the rows behind it; empty where one has none."""
    outputs = {area: output for area in areas if (output := output_of(inputs, area, year))}
    return outputs if len(outputs) == len(areas) else {}


def _nations_output(inputs: Inputs, areas: list[str], year: int) -> tuple[float | None, tuple[str, ...]]:
    """National output in a year by its own output per head, some of which may belong to no province."""
    income = point_of(inputs, inputs.area, inputs.roles.income, year)
    people = [point_of(inputs, area, inputs.roles.population, year) for area in areas]
    if income is None:
        return None, ()
    return income.value * sum(point.value for point in people if point), income.inputs
