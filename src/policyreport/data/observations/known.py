"""The ledger's columns, and its rows as known on a day."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import get_args

import pandas as pd
import pandera.pandas as pa

from policyreport.errors import DataError, did_you_mean
from policyreport.params import limits
from policyreport.params.indicators import Indicators
from policyreport.records.base import Bound, Observation, Status
from policyreport.records.digits import as_published

KEY = ("area", "indicator", "measure", "list", "period", "reference_date")
TYPES = {
    **dict.fromkeys(("area", "indicator", "measure", "list", "period"), "str"),
    **dict.fromkeys(("reference_date", "published"), "datetime64[s]"),
    "value": "float64",
    **dict.fromkeys(("bound", "unit", "status", "quality", "source", "note", "published_precision"), "str"),
}
SIMULATED = "simulated"
QUALITY = {
    "back-cast": "the publisher's own recalculation on present provinces",
    "not-a-measurement": "the publisher averaged the parts of a merged province",
    "top-n-list": "only the first places were published: not a panel, not a sample",
    "incomplete": "only some areas are in the copy read",
    "secondary-source": "quoted by a source that is not the producer",
    SIMULATED: "drawn at random for teaching, not an observation",
    "unchecked": "not compared with the published original",
}


def place(row: Hashable, column: str) -> str:
    """Name a cell as a spreadsheet shows it: ``data/raw/nso/PL.V03.01.csv, row 17, column "value"``."""
    file, _, number = str(row).rpartition("#")
    return f'data/raw/{file}, row {number}, column "{column}"'


def cell(table: pd.DataFrame, row: Hashable, column: str) -> str:
    """Return one cell as text, numbers without trailing zeros."""
    value = table[column][str(row)]
    return as_published(value) if isinstance(value, float) else str(value)


def ledger_schema(allowed: Mapping[str, list[str]]) -> pa.DataFrameSchema:
    """Return the schema of the ledger, strict and ordered: no other columns; `allowed` has the words of some."""
    # Types are compared for all columns at once: column by column, pandera would spend most of its time on them.
    columns = dict.fromkeys(TYPES, pa.Column())
    columns |= {
        **{name: pa.Column(checks=pa.Check.isin(allowed[name])) for name in ("indicator", "bound", "status")},
        "reference_date": pa.Column(nullable=True),
        "value": pa.Column(checks=pa.Check.in_range(-limits.NUMBER_SIZE, limits.NUMBER_SIZE)),
        "unit": pa.Column(checks=pa.Check.ne("")),
        "quality": pa.Column(checks=pa.Check(_known_codes)),
        "published_precision": pa.Column(checks=pa.Check.isin(["day", "month", "year"])),
    }
    typed = pa.Check(lambda frame: frame.dtypes.astype(str).to_dict() == TYPES, error=f"types {TYPES}")
    index = pa.Index(str, unique=True, name="id")
    return pa.DataFrameSchema(columns, checks=typed, index=index, strict=True, ordered=True)


def validate(ledger: pd.DataFrame, indicators: Indicators) -> None:
    """Check a ledger against the schema, and every unit against its indicator; DataError at the first error."""
    allowed = {
        "indicator": list(indicators.by_id()),
        "bound": list(get_args(Bound)),
        "status": list(get_args(Status)),
        "quality": list(QUALITY),
    }
    try:
        ledger_schema(allowed).validate(ledger)
    except pa.errors.SchemaError as error:
        raise _complaint(ledger, allowed, error) from None
    units = {(id, unit) for id, definition in indicators.by_id().items() for unit in definition.units}
    pairs = ledger[["indicator", "unit"]].drop_duplicates()
    for row, (indicator, unit) in zip(pairs.index, pairs.itertuples(index=False), strict=True):
        if (indicator, unit) not in units:
            todo = did_you_mean(str(unit), indicators.get(str(indicator)).units)
            raise DataError(place(row, "unit"), f"a unit of {indicator}", f'"{unit}"', todo)


def _known_codes(quality: pd.Series[str]) -> pd.Series[bool]:
    return ~quality.isin([text for text in quality.unique() if not set(text.split()) <= set(QUALITY)])


def _complaint(ledger: pd.DataFrame, allowed: Mapping[str, list[str]], error: pa.errors.SchemaError) -> DataError:
    column = str(getattr(error.schema, "name", "") or "")
    cases = error.failure_cases
    if column not in ledger or not hasattr(cases, "iloc") or "index" not in cases:
        return DataError("the ledger", "the columns of the schema", " ".join(str(error).split())[:200], "Fix it.")
    row = cases["index"].iloc[0]
    got = cell(ledger, row, column)
    named = {"indicator": "an indicator of params/indicators.yaml", "unit": "a unit", "value": "a finite number"}
    expected = named.get(column, "one of " + ", ".join(allowed.get(column, [])))
    todo = did_you_mean(got, allowed[column]) if column in allowed else "Fix the source or add a correction."
    return DataError(place(row, column), expected, f'"{got}"', todo)


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
