"""Coverage of predictive intervals; bands and sizes of METHODS §17, R = 200."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.tasks.predictive import find_quantile, pace_of_all, pace_of_latest, predict
from policyreport.statistics.validity.processes import START, draw_finished

SETTINGS = read_method_settings(Path(__file__).parents[2]).outlook.model_copy(
    update={"quantile_points": 200, "grid_points": 40}
)
REPETITIONS = 200
DAYS = 90


def simulate(rng, intervals, tasks, design_effect, ratio):
    """Past intervals, and the tasks open and finished in the future `ratio` intervals long."""
    q = rng.uniform(0.1, 0.5)
    increments, start = [], START
    for _ in range(intervals):
        finished = draw_finished(rng, tasks, q, design_effect)
        end = start + timedelta(days=DAYS)
        increments.append(Increment(start, end, tasks, 0, finished))
        tasks, start = tasks - finished + 20 * (intervals > 1), end
    return increments, tasks, draw_finished(rng, tasks, 1 - (1 - q) ** ratio, design_effect)


def is_inside(chances, outcome):
    return find_quantile(chances, 0.025) <= outcome <= find_quantile(chances, 0.975)


def predict_latest(increments, tasks, design_effect, ratio):
    pace = pace_of_latest(increments[-1], tasks, SETTINGS, design_effect=design_effect)
    return predict(pace, tasks, ratio * DAYS)


@pytest.mark.parametrize("ratio", [0.5, 1, 2])
@pytest.mark.parametrize(("tasks", "design_effect"), [(25, 1), (100, 1), (100, 4)])
def test_the_latest_interval_predicts_at_the_true_design_effect(ratio, tasks, design_effect, meets_band):
    rng = np.random.default_rng(20250501)
    inside = 0
    for _ in range(REPETITIONS):
        increments, left_open, outcome = simulate(rng, 1, tasks, design_effect, ratio)
        inside += is_inside(predict_latest(increments, left_open, design_effect, ratio), outcome)
    assert meets_band(inside / REPETITIONS)


def test_assuming_independent_tasks_fails_where_they_cluster():
    """Why the interval is printed at design effect 4."""
    rng = np.random.default_rng(20250502)
    inside = 0
    for _ in range(REPETITIONS):
        increments, left_open, outcome = simulate(rng, 1, 100, 4, 1)
        inside += is_inside(predict_latest(increments, left_open, 1.0, 1), outcome)
    assert inside / REPETITIONS < 0.85


@pytest.mark.parametrize(("intervals", "design_effect"), [(5, 1), (5, 4), (8, 2)])
def test_the_grid_over_five_and_more_intervals_predicts(intervals, design_effect, meets_band):
    rng = np.random.default_rng(20250503)
    inside = 0
    for _ in range(REPETITIONS):
        increments, left_open, outcome = simulate(rng, intervals, 100, design_effect, 1)
        pace = pace_of_all(increments, SETTINGS)
        inside += is_inside(predict(pace, left_open, DAYS), outcome)
    assert meets_band(inside / REPETITIONS)
