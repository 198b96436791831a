"""Obstacles, proposals and orders: texts of data/raw that are no figures."""

import hashlib
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.data.sources import read_sources
from policyreport.data.statements import count_themes, read_statements, to_statements
from policyreport.errors import DataError
from policyreport.params.report import read_roles

ROOT = Path(__file__).parents[2]
NEWEST = date(2026, 9, 30)
HEAD = "area,said,kind,theme,text,text_vi\n"
ROW = "n40,2025-11-23,obstacle,people,Too few people.,Thiếu người.\n"


@pytest.fixture(scope="module")
def statements() -> pd.DataFrame:
    return read_statements(ROOT, NEWEST)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for part in ("params", "data/boundaries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return tmp_path


def put(project: Path, text: str, published: str = "2025-11-23") -> None:
    path = project / "data" / "raw" / "paper" / "said.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.with_name("said.source.yaml").write_text(
        "publisher: A newspaper\ntitle: An article\naddress: https://example.org/article\n"
        f"published: {published}\naccessed: 2026-11-28\nlicence: none stated\nholds: statements\n"
        f"sha256: {hashlib.sha256(path.read_bytes()).hexdigest()}\n",
        encoding="utf-8",
    )


def test_every_statement_is_there_in_both_languages(statements: pd.DataFrame) -> None:
    assert len(statements) == 78
    assert (statements["text"].str.len() > 10).all()
    assert (statements["text_vi"].str.len() > 10).all()
    assert not statements["text"].duplicated().any()
    assert set(statements["area"]) == {"VN", "n01", "n14", "n40", "n96", "o38", "o52"}


def test_files_of_statements_give_the_ledger_no_figure(ledger: pd.DataFrame) -> None:
    files = {key for key, source in read_sources(ROOT).items() if source.holds == "statements"}
    assert len(files) == 11
    assert not files & set(ledger["source"])


def test_only_what_was_published_by_the_day_is_known() -> None:
    early = read_statements(ROOT, date(2025, 11, 15))
    assert set(early["area"]) == {"VN", "n01", "n96", "o38", "o52"}
    assert not early["said"].str.startswith("2026").any()
    assert list(read_statements(ROOT, date(2024, 1, 1)).columns) == list(early.columns)


def test_counts_by_theme_add_up_and_begin_with_the_theme_most_in_the_way(statements: pd.DataFrame) -> None:
    counts = count_themes(statements)
    assert sum(each.obstacles + each.proposals + each.orders for each in counts) == len(statements)
    assert [each.obstacles for each in counts] == sorted((each.obstacles for each in counts), reverse=True)
    assert {each.theme for each in counts} == set(read_roles(ROOT).implementation.themes)
    first = counts[0]
    rows = statements.loc[list(first.inputs)]
    assert set(rows["theme"]) == {first.theme}
    assert len(rows) == first.obstacles + first.proposals + first.orders


def test_nothing_said_counts_nothing() -> None:
    nothing = read_statements(ROOT, date(2024, 1, 1))
    assert count_themes(nothing) == ()
    assert to_statements(nothing) == ()


def test_a_statement_keeps_the_file_and_the_row_it_stands_in(project: Path) -> None:
    put(project, HEAD + ROW + ROW.replace("people", "money"))
    first, second = to_statements(read_statements(project, NEWEST))
    assert (first.theme, first.inputs) == ("people", ("paper/said.csv#2",))
    assert (second.theme, second.inputs) == ("money", ("paper/said.csv#3",))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (ROW.replace("n40", "n99"), "column area"),
        (ROW.replace("obstacle", "complaint"), "column kind"),
        (ROW.replace("people", "weather"), "column theme"),
        (ROW.replace("2025-11-23", "late November"), "column said"),
        (ROW.replace("Too few", "Too \u202efew"), "column text"),
    ],
)
def test_an_unsound_cell_is_named_with_its_row(project: Path, wrong: str, named: str) -> None:
    put(project, HEAD + ROW + wrong)
    with pytest.raises(DataError, match=f"row 3, {named}"):
        read_statements(project, NEWEST)


def test_other_columns_are_refused(project: Path) -> None:
    put(project, HEAD.replace("theme", "subject") + ROW)
    with pytest.raises(DataError, match="area, said, kind, theme"):
        read_statements(project, NEWEST)
