"""METHODS §9 and §18 on the statistics office's growth of 2020-2025."""

import pytest

from policyreport.methods.peers import PeerPanel, assess, judge, nearest
from policyreport.records.series import Difference, Peers

SETTINGS = {
    "k": 5,
    "cutoff": 2.0,
    "minimum_points": 5,
    "rest_of_nation_above": 0.05,
    "weak_below": 12,
    "shock_years": (2020, 2021),
}


def difference(result: Peers, comparator: str) -> Difference:
    return next(each for each in result.differences if each.comparator == comparator)


def test_the_capital_has_the_peers_of_the_specification(growth_panel: PeerPanel) -> None:
    peers = nearest(growth_panel, "n01", k=5)
    assert [peer.area for peer in peers] == ["n75", "n31", "n24", "n79", "n48"]
    assert [peer.distance for peer in peers] == pytest.approx([1.18, 1.25, 1.61, 2.04, 2.09], abs=0.006)


def test_the_capitals_mean_differences_are_those_of_the_specification(growth_panel: PeerPanel) -> None:
    result = assess(growth_panel, "n01", **SETTINGS)
    peers, nation = difference(result, "peers"), difference(result, "nation")
    assert (peers.mean, peers.interval.low, peers.interval.high) == pytest.approx((-0.376, -2.246, 1.493), abs=5e-4)
    assert (nation.mean, nation.interval.low, nation.interval.high) == pytest.approx((0.486, -0.218, 1.189), abs=5e-4)


def test_three_areas_have_no_close_peer(growth_panel: PeerPanel) -> None:
    found = {
        area: nearest(growth_panel, area, k=5)[-1].distance
        for area in growth_panel.areas
        if assess(growth_panel, area, **SETTINGS).has_flag("no-close-peer")
    }
    assert found == pytest.approx({"n01": 2.09, "n22": 2.88, "n79": 3.27}, abs=0.006)


def test_six_intervals_exclude_the_nation_and_none_survives_the_adjustment(growth_panel: PeerPanel) -> None:
    results = judge([assess(growth_panel, area, **SETTINGS) for area in growth_panel.areas], level=0.05)
    nation = {result.area: difference(result, "nation") for result in results}
    clear = {area for area, d in nation.items() if not d.interval.low <= 0 <= d.interval.high}
    assert clear == {"n22", "n24", "n31", "n33", "n37", "n38"}
    assert {d.verdict for d in nation.values()} == {"cannot tell apart"}
