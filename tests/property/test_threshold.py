"""Threshold: properties that hold for every value and history."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.methods import threshold
from policyreport.methods.revision_error import RevisionPrior
from policyreport.records.base import Observation

values = st.floats(-100, 100).map(lambda value: round(value, 4))
histories = st.lists(st.floats(-5, 5), max_size=8)
OPPOSITE = {"above": "below", "below": "above", "cannot tell apart": "cannot tell apart"}


def judge(value, history, limit):
    observation = Observation(
        id="share.csv#1",
        area="VN",
        indicator="share",
        period="2025",
        published=date(2026, 1, 5),
        value=value,
        unit="%",
        status="observed",
        source="office",
    )
    return threshold.assess(
        observation,
        history,
        threshold=limit,
        prior=RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1),
        verdict_probability=0.95,
        words_below_revisions=5,
        probability_bands=(0.01, 0.05, 0.2, 0.8, 0.95, 0.99),
    )


@given(values, histories)
def test_the_interval_contains_the_published_value(value, history):
    interval = judge(value, history, 16.0).interval
    assert interval.low < value < interval.high


@given(values, histories, values)
def test_changing_all_signs_turns_the_verdict(value, history, limit):
    here, there = judge(value, history, limit), judge(-value, [-r for r in history], -limit)
    assert there.verdict == OPPOSITE[here.verdict]
    if here.probability is not None:
        assert there.probability == pytest.approx(1 - here.probability, abs=1e-9)


@given(values, histories, values)
def test_moving_value_and_threshold_together_changes_nothing(value, history, shift):
    here, there = judge(value, history, 16.0), judge(value + shift, history, 16.0 + shift)
    assert there.interval.high - there.interval.low == pytest.approx(here.interval.high - here.interval.low)
    if here.probability is not None:
        assert there.probability == pytest.approx(here.probability, abs=1e-9)


@given(values, histories)
def test_the_order_of_past_revisions_does_not_matter(value, history):
    assert judge(value, history, 16.0).scale == pytest.approx(judge(value, history[::-1], 16.0).scale)
