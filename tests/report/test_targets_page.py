"""The page of targets: every target of the resolution, its figures with their rows, and what is not published."""

from collections.abc import Callable

import pytest

from policyreport.data.inputs import Inputs
from policyreport.figures import plot
from policyreport.records.markdown import POLICY, as_read, read_marks, unmarked
from policyreport.records.notebooks import TargetsRecord
from policyreport.running.plan import EditionData


@pytest.fixture(scope="module")
def data(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(known_q4, "targets", "VN")


@pytest.fixture(scope="module")
def record(data: Inputs, made_record: Callable[..., TargetsRecord]) -> TargetsRecord:
    return made_record(data, "targets")


@pytest.fixture(scope="module")
def part(data: Inputs, record: TargetsRecord, say: Callable[..., str]) -> Callable[..., str]:
    """A part of the page by its macro, with marks."""
    return lambda macro, *more: say("scorecard", macro, record, *more, data=data)


def plain(text: str) -> str:
    return as_read(unmarked(text)).replace("\u00a0", " ")


def rows_of_table(text: str) -> list[list[str]]:
    lines = [line for line in plain(text).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_all_27_targets_stand_on_the_page(part, record: TargetsRecord) -> None:
    rows = rows_of_table(part("of_policy"))
    for target in record.targets:
        own = [row for row in rows if row[0].startswith(target.name)]
        assert own, target.id
        year = "every year" if target.horizon == "annual" else target.horizon
        assert any(row[3].endswith(year) for row in own), target.id
        assert all(row[5] for row in own), target.id


def test_every_figure_on_the_page_carries_its_rows_and_every_target_its_entry(part, record: TargetsRecord) -> None:
    marks = {mark.text.replace("\u00a0", " "): mark.rows for mark in read_marks(part("of_policy"))}
    assert marks["14.02%"] == ("nso/digital-economy-2026-01-05.csv#2",)
    assert marks["30%"] == (f"{POLICY}#R57-09",)
    numbers = {row for mark in read_marks(part("of_policy")) for row in mark.rows}
    entries = {f"{POLICY}#{target.id}" for target in record.targets if target.target is not None}
    assert {row for row in numbers if row.startswith(POLICY)} == entries


def test_the_main_points_begin_with_facts(part) -> None:
    said = plain(part("lead")).replace("\n", " ")
    assert "Resolution 57 sets 27 targets. Four can be judged today" in said
    assert "14.02% in 2025, by NSO's measure" in said
    assert "it would be 15.4% in 2030, where the target is 30%: *far too slow*" in said
    assert "The 20% set for 2025 was missed by 5.98 percentage points" in said


def test_a_target_without_its_own_figure_shows_the_nearest_and_says_what_it_is(part, record: TargetsRecord) -> None:
    rows = rows_of_table(part("unpublished"))
    unpublished = [each for each in record.targets if each.reason in ("not published", "only related figures")]
    assert len([row for row in rows if row[0]]) == len(unpublished)
    universities = next(row for row in rows if row[0].startswith("Research organisations"))
    assert universities[1:3] == ["25, November 2025", "Universities in the QS ranking of Asia"]


def test_what_contradicts_itself_is_not_printed(part) -> None:
    text = " ".join(plain(part(macro)) for macro in ("lead", "of_policy", "unpublished", "for_country"))
    for never in ("46th", "over 50%", "39th", "991"):
        assert never not in text


def test_other_official_numbers_name_who_set_them(part) -> None:
    rows = rows_of_table(part("for_country"))
    assert any(
        "13th National Party Congress" in row[0] and row[5] == "*missed*, by 5.98 percentage points" for row in rows
    )
    assert any("Decision 11" in row[0] and row[3] == "14.5%, 2026" for row in rows)


def test_a_province_keeps_its_own_targets(part) -> None:
    capital, port = plain(part("of_area", "n01")), plain(part("of_area", "n31"))
    assert "30% in 2025 (Resolution 12/NQ-CP" in capital
    assert "missed*, by 12.66 percentage points" in capital
    assert "Set for the province before the merger" in port


def test_the_scorecard_of_the_real_targets_keeps_its_columns_on_a_wide_screen(data: Inputs, record) -> None:
    (picture,) = plot.scorecard(record.targets, data)
    wide, narrow = picture.files.values()
    assert "way gone" in str(wide)
    assert "way gone" not in str(narrow)
