"""B: sheets that were read wrongly or in part without a word."""

import csv
import io
import shutil
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.areas import read_areas
from policyreport.errors import PolicyReportError
from policyreport.intake.delivery import Delivery
from policyreport.intake.receiving import Options, receive
from policyreport.params import limits
from policyreport.params.indicators import read_indicators
from policyreport.params.methods import read_method_settings
from policyreport.params.policy import read_policy
from policyreport.statistics.tasks.quarters import quarter_on_quarter

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 5, 1)
PROJECT: list[Path] = []
SOURCE = {
    "publisher": "mic-mst", "title": "Report", "address": "https://example.org/q1", "published": "2026-04-15",
}  # fmt: skip
GROWTH = {"period": "2025", "measure": "press"}
TASKS = {"period": "2026-Q1", "list": "central-2025-10"}
HEAD = ["Địa phương", "Tăng trưởng GRDP"]


@pytest.fixture(scope="module", autouse=True)
def project(tmp_path_factory):
    """The project's parameters and areas with one publisher, which is all that reading a sheet needs."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "params", folder / "params")
    shutil.copytree(ROOT / "data" / "boundaries", folder / "data" / "boundaries")
    shutil.copytree(ROOT / "data" / "raw" / "mic-mst", folder / "data" / "raw" / "mic-mst")
    PROJECT.append(folder)
    yield folder
    PROJECT.clear()


def read(path: Path, said: dict[str, str] | None = None, **options: object) -> Delivery:
    stated = {name: text for name, text in (SOURCE | (said or {})).items() if text}
    return receive(PROJECT[0], path, Options(stated, TODAY, **options))  # type: ignore[arg-type]


def values(delivery: Delivery) -> dict[str, str]:
    assert not delivery.problems, delivery.problems
    return {figure.fields["area"]: figure.fields["value"] for figure in delivery.figures}


def told(path: Path, said: dict[str, str] | None = None) -> str:
    """Everything a user is told of a file that is not taken."""
    try:
        problems = read(path, said).problems
    except PolicyReportError as error:
        problems = (error,)
    assert problems
    return "\n".join(map(str, problems))


def text(tmp_path: Path, body: str, name: str = "sheet.csv") -> Path:
    (tmp_path / name).write_text(body, encoding="utf-8")
    return tmp_path / name


def book(tmp_path: Path, rows: list[list[object]], edit=lambda sheet: None) -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    edit(made.active)
    made.save(tmp_path / "sheet.xlsx")
    return tmp_path / "sheet.xlsx"


def shown_as(tmp_path: Path, value: object, code: str) -> Path:
    def edit(sheet):
        sheet["B2"].number_format = code

    return book(tmp_path, [HEAD, ["Hà Nội", value], ["Cao Bằng", 7.1]], edit)


# B1: number formats


@pytest.mark.parametrize(
    "code",
    ['0.00" %"', '0.0"% so với cùng kỳ"', "0.00\\%", "0.0_%", '[$%]0.0', "0.00", "General", '#,##0.00;[Red]-#,##0.00'],
)  # fmt: skip
def test_b1_a_literal_in_a_format_never_scales(tmp_path, code):
    assert values(read(shown_as(tmp_path, 8.35, code), GROWTH))["n01"] == "8.35"


@pytest.mark.parametrize("code", ["0.00%", "0%", "[Blue]0.0%", "#,##0.0%;-#,##0.0%", '0.0%" (so sánh)"', "%0.0"])
def test_b1_a_per_cent_sign_of_the_format_scales(tmp_path, code):
    assert values(read(shown_as(tmp_path, 0.0835, code), GROWTH))["n01"] == "8.35"


def test_b1_words_that_a_format_shows_and_nobody_knows_are_told(tmp_path):
    delivery = read(shown_as(tmp_path, 8.35, '0.0"% so với cùng kỳ"'), GROWTH)
    assert any("so với cùng kỳ" in remark for remark in delivery.remarks)


@pytest.mark.parametrize("code", ['0.0" tỷ đồng"', '0.0"‰"', '0.0" nghìn"', '0.0" a "0', ";;;", '0"5"'])
def test_b1_a_format_that_may_make_another_number_of_it_is_refused(tmp_path, code):
    assert 'row 2, column B "Tăng trưởng GRDP"' in told(shown_as(tmp_path, 8.35, code), GROWTH)


def test_b1_a_bound_or_status_that_a_format_shows_is_read(tmp_path):
    (figure, _) = read(shown_as(tmp_path, 8.35, '"hơn "0.0" (ước)"'), GROWTH).figures
    assert (figure.fields["bound"], figure.fields["status"]) == (">", "estimate")


@pytest.mark.parametrize("value", [835, 45.2, -60])
def test_b1_a_rate_outside_what_is_usual_is_asked_about(tmp_path, value):
    path = shown_as(tmp_path, value, "0.0")
    assert "row 2, column B" in told(path, GROWTH)
    if abs(value) <= 100:
        delivery = read(path, GROWTH, unusual=True)
        assert not delivery.problems
        assert any(str(value) in finding.message for finding in delivery.findings)


def test_b1_every_rate_share_score_and_rank_has_a_usual_range_with_its_reason():
    for each in read_indicators(ROOT).indicators:
        if each.kind in ("intensive", "rank") or each.unit.startswith("%"):
            assert each.plausible is not None, each.id
            assert each.plausible.reason, each.id


def test_b1_an_index_of_the_year_before_is_not_taken_for_growth(tmp_path):
    assert "write growth: 6.52" in told(text(tmp_path, "Địa phương;Tăng trưởng GRDP\nHà Nội;106,52\n"), GROWTH)


def test_b1_a_share_of_one_among_percentages_is_asked_about(tmp_path):
    def edit(sheet):
        sheet["B2"].number_format = "0.00%"

    path = book(tmp_path, [HEAD, ["Hà Nội", 0.0835], ["Cao Bằng", 0.071], ["Lai Châu", 7]], edit)
    assert "row 3, column B" in told(path, GROWTH)


def test_b1_growth_written_as_shares_of_one_is_asked_about(tmp_path):
    path = book(tmp_path, [HEAD, ["Hà Nội", 0.0835], ["Cao Bằng", 0.071], ["Lai Châu", -0.02]])
    assert "shares of one" in told(path, GROWTH)


def test_b1_small_shares_that_are_usual_are_no_shares_of_one(tmp_path):
    path = text(tmp_path, "Địa phương;rnd_share;Kỳ\nCả nước;0,42;2019\nCả nước;0,43;2020\nCả nước;0,4;2021\n")
    assert not read(path, {"measure": "world-bank"}).problems


# B2: what a cell shows of a date decides


@pytest.mark.parametrize(
    ("code", "period"),
    [
        ("m/yyyy", "2026-03"),
        ("mm/yyyy", "2026-03"),
        ("mmm-yy", "2026-03"),
        ("mmmm yyyy", "2026-03"),
        ("yyyy", "2026"),
        ("dd/mm/yyyy", "2026-03-01"),
        ("yyyy-mm-dd hh:mm", "2026-03-01"),
        ('"Quý I năm "yyyy', "2026-Q1"),
        ('"Tháng "m"/"yyyy', "2026-03"),
        ("[$-42A]mm\\-yyyy", "2026-03"),
    ],
)
@pytest.mark.parametrize("since_1904", [False, True])
def test_b2_a_date_means_as_much_as_its_cell_shows(tmp_path, code, period, since_1904):
    made = Workbook()
    if since_1904:
        made.epoch = datetime(1904, 1, 1)
    made.active.append(["Địa phương", "Giá trị", "Kỳ", "Chỉ tiêu", "Danh mục"])
    made.active.append(["Hà Nội", 5, datetime(2026, 3, 1), "tasks_total", "central-2025-10"])
    made.active["C2"].number_format = code
    made.save(tmp_path / "sheet.xlsx")
    (figure,) = read(tmp_path / "sheet.xlsx").figures
    assert figure.fields["period"] == period


@pytest.mark.parametrize("code", ["d-mmm", "mmmm", "h:mm"])
def test_b2_a_date_without_its_year_is_refused(tmp_path, code):
    def edit(sheet):
        sheet["C2"].number_format = code

    rows = [["Địa phương", "Giá trị", "Kỳ", "Chỉ tiêu"], ["Hà Nội", 5, datetime(2026, 3, 1), "tasks_total"]]
    assert 'row 2, column C "Kỳ"' in told(book(tmp_path, rows, edit), {"list": "central-2025-10"})


def test_b2_a_heading_that_stores_a_date_is_its_period(tmp_path):
    def edit(sheet):
        sheet["B1"].number_format = "yyyy"

    path = book(tmp_path, [["Địa phương", datetime(2025, 1, 1)], ["Hà Nội", 8.1]], edit)
    (figure,) = read(path, {"indicator": "grdp_growth", "measure": "press"}).figures
    assert figure.fields["period"] == "2025"


# B3: names of two schemes

MERGED = ("Gia Lai", "Lâm Đồng", "Đắk Lắk", "Khánh Hòa", "Quảng Ngãi")


@pytest.mark.parametrize("names", [MERGED, MERGED[:1], ("Hà Nội", "Gia Lai")])
def test_b3_old_and_new_boundaries_in_one_row_are_asked_for(tmp_path, names):
    path = text(tmp_path, "Địa phương;2023;2024;2025\n" + "".join(f"{name};3,1;3,2;7,2\n" for name in names))
    said = {"indicator": "grdp_growth", "measure": "press"}
    message = told(path, said)
    assert "--quality back-cast" in message
    assert "Gia Lai" in message
    present = read(path, said | {"quality": "back-cast"})
    assert {each.fields["area"] for each in present.figures} <= {
        f"n{code}" for code in ("52", "68", "66", "56", "51", "01")
    }
    assert not present.problems


def test_b3_old_boundaries_alone_are_asked_for_too_once_the_new_ones_exist(tmp_path):
    path = text(tmp_path, "Địa phương;2023;2024\nGia Lai;3,1;3,2\n")
    said = {"indicator": "grdp_growth", "measure": "press"}
    assert "o64" in told(path, said)
    assert not read(path, said | {"published": "2025-03-01"}).problems


def test_b3_a_list_with_provinces_that_ended_is_of_the_former_ones(tmp_path):
    path = text(tmp_path, "Địa phương;2023\nGia Lai;3,1\nBình Định;4\nKon Tum;5\n")
    areas = [each.fields["area"] for each in read(path, {"indicator": "grdp_growth", "measure": "press"}).figures]
    assert areas == ["o64", "o52", "o62"]


def test_b3_keys_need_no_asking(tmp_path):
    path = text(tmp_path, "Địa phương;2023;2024\no64;3,1;3,2\n")
    assert not read(path, {"indicator": "grdp_growth", "measure": "press"}).problems


# B5: the statistics office's own exports

EXPORT = (
    ("Growth rate of GRDP by Cities, provincies and Year",),
    (),
    ("Cities, provincies", "2024", "Prel. 2025"),
    ("WHOLE COUNTRY", 7.09, 8.02),
    ("Red River Delta", 7.1, 8.4),
    ("Ha Noi", 6.5, 8.2),
    ("Thua Thien - Hue", 8.1, 8.5),
)


def export(tmp_path: Path, delimiter: str = ",", heading: str = "Cities, provincies") -> Path:
    out = io.StringIO()
    rows = [[heading if cell == "Cities, provincies" else cell for cell in row] for row in EXPORT]
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    return text(tmp_path, out.getvalue())


NSO = {"indicator": "grdp_growth", "measure": "nso-px-web"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_b5_the_statistics_offices_own_export_is_read(tmp_path, delimiter):
    delivery = read(export(tmp_path, delimiter), NSO)
    assert not delivery.problems
    found = {(f.fields["area"], f.fields["period"]): f.fields for f in delivery.figures}
    assert found["VN", "2025"]["indicator"] == "gdp_growth"
    assert found["n46", "2025"]["status"] == "preliminary"
    assert found["R34:red_river_delta", "2025"]["value"] == "8.4"


def test_b5_the_column_of_areas_may_have_no_heading(tmp_path):
    delivery = read(export(tmp_path, heading=""), NSO)
    assert len(delivery.figures) == 8


@pytest.mark.parametrize("heading", ["Citys and provinces", "Lãnh thổ"])
def test_b5_an_unknown_heading_is_said_to_be_one(tmp_path, heading):
    message = told(export(tmp_path, heading=heading), NSO)
    assert "quotes" not in message
    assert f'"{heading}"' in message
    assert "row 3, column A" in message


def test_b5_quotes_that_are_open_are_still_said_to_be(tmp_path):
    body = export(tmp_path).read_text(encoding="utf-8").replace('"Ha Noi",6.5', '"Ha Noi,6.5')
    assert "quotes" in told(text(tmp_path, body), NSO)


# B6: struck-through cells


@pytest.mark.parametrize("cell", ["A2", "B2"])
def test_b6_a_struck_through_cell_is_asked_about(tmp_path, cell):
    def edit(sheet):
        sheet[cell].font = Font(strike=True)

    path = book(tmp_path, [HEAD, ["Hà Nội", 8.3], ["Cao Bằng", 7.1]], edit)
    assert f"row 2, column {cell[0]}" in told(path, GROWTH)


def test_b6_a_number_of_which_a_part_is_struck_through_is_not_read_as_one(tmp_path):
    rich = CellRichText(TextBlock(InlineFont(strike=True), "485"), " 490")
    message = told(book(tmp_path, [["Địa phương", "Tổng số"], ["Hà Nội", rich]]), TASKS)
    assert "struck through" in message


def test_b6_a_struck_through_heading_is_asked_about(tmp_path):
    def edit(sheet):
        sheet["B1"].font = Font(strike=True)

    assert "row 1, column B" in told(book(tmp_path, [HEAD, ["Hà Nội", 8.3]], edit), GROWTH)


# B7: advice that misleads


def test_b7_every_measure_is_offered_with_what_it_means(tmp_path):
    path = text(tmp_path, "Địa phương;Tăng trưởng GRDP\nHà Nội;8,2\n")
    message = told(path, {"period": "2025"})
    for name, meaning in next(e for e in read_indicators(ROOT).indicators if e.id == "grdp_growth").measures.items():
        assert name in message
        assert meaning in message


def test_b7_a_part_is_not_advised_to_be_called_by_the_wholes_name(tmp_path):
    message = told(text(tmp_path, "Địa phương;Tổng số\nHà Nội;5\nBình Định;27\n"), TASKS)
    assert "write that name" not in message
    assert "the whole of Gia Lai" in message
    assert "leave the row out" in message


def test_b7_the_same_territory_under_another_name_may_be_called_by_it(tmp_path):
    areas = read_areas(ROOT)
    renamed = [key for key in areas.table.index if key.startswith("n") and len(areas.parts(key)) == 1]
    for key in renamed:
        (part,) = areas.parts(key)
        path = text(tmp_path, f"Địa phương;Tổng số\n{part};27\n")
        if part != key:
            assert f"Since then it is {key} ({areas.name(key)}), the same territory" in told(path, TASKS)


def test_b7_a_former_province_is_suggested_as_what_became_of_it(tmp_path):
    message = told(text(tmp_path, "Địa phương;Tổng số\nBình Địn;27\n"), TASKS)
    assert '"o52" (Bình Định, to 2025-06-30; part of Gia Lai since)' in message


def test_b7_a_province_that_has_begun_since_needs_its_own_time(tmp_path):
    message = told(text(tmp_path, "Địa phương;Tổng số\nn52;27\n"), TASKS | {"period": "2024-Q4"})
    assert "began on 2025-07-01" in message
    assert "back-cast" in message


@pytest.mark.parametrize("name", ["Ðồng Tháp", "ðồng tháp", "Ɖồng Tháp", "Đồng\u200b Tháp", "Ｄong Thap"])
def test_b7_letters_that_look_the_same_mean_the_same(tmp_path, name):
    assert list(values(read(text(tmp_path, f"Địa phương;Tổng số\n{name};27\n"), TASKS))) == ["n82"]


@pytest.mark.parametrize("name", ["\u041dà Nội", "H\u0430 Noi"])
def test_b7_a_letter_of_another_alphabet_is_named_by_its_code(tmp_path, name):
    message = told(text(tmp_path, f"Địa phương;Tổng số\n{name};27\n"), TASKS)
    assert "Cyrillic" in message
    assert "U+04" in message


def test_b7_another_unit_is_not_advised_as_a_name_for_the_same_figures(tmp_path):
    message = told(text(tmp_path, "Địa phương;GRDP (nghìn tỷ đồng)\nHà Nội;1200\n"), GROWTH)
    assert "did you mean" not in message
    assert "not converted" in message


# B8: what is said above the table or by an option


def test_b8_an_option_and_a_heading_that_name_two_units_are_refused(tmp_path):
    path = text(tmp_path, "Địa phương;GRDP (tỷ đồng)\nHà Nội;1200\n")
    assert '"nghìn tỷ đồng", as --unit says' in told(path, GROWTH | {"unit": "nghìn tỷ đồng"})
    assert not read(path, GROWTH | {"unit": "tỷ đồng"}).problems


def test_b8_a_unit_of_one_column_is_not_that_of_another(tmp_path):
    path = text(tmp_path, "Địa phương;digital_economy_value_added;sti_budget_supplement\nHà Nội;200;1200\n")
    message = told(path, {"period": "2025", "measure": "nso", "unit": "nghìn tỷ đồng"})
    assert "a unit of sti_budget_supplement" in message


def test_b8_a_unit_of_the_ledger_is_known_by_its_name(tmp_path):
    path = text(tmp_path, "Địa phương;Tỷ trọng kinh tế số\nHà Nội;14\n")
    (figure,) = read(path, {"period": "2025", "measure": "nso", "unit": "% of GDP"}).figures
    assert figure.fields["unit"] == "% of GDP"


@pytest.mark.parametrize(
    "line",
    [
        "Số liệu tính đến ngày 31/3/2026",
        "(Số liệu tính đến ngày 31/3/2026)",
        "Tính đến hết ngày 31/3/2026",
        "Số liệu tính đến ngày 31 tháng 3 năm 2026",
        "Ngày số liệu: 31.3.2026",
    ],
)
def test_b8_a_day_behind_its_label_in_one_cell_is_read(tmp_path, line):
    (figure,) = read(text(tmp_path, f"{line};\nĐịa phương;Tổng số\nHà Nội;12\n"), TASKS).figures
    assert figure.fields["reference_date"] == "2026-03-31"


def test_e5_the_day_of_a_sheet_makes_no_rate_a_figure_of_its_own(tmp_path):
    """The share of a year stays one figure, whether the sheet says its last day or not: so a revision is one."""
    path = text(tmp_path, "Địa phương;Tỷ trọng kinh tế số\nHà Nội;14\n")
    known = {"period": "2025", "measure": "nso", "unit": "% of GDP"}
    days = ("2025-12-31", "2025-07-01")
    kept = [read(path, known | {"reference_date": day}).figures[0].fields["reference_date"] for day in days]
    assert kept == ["", "2025-07-01"]
    counts = text(tmp_path, "Địa phương;Tổng số\nHà Nội;12\n")
    (count,) = read(counts, TASKS | {"reference_date": "2026-03-31"}).figures
    assert count.fields["reference_date"] == "2026-03-31"


def test_b8_the_period_in_the_title_is_offered(tmp_path):
    path = text(tmp_path, "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ QUÝ I NĂM 2026;\nĐịa phương;Tổng số\nHà Nội;12\n")
    message = told(path, {"list": "central-2025-10"})
    assert 'row 1 says "QUÝ I NĂM 2026", which is 2026-Q1' in message


@pytest.mark.parametrize(
    ("stated", "option"),
    [
        ("9 tháng năm 2025", "2025-01/2025-09"),
        ("6 tháng đầu năm 2025", "2025-H1"),
        ("Quý III năm 2025", "2025-Q3"),
        ("3 tháng đầu năm 2026", "2026-Q1"),
        ("năm 2025", "2025"),
    ],
)
def test_b8_two_ways_of_writing_a_period_are_no_contradiction(tmp_path, stated, option):
    path = text(tmp_path, f"Kỳ báo cáo: {stated};\nĐịa phương;Tổng số\nHà Nội;12\n")
    assert not read(path, {"period": option, "list": "central-2025-10"}).problems


def test_b8_all_that_is_missing_is_asked_for_at_once_and_once(tmp_path):
    path = text(tmp_path, "Địa phương;Tổng số;Hoàn thành;Tăng trưởng GRDP\nHà Nội;12;5;8,2\nCao Bằng;3;2;7\n")
    message = told(path, dict.fromkeys(SOURCE, ""))
    for option in ("--publisher", "--title", "--address", "--published", "--period", "--list", "--measure press"):
        assert message.count(option) == 1, option


def test_b8_what_columns_of_years_hold_is_asked_for_with_the_rest(tmp_path):
    message = told(text(tmp_path, "Tốc độ tăng GRDP;;\nĐịa phương;2024;2025\nHà Nội;6;8\n"), dict.fromkeys(SOURCE, ""))
    assert "--indicator" in message
    assert "grdp_growth" in message
    assert "--publisher" in message


def test_b8_the_preview_does_not_add_the_country_to_its_provinces(tmp_path):
    from policyreport.cli.adding import summarise_changes
    from policyreport.intake.preview import Change, Preview

    path = text(tmp_path, "Địa phương;Tổng số\nCả nước;15\nHà Nội;12\nCao Bằng;3\n")
    delivery = read(path, TASKS)
    changes = tuple(Change("new", figure) for figure in delivery.figures)
    preview = Preview(delivery, changes, (), (), wholes=frozenset({"VN"}), additive=frozenset({"tasks_total"}))
    table = summarise_changes(changes, preview)
    rows = list(zip(*(column._cells for column in table.columns), strict=True))
    assert [(row[4], row[5], row[8]) for row in rows] == [("VN", "1", ""), ("provinces", "2", "15")]


# B9: notes


def test_b9_notes_at_values_names_and_headings_and_comments_are_kept_in_the_wide_form(tmp_path):
    def edit(sheet):
        sheet["B3"].comment = Comment("Ai: tính lại", "Ai")

    rows = [
        ["Địa phương", "Chỉ số chuyển đổi số (DTI) (1)", "Ghi chú"],
        ["Hà Nội (2)", 0.7, "điểm chưa đầy đủ"],
        ["Cao Bằng", "0,6*", ""],
        ["(1) Thang điểm mới", "", ""],
        ["(2) Chưa có trụ cột kinh tế số", "", ""],
        ["* Ước tính", "", ""],
        ["Ghi chú: số liệu chưa được thẩm định", "", ""],
    ]
    delivery = read(book(tmp_path, rows, edit), {"period": "2025", "measure": "mic-mst"})
    first, second = (figure.fields["note"] for figure in delivery.figures)
    assert first == "điểm chưa đầy đủ; Chưa có trụ cột kinh tế số; Thang điểm mới"
    assert second == "Ước tính; Thang điểm mới; tính lại"
    assert "chưa được thẩm định" in delivery.provenance.note


# B10: the template


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    made = {}
    for quarter, language in (("2026Q1", "vi"), ("2026Q4", "vi"), ("2026Q1", "en")):
        path = folder / f"{quarter}-{language}.xlsx"
        words = [
            "--project",
            str(ROOT),
            "template",
            "--quarter",
            quarter,
            "--language",
            language,
            "--output",
            str(path),
        ]
        assert CliRunner().invoke(app, words).exit_code == 0
        made[quarter, language] = load_workbook(path)
    return made


def test_b10_the_template_has_the_country_growth_and_what_is_due(templates):
    due = {}
    for key, made in templates.items():
        figures, definitions = made.worksheets
        assert {"Cả nước", "Whole country"} & {cell.value for cell in figures["B"]}
        due[key] = {definitions.cell(row, 2).value for row in range(2, definitions.max_row + 1)}
        assert "grdp_growth" in due[key]
    assert "grdp_per_capita_current" in due["2026Q4", "vi"] - due["2026Q1", "vi"]


def test_b10_definitions_are_in_the_language_of_the_sheet(templates):
    words = yaml.safe_load((ROOT / "params" / "intake.yaml").read_text(encoding="utf-8"))["template"]["languages"]["vi"]
    for indicator in read_indicators(ROOT).indicators:
        for made in (templates["2026Q1", "vi"], templates["2026Q4", "vi"]):
            for row in made.worksheets[1].iter_rows(min_row=2, values_only=True):
                if row[1] == indicator.id:
                    assert row[3].startswith(words["texts"][indicator.id])
                    assert not any(text in row[3] for text in indicator.measures.values())


def test_b10_lists_are_chosen_by_their_titles_and_read_back(templates, tmp_path):
    lists = {each.title_vi: each.id for each in read_policy(ROOT).lists}
    made = templates["2026Q1", "vi"]
    shown = [row[5] for row in made.worksheets[1].iter_rows(min_row=2, values_only=True) if row[5]]
    assert set(shown) <= set(lists)
    assert "central-2025-12-25" not in {lists[each] for each in shown}
    path = text(tmp_path, f"Danh mục nhiệm vụ: {shown[1]};\nĐịa phương;Tổng số\nHà Nội;12\n")
    (figure,) = read(path, {"period": "2026-Q1"}).figures
    assert figure.fields["list"] == lists[shown[1]]


def test_b10_a_measure_chosen_below_a_heading_is_read(tmp_path):
    path = text(tmp_path, "Địa phương;Tăng trưởng GRDP;Tỷ trọng kinh tế số\n;press;nso\nHà Nội;8,1;14,2\n")
    measures = {f.fields["indicator"]: f.fields["measure"] for f in read(path, {"period": "2025"}).figures}
    assert measures == {"grdp_growth": "press", "digital_economy_share": "nso"}


# A6: a list that is over


def test_a6_a_list_whose_deadline_has_passed_is_not_taken_for_a_later_quarter(tmp_path):
    ended = next(each for each in read_policy(ROOT).lists if each.deadline == date(2025, 12, 31))
    path = text(tmp_path, "Địa phương;Tổng số\nHà Nội;12\n")
    message = told(path, {"period": "2026-Q1", "list": ended.id})
    assert "2025-12-31" in message
    assert "counted_until" in message
    said = {"list": ended.id, "reference_date": "2026-01-20"}
    assert not read(path, said | {"period": "2025-Q4"}).problems
    assert read(path, said | {"period": "2025-Q4", "reference_date": "2026-03-31"}).problems


def test_a6_a_list_that_says_it_is_counted_on_is_taken(project, tmp_path):
    counting = shutil.copytree(project, tmp_path / "project")
    policy = counting / "params" / "policy.yaml"
    old = "  deadline: 2025-12-31\n  deadline_reason: The list holds the tasks of 2025"
    assert old in policy.read_text(encoding="utf-8")
    policy.write_text(policy.read_text(encoding="utf-8").replace(old, "  counted_until: 2026-06-30\n" + old), "utf-8")
    path = text(tmp_path, "Địa phương;Tổng số\nHà Nội;12\n")
    said = SOURCE | {"period": "2026-Q1", "list": "central-2025-12-25"}
    assert not receive(counting, path, Options(said, TODAY)).problems


# C: bounds


def test_c5_a_merged_range_over_the_whole_sheet_is_refused(tmp_path):
    path = book(tmp_path, [HEAD, ["Hà Nội", 8.3]])
    bomb = tmp_path / "bomb.xlsx"
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, body.replace(b"</sheetData>", merged) if "sheet1" in name else body)
    message = told(bomb, GROWTH)
    assert "bomb.xlsx" in message
    assert "A1:XFD1048576" in message


def test_c5_a_long_but_narrow_merged_range_is_cut_to_what_is_filled(tmp_path):
    def edit(sheet):
        sheet.merge_cells("A1:XFD1")

    path = book(tmp_path, [["TĂNG TRƯỞNG"], HEAD, ["Hà Nội", 8.3], ["Cao Bằng", 7.1]], edit)
    assert len(values(read(path, GROWTH))) == 2


@pytest.mark.parametrize("field", ["publisher", "publisher_name", "title", "address", "licence"])
def test_c6_a_text_of_100_kb_is_refused_with_its_field(tmp_path, field):
    path = text(tmp_path, "Địa phương;Tăng trưởng GRDP\nHà Nội;8,2\n")
    assert f"--{field.replace('_', '-')}" in told(path, GROWTH | {field: "x" * 100_000})


def test_c6_a_long_note_is_refused_with_its_cell(tmp_path):
    path = text(tmp_path, f"Địa phương;Tăng trưởng GRDP;Ghi chú\nHà Nội;8,2;{'x' * 5000}\n")
    assert 'row 2, column C "Ghi chú"' in told(path, GROWTH)


def test_c6_a_number_of_400_digits_is_refused_with_its_cell(tmp_path):
    message = told(text(tmp_path, f"Địa phương;Tổng số\nHà Nội;{'1' * 400}\n"), TASKS)
    assert "row 2, column B" in message
    assert len(message) < 500


@pytest.mark.parametrize(
    ("sign", "name"),
    [("😀", "Grinning face"), ("\u202e", "Right-to-left override"), ("\u0007", "U+0007"), ("→", "Rightwards arrow"),
     ("国", "U+56FD")],
)  # fmt: skip
def test_c4_a_sign_that_no_page_can_show_is_refused_with_its_name_and_place(tmp_path, sign, name):
    path = text(tmp_path, "Địa phương;Tăng trưởng GRDP;Ghi chú\nHà Nội;8,2;a\n")
    message = told(path, GROWTH | {"title": f"Báo cáo {sign}"})
    assert "--title" in message
    assert name.lower() in message.lower()
    noted = told(text(tmp_path, f"Địa phương;Tăng trưởng GRDP;Ghi chú\nHà Nội;8,2;tốt {sign} a\n"), GROWTH)
    assert 'row 2, column C "Ghi chú"' in noted


def test_c4_signs_that_the_typeface_has_are_taken(tmp_path):
    title = "Báo cáo “số 12” – ½ năm, ≥ 5% · ₫ €"
    path = text(tmp_path, "Địa phương;Tăng trưởng GRDP\nHà Nội;8,2\n")
    assert read(path, GROWTH | {"title": title}).provenance.title == title


def test_a6_the_note_of_a_list_stands_under_the_step_to_it_only():
    policy = read_policy(ROOT)
    first, second = ("central-2025-12-04-with-recurring", "central-2025-12-25")
    dates = ((first, date(2025, 12, 4), 601), (second, date(2025, 12, 25), 1227), (second, date(2026, 1, 31), 1250))
    lists = pd.DataFrame(
        {"area": "VN", "list": name, "reference_date": day, "total": 1298, "completed": done,
         "quarterly": True, "basis": policy.list_named(name).basis}
        for name, day, done in dates
    )  # fmt: skip
    into, inside = quarter_on_quarter(lists, read_method_settings(ROOT).flow).steps
    assert into.basis_change == policy.list_named(second).basis
    assert inside.basis_change == ""


def test_a6_recurring_tasks_are_those_of_the_list_and_day(known_q4, slice_of):
    lists = slice_of(known_q4, "quality", "VN").tasks
    recurring = lists[lists["recurring"].notna()].set_index("list")["recurring"]
    assert recurring.to_dict() == {"central-2025-12-04-with-recurring": 178}


# More of the same kinds, as clerks write them


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (8.35, '"giảm "0.0"%"'),
        (8.35, '"▼"0.0'),
        (8.35, "(0.00)"),
        (8.35, "-0.00"),
        (8.35, '0.00"-"'),
        (-8.35, "0.00;0.00"),
        (-8.35, '"tăng "0.0'),
        (8.35, '0.00" điểm %"'),
        (8.35, '0.00" lần"'),
        (8.35, '0.00"‱"'),
        (8.35, '0.00" p.p."'),
        (8.35, "#,##0.00\\ [$₫-42A]"),
    ],
)
def test_b1_a_format_that_turns_the_sign_or_names_another_quantity_is_refused(tmp_path, value, code):
    message = told(shown_as(tmp_path, value, code), GROWTH)
    assert 'row 2, column B "Tăng trưởng GRDP"' in message
    assert "Give the cell a format without words" in message


@pytest.mark.parametrize(
    "code",
    [
        "0.00;[Red]0.00",
        "0.00;(0.00)",
        "0.00_);[Red](0.00)",
        '"tăng "0.0"%";"giảm "0.0"%"',
        '"▲"0.0;"▼"0.0',
        "0.0",
        "+0.0;-0.0",
        "[<0]\\-0.0;0.0",
    ],
)
def test_b1_a_format_that_shows_numbers_below_nought_in_its_own_way_is_read(tmp_path, code):
    assert values(read(shown_as(tmp_path, -3.5, code), GROWTH))["n01"] == "-3.5"


@pytest.mark.parametrize("code", ["yyyy", "d/m/yyyy"])
def test_b2_a_year_that_is_shown_as_a_date_is_refused(tmp_path, code):
    def edit(sheet):
        sheet["C2"].number_format = code

    path = book(tmp_path, [["Địa phương", "Chỉ tiêu", "Kỳ", "Giá trị"], ["Hà Nội", "grdp_growth", 2026, 8.1]], edit)
    assert "1905" in told(path, {"measure": "press"})


def test_b2_a_day_as_period_is_told(tmp_path):
    rows = [["Địa phương", "Chỉ tiêu", "Kỳ", "Giá trị"], ["Hà Nội", "grdp_growth", datetime(2026, 3, 31), 8.1]]
    assert any("of one day" in remark for remark in read(book(tmp_path, rows), {"measure": "press"}).remarks)


def test_b3_former_names_decide_for_their_own_periods_only(tmp_path):
    path = text(tmp_path, "Địa phương;2023;2024;2025\nGia Lai;3,1;3,2;7,2\nBình Định;4,1;;\n")
    message = told(path, {"indicator": "grdp_growth", "measure": "press"})
    assert "figures of 2024 are of the former or the present" in message


def test_b3_a_region_of_both_times_in_one_row_is_told(tmp_path):
    path = text(tmp_path, "Địa phương;2024;2025\nĐồng bằng sông Hồng;3,1;7,2\n")
    said = {"indicator": "grdp_growth", "measure": "press"}
    assert any("R63:red_river_delta to 2025-06-30" in remark for remark in read(path, said).remarks)
    assert not any("R63" in remark for remark in read(path, said | {"quality": "back-cast"}).remarks)


def test_b3_a_word_for_its_time_tells_which_province_is_meant(tmp_path):
    path = text(tmp_path, "Địa phương;2023\nGia Lai (cũ);3,1\nLâm Đồng cũ;4\n")
    assert set(values(read(path, {"indicator": "grdp_growth", "measure": "press"}))) == {"o64", "o68"}
    late = text(tmp_path, "Địa phương;Tổng số\nGia Lai (cũ);3\nGia Lai (mới);5\n")
    message = told(late, TASKS)
    assert "ended on 2025-06-30" in message
    assert "row 3" not in message


@pytest.mark.parametrize("name", ["Hà Tây", "Các bộ, ngành", "Miền Bắc", "Duyên hải Nam Trung Bộ"])
def test_b7_another_place_is_not_suggested(tmp_path, name):
    assert "did you mean" not in told(text(tmp_path, f"Địa phương;Tổng số\n{name};3\n"), TASKS)


@pytest.mark.parametrize(
    ("title", "hint"),
    [
        ("KẾT QUẢ 6 THÁNG ĐẦU NĂM VÀ NHIỆM VỤ 6 THÁNG CUỐI NĂM 2025", "2025-01/2025-06, or"),
        ("Báo cáo quý IV và năm 2025", '"quý IV", which is 2025-Q4, or row 1 says "năm 2025"'),
        ("Hà Nội, ngày 15 tháng 4 năm 2026", ""),
        ("So với cùng kỳ năm 2024", ""),
    ],
)
def test_b8_every_period_of_a_title_is_offered_and_no_other(tmp_path, title, hint):
    message = told(text(tmp_path, f"{title}\nĐịa phương;Tổng số\nHà Nội;100\n"), {"list": "central-2025-10"})
    offered = message.partition("--period")[2].partition("\n")[0]
    assert hint in offered if hint else "says" not in offered


def test_b8_the_day_that_figures_hold_on_is_not_offered_as_that_of_publication(tmp_path):
    path = text(tmp_path, "Kết quả NQ 57 (tính đến 31/3/2026)\nĐịa phương;Tổng số\nHà Nội;100\n")
    message = told(path, TASKS | {"published": ""})
    assert "--published" in message
    assert "31/3/2026" not in message


@pytest.mark.parametrize("heading", ["6T đầu năm 2025", "6 tháng/2025", "6 THÁNG ĐẦU NĂM 2025", "6T/2025"])
def test_b8_months_from_january_are_a_period(tmp_path, heading):
    path = text(tmp_path, f"Địa phương;{heading}\nHà Nội;7\n")
    (figure,) = read(path, {"indicator": "grdp_growth", "measure": "press"}).figures
    assert figure.fields["period"] == "2025-01/2025-06"


def test_b9_two_lines_with_one_mark_are_both_kept_and_not_called_unread(tmp_path):
    path = text(tmp_path, "Địa phương;Tổng số\nHà Nội (2);100\n(2) Sau sáp nhập\n2. Số liệu sơ bộ\n* Khác\n")
    delivery = read(path, TASKS)
    assert delivery.figures[0].fields["note"] == "Sau sáp nhập; Số liệu sơ bộ"
    assert [remark for remark in delivery.remarks if "not read" in remark] == ['row 5 not read: "* Khác"']


def test_b5_letters_that_were_encoded_twice_are_said_to_be(tmp_path):
    twice = "Địa phương;Tổng số\nHà Nội;1\n".encode().decode("latin-1")
    assert "read as another encoding" in told(text(tmp_path, twice), TASKS)


def test_b8_totals_of_groups_are_held_against_their_groups(tmp_path):
    rows = "Hà Nội;100\nHải Phòng;50\nCộng;150\nCao Bằng;50\nHuế;1\nCộng;{}\nTổng cộng;201\n"
    assert not read(text(tmp_path, "Địa phương;Tổng số\n" + rows.format(51)), TASKS).findings
    (finding,) = read(text(tmp_path, "Địa phương;Tổng số\n" + rows.format(52)), TASKS).findings
    assert "row 7" in finding.message


@pytest.mark.parametrize("body", [
    "{words}\nĐịa phương;Tổng số\nHà Nội;1\n",
    "Địa phương;Tổng số\nHà Nội;1\n{lines}",
    "Địa phương;Tổng số\n{rows}",
])  # fmt: skip
def test_c6_long_lines_and_many_unknown_rows_are_dealt_with_at_once(tmp_path, body):
    made = body.format(
        words="quý " * 20_000,
        lines="".join(f"ngày {n} quý tháng;\n" for n in range(5_000)),
        rows="".join(f"Tỉnh thứ {n};1\n" for n in range(5_000)),
    )
    begun = time.process_time()
    try:
        delivery = read(text(tmp_path, made), TASKS)
        assert len(delivery.problems) <= limits.PROBLEMS + 2
        assert len(delivery.remarks) < 2 * limits.LINES
    except PolicyReportError:
        pass
    assert time.process_time() - begun < 5
