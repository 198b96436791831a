"""Bounds: the total is recovered, the truth lies inside, and nothing tighter would hold it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.statistics.shares.aggregate import rest_of_total

LOW, HIGH = 0.0, 100.0
parts = st.lists(st.tuples(st.floats(LOW, HIGH), st.floats(0.01, 50)), min_size=2, max_size=12)


@st.composite
def wholes(draw):
    """Values and weights of all parts, which of them are known, and what of the whole belongs to none."""
    rows = draw(parts)
    values = {f"p{i}": value for i, (value, _) in enumerate(rows)}
    weights = {f"p{i}": weight for i, (_, weight) in enumerate(rows)}
    split = draw(st.integers(1, len(rows) - 1))
    return values, weights, dict(list(values.items())[:split]), draw(st.floats(0, 20)), draw(st.floats(LOW, HIGH))


def total_of(values, weights, loose, loose_value):
    whole = sum(weights.values()) + loose
    return (sum(weights[part] * value for part, value in values.items()) + loose * loose_value) / whole, whole


@given(wholes())
def test_the_total_is_recovered_and_the_truth_lies_inside(case):
    values, weights, known, loose, loose_value = case
    total, whole = total_of(values, weights, loose, loose_value)
    rest = rest_of_total(known, weights, total, whole=whole, low=LOW, high=HIGH)
    known_weight = sum(weights[part] for part in known)
    recovered = (known_weight * rest.known_mean + (whole - known_weight) * rest.mean) / whole
    assert recovered == pytest.approx(total, abs=1e-7)
    assert rest.bounds
    for part, (low, high) in rest.bounds.items():
        assert LOW <= low <= high + 1e-6 <= HIGH + 1e-6
        assert low - 1e-6 * (1 + whole / weights[part]) <= values[part] <= high + 1e-6 * (1 + whole / weights[part])


@given(wholes())
def test_without_limits_only_the_mean_is_known(case):
    values, weights, known, _, _ = case
    total, _ = total_of(values, weights, 0, 0)
    rest = rest_of_total(known, weights, total)
    ends = set(rest.bounds.values())
    assert len(rest.bounds) == 1 or ends == {(float("-inf"), float("inf"))}


@given(wholes())
def test_a_total_beyond_what_the_others_can_be_disagrees(case):
    values, weights, known, _, _ = case
    at_most, _ = total_of(known | dict.fromkeys(values.keys() - known.keys(), HIGH), weights, 0, 0)
    assert rest_of_total(known, weights, at_most - 1e-9, low=LOW, high=HIGH).bounds
    assert not rest_of_total(known, weights, at_most + 1, low=LOW, high=HIGH).bounds


def test_all_known_or_none_is_an_error():
    for known in ({}, {"a": 1.0, "b": 2.0}):
        with pytest.raises(ValueError, match="some parts"):
            rest_of_total(known, {"a": 1, "b": 1}, 1.0)


def test_the_last_part_lies_within_its_limits_to_the_last_digit():
    """Rounding may put what is left a hair below nothing."""
    rest = rest_of_total({"a": 50.0}, {"a": 1.0, "b": 1.0}, 25.0 - 1e-12, low=LOW, high=HIGH)
    assert rest.bounds
    assert rest.bounds == {"b": (LOW, LOW)}
