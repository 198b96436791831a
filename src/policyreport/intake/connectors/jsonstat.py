"""Read JSON-stat, the format of PX-Web's answers, into a table of labels and figures.

References
----------
https://json-stat.org/full/
"""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pyjstat import pyjstat

from policyreport.errors import ConnectError
from policyreport.intake.connectors.fetched import read_answer, understood
from policyreport.intake.connectors.web import BY_HAND
from policyreport.params.limits import CELLS

VALUE = "value"


@dataclass(frozen=True)
class Cube:
    """A JSON-stat dataset: one row a cell, a column of labels for each dimension, and ``value`` (missing: NaN)."""

    table: pd.DataFrame
    label: str
    updated: str


def read_jsonstat(body: bytes, where: str) -> Cube:
    """Read one JSON-stat dataset, of version 1 (``{"dataset": …}``) or 2.

    Raises ConnectError if the answer breaks off, is not JSON, is no dataset, or does not have one value a cell.
    """
    # PX-Web ends the document with a NUL byte.
    answer = read_answer(body.rstrip(b"\0"), where, "JSON-stat")
    # The library passes on whatever an unexpected part of the document raises.
    with understood(where, "a JSON-stat dataset"):
        dataset = answer.get("dataset", answer)
        sizes = dataset["size"] if "size" in dataset else dataset["dimension"]["size"]
        _require_values(dataset["value"], math.prod(int(size) for size in sizes), where)
        table = _cells(answer)
        _require_finite(table, where)
        return Cube(table, str(dataset.get("label") or ""), str(dataset.get("updated") or ""))


def _require_values(values: Any, cells: int, where: str) -> None:
    """Stop if figures cannot be matched to their cells."""
    count = len(values)
    if cells == 0 or count == 0:
        raise ConnectError(where, "at least one figure", "an empty table", BY_HAND)
    # A mapping of few figures may claim any number of cells, and the library lays them all out.
    if cells > CELLS:
        raise ConnectError(where, f"at most {CELLS:,} cells", f"{cells:,}", "Ask for fewer years.")
    # A mapping from place to figure may leave cells out; a list may not.
    if isinstance(values, list) and count != cells:
        raise ConnectError(where, f"{cells} values, one a cell", f"{count}", BY_HAND)


def _require_finite(table: pd.DataFrame, where: str) -> None:
    """Stop at a cell that holds neither a number nor nothing."""
    for figure in table[VALUE]:
        number = isinstance(figure, int | float) and not isinstance(figure, bool)
        if figure is not None and (not number or math.isinf(figure)):
            raise ConnectError(where, "numbers", repr(figure)[:40], BY_HAND)


def _cells(answer: dict[str, Any]) -> pd.DataFrame:
    with warnings.catch_warnings():
        # pyjstat 2.4 warns that its own writer calls its own older reader.
        warnings.simplefilter("ignore", DeprecationWarning)
        table: pd.DataFrame = pyjstat.Dataset.read(json.dumps(answer)).write("dataframe")
    return table
