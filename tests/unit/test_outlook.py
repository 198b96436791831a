from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import betabinom, binom

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Refusal
from policyreport.records.tasks import Calibration, Outlook
from policyreport.statistics.tasks import outlook
from policyreport.statistics.tasks.counts import TaskCount
from policyreport.statistics.tasks.frame import COLUMNS
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.tasks.predictive import find_quantile, pace_of_latest, predict, predict_with_additions

SETTINGS = read_method_settings(Path(__file__).parents[2]).outlook.model_copy(
    update={"quantile_points": 400, "grid_points": 40}
)
START = date(2025, 1, 1)


def counted(day, completed, total, area="n01", **more):
    reference = START + timedelta(days=day)
    more = {"list": "a", "list_kind": "central", **more}
    return TaskCount(area=area, published=reference, reference_date=reference, total=total, completed=completed, **more)


def assess(*counts, days=180, required_share=0.95, settings=SETTINGS):
    deadline = None if days is None else START + timedelta(days=days)
    return outlook.estimate_outlook(
        counts, settings, subject="a list", deadline=deadline, required_share=required_share
    )


TWO = (counted(0, 100, 200), counted(90, 130, 200))
SEVEN = tuple(counted(60 * place, 15 * place, 200) for place in range(7))


def test_the_situation_is_counted_from_the_newest_date():
    result = assess(*TWO)
    assert isinstance(result, Outlook)
    assert (result.open_tasks, result.days_left, result.days_observed) == (70, 90, 90)
    assert (result.completed, result.total, result.basis) == (130, 200, "latest interval")


def test_the_expected_share_adds_what_is_expected_to_be_finished():
    first = assess(*TWO).by_design_effect[0]
    assert first.mean_finished == pytest.approx(70 * 30.5 / 101, rel=1e-4)
    assert first.expected_share == pytest.approx((130 + first.mean_finished) / 200)


def test_the_interval_widens_with_the_design_effect():
    widths = [each.interval.high - each.interval.low for each in assess(*TWO).by_design_effect]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


@pytest.mark.parametrize("level", [0.5, 0.8])
def test_the_inner_interval_has_the_level_of_the_settings_and_lies_inside(level):
    result = assess(*TWO, required_share=1, settings=SETTINGS.model_copy(update={"inner_level": level}))
    for each in result.by_design_effect:
        assert each.inner_interval.level == pytest.approx(level)
        assert each.interval.low < each.inner_interval.low < each.inner_interval.high < each.interval.high


def test_the_hazard_needed_reaches_the_required_share_in_expectation():
    result = assess(*TWO)
    needed_of_open = (0.95 * 200 - 130) / 70
    assert 1 - (1 - result.hazard_needed30) ** 3 == pytest.approx(needed_of_open)
    assert result.hazard_observed30 == pytest.approx(1 - 0.7 ** (1 / 3))


def test_finishing_everything_in_expectation_needs_a_hazard_of_one():
    assert assess(*TWO, required_share=1.0).hazard_needed30 == 1.0


@pytest.mark.parametrize(("required_share", "verdict"), [(0.66, "likely"), (0.95, "unlikely"), (0.755, "cannot say")])
def test_a_verdict_needs_every_design_effect(required_share, verdict):
    result = assess(*TWO, required_share=required_share)
    assert result.verdict == verdict


def test_a_share_already_reached_is_certain_and_needs_no_hazard():
    result = assess(*TWO, required_share=0.65)
    assert [each.probability_required for each in result.by_design_effect] == [1.0] * 3
    assert (result.verdict, result.hazard_needed30) == ("likely", 0.0)


def test_a_finished_list_has_nothing_left_to_predict():
    result = assess(counted(0, 190, 200), counted(60, 200, 200), required_share=1.0)
    assert [each.mean_finished for each in result.by_design_effect] == [0.0] * 3
    assert result.verdict == "likely"


def test_rounding_does_not_ask_for_one_task_more():
    exact = assess(counted(0, 40, 100), counted(90, 60, 100), required_share=0.65)
    chances = [each.probability_required for each in exact.by_design_effect]
    below = assess(counted(0, 40, 100), counted(90, 60, 100), required_share=0.6499)
    assert chances == [each.probability_required for each in below.by_design_effect]


def test_from_five_intervals_on_the_clustering_is_estimated():
    result = assess(*SEVEN, days=400)
    assert result.basis == "all intervals"
    (only,) = result.by_design_effect
    assert only.design_effect > 1
    assert result.days_observed == 360
    steps = [15 / (200 - 15 * place) for place in range(6)]
    observed = np.mean([1 - (1 - q) ** 0.5 for q in steps])
    assert result.hazard_observed30 == pytest.approx(observed, rel=0.15)


def test_new_tasks_at_the_mean_inflow_lower_the_expected_share():
    result = assess(counted(0, 100, 180), counted(90, 130, 200))
    assert result.additions == 20
    for closed, growing in zip(result.by_design_effect, result.with_additions, strict=True):
        assert growing.expected_share < closed.expected_share
        assert growing.mean_finished > closed.mean_finished


def test_without_inflow_there_is_no_scenario_of_additions():
    assert assess(*TWO).with_additions == ()


def test_new_tasks_are_exposed_half_the_days():
    latest = Increment(START, START + timedelta(days=90), 100, 0, 30)
    pace, later = (pace_of_latest(latest, tasks, SETTINGS, design_effect=1.0) for tasks in (50, 10))
    both = predict_with_additions(pace, 50, 90, later, 10)
    halves = [predict(pace, 50, 90), predict(later, 10, 45)]
    means = [chances @ np.arange(len(chances)) for chances in (both, *halves)]
    assert means[0] == pytest.approx(means[1] + means[2])
    assert both.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("design_effect", [1.0, 4.0])
def test_mixtures_are_made_of_scipys_distributions(design_effect):
    latest = Increment(START, START + timedelta(days=90), 100, 0, 30)
    three = SETTINGS.model_copy(update={"quantile_points": 3})
    pace = pace_of_latest(latest, 31, three, design_effect=design_effect)
    x, shares = np.arange(32), pace.share_finished(45)
    if design_effect == 1:
        expected = np.mean([binom.pmf(x, 31, p) for p in shares], axis=0)
    else:
        size = (1 - 0.1) / 0.1
        expected = np.mean([betabinom.pmf(x, 31, p * size, (1 - p) * size) for p in shares], axis=0)
    assert predict(pace, 31, 45) == pytest.approx(expected, rel=1e-8)


def test_a_quantile_is_the_smallest_number_that_reaches_the_level():
    assert [find_quantile(np.array([0.25, 0.5, 0.25]), level) for level in (0.25, 0.3, 0.75, 1.0)] == [
        0,
        1,
        1,
        2,
    ]


@pytest.mark.parametrize(
    ("counts", "days", "code"),
    [
        (TWO, None, "no-deadline"),
        (TWO, 90, "no-deadline"),
        (TWO[:1], 180, "too-few-points"),
        ((), 180, "not-published"),
        ((TWO[0], counted(90, 130, 200, list="b")), 180, "list-changed"),
        ((TWO[0], counted(10, 130, 200)), 180, "interval-too-short"),
        ((TWO[0], counted(90, 130, 200, bound="~")), 180, "bound-only"),
    ],
)
def test_what_flow_refuses_and_a_missing_deadline_have_no_outlook(counts, days, code):
    refusal = assess(*counts, days=days)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.method, refusal.subject) == (code, "outlook", "a list")


def calibrate(series):
    lists = pd.DataFrame([asdict(count) for counts in series for count in counts]).rename(columns=COLUMNS)
    return outlook.calibrate_outlook(lists, SETTINGS)


def steady(area, intervals=7, **more):
    return [counted(60 * place, 15 * place, 200, area, **more) for place in range(intervals + 1)]


def test_steady_lists_fall_inside_their_earlier_outlooks():
    result = calibrate([steady("n01"), steady("n04"), steady("n08")])
    assert isinstance(result, Calibration)
    assert (result.forecasts, result.inside, result.share_inside) == (9, 9, 1.0)
    assert result.interval.low < 1.0 == result.interval.high
    assert len(result.pit) == 9


def test_the_randomised_pit_is_the_same_in_every_run_and_order():
    series = [steady("n01"), steady("n04"), steady("n08")]
    assert calibrate(series).pit == calibrate(series[::-1]).pit


def test_fewer_than_eight_forecasts_are_refused():
    refusal = calibrate([steady("n01"), steady("n04"), [counted(0, 1, 20, "n08")], []])
    assert (refusal.code, refusal.detail) == ("too-few-points", "6 forecasts, 8 needed")


def test_lists_of_two_kinds_are_not_calibrated_together():
    assert calibrate([steady("n01"), steady("n04", list_kind="own")]).code == "lists-differ"


def test_an_outlook_survives_json():
    result = assess(counted(0, 100, 180), counted(90, 130, 200))
    assert Outlook.from_json(result.to_json()) == result


def test_what_is_left_of_a_long_list_is_not_judged_by_the_clustering_of_the_whole():
    """METHODS §17: intervals that carry the one over to the other hold too little, so design effects are assumed."""
    done = [0, 60, 105, 140, 160, 170]
    result = assess(*(counted(60 * place, x, 200) for place, x in enumerate(done)), days=400)
    at_risk = [200 - x for x in done[:-1]]
    assert 200 - done[-1] < 0.4 * sum(at_risk) / 5
    assert result.basis == "latest interval"
    assert [each.design_effect for each in result.by_design_effect] == [1.0, 2.0, 4.0]
    assert result.days_observed == 60
