from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.tasks.frailty import RiskSet, contrast, find_zero, risk_sets
from policyreport.statistics.tasks.hazards import Increment

START = date(2025, 1, 1)


ADDED = st.integers(0, 300)


@st.composite
def two_intervals(draw, added=ADDED):
    open_tasks = draw(st.integers(20, 1500))
    first_added, second_added = draw(added), draw(added)
    done = draw(st.integers(0, open_tasks + first_added - 1))
    left = open_tasks + first_added - done
    more = draw(st.integers(0, left + second_added))
    middle = START + timedelta(days=draw(st.integers(14, 200)))
    end = middle + timedelta(days=draw(st.integers(14, 200)))
    return (
        Increment(START, middle, open_tasks, first_added, done, draw(st.integers(0, 500))),
        Increment(middle, end, left, second_added, more),
    )


def found(steps, variance, effect=1.0):
    return contrast(risk_sets(steps, variance=variance)[0], *steps, design_effect=effect)


@given(two_intervals(), st.floats(0, 5), st.floats(1, 20))
def test_the_change_lies_inside_its_interval_which_a_design_effect_widens(steps, variance, effect):
    one, grouped = found(steps, variance), found(steps, variance, effect)
    assert one.low - 1e-9 <= one.difference <= one.high + 1e-9
    assert grouped.high - grouped.low >= one.high - one.low - 1e-9


@given(two_intervals(added=st.just(0)), st.floats(0, 4), st.floats(0.01, 4))
def test_without_new_tasks_more_variance_only_lowers_what_is_expected(steps, variance, more):
    assert found(steps, variance + more).expected <= found(steps, variance).expected + 1e-9


@given(two_intervals(), st.floats(0, 5))
def test_the_effort_of_a_share_finishes_that_share(steps, variance):
    (at_risk, _) = risk_sets(steps, variance=variance)
    for share in (0.001, 0.2, 0.9):
        assert at_risk.finished(at_risk.effort(share)) == pytest.approx(share, abs=1e-7)


@given(st.floats(0.05, 4), st.floats(0.01, 3))
def test_finishing_tasks_lowers_the_mean_of_those_left(variance, effort):
    group = RiskSet(np.array([50.0]), np.array([1.0]), variance)
    after = group.next(group.finished(effort), 20, 5)
    assert after.means[0] < 1 == after.means[1]
    assert after.counts == pytest.approx([20, 5])


@given(two_intervals(added=st.just(0)))
def test_a_fall_vanishes_at_its_variance_and_a_rise_has_none(steps):
    zero = find_zero(lambda variance: found(steps, variance).difference, largest=10.0)
    if found(steps, 0.0).difference >= 0:
        assert zero is None
    elif zero is not None:
        assert found(steps, zero).difference == pytest.approx(0, abs=1e-5)
