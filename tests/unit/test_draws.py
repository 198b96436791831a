from hashlib import sha256

import numpy as np
import pytest

from policyreport.statistics.common.draws import JOINT, bootstrap_p, bootstrap_quantile, generator, seed


def test_the_seed_is_the_first_eight_bytes_of_the_names_hash():
    expected = int(sha256(b"ranks|papi|overall|ALL").hexdigest()[:16], 16)
    assert seed("ranks", "papi", "overall", JOINT) == expected


def test_the_same_names_give_the_same_draws():
    first, second = (generator("ranks", "papi", "", "n01").standard_normal(5) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("changed", range(4))
def test_changing_any_one_name_changes_the_seed(changed):
    names = ["ranks", "papi", "overall", "n01"]
    other = [name + "x" if place == changed else name for place, name in enumerate(names)]
    assert seed(*names) != seed(*other)


def test_vietnamese_names_are_hashed_as_utf8():
    assert seed("a", "số", "", "") == int.from_bytes(sha256("a|số||".encode()).digest()[:8], "big")


def test_the_95_percent_quantile_of_9999_draws_is_the_9500th_smallest():
    assert bootstrap_quantile(np.arange(1, 10_000)[::-1], 0.95) == 9500


def test_a_quantile_beyond_the_draws_is_the_largest_draw():
    assert bootstrap_quantile([3.0, 1.0, 2.0], 0.95) == 3.0


def test_a_draw_equal_to_the_observed_statistic_counts_up_to_rounding():
    assert bootstrap_p([0.1, 0.5 - 1e-13, 0.7], 0.5) == pytest.approx(3 / 4)


def test_no_draw_reaching_the_statistic_gives_the_smallest_p_not_zero():
    assert bootstrap_p(np.zeros(9_999), 1.0) == pytest.approx(1e-4)
