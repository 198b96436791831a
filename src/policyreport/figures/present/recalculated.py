"""How certain the values are that were recalculated on present boundaries (METHODS §14)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from policyreport.figures.present.voice import Voice
from policyreport.params.phrases import inside

WEIGHTS = "population, output or equal weights"


def recalculated(voice: Voice) -> str:
    """Describe an area's newest recalculated scores: how far its parts lie apart, and what other weights would give.

    Empty where no score of the area was recalculated.
    """
    keys = voice.inputs.roles.governance.indicators
    panel = voice.inputs.panel
    rows = panel[
        (panel["area"] == voice.inputs.area)
        & panel["indicator"].isin(keys)
        & (panel["basis"] == "recalculated")
        & panel["weight_low"].notna()
    ]
    if rows.empty:
        return ""
    rows = rows[rows["year"] == rows["year"].max()]
    parts = _widest(rows, "low", "high")
    weights = _widest(rows, "weight_low", "weight_high")
    return (
        f"Recalculated scores of {int(rows['year'].iloc[0])}: the former provinces lie furthest apart in "
        f"{_score(voice, parts)} ({_range(voice, parts, 'low', 'high')}); {WEIGHTS} would move "
        f"{_score(voice, weights)} most ({_range(voice, weights, 'weight_low', 'weight_high')}; printed "
        f"{voice.value(voice.formats.number(weights['value'], 2), weights['inputs'])}). No series of the publisher's own on "
        "present boundaries exists against which the error of these scores could be found."
    )


def _widest(rows: pd.DataFrame, low: str, high: str) -> dict[str, Any]:
    """The row whose range is widest."""
    widest = rows.iloc[int((rows[high] - rows[low]).to_numpy().argmax())]
    return {str(key): value for key, value in widest.items()}


def _score(voice: Voice, row: dict[str, Any]) -> str:
    return inside(voice.indicator(str(row["indicator"])))


def _range(voice: Voice, row: dict[str, Any], low: str, high: str) -> str:
    """A range with the rows behind it."""
    return voice.value(voice.formats.interval(row[low], row[high], 2), row["inputs"])
