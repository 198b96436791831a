"""Panel: properties of the closed form and the hierarchy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from policyreport.statistics.series.panel import pool
from policyreport.statistics.series.panel_fits import closed_form

panels = arrays(float, st.tuples(st.integers(3, 8), st.integers(4, 7)), elements=st.integers(-50, 50).map(float))
estimates = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=8)


def years_of(panel):
    return range(2020, 2020 + panel.shape[1])


@given(panels, st.integers(-100, 100), st.integers(-100, 100))
def test_a_common_path_never_reaches_slopes_or_variances(panel, level, slope):
    common = level + slope * np.arange(panel.shape[1]) ** 2
    here, there = closed_form(panel, years_of(panel)), closed_form(panel + common, years_of(panel))
    assert there.slopes == pytest.approx(here.slopes, abs=1e-8)
    assert there.slope_variance == pytest.approx(here.slope_variance, abs=1e-7)


@given(panels)
def test_changing_all_signs_changes_the_signs_of_the_slopes_only(panel):
    here, there = closed_form(panel, years_of(panel)), closed_form(-panel, years_of(panel))
    assert there.slopes == pytest.approx(-here.slopes, abs=1e-12)
    assert there.residual_variance == pytest.approx(here.residual_variance)


@given(panels)
def test_deviations_from_the_common_path_cancel(panel):
    moments = closed_form(panel, years_of(panel))
    assert moments.slopes.sum() == pytest.approx(0, abs=1e-9)
    assert moments.residuals.sum(axis=0) == pytest.approx(np.zeros(panel.shape[1]), abs=1e-9)


@given(estimates, st.floats(0.5, 20))
def test_pooled_means_lie_between_their_neighbours_and_inside_their_intervals(found, error):
    pooled = pool(found, [error] * len(found), tau_points=200, tau_range=5)
    for raw, mean, interval in zip(found, pooled.means, pooled.intervals, strict=True):
        assert min(raw, pooled.mu) - 1e-8 <= mean <= max(raw, pooled.mu) + 1e-8
        assert interval.low < mean < interval.high


@given(estimates, st.floats(0.5, 20), st.integers(-1000, 1000))
def test_moving_all_estimates_moves_the_pooled_ones_alike(found, error, shift):
    errors = [error] * len(found)
    here = pool(found, errors, tau_points=200, tau_range=5)
    there = pool([value + shift for value in found], errors, tau_points=200, tau_range=5)
    assert there.means == pytest.approx(here.means + shift, abs=1e-6)
    assert there.tau == pytest.approx(here.tau, abs=1e-6)
