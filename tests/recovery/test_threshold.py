"""METHODS §17: coverage of the revision interval on simulated revisions."""

import numpy as np
import pytest

from policyreport.methods.revision_error import RevisionPrior, revision_error

PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
R = 2000  # closed form, so the page's own number of repetitions is affordable


def coverage(n, spread, seed):
    """Share of intervals of a value published as 0 that hold its final value."""
    rng = np.random.default_rng(seed)
    inside = 0
    for _ in range(R):
        sd = spread(rng)
        moved = rng.normal(0, sd, n + 1)
        interval = revision_error(moved[:n], 0, PRIOR).interval(0.0)
        inside += interval.low <= moved[n] <= interval.high
    return inside / R


@pytest.mark.parametrize("n", [0, 2, 5, 10])
def test_revisions_drawn_from_the_prior_are_covered_at_the_nominal_level(n):
    covered = coverage(n, lambda rng: np.sqrt(2 * 0.5**2 / rng.chisquare(2)), 50 + n)
    assert 0.93 - 0.01 <= covered <= 0.975 + 0.007


@pytest.mark.parametrize(("sd", "printed"), [(0.4, 0.996), (0.5, 0.985), (0.75, 0.945), (1.0, 0.91), (1.5, 0.87)])
def test_two_revisions_of_known_spread_give_the_coverage_the_page_prints(sd, printed):
    """METHODS §5, validity found; 3 standard errors of both simulations, and the page's rounding."""
    covered = coverage(2, lambda rng: sd, 7)
    error = np.sqrt(printed * (1 - printed) / R)
    assert covered == pytest.approx(printed, abs=3 * np.sqrt(2) * error + 0.005)
