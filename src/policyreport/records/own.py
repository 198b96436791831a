"""What a notebook of the project's users ends in: its results as tables, or as refusals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError, model_validator

from policyreport.errors import DataError
from policyreport.records.base import Frozen, Refusal, Results, misfit
from policyreport.records.notebooks import BY_NOTEBOOK, NotebookRecord

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 2500
"""Longer tables are data, not results."""
ROWS = "rows"
"""Column of a frame with the ids of the ledger rows behind each of its rows, as `data.series` has it."""
WITH_UNIT = ("value", "low", "high")
"""Columns that are in the unit of a series, ``attrs["unit"]``."""

Cell = StrictBool | StrictInt | StrictFloat | StrictStr | None
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
RowId = Annotated[str, Field(pattern=r"^[\w./+-]+(#[\w.-]+)?$")]


class Column(Frozen):
    """A column of a table; `unit` is empty where it has none."""

    name: Annotated[str, Field(min_length=1)]
    unit: str = ""


class Row(Frozen):
    """A row of a table: a value for each column, None where there is none, and the ledger rows behind them."""

    values: tuple[Cell, ...]
    inputs: tuple[RowId, ...] = ()


class Table(Frozen):
    """A result as a table."""

    kind: Literal["table"] = "table"
    caption: str = ""
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    rows: Annotated[tuple[Row, ...], Field(max_length=MOST_ROWS)]

    @model_validator(mode="after")
    def _rectangular(self) -> Table:
        names = [column.name for column in self.columns]
        if len(set(names)) < len(names):
            raise ValueError(f"columns of different names, not {', '.join(names)}")
        for number, row in enumerate(self.rows, start=1):
            if len(row.values) != len(names):
                raise ValueError(f"{len(names)} values in row {number}, not {len(row.values)}")
        return self

    @property
    def inputs(self) -> tuple[str, ...]:
        """Ids of the ledger rows behind the table."""
        return tuple(dict.fromkeys(id for row in self.rows for id in row.inputs))


class OwnRecord(NotebookRecord):
    """The results of a notebook that the edition declares under `notebooks`, by the names its author gave them."""

    kind: Literal["own"] = "own"
    notebook: str
    results: Annotated[dict[Name, Annotated[Table | Refusal, Field(discriminator="kind")]], Field(min_length=1)]


OWN = "own"
RECORD_TYPES: dict[str, type[NotebookRecord]] = BY_NOTEBOOK | {OWN: OwnRecord}
"""The type of every notebook's record, of all that users added under `OWN`."""


def record_type(notebook: str) -> type[NotebookRecord]:
    """Return the type of a notebook's record."""
    return BY_NOTEBOOK.get(notebook, OwnRecord)


def own_results(results: Mapping[str, Any]) -> dict[str, Table | Refusal]:
    """Turn frames and results by name into what a record keeps.

    A frame becomes a table: `attrs["caption"]` is its caption, `attrs["units"]` gives units by column, the column
    ``rows`` the ledger rows behind each row, or `attrs["inputs"]` those behind all. Results become the table of their
    ``to_frame()``; a refusal stays one.
    DataError for anything else, an infinite number or a table that is too long.
    """
    if not results:
        todo = "Name at least one: data.record(estimates=frame)."
        raise DataError("data.record", "a result", "none", todo)
    return {name: _own_result(name, value) for name, value in results.items()}


def _own_result(name: str, value: Any) -> Table | Refusal:
    place = f"data.record, {name}"
    if isinstance(value, Refusal):
        return value
    if isinstance(value, tuple) and value and all(isinstance(item, Frozen) for item in value):
        value = Results(value)
    if isinstance(value, Frozen | Results):
        return _table(place, value.to_frame())
    if not hasattr(value, "itertuples"):
        todo = "Put it into one: pandas.DataFrame({…})."
        raise DataError(place, "a DataFrame or a result of an estimator", f"a {type(value).__name__}", todo)
    return _table(place, value)


def _table(place: str, frame: pd.DataFrame) -> Table:
    """A frame as a table; an index with a name is its first column."""
    if any(frame.index.names):
        frame = frame.reset_index()
    columns = [str(column) for column in frame.columns]
    evidence = _evidence(frame[ROWS]) if ROWS in columns else None
    kept = [at for at, name in enumerate(columns) if not (name == ROWS and evidence is not None)]
    inputs = evidence or [tuple(frame.attrs.get("inputs", ()))] * len(frame)
    units = _units(frame.attrs)
    cells = [_cells(place, columns[at], frame.iloc[:, at]) for at in kept]
    lines = list(zip(*cells, strict=True)) if cells else []
    try:
        return Table(
            caption=str(frame.attrs.get("caption", "")),
            columns=tuple(Column(name=columns[at], unit=units.get(columns[at], "")) for at in kept),
            rows=tuple(Row(values=values, inputs=ids) for values, ids in zip(lines, inputs, strict=True)),
        )
    except ValidationError as error:
        todo = "Record what a page can show: choose columns and rows before."
        raise DataError(
            place, f"a table of at most {MOST_ROWS:,} rows with named columns", misfit(error), todo
        ) from None


def _units(attrs: Mapping[Any, Any]) -> dict[str, str]:
    """Units by column: those given, or that of a series for its values."""
    given = attrs.get("units") or dict.fromkeys(WITH_UNIT, str(attrs.get("unit", "")))
    return {str(name): str(unit) for name, unit in given.items()}


def _evidence(column: Iterable[Any]) -> list[tuple[str, ...]] | None:
    """Ids of ledger rows, row by row; None where the column holds something else."""
    sets = list(column)
    if all(isinstance(ids, Sequence) and not isinstance(ids, str) for ids in sets):
        return [tuple(map(str, ids)) for ids in sets]
    return None


def _cells(place: str, column: str, values: pd.Series[Any]) -> list[Cell]:
    """The cells of a column; missing ones are None."""
    missing = values.isna()
    numbered = enumerate(zip(values, missing, strict=True), start=1)
    return [
        None if empty else _cell(f'{place}, row {number}, column "{column}"', value)
        for number, (value, empty) in numbered
    ]


def _cell(place: str, value: Any) -> Cell:
    """A value as JSON holds it; a day in its ISO form, anything else as its text."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and math.isinf(value):
        todo = "Leave the row out, or say in a column of text why there is no number."
        raise DataError(place, "a finite number", str(value), todo)
    if isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return ", ".join(map(str, value)) if isinstance(value, Sequence) else str(value)
