"""The cleaned data of one area, how provinces came to stand on present boundaries, and what was published since."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pandas as pd

from policyreport.data.harmonise.panel import discrepancies
from policyreport.data.inputs import Inputs, files_of
from policyreport.data.observations.known import KEY, as_known_on, first_possible_day, newest_publication
from policyreport.params.edition import read_edition_file
from policyreport.params.spelling import sort_key
from policyreport.records.base import Refusal
from policyreport.records.notebooks import (
    BoundaryBasis,
    BoundaryCheck,
    Change,
    Changes,
    FigureCount,
    PanelValue,
    RecalculatedValues,
    RevisedFigure,
    Topic,
    Widths,
)
from policyreport.records.periods import period_bounds
from policyreport.records.shares import BoundedValue

COMPARED = ("value", "bound", "unit")
"""Columns that differ where a figure was revised. Its status alone may become final without a revision."""


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


def check_boundaries(inputs: Inputs) -> tuple[BoundaryCheck, ...]:
    """Check our recalculation where the publisher has its own series on present provinces.

    One check per merged province and indicator, by indicator, the largest difference first.
    """
    settings = inputs.settings.harmonise
    table = discrepancies(inputs.newest, inputs.areas, inputs.indicators, settings)
    checks = []
    for (area, indicator, measure), rows in table[table["merged"].astype(bool)].groupby(
        ["area", "indicator", "measure"]
    ):
        unit: Literal["points", "%"] = "points" if indicator in inputs.indicators.in_points else "%"
        off = rows["difference"] if unit == "points" else rows["percent"]
        worst = int(off.abs().to_numpy().argmax())
        checks.append(
            BoundaryCheck(
                area=str(area),
                indicator=str(indicator),
                measure=str(measure),
                first_year=int(rows["year"].min()),
                last_year=int(rows["year"].max()),
                years=len(rows),
                largest=float(off.iloc[worst]),
                largest_year=int(rows["year"].iloc[worst]),
                mean_absolute=float(off.abs().mean()),
                root_mean_square=float((off**2).mean() ** 0.5),
                unit=unit,
                tolerance=settings.tolerance_points if unit == "points" else settings.tolerance_percent,
                beyond=int(rows["beyond"].sum()),
                inputs=tuple(dict.fromkeys(id for used in rows["inputs"] for id in used)),
            )
        )
    return tuple(sorted(checks, key=lambda check: (check.indicator, -abs(check.largest), check.area)))


def count_bases(inputs: Inputs) -> tuple[BoundaryBasis, ...]:
    """Count by indicator which values were published on present boundaries and which we recalculated, with ranges."""
    panel = inputs.panel[inputs.panel["area"].isin(inputs.provinces)]
    bases = []
    for indicator, rows in panel.groupby("indicator", sort=True):
        known = rows[rows["value"].notna()]
        basis = known["basis"].value_counts()
        bases.append(
            BoundaryBasis(
                indicator=str(indicator),
                first_year=int(known["year"].min()) if len(known) else None,
                last_year=int(known["year"].max()) if len(known) else None,
                published=int(basis.get("published", 0)),
                back_cast=int(basis.get("back-cast", 0)),
                recalculated=int(basis.get("recalculated", 0)),
                missing=len(rows) - len(known),
                ranges=_ranges(known[(known["basis"] == "recalculated") & known["low"].notna()]),
            )
        )
    return tuple(bases)


def _ranges(rows: pd.DataFrame) -> RecalculatedValues | None:
    if rows.empty:
        return None
    return RecalculatedValues(
        weights=tuple(sorted({text for text in rows["weight"] if text})),
        values=len(rows),
        parts=_widths(rows["high"] - rows["low"]),
        other_weights=_widths(rows["weight_high"] - rows["weight_low"]),
        renormalised=int((rows["note"] == "renormalised").sum()),
    )


def _widths(widths: pd.Series[float]) -> Widths | None:
    known = widths.dropna()
    return Widths(median=float(known.median()), largest=float(known.max())) if len(known) else None


def list_changes(inputs: Inputs) -> Changes | None:
    """List what was published or revised after the day of the previous edition, by indicator and measure.

    None for a first edition.
    """
    if inputs.edition.previous is None:
        return None
    previous = read_edition_file(inputs.folder, inputs.edition.previous)
    since = pd.Timestamp(previous.as_known_on)
    rows = _compared(inputs.observations, since)
    return Changes(
        edition=previous.id,
        since=previous.as_known_on,
        year=int(previous.quarter[:4]),
        by_measure=tuple(
            _change(str(indicator), str(measure), group)
            for (indicator, measure), group in rows.groupby(["indicator", "measure"], sort=True)
        ),
    )


def _compared(ledger: pd.DataFrame, since: pd.Timestamp) -> pd.DataFrame:
    """Rows in force published after a day, each with the row of its key that was in force on that day."""
    rows = ledger[ledger["newest"] & (ledger["published"] > since)].reset_index()
    before = as_known_on(ledger, since.date()).reset_index()[["id", *KEY, *COMPARED]]
    joined = rows.merge(before, how="left", on=list(KEY), suffixes=("", "_before"), validate="one_to_one")
    new = joined["id_before"].isna()
    same = (joined[list(COMPARED)].to_numpy() == joined[[f"{name}_before" for name in COMPARED]].to_numpy()).all(axis=1)
    doubtful = new & (first_possible_day(joined) <= since)
    return joined.assign(new=new, revised=~new & ~same, confirmed=~new & same, perhaps_older=doubtful)


def _change(indicator: str, measure: str, group: pd.DataFrame) -> Change:
    revised = group[group["revised"]]
    new = group[group["new"]]
    by_year = new.groupby(new["period"].map(lambda period: str(period_bounds(period)[1].year)), sort=True)
    return Change(
        indicator=indicator,
        measure=measure,
        areas=int(group["area"].nunique()),
        new=_counted(new),
        confirmed=_counted(group[group["confirmed"]]),
        revised=tuple(
            RevisedFigure(before=before, now=now)
            for before, now in zip(revised["id_before"], revised["id"], strict=True)
        ),
        perhaps_older=_counted(group[group["perhaps_older"]]),
        new_by_year={str(year): _counted(rows) for year, rows in by_year},
        published=_newest(group),
        sources={str(source): int(count) for source, count in group["source"].value_counts().sort_index().items()},
    )


def _counted(rows: pd.DataFrame) -> FigureCount:
    return FigureCount(count=len(rows), inputs=tuple(f"{source}.csv" for source in files_of(rows["id"])))


def _newest(group: pd.DataFrame) -> str:
    """The newest publication date, as exact as known: an exact day where a row of that day has one."""
    day = newest_publication(group)
    precisions = set(group.loc[group["published"].dt.date == day, "published_precision"])
    if "day" in precisions:
        return day.isoformat()
    return str(day.year) if "year" in precisions else f"{day:%Y-%m}"
