"""Exposure: tests keep their level without an association, and a known one is found (METHODS §17, short)."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from policyreport.methods.draws import bootstrap_p
from policyreport.methods.exposure_regression import changes, fit, permuted, wild_interval, wild_p

WEBB = np.array([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
POST = np.arange(6) == 5
AREAS, DRAWS, REPLICATIONS = 34, 399, 200


def autoregressive(rng: np.random.Generator) -> NDArray[np.float64]:
    """AR(1) noise with ρ = 0.3 and log-normal variances between areas."""
    shocks = rng.normal(size=(AREAS, 6))
    noise = np.empty_like(shocks)
    noise[:, 0] = shocks[:, 0]
    for year in range(1, 6):
        noise[:, year] = 0.3 * noise[:, year - 1] + (1 - 0.3**2) ** 0.5 * shocks[:, year]
    spread: NDArray[np.float64] = np.exp(rng.normal(scale=0.5, size=(AREAS, 1)))
    return noise * spread


EXPOSURES: dict[str, Callable[[np.random.Generator], NDArray[np.float64]]] = {
    "continuous": lambda rng: rng.normal(size=AREAS),
    "skewed": lambda rng: np.exp(rng.normal(size=AREAS)),
    "11 treated": lambda rng: (rng.permutation(AREAS) < 11).astype(float),
    "6 treated": lambda rng: (rng.permutation(AREAS) < 6).astype(float),
}


@pytest.mark.parametrize("kind", list(EXPOSURES))
def test_both_tests_keep_their_level(kind: str, meets_band: Callable[..., bool]) -> None:
    rng = np.random.default_rng(sum(kind.encode()))
    wild = permutation = 0
    for _ in range(REPLICATIONS):
        fitted = fit(changes(autoregressive(rng), POST), EXPOSURES[kind](rng))
        wild += wild_p(fitted, rng.choice(WEBB, (DRAWS, AREAS))) <= 0.05
        orders = np.argsort(rng.random((DRAWS, AREAS)), axis=1)
        permutation += bootstrap_p(permuted(fitted, orders)[1], abs(fitted.t)) <= 0.05
    assert meets_band(wild / REPLICATIONS, 0.035, 0.065)
    assert meets_band(permutation / REPLICATIONS, 0.035, 0.065)


def test_the_inverted_interval_covers_a_known_association(meets_band: Callable[..., bool]) -> None:
    rng = np.random.default_rng(57)
    estimates, hits = [], 0
    for _ in range(REPLICATIONS):
        exposure = rng.normal(size=AREAS)
        fitted = fit(changes(autoregressive(rng) + 0.8 * exposure[:, None] * POST, POST), exposure)
        estimates.append(fitted.estimate)
        ends = wild_interval(fitted, rng.choice(WEBB, (DRAWS, AREAS)), level=0.05)
        assert ends is not None
        hits += ends[0] <= 0.8 <= ends[1]
    assert meets_band(hits / REPLICATIONS, 0.93, 0.975)
    assert np.mean(estimates) == pytest.approx(0.8, abs=3 * np.std(estimates) / REPLICATIONS**0.5)
