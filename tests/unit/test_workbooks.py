"""Texts of a workbook in several fonts: what counts as text, what as a note mark, what is crossed out."""

import zipfile
from pathlib import Path

import pytest

from policyreport.errors import DataError
from policyreport.intake.sheets import Cell
from policyreport.intake.workbooks import read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RAISED = '<rPr><vertAlign val="superscript"/></rPr>'


def relations(**parts: str) -> str:
    entries = (f'<Relationship Id="{type_}" Type="{TYPES}/{type_}" Target="{part}"/>' for type_, part in parts.items())
    return f'<Relationships xmlns="{TYPES}">{"".join(entries)}</Relationships>'


def read(folder: Path, text: str, *, head: str = "") -> Cell:
    """The one cell of a sheet, whose text is written as in the file."""
    path = folder / "book.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("_rels/.rels", relations(officeDocument="/xl/workbook.xml"))
        sheets = '<sheets><sheet name="Sheet" sheetId="1" r:id="worksheet"/></sheets>'
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{MAIN}" xmlns:r="{TYPES}">{sheets}</workbook>')
        book.writestr(
            "xl/_rels/workbook.xml.rels", relations(worksheet="sheet.xml", sharedStrings="../xl/sharedStrings.xml")
        )
        book.writestr("xl/sharedStrings.xml", f'{head}<sst xmlns="{MAIN}"><si>{text}</si></sst>')
        cell = '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>'
        book.writestr("xl/sheet.xml", f'<worksheet xmlns="{MAIN}">{cell}</worksheet>')
    return read_workbook(path, None, ()).cell(1, 1)


@pytest.mark.parametrize(
    ("text", "shown", "marks", "struck"),
    [
        ("<t>Hà Nội</t>", "Hà Nội", (), False),
        (f"<r><t>Hà Nội</t></r><r>{RAISED}<t>1</t></r>", "Hà Nội", ("1",), False),
        (f"<r><t>Diện tích, km</t></r><r>{RAISED}<t>2</t></r>", "Diện tích, km²", ("2",), False),
        ("<r><t>Hà </t></r><r><rPr><strike/></rPr><t>Nội</t></r>", "Hà Nội", (), True),
        ('<r><rPr><strike val="0"/></rPr><t>Hà Nội</t></r>', "Hà Nội", (), False),
        ("<t>東京</t><rPh><t>とうきょう</t></rPh>", "東京", (), False),
        ("<t>Hà_x0020_Nội</t>", "Hà Nội", (), False),
    ],
)
def test_a_text_is_what_its_cell_shows(
    tmp_path: Path, text: str, shown: str, marks: tuple[str, ...], struck: bool
) -> None:
    cell = read(tmp_path, text)
    assert (cell.printed, cell.marks, cell.struck) == (shown, marks, struck)


def test_a_part_that_declares_entities_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a document type declaration in it"):
        read(tmp_path, "<t>&a;</t>", head='<!DOCTYPE sst [<!ENTITY a "aaaa">]>')
