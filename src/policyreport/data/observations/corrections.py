"""Dated corrections of single cells, each with a reason and the value it expects to find."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import pandas as pd

from policyreport.data.sources import Text
from policyreport.errors import DataError, ParamsError, did_you_mean
from policyreport.params.layout import Root, data_folder, project_folder
from policyreport.params.reading import Model, Strict, read_strict

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
    """Read every file of data/corrections except the list of withheld figures.

    Raises
    ------
    DataError
        If a file breaks the schema or two entries share an id.
    """
    found: list[Correction] = []
    for path in sorted(_folder(root).glob("*.yaml")):
        if path.name == WITHHELD:
            continue
        entries = _read(path, _Corrections).corrections
        known = {each.id for each in found}
        for entry in entries:
            if entry.id in known:
                raise DataError(str(path), "ids used once", f'"{entry.id}" twice', "Give the entry another id.")
            known.add(entry.id)
        found.extend(entries)
    return tuple(found)


def read_withheld(root: Root) -> tuple[Withheld, ...]:
    """Read the figures that are kept out of the ledger; none if there is no such file."""
    path = _folder(root) / WITHHELD
    return _read(path, _WithheldFile).withheld if path.exists() else ()


def apply_corrections(rows: pd.DataFrame, corrections: tuple[Correction, ...]) -> pd.DataFrame:
    """Correct the raw rows (text, indexed by id), and note it in the row.

    Raises
    ------
    DataError
        If a row does not exist, or no longer holds the value that the correction expects.
    """
    mended = rows.copy()
    for each in corrections:
        where = f"data/corrections, {each.id}"
        if each.row not in mended.index:
            near = did_you_mean(each.row, mended.index)
            raise DataError(where, "the id of a row under data/raw", f'"{each.row}"', near)
        got, note = str(mended.loc[each.row, each.column]), str(mended.loc[each.row, "note"])
        if got != each.expect:
            raise DataError(
                where,
                f'"{each.expect}" in column "{each.column}" of {each.row}',
                f'"{got}"',
                "The source may have been mended: drop the correction, or write it anew.",
            )
        mended.loc[each.row, each.column] = each.value
        said = f"{each.column} corrected from {each.expect} on {each.date}: {each.reason.strip()}"
        mended.loc[each.row, "note"] = "; ".join(filter(None, [note, said]))
    return mended


def _folder(root: Root) -> Path:
    return project_folder(root) / data_folder(root, "corrections")


def _read(path: Path, model: type[Model]) -> Model:
    """Read a file of data/, where mistakes are data errors."""
    try:
        return read_strict(path, model)
    except ParamsError as error:
        raise DataError(error.where, error.expected, error.got, error.todo) from None
