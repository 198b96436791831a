from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.tasks.predictive import find_quantile, pace_of_latest, predict

START = date(2025, 1, 1)
OUTLOOK = read_method_settings(Path(__file__).parents[2]).outlook.model_copy(update={"quantile_points": 200})


@st.composite
def increments(draw):
    at_risk = draw(st.integers(1, 500))
    finished = draw(st.integers(0, at_risk))
    return Increment(START, START + timedelta(days=draw(st.integers(14, 200))), at_risk, 0, finished)


@given(increments(), st.integers(0, 200), st.floats(1, 400), st.sampled_from([1.0, 2.0, 4.0]))
def test_a_prediction_is_a_distribution_whose_interval_holds_its_median(latest, tasks, days, design_effect):
    chances = predict(pace(latest, tasks, design_effect), tasks, days)
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()
    low, median, high = (find_quantile(chances, level) for level in (0.025, 0.5, 0.975))
    assert 0 <= low <= median <= high <= tasks


@given(increments(), st.integers(1, 200), st.floats(1, 200), st.floats(1, 200))
def test_more_days_never_lower_the_chance_of_any_number(latest, tasks, days, more):
    before = predict(pace(latest, tasks, 2.0), tasks, days)
    after = predict(pace(latest, tasks, 2.0), tasks, days + more)
    assert (np.cumsum(after) <= np.cumsum(before) + 1e-9).all()


def pace(latest, tasks, design_effect):
    return pace_of_latest(latest, tasks, OUTLOOK, design_effect=design_effect)
