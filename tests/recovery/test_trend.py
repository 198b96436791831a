"""METHODS §17: the trend's test and intervals on simulated series, R = 200 (MCSE 1.5 points at 95%)."""

from functools import partial

import numpy as np
import pytest

from policyreport.statistics.series.kendall import order_test, theil_sen
from policyreport.statistics.series.slopes import gls_slope, glsar_slope, hac_slope
from policyreport.statistics.validity.processes import autoregressive

R = 200


@pytest.mark.parametrize("n", [5, 6, 8, 13, 20])
def test_on_white_noise_the_exact_test_rejects_at_most_one_time_in_twenty(n):
    rng = np.random.default_rng(n)
    rejected = np.mean([order_test(rng.normal(size=n), enumerate_ties_to=8).p_value <= 0.05 for _ in range(R)])
    assert rejected <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / R)


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("n", [6, 13])
def test_the_slopes_interval_covers_at_its_attained_level(n, slope):
    rng = np.random.default_rng(100 + n)
    years = np.arange(n)
    found = [theil_sen(years, slope * years + rng.normal(size=n)) for _ in range(R)]
    level = found[0].interval.level
    covered = np.mean([each.interval.low <= slope <= each.interval.high for each in found])
    assert covered == pytest.approx(level, abs=3 * np.sqrt(level * (1 - level) / R))
    assert np.mean([each.slope for each in found]) == pytest.approx(slope, abs=4 / np.sqrt(R * n**3 / 12))


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
def test_the_line_under_the_true_dependence_covers_at_its_level(rho):
    rng = np.random.default_rng(int(10 * rho))
    lines = [gls_slope(range(8), 0.5 * np.arange(8) + autoregressive(rng, (8,), rho), rho) for _ in range(R)]
    covered = np.mean([line.interval.low <= 0.5 <= line.interval.high for line in lines])
    assert covered == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / R))


HAC = partial(hac_slope, hac_lags=1)


@pytest.mark.parametrize(
    ("line", "n", "specified"), [(HAC, 12, 0.11), (HAC, 20, 0.085), (glsar_slope, 12, 0.10), (glsar_slope, 20, 0.09)]
)
def test_the_rows_that_never_give_a_verdict_reject_too_often_on_white_noise(line, n, specified):
    rng = np.random.default_rng(n)
    found = [line(range(n), rng.normal(size=n), hac_from_points=12).p_value <= 0.05 for _ in range(1000)]
    # METHODS §7 gives whole and half per cents.
    assert np.mean(found) == pytest.approx(specified, abs=0.005 + 3 * np.sqrt(specified * (1 - specified) / 1000))
    assert np.mean(found) > 0.05 + 2 * np.sqrt(0.05 * 0.95 / 1000)
