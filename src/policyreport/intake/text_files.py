"""CSV and other delimited text as grids: encoding by its byte-order mark, delimiter by the known headings."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from policyreport.errors import DataError
from policyreport.intake.sheets import Cell, Sheet, text_cell
from policyreport.params import limits

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SEP = re.compile(r'"?sep=[,;|\t]"?\r?\n', re.IGNORECASE)
_MARKED = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_text_file(path: Path, headings: Callable[[Sheet], int], code_page: str) -> Sheet:
    """Read delimited text; `headings` counts the known headings of a grid, and the delimiter that gives most is taken.

    `code_page` is the encoding of text that is not UTF-8 and has no byte-order mark. Raises DataError if it is no text,
    if quotes are not closed, or if several delimiters give known headings.
    """
    text, remarks = _decode(path, code_page)
    # Excel's own line, which names the delimiter and is not shown.
    if named := _SEP.match(text):
        text = text[named.end() :]
    grids: dict[str, Sheet] = {}
    broken: list[DataError] = []
    # A quote that ends before one delimiter ends in the middle of a cell under another.
    for delimiter in (sign for sign in DELIMITERS if sign in text):
        try:
            grids[delimiter] = _grid(path, text, delimiter, remarks)
        except DataError as error:
            broken.append(error)
    counts = {delimiter: count for delimiter, grid in grids.items() if (count := headings(grid))}
    most = [delimiter for delimiter, count in counts.items() if count == max(counts.values())]
    if len(most) > 1:
        got = " and ".join(DELIMITERS[delimiter] for delimiter in most) + " both give known headings"
        raise DataError(f"{path.name}, row 1", "one delimiter", got, "Save the file with one delimiter.")
    if most:
        return grids[most[0]]
    # No headings are known: the widest grid shows most. A quote that ends inside a cell under one delimiter means
    # nothing in a file that another one divides.
    wide = [grid for grid in grids.values() if grid.width > 1]
    if wide:
        return max(wide, key=lambda grid: grid.width)
    if broken:
        raise broken[0]
    return next(iter(grids.values())) if grids else _grid(path, text, ",", remarks)


def _decode(path: Path, code_page: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file, and a remark if it is not in UTF-8."""
    body = path.read_bytes()
    if not body.strip():
        raise DataError(path.name, "a table", "an empty file", "Export the sheet again.")
    remarks: tuple[str, ...] = ()
    encoding = next((name for mark, name in _MARKED.items() if body.startswith(mark)), "utf-8")
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            got = f"a byte at {error.start} that is none"
            raise DataError(path.name, f"text in {encoding}", got, "Save the file as UTF-8.") from None
        text, remarks = _decode_otherwise(path, body, error, code_page), (f"read as {code_page}: it is not UTF-8",)
    for sign, name in (("\x00", "a zero byte"), ("\ufffd", "a replacement character for a lost letter")):
        if sign in text:
            row = text[: text.index(sign)].count("\n") + 1
            raise DataError(f"{path.name}, row {row}", "text", name, "Export the sheet again as CSV in UTF-8.")
    if strange := _encoded_twice(text):
        got = f'letters such as "{strange}", which were UTF-8 and read as another encoding before'
        raise DataError(
            path.name,
            "text in UTF-8",
            got,
            "Export the sheet again as CSV in UTF-8, from a program that shows it correctly.",
        )
    return text, remarks


def _encoded_twice(text: str) -> str:
    """The first letters of text that was read in a wrong encoding and then saved as UTF-8; empty otherwise."""
    for encoding in ("latin-1", "cp1252"):
        try:
            if text.encode(encoding).decode("utf-8") != text:
                return next(word for word in text.split() if not word.isascii())[:10]
        except UnicodeError:
            continue
    return ""


def _decode_otherwise(path: Path, body: bytes, first: UnicodeDecodeError, code_page: str) -> str:
    """The text of a file in the local code page."""
    try:
        return body.decode(code_page)
    except UnicodeDecodeError:
        row = body[: first.start].count(b"\n") + 1
        raise DataError(
            f"{path.name}, row {row}",
            f"text in UTF-8, UTF-16 or {code_page}",
            f"the byte {body[first.start]:#04x}",
            "Save the sheet as CSV in UTF-8.",
        ) from None


def _grid(path: Path, text: str, delimiter: str, remarks: tuple[str, ...]) -> Sheet:
    """The cells by one delimiter, short rows filled up."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[list[str]] = []
    cells = 0
    try:
        for line in reader:
            lines.append(line)
            cells += len(line)
            # Exports end in empty lines and cells, but not in more of them than a whole table has.
            if len(lines) > 2 * limits.ROWS or cells > 4 * limits.CELLS:
                got = f"more than {len(lines) - 1:,} lines with {cells:,} cells"
                raise DataError(path.name, "a table", got, "Send the table alone.")
    except csv.Error as error:
        todo = "Close the quotes, or export the sheet again."
        place = f"{path.name}, row {reader.line_num}"
        raise DataError(place, "a table whose quotes are closed, in cells of a few words", str(error), todo) from None
    while lines and not any(word.strip() for word in lines[-1]):
        lines.pop()
    used = [_used(line) for line in lines]
    width = max(used, default=0)
    if len(lines) * width > limits.CELLS or width > limits.COLUMNS or len(lines) > limits.ROWS:
        raise DataError(path.name, "a table", f"{len(lines):,} rows of {width:,} columns", "Send the table alone.")
    rows = tuple(tuple(text_cell(word) for word in line[:width]) + (Cell(),) * (width - len(line)) for line in lines)
    # Notes below a short table can be more lines than its rows.
    counts = Counter(len(line) for line, count in zip(lines, used, strict=True) if count > 1)
    counts = counts or Counter(map(len, lines))
    usual = counts.most_common(1)[0][0] if counts else 0
    # Trailing delimiters of an export are no cells, unless some row fills them.
    filled = max((count for count, line in zip(used, lines, strict=True) if len(line) == usual), default=0)
    ragged = {
        row: len(line)
        for row, (line, count) in enumerate(zip(lines, used, strict=True), 1)
        if count > 1 and (len(line) < filled or count > filled)
    }
    return Sheet(path.name, rows, ragged=ragged, remarks=remarks)


def _used(line: list[str]) -> int:
    return max((index for index, word in enumerate(line, 1) if word.strip()), default=0)
