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
