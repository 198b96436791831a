"""Variances moderated over areas: values of limma's moments, and the trigamma function inverted."""

import numpy as np
import pytest
from scipy.special import polygamma

from policyreport.statistics.ranks.moderation import (
    VariancePrior,
    fit_variance_prior,
    invert_trigamma,
    moderate,
    moderated_degrees,
)

VARIANCES = [0.41, 0.95, 1.21, 1.62, 1.75, 2.11, 2.43, 2.98, 3.37, 4.02, 4.95, 6.31, 8.87, 15.1, 31.4]
UNEQUAL = [5, 5, 5, 4, 4, 5, 5, 5, 6, 5, 5, 5, 4, 5, 5]


def test_the_prior_and_the_moderated_variances_are_those_of_limma():
    """`fit_f_dist` and `squeeze_var` of pylimma 0.2.0, tested against limma in R."""
    prior = fit_variance_prior(VARIANCES, 5)
    assert (prior.degrees, prior.scale) == pytest.approx((3.624832399171627, 2.924488228989962), rel=1e-8)
    moderated = moderate(VARIANCES, 5, prior)
    ends = moderated[[0, 1, -2, -1]]
    assert ends == pytest.approx(
        [1.4667855672944916, 1.7798351287282097, 9.982893081111747, 19.432352065129532], rel=1e-8
    )


def test_the_prior_of_unequal_degrees_is_that_of_limma():
    """pylimma's `fit_f_dist`, as above."""
    prior = fit_variance_prior(VARIANCES, UNEQUAL)
    assert (prior.degrees, prior.scale) == pytest.approx((3.730370215115077, 2.9779273266086927), rel=1e-8)


def test_variances_no_further_apart_than_chance_have_one_common_value_as_in_limma():
    """pylimma: df2 inf, scale 1.004."""
    prior = fit_variance_prior([1, 1.1, 0.9, 1.05, 0.97], 5)
    assert prior == VariancePrior(float("inf"), pytest.approx(1.004))
    assert moderate([0.5, 2.0], 5, prior) == pytest.approx([1.004, 1.004])
    assert moderated_degrees(5, prior, 5) == 25


@pytest.mark.parametrize("y", [1e-3, 0.02, 0.5, 1.0, 2.5, 40.0, 1e4])
def test_the_trigamma_function_is_inverted(y):
    assert invert_trigamma(float(polygamma(1, y))) == pytest.approx(y, rel=1e-8)


def test_the_trigamma_function_takes_no_negative_value():
    with pytest.raises(ValueError, match="positive"):
        invert_trigamma(0.0)


def test_two_variances_have_nothing_in_common_and_stay_as_they_are():
    prior = fit_variance_prior([1.0, 9.0, np.nan], 5)
    assert prior == VariancePrior(0.0, 0.0)
    assert moderate([1.0, 9.0], 5, prior) == pytest.approx([1.0, 9.0])


def test_the_prior_is_found_again():
    """Scaled inverse χ² variances with 6 degrees about 2, in 4,000 samples of 5 degrees."""
    rng = np.random.default_rng(11)
    true = 6 * 2 / rng.chisquare(6, 4000)
    prior = fit_variance_prior(true * rng.chisquare(5, 4000) / 5, 5)
    assert prior.degrees == pytest.approx(6, rel=0.1)
    assert prior.scale == pytest.approx(2, rel=0.03)
