import math
from dataclasses import replace
from datetime import date, timedelta

import pytest

from policyreport.errors import DataError
from policyreport.methods import flow, hazard_trend
from policyreport.methods.counts import TaskCount
from policyreport.methods.hazards import Increment, rescale, rescale_uniform
from policyreport.records.base import Refusal
from policyreport.records.tasks import Flow, FlowTrend, ListCount, QuarterOnQuarter

RULES = {
    "minimum_days": 14,
    "suspect_ratio": 10.0,
    "design_effects": (1.0, 2.0, 4.0),
    "verdict_design_effect": 2.0,
    "largest_design_effect": 50.0,
    "trend_minimum_intervals": 5,
    "trend_minimum_finished": 10,
    "trend_minimum_open": 10,
    "trend_minimum_at_risk": 5,
    "weak_below": 12,
}
START = date(2025, 1, 1)


def counted(day, completed, total, **more):
    reference = START + timedelta(days=day)
    return TaskCount(
        area="n01",
        list=more.pop("list", "a"),
        published=reference + timedelta(days=3),
        reference_date=reference,
        total=total,
        completed=completed,
        **more,
    )


def assess(*counts):
    return flow.assess(counts, subject="a list", **RULES)


def six_intervals(finished, at_risk_total=2000):
    done = [0]
    for count in finished:
        done.append(done[-1] + count)
    return [counted(90 * place, x, at_risk_total) for place, x in enumerate(done)]


def test_one_step_by_hand():
    result = assess(counted(0, 100, 300), counted(30, 150, 350, removed=10))
    assert isinstance(result, Flow)
    (step,) = result.steps
    assert (step.open_at_start, step.additions, step.finished, step.at_risk) == (200, 60, 50, 260)
    assert step.hazard30 == pytest.approx(50 / 260)


def test_the_thirty_day_hazard_of_a_third_in_sixty_days():
    assert rescale(1 / 3, 60) == pytest.approx(1 - (2 / 3) ** 0.5)


def test_the_order_in_which_counts_arrive_does_not_matter():
    counts = [counted(0, 100, 300), counted(40, 150, 300), counted(90, 190, 300)]
    assert assess(*counts).steps == assess(*counts[::-1]).steps


def test_entry_on_the_first_day_is_the_lowest_hazard_and_on_the_last_the_highest():
    (step,) = assess(counted(0, 100, 300), counted(50, 150, 400)).steps
    assert step.hazard30 < step.hazard30_uniform < step.hazard30_last_day


def test_without_additions_the_three_entry_bounds_are_one():
    (step,) = assess(counted(0, 100, 300), counted(50, 150, 300)).steps
    assert step.hazard30_uniform == pytest.approx(step.hazard30)
    assert step.hazard30_last_day == pytest.approx(step.hazard30)


def test_uniform_entry_solves_its_equation():
    increment = Increment(START, START + timedelta(days=50), 647, 155, 116)
    rate = -50 / 30 * math.log1p(-rescale_uniform(increment.hazard, increment))
    finished = 1 - math.exp(-rate)
    assert 647 * finished + 155 * (1 - finished / rate) == pytest.approx(116)


def test_finishing_everything_has_no_finite_daily_rate():
    (step,) = assess(counted(0, 10, 30), counted(40, 35, 35)).steps
    assert step.daily_hazard is None
    assert (step.hazard30, step.hazard30_uniform, step.hazard30_last_day) == (1.0, 1.0, 1.0)


def test_finishing_more_than_was_open_puts_the_last_day_bound_at_one():
    (step,) = assess(counted(0, 20, 30), counted(40, 35, 60)).steps
    assert step.hazard30_last_day == 1.0


def test_nothing_finished_has_a_hazard_of_zero_with_an_upper_limit():
    (step,) = assess(counted(0, 10, 30), counted(40, 10, 30)).steps
    assert step.hazard30 == 0.0 == step.hazard30_uniform
    assert step.hazard30_interval.high > 0


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([], "not-published"),
        ([counted(0, None, 30), counted(40, 20, 30)], "not-published"),
        ([counted(0, 10, 30), counted(40, 20, 30, bound="~")], "bound-only"),
        ([counted(0, 10, 30), counted(40, 20, 30, status="projection")], "projection-only"),
        ([counted(0, 10, 30), replace(counted(40, 20, 30), reference_date=None)], "date-approximate"),
        ([counted(0, 10, 30)], "too-few-points"),
        ([counted(0, 30, 30), counted(40, 30, 30)], "too-few-points"),
        ([counted(0, 10, 30), counted(13, 20, 30)], "interval-too-short"),
        ([counted(0, 10, 30), counted(40, 20, 30, list="b")], "list-changed"),
        ([counted(0, 10, 30), counted(40, 20, 29)], "list-changed"),
        ([counted(0, 10, 30), counted(40, 9, 30)], "list-changed"),
    ],
)
def test_counts_that_are_no_flow_are_refused(counts, code):
    refusal = assess(*counts)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.method, refusal.subject) == (code, "flow", "a list")


def test_fourteen_days_are_enough():
    assert isinstance(assess(counted(0, 10, 30), counted(14, 20, 30)), Flow)


def test_a_refused_change_of_list_puts_the_counts_side_by_side():
    refusal = assess(counted(0, 485, 1132), counted(50, 601, 1287, list="b"))
    assert refusal.detail == "the list differs: 485 of 1132, then 601 of 1287"


def test_a_list_that_lost_two_tasks_is_refused_and_with_stated_removals_is_not():
    counts = [counted(0, 40, 81), counted(60, 50, 102), counted(120, 60, 100)]
    assert assess(*counts).code == "list-changed"
    assert isinstance(assess(*counts[:2], replace(counts[2], removed=2)), Flow)


def test_only_the_stretch_after_the_last_change_of_list_is_used():
    result = assess(counted(0, 10, 30, list="b"), counted(60, 20, 50), counted(120, 30, 50))
    assert [step.start for step in result.steps] == [START + timedelta(days=60)]


def test_a_tenfold_jump_of_the_hazard_is_a_changed_list_unless_certified():
    counts = [counted(0, 100, 1000), counted(50, 110, 1000), counted(100, 900, 1000)]
    refusal = assess(*counts)
    assert (refusal.code, [flag.code for flag in refusal.flags]) == ("list-changed", ["basis-suspect"])
    certified = assess(*counts[:2], replace(counts[2], certified=True))
    assert isinstance(certified, Flow)
    assert certified.has_flag("basis-suspect")


def test_steps_before_a_suspect_jump_are_left_out_of_the_flow_that_follows():
    counts = [counted(0, 0, 1000), counted(50, 5, 1000), counted(100, 400, 1000), counted(150, 700, 1000)]
    result = assess(*counts)
    assert result.has_flag("basis-suspect")
    assert [step.finished for step in result.steps] == [300]


def test_a_quiet_interval_of_a_short_list_does_not_accuse_it():
    result = assess(counted(0, 10, 22), counted(30, 10, 22), counted(60, 13, 22))
    assert isinstance(result, Flow)
    assert not result.flags


@pytest.mark.parametrize(
    ("later", "verdict", "clear_at_1"),
    [
        (155, "no clear change", False),
        (190, "no clear change", True),
        (300, "faster", True),
        (80, "slower", True),
    ],
)
def test_the_change_needs_to_hold_at_design_effect_2(later, verdict, clear_at_1):
    change = assess(counted(0, 100, 1000), counted(60, 300, 1000), counted(120, 300 + later, 1000)).change
    assert change.verdict == verdict
    assert (change.interval.low > 0 or change.interval.high < 0) == clear_at_1
    assert change.verdict_design_effect == 2.0


def test_a_change_is_given_at_every_design_effect_of_the_settings():
    counts = [counted(0, 100, 1000), counted(60, 300, 1000), counted(120, 560, 1000)]
    change = flow.assess(counts, subject="", **{**RULES, "design_effects": (1.0, 3.0)}).change
    alone, grouped = change.by_design_effect
    assert (alone.design_effect, grouped.design_effect) == (1.0, 3.0)
    assert alone.interval == change.interval
    assert grouped.interval.low < alone.interval.low < alone.interval.high < grouped.interval.high


def test_the_largest_design_effect_is_where_the_interval_meets_zero():
    counts = [counted(0, 100, 1000), counted(60, 300, 1000), counted(120, 560, 1000)]
    largest = assess(*counts).change.largest_design_effect
    at_largest = flow.assess(counts, subject="", **{**RULES, "verdict_design_effect": largest - 1e-6}).change
    beyond = flow.assess(counts, subject="", **{**RULES, "verdict_design_effect": largest + 1e-6}).change
    assert 1 < largest < 50
    assert (at_largest.verdict, beyond.verdict) == ("faster", "no clear change")


def test_an_unclear_change_has_no_largest_design_effect():
    change = assess(counted(0, 100, 1000), counted(60, 300, 1000), counted(120, 455, 1000)).change
    assert change.largest_design_effect is None


def test_the_search_for_the_design_effect_ends_at_its_limit():
    counts = [counted(0, 0, 100_000), counted(60, 10_000, 100_000), counted(120, 60_000, 100_000)]
    assert assess(*counts).change.largest_design_effect == 50.0


def test_one_interval_has_no_change_and_four_no_trend():
    one = assess(counted(0, 100, 1000), counted(60, 300, 1000))
    assert (one.change.code, one.trend.code) == ("too-few-points", "too-few-points")
    four = assess(*six_intervals([100, 110, 120, 130]))
    assert four.trend.code == "too-few-points"


def test_a_trend_on_five_intervals_is_flagged_weak_and_on_twelve_is_not():
    assert assess(*six_intervals([100, 110, 90, 120, 100])).trend.has_flag("weak")
    assert not assess(*six_intervals([50, 60] * 6)).trend.flags


def test_with_five_intervals_the_change_is_judged_at_the_estimated_design_effect():
    result = assess(*six_intervals([100, 300, 50, 200, 90]))
    assert isinstance(result.trend, FlowTrend)
    assert result.change.verdict_design_effect == result.trend.dispersion > 1


def test_an_estimated_design_effect_below_one_is_not_used_against_a_change():
    result = assess(*six_intervals([100, 96, 92, 88, 84]))
    assert result.trend.dispersion < 1
    assert result.change.verdict_design_effect == 1.0


def test_a_trend_needs_ten_finished_and_ten_open_tasks():
    few = assess(*six_intervals([2, 1, 2, 1, 2, 1]))
    assert few.trend.code == "too-few-points"
    assert "9 finished" in few.trend.detail


def test_intervals_with_fewer_than_five_tasks_at_risk_are_dropped_from_the_trend():
    counts = six_intervals([30, 20, 20, 10, 16, 1], at_risk_total=100)
    assert assess(*counts).trend.intervals == 5


def test_no_convergence_is_a_refusal(monkeypatch):
    monkeypatch.setattr(hazard_trend, "fit_glm", lambda *arguments: None)
    assert assess(*six_intervals([100, 110, 90, 120, 100])).trend.code == "no-convergence"


def test_a_diverging_fit_is_not_reported_as_a_number():
    assert hazard_trend.fit_glm([0, 10], [10, 10], [[1.0, 0.0], [1.0, 1.0]], [30, 30]) is None


NATIONAL = (
    ListCount(
        list="may",
        list_label="May",
        reference_date=date(2025, 5, 29),
        total=600,
        completed=103,
        share=103 / 600,
    ),
    ListCount(
        list="october",
        list_label="October",
        reference_date=date(2025, 10, 15),
        total=1132,
        completed=485,
        share=485 / 1132,
        overdue=86,
        parts=(485, 561, 86),
    ),
    ListCount(
        list="december",
        list_label="December",
        reference_date=date(2025, 12, 4),
        total=1287,
        completed=601,
        share=601 / 1287,
        recurring=178,
    ),
    ListCount(
        list="year end",
        list_label="Year end",
        reference_date=date(2025, 12, 25),
        total=1298,
        completed=1227,
        share=1227 / 1298,
    ),
)


def table(counts=NATIONAL, **more):
    basis = {date(2025, 12, 4): "includes 178 recurring tasks"}
    return flow.quarter_on_quarter(
        counts,
        area="VN",
        subject="tasks",
        minimum_days=14,
        suspect_ratio=10.0,
        sum_tolerance=0.01,
        basis_changes=more.get("basis", basis),
    )


def test_the_national_table_by_hand():
    steps = table().steps
    assert [step.new_completed for step in steps] == [382, 116, 626]
    assert [step.additions for step in steps] == [532, 155, 11]
    assert [step.days for step in steps] == [139, 50, 21]


def test_the_national_hazards_are_those_of_the_dossier():
    conditional = [step.conditional for step in table().steps]
    assert [round(100 * step.hazard30, 1) for step in conditional] == [9.5, 8.9, 96.2]
    assert [round(step.daily_hazard, 4) for step in conditional] == [0.0033, 0.0031, 0.1088]


def test_every_national_step_is_a_changed_list_and_only_the_last_is_suspect():
    steps = table().steps
    assert [step.refusal.code for step in steps] == ["list-changed"] * 3
    assert [step.same_list for step in steps] == [False] * 3
    assert [step.has_flag("basis-suspect") for step in steps] == [False, False, True]


def test_a_changed_basis_is_named_at_the_step_that_ends_with_it():
    assert [step.basis_change for step in table().steps] == ["", "includes 178 recurring tasks", ""]


def test_as_one_list_the_national_change_is_the_dossiers():
    counts = [
        TaskCount("VN", "one", count.reference_date, count.reference_date, count.total, count.completed)
        for count in NATIONAL[:3]
    ]
    change = assess(*counts).change
    printed = [round(100 * value, 1) for value in (change.difference, change.interval.low, change.interval.high)]
    assert printed == [-0.6, -2.3, 1.3]


def test_as_one_list_the_year_end_makes_the_basis_suspect():
    same = [count.model_copy(update={"list": "one"}) for count in NATIONAL]
    steps = table(same).steps
    assert [step.refusal and step.refusal.code for step in steps] == [None, None, "list-changed"]


def test_a_pair_four_days_apart_is_too_short():
    pair = [
        ListCount(
            list="g",
            list_label="G",
            reference_date=date(2025, 10, day),
            total=9831,
            completed=x,
            share=x / 9831,
        )
        for day, x in ((20, 7892), (24, 8150))
    ]
    (step,) = table(pair).steps
    assert (step.refusal.code, step.conditional, step.same_list) == ("interval-too-short", None, True)


def test_a_list_that_shrank_contradicts_the_condition():
    shrunk = (NATIONAL[0], NATIONAL[1].model_copy(update={"list": "may", "total": 590}))
    (step,) = table(shrunk).steps
    assert step.conditional is None
    assert "total fell" in step.refusal.detail


def test_short_sums_are_flagged_on_the_row_they_belong_to():
    short = NATIONAL[1].model_copy(update={"parts": (485, 400, 86)})
    rows = table((NATIONAL[0], short)).counts
    assert [row.has_flag("sum-short") for row in rows] == [False, True]


def test_a_table_without_counts_is_refused():
    assert table(()).code == "not-published"


def test_one_count_is_a_table_without_steps():
    assert table(NATIONAL[:1]).steps == ()


def test_more_completed_than_listed_is_an_error_that_names_the_row():
    wrong = NATIONAL[0].model_copy(update={"completed": 601})
    with pytest.raises(DataError, match=r"VN, list 'may', 2025-05-29: expected .* from 0 to 600; got 601"):
        table((wrong,))


def test_flow_and_table_survive_json():
    flowing = assess(*six_intervals([100, 300, 50, 200, 90]))
    assert Flow.from_json(flowing.to_json()) == flowing
    assert QuarterOnQuarter.from_json(table().to_json()) == table()
