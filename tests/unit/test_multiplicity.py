import pytest

from policyreport.statistics.common.multiplicity import adjust, count_needed


def test_a_refused_test_stays_in_its_place_and_out_of_the_family():
    assert adjust((0.01, None, 0.04), rule="bh") == (pytest.approx(0.02), None, pytest.approx(0.04))


@pytest.mark.parametrize("none", [(), (None, None)])
def test_a_family_without_tests_is_left_alone(none):
    assert adjust(none, rule="holm") == none


def test_a_p_value_above_one_is_an_error():
    with pytest.raises(ValueError, match=r"1\.2"):
        adjust((0.1, 1.2), rule="bh")


def test_an_unknown_rule_is_an_error():
    with pytest.raises(KeyError):
        adjust((0.1,), rule="bonferroni")


@pytest.mark.parametrize("level", [0.05, 0.01])
def test_the_number_needed_agrees_with_adjusting_that_many_equal_p_values(level):
    smallest, tests = 0.004, 20
    needed = count_needed(smallest, tests, level=level)
    for k in range(1, tests + 1):
        adjusted = adjust([smallest] * k + [1.0] * (tests - k), rule="bh")
        assert (adjusted[0] <= level) == (needed is not None and k >= needed)


def test_a_smallest_p_above_the_level_can_single_out_nobody():
    assert count_needed(0.06, 3, level=0.05) is None


def test_one_area_is_always_needed():
    assert count_needed(0.0, 3, level=0.05) == 1
