"""Reference values of METHODS §8: the sine panel (R: lme4) and Rubin's eight schools."""

import numpy as np
import pytest

from policyreport.statistics.series.panel import pool
from policyreport.statistics.series.panel_fits import closed_form, fit_mixed

AREA, YEAR = np.arange(1, 35)[:, None], np.arange(1, 7)[None, :]
PANEL = (
    0.3 * YEAR
    + 2 * np.sin(3.7 * AREA)
    + 0.5 * np.sin(1.3 * AREA) * (YEAR - 3.5)
    + 1.5 * np.sin(12.9898 * AREA + 78.233 * YEAR)
)
AREAS = [f"a{i:02d}" for i in range(1, 35)]


def test_the_panel_is_the_printed_one():
    """METHODS §8: Σy = 210.4491258."""
    assert PANEL.sum() == pytest.approx(210.4491258, abs=5e-8)


def test_the_closed_form_with_year_effects():
    """METHODS §8: Var(a) 1.80604007, Var(b) 0.04626677, Cov 0.00697750, and s² 1.57655910.

    The page prints s² as 1.57655960, which does not go with its own Var(a) = var(â) − s²/6.
    """
    moments = closed_form(PANEL, range(1, 7))
    assert moments.residual_variance == pytest.approx(1.57655910, abs=1e-8)
    assert moments.intercept_variance == pytest.approx(1.80604007, abs=1e-8)
    rows = (PANEL - PANEL.mean(axis=0)).mean(axis=1)
    assert 6 * (rows.var(ddof=1) - 1.80604007) == pytest.approx(1.57655910, abs=6e-8)
    assert moments.slope_variance == pytest.approx(0.04626677, abs=1e-8)
    assert moments.covariance == pytest.approx(0.00697750, abs=1e-8)


def test_the_closed_form_without_year_effects():
    """METHODS §8: 1.539225, 1.812262, 0.048400; fixed 1.031613, 0.302773 (intercept at t̄)."""
    moments = closed_form(PANEL, range(1, 7), year_effects=False)
    assert moments.residual_variance == pytest.approx(1.539225, abs=5e-7)
    assert moments.intercept_variance == pytest.approx(1.812262, abs=5e-7)
    assert moments.slope_variance == pytest.approx(0.048400, abs=5e-7)
    assert moments.intercepts.mean() == pytest.approx(1.031613, abs=5e-7)
    assert moments.slopes.mean() == pytest.approx(0.302773, abs=5e-7)


def test_mixedlm_reaches_lme4(methods):
    """METHODS §8, R `lmer(y ~ factor(t) + (1 + tc | i))`: variances, REML log-likelihood, BLUPs of i = 1."""
    fit = fit_mixed(PANEL, AREAS, range(1, 7), methods.panel)
    assert fit.accepted
    assert fit.variances == pytest.approx((1.576560, 1.806036, 0.046267, 0.006978), rel=1e-4)
    assert fit.loglik == pytest.approx(-377.4815029, abs=1e-6)
    assert fit.effects[0] == pytest.approx((-1.046407, 0.126345), rel=1e-4)


def test_rubins_eight_schools():
    """METHODS §8: means, school A [−2.11, 31.62], E τ 6.574 (± 0.002); BDA3 table 5.3 within its error."""
    effects, errors = [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18]
    pooled = pool(effects, errors, tau_points=2000, tau_range=5)
    means = [11.400, 7.895, 6.131, 7.645, 5.126, 6.139, 10.667, 8.457]
    assert pooled.means == pytest.approx(means, abs=1.5e-3)
    assert (pooled.intervals[0].low, pooled.intervals[0].high) == pytest.approx((-2.11, 31.62), abs=0.01)
    assert pooled.tau == pytest.approx(6.574, abs=0.002)
