"""Present provinces recalculated from former ones: sums, weighted means, chained growth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policyreport.areas import WEIGHTS, Areas
from policyreport.params.indicators import Indicator, Indicators

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
    "inputs",
    "note",
)
# METHODS §14: a missing part below this share of the weight is left out and the rest renormalised.
SMALL_PART = 0.05
# The year of the crosswalk's shares.
BASE_YEAR = 2022
# From the most to the least certain; projections and derived values never enter (METHODS §0).
CERTAINTY = ("observed", "preliminary", "estimate")


def annual_rows(known: pd.DataFrame, indicators: Indicators) -> pd.DataFrame:
    """Select what may enter a panel: annual, exact, of the indicator's first measure.

    Parameters
    ----------
    known : DataFrame
        Rows of the ledger as known on a day.
    indicators : Indicators
        The first measure of each is the panel's.

    Returns
    -------
    DataFrame
        Rows of the ledger with `year` (int); no projections, bounds, top lists or averaged parts.
    """
    first = {each.id: next(iter(each.measures), "") for each in indicators.indicators}
    refused = known["quality"].str.contains("top-n-list|not-a-measurement", regex=True)
    kept = known[
        known["period"].str.fullmatch(r"\d{4}")
        & (known["bound"] == "=")
        & known["status"].isin(CERTAINTY)
        & (known["measure"] == known["indicator"].map(first))
        & ~refused
    ]
    return kept.assign(year=kept["period"].astype(int))


def recalculate(known: pd.DataFrame, areas: Areas, indicators: Indicators, weight: str | None = None) -> pd.DataFrame:
    """Recalculate present provinces from former ones.

    Parameters
    ----------
    known : DataFrame
        Rows of the ledger as known on a day.
    areas : Areas
        Keys and mapping.
    indicators : Indicators
        Which indicators are carried over, and how.
    weight : str, optional
        Fixed weights of 2022 (``population``, ``grdp``, ``area``, ``equal``) instead of each indicator's own,
        for sensitivity.

    Returns
    -------
    DataFrame
        Columns as in `harmonise_panel`; a province of one part is ``published``, a merged one
        ``recalculated``; a row for every year in which at least one part is known.

    Notes
    -----
    sum: Σv. weighted-mean: Σwv/Σw with shares of 2022. per-head: w = average population of the year, after
    2022 that of 2022. chain: V of 2022 = GRDP share, V_y = V_{y-1}(1 + g_y/100), growth = 100(ΣV_y/ΣV_{y-1}
    − 1), which is the mean of g_y weighted with V_{y-1}.

    References
    ----------
    IMF (2017), Quarterly National Accounts Manual, ch. 8.
    """
    rows = annual_rows(known, indicators)
    rows = rows[rows["area"].isin(areas.crosswalk.index)]
    people = _by_part(rows[rows["indicator"] == "population_average"], areas)
    pieces = []
    for each in indicators.indicators:
        chosen = rows[rows["indicator"] == each.id]
        if each.harmonise != "none" and len(chosen):
            values = _by_part(chosen, areas)
            weights = _weights(each, values, people, areas, weight)
            pieces.append(_describe(each, chosen, _aggregate(each, values, weights, areas), areas))
    return pd.concat(pieces, ignore_index=True) if pieces else pd.DataFrame(columns=list(COLUMNS))


def _by_part(rows: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Values with every former province as a row and the years as columns."""
    table = rows.pivot_table(index="area", columns="year", values="value", aggfunc="first")
    return table.reindex(areas.crosswalk.index)


def shares(areas: Areas, weight: str) -> pd.Series[float]:
    """Give every former province's share of its present one.

    Parameters
    ----------
    areas : Areas
        Keys and mapping.
    weight : str
        ``population``, ``grdp``, ``area`` (all of 2022) or ``equal``.

    Returns
    -------
    Series of float
        Shares of 1 within each present province, indexed by former province.
    """
    cross = areas.crosswalk
    raw = pd.Series(1.0, index=cross.index) if weight == "equal" else cross[WEIGHTS[weight]]
    return raw / raw.groupby(cross["new"]).transform("sum")


def _weights(
    indicator: Indicator, values: pd.DataFrame, people: pd.DataFrame, areas: Areas, fixed: str | None
) -> pd.DataFrame:
    """One weight a former province and year, in any scale within a present province."""
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


def _aggregate(indicator: Indicator, values: pd.DataFrame, weights: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Present provinces and years, indexed by both: value, range of parts and of weights, completeness."""
    years = len(values.columns)
    grid = pd.DataFrame(
        {
            "area": np.repeat(areas.crosswalk["new"].to_numpy(), years),
            "year": np.tile(values.columns.to_numpy(), len(values)),
            "value": values.to_numpy(float).ravel(),
            "weight": weights.to_numpy(float).ravel(),
        }
    )
    have = grid["value"].notna() & grid["weight"].notna()
    grid["known"] = have
    grid["present"] = grid["weight"].where(have)
    scale = 1.0 if indicator.harmonise == "sum" else grid["weight"]
    grid["mass"] = (grid["value"] * scale).where(have)
    for name in ("population", "grdp", "equal"):
        share = pd.Series(np.repeat(shares(areas, name).to_numpy(), years)).where(have)
        grid[f"share_{name}"], grid[f"mass_{name}"] = share, share * grid["value"]
    groups = grid.groupby(["area", "year"])
    sums = groups.sum(min_count=1)
    cells = pd.DataFrame({"low": groups["value"].min(), "high": groups["value"].max()})
    ranges = pd.DataFrame(
        {name: sums[f"mass_{name}"] / sums[f"share_{name}"] for name in ("population", "grdp", "equal")}
    )
    cells["weight_low"], cells["weight_high"] = ranges.min(axis=1), ranges.max(axis=1)
    cells["parts"], cells["complete"] = groups["value"].count(), groups["known"].all()
    if indicator.harmonise == "sum":
        cells["enough"], cells["value"] = cells["complete"], sums["mass"]
        cells[["low", "high", "weight_low", "weight_high"]] = np.nan
    else:
        missing = 1 - sums["present"] / sums["weight"]
        cells["enough"], cells["value"] = missing < SMALL_PART, sums["mass"] / sums["present"]
        # A province of one part keeps its value to the last bit.
        cells["value"] = cells["value"].where(cells["low"] != cells["high"], cells["low"])
    refused = ["value", "weight_low", "weight_high"]
    cells[refused] = cells[refused].where(cells["enough"], np.nan, axis=0)
    return cells[cells["parts"] > 0]


def _describe(indicator: Indicator, rows: pd.DataFrame, cells: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Say of each recalculated value what it is and which rows it rests on."""
    of = rows.assign(new=rows["area"].map(areas.crosswalk["new"]), row=rows.index)
    of["rank"] = of["status"].map({status: rank for rank, status in enumerate(CERTAINTY)})
    groups = of.sort_values("area").groupby(["new", "year"])
    worst = groups["rank"].max().reindex(cells.index).to_numpy(int)
    table = cells.reset_index()
    merged = table["area"].isin([key for key in areas.crosswalk["new"].unique() if areas.is_merged(key)])
    weight = {"sum": "", "per-head": "population", "chain": "grdp"}.get(indicator.harmonise, indicator.weight)
    return table.assign(
        indicator=indicator.id,
        measure=rows["measure"].iloc[0],
        status=np.asarray(CERTAINTY)[worst],
        basis=np.where(merged, "recalculated", "published"),
        segment=table["year"].map(indicator.segment),
        weight=np.where(merged, weight, ""),
        inputs=groups["row"].agg(tuple).reindex(cells.index).to_numpy(),
        note=np.select([~table["enough"], ~table["complete"]], ["part-missing", "renormalised"], ""),
    )[list(COLUMNS)]
