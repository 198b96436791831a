"""The lesson runs from top to bottom, asks, and shows estimates beside the truth that they come from."""

import ast
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from policyreport.errors import UsageError
from policyreport.running.lesson import Lesson, open_lesson

LESSON = Path("notebooks") / "teaching" / "lesson.ipynb"


@pytest.fixture(scope="module")
def cells(tiny) -> list[nbformat.NotebookNode]:
    return nbformat.read(tiny.root / LESSON, as_version=4).cells


@pytest.fixture(scope="module")
def names() -> dict[str, object]:
    """What the lesson's cells have named."""
    return {}


@pytest.fixture(scope="module")
def shown(tiny, cells, names) -> list[object]:
    """What each code cell shows, run in the lesson's folder as JupyterLab does."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir((tiny.root / LESSON).parent)
        for cell in cells:
            if cell.cell_type == "code":
                *first, last = ast.parse(cell.source).body
                exec(compile(ast.Module(first, []), LESSON.name, "exec"), names)
                shows = isinstance(last, ast.Expr)
                tree = ast.Expression(last.value) if shows else ast.Module([last], [])
                found.append(eval(compile(tree, LESSON.name, "eval" if shows else "exec"), names))
    return found


def tables(shown: list[object]) -> list[pd.DataFrame]:
    return [each for each in shown if isinstance(each, pd.DataFrame) and "holds" in each]


def test_every_estimate_stands_beside_the_truth_with_its_interval(shown: list[object]) -> None:
    found = tables(shown)
    assert [len(each) for each in found] == [12, 11, 1, 34, 34]
    for each in found:
        assert each["true (simulated)"].notna().all()
        assert (each["low"] <= each["estimate"]).all()
        assert (each["estimate"] <= each["high"]).all()
        inside = (each["low"] <= each["true (simulated)"]) & (each["true (simulated)"] <= each["high"])
        assert (each["holds"] == inside).all()


def test_the_lesson_shows_intervals_that_hold_and_one_that_does_not(shown: list[object]) -> None:
    completion, flow, outlook, pooled, places = tables(shown)
    assert pooled["holds"].mean() > 0.85
    assert places["holds"].all()
    assert not outlook["holds"].any()
    assert completion["holds"].sum() + flow["holds"].sum() > 20


def test_the_false_alarm_is_one(shown: list[object]) -> None:
    verdict, exact, line = shown[-1]
    assert verdict == "no clear trend"
    # METHODS §7: the observed series of Hà Nội.
    assert exact == pytest.approx(0.27222222, abs=1e-8)
    assert line == pytest.approx(0.018, abs=0.001)


def test_every_part_ends_in_a_numbered_question(cells) -> None:
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    numbers = [int(number) for number in re.findall(r"\((\d+)\) [A-Z]", text)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert text.count("**Question") == text.count("\n## ")
    assert "**Simulated.**" in cells[0].source


def test_an_observed_edition_has_no_truth_to_show(tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.root)
    with pytest.raises(UsageError, match="a simulated edition with its truth"):
        open_lesson("n01", "tiny")


def test_an_unknown_quantity_is_told_with_those_there_are(shown, names) -> None:
    lesson = names["lesson"]
    assert isinstance(lesson, Lesson)
    with pytest.raises(UsageError, match="completion_share"):
        lesson.compare([], "completed", "completed", interval="wilson")
