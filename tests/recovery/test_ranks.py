"""Coverage of rank sets; bands and sizes of METHODS §17, R = 200."""

import numpy as np
import pytest

from policyreport.statistics.ranks.ranks import binomial_scores, rank_estimates
from policyreport.statistics.validity.processes import true_places

REPETITIONS = 200
# A commit has `test_study_in_short`.
pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def rank(methods, with_draws):
    quick = with_draws(methods.ranks, 499, quadrature_digits=7, tau=1)

    def estimate(estimates, errors, repetition):
        names = [f"n{place:02d}" for place in range(len(estimates))]
        about = {"indicator": "recovery", "measure": str(repetition), "basis": "survey", "larger_is_better": True}
        return rank_estimates(names, estimates, errors, quick, **about).sets

    return estimate


def holds(places, found):
    return found[0] <= places[0] and places[1] <= found[1]


@pytest.mark.parametrize(
    "truth",
    [np.zeros(10), np.r_[np.zeros(5), np.ones(5)], np.arange(10.0)],
    ids=["all tied", "half tied", "spaced"],
)
def test_rank_sets_of_ten_areas_cover_the_true_places(truth, meets_band, rank):
    rng = np.random.default_rng(20250301)
    errors = rng.uniform(0.3, 1.5, len(truth))
    places = list(zip(*true_places(truth), strict=True))
    marginal, simultaneous = 0, 0
    for repetition in range(REPETITIONS):
        sets = rank(rng.normal(truth, errors), errors, repetition)
        # One fixed area: coverage of a marginal set is a statement about one area at a time.
        marginal += holds(places[3], sets[3].marginal)
        simultaneous += all(holds(place, each.simultaneous) for place, each in zip(places, sets, strict=True))
    assert meets_band(marginal / REPETITIONS, 0.95)
    assert meets_band(simultaneous / REPETITIONS, 0.95)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_rank_sets_of_tied_lists_cover_the_true_places(share, meets_band, rank):
    rng = np.random.default_rng(20250302)
    totals = rng.integers(25, 201, 10)
    marginal, simultaneous = 0, 0
    for repetition in range(REPETITIONS):
        sets = rank(*binomial_scores(rng.binomial(totals, share), totals), repetition)
        marginal += holds((1, 10), sets[3].marginal)
        simultaneous += all(holds((1, 10), each.simultaneous) for each in sets)
    assert meets_band(marginal / REPETITIONS, 0.95)
    assert meets_band(simultaneous / REPETITIONS, 0.95)
