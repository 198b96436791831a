"""What a user gets wrong ends in one message, a non-zero exit code, and earlier results untouched."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ExitCode

ROOT = Path(__file__).parents[2]
EDITION = "2025Q4"


@pytest.fixture
def project(tmp_path):
    """A copy of the project's inputs, with one earlier result."""
    for name in ("params", "data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    earlier = tmp_path / "build" / EDITION / "records" / "n01" / "clean.json"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("{}")
    return tmp_path


def refused(project: Path, *words: str) -> tuple[int, str]:
    """Exit code and message of a command that must change nothing."""
    before = {path: path.read_bytes() for path in (project / "build").rglob("*") if path.is_file()}
    result = CliRunner().invoke(app, ["--project", str(project), *words])
    after = {path: path.read_bytes() for path in (project / "build").rglob("*") if path.is_file()}
    assert after == before
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert [line[:11].strip() for line in result.stderr.splitlines()][1:] == ["expected:", "got:", "to do:"]
    assert result.stderr.startswith("Error: ")
    return result.exit_code, result.stderr


def some_table(project: Path) -> Path:
    """The first raw table, whichever it is."""
    return sorted((project / "data" / "raw").glob("*/*.csv"))[0]


def accept(table: Path) -> None:
    """Write the hash of a changed table into its sidecar, as a person who meant the change would."""
    sidecar = table.with_name(table.stem + ".source.yaml")
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    text, changed = re.subn(r"(?m)^sha256: .*$", f"sha256: {digest}", sidecar.read_text(encoding="utf-8"))
    assert changed == 1
    sidecar.write_text(text, encoding="utf-8")


def test_an_unknown_key_of_an_area(project):
    code, message = refused(project, "run", EDITION, "--areas", "n99")
    assert code == ExitCode.USAGE
    assert "--areas n99" in message
    assert '"n99"' in message
    assert "did you mean" in message


def test_a_name_of_an_area_that_is_not_quite_right(project):
    code, message = refused(project, "run", EDITION, "--areas", "Hanoi")
    assert code == ExitCode.USAGE
    assert '"n01" (Hà Nội)' in message


def test_an_area_of_other_boundaries(project):
    code, message = refused(project, "run", EDITION, "--areas", "o52")
    assert code == ExitCode.USAGE
    assert "o52" in message


def test_a_missing_edition(project):
    code, message = refused(project, "run", "2025Q5")
    assert code == ExitCode.USAGE
    assert '"2025Q5"' in message
    assert '"2025Q4"' in message


def test_a_misspelt_key_in_an_edition(project):
    path = project / "params" / "editions" / f"{EDITION}.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nquorm: 0.5\n", encoding="utf-8")
    code, message = refused(project, "run", EDITION)
    assert code == ExitCode.PARAMS
    assert 'did you mean "quorum"?' in message


def test_a_title_in_brackets_is_listed_as_it_is_written(project):
    path = project / "params" / "editions" / f"{EDITION}.yaml"
    text = re.sub(r"(?m)^title: .*$", 'title: "[bold]Fourth[/bold] quarter"', path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    assert "[bold]Fourth[/bold] quarter" in CliRunner().invoke(app, ["--project", str(project), "editions"]).output


def test_a_changed_raw_file(project):
    table = some_table(project)
    table.write_bytes(table.read_bytes() + b"\n")
    code, message = refused(project, "run", EDITION)
    assert code == ExitCode.DATA
    assert table.name in message
    assert "sha256" in message


def test_a_broken_row_of_a_table(project):
    table = some_table(project)
    lines = table.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("value")
    cells = lines[1].split(",")
    cells[column] = "12;5"
    table.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n", encoding="utf-8")
    accept(table)
    code, message = refused(project, "run", EDITION)
    assert code == ExitCode.DATA
    assert table.name in message
    assert re.search(r"row \d+", message)
    assert "12;5" in message


def test_a_report_that_was_never_run(project):
    shutil.rmtree(project / "build")
    code, message = refused(project, "render", EDITION)
    assert code == ExitCode.RENDER
    assert "policyreport run" in message


def test_a_correction_whose_figure_was_mended_in_the_source_stops_the_run_naming_it(project):
    table = project / "data" / "raw" / "camau-portal" / "central-2025-10-15.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("tasks_completed_on_time", "tasks_in_progress_on_schedule"),
        encoding="utf-8",
    )
    accept(table)
    for words in (("run", EDITION, "--areas", "n96"), ("check",)):
        code, message = refused(project, *words)
        assert code == ExitCode.DATA
        assert "central-2025-10-on-schedule" in message
        assert '"tasks_completed_on_time" in column "indicator"' in message


def test_an_error_among_the_findings_stops_the_run_naming_the_row(project):
    table = project / "data" / "raw" / "camau-portal" / "central-2025-10-15.csv"
    body = table.read_text(encoding="utf-8")
    line = next(line for line in body.splitlines() if "tasks_completed," in line)
    table.write_text(body.replace(line, line.replace("485", "4850")), encoding="utf-8")
    accept(table)
    code, message = refused(project, "run", EDITION, "--areas", "n96")
    assert code == ExitCode.DATA
    assert "data/raw/camau-portal/central-2025-10-15.csv, row " in message
    assert "No part is larger than its whole" in message
    assert "policyreport check part-above-whole" in message


def test_revisions_of_an_unknown_indicator(project):
    code, message = refused(project, "revisions", "digital_economy_shares")
    assert code == ExitCode.USAGE
    assert 'did you mean "digital_economy_share"' in message


def test_a_rule_that_is_none(project):
    code, message = refused(project, "check", "sum-of-part")
    assert code == ExitCode.USAGE
    assert 'did you mean "sum-of-parts"' in message
