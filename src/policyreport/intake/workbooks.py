"""A worksheet as a grid: stored numbers and days as such, formulas by their results, merged blocks spread."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from policyreport.errors import DataError, did_you_mean
from policyreport.intake.sheets import Cell, Merged, Sheet, cell_from_number, letters, text_cell

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# A sheet of every commune and forty columns is well below all three; a file made to exhaust time or memory is not.
UNPACKED_LIMIT = 200_000_000
CELL_LIMIT = 500_000
# A cell is two or three elements of XML; openpyxl makes an object of nearly every one.
ELEMENT_LIMIT = 1_000_000
_CHUNK = 1 << 20
# What a damaged workbook makes zipfile, the XML parser and openpyxl raise.
_DAMAGE = (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError, NotImplementedError)
_DAMAGED = (*_DAMAGE, RuntimeError, zipfile.BadZipFile, zlib.error, ParseError)


def read_workbook(path: Path, wanted: str | None, ignored: Iterable[str]) -> Sheet:
    """Read one worksheet of a workbook.

    Parameters
    ----------
    path : Path
        An ``.xlsx`` file.
    wanted : str, optional
        The worksheet's name; without it the workbook must have one with content.
    ignored : iterable of str
        Names of worksheets that hold no figures.

    Returns
    -------
    Sheet
        The grid.

    Raises
    ------
    DataError
        If it is no workbook, or if the worksheet is not there or not the only one.
    """
    body, computed = _checked(path)
    shown = _open(path, body, results=True)
    # Without a formula both are the same, and loading takes most of the time.
    formulas = _open(path, body, results=False) if computed else shown
    name = _choose(path, shown, wanted, set(ignored))
    several = len(shown.sheetnames) > 1
    return _grid(f'{path.name}, sheet "{name}"' if several else path.name, shown[name], formulas[name])


def _checked(path: Path) -> tuple[bytes, bool]:
    """The file's bytes, once they are known to be no more than a sheet; and whether it holds formulas."""
    body = path.read_bytes()
    elements, computed = 0, False
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            size = sum(each.file_size for each in members)
            if size > UNPACKED_LIMIT:
                raise DataError(path.name, "a sheet", f"{size / 1e6:.0f} MB of content", "Send the table alone.")
            for member in members:
                with archive.open(member) as content:
                    while chunk := content.read(_CHUNK):
                        elements += chunk.count(b"</") + chunk.count(b"/>")
                        computed = computed or b"<f" in chunk
                if elements > ELEMENT_LIMIT:
                    todo = "Send the table alone, without the formats of empty cells."
                    raise DataError(path.name, "a sheet", f"more than {ELEMENT_LIMIT:,} elements", todo)
    except _DAMAGED as error:
        raise _unreadable(path, error) from None
    return body, computed


def _open(path: Path, body: bytes, results: bool) -> Workbook:
    """The workbook, with results of formulas or with the formulas."""
    # openpyxl takes a while to import and is needed for workbooks only.
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # About extensions and styles that openpyxl does not keep: none carries a figure.
            warnings.simplefilter("ignore")
            # From memory: openpyxl leaves the file of a damaged workbook open.
            return load_workbook(io.BytesIO(body), data_only=results, rich_text=True)
    except _DAMAGED as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: Exception) -> DataError:
    """The error of a file that is no workbook."""
    got = " ".join(str(error).split())[:120] or type(error).__name__
    todo = "Open it in a spreadsheet program and save it as .xlsx, without a password."
    return DataError(path.name, "a workbook (.xlsx)", got, todo)


def _choose(path: Path, book: Workbook, wanted: str | None, ignored: set[str]) -> str:
    """The worksheet that is meant."""
    if wanted is not None:
        if wanted not in book.sheetnames:
            raise DataError(path.name, "a sheet of the workbook", f'"{wanted}"', did_you_mean(wanted, book.sheetnames))
        return wanted
    sheets = [each for each in book.worksheets if each.title not in ignored and _filled(each)]
    visible = [each.title for each in sheets if each.sheet_state == "visible"]
    if len(visible) == 1:
        return visible[0]
    if not visible:
        raise DataError(path.name, "a sheet with a table", "none that is visible", "Fill the sheet in, or unhide it.")
    got = ", ".join(f'"{name}"' for name in visible)
    raise DataError(path.name, "one sheet with a table", got, f'Say which: --sheet "{visible[0]}".')


def _filled(sheet: Worksheet) -> bool:
    """True if some cell says something."""
    return _extent(sheet) != (0, 0)


def _grid(name: str, shown: Worksheet, formulas: Worksheet) -> Sheet:
    """The cells of a worksheet, as far as it is filled."""
    height, width = _extent(formulas)
    if height * width > CELL_LIMIT:
        raise DataError(
            name, "a table", f"{height} rows of {width} columns", "Delete what stands far below or beside it."
        )
    rows = [
        [_cell(shown.cell(row, column), formulas.cell(row, column)) for column in range(1, width + 1)]
        for row in range(1, height + 1)
    ]
    merged = [
        Merged(each.min_row, each.min_col, min(each.max_row, height), min(each.max_col, width))
        for each in formulas.merged_cells.ranges
        if each.min_row <= height and each.min_col <= width
    ]
    for block in merged:
        for row in range(block.top, block.bottom + 1):
            for column in range(block.left, block.right + 1):
                rows[row - 1][column - 1] = rows[block.top - 1][block.left - 1]
    hidden = [row for row in range(1, height + 1) if shown.row_dimensions[row].hidden]
    hidden_columns = [letters(each) for each in range(1, width + 1) if shown.column_dimensions[letters(each)].hidden]
    remarks = tuple(
        f"hidden {kind} read too: {', '.join(map(str, found))}"
        for kind, found in (("rows", hidden), ("columns", hidden_columns))
        if found
    )
    return Sheet(name, tuple(map(tuple, rows)), tuple(sorted(merged, key=lambda m: (m.top, m.left))), {}, remarks)


def _extent(sheet: Worksheet) -> tuple[int, int]:
    """Last row and column that say something: formatted empty cells reach far beyond."""
    # Only the cells that the file holds: going through rows would make one for every cell up to the last format.
    said = [place for place, cell in sheet._cells.items() if cell.value is not None]
    return max((row for row, _ in said), default=0), max((column for _, column in said), default=0)


def _cell(shown: Any, formula: Any) -> Cell:
    """One cell of a worksheet."""
    value = shown.value
    if formula.data_type == "f" and value is None:
        return Cell(fault=f"a formula without its result ({_short(formula.value)})")
    if shown.data_type == "e":
        return Cell(text=str(value), whole=str(value), fault=f"the error {value}")
    if value is None:
        return Cell()
    if isinstance(value, bool):
        return Cell(text=str(value).upper(), whole=str(value).upper(), fault=f"the truth value {str(value).upper()}")
    if isinstance(value, int | float):
        # Spreadsheets compute with 15 digits and show no more; what stands behind them is rounding.
        number = Decimal(f"{value:.15g}")
        percent = "%" in str(shown.number_format).split(";")[0].replace('"%"', "")
        return cell_from_number(_normal(100 * number if percent else number), percent)
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(text=day.isoformat(), whole=day.isoformat(), day=day)
    if isinstance(value, time | timedelta):
        return Cell(text=str(value), whole=str(value), fault=f"the time {value}")
    return _text(value)


def _text(value: Any) -> Cell:
    """A text, its raised characters taken for marks of notes."""
    if isinstance(value, str):
        return text_cell(str(value))
    words: list[str] = []
    marks: list[str] = []
    for part in value:
        raised = getattr(getattr(part, "font", None), "vertAlign", None) == "superscript"
        (marks if raised else words).append(str(part))
    return text_cell("".join(words), tuple(mark.strip(" ()[]") for mark in marks if mark.strip()))


def _normal(number: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    whole = number.to_integral_value() if number == number.to_integral_value() else number.normalize()
    return Decimal(f"{whole:f}")


def _short(formula: Any) -> str:
    """The first signs of a formula."""
    text = str(getattr(formula, "text", formula))
    return text if len(text) <= 30 else text[:29] + "…"
