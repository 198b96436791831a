"""A table that was added by mistake is taken back whole; and `add` names the editions that a figure changes."""

import hashlib
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.observations.ledger import load_ledger
from policyreport.records.periods import last_day

pytestmark = pytest.mark.usefixtures("without_rules")
ROOT = Path(__file__).parents[2]
TABLE = "mic-mst/tasks-2026-q1"
SHEET = "Địa phương;Tổng số;Hoàn thành;Danh mục;Kỳ\nHà Nội;12;5;central-2025-10;2026-Q1\n"
SAID = (
    *("--publisher", "mic-mst", "--title", "Report", "--address", "https://example.org/q1"),
    *("--table", "tasks-2026-q1", "--accessed", "2026-11-20"),
)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "params", folder / "params")
    shutil.copytree(ROOT / "data" / "boundaries", folder / "data" / "boundaries")
    shutil.copytree(ROOT / "data" / "raw" / "mic-mst", folder / "data" / "raw" / "mic-mst")
    return folder


def call(project: Path, *words: object):
    result = CliRunner().invoke(app, ["--project", str(project), *map(str, words)])
    assert "Traceback" not in result.output
    assert "Unexpected error" not in result.output
    return result


def add(project: Path, published: str = "2026-10-15", yes: bool = True):
    file = project.parent / "sheet.csv"
    file.write_text(SHEET, encoding="utf-8")
    return call(project, "add", file, *SAID, "--published", published, *(["--yes"] if yes else []))


def bytes_below(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_table_that_nothing_rests_on_goes_with_all_its_files(project):
    before = bytes_below(project / "data")
    assert add(project).exit_code == 0
    assert len(bytes_below(project / "data")) == len(before) + 3
    shown = call(project, "remove", TABLE)
    assert shown.exit_code == 0
    assert "2 figures disappear" in shown.stdout
    assert "Nothing was removed" in shown.stdout
    assert len(bytes_below(project / "data")) == len(before) + 3
    result = call(project, "remove", TABLE, "--yes")
    assert result.exit_code == 0, result.output
    assert bytes_below(project / "data") == before


@pytest.mark.parametrize("name", ["data/raw/mic-mst/tasks-2026-q1.csv", "mic-mst/tasks-2026-q1.csv"])
def test_a_table_may_be_given_by_its_file(project, name):
    add(project)
    assert call(project, "remove", name, "--yes").exit_code == 0


def test_a_folder_without_tables_goes_too(project):
    file = project.parent / "sheet.csv"
    file.write_text(SHEET, encoding="utf-8")
    words = ("--publisher-name", "Another office", "--published", "2026-10-15", "--yes")
    assert call(project, "add", file, *SAID, *words, "--publisher", "another").exit_code == 0
    assert call(project, "remove", "another/tasks-2026-q1", "--yes").exit_code == 0
    assert not (project / "data" / "raw" / "another").exists()


def test_an_unknown_table_is_told_with_the_nearest(project):
    result = call(project, "remove", "mic-mst/digital-economy-2025", "--yes")
    assert result.exit_code == 2
    assert '"mic-mst/digital-economy-2025-02-06"' in result.stderr


def test_a_table_that_an_edition_rests_on_is_refused_unless_told_so(project):
    assert add(project, "2026-04-15").exit_code == 0
    before = bytes_below(project)
    result = call(project, "remove", TABLE)
    assert result.exit_code == 3
    assert "2025Q4" in result.stderr
    assert "2025Q3" not in result.stderr
    assert "--yes" in result.stderr
    assert bytes_below(project) == before
    assert call(project, "remove", TABLE, "--yes").exit_code == 0


def test_a_table_that_a_correction_repairs_is_refused_with_the_correction(project):
    assert add(project).exit_code == 0
    folder = project / "data" / "corrections"
    folder.mkdir()
    (folder / "slips.yaml").write_text(
        f"corrections:\n- id: a-slip\n  row: {TABLE}.csv#2\n  column: value\n  expect: '12'\n  value: '13'\n"
        "  reason: a slip\n  date: 2026-12-01\n",
        encoding="utf-8",
    )
    before = bytes_below(project)
    result = call(project, "remove", TABLE, "--yes")
    assert result.exit_code == 3
    assert "a-slip" in result.stderr
    assert bytes_below(project) == before


def test_a_table_that_a_parameter_names_is_refused_with_the_parameter(project):
    policy = project / "params" / "policy.yaml"
    assert add(project).exit_code == 0
    text = policy.read_text(encoding="utf-8").replace("source: data/boundaries/areas.csv", f"source: {TABLE}", 1)
    policy.write_text(text, encoding="utf-8")
    result = call(project, "remove", TABLE, "--yes")
    assert result.exit_code == 3
    assert "dong-nai-municipality" in result.stderr


@pytest.mark.parametrize("steps", range(5))
def test_a_command_killed_at_any_step_removes_all_or_nothing(project, monkeypatch, steps):
    """As `kill -9` leaves it: after so many changes of the disk nothing more happens, and nothing is cleaned up."""
    empty = load_ledger(project)
    add(project)
    full = load_ledger(project)
    done: list[Path] = []
    unlink, link = Path.unlink, os.link

    def step(act, path, *args, **kwargs):
        if len(done) == steps:
            raise KeyboardInterrupt
        done.append(path)
        return act(path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda path, *args, **kwargs: step(unlink, path, *args, **kwargs))
        patch.setattr(os, "link", lambda path, *args, **kwargs: step(link, path, *args, **kwargs))
        assert call(project, "remove", TABLE, "--yes").exit_code in (0, 130)
    left = load_ledger(project)
    assert len(left) in (len(empty), len(full))
    pd.testing.assert_frame_equal(left, full if not done else empty)
    # The next command finishes what was begun, or does what was not.
    again = call(project, "remove", TABLE, "--yes")
    assert again.exit_code in (0, 2)
    pd.testing.assert_frame_equal(load_ledger(project), empty)
    assert add(project).exit_code == 0
    pd.testing.assert_frame_equal(load_ledger(project), full)
    assert not [path for path in (project / "data").rglob(".*") if path.is_file()]


def test_a5_add_names_the_editions_that_a_figure_changes(project):
    shown = add(project, "2026-04-15", yes=False)
    assert shown.exit_code == 0
    assert "changes edition 2025Q4, known on 2026-09-30: 2 figures published by then (not built yet)" in shown.stdout
    assert "2025Q3" not in shown.stdout
    assert shown.stdout.index("changes edition") < shown.stdout.index("Nothing was written")
    (project / "build" / "2025Q4").mkdir(parents=True)
    assert "built, so run it again" in add(project, "2026-04-15", yes=False).stdout


def test_a5_a_figure_later_than_every_edition_changes_none(project):
    assert "changes edition" not in add(project, "2026-10-15", yes=False).stdout


def test_a5_a_figure_known_to_the_year_counts_on_its_last_day(project):
    from policyreport.intake.writing import affected_editions

    days = [last_day("2025")[0], last_day("2026")[0]]
    assert {each.id: each.figures for each in affected_editions(project, days)} == {"2025Q4": 1}


def test_a5_an_edition_that_cannot_be_read_is_named_and_stops_nothing(project):
    (project / "params" / "editions" / "2026Q1.yaml").write_text("id: [\n", encoding="utf-8")
    shown = add(project, "2026-04-15", yes=False)
    assert shown.exit_code == 0
    assert "2026Q1: cannot be read" in shown.stdout
    assert "changes edition 2025Q4" in shown.stdout


@pytest.mark.parametrize("day", ["9999-12-31", "2126-01-01"])
def test_c10_a_file_is_not_read_on_a_day_to_come(project, day):
    file = project.parent / "sheet.csv"
    file.write_text(SHEET, encoding="utf-8")
    before = bytes_below(project)
    result = call(project, "add", file, *SAID, "--published", "2026-10-15", "--accessed", day, "--yes")
    assert result.exit_code == 2
    assert "--accessed" in result.stderr
    assert bytes_below(project) == before
