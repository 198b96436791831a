"""Sheets damaged in named ways: refused with the cell, or accepted with the right finding; never in silence."""

import csv
import hashlib
import io
import os
import re
import shutil
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.areas import read_areas
from policyreport.data.observations.ledger import load_ledger

ROOT = Path(__file__).parents[2]
AREAS = read_areas(ROOT)
KEYS = ("n01", "n04", "n08", "n11", "n24", "n40", "n52", "n96")
NAMES = tuple(str(AREAS.table["name"][key]) for key in KEYS)
HEADS = (
    "Địa phương",
    "Tổng số nhiệm vụ",
    "Đã hoàn thành",
    "Hoàn thành đúng hạn",
    "Hoàn thành quá hạn",
    "Đang thực hiện",
    "Tỷ lệ hoàn thành (%)",
)
SAID = {
    "--publisher": "mic-mst",
    "--title": "Report on the first quarter",
    "--address": "https://example.org/q1",
    "--published": "2026-04-15",
    "--period": "2026-Q1",
    "--list": "central-2025-10",
    "--table": "damaged",
    "--accessed": "2026-05-01",
}
FIRST = 5  # the row of the first province, below a title, an empty line, headings and a row that numbers them


def vietnamese(value: float) -> str:
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def figures(at: int) -> list[float]:
    on_time, late, open_ = 1000 + 111 * at, 12 + at, 210 + at
    total = on_time + late + open_
    return [total, on_time + late, on_time, late, open_, round(100 * (on_time + late) / total, 1)]


@dataclass
class Grid:
    """A good sheet as rows of texts and numbers, to be damaged and then saved."""

    rows: list[list[object]]
    said: dict[str, str] = field(default_factory=lambda: dict(SAID))

    def text(self, row: int, column: int) -> str:
        return str(self.rows[row - 1][column - 1])

    def put(self, row: int, column: int, value: object) -> None:
        self.rows[row - 1][column - 1] = value


def good_grid() -> Grid:
    body = [[name, *map(vietnamese, figures(at))] for at, name in enumerate(NAMES)]
    sums = [sum(column) for column in zip(*map(figures, range(len(NAMES))), strict=True)]
    total = ["Tổng số", *(vietnamese(int(each)) for each in sums[:-1]), ""]
    head: list[list[object]] = [
        ["TÌNH HÌNH THỰC HIỆN NHIỆM VỤ"],
        [],
        list(HEADS),
        ["A", *(f"({number})" for number in range(1, 7))],
    ]
    return Grid([*(row + [""] * (7 - len(row)) for row in head), *body, total])


def as_csv(grid: Grid, path: Path, delimiter: str = ",", encoding: str = "utf-8", form: str = "NFC") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(grid.rows)
    path.write_bytes(unicodedata.normalize(form, out.getvalue()).encode(encoding))
    return path


def as_workbook(grid: Grid, path: Path) -> Path:
    """Numbers stored as numbers, as a spreadsheet keeps them."""
    book = Workbook()
    for row, values in enumerate(grid.rows, 1):
        for column, value in enumerate(values, 1):
            if isinstance(value, str) and row >= FIRST and re.fullmatch(r"[\d.]+(,\d+)?", value):
                value = float(value.replace(".", "").replace(",", "."))
            book.active.cell(row, column, value if value != "" else None)
    book.save(path)
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "params", folder / "params")
    shutil.copytree(ROOT / "data" / "boundaries", folder / "data" / "boundaries")
    shutil.copytree(ROOT / "data" / "raw" / "mic-mst", folder / "data" / "raw" / "mic-mst")
    return folder


def digests(project: Path) -> dict[Path, str]:
    files = [path for name in ("data", "params") for path in (project / name).rglob("*") if path.is_file()]
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def call(project: Path, path: Path, said: dict[str, str], *more: str):
    words = [word for pair in said.items() for word in pair]
    result = CliRunner().invoke(app, ["--project", str(project), "add", str(path), *words, *more])
    assert "Traceback" not in result.output
    assert "Unexpected error" not in result.output, result.output
    return result


def refused(project: Path, path: Path, said: dict[str, str]) -> str:
    """The message of a refusal that leaves every byte as it was."""
    before = digests(project)
    result = call(project, path, said, "--yes")
    assert result.exit_code in (2, 3), result.output
    assert digests(project) == before
    assert {line[:11].strip() for line in result.stderr.splitlines()} >= {"expected:", "got:", "to do:"}
    return result.stderr


# Damages that a grid can carry, whatever it is saved as: each with what the message must say.
GRID: dict[str, tuple[Callable[[Grid], None], tuple[str, ...]]] = {}


def damage(*says: str) -> Callable[[Callable[[Grid], None]], Callable[[Grid], None]]:
    def keep(mutate: Callable[[Grid], None]) -> Callable[[Grid], None]:
        GRID[mutate.__name__] = (mutate, says)
        return mutate

    return keep


@damage("row 9, column A", '"Bắc Nịnk"', '"n24" (Bắc Ninh)')
def misspell_a_province(grid: Grid) -> None:
    grid.put(9, 1, "Bắc Nịnk")


@damage("row 11, column A", '"Bình Định"', "part of n52 (Gia Lai)")
def use_a_province_that_ended(grid: Grid) -> None:
    grid.put(11, 1, "Bình Định")


@damage("row 11, column A", '"Tỉnh Bình Định"', "part of n52 (Gia Lai)")
def use_the_full_name_of_a_province_that_ended(grid: Grid) -> None:
    grid.put(11, 1, "Tỉnh Bình Định")


@damage("row 9, column A", '"Thành phố Bắc Ninh"', "is a province")
def call_a_province_by_its_capital(grid: Grid) -> None:
    grid.put(9, 1, "Thành phố Bắc Ninh")


@damage("row 5, column A", '"Tỉnh Hà Nội"', "is a municipality")
def call_a_municipality_a_province(grid: Grid) -> None:
    grid.put(5, 1, "Tỉnh Hà Nội")


@damage("row 11, column A", '"52"', "A code alone is not enough", "Bình Định", "Gia Lai")
def give_a_bare_code(grid: Grid) -> None:
    for row, key in enumerate(KEYS, FIRST):
        grid.put(row, 1, key[1:])


@damage("row 11, column A", '"o52"', "existed in 2026-Q1")
def give_the_key_of_a_former_province(grid: Grid) -> None:
    grid.put(11, 1, "o52")


@damage("row 7, column A", "an area next to the figures")
def lose_a_name(grid: Grid) -> None:
    grid.put(7, 1, "")


@damage("row 8, column B", "one figure for n08", "row 7 has one")
def name_a_province_twice(grid: Grid) -> None:
    grid.put(8, 1, NAMES[2])


@damage("row 8, column A", '"Hà Nội và Hải Phòng"')
def name_two_provinces_in_one_row(grid: Grid) -> None:
    grid.put(8, 1, "Hà Nội và Hải Phòng")


@damage("row 6, column A", '"Cao B?ng"')
def lose_a_letter_to_a_question_mark(grid: Grid) -> None:
    grid.put(6, 1, "Cao B?ng")


@damage("row 3, column C", '"Đã hòan tất"', "params/intake.yaml")
def head_a_column_with_an_unknown_word(grid: Grid) -> None:
    grid.put(3, 3, "Đã hòan tất")


@damage("row 3, column C", "a heading above the cells", "none")
def lose_a_heading(grid: Grid) -> None:
    grid.put(3, 3, "")


@damage("row 3, column D", '"Đã hoàn thành"', "one column for tasks_completed")
def head_two_columns_alike(grid: Grid) -> None:
    grid.put(3, 4, "Đã hoàn thành")


@damage("row 3, column D", "one column for tasks_completed", '"Hoàn thành"')
def head_two_columns_with_two_words_for_one_thing(grid: Grid) -> None:
    grid.put(3, 4, "Hoàn thành")


@damage("row 3", "a row of headings", '"Địa phưongg"', '"Địa phương"')
def misspell_the_heading_of_the_areas(grid: Grid) -> None:
    grid.put(3, 1, "Địa phưongg")


@damage("a row of headings")
def delete_the_headings(grid: Grid) -> None:
    del grid.rows[2]


@damage("row 3, column B", '"Nhóm B > Tổng số nhiệm vụ"')
def group_columns_under_a_word_that_may_mean_something(grid: Grid) -> None:
    grid.rows[1] = ["", "Nhóm B", "", "Nhóm C", "", "", ""]
    grid.put(3, 1, "Địa phương")


@damage("row 7, column B", '"1.4A6"', "a whole number")
def put_a_letter_into_a_number(grid: Grid) -> None:
    grid.put(7, 2, "1.4A6")


@damage("row 7, column B", '"1.O22"')
def write_a_letter_o_for_a_nought(grid: Grid) -> None:
    grid.put(7, 2, "1.O22")


@damage("row 7, column E", '"-14"', "0 or more")
def make_a_count_negative(grid: Grid) -> None:
    grid.put(7, 5, "-14")


@damage("row 7, column E", '"(14)"')
def write_a_count_in_brackets(grid: Grid) -> None:
    grid.put(7, 5, "(14)")


@damage("row 7, column E", '"14,5"', "a whole number")
def make_a_count_a_fraction(grid: Grid) -> None:
    grid.put(7, 5, "14,5")


@damage("row 7, column G", '"850,4"', "between 0 and 100")
def make_a_rate_larger_than_all(grid: Grid) -> None:
    grid.put(7, 7, "850,4")


@damage("row 7, column E", '"14%"', "a percentage")
def put_a_percentage_into_a_column_of_counts(grid: Grid) -> None:
    grid.put(7, 5, "14%")


@damage("row 5, column G", "in percent, 0 to 100", "shares of one")
def write_rates_as_shares_of_one(grid: Grid) -> None:
    for at in range(len(KEYS)):
        grid.put(FIRST + at, 7, vietnamese(round(figures(at)[-1] / 100, 3)))


@damage("decimals written with a")
def write_one_number_in_the_other_convention(grid: Grid) -> None:
    grid.put(8, 2, f"{int(figures(3)[0]):,}")


@damage("row 7, column B", '"1.23.4"')
def put_a_separator_at_the_wrong_place(grid: Grid) -> None:
    grid.put(7, 2, "1.23.4")


@damage("row 7, column B", '"1.446.5,,0"')
def double_a_separator(grid: Grid) -> None:
    grid.put(7, 2, "1.446.5,,0")


@damage("row 7, column B", '"01446"')
def begin_a_number_with_a_nought(grid: Grid) -> None:
    grid.put(7, 2, "01446")


@damage("row 7, column B", '"1,45E+03"')
def write_a_number_with_an_exponent(grid: Grid) -> None:
    grid.put(7, 2, "1,45E+03")


@damage("row 7, column B", '"1222 + 14"')
def write_a_sum_into_a_cell(grid: Grid) -> None:
    grid.put(7, 2, "1222 + 14")


@damage("row 7, column B", '"1.446/1.500"')
def write_two_numbers_into_a_cell(grid: Grid) -> None:
    grid.put(7, 2, "1.446/1.500")


@damage("row 7, column B", '"nhiều"')
def write_a_word_into_a_number(grid: Grid) -> None:
    grid.put(7, 2, "nhiều")


@damage("row 7, column G", '"99,1%%"')
def double_a_percent_sign(grid: Grid) -> None:
    grid.put(7, 7, "99,1%%")


@damage("row 7, column B", '"≥1.446"')
def use_a_bound_that_the_ledger_has_not(grid: Grid) -> None:
    grid.put(7, 2, "≥1.446")


@damage("row 7, column B", "no part is larger than its whole")
def transpose_a_total_below_its_parts(grid: Grid) -> None:
    grid.put(7, 2, "446")


@damage("row 13, column B", "a number", '"mười nghìn"')
def write_a_total_in_words(grid: Grid) -> None:
    grid.put(13, 2, "mười nghìn")


@damage("row 9, column A", "one table", "a second heading")
def put_a_second_table_below(grid: Grid) -> None:
    grid.rows[8:8] = [["Tỉnh", "Đang thực hiện", "", "", "", "", ""]]


@damage("a unit of some column", '"billion VND"')
def say_another_unit_above_the_table(grid: Grid) -> None:
    grid.rows[1] = ["Đơn vị tính: tỷ đồng", "", "", "", "", "", ""]


@damage("row 2, column A", '"nghìn nhiệm vụ"', "units of params/intake.yaml")
def say_thousands_above_the_table(grid: Grid) -> None:
    grid.rows[1] = ["Đơn vị tính: nghìn nhiệm vụ", "", "", "", "", "", ""]


@damage("row 3, column B", '"Tổng số nhiệm vụ (nghìn)"')
def say_thousands_in_a_heading(grid: Grid) -> None:
    grid.put(3, 2, "Tổng số nhiệm vụ (nghìn)")


@damage("row 5, column B", "a unit of tasks_total", '"billion VND"')
def say_another_unit_in_a_heading(grid: Grid) -> None:
    grid.put(3, 2, "Tổng số nhiệm vụ (tỷ đồng)")


@damage("row 2, column A", '"2026-Q1", as --period says', '"Quý IV/2025"')
def contradict_the_period_of_the_command(grid: Grid) -> None:
    grid.rows[1] = ["Kỳ báo cáo: Quý IV/2025", "", "", "", "", "", ""]


@damage("row 2, column A", "a period such as", '"Quý V/2026"')
def name_a_quarter_that_is_none(grid: Grid) -> None:
    del grid.said["--period"]
    grid.rows[1] = ["Kỳ báo cáo: Quý V/2026", "", "", "", "", "", ""]


@damage("the period of the figures", "none of it", "--period")
def leave_the_period_out(grid: Grid) -> None:
    del grid.said["--period"]


@damage("the list of the figures", "none of it", "--list")
def leave_the_list_out(grid: Grid) -> None:
    del grid.said["--list"]


@damage("--list", '"central-2025-11"', '"central-2025-10"')
def name_a_list_nobody_described(grid: Grid) -> None:
    grid.said["--list"] = "central-2025-11"


@damage("--reference-date", '"31/02/2026"')
def give_a_day_that_is_none(grid: Grid) -> None:
    grid.said["--reference-date"] = "31/02/2026"


@damage("row 2, column A", "a day up to 2026-04-15", '"2026-12-31"')
def let_figures_hold_after_their_publication(grid: Grid) -> None:
    grid.rows[1] = ["Ngày số liệu: 31/12/2026", *[""] * 6]


@damage("--published", "a day up to 2026-05-01", '"2026-06-15"')
def publish_in_the_future(grid: Grid) -> None:
    grid.said["--published"] = "2026-06-15"


@damage("--published", "a day up to 2026-05-01", '"2027"')
def publish_in_a_year_to_come(grid: Grid) -> None:
    grid.said["--published"] = "2027"


@damage("row 2, column A", "a unit of some column", '"billion VND"')
def say_another_unit_in_short_above_the_table(grid: Grid) -> None:
    grid.rows[1] = ["Đơn vị: tỷ đồng", "", "", "", "", "", ""]


@damage("--status", '"oberved"', '"observed"')
def misspell_the_status(grid: Grid) -> None:
    grid.said["--status"] = "oberved"


@damage("--quality", '"backcast"', '"back-cast"')
def misspell_a_code_of_quality(grid: Grid) -> None:
    grid.said["--quality"] = "backcast"


@damage("--address", "where and when")
def leave_the_address_out(grid: Grid) -> None:
    del grid.said["--address"]


@damage("--publisher", '"mic-mts"', '"mic-mst"')
def misspell_the_publisher(grid: Grid) -> None:
    grid.said["--publisher"] = "mic-mts"


@damage("--publisher", '"../etc"')
def climb_out_of_the_folder(grid: Grid) -> None:
    grid.said["--publisher"] = "../etc"


@damage("row 11, column H", "the code of", '"64"')
def set_a_code_of_before_the_merger_beside_a_name(grid: Grid) -> None:
    for row in grid.rows:
        row.append("")
    grid.put(3, 8, "Mã tỉnh")
    for row, key in enumerate(KEYS, FIRST):
        grid.put(row, 8, "64" if key == "n52" else key[1:])


@damage("figures below the headings", "none")
def delete_every_figure(grid: Grid) -> None:
    del grid.rows[4:]


@damage("figures below the headings", "none")
def empty_every_cell(grid: Grid) -> None:
    for row in range(FIRST, len(grid.rows) + 1):
        for column in range(2, 8):
            grid.put(row, column, "")


@damage('"=cmd|')
def put_a_formula_for_a_name(grid: Grid) -> None:
    grid.put(7, 1, "=cmd|' /C calc'!A0")


@pytest.mark.parametrize("name", GRID)
def test_a_damaged_sheet_is_refused_with_its_cell(project, tmp_path, name):
    mutate, says = GRID[name]
    grid = good_grid()
    mutate(grid)
    message = refused(project, as_csv(grid, tmp_path / "sheet.csv"), grid.said)
    assert [word for word in says if word not in message] == [], message


# A workbook stores numbers, so that these ways of writing them wrong cannot reach it.
TEXT_ONLY = {
    "write_one_number_in_the_other_convention",
    "begin_a_number_with_a_nought",
    "put_a_separator_at_the_wrong_place",
}


@pytest.mark.parametrize("name", sorted(GRID.keys() - TEXT_ONLY))
def test_a_damaged_workbook_is_refused_with_its_cell(project, tmp_path, name):
    mutate, says = GRID[name]
    grid = good_grid()
    mutate(grid)
    message = refused(project, as_workbook(grid, tmp_path / "sheet.xlsx"), grid.said)
    assert [word for word in says if word.startswith(("row", "--")) and word not in message] == [], message


# Damages of the file itself.


def plain_file(tmp_path: Path) -> Path:
    return as_csv(good_grid(), tmp_path / "sheet.csv")


def plain_book(tmp_path: Path) -> Path:
    return as_workbook(good_grid(), tmp_path / "sheet.xlsx")


def edited_book(tmp_path: Path, edit: Callable[[Workbook], None]) -> Path:
    path = plain_book(tmp_path)
    book = load_workbook(path)
    edit(book)
    book.save(path)
    return path


def empty_the_file(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_bytes(b"")
    return path


def give_a_folder(tmp_path: Path) -> Path:
    (tmp_path / "sheet.csv").mkdir()
    return tmp_path / "sheet.csv"


def give_a_name_that_no_file_can_have(tmp_path: Path) -> Path:
    return tmp_path / ("s" * 300 + ".csv")


def give_a_pipe(tmp_path: Path) -> Path:
    """Opened like a file, it would be waited at for ever."""
    os.mkfifo(tmp_path / "sheet.csv")
    return tmp_path / "sheet.csv"


def fill_a_cell_with_a_book(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(8, 1, "Điện Biên " * 20_000)
    return as_csv(grid, tmp_path / "sheet.csv")


def write_a_million_empty_columns(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_text(path.read_text() + "," * 1_000_000 + "1\n", encoding="utf-8")
    return path


def pack_a_million_cells(tmp_path: Path) -> Path:
    """Ten kilobytes that would unpack to gigabytes of cells."""
    path = tmp_path / "packed.xlsx"
    cells = b'<row r="1">' + b"<c/>" * 1_000_001 + b"</row>"
    with zipfile.ZipFile(plain_book(tmp_path)) as book, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in book.namelist():
            body = book.read(name)
            packed.writestr(name, body.replace(b"<sheetData>", b"<sheetData>" + cells) if "sheet1" in name else body)
    return path


def leave_a_quote_open(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_text(path.read_text().replace("Gia Lai,", '"Gia Lai,'), encoding="utf-8")
    return path


def write_thousands_with_the_delimiter(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    text = path.read_text().replace("Gia Lai,1.", "Gia Lai,1,")
    path.write_text(text, encoding="utf-8")
    return path


def write_thousands_with_the_delimiter_throughout(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_text(re.sub(r"(\d)\.(\d)", r"\1,\2", path.read_text().replace('"', "")), encoding="utf-8")
    return path


def leave_a_comma_in_a_heading(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_text(path.read_text().replace("Địa phương", "Tỉnh, thành phố"), encoding="utf-8")
    return path


def cut_a_row_short(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    lines = path.read_text().splitlines()
    lines[7] = ",".join(lines[7].split(",")[:3])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def put_a_zero_byte_in(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"Gia Lai", b"Gia\x00Lai"))
    return path


def lose_letters_in_conversion(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    path.write_text(path.read_text().replace("Gia Lai", "Gia L\ufffdi"), encoding="utf-8")
    return path


def take_utf_8_for_windows(tmp_path: Path) -> Path:
    """Mojibake: every Vietnamese letter two or three wrong ones."""
    path = plain_file(tmp_path)
    path.write_text(path.read_bytes().decode("latin-1"), encoding="utf-8")
    return path


def cut_the_file_inside_a_letter(tmp_path: Path) -> Path:
    path = plain_file(tmp_path)
    body = path.read_bytes()
    path.write_bytes(body[: body.index("Điện".encode()) + 1] + b"\x8d\x81")
    return path


def cut_a_utf_16_file(tmp_path: Path) -> Path:
    path = as_csv(good_grid(), tmp_path / "sheet.csv", encoding="utf-16")
    path.write_bytes(path.read_bytes()[:-1])
    return path


def write_ambiguous_numbers_only(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.rows = [["Địa phương", "GRDP giá hiện hành"], ["Hà Nội", "1.234"], ["Gia Lai", "2.345"]]
    return as_csv(grid, tmp_path / "sheet.csv")


def send_another_kind_of_file(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"%PDF-1.7")
    return path


def send_the_old_format(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    return path


def rename_the_old_format(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    return path


def rename_a_csv(tmp_path: Path) -> Path:
    return plain_file(tmp_path).rename(tmp_path / "sheet.xlsx")


def cut_a_workbook_short(tmp_path: Path) -> Path:
    path = plain_book(tmp_path)
    path.write_bytes(path.read_bytes()[:2000])
    return path


def zip_something_else(tmp_path: Path) -> Path:
    path = tmp_path / "sheet.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    return path


def break_the_xml(tmp_path: Path) -> Path:
    path, broken = plain_book(tmp_path), tmp_path / "broken.xlsx"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(broken, "w") as out:
        for name in archive.namelist():
            body = archive.read(name)
            out.writestr(name, body[: len(body) // 2] if name.endswith("sheet1.xml") else body)
    return broken


def fill_two_sheets(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.create_sheet("Quý II").append(["Địa phương", "Tổng số"]))


def hide_the_sheet(tmp_path: Path) -> Path:
    def edit(book: Workbook) -> None:
        book.create_sheet("Trống")
        book.worksheets[0].sheet_state = "hidden"

    return edited_book(tmp_path, edit)


def leave_a_formula_without_its_result(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.cell(7, 2, "=C7+F7"))


def leave_an_error_in_a_cell(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.cell(7, 2, "#REF!"))


def let_a_spreadsheet_make_a_day_of_a_number(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.cell(7, 2, date(2026, 5, 12)))


def let_a_spreadsheet_read_thousands_as_decimals(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.cell(7, 2, 1.446))


def put_a_truth_value_in(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.cell(7, 2, True))


def merge_two_provinces_figures(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.merge_cells("B7:B8"))


def merge_two_columns_figures(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.merge_cells("B7:C7"))


def write_a_figure_far_below(tmp_path: Path) -> Path:
    return edited_book(tmp_path, lambda book: book.active.cell(1_048_576, 16_384, 1))


def show_a_count_as_a_percentage(tmp_path: Path) -> Path:
    def edit(book: Workbook) -> None:
        book.active["E7"].number_format = "0%"

    return edited_book(tmp_path, edit)


FILES = {
    empty_the_file: ("sheet.csv", "an empty file"),
    give_a_folder: ("sheet.csv", "a folder"),
    give_a_name_that_no_file_can_have: ("sss.csv", "name too long"),
    give_a_pipe: ("sheet.csv", "no ordinary file"),
    fill_a_cell_with_a_book: ("sheet.csv, row 8", "field larger"),
    write_a_million_empty_columns: ("sheet.csv", "14 rows of 1,000,001 columns"),
    pack_a_million_cells: ("packed.xlsx", "1,000,000 elements"),
    leave_a_quote_open: ("sheet.csv", "quotes"),
    write_thousands_with_the_delimiter: ("row 11", "8 cells", "in quotes"),
    write_thousands_with_the_delimiter_throughout: ("row 3", "7 cells"),
    leave_a_comma_in_a_heading: ("row 3", "8 cells", "in quotes"),
    cut_a_row_short: ("row 8", "3 cells"),
    put_a_zero_byte_in: ("row 11", "a zero byte"),
    lose_letters_in_conversion: ("row 11", "a lost letter"),
    take_utf_8_for_windows: ("text in UTF-8", "read as another encoding"),
    cut_the_file_inside_a_letter: ("row 8", "Windows-1258"),
    cut_a_utf_16_file: ("utf-16",),
    write_ambiguous_numbers_only: ("row 2, column B", '"1.234"', "--decimal comma"),
    send_another_kind_of_file: ("sheet.pdf", ".xlsx"),
    send_the_old_format: ("sheet.xls", ".xlsx"),
    rename_the_old_format: ("sheet.xlsx", "a workbook"),
    rename_a_csv: ("sheet.xlsx", "a workbook"),
    cut_a_workbook_short: ("sheet.xlsx", "a workbook"),
    zip_something_else: ("sheet.xlsx", "a workbook"),
    break_the_xml: ("broken.xlsx", "a workbook"),
    fill_two_sheets: ("sheet.xlsx", '"Quý II"', "--sheet"),
    hide_the_sheet: ("sheet.xlsx", "visible"),
    leave_a_formula_without_its_result: ("row 7, column B", "a formula without its result", "=C7+F7"),
    leave_an_error_in_a_cell: ("row 7, column B", "#REF!"),
    let_a_spreadsheet_make_a_day_of_a_number: ("row 7, column B", "2026-05-12"),
    let_a_spreadsheet_read_thousands_as_decimals: ("row 7, column B", "a whole number", "1.446"),
    put_a_truth_value_in: ("row 7, column B", "TRUE"),
    merge_two_provinces_figures: ("row 7, column B", "merged over rows 7 to 8"),
    merge_two_columns_figures: ("row 7, column B", "merged"),
    write_a_figure_far_below: ("sheet.xlsx", "1048576 rows"),
    show_a_count_as_a_percentage: ("row 7, column E", "a percentage"),
}


@pytest.mark.parametrize("make", FILES, ids=lambda make: make.__name__)
def test_a_damaged_file_is_refused_with_its_place(project, tmp_path, make):
    message = refused(project, make(tmp_path), SAID)
    assert [word for word in FILES[make] if word not in message] == [], message


# Oddities that are no damage, and damages that the reader must hear of: each with what is said.


def shuffle_the_rows(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.rows[4:12] = reversed(grid.rows[4:12])
    return as_csv(grid, tmp_path / "sheet.csv")


def save_with_semicolons(tmp_path: Path) -> Path:
    return as_csv(good_grid(), tmp_path / "sheet.csv", delimiter=";")


def save_with_semicolons_and_every_cell_in_quotes(tmp_path: Path) -> Path:
    """Read with commas, the quotes end in the middle of cells."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL).writerows(good_grid().rows)
    (tmp_path / "sheet.csv").write_text(out.getvalue(), encoding="utf-8")
    return tmp_path / "sheet.csv"


def save_in_windows_1258(tmp_path: Path) -> Path:
    """The code page has marks of tone as letters of their own."""
    grid = good_grid()
    grid.rows = [[windows(str(cell)) for cell in row] for row in grid.rows]
    out = io.StringIO()
    csv.writer(out).writerows(grid.rows)
    path = tmp_path / "sheet.csv"
    path.write_bytes(out.getvalue().encode("cp1258"))
    return path


def windows(text: str) -> str:
    """Vowel with its own mark in one letter, the tone behind it."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tone = "".join(sign for sign in parts if sign in tones)
        base = unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in tones))
        out += base + tone
    return out


def save_as_unicode_text(tmp_path: Path) -> Path:
    return as_csv(good_grid(), tmp_path / "sheet.txt", delimiter="\t", encoding="utf-16")


def save_with_a_byte_order_mark_decomposed(tmp_path: Path) -> Path:
    return as_csv(good_grid(), tmp_path / "sheet.csv", encoding="utf-8-sig", form="NFD")


def write_spaces_between_thousands(tmp_path: Path) -> Path:
    grid = good_grid()
    for row in range(FIRST, 14):
        for column in range(2, 7):
            grid.put(row, column, grid.text(row, column).replace(".", "\u202f"))
    return as_csv(grid, tmp_path / "sheet.csv")


def write_the_other_convention_throughout(tmp_path: Path) -> Path:
    grid = good_grid()
    for row in range(FIRST, 14):
        for column in range(2, 8):
            grid.put(row, column, grid.text(row, column).translate(str.maketrans(",.", ".,")))
    return as_csv(grid, tmp_path / "sheet.csv")


def write_full_width_digits(tmp_path: Path) -> Path:
    grid = good_grid()
    wide = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
    grid.put(7, 5, grid.text(7, 5).translate(wide))
    return as_csv(grid, tmp_path / "sheet.csv")


def print_the_headings_again(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.rows.insert(8, list(grid.rows[2]))
    return as_csv(grid, tmp_path / "sheet.csv")


def write_names_without_accents_in_capitals(tmp_path: Path) -> Path:
    grid = good_grid()
    for row, key in enumerate(KEYS, FIRST):
        grid.put(row, 1, f"TINH {AREAS.table['name_ascii'][key].upper()}" if key != "n01" else "TP.HA NOI")
    return as_csv(grid, tmp_path / "sheet.csv")


def store_numbers(tmp_path: Path) -> Path:
    return plain_book(tmp_path)


def show_rates_as_percentages(tmp_path: Path) -> Path:
    def edit(book: Workbook) -> None:
        for row in range(FIRST, FIRST + len(KEYS)):
            cell = book.active.cell(row, 7)
            cell.value, cell.number_format = cell.value / 100, "0.0%"

    return edited_book(tmp_path, edit)


def format_cells_far_below(tmp_path: Path) -> Path:
    def edit(book: Workbook) -> None:
        book.active["XFD1048576"].number_format = "0.00"
        book.active["B7"].comment = Comment("check", "someone")

    return edited_book(tmp_path, edit)


HARMLESS = [
    save_with_semicolons,
    save_with_semicolons_and_every_cell_in_quotes,
    save_in_windows_1258,
    save_as_unicode_text,
    save_with_a_byte_order_mark_decomposed,
    write_spaces_between_thousands,
    write_the_other_convention_throughout,
    write_full_width_digits,
    print_the_headings_again,
    write_names_without_accents_in_capitals,
    store_numbers,
    show_rates_as_percentages,
    format_cells_far_below,
    shuffle_the_rows,
]


@pytest.fixture
def fresh(project, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(project, folder)
    return folder


@pytest.mark.usefixtures("without_rules")
@pytest.mark.parametrize("make", HARMLESS, ids=lambda make: make.__name__)
def test_another_way_of_writing_gives_the_same_figures(fresh, tmp_path, make):
    result = call(fresh, make(tmp_path), SAID, "--yes")
    assert result.exit_code == 0, result.output
    assert "sheet-total" not in result.stdout
    ledger = load_ledger(fresh)
    rows = ledger[ledger["source"] == "mic-mst/damaged"]
    names = ("tasks_total", "tasks_completed", "tasks_completed_on_time", "tasks_completed_late", "tasks_in_progress")
    names += ("task_completion_rate",)
    ours = {(row["area"], row["indicator"]): row["value"] for _, row in rows.iterrows()}
    assert ours == {
        (key, name): value for at, key in enumerate(KEYS) for name, value in zip(names, figures(at), strict=True)
    }


def transpose_digits_so_that_the_total_differs(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 5, "41")
    return as_csv(grid, tmp_path / "sheet.csv")


def change_the_total(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(13, 2, "99.999")
    return as_csv(grid, tmp_path / "sheet.csv")


def print_the_nation_with_another_total(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(13, 1, "Cả nước")
    grid.put(13, 2, "99.999")
    return as_csv(grid, tmp_path / "sheet.csv")


def print_a_rate_that_the_counts_do_not_give(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 7, "58,8")
    return as_csv(grid, tmp_path / "sheet.csv")


def let_parts_fall_short_of_their_total(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 6, "112")
    return as_csv(grid, tmp_path / "sheet.csv")


def hold_figures_outside_their_period(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.rows[1] = ["Ngày số liệu: 10/10/2025", *[""] * 6]
    return as_csv(grid, tmp_path / "sheet.csv")


def write_two_numbers_of_which_one_in_brackets(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 2, grid.text(7, 2) + " (10)")
    return as_csv(grid, tmp_path / "sheet.csv")


def write_two_rates_as_shares_of_one(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.rows[FIRST + 1 :] = []
    for row in (FIRST, FIRST + 1):
        grid.put(row, 7, "0,85")
    return as_csv(grid, tmp_path / "sheet.csv")


def mark_a_figure(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 2, grid.text(7, 2) + "(*)")
    grid.rows.append(["(*) Chưa đầy đủ", *[""] * 6])
    return as_csv(grid, tmp_path / "sheet.csv")


def mark_a_figure_without_a_text(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 2, grid.text(7, 2) + "¹")
    return as_csv(grid, tmp_path / "sheet.csv")


def raise_a_mark_behind_a_number(tmp_path: Path) -> Path:
    """Taken as digits the raised one would make 1446 into 14461."""
    text = CellRichText(vietnamese(int(figures(2)[0])), TextBlock(InlineFont(vertAlign="superscript"), "1"))
    return edited_book(tmp_path, lambda book: book.active.cell(7, 2, text))


def say_that_nothing_is_published(tmp_path: Path) -> Path:
    grid = good_grid()
    for column in range(2, 8):
        grid.put(7, column, "…")
    return as_csv(grid, tmp_path / "sheet.csv")


def give_a_bound(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.put(7, 5, "hơn 14")
    return as_csv(grid, tmp_path / "sheet.csv")


def hide_a_row(tmp_path: Path) -> Path:
    def edit(book: Workbook) -> None:
        book.active.row_dimensions[7].hidden = True

    return edited_book(tmp_path, edit)


def sign_below_the_table(tmp_path: Path) -> Path:
    grid = good_grid()
    grid.rows += [["", "", "", "", "Hà Nội, ngày 15 tháng 4", "", ""], ["NGƯỜI LẬP BIỂU", *[""] * 6]]
    return as_csv(grid, tmp_path / "sheet.csv")


SAYS = {
    transpose_digits_so_that_the_total_differs: "sheet-total",
    change_the_total: "row 13",
    print_the_nation_with_another_total: "sheet-total",
    print_a_rate_that_the_counts_do_not_give: "rate-agrees",
    let_parts_fall_short_of_their_total: "sum-of-parts",
    hold_figures_outside_their_period: "reference-outside-period",
    write_two_numbers_of_which_one_in_brackets: "no line explains the mark (10)",
    write_two_rates_as_shares_of_one: "shares of one?",
    mark_a_figure: "Chưa đầy đủ",
    mark_a_figure_without_a_text: "marked (1)",
    raise_a_mark_behind_a_number: "marked (1)",
    say_that_nothing_is_published: "6 cells say that nothing is published",
    give_a_bound: ">14",
    hide_a_row: "hidden rows read too: 7",
    sign_below_the_table: 'row 14 not read: "Hà Nội, ngày 15 tháng 4"',
}


@pytest.mark.parametrize("make", SAYS, ids=lambda make: make.__name__)
def test_a_contradiction_is_accepted_with_its_finding(fresh, tmp_path, make):
    preview = call(fresh, make(tmp_path), SAID, "--all", "--yes")
    assert preview.exit_code == 0, preview.output
    written = "\n".join(path.read_text() for path in (fresh / "data" / "raw" / "mic-mst").glob("damaged.[cs]*"))
    assert SAYS[make] in preview.stdout + written
    load_ledger(fresh)


def test_the_set_has_more_than_sixty_damages():
    assert len(GRID) + len(FILES) + len(SAYS) >= 60
