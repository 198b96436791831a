"""Intervals of the series' methods hold their estimate; more data of the same kind are never refused for it."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.records.base import Refusal
from policyreport.statistics.common.draws import generator
from policyreport.statistics.ranks.means import estimate_means
from policyreport.statistics.ranks.stepdown import find_simultaneous_sets
from policyreport.statistics.series import steps
from policyreport.statistics.series.exposure_regression import fit, wild_interval
from policyreport.statistics.series.kendall import theil_sen
from policyreport.statistics.series.slopes import gls_slope, gls_step
from policyreport.statistics.series.steps import rank_sum_p

WEBB = np.array([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
series = st.lists(st.integers(-40, 40).map(float), min_size=8, max_size=14)
rhos = st.sampled_from([0.0, 0.3, 0.6])


def inside(low: float, value: float, high: float) -> bool:
    return low - 1e-9 <= value <= high + 1e-9


@given(series, rhos)
def test_slopes_and_steps_lie_inside_their_intervals(values, rho):
    years = np.arange(2020, 2020 + len(values))
    for found in (gls_slope(years, values, rho), gls_step(years, values, years >= 2025, rho)):
        assert inside(found.interval.low, found.slope, found.interval.high)
    median = theil_sen(years, values)
    assert inside(median.interval.low, median.slope, median.interval.high)


@given(
    st.lists(st.lists(st.integers(-40, 40).map(float), min_size=6, max_size=6), min_size=1, max_size=5),
    st.floats(0.01, 5),
)
def test_a_mean_difference_lies_inside_its_interval_which_errors_widen(methods, rows, error):
    table = np.array(rows)
    exact, wider = (estimate_means(table, methods.peers, known=np.full(len(table), known)) for known in (0.0, error))
    for found in (exact, wider):
        assert found.means == pytest.approx(table.mean(axis=1))
        assert ((found.p_values >= 0) & (found.p_values <= 1)).all()
        # The interval leaves zero out just where p is at most 5 %.
        clear = np.abs(found.means) > found.halves + 1e-9
        assert (clear <= (found.p_values <= 0.05 + 1e-9)).all()
    assert (wider.halves > exact.halves).all()


@given(
    st.lists(st.lists(st.integers(-40, 40).map(float), min_size=6, max_size=6), min_size=3, max_size=5), st.randoms()
)
def test_means_of_a_family_do_not_depend_on_the_order_or_the_scale_of_its_areas(methods, rows, random):
    table = np.array(rows)
    order = random.sample(range(len(table)), len(table))
    found, shuffled = estimate_means(table, methods.peers), estimate_means(table[order], methods.peers)
    assert found.p_values[order] == pytest.approx(shuffled.p_values, abs=1e-9)
    assert 7 * found.halves == pytest.approx(estimate_means(7 * table, methods.peers).halves, rel=1e-6)


@given(st.integers(0, 10_000))
def test_the_bootstraps_interval_holds_its_estimate_and_leaves_zero_out_only_where_it_rejects(seed):
    rng = np.random.default_rng(seed)
    exposure = rng.standard_normal(24)
    fitted = fit(rng.standard_normal(24) + 0.4 * exposure, exposure)
    weights = generator("exposure", "property", "", "ALL").choice(WEBB, (399, 24))
    low, high = wild_interval(fitted, weights, level=0.05)
    assert low <= fitted.estimate <= high


@given(series, st.integers(1, 5))
def test_a_rank_sums_p_is_a_share_and_does_not_mind_a_monotone_scale(values, size):
    group = np.arange(len(values)) >= len(values) - size
    p = rank_sum_p(values, group)
    assert 0 < p <= 1
    assert rank_sum_p(np.exp(np.array(values) / 20), group) == p
    assert rank_sum_p(values, ~group) == p


@pytest.fixture(scope="module")
def a_step(methods):
    return lambda values: steps.test_step(
        pd.DataFrame({"year": range(2017, 2017 + len(values)), "value": values}), date(2021, 7, 1), methods.trend
    )


@given(series, st.integers(-40, 40).map(float))
def test_one_more_year_is_never_refused_where_fewer_were_not(a_step, values, another):
    assert not isinstance(a_step(values), Refusal)
    assert not isinstance(a_step([*values, another]), Refusal)


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=3, max_size=8),
    st.randoms(use_true_random=False),
)
def test_simultaneous_sets_follow_their_area_and_its_draws(pairs, random):
    estimates, errors = np.array(pairs, dtype=float).T / 10
    noise = errors[:, None] * np.random.default_rng(5).standard_normal((len(pairs), 299))
    order = random.sample(range(len(pairs)), len(pairs))
    before = find_simultaneous_sets(estimates, errors, noise)
    after = find_simultaneous_sets(estimates[order], errors[order], np.ascontiguousarray(noise[order]))
    assert [(each.first, each.last) for each in after] == [(before[at].first, before[at].last) for at in order]
