from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from policyreport.errors import DataError
from policyreport.params.methods import read_method_settings
from policyreport.records.base import Refusal
from policyreport.records.tasks import Completion
from policyreport.statistics.tasks import completion
from policyreport.statistics.tasks.counts import TaskCount

SETTINGS = read_method_settings(Path(__file__).parents[2]).completion
COUNT = TaskCount(
    area="n01",
    list="centre/all",
    published=date(2025, 10, 15),
    reference_date=date(2025, 10, 15),
    total=1132,
    completed=485,
    overdue=86,
    inputs=("tasks.csv#3",),
)


def assess(count, settings=SETTINGS):
    return completion.estimate_completion(count, settings, subject="central list")


def test_the_national_list_of_december_is_described_by_hand_arithmetic():
    result = assess(replace(COUNT, total=1298, completed=1227, late=100, overdue=None))
    assert isinstance(result, Completion)
    assert result.completed.share == pytest.approx(1227 / 1298)
    assert result.late.share == pytest.approx(100 / 1227)
    assert result.overdue is None


@pytest.mark.parametrize(
    ("completed", "total", "share", "low", "high"),
    [(103, 600, 17.2, 14.4, 20.4), (485, 1132, 42.8, 40.0, 45.7), (601, 1287, 46.7, 44.0, 49.4)],
)
def test_the_national_list_has_the_printed_shares_and_intervals(completed, total, share, low, high):
    done = assess(replace(COUNT, completed=completed, total=total, overdue=None)).completed
    printed = [round(100 * value, 1) for value in (done.share, done.wilson.low, done.wilson.high)]
    assert printed == [share, low, high]


def test_overdue_is_a_share_of_all_tasks_and_second_of_the_open_ones():
    result = assess(COUNT)
    assert result.overdue.share == pytest.approx(86 / 1132)
    assert result.overdue_of_open.share == pytest.approx(86 / (1132 - 485))
    assert (result.overdue.wilson.low, result.overdue.wilson.high) == pytest.approx((0.062, 0.093), abs=5e-4)


def test_the_ledger_rows_and_the_label_travel_with_the_result():
    result = assess(COUNT)
    assert result.inputs == ("tasks.csv#3",)
    assert result.list_label == "centre/all"


@pytest.mark.parametrize(("completed", "bound"), [(0, 1 - 0.05 ** (1 / 25)), (25, 0.05 ** (1 / 25))])
def test_none_and_all_of_n_carry_a_one_sided_bound(completed, bound):
    done = assess(replace(COUNT, total=25, completed=completed, overdue=None)).completed
    assert done.one_sided
    assert done.one_sided_bound == pytest.approx(bound)


def test_some_of_n_carries_no_one_sided_bound():
    assert assess(COUNT).completed.one_sided_bound is None


@pytest.mark.parametrize(
    ("count", "code"),
    [
        (replace(COUNT, completed=None, overdue=None), "not-published"),
        (replace(COUNT, bound=">"), "bound-only"),
        (replace(COUNT, status="projection"), "projection-only"),
        (replace(COUNT, total=8, completed=5, overdue=1), "list-too-short"),
    ],
)
def test_counts_that_cannot_be_used_are_refused(count, code):
    refusal = assess(count)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.method, refusal.subject) == (code, "completion", "central list")


def test_a_short_list_keeps_its_counts_in_sight():
    assert assess(replace(COUNT, total=8, completed=5, overdue=1)).detail == "5 of 8"


def test_ten_tasks_are_enough_for_an_interval():
    assert isinstance(assess(replace(COUNT, total=10, completed=5, overdue=1)), Completion)


def test_a_part_of_fewer_than_ten_is_refused_beside_the_whole():
    result = assess(replace(COUNT, total=60, completed=4, late=3, overdue=1))
    assert isinstance(result, Completion)
    assert (result.late.code, result.late.detail) == ("list-too-short", "3 of 4")


def test_nothing_open_leaves_no_share_of_the_open():
    assert assess(replace(COUNT, total=20, completed=20, overdue=0)).overdue_of_open is None


def test_parts_that_miss_the_total_by_more_than_one_percent_are_flagged():
    flagged = assess(replace(COUNT, parts=(485, 400, 86)))
    assert flagged.has_flag("sum-short")
    assert "= 971, not 1132" in flagged.flags[0].detail


@pytest.mark.parametrize(("tolerance", "flagged"), [(0.14, True), (161 / 1132, False)])
def test_parts_may_miss_the_total_by_the_tolerance_of_the_settings(tolerance, flagged):
    short = replace(COUNT, parts=(485, 400, 86))
    conventions = SETTINGS.conventions.model_copy(update={"sum_tolerance": tolerance})
    settings = SETTINGS.model_copy(update={"conventions": conventions})
    assert assess(short, settings).has_flag("sum-short") is flagged


def test_the_parts_of_october_add_up():
    assert not assess(replace(COUNT, parts=(485, 561, 86))).flags


@pytest.mark.parametrize("wrong", [{"completed": 1133}, {"late": 486}, {"overdue": 648}, {"completed": -1}])
def test_a_part_larger_than_its_whole_is_an_error(wrong):
    with pytest.raises(DataError, match="n01"):
        replace(COUNT, **wrong)


def test_the_pair_of_an_unpublished_count_is_an_error():
    with pytest.raises(DataError, match="not published"):
        replace(COUNT, completed=None, overdue=None).pair()


def test_a_refused_part_survives_json():
    result = assess(replace(COUNT, total=60, completed=4, late=3, overdue=1))
    assert Completion.from_json(result.to_json()) == result
