"""What was known on a day: the newest vintage of each key, or all of them."""

from __future__ import annotations

from datetime import date

import pandas as pd

from policyreport.data.observations.schema import KEY
from policyreport.records.base import Observation


def as_known_on(ledger: pd.DataFrame, day: date) -> pd.DataFrame:
    """Select the newest vintage of each key that was out on a day.

    Parameters
    ----------
    ledger : DataFrame
        What `load_ledger` gave.
    day : date
        The day.

    Returns
    -------
    DataFrame
        One row a key (area, indicator, measure, list, period, reference_date), in the ledger's order.
    """
    out = vintages(ledger, day)
    newest = out.sort_values("published", kind="stable").drop_duplicates(list(KEY), keep="last").index
    return out.loc[out.index.isin(newest)]


def known_on(ledger: pd.DataFrame, day: date) -> pd.DataFrame:
    """Select every vintage that was out on a day, and mark the ones in force.

    Parameters
    ----------
    ledger : DataFrame
        What `load_ledger` gave.
    day : date
        The day.

    Returns
    -------
    DataFrame
        Rows published on the day or before, with the column `newest`: True for the newest vintage of a key.
    """
    known = vintages(ledger, day)
    return known.assign(newest=known.index.isin(as_known_on(ledger, day).index))


def vintages(
    ledger: pd.DataFrame,
    day: date,
    *,
    area: str | None = None,
    indicator: str | None = None,
    measure: str | None = None,
) -> pd.DataFrame:
    """Select every vintage that was out on a day.

    Parameters
    ----------
    ledger : DataFrame
        What `load_ledger` gave.
    day : date
        The day.
    area, indicator, measure : str, optional
        Only rows with these.

    Returns
    -------
    DataFrame
        Rows of the ledger with ``published`` on the day or before.
    """
    kept = ledger["published"] <= pd.Timestamp(day)
    for column, wanted in (("area", area), ("indicator", indicator), ("measure", measure)):
        if wanted is not None:
            kept &= ledger[column] == wanted
    return ledger.loc[kept]


def to_observations(frame: pd.DataFrame) -> tuple[Observation, ...]:
    """Turn rows of the ledger into records.

    Parameters
    ----------
    frame : DataFrame
        Rows of the ledger.

    Returns
    -------
    tuple of Observation
        One a row, in order.
    """
    if frame.empty:
        return ()
    fields = [name for name in Observation.model_fields if name in frame.columns]
    days = frame["published"].dt.date
    references = [None if pd.isna(each) else each.date() for each in frame["reference_date"]]
    rows = frame[fields].to_dict("records")
    return tuple(
        Observation.model_validate(row | {"id": str(id), "published": out, "reference_date": reference})
        for id, row, out, reference in zip(frame.index, rows, days, references, strict=True)
    )
