"""A notebook run by hand next to the same notebook in the last run of the edition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from policyreport.data.inputs import Inputs
from policyreport.errors import UsageError
from policyreport.figures.simulated import marked_name
from policyreport.running.store import record_path

ABSENT = "–"
COLUMNS = ("field", "by hand", "official")


@dataclass(frozen=True)
class Comparison:
    """The fields of two records that differ, and what to say of them."""

    sentence: str
    rows: tuple[tuple[str, Any, Any], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each field that differs: its path, its value by hand and the official one."""
        return pd.DataFrame(list(self.rows), columns=list(COLUMNS), dtype=object)

    def summary(self) -> str:
        """Return the sentence, and the table where there is one."""
        return f"{self.sentence}\n{self.to_frame().to_string(index=False)}" if self.rows else self.sentence

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        table = self.to_frame().to_html(index=False, border=0) if self.rows else ""
        return f"<p>{escape(self.sentence)}</p>{table}"


def compare_with_official(data: Inputs) -> Comparison:
    """Compare the record that was saved by hand with that of the edition's last run, field by field.

    Parameters
    ----------
    data : Inputs
        From `open_edition`, after ``data.save(record)``.

    Returns
    -------
    Comparison
        Shows itself as a table; paths of fields are those that `policyreport trace` takes.

    Raises
    ------
    UsageError
        If the notebook has not saved a record by hand, or does not run by hand.
    """
    place = f"compare_with_official, {data.area}/{data.notebook}"
    if not data.folder.is_absolute():
        raise UsageError(place, "a notebook run by hand", "a run of the edition", "Take the call out of the notebook.")
    own = data.folder / "record.json"
    if not own.is_file():
        raise UsageError(place, "a record saved by hand", "none", "Run the cell with data.save(record) first.")
    store = data.folder.parents[2]
    name = marked_name(data.notebook) if data.edition.simulated else data.notebook
    official = record_path(store, data.area, name)
    if not official.is_file():
        command = f"policyreport run {store.name} --areas {data.area}"
        return Comparison(f"{data.area}/{data.notebook} has no record of a run yet: `{command}` makes one.")
    new, old = (dict(_fields(_results(path))) for path in (own, official))
    differing = [field for field in {**old, **new} if old.get(field, ABSENT) != new.get(field, ABSENT)]
    rows = tuple((field, new.get(field, ABSENT), old.get(field, ABSENT)) for field in differing)
    if not rows:
        return Comparison("The record by hand equals the record of the run.")
    verb = "differs" if len(rows) == 1 else "differ"
    return Comparison(f"{len(rows)} of {len({**old, **new})} values {verb} from the record of the run.", rows)


def _results(path: Path) -> Any:
    """A record, without what it says of the method: only values are compared."""
    return {name: value for name, value in json.loads(path.read_bytes()).items() if name != "differs"}


def _fields(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a record with its path; a list of texts is one value."""
    if isinstance(node, dict) and node:
        for name, value in node.items():
            yield from _fields(value, f"{path}.{name}".lstrip("."))
    elif isinstance(node, list) and node and not all(isinstance(item, str) for item in node):
        for at, value in enumerate(node):
            yield from _fields(value, f"{path}[{at}]")
    else:
        yield path, ", ".join(node) if isinstance(node, list) else node
