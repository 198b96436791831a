"""Reference values of METHODS §20.6: what a total leaves for parts without a value."""

import pytest
from scipy.optimize import linprog

from policyreport.statistics.shares.aggregate import rest_of_total


def test_the_six_provinces_of_the_specification():
    """METHODS §20.6: six provinces with 50.2% of output average 19.16%, the country 14.02%, the rest about 8.9%.

    Output of 2025 (per head × average population, billion VND) and, for the whole, that of the country; by hand
    (0.1402 · 12,847,615 − 0.1915957 · 6,421,767) / (12,847,615 − 6,421,767) = 0.08884.
    """
    shares = {"n24": 46.3, "n19": 29.53, "n25": 22.71, "n31": 22.28, "n01": 17.34, "n79": 13.43}
    output = {"n24": 522117, "n19": 188940, "n25": 431450, "n31": 786920, "n01": 1588057, "n79": 3020140}
    known = sum(output.values())
    rest = rest_of_total(shares, output | {"others": known / 0.5024629 - known}, 14.02, low=0, high=100)
    mean = sum(shares[area] * output[area] for area in shares) / known
    assert rest.known_mean == pytest.approx(mean)
    assert 1 - rest.weight == pytest.approx(0.5024629)
    assert rest.mean == pytest.approx((14.02 - 0.5024629 * mean) / 0.4975371)
    assert rest.bounds["others"] == pytest.approx((rest.mean, rest.mean))


def test_part_of_the_whole_may_belong_to_no_part():
    rest = rest_of_total({"a": 30.0}, {"a": 4.0, "b": 4.0}, 20.0, whole=10.0, low=0, high=100)
    assert rest.mean == pytest.approx((10 * 20 - 4 * 30) / 6)
    # The part of weight 4 beside 2 that belong to none: all of the 80 left, or what the two at 100 leave.
    assert rest.bounds["b"] == pytest.approx((0, 20))
    assert rest_of_total({"a": 30.0}, {"a": 4.0, "b": 4.0}, 20.0, whole=7.0) == rest_of_total(
        {"a": 30.0}, {"a": 4.0, "b": 4.0}, 20.0
    )


@pytest.mark.parametrize("total", [3.1, 4.0, 6.5])
def test_bounds_of_one_part_are_those_of_linear_programming(total):
    """The least and the greatest x_j with Σ w x = T and every missing x within its limits (scipy, HiGHS)."""
    known, weights = {"a": 2.0, "b": 7.0}, {"a": 3.0, "b": 1.0, "c": 2.0, "d": 1.5, "e": 0.5}
    rest = rest_of_total(known, weights, total, low=1, high=10)
    missing = ["c", "d", "e"]
    left = sum(weights.values()) * total - sum(weights[part] * value for part, value in known.items())
    for at, part in enumerate(missing):
        for end, sign in zip(rest.bounds[part], (1, -1), strict=True):
            solved = linprog(
                [sign * (at == i) for i in range(3)],
                A_eq=[[weights[each] for each in missing]],
                b_eq=[left],
                bounds=[(1, 10)] * 3,
            )
            assert end == pytest.approx(sign * solved.fun)
