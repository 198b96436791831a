"""Pace: properties of the arithmetic."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from policyreport.statistics.shares.pace_arithmetic import BANDS, Goal, Stretch, band_of, bands_between, ratio

values = st.floats(0.1, 100).map(lambda value: round(value, 3))
spans = st.integers(1, 20)


@given(values, values, spans, values, spans)
def test_changing_all_signs_and_the_direction_keeps_the_plain_ratio(start, end, years, target, ahead):
    goal = Goal(target, 2020 + years + ahead, 1, 0.95, 0.6)
    mirror = Goal(-target, 2020 + years + ahead, -1, 0.95, 0.6)
    here = ratio(Stretch(2020, start, 2020 + years, end), goal, "pp")
    there = ratio(Stretch(2020, -start, 2020 + years, -end), mirror, "pp")
    assert (here is None) == (there is None)
    if here is not None:
        assert there == pytest.approx(here)


@given(values, values, spans, values, spans, values)
def test_moving_all_values_together_keeps_the_plain_ratio(start, end, years, target, ahead, shift):
    assume(target - start > 0.01)
    here = ratio(Stretch(2020, start, 2020 + years, end), Goal(target, 2060, 1, 0.95, 0.6), "pp")
    moved = Stretch(2020, start + shift, 2020 + years, end + shift)
    assert ratio(moved, Goal(target + shift, 2060, 1, 0.95, 0.6), "pp") == pytest.approx(here, rel=1e-6, abs=1e-9)


@given(values, values, spans, spans)
def test_a_value_on_the_required_path_has_ratio_one_in_both_forms(start, target, years, ahead):
    assume(target - start > 0.01)
    goal = Goal(target, 2020 + years + ahead, 1, 0.95, 0.6)
    share = years / (years + ahead)
    plain = Stretch(2020, start, 2020 + years, start + (target - start) * share)
    compound = Stretch(2020, start, 2020 + years, start * (target / start) ** share)
    assert ratio(plain, goal, "pp") == pytest.approx(1)
    assert ratio(compound, goal, "cagr") == pytest.approx(1)


@given(values, st.lists(values, min_size=2, max_size=2), spans, values)
def test_a_larger_latest_value_is_never_in_a_worse_band(start, ends, years, target):
    assume(target - start > 0.01)
    goal = Goal(target, 2060, 1, 0.95, 0.6)
    for form in ("pp", "cagr"):
        worse, better = (band_of(Stretch(2020, start, 2020 + years, end), goal, form) for end in sorted(ends))
        assert BANDS.index(worse) <= BANDS.index(better)


@given(st.sampled_from(BANDS), st.sampled_from(BANDS))
def test_the_bands_between_two_run_from_worse_to_better(first, last):
    between = bands_between(first, last)
    assert {between[0], between[-1]} == {first, last}
    assert list(between) == sorted(between, key=BANDS.index)
