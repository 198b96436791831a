"""Areas' shares, weighted by output, against the share of the whole; bounds of what that leaves (METHODS §5, §20.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, isinf

import pandas as pd

from policyreport.errors import DataError, did_you_mean
from policyreport.records.base import NEVER_ESTIMATED, Observation, Refusal
from policyreport.records.shares import AggregateCheck, PartBound, Remainder
from policyreport.statistics.shares.frame import Shares, ids, newest_of_each_year, read_shares, year_of
from policyreport.statistics.shares.threshold import aggregate_check

KIND = "aggregate-check"
Output = dict[str, tuple[float, tuple[str, ...]]]
"""Output by area, with the rows behind it."""


@dataclass(frozen=True)
class Rest:
    """What a total leaves for the parts without a value.

    `weight` is their share of all parts' weights; `known_mean` and `mean` are those of the parts with a value and of
    the rest of the whole. `bounds` has the least and greatest value of each part without one; it is empty where no
    values within the limits give the total.
    """

    weight: float
    known_mean: float
    mean: float
    bounds: dict[str, tuple[float, float]]


def rest_of_total(
    known: Mapping[str, float],
    weights: Mapping[str, float],
    total: float,
    *,
    whole: float | None = None,
    low: float = -inf,
    high: float = inf,
) -> Rest:
    """Find what a total leaves for the parts without a value, if it is the weighted mean of all parts.

    `known` are the values of some parts, `weights` those of all, positive, on any scale. `whole` is the weight of the
    whole, where some of it belongs to no part; at least, and by default, the sum of the parts'. `low` and `high` limit
    every value.

    With weights relative to the whole, x̄ = (T − Σ w_i x_i)/w over the known i, w the weight of the rest. For a part j
    x_j ∈ [(w x̄ − (w − w_j) high)/w_j, (w x̄ − (w − w_j) low)/w_j], clipped to the limits: sharp, because the others
    may all lie at either limit.

    See Manski (2003), Partial Identification of Probability Distributions, ch. 1.
    """
    missing = {part: weight for part, weight in weights.items() if part not in known}
    if not missing or len(missing) == len(weights):
        raise ValueError("some parts with a value and some without")
    every, left_out = sum(weights.values()), sum(missing.values())
    size = max(whole or every, every)
    rest = size - (every - left_out)
    known_sum = sum(weights[part] * known[part] for part in weights if part in known)
    left = size * total - known_sum
    mean = left / rest
    slack = 1e-9 * max(1.0, abs(total))
    agrees = low - slack <= mean <= high + slack
    bounds = {part: _of_one(left, weight, rest - weight, low, high) for part, weight in missing.items()}
    return Rest(left_out / every, known_sum / (every - left_out), mean, bounds if agrees else {})


def _of_one(left: float, weight: float, others: float, low: float, high: float) -> tuple[float, float]:
    """Bounds of one part when all the others without a value lie at one limit or the other."""
    if others <= 1e-12 * weight:
        least = most = left / weight
    else:
        least = -inf if isinf(high) else (left - others * high) / weight
        most = inf if isinf(low) else (left - others * low) / weight
    return min(max(least, low), high), max(min(most, high), low)


def finite(end: float) -> float | None:
    """Return an end of bounds as records hold it: None where it is infinite."""
    return end if isfinite(end) else None


def aggregate_shares(shares: pd.DataFrame, output: pd.DataFrame) -> AggregateCheck | Remainder | Refusal:
    """Compare areas' newest shares, weighted by output, with the share of the whole in the same year.

    Parameters
    ----------
    shares : DataFrame
        One row per published figure, every vintage of it, see `frame.COLUMNS`.
        The whole is the area that it is about; shares are by its headline measure. `attrs` may hold `units` that count
        as one, and `low` and `high`, the limits of any share.
    output : DataFrame
        One row per area and year: `area`, `year`, `output` (empty where unknown) and, optionally, `rows`. Every area
        there should be has a row; a row of the whole says how much output belongs to no area. `attrs` may hold `year`,
        whose weights stand for those of other years.

    Returns
    -------
    AggregateCheck
        The difference, with weights of that year, where every area has an exact figure.
    Remainder
        What the whole leaves for the areas without a figure, where some have one; weights are of the share's own year
        where they are known.
    Refusal
        `not-published` where no area has a figure, `bound-only`, `part-missing` where one has no weight.
    """
    read = read_shares(shares)
    if missing := [name for name in ("area", "year", "output") if name not in output]:
        todo = did_you_mean(missing[0], [str(name) for name in output.columns])
        raise DataError("frame of output", "the columns area, year, output", f'no column "{missing[0]}"', todo)
    areas = [area for area in dict.fromkeys(output["area"]) if area != read.area]
    whole, parts = _newest_year(read, areas)
    if whole is None:
        return read.not_published(KIND, read.headline)
    about = {"method": KIND, "subject": whole.indicator, "inputs": ids([whole, *parts])}
    if whole.bound != "=":
        return Refusal.model_validate(about | {"code": "bound-only"})
    exact = [part for part in parts if part.bound == "="]
    if not exact:
        return Refusal.model_validate(
            about | {"code": "not-published", "detail": f"no province's figure for {whole.period}"}
        )
    usual = int(output.attrs.get("year", year_of(whole)))
    if len(exact) < len(areas):
        for year in (year_of(whole), usual):
            if weights := _weights(output, areas, year):
                return _remainder(read, shares.attrs, whole, exact, weights, _of_year(output, read.area, year), year)
    weights = _weights(output, areas, usual)
    if not weights:
        without = f"a province without a weight for {whole.period}"
        return Refusal.model_validate(about | {"code": "part-missing", "detail": without})
    alike = [_in_unit_of(part, whole, shares.attrs.get("units", ())) for part in parts]
    result = aggregate_check(alike, whole, weights={area: value for area, (value, _) in weights.items()})
    if isinstance(result, Refusal):
        return result.model_copy(update={"method": KIND})
    behind = tuple(row for _, rows in weights.values() for row in rows)
    return result.model_copy(update={"inputs": (*result.inputs, *behind)})


def _remainder(
    read: Shares,
    limits: Mapping[object, float],
    whole: Observation,
    exact: Sequence[Observation],
    output: Output,
    of_whole: tuple[float, tuple[str, ...]] | None,
    year: int,
) -> Remainder:
    """What the figure of the whole leaves for the areas without one."""
    low, high = limits.get("low"), limits.get("high")
    weights = {area: value for area, (value, _) in output.items()}
    size, rows = of_whole or (None, ())
    rest = rest_of_total(
        {part.area: part.value for part in exact},
        weights,
        whole.value,
        whole=size,
        low=-inf if low is None else low,
        high=inf if high is None else high,
    )
    total = sum(weights.values())
    return Remainder(
        area=read.area,
        indicator=whole.indicator,
        measure=whole.measure,
        period=whole.period,
        weight_year=year,
        published=whole.value,
        known=tuple(part.area for part in exact),
        known_weight=1 - rest.weight,
        known_mean=rest.known_mean,
        mean=rest.mean,
        low=low,
        high=high,
        bounds=tuple(
            PartBound(area=area, weight=weights[area] / total, low=finite(least), high=finite(most))
            for area, (least, most) in sorted(rest.bounds.items())
        ),
        inputs=(*ids([whole, *exact]), *(row for _, behind in output.values() for row in behind), *rows),
    )


def _in_unit_of(part: Observation, whole: Observation, units: Sequence[str]) -> Observation:
    """Treat % of GRDP, a province's share of its own output, as % of GDP: both are units of the indicator."""
    return part.model_copy(update={"unit": whole.unit}) if {part.unit, whole.unit} <= set(units) else part


def _newest_year(read: Shares, areas: list[str]) -> tuple[Observation | None, list[Observation]]:
    """Figures of the whole and of areas in the newest year that has both; else the newest of the whole alone."""
    own = _by_year(read, read.area)
    parts = [_by_year(read, area) for area in areas]
    for year in sorted(own, reverse=True):
        if of_year := [years[year] for years in parts if year in years]:
            return own[year], of_year
    return (own[max(own)] if own else None), []


def _by_year(read: Shares, area: str) -> dict[int, Observation]:
    """The newest figure of each year of an area by the headline measure."""
    vintages = read.vintages(read.headline, area)
    return newest_of_each_year(each for each in vintages if each.status not in NEVER_ESTIMATED)


def _weights(output: pd.DataFrame, areas: list[str], year: int) -> Output:
    """Output of every area in a year with the rows behind it; empty where one has none."""
    found = {area: weight for area in areas if (weight := _of_year(output, area, year))}
    return found if len(found) == len(areas) else {}


def _of_year(output: pd.DataFrame, area: str, year: int) -> tuple[float, tuple[str, ...]] | None:
    """The output of an area in a year; None where it is unknown."""
    own = output[(output["area"] == area) & (output["year"] == year) & output["output"].notna()]
    if own.empty:
        return None
    row = own.iloc[0]
    return float(row["output"]), tuple(row.get("rows", ()))
