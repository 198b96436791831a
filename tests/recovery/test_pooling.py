"""Recovery of known propensities; bands and sizes of METHODS §17, R = 200."""

from pathlib import Path

import numpy as np
import pytest

from policyreport.params.methods import read_method_settings
from policyreport.statistics.tasks.pooling import compute_posterior

POOLING = read_method_settings(Path(__file__).parents[2]).pooling
REPETITIONS = 200


@pytest.mark.parametrize("areas", [8, 12])
@pytest.mark.parametrize("intraclass", [0.02, 0.1, 0.3])
def test_pooled_intervals_cover_the_areas_propensities(areas, intraclass, meets_band):
    rng = np.random.default_rng(20250401)
    size = (1 - intraclass) / intraclass
    covered = 0
    for _ in range(REPETITIONS):
        totals = rng.integers(25, 201, areas)
        truth = rng.beta(0.55 * size, 0.45 * size, areas)
        done = rng.binomial(totals, truth)
        posterior = compute_posterior(done, totals, POOLING.model_copy(update={"grid_points": 40, "cell_cutoff": 1e-6}))
        # One area a repetition, so that the outcomes are independent; inside the interval if and only if
        # the distribution function at the truth is between 2.5 % and 97.5 %.
        covered += 0.025 <= posterior.distribution(done[0], totals[0], truth[0]) <= 0.975
    assert meets_band(covered / REPETITIONS)


def test_the_common_mean_and_the_spread_are_recovered():
    rng = np.random.default_rng(20250402)
    totals = np.full(200, 150)
    done = rng.binomial(totals, rng.beta(0.55 * 9, 0.45 * 9, 200))
    posterior = compute_posterior(done, totals, POOLING.model_copy(update={"grid_points": 60}))
    assert posterior.mean == pytest.approx(0.55, abs=0.04)
    assert posterior.intraclass == pytest.approx(0.1, abs=0.03)
