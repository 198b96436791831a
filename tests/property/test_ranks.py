import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.ranks.ranks import rank_estimates

scores = st.lists(
    st.tuples(st.integers(0, 60).map(lambda tenth: tenth / 10), st.integers(1, 30).map(lambda tenth: tenth / 10)),
    min_size=3,
    max_size=7,
)


@pytest.fixture(scope="module")
def rank(methods, with_draws):
    quick = with_draws(methods.ranks, 499, quadrature_digits=7, tau=1)

    def estimate(pairs, areas=None, scale=1.0):
        names = areas or [f"n{place}" for place in range(len(pairs))]
        about = {"indicator": "score", "measure": "", "basis": "survey", "larger_is_better": True}
        estimates, errors = np.array(pairs).T
        return rank_estimates(names, estimates, scale * errors, quick, **about).sets

    return estimate


def sets_of(each):
    return each.marginal, each.simultaneous


@given(scores)
def test_sets_hold_every_rank_a_tie_leaves_open_and_stay_inside_the_table(rank, pairs):
    estimates = [estimate for estimate, _ in pairs]
    for each in rank(pairs):
        last = sum(other >= each.estimate for other in estimates)
        for first_place, last_place in sets_of(each):
            assert 1 <= first_place <= each.rank <= last <= last_place <= len(pairs)


@given(scores, st.floats(0.1, 0.9))
def test_sets_shrink_when_all_errors_do(rank, pairs, scale):
    for wide, narrow in zip(rank(pairs), rank(pairs, scale=scale), strict=True):
        for (a, b), (c, d) in zip(sets_of(wide), sets_of(narrow), strict=True):
            assert a <= c
            assert d <= b


@given(scores, st.randoms(use_true_random=False))
def test_marginal_sets_follow_their_area_when_areas_are_renamed(rank, pairs, random):
    areas = [f"n{place}" for place in range(len(pairs))]
    renamed = random.sample(areas, len(areas))
    before = {new: each.marginal for new, each in zip(renamed, rank(pairs), strict=True)}
    assert {each.area: each.marginal for each in rank(pairs, areas=renamed)} == before
