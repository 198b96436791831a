"""METHODS §11, references A and B."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from policyreport.statistics.common.draws import JOINT, generator
from policyreport.statistics.ranks import stepdown
from policyreport.statistics.ranks.ranks import binomial_scores, rank_estimates
from policyreport.statistics.ranks.stepdown import (
    bootstrap_critical_value,
    find_marginal_set,
    find_simultaneous_sets,
    quadrature_critical_value,
)

A_ESTIMATES = np.array([70.0, 66, 63, 63, 58, 50, 41, 40])
A_ERRORS = np.array([2, 3, 1.5, 4, 2, 2.5, 3, 1])

PISA = """
491.360/1.940 498.942/2.971 508.070/2.263 512.017/2.357 417.407/2.416 390.932/2.990 402.331/3.289
499.468/2.461 509.398/1.735 523.415/1.744 507.301/1.968 495.408/2.320 500.044/2.647 451.370/3.091
481.083/2.320 495.187/1.953 499.633/2.199 463.035/3.499 486.590/2.780 526.973/2.471 525.933/3.121
496.126/1.963 481.191/1.953 483.421/1.098 408.801/2.493 519.231/2.632 494.490/1.706 500.964/2.219
515.648/2.602 492.487/2.685 486.165/2.556 508.898/1.364 481.393/1.462 502.388/2.654 515.315/2.908
453.508/2.260 501.770/2.564 478.245/3.235
"""
JAPAN, UNITED_KINGDOM, UNITED_STATES = 20, 37, 38


@pytest.fixture(scope="module")
def rank(methods):
    fine = methods.ranks.model_copy(update={"quadrature_digits": 10})

    def estimate(estimates, errors, tau):
        # Keys that sort like the positions, counted from 1.
        areas = [f"{place + 1:02d}" for place in range(len(estimates))]
        about = {"indicator": "reference", "measure": "", "basis": "survey", "larger_is_better": True}
        return rank_estimates(areas, estimates, errors, fine.model_copy(update={"tau": tau}), **about)

    return estimate


@pytest.fixture(scope="module")
def small(rank):
    return rank(A_ESTIMATES, A_ERRORS, tau=3)


@pytest.fixture(scope="module")
def pisa(rank):
    estimates, errors = np.array([pair.split("/") for pair in PISA.split()], dtype=float).T
    return rank(estimates, errors, tau=5)


def test_marginal_sets_of_eight_areas(small):
    """Own quadrature, and csranks 1.2 (R) with R = 100,000 and three seeds."""
    expected = [(1, 3), (1, 5), (2, 5), (1, 5), (2, 6), (6, 7), (6, 8), (7, 8)]
    assert [each.marginal for each in small.sets] == expected


def test_simultaneous_sets_of_eight_areas(small):
    """csranks 1.2 (R) with R = 100,000 and three seeds."""
    expected = [(1, 4), (1, 5), (1, 5), (1, 6), (2, 6), (4, 7), (6, 8), (7, 8)]
    assert [each.simultaneous for each in small.sets] == expected


def test_simultaneous_critical_values_within_their_simulation_error(small):
    """c 2.993 and 2.913; the MCSE of this quantile at B = 9,999 is about 0.02."""
    assert small.critical_values == pytest.approx((2.993, 2.913), abs=0.06)


def test_the_three_best_of_eight(small):
    assert small.best == ("01", "02", "03", "04", "05")


def test_critical_values_of_the_sixth_area_step_by_step():
    """METHODS prints 2.588305, 2.461591, 2.423403; the digits here are scipy.integrate.quad's (1e-12)."""
    critical = quadrature_critical_value(5, A_ERRORS, tolerance=1e-10)
    steps = []

    def record(better, worse):
        steps.append(critical(better, worse))
        return steps[-1]

    assert find_marginal_set(5, A_ESTIMATES, A_ERRORS, record).first == 6
    assert steps == pytest.approx([2.588304610789, 2.461591067670, 2.423403830041], rel=1e-8)


def test_without_stepping_down_only_the_sixth_set_is_wider(small):
    """The 6th is [5, 7] in one step."""
    single = []
    for place in range(8):
        first = quadrature_critical_value(place, A_ERRORS, tolerance=1e-10)(*np.ones((2, 7), dtype=bool))
        found = find_marginal_set(place, A_ESTIMATES, A_ERRORS, lambda better, worse, c=first: c)
        single.append((found.first, found.last))
    assert single[5] == (5, 7)
    assert [each.marginal for each in small.sets][:5] == single[:5]
    assert [each.marginal for each in small.sets][6:] == single[6:]


def test_the_united_kingdom_in_pisa_2018(pisa, rank):
    """csranks' published example: rank 13, marginal [7, 23]; c by quadrature."""
    kingdom = pisa.sets[UNITED_KINGDOM - 1]
    assert (kingdom.rank, kingdom.marginal, kingdom.simultaneous) == (13, (7, 23), (6, 24))
    assert kingdom.critical_values == pytest.approx((3.033071, 2.943322), abs=5e-7)


def test_japan_and_the_united_states_in_pisa_2018(pisa):
    japan, states = pisa.sets[JAPAN - 1], pisa.sets[UNITED_STATES - 1]
    assert (japan.marginal, japan.simultaneous) == ((1, 4), (1, 6))
    assert (states.marginal, states.simultaneous) == ((25, 31), (23, 32))


def test_the_twelve_countries_that_may_be_among_the_five_best_of_pisa_2018(pisa):
    expected = (3, 4, 9, 10, 11, 20, 21, 26, 29, 32, 34, 35)
    assert tuple(int(area) for area in pisa.best) == expected


def test_bootstrap_marginal_sets_agree_with_quadrature_within_one_rank(pisa, rank):
    """METHODS §11: the bootstrap must agree within one rank."""
    estimates, errors = np.array([pair.split("/") for pair in PISA.split()], dtype=float).T
    noise = (errors * generator("ranks", "reference", "", JOINT).standard_normal((9999, len(errors)))).T
    for place, exact in enumerate(pisa.sets):
        found = find_marginal_set(place, estimates, errors, bootstrap_critical_value(place, errors, noise))
        assert abs(found.first - exact.marginal[0]) <= 1
        assert abs(found.last - exact.marginal[1]) <= 1


def test_the_one_pass_maximum_gives_the_sets_of_the_plain_loop():
    """The plain loop over ordered pairs, written out."""
    noise = (A_ERRORS * np.random.default_rng(7).standard_normal((999, 8))).T
    joint = np.sqrt(A_ERRORS[:, None] ** 2 + A_ERRORS**2)
    pairs = {(j, k) for j in range(8) for k in range(8) if j != k}
    rejected = set()
    while True:
        maxima = np.max([(noise[j] - noise[k]) / joint[j, k] for j, k in pairs - rejected], axis=0)
        c = np.sort(maxima)[949]
        new = {(j, k) for j, k in pairs - rejected if (A_ESTIMATES[j] - A_ESTIMATES[k]) / joint[j, k] > c}
        if not new:
            break
        rejected |= new
    expected = [
        (1 + sum((k, j) in rejected for k in range(8)), 8 - sum((j, k) in rejected for k in range(8))) for j in range(8)
    ]
    found = find_simultaneous_sets(A_ESTIMATES, A_ERRORS, noise)
    assert [(each.first, each.last) for each in found] == expected
    assert found[0].critical_values[1] == pytest.approx(c)


def test_binomial_scores_at_none_and_half_of_twenty():
    """Anscombe's transformation by hand."""
    scores, errors = binomial_scores([0, 10], [20, 20])
    assert scores == pytest.approx([np.arcsin(np.sqrt(0.375 / 20.75)), np.pi / 4])
    assert errors == pytest.approx([0.5 / np.sqrt(20.5)] * 2)


def adaptive(place, errors, c):
    """P(max ≤ c) of one area's comparisons by scipy's adaptive integration, in pieces where the integrand turns."""
    others = np.delete(errors, place)
    joint = np.hypot(errors[place], others)

    def density(z):
        inside = ndtr((errors[place] * z + c * joint) / others) - ndtr((errors[place] * z - c * joint) / others)
        return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) * np.prod(inside)

    turn = c * float(np.median(joint)) / errors[place]
    edges = [-9, -turn - 0.5, -turn, -turn + 0.5, 0, turn - 0.5, turn, turn + 0.5, 9]
    return sum(quad(density, a, b, epsabs=1e-12, limit=400)[0] for a, b in pairwise(sorted(edges)))


@pytest.mark.parametrize("areas", [3, 7, 34])
@pytest.mark.parametrize("ratio", [1.0, 5.0, 20.0, 200.0])
def test_critical_values_are_exact_however_far_standard_errors_lie_apart(areas, ratio):
    """METHODS §20.10: at a ratio of 20 to 1 a fixed set of 200 nodes gave 1.980 for 2.022."""
    errors = np.r_[ratio, np.ones(areas - 1)]
    every = np.ones(areas - 1, dtype=bool)
    for place in (0, 1):
        c = quadrature_critical_value(place, errors, tolerance=1e-9)(every, every)
        assert adaptive(place, errors, c) == pytest.approx(0.95, abs=1e-8)
        assert c >= 1.959963984540054 - 1e-6


def test_the_critical_value_that_a_fixed_set_of_nodes_missed():
    """METHODS §20.10, standard errors of 20 and 1: 2.022, where 200 nodes gave 1.980; here for seven areas."""
    every = np.ones(6, dtype=bool)
    c = quadrature_critical_value(0, np.r_[20.0, np.ones(6)], tolerance=1e-9)(every, every)
    assert c == pytest.approx(2.022, abs=5e-4)


def test_a_critical_value_below_a_single_comparisons_is_an_error(monkeypatch):
    monkeypatch.setattr(stepdown, "_find_root", lambda *given: 1.94)
    with pytest.raises(ArithmeticError, match=r"1\.94 for 8 areas, below 1\.95996"):
        quadrature_critical_value(0, A_ERRORS, tolerance=1e-9)(np.ones(7, dtype=bool), np.ones(7, dtype=bool))
