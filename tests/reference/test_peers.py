"""METHODS §9 and §18 on the statistics office's growth of 2020-2025."""

import numpy as np
import pytest

from policyreport.params.methods import MethodSettings
from policyreport.records.series import Difference, Peers
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.comparators import PeerPanel, nearest
from policyreport.statistics.ranks.means import estimate_means
from policyreport.statistics.ranks.peers import compare_in_panel


def difference(result: Peers, comparator: str) -> Difference:
    return next(each for each in result.differences if each.comparator == comparator)


def test_the_capital_has_the_peers_of_the_specification(growth_panel: PeerPanel) -> None:
    peers = nearest(growth_panel, "n01", k=5)
    assert [peer.area for peer in peers] == ["n75", "n31", "n24", "n79", "n48"]
    assert [peer.distance for peer in peers] == pytest.approx([1.18, 1.25, 1.61, 2.04, 2.09], abs=0.006)


def test_the_capitals_mean_differences_are_those_of_the_specification(
    growth_panel: PeerPanel, methods: MethodSettings
) -> None:
    result = compare_in_panel(growth_panel, "n01", methods.peers)
    peers, nation = difference(result, "peers"), difference(result, "nation")
    assert (peers.mean, nation.mean) == pytest.approx((-0.376, 0.486), abs=5e-4)


def test_three_areas_have_no_close_peer(growth_panel: PeerPanel, methods: MethodSettings) -> None:
    found = {
        area: nearest(growth_panel, area, k=5)[-1].distance
        for area in growth_panel.areas
        if compare_in_panel(growth_panel, area, methods.peers).has_flag("no-close-peer")
    }
    assert found == pytest.approx({"n01": 2.09, "n22": 2.88, "n79": 3.27}, abs=0.006)


def test_growth_of_2020_to_2025_lay_above_the_nations_in_every_year_in_three_provinces(
    growth_panel: PeerPanel, methods: MethodSettings
) -> None:
    """METHODS §20.1: Quảng Ninh, Hải Phòng and Thanh Hóa 6 of 6, Hồ Chí Minh 0 of 6."""
    above = {
        area: difference(compare_in_panel(growth_panel, area, methods.peers), "nation") for area in growth_panel.areas
    }
    assert {area for area, each in above.items() if each.years_above == 6} == {"n22", "n31", "n38"}
    assert {area for area, each in above.items() if each.years_above == 0} == {"n79"}
    assert (above["n31"].smallest, above["n31"].largest) == pytest.approx((1.543, 8.985), abs=1e-3)


def test_years_taken_as_independent_name_the_three_provinces_of_the_audit(
    growth_panel: PeerPanel, methods: MethodSettings
) -> None:
    """METHODS §20.1: moderation named Quảng Ninh, Bắc Ninh, Hải Phòng after BH."""
    table = growth_panel.values - growth_panel.nation
    independent = estimate_means(table, methods.peers.with_independent_years)
    adjusted = dict(zip(growth_panel.areas, adjust(independent.p_values.tolist(), rule="bh"), strict=True))
    assert {area for area, p in adjusted.items() if p <= 0.05} == {"n22", "n24", "n31"}


def test_no_province_is_told_apart_once_carry_over_is_learnt(growth_panel: PeerPanel, methods: MethodSettings) -> None:
    results = {
        area: difference(compare_in_panel(growth_panel, area, methods.peers), "nation") for area in growth_panel.areas
    }
    assert {each.verdict for each in results.values()} == {"cannot tell apart"}
    clear = {area for area, d in results.items() if not d.interval.low <= 0 <= d.interval.high}
    assert clear == {"n22", "n24", "n31", "n37"}
    assert min(each.p_adjusted for each in results.values()) == pytest.approx(0.257, abs=1e-3)
    family = estimate_means(growth_panel.values - growth_panel.nation, methods.peers)
    assert np.isfinite(family.p_values).all()
    assert family.carry_over.mean == pytest.approx(0.23, abs=0.01)
