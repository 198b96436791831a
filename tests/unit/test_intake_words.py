"""Names, days and headings of sheets mean what the reviewed map says, on the day of the figure."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from policyreport.data.areas import read_areas
from policyreport.errors import ParamsError
from policyreport.intake.days import read_day, read_period, read_published
from policyreport.intake.names import AreaNameError, AreaNames, day_of
from policyreport.intake.sheets import Cell, neutralise, text_cell
from policyreport.params.indicators import read_indicators
from policyreport.params.intake import heading_key, read_intake
from policyreport.params.spelling import plain

ROOT = Path(__file__).parents[2]
WORDS = read_intake(ROOT)
NAMES = AreaNames(read_areas(ROOT), WORDS)
BEFORE, AFTER = date(2025, 3, 31), date(2025, 12, 31)


@pytest.mark.parametrize("column", ["name", "name_ascii", "name_en", "full_name"])
@pytest.mark.parametrize(("scheme", "day"), [("o", BEFORE), ("n", AFTER)])
def test_every_name_of_the_table_is_found_on_its_day(column, scheme, day):
    table = NAMES.areas.table
    keys = [key for key in table.index if key.startswith(scheme)]
    assert [NAMES.find(table[column][key], day) for key in keys] == keys


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("Gia Lai", "o64", "n52"),
        ("TỈNH GIA LAI", "o64", "n52"),
        ("gia lai province", "o64", "n52"),
        ("12. Tỉnh Gia Lai", "o64", "n52"),
        ("TP. Hải Phòng", "o31", "n31"),
        ("Tp Hải Phòng", "o31", "n31"),
        ("Haiphong City", "o31", "n31"),
        ("TP.HCM", "o79", "n79"),
        ("Thành phố Huế", "o46", "n46"),
        ("Hoà Bình", "o17", None),
        ("Hòa Bình", "o17", None),
        ("Tỉnh Thừa Thiên - Huế", "o46", "n46"),
        ("Bà Rịa–Vũng Tàu", "o77", None),
        ("Bắc Cạn", "o06", None),
        ("Đắc Lắc", "o66", "n66"),
        ("Cả nước", "VN", "VN"),
        ("TOÀN QUỐC", "VN", "VN"),
        ("Đông Nam Bộ", "R63:southeast", "R34:southeast"),
    ],
)
def test_a_name_means_the_area_of_its_day(text, before, after):
    assert NAMES.find(text, BEFORE) == before
    if after is None:
        with pytest.raises(AreaNameError):
            NAMES.find(text, AFTER)
    else:
        assert NAMES.find(text, AFTER) == after


def test_every_alias_names_areas_of_the_table_and_hides_none():
    table = NAMES.areas.table
    for alias in WORDS.area_aliases:
        assert set(alias.areas) <= set(table.index), alias.name
        of_that_name = {key for key in table.index if plain(table["name"][key]) == plain(alias.name)}
        assert of_that_name <= set(alias.areas), alias.name


@pytest.mark.parametrize(
    ("text", "todo"),
    [
        ("Bình Định", "part of n52 (Gia Lai)"),
        ("52", "o52 (Bình Định) and n52 (Gia Lai)"),
        ("Thành phố Bắc Ninh", 'without "Thành phố"'),
        ("Quảng Nnh", "Quảng Ninh"),
        ("", "names"),
    ],
)
def test_a_name_that_means_nothing_is_told_with_what_to_do(text, todo):
    with pytest.raises(AreaNameError) as caught:
        NAMES.find(text, AFTER)
    assert todo in caught.value.todo


def test_the_day_of_a_figure_is_its_reference_date_the_end_of_its_period_or_of_the_recalculation():
    assert day_of("2025", "2025-03-01", "2026-01-01", "") == date(2025, 3, 1)
    assert day_of("2025-Q2", "", "2026-01-01", "") == date(2025, 6, 30)
    assert day_of("2020", "", "2026-08", "back-cast") == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026-Q1", "2026-Q1"),
        ("2026Q1", "2026-Q1"),
        ("Quý I/2026", "2026-Q1"),
        ("Quý IV năm 2025", "2025-Q4"),
        ("quý 4 - 2025", "2025-Q4"),
        ("Q4 2025", "2025-Q4"),
        ("2025 Q4", "2025-Q4"),
        ("Năm 2025", "2025"),
        ("2025", "2025"),
        ("Tháng 10/2025", "2025-10"),
        ("2025-10-28", "2025-10-28"),
        ("H1 2025", "2025-H1"),
        ("9 tháng năm 2025", "2025-01/2025-09"),
        ("6 tháng đầu năm 2025", "2025-01/2025-06"),
        ("2025-01/2025-09", "2025-01/2025-09"),
    ],
)
def test_a_period_is_read_as_the_ledger_writes_it(text, period):
    assert read_period(text_cell(text), WORDS.periods) == period


@pytest.mark.parametrize("text", ["Quý V/2025", "Tháng 13/2025", "Quý 4", "25", "H3 2025", "hôm qua", "", "10/2025/12"])
def test_what_is_no_period_is_not_read(text):
    with pytest.raises(ValueError, match=r"."):
        read_period(text_cell(text), WORDS.periods)


def test_days_are_read_day_first():
    assert read_day(text_cell("05/06/2026")) == "2026-06-05"
    assert read_day(text_cell("2026-06-05")) == "2026-06-05"
    assert read_day(Cell(text="2026-06-05", day=date(2026, 6, 5))) == "2026-06-05"
    for text in ("2026-06-05 00:00:00", "2026-06-05T00:00", "5/6/2026 00:00:00.000"):
        assert read_day(text_cell(text)) == "2026-06-05"
    for text in ("13/13/2026", "2026-02-30", "5/6/26", "06-2026", "2026-06-05 13:30", "46178"):
        with pytest.raises(ValueError, match=r"."):
            read_day(text_cell(text))


def test_a_publication_date_keeps_its_precision():
    read = [read_published(text_cell(text)) for text in ("15/4/2026", "4/2026", "2026-04", "2026")]
    assert read == ["2026-04-15", "2026-04", "2026-04", "2026"]


def test_marks_of_notes_come_off_the_end_of_a_text():
    texts = ("Hà Nội (1)", "Hà Nội¹", "Hà Nội **", "Hà Nội [2](a)", "(1)", "Tỷ lệ (%)")
    assert [(cell.text, cell.marks) for cell in map(text_cell, texts)] == [
        ("Hà Nội", ("1",)),
        ("Hà Nội", ("1",)),
        ("Hà Nội", ("**",)),
        ("Hà Nội", ("2", "a")),
        ("(1)", ()),
        ("Tỷ lệ (%)", ()),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_what_a_spreadsheet_would_run_is_neutralised(text):
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["", "a = b", "1-1", "'=1", "Hà Nội"])
def test_other_texts_stay_as_they_are(text):
    assert neutralise(text) == text


def test_case_accents_and_punctuation_make_no_difference():
    assert heading_key("ĐÃ HOÀN THÀNH > Đúng  hạn.") == heading_key("Da hoan thanh > dung han")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda body: body["columns"][1]["headings"].append("TONG SO"), "tasks_total and tasks_completed"),
        (lambda body: body["columns"][0].update(indicator="task_total"), 'did you mean "tasks_total"'),
        (lambda body: body["fields"]["title"].append("Kỳ báo cáo"), "means period and title"),
        (lambda body: body["units"].update({"dozens": ["tá"]}), '"dozens"'),
        (lambda body: body["template"]["languages"]["vi"]["labels"].update(period="Giai đoạn"), r"fields\.period"),
    ],
    ids=["a heading for two indicators", "an unknown indicator", "a word for two fields",
         "a unit that no indicator has", "a label of the template that is not read"],
)  # fmt: skip
def test_a_slip_in_the_map_stops_with_its_reason(project, edit, message):
    path = project / "params" / "intake.yaml"
    body = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(body)
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ParamsError, match=message):
        read_intake(project)


def test_every_heading_of_the_map_means_one_indicator_that_is_known():
    indicators = read_indicators(ROOT)
    known = WORDS.figure_columns(indicators)
    assert {column.indicator for column in known.values()} == set(indicators.by_id())
