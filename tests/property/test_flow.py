from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.tasks.hazards import Increment, describe_step, difference, find_largest_design_effect

START = date(2025, 1, 1)


@st.composite
def increments(draw):
    open_at_start, additions = draw(st.integers(0, 2000)), draw(st.integers(0, 500))
    finished = draw(st.integers(0, max(open_at_start + additions, 1)))
    open_at_start += open_at_start + additions == 0
    return Increment(START, START + timedelta(days=draw(st.integers(14, 400))), open_at_start, additions, finished)


@given(increments())
def test_hazards_lie_inside_their_intervals_and_the_entry_bounds_in_order(increment):
    step = describe_step(increment)
    assert step.hazard30_interval.low <= step.hazard30 <= step.hazard30_interval.high
    interval = step.hazard30_uniform_interval
    assert interval.low <= step.hazard30_uniform + 1e-9
    assert step.hazard30_uniform <= interval.high + 1e-9
    assert step.hazard30 <= step.hazard30_uniform + 1e-9


@given(increments(), increments(), st.floats(1, 20))
def test_the_change_lies_inside_its_interval_which_a_design_effect_widens(first, second, design_effect):
    change, low, high = difference(first, second)
    assert low - 1e-12 <= change <= high + 1e-12
    _, wide_low, wide_high = difference(first, second, design_effect)
    assert wide_high - wide_low >= high - low - 1e-9


@given(increments(), increments())
def test_swapping_the_intervals_mirrors_the_change(first, second):
    change, low, high = difference(first, second)
    assert difference(second, first) == pytest.approx((-change, -high, -low))


@given(increments(), increments())
def test_an_interval_excludes_zero_up_to_its_largest_design_effect(first, second):
    largest = find_largest_design_effect(first, second, limit=50.0)
    _, low, high = difference(first, second)
    assert (largest is not None) == (low > 0 or high < 0)
