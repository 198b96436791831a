"""Panel: refusals, flags, what may be used of a fit."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from policyreport.records.base import Refusal
from policyreport.statistics.series import panel, panel_fits
from policyreport.statistics.series.panel import pool


def panel_of(areas=12, years=6, slopes=0.0, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    t = np.arange(years) - (years - 1) / 2
    lines = rng.normal(size=(areas, 1)) + slopes * rng.normal(size=(areas, 1)) * t
    return lines + rng.normal(size=years) + noise * rng.normal(size=(areas, years))


@pytest.fixture(scope="module")
def assess(methods):
    quick = methods.panel.model_copy(update={"tau_points": 200})

    def estimate(matrix, inputs=(), **changes):
        values = pd.DataFrame(
            {"area": f"n{i:02d}", "year": 2020 + t, "value": value, "rows": inputs}
            for (i, t), value in np.ndenumerate(matrix)
        )
        values.attrs["indicator"] = "growth"
        return panel.fit_panel(values, quick.model_copy(update=changes))

    return estimate


def test_areas_with_slopes_of_their_own_are_told_apart(assess):
    result = assess(panel_of(slopes=1.0))
    assert result.f_p_value < 0.001
    assert result.mixedlm_accepted
    assert not result.has_flag("boundary-fit")
    assert [each.area for each in result.slopes] == [f"n{i:02d}" for i in range(12)]
    assert result.mixedlm_variances == pytest.approx(
        (result.residual_variance, result.intercept_variance, result.slope_variance, result.covariance),
        rel=1e-4,
    )


def test_a_negative_variance_is_printed_as_zero_with_the_flag_that_gives_it(assess):
    matrix = panel_of(noise=2.0, seed=3)
    assert panel_fits.closed_form(matrix, range(6)).slope_variance < 0
    result = assess(matrix)
    assert result.slope_variance == 0
    assert not result.mixedlm_accepted
    assert result.has_flag("boundary-fit")
    assert "slope variance -" in result.flags[0].detail


def test_areas_with_a_missing_year_are_dropped_and_named(assess):
    matrix = panel_of()
    matrix[3, 2] = np.nan
    result = assess(matrix)
    assert result.areas == 11
    assert result.dropped == ("n03",)


def test_more_than_a_tenth_of_areas_without_a_year_is_a_gap(assess):
    matrix = panel_of()
    matrix[3, 2] = matrix[5, 0] = np.nan
    refused = assess(matrix)
    assert (refused.code, refused.detail) == ("gap-in-series", "2 of 12 areas lack a year")


@pytest.mark.parametrize(("areas", "years", "code"), [(7, 6, "too-few-areas"), (12, 4, "too-few-points")])
def test_a_small_panel_is_refused(areas, years, code, assess):
    refused = assess(panel_of(areas, years))
    assert isinstance(refused, Refusal)
    assert (refused.method, refused.subject, refused.code) == ("panel", "growth", code)


def test_dropping_below_the_minimum_of_areas_is_refused(assess):
    matrix = panel_of(8)
    matrix[0, 0] = np.nan
    assert assess(matrix, maximum_dropped=0.2).code == "too-few-areas"


@pytest.mark.parametrize("matrix", [np.zeros((8, 5)), np.add.outer(np.arange(8.0), np.arange(5.0)) / 3])
def test_a_panel_without_noise_has_no_answer(matrix, assess):
    refused = assess(matrix, inputs=("row",))
    assert refused.code == "no-convergence"
    assert refused.inputs == ("row",)


def test_unequal_noise_widens_the_errors_of_the_noisy_areas_only(assess):
    matrix = panel_of(12, 6)
    matrix[0] += 30 * np.array([1, -1, 1, -1, 1, -1])
    result = assess(matrix)
    errors = [each.standard_error for each in result.slopes]
    assert result.unequal_variance
    assert errors[0] == max(errors) > 2 * errors[1]


def test_unequal_noise_gives_slopes_the_interval_of_their_own_instead_of_the_pooled_one(assess):
    matrix = panel_of(12, 6)
    equal = assess(matrix)
    matrix[0] += 30 * np.array([1, -1, 1, -1, 1, -1])
    unequal = assess(matrix)
    reach = stats.t.ppf(0.975, 11 * 4)
    assert (equal.unequal_variance, unequal.unequal_variance) == (False, True)
    for each in unequal.slopes:
        assert each.interval.low == pytest.approx(each.raw - reach * each.standard_error)
        assert each.interval.high == pytest.approx(each.raw + reach * each.standard_error)
    # Pooled ones are shorter than the own.
    assert all(e.interval.high - e.interval.low < 2 * reach * e.standard_error for e in equal.slopes)


def test_an_area_whose_noise_is_nil_counts_as_unequal():
    residuals = np.vstack([np.zeros(6), np.arange(6.0)])
    assert panel._bartlett_p(residuals) == 0.0


def test_keys_that_do_not_fit_the_matrix_are_an_error(methods):
    with pytest.raises(ValueError, match="1 areas"):
        panel_fits.fit_mixed(np.zeros((2, 5)), ["a"], range(5), methods.panel)


def fit(**changes):
    good = {
        "converged": True,
        "llf": -10.0,
        "cov_re": pd.DataFrame([[1.0, 0.1], [0.1, 0.5]]),
        "fe_params": pd.Series([2.0, 0.1]),
        "scale": 1.0,
    }
    return SimpleNamespace(**{**good, **changes})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, ""),
        ({"converged": False}, "not converged"),
        ({"llf": np.inf}, "log-likelihood not finite"),
        ({"fe_params": pd.Series([0.0, 0.1])}, "intercept exactly 0"),
        ({"cov_re": pd.DataFrame([[1.0, 0.0], [0.0, 0.0]])}, "a variance at zero"),
        ({"cov_re": pd.DataFrame([[1.0, 0.0], [0.0, 1e-6]])}, "a variance at zero"),
        ({"cov_re": pd.DataFrame([[1.0, 0.99], [0.99, 1.0]])}, "correlation 0.990"),
        ({"cov_re": pd.DataFrame([[1.0, -0.98], [-0.98, 1.0]])}, ""),
    ],
)
def test_a_mixed_fit_is_accepted_by_every_rule_or_not_at_all(changes, reason, methods):
    assert panel_fits._why_not(fit(**changes), methods.panel) == reason


def test_a_singular_matrix_on_the_way_counts_as_failure(monkeypatch, methods, assess):
    def singular(*args, **kwargs):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr(panel_fits.smf, "mixedlm", singular)
    found = panel_fits.fit_mixed(panel_of(), [f"n{i}" for i in range(12)], range(6), methods.panel)
    assert (found.accepted, found.detail, found.loglik) == (False, "LinAlgError: Singular matrix", None)
    result = assess(panel_of(slopes=1.0))
    assert result.has_flag("boundary-fit")
    assert result.slope_variance > 0


def test_a_closed_form_needs_two_areas_and_three_years():
    with pytest.raises(ValueError, match="two areas"):
        panel_fits.closed_form(np.zeros((1, 5)), range(5))


@pytest.mark.parametrize(("estimates", "errors"), [([1.0], [1.0]), ([1.0, 2.0], [1.0, 0.0])])
def test_a_hierarchy_needs_two_estimates_with_errors(estimates, errors):
    with pytest.raises(ValueError, match="two estimates"):
        pool(estimates, errors, tau_points=100, tau_range=5)
