"""Reference values of METHODS §20.4: a mean revision that is not known, and the priors looked at."""

import math

import numpy as np
import pytest
from scipy import stats

from policyreport.statistics.shares.revision_error import RevisionPrior, flat_prior, prior_grid, revision_error

HISTORY = (0.16, 0.54)
PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
GRID = prior_grid(PRIOR, factors=(0.5, 1, 2), mean_weight=1)


def integrated(history, needed, *, degrees, scale, mean_weight):
    """P(the next revision is `needed` or more): the trapezium rule over ln σ and the mean, without a t distribution.

    σ² has the scaled inverse χ² density, the mean given σ is normal about 0, the next revision given both is normal.
    Flat (no degrees): the density is 1/σ in both.
    """
    log_sigma = np.linspace(math.log(0.01), math.log(1e5), 6001)[:, None]
    sigma = np.exp(log_sigma)
    middle = sum(history) / (len(history) + mean_weight)
    mean = middle + sigma * np.linspace(-9, 9, 601)  # dm = σ du
    logs = sum(stats.norm.logpdf(r, mean, sigma) for r in history) + log_sigma
    if degrees is not None:
        logs += stats.norm.logpdf(mean, 0, sigma / math.sqrt(mean_weight))
        # Density of σ², and dσ² = 2σ² d ln σ.
        logs += 2 * log_sigma - (degrees / 2 + 1) * 2 * log_sigma - degrees * scale**2 / (2 * sigma**2)
    weight = np.exp(logs - logs.max())
    return float((weight * stats.norm.sf((needed - mean) / sigma)).sum() / weight.sum())


@pytest.mark.parametrize(("degrees", "scale"), [(2.0, 0.5), (4.0, 1.0), (1.0, 0.25)])
def test_a_normal_mean_of_one_observation_agrees_with_numerical_integration(degrees, scale):
    prior = RevisionPrior(degrees, scale, 3, 0.1, mean_weight=1.0)
    ours = revision_error(HISTORY, 0, prior).probability_at_least(14.02, 16)
    assert ours == pytest.approx(integrated(HISTORY, 1.98, degrees=degrees, scale=scale, mean_weight=1.0), rel=1e-6)


def test_a_flat_prior_agrees_with_numerical_integration_and_with_the_specification():
    """METHODS §20.4: NSO 2025 0.063 with an unknown mean and a flat prior."""
    ours = revision_error(HISTORY, 0, flat_prior(PRIOR)).probability_at_least(14.02, 16)
    assert ours == pytest.approx(0.063, abs=5e-4)
    assert ours == pytest.approx(math.atan(math.sqrt(0.1083) / 1.63) / math.pi, rel=1e-12)  # Cauchy, s² 0.0722 · 3/2
    assert ours == pytest.approx(integrated(HISTORY, 1.98, degrees=None, scale=0, mean_weight=0), rel=1e-4)


def test_the_priors_of_the_specification_give_the_printed_range():
    """METHODS §20.4: 0.03% to 3% with a mean revision of zero; the grid's other half reaches 6%."""
    chances = [revision_error(HISTORY, 0, each).probability_at_least(14.02, 16) for each in GRID]
    assert len(GRID) == 18
    assert (min(chances[:9]), max(chances[:9])) == pytest.approx((0.000332, 0.029979), abs=5e-7)
    assert (min(chances), max(chances)) == pytest.approx((0.000332, 0.059476), abs=5e-7)
    # By hand: ν 4, κ 3, centre 0.7/3, squared scale 4/3 · (0.5 + 0.3172 − 0.49/3)/4.
    own = revision_error(HISTORY, 0, RevisionPrior(2, 0.5, 3, 0.1, mean_weight=1.0))
    assert (own.degrees, own.centre) == pytest.approx((4, 0.7 / 3))
    assert own.scale == pytest.approx(math.sqrt(4 / 3 * (0.5 + 0.3172 - 0.49 / 3) / 4))
    assert own.probability_at_least(14.02, 16) == pytest.approx(0.010049, abs=5e-7)
