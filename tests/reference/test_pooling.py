from pathlib import Path

import pytest

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.pooling import compute_posterior

SETTINGS = read_method_settings(Path(__file__).parents[2]).pooling
COUNTS = [22, 41, 9, 63, 30, 35, 80, 12]
TOTALS = [40, 60, 25, 100, 80, 55, 120, 30]
POOLED = [0.5490, 0.6574, 0.4236, 0.6194, 0.4010, 0.6181, 0.6536, 0.4446]


@pytest.fixture(scope="module")
def posterior():
    return compute_posterior(COUNTS, TOTALS, SETTINGS)


def test_pooled_means_of_eight_lists(posterior):
    """METHODS §4: own quadrature; grids of 60 to 400 agree to 4 digits."""
    means = [posterior.moments(x, n)[0] for x, n in zip(COUNTS, TOTALS, strict=True)]
    assert means == pytest.approx(POOLED, abs=5.1e-5)


def test_posterior_means_of_the_common_distribution(posterior):
    """METHODS §4: E μ 0.5426, E ρ 0.0907."""
    assert (posterior.mean, posterior.intraclass) == pytest.approx((0.5426, 0.0907), abs=5.1e-5)


@pytest.mark.parametrize(("place", "limits"), [(0, (0.4127, 0.6811)), (2, (0.2550, 0.5880))])
def test_pooled_intervals_of_the_first_and_third_list(posterior, place, limits):
    """METHODS §4, by root-finding on the mixture."""
    found = [posterior.quantile(COUNTS[place], TOTALS[place], level) for level in (0.025, 0.975)]
    assert found == pytest.approx(limits, abs=5.1e-5)


def test_a_finer_grid_agrees_to_four_digits(posterior):
    """METHODS §4: grids of 60 to 400 agree to 4 digits."""
    fine = compute_posterior(COUNTS, TOTALS, SETTINGS.model_copy(update={"grid_points": 200}))
    assert fine.moments(22, 40) == pytest.approx(posterior.moments(22, 40), abs=1e-4)
