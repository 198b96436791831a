"""METHODS §17: coverage of the revision interval on simulated revisions."""

from dataclasses import replace

import numpy as np
import pytest

from policyreport.statistics.shares.revision_error import RevisionPrior, prior_grid, revision_error

PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
R = 2000  # closed form, so the page's own number of repetitions is affordable


def coverage(n, spread, seed):
    """Share of intervals of a value published as 0 that hold its final value."""
    rng = np.random.default_rng(seed)
    inside = 0
    for _ in range(R):
        sd = spread(rng)
        moved = rng.normal(0, sd, n + 1)
        interval = revision_error(moved[:n], 0, PRIOR).interval(0.0)
        inside += interval.low <= moved[n] <= interval.high
    return inside / R


@pytest.mark.parametrize("n", [0, 2, 5, 10])
def test_revisions_drawn_from_the_prior_are_covered_at_the_nominal_level(n):
    covered = coverage(n, lambda rng: np.sqrt(2 * 0.5**2 / rng.chisquare(2)), 50 + n)
    assert 0.93 - 0.01 <= covered <= 0.975 + 0.007


@pytest.mark.parametrize(("sd", "printed"), [(0.4, 0.996), (0.5, 0.985), (0.75, 0.945), (1.0, 0.91), (1.5, 0.87)])
def test_two_revisions_of_known_spread_give_the_coverage_the_page_prints(sd, printed):
    """METHODS §5, validity found; 3 standard errors of both simulations, and the page's rounding."""
    covered = coverage(2, lambda rng: sd, 7)
    error = np.sqrt(printed * (1 - printed) / R)
    assert covered == pytest.approx(printed, abs=3 * np.sqrt(2) * error + 0.005)


LEANING = replace(PRIOR, mean_weight=1.0)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 10])
def test_a_mean_and_a_spread_drawn_from_the_prior_are_covered_at_the_nominal_level(n):
    """METHODS §20.4: σ² scaled inverse χ², the mean given σ normal about 0 with the weight of one observation."""
    rng = np.random.default_rng(90 + n)
    sd = np.sqrt(2 * 0.5**2 / rng.chisquare(2, R))
    moved = rng.normal(rng.normal(0, sd), sd, (n + 1, R))
    intervals = [revision_error(moved[:n, i], 0, LEANING).interval(0.0) for i in range(R)]
    inside = [each.low <= final <= each.high for each, final in zip(intervals, moved[n], strict=True)]
    assert 0.93 - 0.01 <= np.mean(inside) <= 0.975 + 0.007


def test_the_chance_is_calibrated_where_the_prior_is_the_truth():
    """Of finals that reach the threshold with a stated chance of 2 to 5%, about so many do."""
    rng = np.random.default_rng(5)
    hits, stated = [], []
    for _ in range(10 * R):
        sd = np.sqrt(2 * 0.5**2 / rng.chisquare(2))
        *history, last = rng.normal(rng.normal(0, sd), sd, 3)
        chance = revision_error(history, 0, LEANING).probability_at_least(0.0, 2.0)
        if 0.02 <= chance <= 0.05:
            hits.append(last >= 2.0)
            stated.append(chance)
    error = np.sqrt(0.035 * 0.965 / len(hits))
    assert np.mean(hits) == pytest.approx(np.mean(stated), abs=3 * error)


def test_with_a_mean_of_zero_that_is_wrong_the_bar_leans_and_the_other_priors_say_so():
    """Revisions of +0.35 on average: the verdict's prior errs at the margin, and the flag is raised there."""
    rng = np.random.default_rng(6)
    wrong, flagged = [], []
    for _ in range(R // 2):
        *history, last = rng.normal(0.35, 0.5, 6)
        limit = revision_error(history, 0, PRIOR).interval(0.0, 0.9).high
        grid = prior_grid(PRIOR, factors=(0.5, 1, 2), mean_weight=1)
        chances = [revision_error(history, 0, each).probability_at_least(0.0, limit + 1e-9) for each in grid]
        wrong.append(last >= limit)
        flagged.append(max(chances) > 0.05)
    assert np.mean(wrong) > 0.06
    assert np.mean(flagged) > 0.99
