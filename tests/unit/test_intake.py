"""Sheets as ministries send them become the rows that a clean table of the same figures gives."""

import csv
import hashlib
import io
import shutil
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.areas import read_areas
from policyreport.data.journal import FILE as PENDING
from policyreport.data.journal import Journal, read_journal
from policyreport.data.observations.ledger import load_ledger
from policyreport.data.sources import read_sources
from policyreport.intake import writing
from policyreport.params.policy import read_policy

ROOT = Path(__file__).parents[2]
LIST = "central-2025-10"
INDICATORS = (
    "tasks_total",
    "tasks_completed",
    "tasks_completed_on_time",
    "tasks_completed_late",
    "task_completion_rate",
    "tasks_in_progress",
    "tasks_in_progress_on_schedule",
    "tasks_overdue",
    "tasks_in_progress_share",
    "tasks_not_started",
    "tasks_recurring",
    "tasks_not_completed",
)
SAID = (
    *("--publisher", "mic-mst", "--title", "Report on the first quarter", "--address", "https://example.org/q1"),
    *("--published", "2026-04-15", "--period", "2026-Q1", "--list", LIST, "--table", "tasks-2026-q1"),
    *("--accessed", "2026-05-01"),
)


@pytest.fixture
def project(tmp_path):
    return small_project(tmp_path / "project")


@pytest.fixture
def with_rules():
    """For a test that is about the rules of the ledger, or adds a sheet as a user does from end to end."""


@pytest.fixture(autouse=True)
def rules_where_asked(request):
    if "with_rules" not in request.fixturenames:
        request.getfixturevalue("without_rules")


def small_project(folder: Path) -> Path:
    """The project's parameters and areas, with two of its raw tables."""
    shutil.copytree(ROOT / "params", folder / "params")
    shutil.copytree(ROOT / "data" / "boundaries", folder / "data" / "boundaries")
    for name in ("hue-ngay-nay", "mic-mst"):
        shutil.copytree(ROOT / "data" / "raw" / name, folder / "data" / "raw" / name)
    return folder


def call(project: Path, *words: object):
    result = CliRunner().invoke(app, ["--project", str(project), *(str(word) for word in words)])
    assert "Traceback" not in result.output
    return result


def add(project: Path, file: Path, *more: str):
    return call(project, "add", file, *SAID, "--yes", *more)


def bytes_below(project: Path) -> dict[str, str]:
    """A digest of every file under data/ and params/."""
    files = [path for name in ("data", "params") for path in (project / name).rglob("*") if path.is_file()]
    return {str(path.relative_to(project)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def counts(at: int) -> dict[str, float]:
    """Twelve figures of a province that agree with each other."""
    on_time, late, on_schedule, overdue, waiting = 900 + 37 * at, 11 + at, 210 + at, 3 + at % 5, 7 + at % 3
    done, open_ = on_time + late, on_schedule + overdue
    total = done + open_ + waiting
    rate, share = round(100 * done / total, 1), round(100 * on_schedule / total, 1)
    values = (total, done, on_time, late, rate, open_, on_schedule, overdue, share, waiting, 20 + at, open_ + waiting)
    return dict(zip(INDICATORS, values, strict=True))


def present() -> list[str]:
    return [key for key in read_areas(ROOT).table.index if key.startswith("n")]


def former() -> list[str]:
    return [key for key in read_areas(ROOT).table.index if key.startswith("o")]


def clean_table(path: Path, keys: list[str], note: dict[str, str] | None = None) -> Path:
    """The figures in the long form, keys and ids written out."""
    rows = [
        (key, indicator, value, (note or {}).get(f"{key} {indicator}", ""))
        for at, key in enumerate(keys)
        for indicator, value in counts(at).items()
    ]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("area", "indicator", "value", "note"))
        writer.writerows(rows)
    return path


def vietnamese(value: float) -> str:
    """1.227 and 45,2."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def titled(at: int, key: str) -> str:
    """A province's name in one of the ways sheets write it."""
    areas = read_areas(ROOT)
    name, full = areas.table["name"][key], areas.table["full_name"][key]
    ways = (
        name,
        full,
        full.replace("Thành phố ", "TP. "),
        areas.table["name_ascii"][key],
        name.upper(),
        f"{at}. {full}",
    )
    return ways[at % len(ways)]


def wide_workbook(path: Path) -> Path:
    """A ministry's sheet: title, merged headings, numbered columns, totals, marks, notes."""
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"] = "TÌNH HÌNH THỰC HIỆN NHIỆM VỤ QUÝ I NĂM 2026", "Đơn vị tính: Nhiệm vụ, %"
    sheet.merge_cells("A1:N1")
    heads = {
        "A": "STT",
        "B": "Tỉnh, thành phố",
        "C": "Tổng số nhiệm vụ (1)",
        "L": "Chưa triển khai",
        "M": "Thường xuyên",
    }
    heads |= {"N": "Chưa hoàn thành"}
    for column, text in heads.items():
        sheet[f"{column}4"] = text
        sheet.merge_cells(f"{column}4:{column}5")
    for first, last, group, below in (
        ("D", "G", "Đã hoàn thành", ("Tổng số", "Trong hạn", "Quá hạn", "Tỷ lệ (%)")),
        ("H", "K", "Đang thực hiện", ("Tổng số", "Đúng tiến độ", "Chậm tiến độ", "Tỷ lệ (%)")),
    ):
        sheet[f"{first}4"] = group
        sheet.merge_cells(f"{first}4:{last}4")
        for column, text in zip("CDEFGHIJKLMN"["CDEFGHIJKLMN".index(first) :], below, strict=False):
            sheet[f"{column}5"] = text
    for column, mark in enumerate(["A", "B", *(f"({number})" for number in range(1, 13))], 1):
        sheet.cell(6, column, mark)
    totals = dict.fromkeys(INDICATORS, 0.0)
    for at, key in enumerate(present()):
        sheet.cell(7 + at, 1, at + 1)
        sheet.cell(7 + at, 2, titled(at, key))
        for column, (indicator, value) in enumerate(counts(at).items(), 3):
            # Some cells are stored as numbers, some as the digits somebody typed.
            stored = at % 3 == 0 and not (at == 0 and column == 3)
            sheet.cell(7 + at, column, value if stored else vietnamese(value) + (" %" if value != int(value) else ""))
            totals[indicator] += value
    share = sheet.cell(7, 7)
    share.value, share.number_format = round(share.value / 100, 5), "0.0%"
    sheet.cell(7, 3).value += "(2)"
    sheet.cell(41, 2, "Tổng số").font = Font(bold=True)
    for column, indicator in enumerate(INDICATORS, 3):
        if "rate" not in indicator and "share" not in indicator:
            sheet.cell(41, column, int(totals[indicator]))
    sheet["A43"], sheet["A44"] = "Ghi chú: số liệu tính đến hết quý.", "(2) Số ước tính của địa phương."
    sheet["J46"] = "NGƯỜI LẬP BIỂU"
    book.create_sheet("Định nghĩa")["A1"] = "Cách tính"
    book.save(path)
    return path


def nfd_text(path: Path) -> Path:
    """The wide form in decomposed letters, tabs between, points between thousands, a byte-order mark."""
    heads = (
        "Địa phương",
        "Tổng số",
        "Đã hoàn thành",
        "Hoàn thành đúng hạn",
        "Hoàn thành quá hạn",
        "Tỷ lệ hoàn thành (%)",
    )
    heads += ("Đang thực hiện", "Đang thực hiện đúng tiến độ", "Quá hạn", "Tỷ lệ đang thực hiện", "Chưa triển khai")
    lines = ["\t".join((*heads, "Thường xuyên", "Chưa hoàn thành"))]
    for at, key in enumerate(present()):
        lines.append("\t".join((titled(at, key), *map(vietnamese, counts(at).values()))))
    path.write_bytes("\ufeff".encode() + unicodedata.normalize("NFD", "\r\n".join(lines)).encode())
    return path


def old_names(path: Path) -> Path:
    """The wide form of a quarter before the merger, the 63 names in older spellings, semicolons between."""
    spellings = {"Hoà Bình": "Hòa Bình", "Huế": "Tỉnh Thừa Thiên - Huế", "Đắk Lắk": "Đắc Lắc", "Bắc Kạn": "Bắc Cạn"}
    spellings |= {"Hồ Chí Minh": "TP.HCM", "Bà Rịa - Vũng Tàu": "Tỉnh Bà Rịa–Vũng Tàu", "Hà Nội": "Hanoi"}
    areas = read_areas(ROOT)
    names = {key: spellings.get(areas.table["name"][key], areas.table["name"][key]) for key in former()}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(("TT", "Tên tỉnh", *INDICATORS))
    for at, key in enumerate(former()):
        writer.writerow((at + 1, names[key], *map(vietnamese, counts(at).values())))
    path.write_bytes(out.getvalue().encode())
    return path


def rows_of(project: Path, table: str = "mic-mst/tasks-2026-q1") -> pd.DataFrame:
    ledger = load_ledger(project)
    return ledger[ledger["source"] == table]


def both(tmp_path: Path, sheet: Path, clean: Path, *more: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ledger rows of a sheet and of the clean table, each added to a project of its own."""
    found = []
    for name, file in (("one", sheet), ("other", clean)):
        project = small_project(tmp_path / name)
        result = add(project, file, *more)
        assert result.exit_code == 0, result.output
        found.append(rows_of(project))
    return found[0], found[1]


@pytest.mark.usefixtures("with_rules")
def test_a_wide_vietnamese_workbook_gives_the_rows_of_the_clean_table(tmp_path):
    note = {"n01 tasks_total": "Số ước tính của địa phương."}
    clean = clean_table(tmp_path / "clean.csv", present(), note)
    ours, theirs = both(tmp_path, wide_workbook(tmp_path / "wide.xlsx"), clean)
    assert len(ours) == 34 * 12
    pd.testing.assert_frame_equal(ours, theirs)


def test_decomposed_text_with_tabs_gives_the_rows_of_the_clean_table(tmp_path):
    ours, theirs = both(tmp_path, nfd_text(tmp_path / "nfd.txt"), clean_table(tmp_path / "clean.csv", present()))
    assert len(ours) == 34 * 12
    pd.testing.assert_frame_equal(ours, theirs)


def test_old_names_before_the_merger_give_the_rows_of_the_clean_table(tmp_path):
    more = ("--period", "2025-Q1", "--published", "2025-04-15")
    ours, theirs = both(tmp_path, old_names(tmp_path / "old.csv"), clean_table(tmp_path / "clean.csv", former()), *more)
    assert len(ours) == 63 * 12
    pd.testing.assert_frame_equal(ours, theirs)


def test_the_names_of_today_before_the_merger_are_not_taken_for_former_provinces(project, tmp_path):
    result = add(project, nfd_text(tmp_path / "nfd.txt"), "--period", "2024-Q4")
    assert result.exit_code == 3
    assert "--quality back-cast" in result.stderr
    again = add(project, nfd_text(tmp_path / "nfd.txt"), "--period", "2024-Q4", "--quality", "back-cast")
    assert again.exit_code == 0, again.output
    assert set(rows_of(project)["area"]) == set(present())


def test_adding_the_same_file_twice_changes_nothing(project, tmp_path):
    file = wide_workbook(tmp_path / "wide.xlsx")
    assert add(project, file).exit_code == 0
    before = bytes_below(project)
    again = add(project, file)
    assert again.exit_code == 0
    assert "Nothing to write" in again.stdout
    assert bytes_below(project) == before


def test_nothing_is_written_without_yes(project, tmp_path):
    before = bytes_below(project)
    result = call(project, "add", wide_workbook(tmp_path / "wide.xlsx"), *SAID)
    assert result.exit_code == 0
    assert "408 new" in result.stdout
    assert "Nothing was written. Add --yes" in result.stdout
    assert bytes_below(project) == before


def test_a_revised_value_is_shown_old_and_new(project, tmp_path):
    file = clean_table(tmp_path / "clean.csv", present()[:3])
    assert add(project, file).exit_code == 0
    text = file.read_text().replace(f"n01,tasks_recurring,{counts(0)['tasks_recurring']:g},", "n01,tasks_recurring,25,")
    file.write_text(text)
    result = add(project, file, "--published", "2026-04-20", "--table", "again")
    assert result.exit_code == 0
    assert "1 revised" in result.stdout
    assert "35 confirmed" in result.stdout
    line = next(line for line in result.stdout.splitlines() if line.startswith("n01") and "tasks_recurring" in line)
    assert line.split()[3:6] == ["20", "25", "+5"]
    assert "mic-mst/tasks-2026-q1.csv#12" in line


def test_another_value_of_the_same_day_is_refused(project, tmp_path):
    file = clean_table(tmp_path / "clean.csv", present()[:3])
    assert add(project, file).exit_code == 0
    before = bytes_below(project)
    file.write_text(file.read_text().replace("n01,tasks_recurring,20,", "n01,tasks_recurring,25,"))
    result = add(project, file, "--table", "again")
    assert result.exit_code == 3
    assert 'row 12, column C "value"' in result.stderr
    assert "same day of publication" in result.stderr
    assert bytes_below(project) == before


def test_a_table_is_never_written_over(project, tmp_path):
    assert add(project, clean_table(tmp_path / "clean.csv", present()[:3])).exit_code == 0
    before = bytes_below(project)
    result = add(project, clean_table(tmp_path / "clean.csv", present()[:4]))
    assert result.exit_code == 3
    assert "--table" in result.stderr
    assert bytes_below(project) == before


def test_the_original_is_kept_beside_the_table_with_its_hash(project, tmp_path):
    file = wide_workbook(tmp_path / "wide.xlsx")
    add(project, file)
    folder = project / "data" / "raw" / "mic-mst"
    assert (folder / "tasks-2026-q1.original.xlsx").read_bytes() == file.read_bytes()
    original = read_sources(project)["mic-mst/tasks-2026-q1"].original
    assert original.name == "wide.xlsx"
    assert original.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_changed_original_stops_the_ledger(project, tmp_path):
    add(project, wide_workbook(tmp_path / "wide.xlsx"))
    kept = project / "data" / "raw" / "mic-mst" / "tasks-2026-q1.original.xlsx"
    kept.write_bytes(kept.read_bytes() + b"x")
    result = call(project, "check")
    assert result.exit_code == 3
    assert "tasks-2026-q1.original.xlsx" in result.stderr


def test_a_large_original_leaves_only_its_hash(project, tmp_path):
    file = clean_table(tmp_path / "clean.csv", present())
    file.write_text(file.read_text() + (" " * 1000 + "\n") * 600)
    assert add(project, file).exit_code == 0
    assert not list((project / "data" / "raw" / "mic-mst").glob("*.original.*"))
    assert read_sources(project)["mic-mst/tasks-2026-q1"].original.kept is False


def test_the_sidecar_says_who_when_where_and_what_never_varies(project, tmp_path):
    add(project, wide_workbook(tmp_path / "wide.xlsx"))
    body = yaml.safe_load((project / "data" / "raw" / "mic-mst" / "tasks-2026-q1.source.yaml").read_text())
    known = read_sources(ROOT)["mic-mst/digital-economy-2025-02-06"].publisher
    assert (body["publisher"], body["published"], body["accessed"]) == (known, "2026-04-15", "2026-05-01")
    assert body["defaults"] == {"list": LIST, "status": "observed"}


def as_of_a_process_that_ended(raw, journal):
    """The journal as another process left it."""
    (raw / PENDING).write_text(journal.model_copy(update={"process": 999999999}).model_dump_json())


@pytest.mark.parametrize("moves", [0, 1, 2])
def test_a_command_killed_between_two_files_leaves_neither_in_sight(project, tmp_path, monkeypatch, moves):
    """As `kill -9` leaves it: no clean-up runs, only what was moved so far is there."""
    file, before = wide_workbook(tmp_path / "wide.xlsx"), load_ledger(project)
    done, replace = [], Path.replace

    def dies(self, target):
        if len(done) == moves:
            raise KeyboardInterrupt
        done.append(target)
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", dies)
        patch.setattr(writing, "roll_back", lambda raw: None)
        assert add(project, file).exit_code == 130
    assert (project / "data" / "raw" / PENDING).exists()
    pd.testing.assert_frame_equal(load_ledger(project), before)
    as_of_a_process_that_ended(project / "data" / "raw", read_journal(project / "data" / "raw"))
    assert add(project, file).exit_code == 0
    assert len(rows_of(project)) == 34 * 12
    assert not [path for path in (project / "data").rglob("*") if path.name.endswith(".part") or path.name == PENDING]


def test_a_failure_between_two_files_leaves_every_byte_as_it_was(project, tmp_path, monkeypatch):
    before, replace, done = bytes_below(project), Path.replace, []

    def fails(self, target):
        if done:
            raise OSError(28, "No space left on device", str(target))
        done.append(target)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    result = add(project, wide_workbook(tmp_path / "wide.xlsx"))
    assert result.exit_code == 3
    assert "No space left" in result.stderr
    assert bytes_below(project) == before


def test_two_commands_do_not_add_at_once(project, tmp_path):
    journal = project / "data" / "raw" / PENDING
    journal.write_text(Journal(process=1, files=()).model_dump_json())
    result = add(project, clean_table(tmp_path / "clean.csv", present()[:3]))
    assert result.exit_code == 3
    assert "process 1 is adding" in result.stderr
    assert journal.exists()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_filled_template_gives_the_rows_of_the_clean_table(project, tmp_path, language):
    path = tmp_path / "template.xlsx"
    assert call(project, "template", "--quarter", "2026Q1", "--output", path, "--language", language).exit_code == 0
    book = load_workbook(path)
    sheet = book.worksheets[0]
    texts = {cell.value: cell for row in sheet.iter_rows(max_col=1) for cell in row if cell.value}
    named = next(each for each in read_policy(ROOT).lists if each.id == LIST)
    answers = {"list": named.title_in(language), "publisher": "mic-mst", "title": "Report on the first quarter"}
    answers |= {"address": "https://example.org/q1", "published": "2026-04-15"}
    words = yaml.safe_load((ROOT / "params" / "intake.yaml").read_text())["template"]
    for name, text in answers.items():
        sheet.cell(texts[words["languages"][language]["labels"][name]].row, 3, text)
    first = texts["01"].row
    template = words["columns"][0]["indicators"]
    for at in range(34):
        for column, indicator in enumerate(template, 3):
            sheet.cell(first + at, column, counts(at).get(indicator))
    book.save(path)
    result = call(project, "add", path, "--table", "tasks-2026-q1", "--accessed", "2026-05-01", "--yes")
    assert result.exit_code == 0, result.output
    other = small_project(tmp_path / "other")
    add(other, clean_table(tmp_path / "clean.csv", present()))
    columns = ["area", "indicator", "period", "list", "published", "value", "unit", "status"]
    theirs = rows_of(other)[columns]
    theirs = theirs[theirs["indicator"].isin(template)]
    ours = rows_of(project)[columns]
    by = ["area", "indicator"]
    pd.testing.assert_frame_equal(
        ours.sort_values(by).reset_index(drop=True), theirs.sort_values(by).reset_index(drop=True)
    )


def test_the_template_has_a_row_a_province_limits_and_lists(project, tmp_path):
    path = tmp_path / "template.xlsx"
    call(project, "template", "--quarter", "2026Q1", "--output", path)
    sheet, definitions = load_workbook(path).worksheets
    rules = sheet.data_validations.dataValidation
    assert {rule.type for rule in rules} == {"list", "whole", "decimal"}
    names = {sheet.cell(row, 2).value for row in range(1, sheet.max_row + 1)}
    assert {read_areas(ROOT).name(key, "vi") for key in present()} <= names
    assert definitions.cell(2, 2).value == "tasks_total"
    assert call(project, "template", "--quarter", "2026Q1", "--output", path).exit_code == 2


def test_the_template_of_an_earlier_quarter_has_the_former_provinces(project, tmp_path):
    path = tmp_path / "template.xlsx"
    call(project, "template", "--quarter", "2025Q2", "--output", path, "--language", "en")
    sheet = load_workbook(path).worksheets[0]
    names = {sheet.cell(row, 2).value for row in range(1, sheet.max_row + 1)}
    assert {read_areas(ROOT).name(key) for key in former()} <= names


def test_an_unfilled_template_is_refused(project, tmp_path):
    path = tmp_path / "template.xlsx"
    call(project, "template", "--quarter", "2026Q1", "--output", path)
    result = call(project, "add", path, "--yes")
    assert result.exit_code == 3
    assert "figures below the headings" in result.stderr


def test_a_formula_in_a_note_is_written_as_text(project, tmp_path):
    note = '=HYPERLINK("http://evil.example","n01")'
    add(project, clean_table(tmp_path / "clean.csv", present()[:3], {"n01 tasks_total": note}))
    with (project / "data" / "raw" / "mic-mst" / "tasks-2026-q1.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.DictReader(file))["note"] == "'" + note


@pytest.mark.usefixtures("with_rules")
def test_a_contradiction_with_the_rules_of_the_ledger_is_shown(project, tmp_path):
    file = clean_table(tmp_path / "clean.csv", present()[:3])
    text = file.read_text().replace(f"n04,tasks_total,{counts(1)['tasks_total']:g},", "n04,tasks_total,1999,")
    file.write_text(text)
    result = call(project, "add", file, *SAID)
    assert result.exit_code == 0
    assert "sum-of-parts" in result.stdout
    assert "rate-agrees" in result.stdout


@pytest.mark.usefixtures("with_rules")
def test_a_part_above_its_whole_is_refused_at_its_cell(project, tmp_path):
    file = clean_table(tmp_path / "clean.csv", present()[:3])
    file.write_text(file.read_text().replace("n01,tasks_completed_late,11,", "n01,tasks_completed_late,99999,"))
    before = bytes_below(project)
    result = add(project, file)
    assert result.exit_code == 3
    assert (
        'clean.csv, row 3, column C "value"' in result.stderr or 'clean.csv, row 5, column C "value"' in result.stderr
    )
    assert bytes_below(project) == before


def test_figures_by_year_are_read_with_the_status_in_their_heading(project, tmp_path):
    file = tmp_path / "growth.csv"
    file.write_text(
        "Địa phương;Năm 2023;Sơ bộ 2024;Ước 2025\nHà Nội;6,52;6,27;8,16\nCao Bằng;3,44;3,15;7,2\n", encoding="utf-8"
    )
    words = ("--publisher", "mic-mst", "--title", "T", "--address", "https://a.example", "--published", "2026-01-06")
    measure = next(iter(yaml_measures("grdp_growth")))
    words += ("--indicator", "grdp_growth", "--measure", measure, "--accessed", "2026-05-01", "--yes")
    result = call(project, "add", file, *words)
    assert result.exit_code == 0, result.output
    rows = rows_of(project, "mic-mst/growth").set_index(["area", "period"])
    assert rows.loc[("o04", "2024"), "status"] == "preliminary"
    assert rows.loc[("n04", "2025"), "value"] == 7.2
    assert rows.loc[("o01", "2023"), "unit"].startswith("%")


def yaml_measures(indicator: str) -> dict[str, str]:
    body = yaml.safe_load((ROOT / "params" / "indicators.yaml").read_text(encoding="utf-8"))
    return next(each["measures"] for each in body["indicators"] if each["id"] == indicator)


def test_a_new_publisher_needs_its_name(project, tmp_path):
    file = clean_table(tmp_path / "clean.csv", present()[:3])
    result = add(project, file, "--publisher", "mic-mts")
    assert result.exit_code == 2
    assert 'did you mean "mic-mst"?' in result.stderr
    assert add(project, file, "--publisher", "mic-mts", "--publisher-name", "Another ministry").exit_code == 0


def test_help_teaches_with_examples():
    shown = CliRunner().invoke(app, ["add", "--help"]).output
    assert "policyreport add figures-2026Q1.xlsx --yes" in shown
    assert "--quarter 2026Q1" in CliRunner().invoke(app, ["template", "--help"]).output
