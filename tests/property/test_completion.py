import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.tasks.completion import proportion

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.floats(1, 10))
def test_every_interval_holds_the_share_and_stays_between_0_and_1(pair, design_effect):
    result = proportion(*pair, design_effect=design_effect)
    for interval in (result.wilson, result.jeffreys, result.wilson_design2):
        assert 0 <= interval.low <= result.share <= interval.high <= 1


@given(counts, st.floats(1, 10))
def test_a_design_effect_only_widens_the_interval(pair, design_effect):
    result = proportion(*pair, design_effect=design_effect)
    narrow, wide = result.wilson, result.wilson_design2
    assert wide.high - wide.low >= narrow.high - narrow.low - 1e-12


@given(counts)
def test_counting_what_is_open_mirrors_the_interval(pair):
    count, total = pair
    done, still_open = (
        proportion(count, total, design_effect=2),
        proportion(total - count, total, design_effect=2),
    )
    assert done.wilson.low == pytest.approx(1 - still_open.wilson.high, abs=1e-12)
