"""What was known on a day: the newest vintage of each key, or all of them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from policyreport.data.observations.schema import KEY
from policyreport.records.base import Observation


def as_known_on(ledger: pd.DataFrame, day: date) -> pd.DataFrame:
    """Select the newest vintage of each key that was published by a day, in the ledger's order.

    A key is area, indicator, measure, list, period and reference_date.
    """
    out = vintages(ledger, day)
    newest = out.sort_values("published", kind="stable").drop_duplicates(list(KEY), keep="last").index
    return out.loc[out.index.isin(newest)]


def known_on(ledger: pd.DataFrame, day: date) -> pd.DataFrame:
    """Select every vintage published by a day, with the column `newest` marking the one in force for each key."""
    published = vintages(ledger, day)
    return published.assign(newest=published.index.isin(as_known_on(ledger, day).index))


def vintages(ledger: pd.DataFrame, day: date) -> pd.DataFrame:
    """Select every vintage published by a day."""
    return ledger.loc[ledger["published"] <= pd.Timestamp(day)]


def to_observations(frame: pd.DataFrame) -> tuple[Observation, ...]:
    """Turn rows of the ledger into records, in order."""
    if frame.empty:
        return ()
    fields = [name for name in Observation.model_fields if name in frame.columns]
    days = frame["published"].dt.date
    references = [None if pd.isna(day) else day.date() for day in frame["reference_date"]]
    rows = frame[fields].to_dict("records")
    return tuple(
        Observation.model_validate(row | {"id": str(id), "published": published, "reference_date": reference})
        for id, row, published, reference in zip(frame.index, rows, days, references, strict=True)
    )


def newest_publication(rows: pd.DataFrame) -> date:
    """Return the newest certain day of publication: a year alone does not outrank a day within it.

    It is the last day of a month or year that is known no more exactly.
    """
    days = pd.DataFrame({"first": first_possible_day(rows), "published": rows["published"]})
    newest: pd.Timestamp = days.sort_values(["first", "published"], kind="stable")["published"].iloc[-1]
    return newest.date()


def first_possible_day(rows: pd.DataFrame) -> pd.Series[pd.Timestamp]:
    """Return the earliest day on which each row may have been published: the first of a month or year."""
    published, exact = rows["published"], rows["published_precision"]
    months = published.dt.to_period("M").dt.start_time
    years = published.dt.to_period("Y").dt.start_time
    first: pd.Series[pd.Timestamp] = published.mask(exact == "month", months).mask(exact == "year", years)
    return first
