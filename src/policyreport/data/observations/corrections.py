"""Dated corrections of single cells, each with a reason and the value it expects to find."""

from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from policyreport.data.sources import Text, read_data_file
from policyreport.errors import DataError, require_one_of
from policyreport.params.reading import Root, Strict, data_folder, project_folder

WITHHELD = "withheld.yaml"


class Correction(Strict):
    """One correction: at `row` (a ledger id), `column` holds `expect` and should hold `value`."""

    id: str
    row: str
    column: Literal["area", "indicator", "measure", "list", "period", "value", "bound", "unit", "status"]
    expect: Text
    value: Text
    reason: str
    date: date


class _Corrections(Strict):
    corrections: tuple[Correction, ...]


class Withheld(Strict):
    """A figure that was found but is not printed, with the reason."""

    area: str
    indicator: str
    period: Text
    value: float
    unit: str
    source: str
    reason: str


class _WithheldFile(Strict):
    withheld: tuple[Withheld, ...]


def read_corrections(root: Root) -> tuple[Correction, ...]:
    """Read every file of data/corrections but the withheld figures; DataError if two entries share an id."""
    corrections: dict[str, Correction] = {}
    for path in sorted(_folder(root).glob("*.yaml")):
        if path.name == WITHHELD:
            continue
        for entry in read_data_file(path, _Corrections).corrections:
            if entry.id in corrections:
                raise DataError(str(path), "ids used once", f'"{entry.id}" twice', "Give the entry another id.")
            corrections[entry.id] = entry
    return tuple(corrections.values())


def read_withheld(root: Root) -> tuple[Withheld, ...]:
    """Read the figures that are kept out of the ledger; none if there is no such file."""
    path = _folder(root) / WITHHELD
    return read_data_file(path, _WithheldFile).withheld if path.exists() else ()


def apply_corrections(rows: pd.DataFrame, corrections: tuple[Correction, ...]) -> pd.DataFrame:
    """Correct the raw rows (text, indexed by id), and note it in the row.

    Raises DataError if a row does not exist, or no longer holds the value that the correction expects.
    """
    corrected = rows.copy()
    for entry in corrections:
        where = f"data/corrections, {entry.id}"
        require_one_of(DataError, where, entry.row, corrected.index, "the id of a row under data/raw")
        got, note = str(corrected.loc[entry.row, entry.column]), str(corrected.loc[entry.row, "note"])
        if got != entry.expect:
            raise DataError(
                where,
                f'"{entry.expect}" in column "{entry.column}" of {entry.row}',
                f'"{got}"',
                "The source may have been fixed: delete the correction, or write a new one.",
            )
        corrected.loc[entry.row, entry.column] = entry.value
        change = f"{entry.column} corrected from {entry.expect} on {entry.date}: {entry.reason.strip()}"
        corrected.loc[entry.row, "note"] = "; ".join(filter(None, [note, change]))
    return corrected


def _folder(root: Root) -> Path:
    return project_folder(root) / data_folder(root, "corrections")
