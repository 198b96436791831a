"""Read JSON-stat, the format of PX-Web's answers, into a table of labels and figures.

References
----------
https://json-stat.org/full/
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from typing import Any

import pandas as pd

from policyreport.errors import ConnectError
from policyreport.intake.connectors.fetched import read_answer, understood
from policyreport.intake.connectors.web import BY_HAND
from policyreport.params.limits import CELLS

VALUE = "value"


@dataclass(frozen=True)
class Cube:
    """A JSON-stat dataset: one row a cell, a column of labels for each dimension, and ``value`` (Decimal or None)."""

    table: pd.DataFrame
    label: str
    updated: str


def read_jsonstat(body: bytes, where: str) -> Cube:
    """Read one JSON-stat dataset, of version 1 (``{"dataset": …}``) or 2.

    Raises ConnectError if the answer breaks off, is not JSON, is no dataset, or does not have one value a cell.
    """
    # PX-Web ends the document with a NUL byte.
    answer = read_answer(body.rstrip(b"\0"), where, "JSON-stat")
    with understood(where, "a JSON-stat dataset"):
        dataset = answer.get("dataset", answer)
        dimensions = dataset["dimension"]
        # Version 1 keeps ids and sizes among the dimensions.
        order = dataset if "size" in dataset else dimensions
        values = _values(dataset["value"], math.prod(map(int, order["size"])), where)
        labels = {str(dimensions[id].get("label") or id): _labels(dimensions[id]["category"]) for id in order["id"]}
        if [len(column) for column in labels.values()] != [int(size) for size in order["size"]]:
            raise ValueError("sizes that are not those of the dimensions")
        table = pd.DataFrame(product(*labels.values()), columns=list(labels))
        table[VALUE] = pd.Series(values, dtype=object)
        return Cube(table, str(dataset.get("label") or ""), str(dataset.get("updated") or ""))


def _values(values: Any, cells: int, where: str) -> list[Decimal | None]:
    """The figure of each cell, the last dimension running fastest."""
    if cells == 0 or not values:
        raise ConnectError(where, "at least one figure", "an empty table", BY_HAND)
    # A mapping of few figures may claim any number of cells.
    if cells > CELLS:
        raise ConnectError(where, f"at most {CELLS:,} cells", f"{cells:,}", "Ask for fewer years.")
    if isinstance(values, dict):
        # It may leave cells out; a list may not.
        places = {int(place): value for place, value in values.items()}
        values = [places.pop(at, None) for at in range(cells)]
        if places:
            raise LookupError(f"no cell {min(places)}")
    if len(values) != cells:
        raise ConnectError(where, f"{cells} values, one a cell", f"{len(values)}", BY_HAND)
    for figure in values:
        if figure is not None and not isinstance(figure, Decimal):
            raise ConnectError(where, "numbers", repr(figure)[:40], BY_HAND)
    return list(values)


def _labels(category: dict[str, Any]) -> list[str]:
    """The labels of a dimension in order; a dimension of one value need not state it."""
    ids = category.get("index") or list(category["label"])[:1]
    ids = sorted(ids, key=ids.__getitem__) if isinstance(ids, dict) else ids
    return [str(category["label"][id]) if "label" in category else str(id) for id in ids]
