"""What carries over from one year to the next: against covariances summed up, and the likelihood of contrasts."""

import numpy as np
import pytest

from policyreport.statistics.series.carryover import effective_degrees, estimate_carry_over, variance_inflation
from policyreport.statistics.series.lines import estimate_lines
from policyreport.statistics.series.slopes import gls_slope
from policyreport.statistics.validity.processes import autoregressive


@pytest.fixture(scope="module")
def rhos(methods):
    return np.linspace(0, methods.peers.largest_carry_over, methods.peers.carry_over_points)


def correlations(rho, n):
    return np.array([[rho ** abs(s - t) for t in range(n)] for s in range(n)])


@pytest.mark.parametrize("n", [5, 6, 13])
@pytest.mark.parametrize("rho", [0.0, 0.2, 0.4, 0.9])
def test_the_inflation_is_what_the_covariances_add_up_to(rho, n):
    sigma = correlations(rho, n)
    of_mean = sigma.sum() / n**2
    of_s2 = (np.trace(sigma) - sigma.sum() / n) / (n - 1)
    assert variance_inflation(rho, n) == pytest.approx(of_mean / (of_s2 / n), rel=1e-8)


def test_the_inflation_of_six_years_by_hand():
    """METHODS §20.1 at ρ 0.4: f = 1.4/0.6 − 0.8(1 − 0.4⁶)/(6·0.36) = 1.964480, and 5f/(6 − f)."""
    assert variance_inflation(0.4, 6) == pytest.approx(5 * 1.9644800 / (6 - 1.9644800), rel=1e-6)


@pytest.mark.parametrize("degree", [0, 1])
def test_degrees_of_freedom_have_the_moments_of_simulated_variances(degree):
    n, rho = 6, 0.4
    years = np.arange(n) - (n - 1) / 2
    series = autoregressive(np.random.default_rng(5), (200_000, n), rho)
    residuals = series - series.mean(axis=1, keepdims=True)
    if degree:
        residuals = residuals - (residuals @ years / (years @ years))[:, None] * years
    squares = (residuals**2).sum(axis=1)
    expected = 2 * squares.mean() ** 2 / squares.var()
    assert effective_degrees(rho, n, degree=degree) == pytest.approx(expected, rel=0.02)
    assert effective_degrees(0.0, n, degree=degree) == pytest.approx(n - 1 - degree)


@pytest.mark.parametrize("degree", [0, 1])
def test_weights_are_those_of_the_contrasts_likelihood(degree, rhos, methods):
    """Contrasts free of level (or line) are normal with a variance of their own; it is integrated out by 1/σ²."""
    rng = np.random.default_rng(6)
    n, rows = 7, rng.normal(size=(4, 7)).cumsum(axis=1)
    design = np.vander(np.arange(n), degree + 1)
    contrasts = np.linalg.svd(design)[0][:, degree + 1 :].T
    loglik = []
    for rho in rhos:
        sigma = contrasts @ correlations(rho, n) @ contrasts.T
        squares = [(contrasts @ row) @ np.linalg.solve(sigma, contrasts @ row) for row in rows]
        free = n - 1 - degree
        loglik.append(-len(rows) / 2 * np.linalg.slogdet(sigma)[1] - free / 2 * np.log(squares).sum())
    found = estimate_carry_over(rows, methods.peers, degree=degree)
    weights = np.exp((np.array(loglik) - max(loglik)) * found.series / len(rows))
    assert found.weights == pytest.approx(weights / weights.sum(), abs=1e-9)


@pytest.mark.parametrize("rho", [0.2, 0.4, 0.6])
def test_the_carry_over_of_many_short_series_is_found_without_bias(rho, methods):
    """Six years each, levels and spreads of their own: a plain correlation would be off by (1 + 3ρ)/6."""
    rng = np.random.default_rng(8)
    scale = np.exp(rng.normal(size=(3000, 1)))
    rows = 10 * rng.normal(size=(3000, 1)) + scale * autoregressive(rng, (3000, 6), rho)
    found = estimate_carry_over(rows, methods.peers)
    assert found.mean == pytest.approx(rho, abs=0.04)
    assert found.series > 2000


def test_areas_that_move_together_count_as_few_series(methods):
    rng = np.random.default_rng(9)
    apart = autoregressive(rng, (34, 6), 0.0)
    together = 3 * autoregressive(rng, (1, 6), 0.0) + apart
    assert estimate_carry_over(together, methods.peers).series < 4
    assert estimate_carry_over(apart, methods.peers).series > 15


def test_series_that_do_not_vary_tell_nothing_and_gaps_are_closed(methods):
    level = np.ones((3, 6))
    assert estimate_carry_over(level, methods.peers).weights == pytest.approx(np.full(50, 1 / 50))
    rows = np.random.default_rng(10).normal(size=(5, 6))
    gap = np.insert(rows, 3, np.nan, axis=1)
    assert estimate_carry_over(gap, methods.peers).weights == pytest.approx(
        estimate_carry_over(rows, methods.peers).weights
    )


def test_a_lone_series_line_is_the_generalised_least_squares_line_averaged_over_the_carry_over(rhos, methods):
    values = [1.0, 2.5, 2.0, 4.0, 3.5, 5.5, 5.0]
    years = list(range(2014, 2021))
    found = estimate_lines([(years, values)], methods.trend)
    by_rho = [gls_slope(years, values, rho).p_value for rho in rhos]
    assert found.p_values[0] == pytest.approx(float(found.carry_over.weights @ by_rho), rel=1e-6)
