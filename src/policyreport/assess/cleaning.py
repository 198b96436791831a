"""The cleaned indicator data of one area, and what the data alone refuse."""

from __future__ import annotations

from datetime import date

import pandas as pd

from policyreport.assess.selection import newest_publication, observations
from policyreport.inputs import Inputs
from policyreport.observations.periods import period_bounds
from policyreport.records.base import Refusal
from policyreport.records.notebooks import CleanRecord, PanelValue, Topic
from policyreport.records.shares import BoundedValue


def clean(inputs: Inputs) -> CleanRecord:
    """Make the record of the clean notebook.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    CleanRecord
        Every row in force, the annual values on present boundaries, breached rules and refusals.
    """
    return CleanRecord(
        area=inputs.area,
        name=inputs.name,
        edition=inputs.edition.id,
        as_known_on=inputs.edition.as_known_on,
        observations=observations(inputs.newest),
        superseded=inputs.superseded,
        panel=tuple(_panel(inputs)),
        topics=tuple(topics(inputs)),
        findings=inputs.findings,
        bounds=tuple(_bounds(inputs)),
        refusals=tuple(_refusals(inputs)),
    )


def topics(inputs: Inputs) -> list[Topic]:
    """Summarise what was published, by indicator and measure.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    list of Topic
        In the order of indicators and measures.
    """
    publishers = {source.id: source.publisher for source in inputs.sources}
    return [
        Topic(
            indicator=str(indicator),
            measure=str(measure),
            rows=len(group),
            first_period=min(map(str, group["period"]), key=period_bounds),
            last_period=max(map(str, group["period"]), key=_end),
            newest=newest_publication(group),
            publishers=tuple(sorted({publishers.get(key, key) for key in group["source"]})),
        )
        for (indicator, measure), group in inputs.newest.groupby(["indicator", "measure"], sort=True)
    ]


def _end(period: str) -> tuple[date, date]:
    """The last day of a period, then its first."""
    begun, ended = period_bounds(period)
    return ended, begun


def _panel(inputs: Inputs) -> list[PanelValue]:
    rows = inputs.panel[inputs.panel["value"].notna()].sort_values(["indicator", "measure", "year"])
    bounds = ["low", "high", "weight_low", "weight_high", "bound_low", "bound_high", "error"]
    fields = ["indicator", "measure", "year", "value", "status", "basis", "weight", *bounds, "note", "inputs"]
    values = []
    for row in rows[fields].to_dict("records"):
        known = {str(key): value for key, value in row.items() if not (key in bounds and pd.isna(value))}
        values.append(PanelValue.model_validate(known | {"inputs": tuple(row["inputs"])}))
    return values


def _bounds(inputs: Inputs) -> list[BoundedValue]:
    """Annual values that lack a part of visible weight, and between which values they lie."""
    former = inputs.observations["area"]
    parts = inputs.areas.parts(inputs.area)
    found = []
    for row in _without_value(inputs).to_dict("records"):
        low, high = (None if pd.isna(row[end]) else float(row[end]) for end in ("bound_low", "bound_high"))
        if low is None and high is None:
            continue
        known = set(former[former.index.isin(list(row["inputs"]))])
        found.append(
            BoundedValue(
                area=inputs.area,
                indicator=row["indicator"],
                measure=row["measure"],
                year=row["year"],
                low=low,
                high=high,
                missing=tuple(part for part in parts if part not in known),
                inputs=tuple(row["inputs"]),
            )
        )
    return found


def _refusals(inputs: Inputs) -> list[Refusal]:
    """Annual values that could not be put on present boundaries, and that nothing bounds."""
    rows = _without_value(inputs)
    rows = rows[rows["bound_low"].isna() & rows["bound_high"].isna()]
    return [
        Refusal(code="part-missing", method="harmonise", subject=f"{indicator} {year}", inputs=tuple(ids))
        for indicator, year, ids in zip(
            rows["indicator"].tolist(), rows["year"].tolist(), rows["inputs"].tolist(), strict=True
        )
    ]


def _without_value(inputs: Inputs) -> pd.DataFrame:
    """Rows of the panel that were refused."""
    return inputs.panel[inputs.panel["value"].isna()].sort_values(["indicator", "year"])
