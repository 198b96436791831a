"""Published and recalculated values side by side, never twice; and how far the two are apart."""

import numpy as np
import pandas as pd

from policyreport.data.areas import Areas
from policyreport.data.harmonise.parts import COLUMNS, annual_rows, carried_over, recalculate
from policyreport.params.indicators import Indicators
from policyreport.params.methods import HarmoniseSettings

_KEY = ["area", "indicator", "year"]
# Both sides are rounded to two or three decimals, the coarser of them to 0.01.
_ROUNDING = 0.0051


def harmonise_panel(
    known: pd.DataFrame, areas: Areas, indicators: Indicators, settings: HarmoniseSettings
) -> pd.DataFrame:
    """Put annual values on present provinces: the publisher's own wherever known, else recalculated.

    Parameters
    ----------
    known : DataFrame
        Rows of the ledger as known on a day, one per key.
    areas, indicators
        The mapping, and which indicators are recalculated and how; only the first measure of each is used.
    settings : HarmoniseSettings
        The share of the weight below which a missing part is left out and the rest renormalised; the error of
        recalculated growth and income (METHODS §14).

    Returns
    -------
    DataFrame
        One row per area, indicator and year, sorted. Columns: area, indicator, measure, year (int), value
        (NaN where refused), status (the least certain of the inputs), basis (``published``, ``back-cast``,
        ``recalculated``), segment (int, unbroken stretches from 0), low and high (smallest and largest
        part), weight (its name), weight_low and weight_high (smallest and largest value under population,
        GRDP and equal weights of 2022), bound_low and bound_high (limits of the whole where a part is
        missing and the indicator has limits), error (standard deviation of recalculated growth and income about the
        publisher's own; NaN where there is no such check), inputs (tuple of ledger ids), note (``part-missing``
        where refused, ``renormalised`` where a small part is missing). Published national and present regional
        values are passed through; where the national indicator has another name (`national` in the definition) it
        keeps that name.

    Notes
    -----
    Where the publisher recalculated its own past (quality ``back-cast``), nothing of that series is
    recalculated here. Otherwise published and recalculated years stand side by side, and the year of the
    mergers opens a new segment.
    """
    own = published_on_present(known, areas, indicators)
    backcast = set(own.loc[own["basis"] == "back-cast", "indicator"])
    recalculated = recalculate(known, areas, indicators, settings)
    own = _with_range_of_parts(own, recalculated)
    taken = pd.MultiIndex.from_frame(own[_KEY])
    free = ~pd.MultiIndex.from_frame(recalculated[_KEY]).isin(taken) & ~recalculated["indicator"].isin(backcast)
    merger = _merger_year(areas)
    pieces = [own, recalculated[free], _passing(known, areas, indicators)]
    for piece in pieces:
        # Published national and regional values have no seam: only provinces were merged.
        seam = {} if piece is pieces[2] else dict.fromkeys(set(piece["indicator"]) - backcast, merger)
        piece["segment"] = _segments(piece, indicators, seam)
    panel = pd.concat([piece for piece in pieces if len(piece)] or pieces[:1])
    return panel[list(COLUMNS)].sort_values(["indicator", "area", "year"], ignore_index=True)


def discrepancies(
    known: pd.DataFrame,
    areas: Areas,
    indicators: Indicators,
    settings: HarmoniseSettings,
    weight: str | None = None,
) -> pd.DataFrame:
    """Compare recalculated values with the publisher's own on present provinces; parameters as in `recalculate`.

    The tolerance beyond which a difference is a finding is a setting (METHODS §14).

    Returns
    -------
    DataFrame
        Columns area, indicator, measure, year, published, recalculated, difference (recalculated minus
        published, in the indicator's unit), percent (of the published value), beyond (outside the
        tolerance), inside_parts (published value within its parts; True for sums), merged, inputs
        (the published row, then those of the parts); the largest difference of each indicator first.
    """
    own = published_on_present(known, areas, indicators)[["area", "indicator", "measure", "year", "value", "inputs"]]
    recalculated = recalculate(known, areas, indicators, settings, weight)
    recalculated = recalculated[["area", "indicator", "year", "value", "low", "high", "inputs"]].rename(
        columns={"value": "recalculated", "inputs": "parts"}
    )
    both = own.rename(columns={"value": "published"}).merge(recalculated, on=["area", "indicator", "year"])
    both = both.dropna(subset="recalculated")
    both["difference"] = both["recalculated"] - both["published"]
    both["percent"] = 100 * both["difference"] / both["published"]
    both["beyond"] = np.where(
        both["indicator"].isin(indicators.in_points),
        both["difference"].abs() > settings.tolerance_points,
        both["percent"].abs() > settings.tolerance_percent,
    )
    inside = both["published"].between(both["low"] - _ROUNDING, both["high"] + _ROUNDING)
    both["inside_parts"] = inside | both["low"].isna()
    both["merged"] = both["area"].map(areas.is_merged)
    both["inputs"] = [(*own, *parts) for own, parts in zip(both["inputs"], both["parts"], strict=True)]
    both["size"] = both["difference"].abs()
    both = both.sort_values(["indicator", "size", "area"], ascending=[True, False, True], ignore_index=True)
    return both.drop(columns=["low", "high", "size", "parts"])


def published_on_present(known: pd.DataFrame, areas: Areas, indicators: Indicators) -> pd.DataFrame:
    """Select the publisher's own values on present provinces, with the columns of `harmonise_panel`.

    The basis is ``back-cast`` for a merged province in a year that began before it existed, else ``published``.
    """
    carried = [indicator.id for indicator in carried_over(indicators)]
    present = areas.table.index[areas.table["parts"] != ""]
    rows = annual_rows(known, indicators)
    rows = rows[rows["indicator"].isin(carried) & rows["area"].isin(present)]
    merged = [key for key in present if areas.is_merged(key)]
    backcast = rows["quality"].str.contains("back-cast") & rows["area"].isin(merged)
    return _as_panel(rows, np.where(backcast, "back-cast", "published"))


def _passing(known: pd.DataFrame, areas: Areas, indicators: Indicators) -> pd.DataFrame:
    """Published values of the country and the present regions, each under its own indicator."""
    rows = annual_rows(known, indicators)
    nation = areas.table.index[areas.table["type"] == "nation"]
    regions = areas.table.index[(areas.table["type"] == "region") & (areas.table["valid_to"] == "")]
    carried = carried_over(indicators)
    names = {indicator.id for indicator in carried} | {indicator.national for indicator in carried}
    kept = rows["area"].isin(nation.union(regions)) & rows["indicator"].isin(names)
    return _as_panel(rows[kept], "published")


def _as_panel(rows: pd.DataFrame, basis: np.ndarray | str) -> pd.DataFrame:
    empty = dict.fromkeys(("low", "high", "weight_low", "weight_high", "bound_low", "bound_high", "error"), np.nan)
    panel = rows.assign(basis=basis, segment=0, weight="", note="", **empty)
    panel["inputs"] = [(id,) for id in rows.index]
    return panel[list(COLUMNS)].reset_index(drop=True)


def _with_range_of_parts(own: pd.DataFrame, recalculated: pd.DataFrame) -> pd.DataFrame:
    """Add the range of the parts, where known, to a publisher's own recalculation."""
    bounds = recalculated.set_index(_KEY)[["low", "high"]].reindex(pd.MultiIndex.from_frame(own[_KEY]))
    backcast = (own["basis"] == "back-cast").to_numpy()
    return own.assign(
        low=np.where(backcast, bounds["low"].to_numpy(float), np.nan),
        high=np.where(backcast, bounds["high"].to_numpy(float), np.nan),
    )


def _merger_year(areas: Areas) -> int:
    """The year in which the present provinces began; out of reach where none was ever merged."""
    begun = areas.table.loc[areas.table["parts"] != "", "valid_from"]
    first = str(begun.max()) if len(begun) else ""
    return int(first[:4]) if first else 10_000


def _segments(panel: pd.DataFrame, indicators: Indicators, seam: dict[str, int]) -> list[int]:
    """Breaks of the question set so far, and one more from the seam on."""
    definitions = indicators.by_id()
    return [
        definitions[id].segment(year) + int(id in seam and year >= seam[id])
        for id, year in zip(panel["indicator"], panel["year"], strict=True)
    ]
