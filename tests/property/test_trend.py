"""Trend: properties that hold for every series."""

from datetime import date
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.data.points import AreaSeries
from policyreport.records.series import SeriesPoint
from policyreport.statistics.series import trend
from policyreport.statistics.series.kendall import order_test, score, theil_sen
from policyreport.statistics.series.slopes import gls_slope

# Whole tenths: shifts and sign changes then keep ties as ties.
series = st.lists(st.integers(-50, 50), min_size=5, max_size=9)
OPPOSITE = {"rising": "falling", "falling": "rising", "no clear trend": "no clear trend"}


@pytest.fixture(scope="module")
def assess(methods):
    conventions = methods.conventions.model_copy(update={"shock_years": ()})
    plain = methods.trend.model_copy(update={"gls_rhos": (0.3,), "conventions": conventions})

    def estimate(values):
        points = tuple(SeriesPoint(year=2016 + i, value=float(value)) for i, value in enumerate(values))
        growth = AreaSeries({"n01": points}, ("n01",), indicator="growth", series="minus nation", unit="%")
        return trend.estimate_trend(growth, "n01", plain, start=date(2024, 12, 22))

    return estimate


@given(series)
def test_intervals_contain_their_estimates(assess, values):
    result = assess(values)
    assert result.slope_interval.low <= result.slope <= result.slope_interval.high
    assert result.gls[0].interval.low <= result.gls[0].slope <= result.gls[0].interval.high
    assert result.smallest_p <= result.p_value <= 1


@given(series)
def test_changing_all_signs_turns_rising_into_falling(assess, values):
    here, there = assess(values), assess([-value for value in values])
    assert there.verdict == OPPOSITE[here.verdict]
    assert there.p_value == pytest.approx(here.p_value)
    assert there.slope == pytest.approx(-here.slope)
    assert there.slope_interval.low == pytest.approx(-here.slope_interval.high)


@given(series)
def test_running_time_backwards_turns_rising_into_falling(assess, values):
    assert assess(values[::-1]).verdict == OPPOSITE[assess(values).verdict]


@given(series, st.integers(-1000, 1000))
def test_moving_all_values_together_changes_nothing(assess, values, shift):
    here, there = assess(values), assess([value + shift for value in values])
    assert (there.verdict, there.kendall_s, there.p_value) == (here.verdict, here.kendall_s, here.p_value)
    assert there.slope == pytest.approx(here.slope, abs=1e-9)
    assert there.gls[0].slope == pytest.approx(here.gls[0].slope, abs=1e-9)


@given(st.lists(st.integers(0, 3), min_size=2, max_size=6))
def test_the_exact_p_is_the_share_of_all_orders_as_extreme(values):
    scores = [abs(score(order)) for order in permutations(values)]
    expected = np.mean([other >= abs(score(values)) for other in scores])
    assert order_test(values, enumerate_ties_to=8).p_value == pytest.approx(expected)


@given(series, st.integers(2, 5))
def test_the_slope_follows_the_unit_of_time(values, stretch):
    years = np.arange(len(values))
    assert theil_sen(stretch * years, values).slope == pytest.approx(theil_sen(years, values).slope / stretch)


@given(st.integers(5, 9), st.floats(-5, 5), st.floats(0, 0.9))
def test_a_line_is_found_again_under_every_assumed_dependence(n, slope, rho):
    line = gls_slope(range(n), slope * np.arange(n) + 3, rho)
    assert line.slope == pytest.approx(slope, abs=1e-9)
