"""METHODS §3: closed forms and own quadrature."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import betabinom

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.tasks.predictive import find_quantile, pace_of_all, pace_of_latest, predict

START = date(2025, 1, 1)
LATEST = Increment(START, START + timedelta(days=90), 100, 0, 30)
TASKS = 70
SETTINGS = read_method_settings(Path(__file__).parents[2]).outlook


def predict_latest(design_effect, days):
    return predict(pace_of_latest(LATEST, TASKS, SETTINGS, design_effect=design_effect), TASKS, days)


def limits(chances):
    return find_quantile(chances, 0.025), find_quantile(chances, 0.975)


def mean(chances):
    return float(chances @ np.arange(len(chances)))


def test_over_an_equal_span_the_prediction_is_the_closed_beta_binomial():
    """betabinom(70, 30.5, 70.5): mean 21.13861, 12-31, P(X >= 35) 0.00543247."""
    chances = predict_latest(1.0, 90)
    assert chances == pytest.approx(betabinom.pmf(np.arange(71), 70, 30.5, 70.5), abs=2e-6)
    assert mean(chances) == pytest.approx(21.13861, abs=5e-5)
    assert limits(chances) == (12, 31)
    # 4,000 quantiles of the hazard leave 7e-6 of the tail out.
    assert chances[35:].sum() == pytest.approx(0.00543247, abs=1e-5)


def test_the_closed_form_itself_has_the_printed_tail():
    """scipy.stats.betabinom, METHODS §3."""
    assert betabinom.sf(34, 70, 30.5, 70.5) == pytest.approx(0.00543247, abs=5e-9)


def test_a_design_effect_of_4_widens_the_prediction():
    """5-42, P(X >= 35) 0.10534."""
    chances = predict_latest(4.0, 90)
    assert limits(chances) == (5, 42)
    assert chances[35:].sum() == pytest.approx(0.10534, abs=5.1e-6)


def test_over_twice_the_span():
    """H 180: φ 1 mean 35.7491, 24-48; φ 4 13-58."""
    chances = predict_latest(1.0, 180)
    assert mean(chances) == pytest.approx(35.7491, abs=5.1e-5)
    assert limits(chances) == (24, 48)
    assert limits(predict_latest(4.0, 180)) == (13, 58)


def test_over_a_year():
    """H 365, φ 1: P(X >= 63) 0.03462."""
    assert predict_latest(1.0, 365)[63:].sum() == pytest.approx(0.03462, abs=5.1e-6)


def test_the_grid_over_six_intervals():
    """E q30 0.0947352, E ρ 0.0516076; N 54, H 90: mean 13.88779, 3-29."""
    finished, at_risk = [12, 20, 18, 30, 25, 41], [120, 118, 110, 112, 100, 95]
    ends = np.cumsum([61, 92, 85, 99, 70, 92]).tolist()
    dates = [START + timedelta(days=day) for day in (0, *ends)]
    increments = [
        Increment(start, end, m, 0, d)
        for start, end, m, d in zip(dates[:-1], dates[1:], at_risk, finished, strict=True)
    ]
    pace = pace_of_all(increments, SETTINGS)
    assert pace.hazard30 == pytest.approx(0.0947352, abs=5.1e-8)
    assert float(pace.weights @ pace.intraclass) == pytest.approx(0.0516076, abs=5.1e-8)
    chances = predict(pace, 54, 90)
    assert mean(chances) == pytest.approx(13.88779, abs=5.1e-6)
    assert limits(chances) == (3, 29)
