"""Load the ledger: one row per published figure, validated; the first error stops the run."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import compute, csv

from policyreport.data.areas import FOLDER, Areas, read_areas
from policyreport.data.observations.corrections import apply_corrections, read_corrections
from policyreport.data.observations.known import KEY, SIMULATED, TYPES, cell, place, validate
from policyreport.data.sources import Source, read_source, read_sources
from policyreport.errors import DataError, did_you_mean, require_one_of
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.intake import LedgerField
from policyreport.params.limits import SHORT_TEXT
from policyreport.params.policy import Policy, read_policy
from policyreport.params.reading import Root, data_folder, is_simulated, project_folder
from policyreport.params.untrusted import YEARS, require_text
from policyreport.records.digits import as_published
from policyreport.records.periods import Precision, last_day, period_bounds

TEXT: tuple[str, ...] = get_args(LedgerField)
_NEEDED = ("area", "indicator", "period", "value")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# An empty line is refused rather than skipped: the rows after it would be cited under another number.
_AS_WRITTEN = csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False)
_AS_TEXT = csv.ConvertOptions(column_types=dict.fromkeys(TEXT, pa.string()), strings_can_be_null=False)
_ONE_THREAD = csv.ReadOptions(use_threads=False)


def load_ledger(root: Root) -> pd.DataFrame:
    """Read every raw file with its sidecar, apply corrections, and validate.

    Returns
    -------
    DataFrame
        One row per published figure, indexed by ``id`` (``nso/PL.V03.01.csv#17``: file below data/raw and row
        as a spreadsheet shows it). Columns: area, indicator, measure, list, period, reference_date
        (datetime64, NaT unless exact to the day), published (datetime64, the last day of what the source
        states), value (float), bound, unit, status, quality (codes separated by spaces), source, note,
        published_precision (day, month or year).

    Raises
    ------
    DataError
        Naming the first file, row and column that breaks a rule.
    """
    return check_raw(root, read_raw(root, read_sources(root)))


def check_raw(root: Root, raw: pd.DataFrame) -> pd.DataFrame:
    """Correct and validate raw rows: those on disk, or those with a table that is to be added.

    Raises DataError at the first file, row and column that breaks a rule.
    """
    folder = project_folder(root)
    areas, indicators, policy = read_areas(folder), read_indicators(root), read_policy(root)
    for table in ("areas", "crosswalk"):
        read_source(folder / FOLDER / f"{table}.csv")
    ledger = parse(apply_corrections(raw, read_corrections(root)))
    require_valid(ledger, areas, indicators, policy, simulated=is_simulated(root))
    return ledger


def require_valid(
    ledger: pd.DataFrame, areas: Areas, indicators: Indicators, policy: Policy, *, simulated: bool = False
) -> None:
    """Raise DataError at the first row that no ledger may hold: its columns, codes, area, measure, list, value, key."""
    validate(ledger, indicators)
    _require_kind(ledger, simulated=simulated)
    _require_areas(ledger, areas)
    _require_indicators(ledger, indicators)
    _require_lists(ledger, policy)
    _require_distinct(ledger)


def read_raw(root: Root, sources: dict[str, Source]) -> pd.DataFrame:
    """Read the raw files of figures as text columns with `source`, indexed by id; sidecar defaults are filled in.

    Raises DataError if a file is not a table, has an unknown column, or lacks one.
    """
    sources = {key: source for key, source in sources.items() if source.holds == "figures"}
    defaults = {key: source.defaults.model_dump(exclude_none=True) for key, source in sources.items()}
    tables = [_read_table(root, key, given) for key, given in defaults.items()]
    if not tables:
        folder = str(project_folder(root) / data_folder(root, "raw"))
        raise DataError(folder, "at least one raw file", "none", "Put the raw files there.")
    whole = pa.concat_tables(tables, promote_options="default")
    sizes = [len(table) for table in tables]
    of = np.repeat(np.arange(len(sizes)), sizes)
    given = [{"published": source.published} | defaults[key] for key, source in sources.items()]
    columns = {name: _filled(whole, name, given, of) for name in TEXT}
    columns["source"] = pa.array(list(sources)).take(pa.array(of))
    ids = [f"{key}.csv#{row}" for key, size in zip(sources, sizes, strict=True) for row in range(2, size + 2)]
    frame: pd.DataFrame = pa.table(columns).to_pandas()
    frame = frame.set_index(pd.Index(ids, dtype="str", name="id"))
    _require_sound_texts(frame)
    return frame


def _require_sound_texts(rows: pd.DataFrame) -> None:
    """Refuse text that no page may show; each distinct text is checked once."""
    for name in TEXT:
        for text in rows[name].unique().tolist():
            if len(text) > SHORT_TEXT or not text.isprintable():
                row = rows.index[rows[name] == text][0]
                require_text(text, place(row, name), "note" if name == "note" else "cell")


def parse(rows: pd.DataFrame) -> pd.DataFrame:
    """Turn the text of corrected raw rows into numbers and days; DataError at the first cell that cannot be read."""
    when = "a publication date such as 2025-01-06, 2025-01 or 2025"
    day = "a day such as 2025-10-15, or nothing"
    _distinct(rows["period"], _period, "a period such as 2025, 2025-Q3, 2025-10 or 2025-01/2025-09")
    out, of_out = _distinct(rows["published"], _published, when)
    return rows.assign(
        reference_date=_parsed(rows["reference_date"], _day_or_none, day, "datetime64[s]"),
        published=np.array([day for day, _ in out], "datetime64[s]")[of_out],
        value=_parsed(rows["value"], _number, "a number with a decimal point", "float"),
        bound=rows["bound"].where(rows["bound"] != "", "="),
        published_precision=pd.array([precision for _, precision in out], dtype="str").take(of_out),
    )[list(TYPES)]


def _read_table(root: Root, key: str, given: dict[str, str]) -> pa.Table:
    path = project_folder(root) / data_folder(root, "raw") / f"{key}.csv"
    try:
        table = csv.read_csv(path, _ONE_THREAD, _AS_WRITTEN, _AS_TEXT)
    except ValueError as error:
        raise _unreadable(path, error) from None
    names = table.column_names
    for name in names:
        require_one_of(DataError, f"{path}, row 1", str(name), TEXT, "known columns")
        if names.count(name) > 1:
            raise DataError(f"{path}, row 1", "each column once", f'"{name}" twice', "Remove one of them.")
    for name in _NEEDED:
        if name not in names and name not in given:
            raise DataError(f"{path}, row 1", f'a column "{name}"', "none", "Add it, or a default in the sidecar.")
    return table


def _filled(whole: pa.Table, name: str, given: list[dict[str, str]], of: NDArray[np.intp]) -> pa.Array:
    """One column of all tables; where a cell is empty or missing, the default of the row's source."""
    texts = [defaults.get(name, "") for defaults in given]
    written = compute.fill_null(whole[name].combine_chunks(), "") if name in whole.column_names else None
    if written is not None and not any(texts):
        return written
    default = pa.array(texts, pa.string()).take(pa.array(of))
    return default if written is None else compute.if_else(compute.equal(written, ""), default, written)


def _unreadable(path: Path, error: Exception) -> DataError:
    """The error that names where a file stops being a table."""
    got = " ".join(str(error).split())
    uneven = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", got)
    if uneven:
        row, cells, saw = map(int, uneven.groups())
        todo = (
            "Put a cell that holds a comma in quotation marks, or remove the extra comma."
            if saw > cells
            else "Remove the empty line, or write the missing commas."
        )
        return DataError(f"{path}, row {row}", f"{cells} cells, as in row 1", f"{saw}", todo)
    return DataError(str(path), "a table in CSV and UTF-8", got, "Export the file again.")


def _parsed(column: pd.Series[str], read: Callable[[str], Any], expected: str, dtype: str) -> pd.Series[Any]:
    values, of = _distinct(column, read, expected)
    return pd.Series(np.array(values, dtype)[of], column.index)


def _distinct(column: pd.Series[str], read: Callable[[str], Any], expected: str) -> tuple[list[Any], NDArray[np.intp]]:
    """The values of a column's distinct texts, and which of them each row has; an unreadable row is named."""
    codes, texts = pd.factorize(column)
    values = []
    for text in texts.tolist():
        try:
            values.append(read(text))
        except ValueError:
            row = column.index[column == text][0]
            raise DataError(
                place(row, str(column.name)), expected, f'"{text}"', "Fix the source or add a correction."
            ) from None
    return values, codes


def _period(text: str) -> tuple[date, date]:
    """A period's first and last day, within plausible years."""
    first, last = period_bounds(text)
    if not (YEARS[0] <= first.year and last.year <= YEARS[1]):
        raise ValueError(f"{text!r} is of no year between {YEARS[0]} and {YEARS[1]}")
    return first, last


def _published(text: str) -> tuple[date, Precision]:
    """The day by which something was published, within plausible years."""
    day, precision = last_day(text)
    _period(str(day.year))
    return day, precision


def _day_or_none(text: str) -> date | None:
    if not text:
        return None
    day, precision = _published(text)
    if precision != "day":
        raise ValueError(f"{text!r} is not a day")
    return day


def _number(text: str) -> float:
    """A number in plain digits: Python alone would also accept 1_000, spaces and digits of other scripts."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return float(text)


def _require_kind(ledger: pd.DataFrame, *, simulated: bool) -> None:
    """Refuse a simulated row among observations, and an unmarked row among simulated ones."""
    codes = ledger["quality"].drop_duplicates().tolist()
    kind = [text for text in codes if (SIMULATED in text.split()) != simulated]
    wrong = ledger.index[ledger["quality"].isin(kind)]
    if len(wrong):
        raise DataError(
            place(wrong[0], "quality"),
            f"the code {SIMULATED} on every row of a simulated edition, and on no other",
            f'"{cell(ledger, wrong[0], "quality")}"',
            "Keep simulated figures in a data folder of their own.",
        )


def _require_areas(ledger: pd.DataFrame, areas: Areas) -> None:
    """Refuse an unknown area, and one that did not exist in the period."""
    unknown = ledger.index[~ledger["area"].isin(areas.table.index)]
    if len(unknown):
        got = cell(ledger, unknown[0], "area")
        raise DataError(place(unknown[0], "area"), "a key of data/boundaries/areas.csv", f'"{got}"', areas.suggest(got))
    outside = ledger.loc[_outside_lifetime(ledger, areas), ["area", "period", "quality"]].drop_duplicates()
    for row, (area, period, quality) in zip(outside.index, outside.itertuples(index=False), strict=True):
        if not exists_in(areas, str(area), str(period), str(quality)):
            raise DataError(
                place(row, "area"),
                f"an area that existed in {period}",
                f'"{area}" ({areas.name(area)}), which {_lifetime(areas, area)}',
                "Use the key of that time; mark a publisher's own recalculation with quality back-cast.",
            )


def _outside_lifetime(ledger: pd.DataFrame, areas: Areas) -> NDArray[np.bool_]:
    """True for the few rows whose period has no day in common with the lifetime of their area."""
    of_area, keys = pd.factorize(ledger["area"])
    of_period, periods = pd.factorize(ledger["period"])
    begun, ended = zip(*(areas.lifetime(key) for key in keys.tolist()), strict=True)
    start, end = zip(*(period_bounds(text) for text in periods.tolist()), strict=True)
    begun_, ended_ = np.array(begun, "datetime64[D]")[of_area], np.array(ended, "datetime64[D]")[of_area]
    # An empty text becomes NaT, which is neither earlier nor later than any day.
    earlier = np.array(end, "datetime64[D]")[of_period] < begun_
    later = np.array(start, "datetime64[D]")[of_period] > ended_
    return np.asarray(earlier | later)


def exists_in(areas: Areas, area: str, period: str, quality: str) -> bool:
    """Tell whether a figure of a period can describe an area, given the row's quality codes.

    True if area and period overlap, if the area is one former province under a new key, or if the publisher
    recalculated or averaged its parts and the row says so.
    """
    start, end = (day.isoformat() for day in period_bounds(period))
    begun, ended = areas.lifetime(area)
    if ended and start > ended:
        return False
    if not begun or end >= begun:
        return True
    parts = areas.parts(area)
    return (len(parts) == 1 and parts != [area]) or bool({"back-cast", "not-a-measurement"} & set(quality.split()))


def _lifetime(areas: Areas, area: Hashable) -> str:
    begun, ended = areas.lifetime(str(area))
    return f"ended on {ended}" if ended else f"began on {begun}"


def _require_indicators(ledger: pd.DataFrame, indicators: Indicators) -> None:
    """Refuse an undefined measure, and a value outside the indicator's range."""
    definitions = indicators.by_id()
    pairs = ledger[["indicator", "measure"]].drop_duplicates()
    for row, (id, measure) in zip(pairs.index, pairs.itertuples(index=False), strict=True):
        if measure:
            require_one_of(DataError, place(row, "measure"), measure, definitions[id].measures, f"a measure of {id}")
    codes, ids = pd.factorize(ledger["indicator"])
    limits = [(definitions[id].low, definitions[id].high) for id in ids.tolist()]
    low = np.array([-np.inf if end is None else end for end, _ in limits])[codes]
    high = np.array([np.inf if end is None else end for _, end in limits])[codes]
    values = ledger["value"].to_numpy()
    outside = np.flatnonzero(~((low <= values) & (values <= high)))
    if len(outside):
        at = outside[0]
        row, definition = str(ledger.index[at]), definitions[str(ids[codes[at]])]
        raise DataError(
            place(row, "value"),
            f"{definition.id} between {as_published(low[at])} and {as_published(high[at])} {definition.unit}",
            cell(ledger, row, "value"),
            "Check unit and decimal point against the source.",
        )


def _require_lists(ledger: pd.DataFrame, policy: Policy) -> None:
    """Refuse an undefined list: a misspelt slug would pass for a changed list."""
    described = {policy_list.id for policy_list in policy.lists}
    unknown = ledger.index[~ledger["list"].isin({"", *described})]
    if len(unknown):
        got = cell(ledger, unknown[0], "list")
        todo = did_you_mean(got, described)
        raise DataError(place(unknown[0], "list"), "a list of params/policy.yaml", f'"{got}"', todo)


def _require_distinct(ledger: pd.DataFrame) -> None:
    """Refuse two figures of one key and publication day: nobody could say which is newer."""
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
