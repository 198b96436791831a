"""Present provinces recalculated from former ones: sums, weighted means, chained growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policyreport.data.areas import Areas
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.methods import HarmoniseSettings

Shares = NDArray[np.floating[Any]]

COLUMNS = (
    "area",
    "indicator",
    "measure",
    "year",
    "value",
    "status",
    "basis",
    "segment",
    "low",
    "high",
    "weight",
    "weight_low",
    "weight_high",
    "bound_low",
    "bound_high",
    "error",
    "inputs",
    "note",
)
# The year of the crosswalk's shares.
BASE_YEAR = 2022
_SHARES = {"population": "share_population_2022", "area": "share_area_2022", "grdp": "share_grdp_2022"}
# From the most to the least certain; projections and derived values never enter (METHODS §0).
CERTAINTY = ("observed", "preliminary", "estimate")


def annual_rows(known: pd.DataFrame, indicators: Indicators) -> pd.DataFrame:
    """Select the rows that may enter a panel, with `year` (int): annual, exact, of the indicator's first measure.

    Projections, bounds, top lists and averaged parts are left out.
    """
    first = {indicator.id: next(iter(indicator.measures), "") for indicator in indicators.indicators}
    refused = known["quality"].str.contains("top-n-list|not-a-measurement", regex=True)
    kept = known[
        known["period"].str.fullmatch(r"\d{4}")
        & (known["bound"] == "=")
        & known["status"].isin(CERTAINTY)
        & (known["measure"] == known["indicator"].map(first))
        & ~refused
    ]
    return kept.assign(year=kept["period"].astype(int))


def carried_over(indicators: Indicators) -> list[Indicator]:
    """List the indicators that are put on present provinces."""
    return [indicator for indicator in indicators.indicators if indicator.harmonise != "none"]


def recalculate(
    known: pd.DataFrame,
    areas: Areas,
    indicators: Indicators,
    settings: HarmoniseSettings,
    weight: str | None = None,
) -> pd.DataFrame:
    """Recalculate present provinces from former ones.

    Parameters and columns are those of `harmonise_panel`; `weight` names fixed weights of 2022 (``population``,
    ``grdp``, ``area``, ``equal``) to use instead of each indicator's own, for sensitivity. A province of one part is
    ``published``, a merged one ``recalculated``; there is a row for every year in which at least one part is known.

    sum: Σv. weighted-mean: Σwv/Σw with shares of 2022. per-head: w = average population of the year, after
    2022 that of 2022. chain: V of 2022 = GRDP share, V_y = V_{y-1}(1 + g_y/100), growth = 100(ΣV_y/ΣV_{y-1}
    − 1), which is the mean of g_y weighted with V_{y-1}.

    See IMF (2017), Quarterly National Accounts Manual, ch. 8.
    """
    rows = annual_rows(known, indicators)[["area", "indicator", "measure", "year", "value", "status"]]
    rows = rows[rows["area"].isin(areas.crosswalk.index)]
    people = _by_part(rows[rows["indicator"] == indicators.giving("population")], areas)
    published = set(rows["indicator"])
    carried = [indicator for indicator in carried_over(indicators) if indicator.id in published]
    if not carried:
        return pd.DataFrame(columns=list(COLUMNS))
    values = [_by_part(rows[rows["indicator"] == indicator.id], areas) for indicator in carried]
    weights = [
        _weights(indicator, table, people, areas, weight) for indicator, table in zip(carried, values, strict=True)
    ]
    cells = _aggregate(carried, values, weights, areas, settings.small_part)
    return _with_errors(_describe(carried, rows, cells, areas), indicators, settings)


def _by_part(rows: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Values with every former province as a row and the years as columns."""
    table = rows.pivot_table(index="area", columns="year", values="value", aggfunc="first")
    return table.reindex(areas.crosswalk.index)


def shares(areas: Areas, weight: str) -> pd.Series[float]:
    """Return every former province's share (of 1) of its present one, indexed by former province.

    `weight` is ``population``, ``grdp``, ``area`` (all of 2022) or ``equal``.
    """
    cross = areas.crosswalk
    raw = pd.Series(1.0, index=cross.index) if weight == "equal" else cross[_SHARES[weight]]
    return raw / raw.groupby(cross["new"]).transform("sum")


def _weights(
    indicator: Indicator, values: pd.DataFrame, people: pd.DataFrame, areas: Areas, fixed: str | None
) -> pd.DataFrame:
    """One weight per former province and year, in any scale within a present province."""
    way = indicator.harmonise
    name = fixed or ("population" if way == "per-head" else indicator.weight)
    share = shares(areas, "equal" if way == "sum" or name == "none" else name)
    weights = pd.DataFrame(dict.fromkeys(values.columns, share))
    if fixed is None and way == "chain":
        return _chained(values, areas)
    if fixed is None and way == "per-head":
        for year in values.columns.intersection(people.columns):
            weights[year] = people[year].fillna(areas.crosswalk["population_2022"] / 1000)
    return weights


def _chained(growth: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Constant-price GRDP of the year before, chained from the shares of the base year by growth in %."""
    factors = {int(str(year)): 1 + growth[year] / 100 for year in growth}
    unknown = pd.Series(np.nan, index=growth.index)
    level = {BASE_YEAR: areas.crosswalk["share_grdp_2022"]}
    for year in range(BASE_YEAR + 1, max(factors) + 1):
        level[year] = level[year - 1] * factors.get(year, unknown)
    for year in range(BASE_YEAR, min(factors) - 1, -1):
        level[year - 1] = level[year] / factors.get(year, unknown)
    return pd.DataFrame({year: level[year - 1] for year in factors})


def _aggregate(
    carried: Sequence[Indicator],
    values: Sequence[pd.DataFrame],
    weights: Sequence[pd.DataFrame],
    areas: Areas,
    small_part: float,
) -> pd.DataFrame:
    """Value, range of parts and of weights, completeness; by place in `carried`, present province and year."""
    names = ("population", "grdp", "equal")
    share = {name: shares(areas, name).to_numpy(float) for name in names}
    tables = enumerate(zip(values, weights, strict=True))
    grids: list[pd.DataFrame] = [_grid(place, *both, areas, share) for place, both in tables]
    grid = pd.concat(grids, ignore_index=True)
    sums_up = np.array([indicator.harmonise == "sum" for indicator in carried])
    have = grid["value"].notna() & grid["weight"].notna()
    grid["known"] = have
    # A chain breaks where a part's growth is unknown; its base-year share then shows how much is missing.
    grid["whole"] = grid["weight"].fillna(grid["share_grdp"])
    grid["present"] = grid["whole"].where(have)
    scale = grid["weight"].where(~sums_up[grid["place"].to_numpy()], 1.0)
    grid["mass"] = (grid["value"] * scale).where(have)
    for name in names:
        grid[f"share_{name}"] = grid[f"share_{name}"].where(have)
        grid[f"mass_{name}"] = grid[f"share_{name}"] * grid["value"]
    groups = grid.groupby(["place", "area", "year"])
    sums = groups.sum(min_count=1)
    cells = pd.DataFrame({"low": groups["value"].min(), "high": groups["value"].max()})
    ranges = pd.DataFrame({name: sums[f"mass_{name}"] / sums[f"share_{name}"] for name in names})
    cells["weight_low"], cells["weight_high"] = ranges.min(axis=1), ranges.max(axis=1)
    cells["parts"], cells["complete"] = groups["value"].count(), groups["known"].all()
    total = sums_up[cells.index.get_level_values("place")]
    missing = 1 - sums["present"] / sums["whole"]
    cells["enough"] = np.where(total, cells["complete"], missing < small_part)
    bounds = _bounds_of_whole(carried, cells, sums, groups.size() - groups["known"].sum(), total)
    cells["bound_low"], cells["bound_high"] = bounds
    # A province of one part keeps its exact value.
    mean = (sums["mass"] / sums["present"]).where(cells["low"] != cells["high"], cells["low"])
    cells["value"] = sums["mass"].where(total, mean)
    cells.loc[total, ["low", "high", "weight_low", "weight_high"]] = np.nan
    refused = ["value", "weight_low", "weight_high"]
    cells[refused] = cells[refused].where(cells["enough"], np.nan, axis=0)
    return cells[cells["parts"] > 0]


def _bounds_of_whole(
    carried: Sequence[Indicator],
    cells: pd.DataFrame,
    sums: pd.DataFrame,
    absent: pd.Series[int],
    total: NDArray[np.bool_],
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Bounds of a whole that lacks a part, which may have any value within the indicator's limits.

    A mean adds the weight of the missing parts at either limit, a sum their number (Manski 2003); NaN where a limit is
    unknown, and where nothing is missing.
    """
    place = cells.index.get_level_values("place")
    ends = []
    for limits in ([indicator.low for indicator in carried], [indicator.high for indicator in carried]):
        limit = np.array([np.nan if end is None else end for end in limits], dtype=float)[place]
        mean = (sums["mass"] + (sums["whole"] - sums["present"]) * limit) / sums["whole"]
        end = mean.where(~total, sums["mass"] + absent * limit)
        ends.append(end.where(~cells["complete"]))
    return ends[0], ends[1]


def _grid(
    place: int,
    values: pd.DataFrame,
    weights: pd.DataFrame,
    areas: Areas,
    share: Mapping[str, NDArray[np.floating[Any]]],
) -> pd.DataFrame:
    """One indicator's values and weights, one row per former province and year."""
    years = len(values.columns)
    return pd.DataFrame(
        {
            "place": place,
            "area": np.repeat(areas.crosswalk["new"].to_numpy(), years),
            "year": np.tile(values.columns.to_numpy(), len(values)),
            "value": values.to_numpy(float).ravel(),
            "weight": weights.to_numpy(float).ravel(),
            **{f"share_{name}": np.repeat(weights_of, years) for name, weights_of in share.items()},
        }
    )


def _describe(carried: Sequence[Indicator], rows: pd.DataFrame, cells: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Add what each recalculated value is and which rows it rests on."""
    places = {indicator.id: place for place, indicator in enumerate(carried)}
    held: dict[tuple[int, str, int], list[str]] = {}
    worst: dict[tuple[int, str, int], int] = {}
    new = rows["area"].map(areas.crosswalk["new"])
    parts = sorted(zip(rows["area"], rows.index, rows["indicator"], new, rows["year"], rows["status"], strict=True))
    for _, row, indicator, area, year, status in parts:
        if indicator in places:
            key = (places[indicator], area, year)
            held.setdefault(key, []).append(row)
            worst[key] = max(worst.get(key, 0), CERTAINTY.index(status))
    keys = list(cells.index)
    table = cells.reset_index()
    merged = table["area"].isin([key for key in areas.crosswalk["new"].unique() if areas.is_merged(key)])
    named = {"sum": "", "per-head": "population", "chain": "grdp"}
    weight = [named.get(indicator.harmonise, indicator.weight) for indicator in carried]
    measures = dict(zip(rows["indicator"], rows["measure"], strict=True))
    place = table["place"].to_numpy()
    inputs = np.empty(len(keys), dtype=object)
    inputs[:] = [tuple(held[key]) for key in keys]
    return table.assign(
        indicator=[carried[at].id for at in place],
        measure=[measures[carried[at].id] for at in place],
        status=[CERTAINTY[worst[key]] for key in keys],
        basis=np.where(merged, "recalculated", "published"),
        segment=[carried[at].segment(year) for at, year in zip(place, table["year"], strict=True)],
        weight=np.where(merged, [weight[at] for at in place], ""),
        error=np.nan,
        inputs=inputs,
        note=np.select([~table["enough"], ~table["complete"]], ["part-missing", "renormalised"], ""),
    )[list(COLUMNS)]


def _with_errors(table: pd.DataFrame, indicators: Indicators, settings: HarmoniseSettings) -> pd.DataFrame:
    """Standard deviation of recalculated growth and income about the publisher's own; for scores none is known."""
    way = table["indicator"].map({indicator.id: indicator.harmonise for indicator in indicators.indicators})
    level = table["value"].abs() * settings.income_error / 100
    error = np.select([way == "chain", way == "per-head"], [settings.growth_error, level], np.nan)
    recalculated = (table["basis"] == "recalculated") & table["value"].notna()
    return table.assign(error=np.where(recalculated, error, np.nan))
