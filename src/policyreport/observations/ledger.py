"""Load the ledger: one row, one published figure, validated; the first breach stops the run."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from policyreport.areas import Areas, read_areas
from policyreport.errors import DataError, did_you_mean
from policyreport.observations.corrections import apply_corrections, read_corrections
from policyreport.observations.periods import last_day, period_bounds
from policyreport.observations.schema import KEY, SIMULATED, cell, place, validate
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.layout import Root, data_folder, is_simulated, project_folder
from policyreport.params.policy import Policy, read_policy
from policyreport.sources import Source, read_source, read_sources

TEXT = (
    "area",
    "indicator",
    "measure",
    "list",
    "period",
    "reference_date",
    "published",
    "value",
    "bound",
    "unit",
    "status",
    "quality",
    "note",
)
_NEEDED = ("area", "indicator", "period", "value")


def load_ledger(root: Root) -> pd.DataFrame:
    """Read every raw file with its sidecar, apply corrections, and validate.

    Parameters
    ----------
    root : Path or Layout
        The project.

    Returns
    -------
    DataFrame
        One row a published figure, indexed by ``id`` (``nso/PL.V03.01.csv#17``: file below data/raw and row
        as a spreadsheet shows it). Columns: area, indicator, measure, list, period, reference_date
        (datetime64, NaT unless exact to the day), published (datetime64, the last day of what the source
        states), value (float), bound, unit, status, quality (codes apart by a space), source, note,
        published_precision (day, month or year).

    Raises
    ------
    DataError
        At the first file, row and column that breaks a rule.
    """
    return check_raw(root, read_raw(root, read_sources(root)))


def check_raw(root: Root, raw: pd.DataFrame) -> pd.DataFrame:
    """Correct and validate raw rows, those on disk or those with a table that is to be added.

    Parameters
    ----------
    root : Path or Layout
        The project.
    raw : DataFrame
        What `read_raw` gave, or that with further rows.

    Returns
    -------
    DataFrame
        The ledger, as `load_ledger` gives it.

    Raises
    ------
    DataError
        At the first file, row and column that breaks a rule.
    """
    areas, indicators, policy = read_areas(root), read_indicators(root), read_policy(root)
    for table in ("areas", "crosswalk"):
        read_source(project_folder(root) / data_folder(root, "boundaries") / f"{table}.csv")
    ledger = parse(apply_corrections(raw, read_corrections(root)))
    validate(ledger, indicators)
    _require_kind(ledger, simulated=is_simulated(root))
    _require_areas(ledger, areas)
    _require_indicators(ledger, indicators)
    _require_lists(ledger, policy)
    _require_distinct(ledger)
    return ledger


def read_raw(root: Root, sources: dict[str, Source]) -> pd.DataFrame:
    """Read the raw files as text, with each sidecar's defaults filled in.

    Parameters
    ----------
    root : Path or Layout
        The project.
    sources : dict of str to Source
        Sidecars by source key.

    Returns
    -------
    DataFrame
        Text columns and `source`, indexed by id.

    Raises
    ------
    DataError
        If a file is no table, has an unknown column, or lacks one.
    """
    tables = [_read_table(root, key, source) for key, source in sources.items()]
    if not tables:
        folder = str(project_folder(root) / data_folder(root, "raw"))
        raise DataError(folder, "at least one raw file", "none", "Put the raw files there.")
    return pd.concat(tables)


def parse(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn text into numbers and days.

    Parameters
    ----------
    rows : DataFrame
        What `read_raw` gave, after corrections.

    Returns
    -------
    DataFrame
        The ledger's columns.

    Raises
    ------
    DataError
        At the first cell that cannot be read.
    """
    known = _each(rows["published"], last_day, "a publication date such as 2025-01-06, 2025-01 or 2025")
    _each(rows["period"], period_bounds, "a period such as 2025, 2025-Q3, 2025-10 or 2025-01/2025-09")
    days = _each(rows["reference_date"], _day_or_none, "a day such as 2025-10-15, or nothing")
    return pd.DataFrame(
        {
            "area": rows["area"],
            "indicator": rows["indicator"],
            "measure": rows["measure"],
            "list": rows["list"],
            "period": rows["period"],
            "reference_date": pd.to_datetime(days).astype("datetime64[s]"),
            "published": pd.to_datetime(known.str[0]).astype("datetime64[s]"),
            "value": _each(rows["value"], float, "a number with a decimal point").astype(float),
            "bound": rows["bound"].where(rows["bound"] != "", "="),
            "unit": rows["unit"],
            "status": rows["status"],
            "quality": rows["quality"],
            "source": rows["source"],
            "note": rows["note"],
            "published_precision": known.str[1].astype("str"),
        }
    )


def _read_table(root: Root, key: str, source: Source) -> pd.DataFrame:
    """One raw file as text, ids and defaults included."""
    path = project_folder(root) / data_folder(root, "raw") / f"{key}.csv"
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    except (ValueError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None
    for name in table.columns:
        if name not in TEXT:
            raise DataError(f"{path}, row 1", "known columns", f'"{name}"', did_you_mean(str(name), TEXT))
    defaults = {"published": source.published} | source.defaults.model_dump(exclude_none=True)
    for name in _NEEDED:
        if name not in table and name not in defaults:
            raise DataError(f"{path}, row 1", f'a column "{name}"', "none", "Add it, or a default in the sidecar.")
    for name in TEXT:
        if name not in table:
            table[name] = defaults.get(name, "")
        elif name in defaults:
            table[name] = table[name].where(table[name] != "", defaults[name])
    table["source"] = key
    table.index = pd.Index([f"{key}.csv#{row}" for row in range(2, len(table) + 2)], name="id")
    return table[[*TEXT, "source"]]


def _unreadable(path: Path, error: Exception) -> DataError:
    """Say where a file stops being a table."""
    got = " ".join(str(error).split())
    wide = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", got)
    if wide:
        cells, row, saw = wide.groups()
        todo = "Put a cell that holds a comma in quotation marks, or take the extra comma away."
        return DataError(f"{path}, row {row}", f"{cells} cells, as in row 1", f"{saw} cells", todo)
    return DataError(str(path), "a table in CSV and UTF-8", got, "Export the file again.")


def _each(column: pd.Series[str], read: Callable[[str], Any], expected: str) -> pd.Series[Any]:
    """Read each distinct text once; name the first row that cannot be read."""
    values: dict[str, Any] = {}
    for text in column.unique():
        try:
            values[text] = read(text)
        except ValueError:
            row = column.index[column == text][0]
            raise DataError(
                place(row, str(column.name)), expected, f'"{text}"', "Mend the source or add a correction."
            ) from None
    return pd.Series([values[text] for text in column], index=column.index, dtype=object)


def _day_or_none(text: str) -> date | None:
    """A day, or None for an empty cell."""
    return date.fromisoformat(text) if text else None


def _require_kind(ledger: pd.DataFrame, *, simulated: bool) -> None:
    """Stop at a row that was drawn among observations, and at one not marked so among drawn ones."""
    drawn = ledger["quality"].str.split().map(lambda codes: SIMULATED in codes)
    wrong = ledger.index[drawn != simulated]
    if len(wrong):
        raise DataError(
            place(wrong[0], "quality"),
            f"the code {SIMULATED} on every row of a simulated edition, and on no other",
            f'"{cell(ledger, wrong[0], "quality")}"',
            "Keep simulated figures in a data folder of their own.",
        )


def _require_areas(ledger: pd.DataFrame, areas: Areas) -> None:
    """Stop at an unknown area and at one that did not exist in the period."""
    unknown = ledger.index[~ledger["area"].isin(areas.table.index)]
    if len(unknown):
        got = cell(ledger, unknown[0], "area")
        raise DataError(place(unknown[0], "area"), "a key of data/boundaries/areas.csv", f'"{got}"', areas.suggest(got))
    pairs = ledger[["area", "period", "quality"]].drop_duplicates()
    for row, (area, period, quality) in zip(pairs.index, pairs.itertuples(index=False), strict=True):
        if not exists_in(areas, str(area), str(period), str(quality)):
            raise DataError(
                place(row, "area"),
                f"an area that existed in {period}",
                f'"{area}" ({areas.name(area)}), which {_lifetime(areas, area)}',
                "Use the key of that time; mark a publisher's own recalculation with quality back-cast.",
            )


def exists_in(areas: Areas, area: str, period: str, quality: str) -> bool:
    """Tell whether a figure of a period can be of an area.

    Parameters
    ----------
    areas : Areas
        Keys and their lifetimes.
    area : str
        The area's key.
    period : str
        A period of the ledger.
    quality : str
        The row's quality codes.

    Returns
    -------
    bool
        True if area and period overlap, if the area is one former province under a new key, or if the
        publisher recalculated or averaged its parts and the row says so.
    """
    start, end = (day.isoformat() for day in period_bounds(period))
    begun, ended, parts = (cell(areas.table, area, name) for name in ("valid_from", "valid_to", "parts"))
    if ended and start > ended:
        return False
    if not begun or end >= begun:
        return True
    one_part = len(parts.split()) == 1
    return one_part or bool({"back-cast", "not-a-measurement"} & set(quality.split()))


def _lifetime(areas: Areas, area: Hashable) -> str:
    """When an area began or ended, in words."""
    begun, ended = cell(areas.table, area, "valid_from"), cell(areas.table, area, "valid_to")
    return f"ended on {ended}" if ended else f"began on {begun}"


def _require_indicators(ledger: pd.DataFrame, indicators: Indicators) -> None:
    """Stop at a measure without a definition and at a value outside the indicator's range."""
    known = indicators.by_id()
    for id, rows in ledger.groupby("indicator", sort=False):
        definition = known[str(id)]
        allowed = ["", *definition.measures]
        wrong = rows.index[~rows["measure"].isin(allowed)]
        if len(wrong):
            got = cell(rows, wrong[0], "measure")
            raise DataError(
                place(wrong[0], "measure"),
                f"a measure of {id}",
                f'"{got}"',
                did_you_mean(got, definition.measures),
            )
        low = float("-inf") if definition.low is None else definition.low
        high = float("inf") if definition.high is None else definition.high
        outside = rows.index[~rows["value"].between(low, high)]
        if len(outside):
            raise DataError(
                place(outside[0], "value"),
                f"{id} between {low:g} and {high:g} {definition.unit}",
                cell(rows, outside[0], "value"),
                "Check unit and decimal point against the source.",
            )


def _require_lists(ledger: pd.DataFrame, policy: Policy) -> None:
    """Stop at a list nobody described: a misspelt slug would pass for a changed list."""
    known = {"", *(each.id for each in policy.lists)}
    unknown = ledger.index[~ledger["list"].isin(known)]
    if len(unknown):
        got = cell(ledger, unknown[0], "list")
        raise DataError(
            place(unknown[0], "list"),
            "a list of params/policy.yaml",
            f'"{got}"',
            did_you_mean(got, known - {""}),
        )


def _require_distinct(ledger: pd.DataFrame) -> None:
    """Stop at two figures of one key and one publication day: nobody could say which is newer."""
    key = [*KEY, "published"]
    twice = ledger[ledger.duplicated(key, keep=False)]
    if len(twice):
        other, row = next(rows.index[:2] for _, rows in twice.groupby(key, dropna=False, sort=False))
        raise DataError(
            place(row, "value"),
            f"one figure a key and publication day; {other} has {cell(ledger, other, 'value')}",
            f"{cell(ledger, row, 'value')} for the same {', '.join(KEY)}",
            "Keep one, give the other its own measure, or state its publication day.",
        )
