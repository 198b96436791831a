"""Recalculated values compared with the publisher's own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from policyreport.data.areas import Areas
from policyreport.data.harmonise.panel import published_on_present
from policyreport.data.harmonise.parts import recalculate
from policyreport.params.indicators import Indicators
from policyreport.params.methods import HarmoniseSettings

# Both sides are rounded to two or three decimals, the coarser of them to 0.01.
_ROUNDING = 0.0051


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
