"""Results show themselves: as a table in a notebook, as text, and as a frame to go on with."""

from datetime import date

import pytest
from IPython.lib.pretty import pretty

from policyreport import Results
from policyreport.records import base
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.notebooks import CoverageCell
from policyreport.records.tasks import Completion, Proportion


@pytest.fixture
def completion() -> Completion:
    interval = Interval(low=0.41348, high=0.60578)
    done = Proportion(count=51, total=100, share=0.51, wilson=interval, jeffreys=interval, wilson_design2=interval)
    return Completion(
        area="n40",
        list="assigned",
        list_label="Tasks <given>",
        reference_date=date(2025, 11, 15),
        published=date(2025, 11, 23),
        total=100,
        completed=done,
        flags=(Flag(code="weak", detail="1 date"),),
        inputs=("a/b.csv#2",),
    )


@pytest.fixture
def refused() -> Refusal:
    return Refusal(code="list-too-short", method="completion", subject="due by June", detail="3 of 8")


def test_a_frame_has_a_row_a_result_with_both_ends_of_intervals_and_the_rows_behind(completion: Completion) -> None:
    frame = Results([completion, completion]).to_frame()
    assert len(frame) == 2
    first = frame.iloc[0]
    assert (first["completed_count"], first["completed_wilson_low"], first["completed_wilson_high"]) == (
        51,
        0.41348,
        0.60578,
    )
    assert (first["flags"], first["rows"]) == ("weak", ("a/b.csv#2",))


def test_counts_stay_whole_numbers_where_a_refusal_has_none(completion: Completion, refused: Refusal) -> None:
    frame = Results([completion, refused]).to_frame()
    assert frame["total"].tolist()[0] == 100
    assert str(frame["total"].dtype) == "Int64"
    assert frame["code"].tolist()[1] == "list-too-short"


def test_a_summary_has_estimate_interval_and_level(completion: Completion) -> None:
    lines = completion.summary().splitlines()
    assert [line.split() for line in lines if line.startswith("completed share")] == [["completed", "share", "0.51"]]
    assert any(line.startswith("completed wilson ") and "[0.41348, 0.60578] at 95%" in line for line in lines)
    # What has no value has no line.
    assert not [line for line in lines if line.startswith("overdue")]


def test_a_refusal_is_a_sentence_with_its_code_and_its_facts(refused: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(base.SENTENCES, "list-too-short", "The list holds fewer tasks than an interval needs.")
    wanted = "completion, due by June: list-too-short: The list holds fewer tasks than an interval needs (3 of 8)."
    assert refused.summary() == wanted
    assert refused._repr_html_() == f"<p>{wanted}</p>"


def test_results_show_refusals_beneath_the_table(completion: Completion, refused: Refusal) -> None:
    html = Results([completion, refused])._repr_html_()
    assert html.index("<table>") < html.index("list-too-short")
    assert "Tasks &lt;given&gt;" in html
    assert "<given>" not in html


def test_a_slice_of_results_is_results(completion: Completion, refused: Refusal) -> None:
    results = Results([completion, refused, completion])
    assert isinstance(results[:2], Results)
    assert results[1] is refused
    assert results[:1].to_frame()["area"].tolist() == ["n40"]


def test_a_console_shows_the_summary(completion: Completion, refused: Refusal) -> None:
    for result in (completion, refused, Results([completion, refused])):
        assert pretty(result) == result.summary()


def test_a_result_that_counts_rows_keeps_its_count() -> None:
    cell = CoverageCell(area="n40", topic="tasks", rows=16)
    assert Results((cell,)).to_frame()["rows"].tolist() == [16]
