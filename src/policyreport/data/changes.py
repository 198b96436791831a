"""What was published since the previous edition: new, revised and confirmed figures."""

from __future__ import annotations

import pandas as pd

from policyreport.data.inputs import Inputs, files_of
from policyreport.data.observations.known import as_known_on, first_possible_day, newest_publication
from policyreport.data.observations.schema import KEY
from policyreport.params.edition import read_edition_file
from policyreport.records.notebooks import Change, Changes, FigureCount, RevisedFigure
from policyreport.records.periods import period_bounds

COMPARED = ("value", "bound", "unit")
"""Columns that differ where a figure was revised. Its status alone may become final without a revision."""


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
