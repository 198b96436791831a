from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.pooling import compute_posterior

lists = st.lists(
    st.integers(10, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=8, max_size=12
)


POOLING = read_method_settings(Path(__file__).parents[2]).pooling.model_copy(update={"grid_points": 25})


def compute(pairs):
    counts, totals = np.array(pairs).T
    return compute_posterior(counts, totals, POOLING)


@given(lists)
def test_the_pooled_interval_holds_the_pooled_share(pairs):
    posterior = compute(pairs)
    count, total = pairs[0]
    mean, _ = posterior.moments(count, total)
    assert posterior.quantile(count, total, 0.025) <= mean <= posterior.quantile(count, total, 0.975)


@given(lists, st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(pairs, random):
    shuffled = compute(random.sample(pairs, len(pairs)))
    assert shuffled.moments(*pairs[0]) == pytest.approx(compute(pairs).moments(*pairs[0]), rel=1e-9)


@given(lists)
def test_counting_open_tasks_instead_mirrors_the_pooled_shares(pairs):
    mirrored = compute([(total - count, total) for count, total in pairs])
    count, total = pairs[0]
    assert mirrored.moments(total - count, total)[0] == pytest.approx(1 - compute(pairs).moments(count, total)[0])
