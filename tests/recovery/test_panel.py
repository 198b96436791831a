"""METHODS §17: closed form and hierarchy on simulated panels of 8 areas and 6 years, R = 200."""

import numpy as np
import pytest
from scipy import stats

from policyreport.statistics.series.panel import pool
from policyreport.statistics.series.panel_fits import closed_form
from policyreport.statistics.validity.processes import sloping_panel

R, AREAS, YEARS = 200, 8, 6
CENTRED = np.arange(YEARS) - (YEARS - 1) / 2
SLOPE_ERROR = 1 / np.sqrt((CENTRED**2).sum())


def test_equal_slopes_are_rejected_one_time_in_twenty_whatever_the_common_shocks():
    rng = np.random.default_rng(1)
    rejected = 0
    for _ in range(R):
        moments = closed_form(sloping_panel(rng, AREAS, YEARS, 0.0)[1], range(YEARS))
        f = moments.slopes.var(ddof=1) / (moments.residual_variance / moments.sxx)
        rejected += stats.f.sf(f, AREAS - 1, moments.degrees) <= 0.05
    assert rejected / R == pytest.approx(0.05, abs=3 * np.sqrt(0.05 * 0.95 / R))


@pytest.mark.parametrize("ratio", [0.0, 1.0, 2.0])
def test_variances_are_recovered_without_bias(ratio):
    rng = np.random.default_rng(2 + int(ratio))
    tau = ratio * SLOPE_ERROR
    found = [closed_form(sloping_panel(rng, AREAS, YEARS, ratio)[1], range(YEARS)) for _ in range(R)]
    for estimates, truth in (
        ([each.residual_variance for each in found], 1.0),
        ([each.intercept_variance for each in found], 1.0),
        ([each.slope_variance for each in found], tau**2),
    ):
        assert np.mean(estimates) == pytest.approx(truth, abs=3 * np.std(estimates) / np.sqrt(R))


@pytest.mark.parametrize("ratio", [0.0, 0.6, 2.0])
def test_pooled_intervals_cover_the_true_slopes(ratio):
    """Hierarchical intervals: at least 0.93; more than nominal without heterogeneity is no failure (§17)."""
    rng = np.random.default_rng(5 + int(10 * ratio))
    covered = []
    for _ in range(R):
        truth, y = sloping_panel(rng, AREAS, YEARS, ratio)
        moments = closed_form(y, range(YEARS))
        error = np.sqrt(moments.residual_variance / moments.sxx)
        pooled = pool(moments.slopes, np.full(AREAS, error), tau_points=200, tau_range=5)
        # Slopes are deviations from the common path, so the truth is too.
        deviations = truth - truth.mean()
        covered += [
            interval.low <= value <= interval.high for interval, value in zip(pooled.intervals, deviations, strict=True)
        ]
    assert np.mean(covered) >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / R)
