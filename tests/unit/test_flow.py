import math
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from policyreport.errors import DataError
from policyreport.params.methods import read_method_settings
from policyreport.records.base import Refusal
from policyreport.records.tasks import Flow, FlowTrend, ListCount, QuarterOnQuarter
from policyreport.statistics.tasks import flow, hazard_trend, quarters
from policyreport.statistics.tasks.counts import TaskCount
from policyreport.statistics.tasks.hazards import Increment, rescale, rescale_uniform

SETTINGS = read_method_settings(Path(__file__).parents[2]).flow
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


def assess(*counts, **changed):
    return flow.estimate_flow(counts, SETTINGS.model_copy(update=changed), subject="a list")


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


def test_a_count_of_seven_days_is_joined_to_its_shorter_neighbour():
    """40 days, then 7, then 60: the first two are read as one; hazards compose."""
    counts = [counted(0, 100, 500), counted(40, 140, 500), counted(47, 148, 500), counted(107, 200, 500)]
    result = assess(*counts)
    assert [(step.days, step.finished, step.at_risk) for step in result.steps] == [(47, 48, 400), (60, 52, 352)]
    assert result.joined == (START + timedelta(days=40),)
    (first, *_) = result.steps
    assert 1 - first.hazard == pytest.approx((1 - 40 / 400) * (1 - 8 / 360))


def test_several_short_intervals_are_joined_until_none_is_short():
    counts = [counted(day, 100 + day, 500) for day in (0, 5, 10, 15, 100)]
    assert [step.days for step in assess(*counts).steps] == [15, 85]
    assert [step.days for step in assess(*counts[:4]).steps] == [15]


def test_a_count_that_is_not_exact_does_not_refuse_the_others():
    exact = [counted(0, 100, 500), counted(60, 140, 500), counted(120, 190, 500)]
    undated = replace(counted(30, 120, 500), reference_date=None)
    about = counted(90, 165, 500, bound="~")
    result = assess(*exact, undated, about)
    assert result.steps == assess(*exact).steps
    assert result.left_out == 2


def test_the_rows_behind_a_pace_are_those_of_the_counts_it_uses():
    other = counted(0, 10, 30, list="b", inputs=("b#1",))
    own = [counted(60, 20, 50, inputs=("a#1",)), counted(120, 30, 50, inputs=("a#2",))]
    assert assess(other, *own).inputs == ("a#1", "a#2")


def closed(*finished, total=1000):
    done = [0]
    for count in finished:
        done.append(done[-1] + count)
    return [counted(92 * place, x, total) for place, x in enumerate(done)]


def test_slower_must_hold_if_tasks_differ():
    """Half of 1,000, then 170 of 500: a third less, and what a steady effort gives at a variance of 1."""
    change = assess(*closed(500, 170)).change
    assert change.verdict_interval.high < 0
    (judged,) = [each for each in change.by_frailty if each.frailty == change.verdict_frailty == 1.0]
    assert judged.interval.high > 0
    assert change.verdict == "no clear change"
    assert 0.5 < change.frailty_vanishes < 2


def test_a_fall_beyond_what_differing_tasks_give_is_slower():
    change = assess(*closed(500, 80)).change
    assert change.verdict == "slower"
    assert change.frailty_vanishes is None or change.frailty_vanishes > 1


def test_faster_need_not_hold_if_tasks_differ_and_has_no_variance_at_which_it_vanishes():
    change = assess(*closed(200, 400)).change
    assert (change.verdict, change.frailty_vanishes) == ("faster", None)


def test_falling_must_hold_if_tasks_differ():
    """What a steady effort of 0.3 an interval finishes of 1,000 tasks whose rates vary with variance 1."""
    left = [1000 / (1 + 0.3 * place) for place in range(9)]
    finished = [round(before) - round(after) for before, after in pairwise(left)]
    trend = assess(*closed(*finished)).trend
    assert trend.interval.high < 0
    assert trend.verdict == "no clear trend"
    assert trend.frailty_vanishes == pytest.approx(1, abs=0.05)
    assert [each.slope for each in trend.by_frailty] == sorted(each.slope for each in trend.by_frailty)


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
    change = assess(*counts, design_effects=(1.0, 3.0)).change
    alone, grouped = change.by_design_effect
    assert (alone.design_effect, grouped.design_effect) == (1.0, 3.0)
    assert alone.interval == change.interval
    assert grouped.interval.low < alone.interval.low < alone.interval.high < grouped.interval.high


def test_the_largest_design_effect_is_where_the_interval_meets_zero():
    counts = [counted(0, 100, 1000), counted(60, 300, 1000), counted(120, 560, 1000)]
    largest = assess(*counts).change.largest_design_effect
    at_largest = assess(*counts, verdict_design_effect=largest - 1e-6).change
    beyond = assess(*counts, verdict_design_effect=largest + 1e-6).change
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
    return quarters.lay_out(counts, SETTINGS, area="VN", subject="tasks", basis_changes=more.get("basis", basis))


def test_the_national_table_by_hand():
    steps = table().steps
    assert [step.new_completed for step in steps] == [382, 116, 626]
    assert [step.additions for step in steps] == [532, 155, 11]
    assert [step.days for step in steps] == [139, 50, 21]


def test_the_national_hazards_are_those_of_the_dossier():
    conditional = [step.conditional for step in table().steps]
    assert [round(100 * step.hazard30, 1) for step in conditional] == [9.5, 8.9, 96.2]
    assert [round(step.daily_hazard, 4) for step in conditional] == [0.0033, 0.0031, 0.1088]


def test_the_december_step_is_bounded_by_the_recurring_tasks():
    """METHODS §20.5: +448 to +626 once the 178 are taken out or left in; 601 of 1,109 without them."""
    counts = (NATIONAL[2].model_copy(update={"recurring_listed": "included", "recurring_completed": "no"}), NATIONAL[3])
    result = table(counts)
    (step,) = result.steps
    assert (step.bounds.recurring, step.bounds.low, step.bounds.high) == (178, 448, 626)
    assert step.bounds.low_if_added_done == 437
    alone = result.counts[0].without_recurring
    assert (alone.completed, alone.total, round(alone.share, 3)) == (601, 1109, 0.542)
    assert result.counts[1].without_recurring is None


@pytest.mark.parametrize(
    ("listed", "completed", "bounds"),
    [
        # 300 of 500, 100 of which recur, to 380 of 560; at least 60 of the list are open on the later date.
        ("included", "no", (80, 80)),
        ("included", "yes", (180, 180)),
        ("included", "not stated", (80, 180)),
        ("not stated", "not stated", (80, 180)),
        ("excluded", "not stated", (80, 80)),
    ],
)
def test_recurring_tasks_are_tried_in_every_way_that_is_not_stated(listed, completed, bounds):
    before = NATIONAL[0].model_copy(
        update={"total": 500, "completed": 300, "share": 0.6, "recurring": 100,
                "recurring_listed": listed, "recurring_completed": completed}
    )  # fmt: skip
    after = NATIONAL[1].model_copy(update={"total": 560, "completed": 380, "share": 0.68, "parts": ()})
    after = after.model_copy(update={"recurring_listed": "excluded"})
    (step,) = table((before, after)).steps
    assert (step.bounds.low, step.bounds.high) == bounds


def test_a_list_that_lost_completed_tasks_has_no_bounds():
    fewer = NATIONAL[1].model_copy(update={"completed": 90, "parts": ()})
    (step,) = table((NATIONAL[0], fewer)).steps
    assert step.bounds is None


def test_a_step_that_is_only_short_does_not_hide_a_jump_behind_it():
    days = [
        ListCount(list=name, list_label=name, reference_date=START + timedelta(days=day), total=1000, completed=x,
                  share=x / 1000)
        for name, day, x in (("a", 0, 0), ("a", 60, 10), ("a", 67, 12), ("a", 90, 900))
    ]  # fmt: skip
    assert [step.has_flag("basis-suspect") for step in table(days).steps] == [False, False, True]


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
