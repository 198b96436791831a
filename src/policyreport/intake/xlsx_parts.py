"""The parts of an .xlsx file: cells, texts in several fonts, merged ranges, collected element by element."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from policyreport.errors import DataError
from policyreport.params import limits

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d{1,7})$")

Attributes = dict[str, str]


@dataclass(frozen=True)
class RichText:
    """A text, its raised pieces, and whether some of it is struck through."""

    text: str
    raised: tuple[str, ...] = ()
    struck: bool = False


@dataclass(frozen=True)
class Style:
    """The parts of a cell's style that matter: its number format, and whether its text is struck through."""

    code: str = "General"
    struck: bool = False


@dataclass(slots=True)
class RawCell:
    """A cell as the file stores it: type, content, formula and style."""

    row: int
    column: int
    type: str
    style: int
    value: str | None = None
    formula: str | None = None
    inline: RichText | None = None


@dataclass
class RawSheet:
    """A worksheet as the file stores it; ranges as (top, left, bottom, right), from 1."""

    cells: list[RawCell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)


class TextReader:
    """Collects a text that may consist of runs in different fonts."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin a new text."""
        self._runs: list[tuple[str, bool]] = []
        self._struck = self._raised = self._crossed = False
        self._phonetic, self._inside = 0, False

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if tag == "r":
            self._raised = self._crossed = False
        elif tag == "rPh":
            self._phonetic += 1
        elif tag == "vertAlign":
            self._raised = attributes.get("val") == "superscript"
        elif tag == "strike":
            self._crossed = attributes.get("val", "1") not in ("0", "false")
        elif tag == "t":
            self._inside = not self._phonetic
            if self._inside:
                self._runs.append(("", self._raised))

    def data(self, text: str) -> None:
        """Characters of the element that is open."""
        if self._inside:
            whole, raised = self._runs[-1]
            self._runs[-1] = whole + text, raised
            self._struck = self._struck or (self._crossed and bool(text.strip()))

    def end(self, tag: str) -> None:
        """An element ends."""
        if tag == "rPh":
            self._phonetic -= 1
        elif tag == "t":
            self._inside = False
        elif tag == "r":
            self._raised = self._crossed = False

    def text(self) -> RichText:
        """The text read, without raised pieces; a raised 2 or 3 after a length stays, as in km²."""
        plain, raised = "", list[str]()
        for piece, high in self._runs:
            unit = high and piece.strip() in ("2", "3") and re.search(r"(?<![^\W\d_])[kcdm]?m$", plain)
            if high and piece.strip() and not unit:
                raised.append(_unescape(piece))
            else:
                plain += {"2": "²", "3": "³"}[piece.strip()] if unit else piece
        return RichText(_unescape(plain), tuple(raised), self._struck)


class SheetReader:
    """Collects the cells of a worksheet."""

    def __init__(self, sheet: RawSheet, place: str) -> None:
        self.sheet, self.place = sheet, place
        self.row = self.column = 0
        self.cell: RawCell | None = None
        self.inline = TextReader()
        self.text: list[str] | None = None

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if tag == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
            if attributes.get("hidden") in ("1", "true"):
                self.sheet.hidden_rows.add(self.row)
        elif tag == "c":
            at = cell_at(attributes.get("r", ""))
            self.row, self.column = at or (self.row, self.column + 1)
            self.cell = RawCell(self.row, self.column, attributes.get("t", "n"), int(attributes.get("s", 0) or 0))
        elif tag == "is":
            self.inline.clear()
        elif tag in ("v", "f") and self.cell is not None:
            self.text = []
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden_columns.append((int(attributes["min"]), int(attributes["max"])))
        if self.cell is not None and self.cell.type == "inlineStr":
            self.inline.start(tag, attributes)

    def data(self, text: str) -> None:
        """Characters of the element that is open."""
        if self.text is not None:
            self.text.append(text)
        elif self.cell is not None and self.cell.type == "inlineStr":
            self.inline.data(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        cell = self.cell
        if cell is None:
            return
        if tag == "v" and self.text is not None:
            cell.value, self.text = "".join(self.text), None
        elif tag == "f" and self.text is not None:
            cell.formula, self.text = "=" + "".join(self.text), None
        elif tag == "c":
            self.cell = None
            if cell.value is not None or cell.formula is not None or cell.inline is not None:
                self._keep(cell)
        elif cell.type == "inlineStr":
            self.inline.end(tag)
            if tag == "is":
                cell.inline = self.inline.text()

    def _keep(self, cell: RawCell) -> None:
        if len(self.sheet.cells) >= limits.CELLS:
            got = f"more than {limits.CELLS:,} cells"
            raise DataError(self.place, "a table", got, "Send the table alone.")
        self.sheet.cells.append(cell)

    def _merge(self, reference: str) -> None:
        """Keep a merged range; one with more cells than any table is refused, not spread."""
        first, _, last = reference.partition(":")
        start, end = cell_at(first), cell_at(last or first)
        if start is None or end is None:
            return
        (top, left), (bottom, right) = start, end
        todo = "Unmerge the cells."
        if (bottom - top + 1) * (right - left + 1) > limits.CELLS:
            expected = f"merged ranges of at most {limits.CELLS:,} cells"
            raise DataError(self.place, expected, f"the merged range {reference[:40]}", todo)
        if len(self.sheet.merged) >= limits.MERGED_RANGES:
            raise DataError(self.place, f"at most {limits.MERGED_RANGES:,} merged ranges", "more", todo)
        self.sheet.merged.append((top, left, bottom, right))


def cell_at(reference: str) -> tuple[int, int] | None:
    """Row and column of ``AB12``, from 1."""
    match = _REFERENCE.match(reference)
    if not match:
        return None
    column = 0
    for letter in match[1].upper():
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _unescape(text: str) -> str:
    """Restore characters that XML cannot hold and the file writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
