import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.common.multiplicity import adjust

families = st.lists(st.floats(0, 1), min_size=1, max_size=40)
rules = st.sampled_from(["bh", "holm"])


@given(families, rules)
def test_adjusting_never_makes_a_p_value_smaller_or_larger_than_one(raw, rule):
    assert all(p - 1e-12 <= q <= 1 for p, q in zip(raw, adjust(raw, rule=rule), strict=True))


@given(families, rules, st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(raw, rule, random):
    order = random.sample(range(len(raw)), len(raw))
    adjusted = adjust(raw, rule=rule)
    shuffled = adjust([raw[place] for place in order], rule=rule)
    assert shuffled == pytest.approx(tuple(adjusted[place] for place in order))


@given(families)
def test_holm_is_never_more_lenient_than_benjamini_hochberg(raw):
    pairs = zip(adjust(raw, rule="bh"), adjust(raw, rule="holm"), strict=True)
    assert all(bh <= holm + 1e-12 for bh, holm in pairs)
