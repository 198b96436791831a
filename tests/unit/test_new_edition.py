"""The next edition from the last one: what it says, and what is refused before anything is written."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import PolicyReportError
from policyreport.params.edition import read_edition
from policyreport.running.new_edition import make_edition

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 30)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (tmp_path / "data").symlink_to(ROOT / "data")
    return tmp_path


def files(project: Path) -> set[str]:
    return {path.name for path in (project / "params" / "editions").iterdir()}


def test_it_is_the_last_one_but_for_its_quarter_day_and_titles(project: Path) -> None:
    made = make_edition(project, "2026Q1", DAY)
    new, last = read_edition(project, "2026Q1"), read_edition(project, "2025Q4")
    assert new == made.edition
    changed = {name for name in type(new).model_fields if getattr(new, name) != getattr(last, name)}
    assert changed == {"id", "quarter", "title", "titles", "as_known_on", "previous"}
    assert (new.quarter, new.as_known_on, new.previous) == ("2026Q1", DAY, "2025Q4")
    assert new.title == "Resolution 57: progress to the first quarter of 2026"
    assert new.titles == {"vi": "Nghị quyết 57: kết quả thực hiện đến hết quý I năm 2026"}


def test_editions_chain_without_end(project: Path) -> None:
    quarters = [f"{year}Q{number}" for year in (2026, 2027) for number in (1, 2, 3, 4)]
    for quarter in quarters:
        make_edition(project, quarter, date(2028, 1, 31))
    chain = [read_edition(project, "2027Q4")]
    while chain[-1].previous:
        chain.append(read_edition(project, chain[-1].previous))
    assert [edition.id for edition in chain] == [*reversed(quarters), "2025Q4", "2025Q3"]


def test_an_edition_between_others_follows_the_one_before_it(project: Path) -> None:
    make_edition(project, "2026Q3", DAY)
    assert make_edition(project, "2026Q1", DAY).edition.previous == "2025Q4"


@pytest.mark.parametrize("name", ["2026Q1", "2026q1", "2026-Q1", "2026 Q1"])
def test_a_quarter_may_be_written_as_people_write_it(project: Path, name: str) -> None:
    assert make_edition(project, name, DAY).file == "params/editions/2026Q1/edition.yaml"


def test_notebooks_of_ones_own_and_a_choice_of_areas_go_on(project: Path) -> None:
    path = project / "params" / "editions" / "2025Q4.yaml"
    text = path.read_text("utf-8").replace("areas: all", "areas: [n01, n40]")
    path.write_text(f"{text}notebooks:\n  province: [credit]\n", "utf-8")
    new = make_edition(project, "2026Q1", DAY).edition
    assert (new.areas, new.notebooks.province) == (("n01", "n40"), ("credit",))
    assert read_edition(project, "2026Q1") == new


def test_an_edition_of_simulated_figures_stays_one(project: Path) -> None:
    new = make_edition(project, "2028Q3", date(2028, 11, 1), earlier="teaching").edition
    assert (new.simulated, new.data, new.previous) == (True, "data/teaching", "teaching")


def test_a_title_of_ones_own_takes_the_place_of_the_proposed_one(project: Path) -> None:
    make_edition(project, "2026Q1", DAY, title='Fifteen months: "the way so far" #1')
    assert read_edition(project, "2026Q1").title == 'Fifteen months: "the way so far" #1'


def test_lists_whose_tasks_were_due_before_are_named(project: Path) -> None:
    assert "Central list, 25 December 2025" in make_edition(project, "2026Q1", DAY).lists_ended
    policy = project / "params" / "policy.yaml"
    text = policy.read_text("utf-8")
    reason = "  deadline_reason: The list holds the tasks of 2025; the year's last day is assumed.\n"
    policy.write_text(text.replace(reason, f"{reason}  counted_until: 2026-06-30\n"), "utf-8")
    assert "Central list, 25 December 2025" not in make_edition(project, "2026Q2", DAY).lists_ended


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["spring"], "a quarter, such as 2026Q1"),
        (["2026Q5"], "a quarter, such as 2026Q1"),
        (["2025Q4"], "an edition that does not exist yet"),
        (["2026Q1", "--as-known-on", "2025-12-31"], "2026-01-01 or later, the first day of 2026Q1"),
        (["2026Q1", "--as-known-on", "2026-02-01"], "2026-09-30 or later, the day of 2025Q4"),
        (["2025Q1", "--as-known-on", "2026-11-30"], "an edition on 2025Q1 or before it"),
        (["2026Q1", "--from", "2025Q5"], 'did you mean "2025Q'),
        (["2026Q1", "--as-known-on", "30 November"], "does not match"),
        (["2026Q1", "--as-known-on", "2026-11-30", "--title", ""], ""),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(project: Path, words: list[str], says: str) -> None:
    before = files(project)
    result = CliRunner().invoke(app, ["--project", str(project), "new-edition", *words])
    assert says in " ".join(result.stderr.split())
    assert bool(says) == (result.exit_code != 0)
    assert files(project) == (before if says else before | {"2026Q1"})


def test_a_file_that_cannot_be_made_valid_is_not_written(project: Path) -> None:
    path = project / "params" / "editions" / "2025Q4.yaml"
    path.write_text(path.read_text("utf-8").replace("quorum: 0.9", "quorum: 9"), "utf-8")
    before = files(project)
    with pytest.raises(PolicyReportError, match="quorum"):
        make_edition(project, "2026Q1", DAY)
    assert files(project) == before


def test_the_command_says_what_was_made_and_what_comes_next(project: Path) -> None:
    words = ["--project", str(project), "new-edition", "2026Q1", "--as-known-on", "2026-11-30"]
    shown = CliRunner().invoke(app, words).stdout
    assert shown.splitlines()[:2] == [
        "params/editions/2026Q1/edition.yaml: written, from 2025Q4",
        "  publications count up to 2026-11-30",
    ]
    assert "policyreport run 2026Q1" in shown
    text = (project / "params" / "editions" / "2026Q1" / "edition.yaml").read_text("utf-8")
    assert [line for line in text.splitlines() if line.startswith(("#", "{"))] == re.findall("^#.*", text, re.M)
    assert list(yaml.safe_load(text)) == [
        "id", "title", "titles", "quarter", "as_known_on", "areas", "previous", "languages", "quorum",
    ]  # fmt: skip


def test_a_missing_edition_is_answered_with_the_command_that_makes_it(project: Path) -> None:
    result = CliRunner().invoke(app, ["--project", str(project), "run", "2026Q2"])
    assert "To make it: `policyreport new-edition 2026Q2`." in result.stderr
