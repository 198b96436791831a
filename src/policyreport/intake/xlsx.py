"""The parts of an .xlsx file, read as streams: worksheets, shared texts, styles, cells, merged ranges, comments.

Read here and not by openpyxl, which makes an object of every cell of a merged range (17 billion for A1:XFD1048576),
turns numbers into dates by a guess at their format, and needs two passes for a formula and its result.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from policyreport.errors import DataError
from policyreport.intake.number_formats import BUILT_IN
from policyreport.intake.xlsx_parts import Attributes, RawSheet, RichText, SheetReader, Style, TextReader, cell_at
from policyreport.params import limits

_CHUNK = 1 << 16
# What a damaged workbook makes zipfile and the XML parser raise.
_DAMAGED = (OSError, ValueError, KeyError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)
_TODO = "Open it in a spreadsheet program and save it as .xlsx, without a password."


@dataclass(frozen=True)
class SheetName:
    """A worksheet of the workbook: its name, whether it is shown, and its part of the file."""

    name: str
    visible: bool
    part: str


class Workbook:
    """An .xlsx file, no larger in any respect than `policyreport.params.limits` allows."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._elements = 0
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        except _DAMAGED as error:
            raise self._unreadable(error) from None
        self._require_size()
        self._parts = {member.filename.lower(): member.filename for member in self._archive.infolist()}
        root = self._root()
        related = self._related(root)
        self.since_1904 = False
        self.sheets = self._read_sheets(root, related)
        by_type = dict(related.values())
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
        raw = RawSheet()
        reader = SheetReader(raw, f'{self.name}, sheet "{sheet.name}"')
        self._parse(sheet.part, reader.start, reader.end, reader.data)
        for type_, part in self._related(sheet.part).values():
            if type_ == "comments":
                self._read_comments(part, raw)
        return raw

    def _root(self) -> str:
        """The part of the workbook itself."""
        for type_, part in self._related("").values():
            if type_ == "officeDocument":
                return part
        raise DataError(self.name, "a workbook (.xlsx)", "a file without a workbook in it", _TODO)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that a part refers to, by id, with the last word of each relation's type."""
        folder, name = posixpath.split(part)
        relations: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                type_ = attributes.get("Type", "").rpartition("/")[2]
                relations[attributes.get("Id", "")] = type_, posixpath.normpath(whole)

        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path.lower() in self._parts:
            self._parse(path, start)
        return relations

    def _read_sheets(self, root: str, related: dict[str, tuple[str, str]]) -> tuple[SheetName, ...]:
        """The worksheets in order; charts and macros are left out."""
        sheets: list[SheetName] = []

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "workbookPr":
                self.since_1904 = attributes.get("date1904") in ("1", "true")
            if tag == "sheet" and len(sheets) < limits.WORKSHEETS:
                type_, part = related.get(attributes.get("id", ""), ("", ""))
                if type_ == "worksheet":
                    visible = attributes.get("state", "visible") == "visible"
                    sheets.append(SheetName(attributes.get("name", ""), visible, part))

        self._parse(root, start)
        return tuple(sheets)

    def _read_texts(self, part: str) -> list[RichText]:
        """The texts that cells refer to by number."""
        texts: list[RichText] = []
        if not part:
            return texts
        reader = TextReader()

        def start(tag: str, attributes: Attributes) -> None:
            if tag == "si":
                reader.clear()
            reader.start(tag, attributes)

        def end(tag: str) -> None:
            reader.end(tag)
            if tag == "si":
                texts.append(reader.text())

        self._parse(part, start, end, reader.data)
        return texts

    def _read_styles(self, part: str) -> list[Style]:
        """The styles that cells refer to by number."""
        codes, struck, styles = dict(BUILT_IN), list[bool](), list[Style]()
        inside: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            inside.append(tag)
            if tag == "numFmt" and inside[-2:-1] == ["numFmts"]:
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "General")
            elif tag == "font" and inside[-2:-1] == ["fonts"]:
                struck.append(False)
            elif tag == "strike" and inside[-3:-1] == ["fonts", "font"]:
                struck[-1] = attributes.get("val", "1") not in ("0", "false")
            elif tag == "xf" and inside[-2:-1] == ["cellXfs"]:
                font, code = int(attributes.get("fontId", 0)), int(attributes.get("numFmtId", 0))
                styles.append(Style(codes.get(code, "General"), font < len(struck) and struck[font]))

        if part:
            self._parse(part, start, lambda tag: inside.__delitem__(-1))
        return styles

    def _read_comments(self, part: str, sheet: RawSheet) -> None:
        """Comments of cells, without the author's name that may stand before the text."""
        reader, place = TextReader(), [""]
        authors: list[str] = []
        inside: list[str] = []

        def start(tag: str, attributes: Attributes) -> None:
            inside.append(tag)
            if tag == "comment":
                reader.clear()
                place[0] = attributes.get("ref", "")
            if tag == "author":
                authors.append("")
            reader.start(tag, attributes)

        def end(tag: str) -> None:
            reader.end(tag)
            inside.pop()
            if tag == "comment" and (at := cell_at(place[0])):
                text = " ".join(reader.text().text.split())
                # The text for programs that do not know threaded comments ends with the first remark of the thread.
                text = text.rpartition("Comment: ")[2] if text.startswith("[Threaded comment]") else text
                named = next((author for author in authors if author and text.startswith(f"{author}:")), None)
                sheet.comments[at] = text.removeprefix(f"{named}:").strip() if named else text

        def data(text: str) -> None:
            if inside and inside[-1] == "author":
                authors[-1] += text
            reader.data(text)

        self._parse(part, start, end, data)

    def _parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] = lambda tag: None,
        data: Callable[[str], None] = lambda text: None,
    ) -> None:
        """Call back for every element and text of a part, with names without namespaces."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        length = 0

        def characters(text: str) -> None:
            nonlocal length
            length += len(text)
            if length > limits.CELL_TEXT:
                got = f'a longer one: "{text[:40]}…"'
                raise DataError(self.name, f"texts of at most {limits.CELL_TEXT:,} characters", got, "Shorten it.")
            data(text)

        def begin(tag: str, attributes: Attributes) -> None:
            nonlocal length
            length = 0
            self._elements += 1
            if self._elements > limits.XML_ELEMENTS:
                todo = "Send the table alone, without the formats of empty cells."
                raise DataError(self.name, "a sheet", f"more than {limits.XML_ELEMENTS:,} elements", todo)
            for name in [name for name in attributes if " " in name]:
                attributes[name.rpartition(" ")[2]] = attributes.pop(name)
            start(tag.rpartition(" ")[2], attributes)

        parser.StartElementHandler = begin
        parser.EndElementHandler = lambda tag: end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = characters
        try:
            for chunk in self._chunks(part):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, KeyError, IndexError, OverflowError) as error:
            raise self._unreadable(error) from None

    def _chunks(self, part: str) -> Iterator[bytes]:
        """A part's bytes, no more than the archive states."""
        try:
            with self._archive.open(self._parts[part.lower()]) as content:
                while chunk := content.read(_CHUNK):
                    yield chunk
        except _DAMAGED as error:
            raise self._unreadable(error) from None

    def _refuse_doctype(self, *_: object) -> None:
        """No workbook declares entities, by which a few bytes of text could grow to gigabytes."""
        raise DataError(self.name, "a workbook (.xlsx)", "a document type declaration in it", _TODO)

    def _unreadable(self, error: Exception) -> DataError:
        got = " ".join(str(error).split())[:120] or type(error).__name__
        return DataError(self.name, "a workbook (.xlsx)", got, _TODO)
