"""Reference values of METHODS §7, §13 and §18."""

import math
from datetime import date

import numpy as np
import pytest

from policyreport.data.points import AreaSeries
from policyreport.records.series import SeriesPoint
from policyreport.statistics.series import trend
from policyreport.statistics.series.kendall import null_distribution, order_test, theil_sen
from policyreport.statistics.series.slopes import gls_slope, hac_slope

OLD_UNITS = (7.32, 7.75, 4.11, 2.94, 8.959, 6.206, 6.536, 8.157)
NEW_UNITS = (4.114, 2.94, 8.959, 6.206, 6.536, 8.157)


def test_growth_of_the_capital_from_2018_has_no_clear_order():
    """METHODS §7: S 4, p 0.71954365, R `cor.test(method="kendall", exact=TRUE)`."""
    test = order_test(OLD_UNITS, enumerate_ties_to=8)
    assert test.s == 4
    assert test.p_value == pytest.approx(0.71954365, abs=5e-9)


def test_the_slope_from_2018_and_its_exact_limits():
    """METHODS §7: 0.22478571 [−1.2115, 1.19866667]."""
    estimate = theil_sen(range(2018, 2026), OLD_UNITS)
    assert estimate.slope == pytest.approx(0.22478571, abs=5e-9)
    assert (estimate.interval.low, estimate.interval.high) == pytest.approx((-1.2115, 1.19866667), abs=5e-9)


def test_the_least_squares_line_from_2018():
    """METHODS §7, R `lm`: 0.144, SE 0.33706065, p 0.68412336."""
    line = gls_slope(range(2018, 2026), OLD_UNITS, 0.0)
    assert line.slope == pytest.approx(0.144, abs=5e-9)
    assert line.standard_error == pytest.approx(0.33706065, abs=5e-9)
    assert line.p_value == pytest.approx(0.68412336, abs=5e-9)


def test_newey_west_errors_from_2018():
    """METHODS §7: lag 1 SE 0.24633377, R `NeweyWest(lag=1, prewhite=FALSE, adjust=TRUE)`."""
    line = hac_slope(range(2018, 2026), OLD_UNITS, hac_lags=1, hac_from_points=8)
    assert line.standard_error == pytest.approx(0.24633377, abs=5e-9)


def test_the_line_under_assumed_serial_dependence():
    """METHODS §7: ρ 0.3, 0.13763935, SE 0.44452940, R `gls(corAR1(0.3, fixed=TRUE))`."""
    line = gls_slope(range(2018, 2026), OLD_UNITS, 0.3)
    assert line.slope == pytest.approx(0.13763935, abs=5e-9)
    assert line.standard_error == pytest.approx(0.44452940, abs=5e-9)


def test_growth_on_the_new_boundaries_and_the_false_alarm_of_robust_errors():
    """METHODS §7: p 0.27222222, slope 0.8086 [−1.2115, 2.4225]; OLS p 0.157; HAC(1) p 0.018."""
    years = range(2020, 2026)
    assert order_test(NEW_UNITS, enumerate_ties_to=8).p_value == pytest.approx(0.27222222, abs=5e-9)
    estimate = theil_sen(years, NEW_UNITS)
    assert estimate.slope == pytest.approx(0.8086, rel=1e-8)
    assert (estimate.interval.low, estimate.interval.high) == pytest.approx((-1.2115, 2.4225), rel=1e-8)
    assert estimate.interval.level == pytest.approx(0.983, abs=5e-4)
    assert gls_slope(years, NEW_UNITS, 0.0).p_value == pytest.approx(0.157, abs=5e-4)
    assert hac_slope(years, NEW_UNITS, hac_lags=1, hac_from_points=5).p_value == pytest.approx(0.018, abs=5e-4)


@pytest.mark.parametrize(("n", "rate"), [(5, 0.12), (6, 0.13), (8, 0.13), (12, 0.11), (20, 0.085)])
def test_robust_errors_reject_white_noise_as_often_as_printed(n, rate):
    """METHODS §7: why HAC(1) with t gives no verdict; 3 Monte-Carlo errors and the rounding of the page."""
    noise = np.random.default_rng(57).normal(size=(1500, n))
    rejected = [hac_slope(range(n), y, hac_lags=1, hac_from_points=5).p_value <= 0.05 for y in noise]
    error = math.sqrt(rate * (1 - rate) / len(noise))
    assert np.mean(rejected) == pytest.approx(rate, abs=3 * error + 0.005)


@pytest.mark.parametrize(
    ("n", "first", "last", "level"),
    [
        (5, 1, 10, 98.3),
        (6, 2, 14, 98.3),
        (7, 4, 18, 97.0),
        (8, 6, 23, 96.9),
        (9, 9, 28, 95.5),
        (10, 12, 34, 95.3),
        (11, 15, 41, 96.0),
        (12, 19, 48, 95.5),
        (13, 23, 56, 95.8),
    ],
)
def test_the_limits_are_the_printed_ordered_slopes(n, first, last, level):
    """METHODS §7, table of ordered slopes and attained levels (95.947 at n = 11 is rounded to 96.0 there)."""
    values = [2.0**i for i in range(n)]
    slopes = sorted((values[j] - values[i]) / (j - i) for i in range(n) for j in range(i + 1, n))
    interval = theil_sen(range(n), values).interval
    assert (interval.low, interval.high) == (slopes[first - 1], slopes[last - 1])
    assert 100 * interval.level == pytest.approx(level, abs=0.055)


@pytest.mark.parametrize(("n", "smallest"), [(4, 0.083), (5, 0.0167), (6, 0.00278)])
def test_the_smallest_exact_p_is_two_orders_of_all(n, smallest):
    """METHODS §7 and §13: 2/n!."""
    test = order_test(range(n), enumerate_ties_to=8)
    assert test.p_value == test.smallest_p == pytest.approx(2 / math.factorial(n), rel=1e-12)
    assert test.smallest_p == pytest.approx(smallest, rel=5e-3)


def test_the_null_distribution_of_four_values_is_kendalls_table():
    """Mahonian numbers 1, 3, 5, 6, 5, 3, 1 of 24 (OEIS A008302)."""
    support, probability = null_distribution(4)
    assert support.tolist() == [6, 4, 2, 0, -2, -4, -6]
    assert (24 * probability).tolist() == pytest.approx([1, 3, 5, 6, 5, 3, 1])


def test_ties_on_a_long_series_follow_the_corrected_normal_approximation():
    """By hand: 1, 1, 2, …, 9 has S 44, variance (10·9·25 − 2·1·9)/18 = 124, z = 43/√124, p = 0.000113."""
    test = order_test([1, 1, 2, 3, 4, 5, 6, 7, 8, 9], enumerate_ties_to=8)
    assert test.s == 44
    assert test.p_value == pytest.approx(math.erfc(43 / math.sqrt(124) / math.sqrt(2)), rel=1e-12)
    assert test.p_value == pytest.approx(0.000113, abs=5e-7)


def test_growth_of_the_capital_minus_the_nation(methods):
    """METHODS §18: S −7, p 0.272, slope −0.22; mean difference +0.49 (−0.22 to 1.19), `weak` and two more.

    National growth as published by the statistics office (revised series).
    """
    nation = (2.865, 2.554, 8.537, 4.979, 7.04, 8.019)
    points = tuple(
        SeriesPoint(year=2020 + i, value=own - other, status="observed" if i < 4 else "estimate")
        for i, (own, other) in enumerate(zip(NEW_UNITS, nation, strict=True))
    )
    growth = AreaSeries({"n01": points}, ("n01",), indicator="growth", series="minus nation", unit="pp")
    result = trend.estimate_trend(growth, "n01", methods.trend, start=date(2024, 12, 22))
    assert result.kendall_s == -7
    assert result.p_value == pytest.approx(0.272, abs=5e-4)
    assert result.slope == pytest.approx(-0.22, abs=5e-3)
    assert [flag.code for flag in result.flags] == ["weak", "unrevised-tail", "starts-in-shock"]
    assert result.verdict == "no clear trend"
