"""The parts of an .xlsx file, each read as a tree: worksheets, shared texts, styles, merged ranges, comments.

Read here and not by openpyxl, which makes an object of every cell of a merged range (17 billion for A1:XFD1048576),
turns numbers into dates by a guess at their format, and needs two passes for a formula and its result.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from openpyxl.utils import column_index_from_string

from policyreport.errors import DataError
from policyreport.intake.number_formats import BUILT_IN
from policyreport.params import limits

_CHUNK = 1 << 16
# What a damaged workbook makes zipfile, the XML parser and `int` raise.
_DAMAGED = (
    OSError, ValueError, LookupError, EOFError, RuntimeError, OverflowError, zipfile.BadZipFile, zlib.error, ParseError,
)  # fmt: skip
_TODO = "Open it in a spreadsheet program and save it as .xlsx, without a password."
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"^\$?([A-Za-z]{1,3})\$?(\d{1,7})$")


@dataclass(frozen=True)
class SheetName:
    """A worksheet of the workbook: its name, whether it is shown, and its part of the file."""

    name: str
    visible: bool
    part: str


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


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as the file stores it: type, style, content and formula."""

    row: int
    column: int
    type: str
    style: int
    value: str | None
    formula: str | None
    inline: RichText | None


@dataclass
class RawSheet:
    """A worksheet as the file stores it; ranges as (top, left, bottom, right), from 1."""

    cells: list[RawCell] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    comments: dict[tuple[int, int], str] = field(default_factory=dict)


class Workbook:
    """An .xlsx file, no larger in any respect than `policyreport.params.limits` allows."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self.elements = 0
        with self._readable():
            self._archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
            self._require_size()
            self._parts = {member.filename.lower(): member.filename for member in self._archive.infolist()}
            root = next((part for type_, part in self._related("").values() if type_ == "officeDocument"), None)
            if root is None:
                raise DataError(self.name, "a workbook (.xlsx)", "a file without a workbook in it", _TODO)
            related = self._related(root)
            by_type = dict(related.values())
            self.since_1904, self.sheets = self._read_sheets(root, related)
            self.texts = self._read_texts(by_type.get("sharedStrings", ""))
            self.styles = self._read_styles(by_type.get("styles", ""))

    def _require_size(self) -> None:
        """Refuse a file that unpacks to more than a sheet, by the sizes the archive states."""
        members = self._archive.infolist()
        size = sum(member.file_size for member in members)
        if size > limits.UNPACKED_BYTES:
            todo = "Send the table alone."
            raise DataError(self.name, "a sheet", f"{size / 1e6:,.0f} MB of content", todo)
        for member in members:
            ratio = member.file_size / max(member.compress_size, 1)
            if member.file_size > limits.UNPACKED_RATIO_FROM and ratio > limits.UNPACKED_RATIO:
                got = f"{member.filename}, which unpacks to {ratio:,.0f} times its size"
                raise DataError(self.name, "a sheet", got, "Save it again in a spreadsheet program.")

    def read(self, sheet: SheetName) -> RawSheet:
        """Read cells, merged ranges, hidden rows and columns, and comments of a worksheet."""
        builder = _SheetBuilder(self, f'{self.name}, sheet "{sheet.name}"')
        with self._readable():
            self._tree(sheet.part, builder)
            for type_, part in self._related(sheet.part).values():
                if type_ == "comments":
                    builder.sheet.comments |= _comments(self._tree(part))
        return builder.sheet

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to, by id, with the last word of each relation's type."""
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        relations: dict[str, tuple[str, str]] = {}
        for node in self._tree(path).iter("Relationship") if path.lower() in self._parts else ():
            if node.get("TargetMode") != "External":
                # An absolute target replaces the folder.
                target = posixpath.join("/", folder, node.get("Target", "")).lstrip("/")
                relations[node.get("Id", "")] = node.get("Type", "").rpartition("/")[2], posixpath.normpath(target)
        return relations

    def _read_sheets(self, root: str, related: dict[str, tuple[str, str]]) -> tuple[bool, tuple[SheetName, ...]]:
        """Whether days are counted from 1904, and the worksheets in order; charts and macros are left out."""
        tree, sheets = self._tree(root), list[SheetName]()
        for node in tree.iter("sheet"):
            type_, part = related.get(node.get("id", ""), ("", ""))
            if type_ == "worksheet" and len(sheets) < limits.WORKSHEETS:
                sheets.append(SheetName(node.get("name", ""), node.get("state", "visible") == "visible", part))
        return any(node.get("date1904") in ("1", "true") for node in tree.iter("workbookPr")), tuple(sheets)

    def _read_texts(self, part: str) -> list[RichText]:
        texts = list[RichText]()
        if part:
            self._tree(part, _Builder(self, {"si": lambda node: texts.append(_rich_text(node))}))
        return texts

    def _read_styles(self, part: str) -> list[Style]:
        if not part:
            return []
        tree, codes = self._tree(part), dict(BUILT_IN)
        for node in tree.iterfind(".//numFmts/numFmt"):
            codes[int(node.attrib["numFmtId"])] = node.get("formatCode", "General")
        struck = [any(map(_is_on, font.iterfind("strike"))) for font in tree.iterfind(".//fonts/font")]
        fonts = [(int(node.get("fontId", 0)), int(node.get("numFmtId", 0))) for node in tree.iterfind(".//cellXfs/xf")]
        return [Style(codes.get(code, "General"), font < len(struck) and struck[font]) for font, code in fonts]

    def _tree(self, part: str, builder: _Builder | None = None) -> Element:
        """The tree of a part, without namespaces."""
        parser = XMLParser(target=builder or _Builder(self))
        with self._archive.open(self._parts[part.lower()]) as content:
            while chunk := content.read(_CHUNK):
                parser.feed(chunk)
        tree: Element = parser.close()
        return tree

    @contextmanager
    def _readable(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            got = " ".join(str(error).split())[:120] or type(error).__name__
            raise DataError(self.name, "a workbook (.xlsx)", got, _TODO) from None


class _Builder(TreeBuilder):
    """Builds the tree of a part with names without namespaces; more than any sheet holds is refused.

    `take` has functions by tag: each takes an element as it ends, so that its content need not stay in memory.
    """

    def __init__(self, book: Workbook, take: Mapping[str, Callable[[Element], None]] | None = None) -> None:
        super().__init__()
        self._book, self._take, self._length = book, take or {}, 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        """An element begins."""
        self._length = 0
        self._book.elements += 1
        if self._book.elements > limits.XML_ELEMENTS:
            todo = "Send the table alone, without the formats of empty cells."
            raise DataError(self._book.name, "a sheet", f"more than {limits.XML_ELEMENTS:,} elements", todo)
        return super().start(_bare(tag), {_bare(name): text for name, text in attributes.items()})

    def end(self, tag: str, /) -> Element:
        """An element ends."""
        element = super().end(_bare(tag))
        if take := self._take.get(element.tag):
            take(element)
            element.clear()
        return element

    def data(self, text: str, /) -> None:
        """Characters of the element that is open."""
        self._length += len(text)
        if self._length > limits.CELL_TEXT:
            got = f'a longer one: "{text[:40]}…"'
            raise DataError(self._book.name, f"texts of at most {limits.CELL_TEXT:,} characters", got, "Shorten it.")
        super().data(text)

    def doctype(self, *_: object) -> None:
        """No workbook declares entities, by which a few bytes of text could grow to gigabytes."""
        raise DataError(self._book.name, "a workbook (.xlsx)", "a document type declaration in it", _TODO)


class _SheetBuilder(_Builder):
    """Collects cells, merged ranges, and hidden rows and columns of a worksheet."""

    def __init__(self, book: Workbook, place: str) -> None:
        super().__init__(book, {"c": self._keep, "mergeCell": self._merge, "col": self._hide})
        self.sheet, self._place = RawSheet(), place
        self._row = self._column = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        """A row gives its cells their number."""
        element = super().start(tag, attributes)
        if element.tag == "row":
            self._row, self._column = int(element.get("r", self._row + 1)), 0
            if element.get("hidden") in ("1", "true"):
                self.sheet.hidden_rows.add(self._row)
        elif element.tag == "c":
            self._row, self._column = cell_at(element.get("r", "")) or (self._row, self._column + 1)
        return element

    def _keep(self, element: Element) -> None:
        type_, style = element.get("t", "n"), int(element.get("s", 0) or 0)
        value, formula, inline = element.findtext("v"), element.findtext("f"), element.find("is")
        if type_ != "inlineStr":
            inline = None
        if value is None and formula is None and inline is None:
            return
        if len(self.sheet.cells) >= limits.CELLS:
            got = f"more than {limits.CELLS:,} cells"
            raise DataError(self._place, "a table", got, "Send the table alone.")
        formula = None if formula is None else f"={formula}"
        text = None if inline is None else _rich_text(inline)
        self.sheet.cells.append(RawCell(self._row, self._column, type_, style, value, formula, text))

    def _hide(self, element: Element) -> None:
        if element.get("hidden") in ("1", "true"):
            self.sheet.hidden_columns.append((int(element.attrib["min"]), int(element.attrib["max"])))

    def _merge(self, element: Element) -> None:
        """Keep a merged range; one with more cells than any table is refused, not spread."""
        reference = element.get("ref", "")
        first, _, last = reference.partition(":")
        start, end = cell_at(first), cell_at(last or first)
        if start is None or end is None:
            return
        (top, left), (bottom, right) = start, end
        todo = "Unmerge the cells."
        if (bottom - top + 1) * (right - left + 1) > limits.CELLS:
            expected = f"merged ranges of at most {limits.CELLS:,} cells"
            raise DataError(self._place, expected, f"the merged range {reference[:40]}", todo)
        if len(self.sheet.merged) >= limits.MERGED_RANGES:
            raise DataError(self._place, f"at most {limits.MERGED_RANGES:,} merged ranges", "more", todo)
        self.sheet.merged.append((top, left, bottom, right))


def cell_at(reference: str) -> tuple[int, int] | None:
    """Row and column of ``AB12``, from 1."""
    match = _REFERENCE.match(reference)
    return (int(match[2]), column_index_from_string(match[1])) if match else None


def _rich_text(node: Element) -> RichText:
    """The text of a node without raised pieces; a raised 2 or 3 after a length stays, as in km²."""
    plain, raised, struck = "", list[str](), False
    # Phonetic hints (rPh) are no part of the text.
    for run in (child for child in node if child.tag in ("t", "r")):
        high = any(mark.get("val") == "superscript" for mark in run.iterfind("rPr/vertAlign"))
        crossed = any(map(_is_on, run.iterfind("rPr/strike")))
        for piece in [run.text or ""] if run.tag == "t" else [text.text or "" for text in run.iterfind("t")]:
            struck = struck or (crossed and bool(piece.strip()))
            unit = high and piece.strip() in ("2", "3") and re.search(r"(?<![^\W\d_])[kcdm]?m$", plain)
            if high and piece.strip() and not unit:
                raised.append(_unescape(piece))
            else:
                plain += {"2": "²", "3": "³"}[piece.strip()] if unit else piece
    return RichText(_unescape(plain), tuple(raised), struck)


def _comments(tree: Element) -> dict[tuple[int, int], str]:
    """Comments by cell, without the author's name that may stand before the text."""
    authors = [name for node in tree.iter("author") if (name := node.text)]
    comments = {}
    for node in tree.iter("comment"):
        content = node.find("text")
        if (at := cell_at(node.get("ref", ""))) and content is not None:
            text = " ".join(_rich_text(content).text.split())
            # The text for programs that do not know threaded comments ends with the first remark of the thread.
            text = text.rpartition("Comment: ")[2] if text.startswith("[Threaded comment]") else text
            named = next((author for author in authors if text.startswith(f"{author}:")), None)
            comments[at] = text.removeprefix(f"{named}:").strip() if named else text
    return comments


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def _is_on(element: Element) -> bool:
    return element.get("val", "1") not in ("0", "false")


def _unescape(text: str) -> str:
    """Restore characters that XML cannot hold and the file writes as ``_x000D_``."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
