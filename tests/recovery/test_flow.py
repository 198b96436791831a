"""Recovery of a known pace; bands and sizes of METHODS §17, R = 200."""

from pathlib import Path

import numpy as np
import pytest

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks import hazard_trend
from policyreport.statistics.tasks.hazards import difference, rescale
from policyreport.statistics.validity.processes import one_list, sloping_rates

FLOW = read_method_settings(Path(__file__).parents[2]).flow.model_copy(update={"frailties": ()})
REPETITIONS = 200


thorough = pytest.mark.thorough


@pytest.mark.parametrize(
    ("lengths", "open_tasks", "design_effect"),
    [
        ((92, 92), 25, 1),
        ((92, 92), 1132, 4),
        ((30, 180), 330, 2),
        *(
            pytest.param(lengths, *sizes, marks=thorough)
            for lengths, sizes in [
                ((92, 92), (330, 1)), ((92, 92), (330, 2)),
                ((30, 180), (25, 1)), ((30, 180), (330, 1)), ((30, 180), (1132, 4)),
            ]
        ),
    ],
)  # fmt: skip
def test_the_change_of_the_hazard_is_covered_at_the_true_design_effect(lengths, open_tasks, design_effect, meets_band):
    rng = np.random.default_rng(20250101)
    rates = (0.003, 0.004)
    truth = rescale(-np.expm1(-rates[1] * 30), 30) - rescale(-np.expm1(-rates[0] * 30), 30)
    covered = 0
    for _ in range(REPETITIONS):
        first, second = one_list(rng, open_tasks, rates, lengths, design_effect=design_effect)
        _, low, high = difference(first, second, design_effect)
        covered += low <= truth <= high
    assert meets_band(covered / REPETITIONS)


def test_ignoring_a_design_effect_of_4_loses_coverage():
    """Why the verdict does not rest on independent tasks."""
    rng = np.random.default_rng(20250102)
    covered = 0
    for _ in range(REPETITIONS):
        first, second = one_list(rng, 330, (0.003, 0.003), (92, 92), design_effect=4)
        _, low, high = difference(first, second)
        covered += low <= 0 <= high
    assert covered / REPETITIONS < 0.85


@pytest.mark.parametrize(
    ("intervals", "slope", "design_effect"),
    [
        (5, 0.1, 2),
        (12, 0.0, 2),
        # A fall is judged by frailty too, which takes twenty times as long.
        *(pytest.param(*case, marks=thorough) for case in [(5, 0.0, 1), (8, 0.1, 1), (8, -0.1, 4)]),
    ],
)
def test_the_slope_of_the_log_hazard_is_covered(intervals, slope, design_effect, meets_band):
    rng = np.random.default_rng(20250103)
    covered = 0
    for _ in range(REPETITIONS):
        lengths = rng.integers(60, 121, intervals)
        rates = sloping_rates(lengths, slope)
        trend = hazard_trend.fit_trend(
            one_list(rng, 1300, rates, lengths, design_effect=design_effect, growth=0.05),
            FLOW,
            method="flow",
            subject="",
            betabinomial=False,  # takes most of the time and no part in the interval
        )
        covered += trend.interval.low <= slope <= trend.interval.high
    assert meets_band(covered / REPETITIONS, 0.93, 0.975)
