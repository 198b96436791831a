"""The numbers that records hold, by the names of their fields, with the rows behind each."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
# Numbers of the form, no results.
_FORM = ("version", "year", "years")


def find_numbers(store: Path, asked: str) -> Iterator[tuple[str, str, float, tuple[str, ...]]]:
    """Yield ``AREA/NOTEBOOK``, field, value and rows of numbers that round to one, as it stands or as a share of 1.

    `asked` holds a number as English writes it: ``14.0%``.
    """
    text = NUMBER.search(asked)[0]  # type: ignore[index]  # the caller found one
    digits, wanted = len(text.partition(".")[2]), amount(text)
    factor = 100 if "%" in asked else 1
    for path in sorted((store / "records").glob("*/*.json")):
        for field, value, rows in values_of(json.loads(path.read_bytes())):
            if rows and any(round(value * by, digits) == wanted for by in {1, factor}):
                yield f"{path.parent.name}/{path.stem}", field, value, rows


def amount(text: str) -> float:
    """Read a number as English writes it."""
    return float(text.replace(",", ""))


def values_of(node: Any, field: str = "", rows: tuple[str, ...] = ()) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """Yield every number of a record with the rows of the nearest enclosing part that has any."""
    if isinstance(node, dict):
        own = rows_of(node) or rows
        for key, value in node.items():
            if key not in _FORM:
                yield from values_of(value, f"{field}.{key}".lstrip("."), own)
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from values_of(value, f"{field}[{at}]", rows)
    elif isinstance(node, int | float) and not isinstance(node, bool):
        yield field, node, rows


def rows_of(node: dict[str, Any]) -> tuple[str, ...]:
    """Return the ledger rows that a part of a record names: its own id where it is a row, else its inputs."""
    if "source" in node and "#" in str(node.get("id", "")):
        return (node["id"],)
    inputs = node.get("inputs") or ()
    groups = inputs.values() if isinstance(inputs, dict) else [inputs]
    return tuple(dict.fromkeys(row for group in groups for row in group))
