"""Peers: known differences are found again, and years without a difference rarely single anybody out."""

from collections.abc import Callable

import numpy as np
import pytest

from policyreport.params.methods import MethodSettings, PeersSettings
from policyreport.records.series import Difference
from policyreport.statistics.ranks.comparators import PeerPanel
from policyreport.statistics.ranks.peers import compare_in_panel

REPLICATIONS = 200


@pytest.fixture(scope="module")
def peers(methods: MethodSettings) -> PeersSettings:
    return methods.peers.model_copy(update={"cutoff": 9.0, "rest_of_nation_above": 1.0})


def simulated(rng: np.random.Generator, means: np.ndarray) -> PeerPanel:
    count = len(means)
    return PeerPanel(
        indicator="growth",
        unit="%",
        areas=tuple(f"n{i:02d}" for i in range(count)),
        years=tuple(range(2014, 2020)),
        values=means[:, None] + rng.normal(scale=2, size=(count, 6)),
        nation=np.zeros(6),
        regions=("one",) * count,
        product=np.ones(count),
        likeness=rng.normal(size=(count, 2)),
    )


def nation(result: object) -> Difference:
    return result.differences[0]  # type: ignore[attr-defined, no-any-return]


def test_the_interval_of_a_mean_difference_covers_the_truth(
    meets_band: Callable[..., bool], peers: PeersSettings
) -> None:
    rng = np.random.default_rng(20250701)
    means = np.linspace(-3, 3, 8)
    hits = []
    for _ in range(REPLICATIONS // 4):
        panel = simulated(rng, means)
        for area, mean in zip(panel.areas, means, strict=True):
            interval = nation(compare_in_panel(panel, area, peers)).interval
            hits.append(interval.low <= mean <= interval.high)
    assert meets_band(np.mean(hits), 0.93, 1.0, len(hits))


def test_without_differences_a_family_singles_out_in_at_most_one_of_twenty(
    meets_band: Callable[..., bool], peers: PeersSettings
) -> None:
    rng = np.random.default_rng(20241222)
    singled = 0
    for _ in range(REPLICATIONS):
        panel = simulated(rng, np.zeros(12))
        results = [compare_in_panel(panel, area, peers) for area in panel.areas]
        singled += any(nation(result).verdict != "cannot tell apart" for result in results)
    assert meets_band(singled / REPLICATIONS, 0.0, 0.05, REPLICATIONS)


def test_a_large_difference_is_found(peers: PeersSettings) -> None:
    rng = np.random.default_rng(57)
    means = np.zeros(12)
    means[3] = 12.0
    found = 0
    for _ in range(40):
        panel = simulated(rng, means)
        results = [compare_in_panel(panel, area, peers) for area in panel.areas]
        found += nation(results[3]).verdict == "above"
    assert found >= 38
