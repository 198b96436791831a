"""The cleaned indicator data of one area, and the values that the data alone rule out."""

from datetime import date

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.data.observations.known import newest_publication
from policyreport.params.spelling import sort_key
from policyreport.records.base import Refusal
from policyreport.records.notebooks import PanelValue, Topic
from policyreport.records.periods import period_bounds
from policyreport.records.shares import BoundedValue


def summarise_topics(observations: pd.DataFrame, inputs: Inputs) -> tuple[Topic, ...]:
    """Summarise published rows by indicator and measure, in their order."""
    publishers = {source.id: source.publisher for source in inputs.sources}
    return tuple(
        Topic(
            indicator=str(indicator),
            measure=str(measure),
            rows=len(group),
            first_period=min(map(str, group["period"]), key=period_bounds),
            last_period=max(map(str, group["period"]), key=_end),
            newest=newest_publication(group),
            publishers=tuple(sorted({publishers.get(key, key) for key in group["source"]}, key=sort_key)),
        )
        for (indicator, measure), group in observations.groupby(["indicator", "measure"], sort=True)
    )


def panel_values(panel: pd.DataFrame) -> tuple[PanelValue, ...]:
    """Turn the annual values of one area on present boundaries into records."""
    rows = panel[panel["value"].notna()].sort_values(["indicator", "measure", "year"])
    bounds = ["low", "high", "weight_low", "weight_high", "bound_low", "bound_high", "error"]
    fields = ["indicator", "measure", "year", "value", "status", "basis", "weight", *bounds, "note", "inputs"]
    values = []
    for row in rows[fields].to_dict("records"):
        given = {str(key): value for key, value in row.items() if not (key in bounds and pd.isna(value))}
        values.append(PanelValue.model_validate(given | {"inputs": tuple(row["inputs"])}))
    return tuple(values)


def bounded_values(panel: pd.DataFrame, inputs: Inputs) -> tuple[BoundedValue, ...]:
    """Return the bounds of annual values refused because a part of visible weight is missing."""
    former = inputs.observations["area"]
    parts = inputs.areas.parts(inputs.area)
    bounded = []
    for row in _without_value(panel).to_dict("records"):
        low, high = (None if pd.isna(row[end]) else float(row[end]) for end in ("bound_low", "bound_high"))
        if low is None and high is None:
            continue
        published = set(former[former.index.isin(list(row["inputs"]))])
        bounded.append(
            BoundedValue(
                area=inputs.area,
                indicator=row["indicator"],
                measure=row["measure"],
                year=row["year"],
                low=low,
                high=high,
                missing=tuple(part for part in parts if part not in published),
                inputs=tuple(row["inputs"]),
            )
        )
    return tuple(bounded)


def part_missing(panel: pd.DataFrame) -> tuple[Refusal, ...]:
    """Refuse the annual values that could not be put on present boundaries, and that have no bounds."""
    rows = _without_value(panel)
    rows = rows[rows["bound_low"].isna() & rows["bound_high"].isna()]
    return tuple(
        Refusal(code="part-missing", method="harmonise", subject=f"{indicator} {year}", inputs=tuple(ids))
        for indicator, year, ids in zip(
            rows["indicator"].tolist(), rows["year"].tolist(), rows["inputs"].tolist(), strict=True
        )
    )


def _without_value(panel: pd.DataFrame) -> pd.DataFrame:
    return panel[panel["value"].isna()].sort_values(["indicator", "year"])


def _end(period: str) -> tuple[date, date]:
    """The last day of a period, then its first."""
    begun, ended = period_bounds(period)
    return ended, begun
