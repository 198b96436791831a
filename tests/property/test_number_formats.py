"""Whatever a number's format holds, what is read is what the cell shows; judged by a renderer of the test's own."""

import zipfile
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.styles.numbers import BUILTIN_FORMATS

from policyreport.intake.days import shown_date
from policyreport.intake.number_formats import BUILT_IN, choose, parse, render_date, show
from policyreport.intake.workbooks import read_workbook

# What the numbers below 164 stand for: ECMA-376 part 1, 18.8.30; the eastern ones in their languages.
SCALED = {9, 10, 67, 68}
DAYS = {14, 15, 22, *range(27, 32), 36, *range(50, 55), 57, 58, 71, 72, 73, 77, 81}
MONTHS = {17, 74}
DAYS_WITHOUT_YEAR = {16}
TIMES = {18, 19, 20, 21, *range(32, 36), 45, 46, 47, 55, 56, 75, 76, 78, 79, 80}
TEXTS = {49}


def workbook(path: Path, number: str, format_id: int, code: str = "") -> Path:
    """The smallest workbook with one number in A1, written without the library that others are written with."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    escaped = code.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    codes = f'<numFmts count="1"><numFmt numFmtId="{format_id}" formatCode="{escaped}"/></numFmts>' if code else ""
    parts = {
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="A" sheetId="1" '
        'r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}">{codes}<fonts count="1"><font/></fonts><cellXfs count="2">'
        f'<xf numFmtId="0" fontId="0"/><xf numFmtId="{format_id}" fontId="0"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1" s="1"><v>{number}</v>'
        "</c></row></sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{body}')
    return path


@pytest.mark.parametrize("format_id", range(164))
def test_every_built_in_format_scales_or_dates_as_the_standard_says(tmp_path, format_id):
    cell = read_workbook(workbook(tmp_path / "a.xlsx", "46082.25", format_id), None, ()).cell(1, 1)
    if format_id in DAYS:
        assert (cell.day, cell.dated) == (date(2026, 3, 1), True)
    elif format_id in MONTHS:
        assert (cell.text, cell.day, cell.dated) == ("2026-03", None, True)
    elif format_id in DAYS_WITHOUT_YEAR | TIMES:
        assert cell.dated
        assert cell.fault
    elif format_id in SCALED:
        assert (cell.number, cell.percent) == (Decimal("4608225"), True)
    else:
        assert (cell.number, cell.percent, cell.dated) == (Decimal("46082.25"), False, False)


def test_the_built_in_formats_of_another_library_are_of_the_same_kinds():
    for format_id, code in BUILTIN_FORMATS.items():
        ours, theirs = show(Decimal("46082.25"), BUILT_IN[format_id]), show(Decimal("46082.25"), code)
        assert (ours.kind, ours.percent, ours.number) == (theirs.kind, theirs.percent, theirs.number), code
        # The order of day and month is the place's, and is not asked for: a stored day is a day.
        assert set(ours.section.parts.values()) == set(theirs.section.parts.values()), code


@dataclass(frozen=True)
class Piece:
    """A piece of a format: as written, as shown beside the digits, and by how many powers of ten it scales."""

    code: str
    shown: str
    places: int = 0


LITERALS = st.text(alphabet="abcxyzdmhs0#%?.,;E+-@[]_*/ đồngtỷ£\\", max_size=6)
QUOTED = LITERALS.map(lambda text: Piece(f'"{text}"', text))
ESCAPED = st.sampled_from("%dmyhsEe0#;,@ax").map(lambda sign: Piece(f"\\{sign}", sign))
SKIPPED = st.sampled_from("%)(-0d").map(lambda sign: Piece(f"_{sign}", " "))
FILLED = st.sampled_from("%- 0").map(lambda sign: Piece(f"*{sign}", ""))
SILENT = st.sampled_from(["[Red]", "[Blue]", "[Color 7]", "[$-42A]", "[$-409]", "[DBNum1]"]).map(lambda c: Piece(c, ""))
CURRENCY = st.sampled_from(["₫", "%", "USD", "€"]).map(lambda sign: Piece(f"[${sign}-42A]", sign))
PLAIN = st.sampled_from(list(" $-+():")).map(lambda sign: Piece(sign, sign))
PERCENT = st.just(Piece("%", "", 2))
AROUND = st.lists(st.one_of(QUOTED, ESCAPED, SKIPPED, FILLED, SILENT, CURRENCY, PLAIN, PERCENT), max_size=4)
DIGITS = st.sampled_from([("0", 0), ("#,##0", 0), ("0.0", 1), ("#,##0.00", 2), ("0.000", 3), ("?0.0?", 2), ("00", 0)])
THOUSANDS = st.sampled_from(["", ",", ",,"])
NUMBERS = st.decimals(min_value=-(10**6), max_value=10**6, allow_nan=False, allow_infinity=False, places=3)


@st.composite
def sections(draw) -> tuple[str, object]:
    """One section, and a function that renders a number by it."""
    before, after = draw(AROUND), draw(AROUND)
    digits, decimals = draw(DIGITS)
    commas = draw(THOUSANDS) if not (after and after[0].code.startswith(",")) else ""
    places = sum(piece.places for piece in (*before, *after)) - 3 * len(commas)
    code = "".join([*(piece.code for piece in before), digits + commas, *(piece.code for piece in after)])

    def render(number: Decimal) -> str:
        size = number.scaleb(places).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        return "".join([*(piece.shown for piece in before), f"{size:f}", *(piece.shown for piece in after)])

    return code, render, decimals


def rendered(number: Decimal, code: str, decimals: int) -> str:
    """The same by what was read of the format."""
    shown = show(number, code)
    size = shown.number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{shown.before}{size:f}{shown.after}"


@given(sections(), NUMBERS)
def test_a_number_is_read_as_its_format_shows_it(section, number):
    code, render, decimals = section
    assert rendered(number, code, decimals) == render(number)
    assert show(number, code).kind == "number"


@given(st.lists(sections(), min_size=1, max_size=3), NUMBERS)
def test_the_section_for_a_number_is_the_one_a_spreadsheet_takes(parts, number):
    """One for all; then one for what is negative; then one for nought."""
    at = 0 if number > 0 or len(parts) == 1 else 1 if number < 0 else 2 if len(parts) > 2 else 0
    _, render, decimals = parts[at]
    assert rendered(number, ";".join(part[0] for part in parts), decimals) == render(number)


@given(
    st.sampled_from(["<", "<=", ">", ">=", "=", "<>"]), st.integers(-100, 100), sections(), sections(),
    st.integers(-100, 100).map(Decimal),
)  # fmt: skip
def test_a_condition_decides_before_the_sign(sign, limit, first, second, number):
    holds = {
        "<": number < limit, "<=": number <= limit, ">": number > limit, ">=": number >= limit,
        "=": number == limit, "<>": number != limit,
    }[sign]  # fmt: skip
    _, render, decimals = first if holds else second
    assert rendered(number, f"[{sign}{limit}]{first[0]};{second[0]}", decimals) == render(number)


@given(st.text(max_size=30), NUMBERS)
def test_no_format_stops_the_reading(code, number):
    shown = show(number, code)
    assert shown.kind in ("number", "date", "time", "text", "nothing")
    assert shown.number.is_finite()


@pytest.mark.parametrize(
    "code", ["# ?/?", "# ??/??", "# ?/16", "0.00E+00", "##0.0E+0", "0.0e-0", "General", "GENERAL", "@"]
)
def test_fractions_powers_and_general_do_not_scale(code):
    shown = show(Decimal("8.35"), code)
    assert (shown.number, shown.percent) == (Decimal("8.35"), False)


@pytest.mark.parametrize("code", ["#,##0 đ", "#,##0 USD", "0 tỷ đồng", "0.0 h", "0 d", '0" m"'])
def test_letters_behind_digits_make_no_date(code):
    assert show(Decimal("46082"), code).kind == "number"


@dataclass(frozen=True)
class DatePiece:
    """A piece of a date's format, the part it shows, and how it shows a day."""

    code: str
    part: str
    write: object


DATE_PIECES = (
    DatePiece("yyyy", "year", lambda day: f"{day.year:04d}"),
    DatePiece("yy", "year", lambda day: f"{day.year % 100:02d}"),
    DatePiece("m", "month", lambda day: str(day.month)),
    DatePiece("mm", "month", lambda day: f"{day.month:02d}"),
    DatePiece("d", "day", lambda day: str(day.day)),
    DatePiece("dd", "day", lambda day: f"{day.day:02d}"),
)


def _same(text: str, day: date) -> str:
    return text


SEPARATORS = st.sampled_from(["/", "-", ".", " ", "\\/", '"-"', "\\-"])


@st.composite
def date_formats(draw):
    pieces = draw(st.permutations(DATE_PIECES).map(lambda all_: all_[: draw(st.integers(1, 3))]))
    kept: list[DatePiece] = []
    for piece in pieces:
        if piece.part not in {each.part for each in kept}:
            kept.append(piece)
    code, texts = "", []
    for at, piece in enumerate(kept):
        separator = draw(SEPARATORS) if at else ""
        code += separator + piece.code
        texts += [partial(_same, separator.strip('\\"')), piece.write]
    return code, {piece.part for piece in kept}, lambda day: "".join(text(day) for text in texts)


@given(date_formats(), st.dates(date(1901, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_as_much_of_as_its_cell_shows(made, day):
    code, parts, render = made
    (section,) = parse(code)
    assert set(section.parts.values()) == parts
    assert render_date(day, section) == render(day).strip()
    cell = shown_date(day, section)
    assert cell.dated
    if parts == {"year", "month", "day"}:
        assert cell.day == day
    elif parts == {"year", "month"}:
        assert (cell.text, cell.fault) == (f"{day:%Y-%m}", "")
    elif parts == {"year"}:
        assert (cell.text, cell.fault) == (str(day.year), "")
    else:
        assert cell.fault


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.integers(61, 73_000), since_1904=st.booleans())
def test_serial_numbers_are_days_of_both_calendars(tmp_path, days, since_1904):
    path = workbook(tmp_path / "a.xlsx", str(days), 14)
    if since_1904:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
        with zipfile.ZipFile(path, "w") as archive:
            for name, body in parts.items():
                archive.writestr(name, body)
    first = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    assert read_workbook(path, None, ()).cell(1, 1).day == first + timedelta(days=days)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(section=sections(), number=NUMBERS)
def test_a_workbook_gives_the_number_that_its_cell_shows(tmp_path, section, number):
    code, _, _ = section
    cell = read_workbook(workbook(tmp_path / "a.xlsx", str(number), 164, code), None, ()).cell(1, 1)
    shown = show(number, code)
    assert shown.section == choose(parse(code), number)
    if shown.number > 0 and shown.minus:
        # Shown as below nought, stored as above it: asked about.
        assert "which its format shows as" in cell.fault
    else:
        assert cell.number == shown.number
