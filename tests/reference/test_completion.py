import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.proportion import proportion_confint

from policyreport.statistics.common.intervals import jeffreys, wilson
from policyreport.statistics.tasks.completion import proportion

WILSON = {
    (485, 1132): (0.39990787, 0.45746659),
    (1227, 1298): (0.93156454, 0.95640841),
    (25, 25): (0.86680775, 1.0),
    (0, 25): (0.0, 0.13319225),
}
JEFFREYS = {
    (485, 1132): (0.39983123, 0.45742461),
    (1227, 1298): (0.93192661, 0.95669201),
    (25, 25): (0.90531724, 1.0),
}


@pytest.mark.parametrize(("counts", "limits"), WILSON.items())
def test_wilson_agrees_with_r_prop_test(counts, limits):
    """R 4.2.2, prop.test(correct = FALSE), printed to 8 digits in METHODS §1."""
    assert wilson(*counts) == pytest.approx(limits, abs=5e-9)


@pytest.mark.parametrize(("counts", "limits"), JEFFREYS.items())
def test_jeffreys_agrees_with_r_qbeta(counts, limits):
    """R 4.2.2, qbeta(c(.025, .975), x + .5, n - x + .5) with the ends set, METHODS §1."""
    assert jeffreys(*counts) == pytest.approx(limits, abs=5e-9)


def test_wilson_at_design_effect_2_is_that_of_half_the_counts():
    """METHODS §1: φ = 2, 98/187 gives [0.4239, 0.6223]."""
    interval = proportion(98, 187, design_effect=2.0).wilson_design2
    assert (interval.low, interval.high) == pytest.approx((0.4239, 0.6223), abs=5e-5)


def test_wilson_at_none_of_n_is_the_closed_form():
    """METHODS §1: the interval at 0/n is [0, z²/(n + z²)]."""
    z2 = 1.959963984540054**2
    assert wilson(0, 25) == pytest.approx((0.0, z2 / (25 + z2)), rel=1e-8)


@pytest.mark.parametrize(("total", "least"), [(25, 0.923), (50, 0.931), (100, 0.928)])
def test_the_worst_coverage_of_wilson_by_enumeration_is_as_stated(total, least):
    """METHODS §1, validity: minimum over p in [0.05, 0.95], step 0.005, by enumeration."""
    assert enumerate_coverage(total).min() == pytest.approx(least, abs=0.001)


@pytest.mark.parametrize("total", [163, 330, 1298])
def test_coverage_of_wilson_on_lists_of_163_tasks_and_more_is_as_stated(total):
    """METHODS §1, validity: between 0.935 and 0.968 for n of 163 and more."""
    coverage = enumerate_coverage(total)
    assert 0.935 <= coverage.min() <= coverage.max() <= 0.968
    assert coverage.mean() == pytest.approx(0.95, abs=0.002)


def test_the_largest_coverage_at_100_tasks_is_recomputed():
    """METHODS §1 prints 0.965; by enumeration it is 0.972, at p = 0.07 (differences-from-the-specification.md)."""
    coverage = enumerate_coverage(100)
    assert coverage.max() == pytest.approx(0.9716, abs=5e-5)
    assert np.arange(0.05, 0.951, 0.005)[coverage.argmax()] == pytest.approx(0.07)


def test_near_none_and_all_the_coverage_falls_to_84_percent():
    """METHODS §1, validity."""
    edges = np.arange(0.0005, 0.05, 0.0005)
    for total in (25, 50):
        assert enumerate_coverage(total, edges).min() == pytest.approx(0.84, abs=0.005)
        assert enumerate_coverage(total, 1 - edges).min() == pytest.approx(0.84, abs=0.005)


def test_25_tasks_have_the_printed_mean_coverage():
    """METHODS §1, validity: n = 25 mean 0.953."""
    assert enumerate_coverage(25).mean() == pytest.approx(0.953, abs=5e-4)


def test_jeffreys_at_none_of_n_begins_at_nothing():
    """METHODS §1: statsmodels gives 1.9e-5 at 0 of 25; by the definition it is 0."""
    assert jeffreys(0, 25)[0] == 0.0
    assert proportion_confint(0, 25, method="jeffreys")[0] == pytest.approx(1.9e-5, abs=1e-6)


def enumerate_coverage(total, shares=None):
    counts = np.arange(total + 1)
    low, high = np.array([wilson(int(x), total) for x in counts]).T
    p = (np.arange(0.05, 0.951, 0.005) if shares is None else shares)[:, None]
    return (binom.pmf(counts, total, p) * ((low <= p) & (p <= high))).sum(axis=1)
