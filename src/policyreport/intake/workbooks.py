"""A worksheet as a grid: numbers and dates as the cells show them, results of formulas, merged blocks spread."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from openpyxl.utils import get_column_letter

from policyreport.data.rules.evidence import listing
from policyreport.errors import DataError, require_one_of
from policyreport.intake.days import shown_date
from policyreport.intake.number_formats import show
from policyreport.intake.sheets import Cell, Merged, Sheet, cell_from_number, text_cell
from policyreport.intake.xlsx import RawCell, RawSheet, RichText, SheetName, Style, Workbook
from policyreport.params import limits

# Accountants write zero as a dash, by a format.
_DASHES = frozenset("-–—−")
# Python alone would also take 1_000 and digits of other scripts.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
Places = dict[tuple[int, int], Cell]


def read_workbook(path: Path, wanted: str | None, ignored: Iterable[str]) -> Sheet:
    """Read one worksheet of an ``.xlsx`` file; without a name it must be the only one with content.

    Worksheets named in `ignored` hold no figures. Raises DataError if it is no workbook, or the worksheet is not found.
    """
    book = Workbook(path)
    sheet, raw = _choose(book, wanted, set(ignored))
    name = f'{path.name}, sheet "{sheet.name}"' if len(book.sheets) > 1 else path.name
    return _grid(name, raw, book)


def _choose(book: Workbook, wanted: str | None, ignored: set[str]) -> tuple[SheetName, RawSheet]:
    names = [sheet.name for sheet in book.sheets]
    if wanted is not None:
        require_one_of(DataError, book.name, wanted, names, "a sheet of the workbook")
        sheet = book.sheets[names.index(wanted)]
        return sheet, book.read(sheet)
    filled = {
        sheet: raw
        for sheet in book.sheets
        if sheet.visible and sheet.name not in ignored and (raw := book.read(sheet)).cells
    }
    if len(filled) == 1:
        return next(iter(filled.items()))
    if not filled:
        raise DataError(book.name, "a sheet with a table", "none that is visible", "Fill the sheet in, or unhide it.")
    got = ", ".join(f'"{sheet.name}"' for sheet in filled)
    raise DataError(book.name, "one sheet with a table", got, f'Say which: --sheet "{next(iter(filled)).name}".')


def _grid(name: str, raw: RawSheet, book: Workbook) -> Sheet:
    """The cells of a worksheet, as far as it is filled."""
    height = max((cell.row for cell in raw.cells), default=0)
    width = max((cell.column for cell in raw.cells), default=0)
    if height * width > limits.CELLS or width > limits.COLUMNS or height > limits.ROWS:
        todo = "Delete what is far below or to the right of it."
        raise DataError(name, "a table", f"{height} rows of {width} columns", todo)
    cells = {(cell.row, cell.column): _cell(cell, book) for cell in raw.cells}
    for at, comment in raw.comments.items():
        if at in cells:
            cells[at] = replace(cells[at], comment=" ".join(comment.split()))
    blocks = [
        Merged(top, left, min(bottom, height), min(right, width))
        for top, left, bottom, right in sorted(raw.merged)
        if top <= height and left <= width
    ]
    # Overlapping blocks could take hours to spread.
    if sum((block.bottom - block.top + 1) * (block.right - block.left + 1) for block in blocks) > limits.CELLS:
        expected = f"merged ranges of {limits.CELLS:,} cells together"
        raise DataError(name, expected, f"{len(blocks):,} ranges with more", "Unmerge the cells.")
    covered = _spread(cells, blocks)
    rows = tuple(
        tuple(cells.get((row, column), Cell()) for column in range(1, width + 1)) for row in range(1, height + 1)
    )
    remarks = (*_hidden(raw, height, width), *_covered(covered), *_dashed(raw, cells))
    return Sheet(name, rows, tuple(blocks), {}, remarks)


def _spread(cells: Places, blocks: list[Merged]) -> Places:
    """Give each cell of a merged block the block's content; returns what that covers."""
    covered: Places = {}
    for block in blocks:
        content = cells.get((block.top, block.left), Cell())
        for row in range(block.top, block.bottom + 1):
            for column in range(block.left, block.right + 1):
                other = cells.get((row, column))
                if other is not None and not other.empty and (row, column) != (block.top, block.left):
                    covered[row, column] = other
                cells[row, column] = content
    return covered


def _hidden(raw: RawSheet, height: int, width: int) -> list[str]:
    """Say which hidden rows and columns were read."""
    rows = sorted(row for row in raw.hidden_rows if row <= height)
    columns = [
        get_column_letter(column)
        for column in range(1, width + 1)
        if any(first <= column <= last for first, last in raw.hidden_columns)
    ]
    shown = (("rows", [str(row) for row in rows]), ("columns", columns))
    return [f"hidden {kind} read too: {', '.join(places)}" for kind, places in shown if places]


def _covered(covered: Places) -> list[str]:
    """Say what merged blocks cover: it is in the file, and nobody sees it."""
    if not covered:
        return []
    places = [f'{get_column_letter(column)}{row} "{cell.printed[:20]}"' for (row, column), cell in covered.items()]
    return [f"not read, covered by merged blocks: {listing(places)}"]


def _dashed(raw: RawSheet, cells: Places) -> list[str]:
    """Say which zeros their format shows as dashes: elsewhere a dash means that nothing is published."""
    places = [
        f"{get_column_letter(cell.column)}{cell.row}"
        for cell in raw.cells
        if cells[cell.row, cell.column].number == 0 and cells[cell.row, cell.column].affix in _DASHES
    ]
    return [f"read as 0, shown as a dash by their format: {listing(places)}"] if places else []


def _cell(raw: RawCell, book: Workbook) -> Cell:
    style = book.styles[raw.style] if raw.style < len(book.styles) else Style()
    cell = _content(raw, style, book)
    return replace(cell, struck=True) if style.struck and not cell.empty else cell


def _content(raw: RawCell, style: Style, book: Workbook) -> Cell:
    if raw.inline is not None:
        return _text(raw.inline)
    if raw.type == "str":
        return text_cell(raw.value or "")
    if raw.value is None or raw.value == "":
        return Cell(fault=f"a formula without its result ({_short(raw.formula)})") if raw.formula else Cell()
    if raw.type == "s":
        at = int(raw.value) if raw.value.isascii() and raw.value.isdigit() else -1
        return _text(book.texts[at]) if 0 <= at < len(book.texts) else Cell(fault="a text that is not in the file")
    if raw.type == "e":
        return _faulty(raw.value, f"the error {raw.value}")
    if raw.type == "b":
        word = "TRUE" if raw.value.strip() == "1" else "FALSE"
        return _faulty(word, f"the truth value {word}")
    if raw.type == "d":
        return _moment(raw.value)
    return _number(raw.value, style.code, book.since_1904)


def _moment(text: str) -> Cell:
    """A date that the file writes out, as few programs do."""
    try:
        day = datetime.fromisoformat(text.strip().removesuffix("Z")).date()
    except ValueError:
        return _faulty(text, f'the date "{text[:30]}"')
    return Cell(text=day.isoformat(), printed=day.isoformat(), day=day, dated=True)


def _number(text: str, code: str, since_1904: bool) -> Cell:
    exact = Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else Decimal("NaN")
    if not exact.is_finite() or len(text) > 2 * limits.NUMBER_DIGITS or abs(exact.adjusted()) > limits.NUMBER_DIGITS:
        return _faulty(text[:40], f'the number "{text[:40]}", which no spreadsheet can hold')
    # Spreadsheets compute with 15 digits and show no more; further digits are rounding.
    shown = show(Decimal(f"{exact:.15g}"), code)
    if shown.kind in ("date", "time"):
        day = _day(exact, since_1904)
        return shown_date(day, shown.section) if day else _faulty(text, f"the date number {text}")
    if shown.kind == "nothing":
        return _concealed(shown.number, shown.before)
    if shown.inside.strip(" /-.") and any(sign.isalnum() for sign in shown.inside):
        return _faulty(text, f'the number {text} with "{shown.inside}" inside it by its format')
    cell = cell_from_number(shown.number, shown.percent, shown.before, shown.after)
    if shown.number > 0 and shown.minus:
        return _faulty(text, f'the number {text}, which its format shows as "{cell.printed}"')
    return replace(cell, unsigned=True) if shown.number < 0 and not shown.minus else cell


def _concealed(number: Decimal, literal: str) -> Cell:
    """A number that its format hides, or shows as a sign or word."""
    shown = literal.strip()
    if not number and (shown in _DASHES or shown == ""):
        return replace(cell_from_number(Decimal(0)), affix=shown)
    if shown:
        return text_cell(literal)
    return _faulty(f"{number:f}", f"the number {number:f}, which its format hides")


def _faulty(text: str, fault: str) -> Cell:
    return Cell(text=text, printed=text, fault=fault)


def _day(serial: Decimal, since_1904: bool) -> date | None:
    """The day of a date number: 1 is 1 January 1900, and 60 is 29 February, which that year did not have."""
    days = int(serial)
    first = date(1904, 1, 1) if since_1904 else date(1899, 12, 31 if days < 60 else 30)
    try:
        return first + timedelta(days=days) if serial >= 0 else None
    except OverflowError:
        return None


def _text(rich: RichText) -> Cell:
    """A text whose raised characters are note marks."""
    marks = tuple(mark.strip(" ()[]") for mark in rich.raised if mark.strip(" ()[]"))
    cell = text_cell(rich.text, marks)
    return replace(cell, struck=True) if rich.struck else cell


def _short(formula: str | None) -> str:
    text = formula or ""
    return text if len(text) <= 30 else text[:29] + "…"
