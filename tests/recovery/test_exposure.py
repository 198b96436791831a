"""Exposure: tests keep their level without an association, and a known one is found (METHODS §17, short)."""

from collections.abc import Callable

import numpy as np
import pytest

from policyreport.statistics.common.draws import bootstrap_p
from policyreport.statistics.series.exposure_regression import changes, fit, permuted, wild_interval, wild_p
from policyreport.statistics.validity.processes import exposure, uneven_panel

WEBB = np.array([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
POST = np.arange(6) == 5
AREAS, DRAWS, REPLICATIONS = 34, 399, 200


@pytest.mark.parametrize("kind", ["continuous", "skewed", "11", "6"])
def test_both_tests_keep_their_level(kind: str, meets_band: Callable[..., bool]) -> None:
    rng = np.random.default_rng(sum(kind.encode()))
    wild = permutation = 0
    for _ in range(REPLICATIONS):
        fitted = fit(changes(uneven_panel(rng, AREAS, 6), POST), exposure(rng, kind, AREAS))
        wild += wild_p(fitted, rng.choice(WEBB, (DRAWS, AREAS))) <= 0.05
        orders = np.argsort(rng.random((DRAWS, AREAS)), axis=1)
        permutation += bootstrap_p(permuted(fitted, orders)[1], abs(fitted.t)) <= 0.05
    assert meets_band(wild / REPLICATIONS, 0.035, 0.065)
    assert meets_band(permutation / REPLICATIONS, 0.035, 0.065)


def test_the_inverted_interval_covers_a_known_association(meets_band: Callable[..., bool]) -> None:
    rng = np.random.default_rng(57)
    estimates, hits = [], 0
    for _ in range(REPLICATIONS):
        x = exposure(rng, "continuous", AREAS)
        fitted = fit(changes(uneven_panel(rng, AREAS, 6) + 0.8 * x[:, None] * POST, POST), x)
        estimates.append(fitted.estimate)
        ends = wild_interval(fitted, rng.choice(WEBB, (DRAWS, AREAS)), level=0.05)
        assert ends is not None
        hits += ends[0] <= 0.8 <= ends[1]
    assert meets_band(hits / REPLICATIONS, 0.93, 0.975)
    assert np.mean(estimates) == pytest.approx(0.8, abs=3 * np.std(estimates) / REPLICATIONS**0.5)
