"""The ledger's columns as a pandera schema, and its errors as place, expected, got, next step."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import get_args

import pandas as pd
import pandera.pandas as pa

from policyreport.errors import DataError, did_you_mean
from policyreport.params import limits
from policyreport.params.indicators import Indicators
from policyreport.records.base import Bound, Status
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
