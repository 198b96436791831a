"""Comparisons with the nation, the region and the likes: what is refused, flagged and judged."""

from dataclasses import replace

import numpy as np
import pytest

from policyreport.errors import DataError
from policyreport.params.methods import MethodSettings, PeersSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Difference, Peers
from policyreport.statistics.ranks.comparators import PeerPanel, nearest
from policyreport.statistics.ranks.peers import compare_in_panel, judged_together

YEARS = tuple(range(2019, 2025))


@pytest.fixture
def peers(methods: MethodSettings) -> PeersSettings:
    return methods.peers.model_copy(update={"k": 2, "rest_of_nation_above": 0.3})


@pytest.fixture
def panel() -> PeerPanel:
    rng = np.random.default_rng(7)
    return PeerPanel(
        indicator="growth",
        unit="%",
        areas=("a", "b", "c", "d"),
        years=YEARS,
        values=rng.normal(size=(4, 6)),
        nation=rng.normal(size=6),
        regions=("north", "north", "north", "south"),
        product=np.array([5.0, 2.0, 2.0, 1.0]),
        likeness=np.array([[0.0], [1.0], [3.0], [4.0]]),
        inputs={"a": ("raw#1",), "b": ("raw#2",), "c": ("raw#3",), "nation": ("raw#0",)},
    )


def by_comparator(result: Peers | Refusal) -> dict[str, Difference]:
    assert isinstance(result, Peers)
    return {each.comparator: each for each in result.differences if isinstance(each, Difference)}


def test_each_comparator_is_what_it_says(panel: PeerPanel, peers: PeersSettings) -> None:
    found = by_comparator(compare_in_panel(panel, "a", peers))
    y, v = panel.values, panel.nation
    expected = {
        "nation": y[0] - v,
        "rest of the nation": y[0] - (v - 0.5 * y[0]) / 0.5,
        "region": y[0] - (y[1] + y[2]) / 2,
        "peers": y[0] - (y[1] + y[2]) / 2,
    }
    assert list(found) == list(expected)
    for comparator, values in expected.items():
        assert found[comparator].differences == pytest.approx(values)
        assert found[comparator].mean == pytest.approx(values.mean())


def test_the_rest_of_the_nation_is_a_comparator_for_large_areas_only(panel: PeerPanel, peers: PeersSettings) -> None:
    assert "rest of the nation" in by_comparator(compare_in_panel(panel, "a", peers))
    assert "rest of the nation" not in by_comparator(compare_in_panel(panel, "b", peers))


def test_the_rest_of_the_nation_shares_the_nations_p_value(panel: PeerPanel, peers: PeersSettings) -> None:
    found = by_comparator(compare_in_panel(panel, "a", peers))
    assert found["rest of the nation"].p_value == pytest.approx(found["nation"].p_value)
    assert found["rest of the nation"].p_adjusted == found["nation"].p_adjusted


def test_e8_the_placebo_position_is_among_the_other_areas(panel: PeerPanel, peers: PeersSettings) -> None:
    latest = np.abs(panel.values[:, -1] - panel.nation[-1])
    for row, area in enumerate(panel.areas):
        nation = by_comparator(compare_in_panel(panel, area, peers))["nation"]
        assert nation.placebo_larger == np.count_nonzero(latest > latest[row])
        assert nation.placebo_of == 3


def test_inputs_name_the_rows_of_the_area_and_of_its_comparators(panel: PeerPanel, peers: PeersSettings) -> None:
    result = compare_in_panel(panel, "a", peers)
    assert result.inputs == ("raw#1",)
    found = by_comparator(result)
    assert found["nation"].inputs == ("raw#0",)
    assert found["region"].inputs == ("raw#2", "raw#3")


def test_an_area_alone_in_its_region_has_no_regional_comparator(panel: PeerPanel, peers: PeersSettings) -> None:
    result = compare_in_panel(panel, "d", peers)
    refusals = [each for each in result.differences if isinstance(each, Refusal)]
    assert [each.code for each in refusals] == ["not-published"]
    assert refusals[0].subject == "growth d region"


def test_years_without_both_values_do_not_count(panel: PeerPanel, peers: PeersSettings) -> None:
    values = panel.values.copy()
    values[0, 2] = np.nan
    found = by_comparator(compare_in_panel(replace(panel, values=values), "a", peers))
    assert found["nation"].years == (2019, 2020, 2022, 2023, 2024)
    values[0, 3] = np.nan
    result = compare_in_panel(replace(panel, values=values), "a", peers)
    assert {each.code for each in result.differences} == {"too-few-points"}


def test_a_peer_without_a_value_leaves_the_year_out(panel: PeerPanel, peers: PeersSettings) -> None:
    values = panel.values.copy()
    values[1, 0] = np.nan
    assert by_comparator(compare_in_panel(replace(panel, values=values), "a", peers))["peers"].years == YEARS[1:]


def test_an_area_without_values_is_not_published(panel: PeerPanel, peers: PeersSettings) -> None:
    values = panel.values.copy()
    values[0] = np.nan
    result = compare_in_panel(replace(panel, values=values), "a", peers)
    assert isinstance(result, Refusal)
    assert result.code == "not-published"


def test_two_measures_are_not_compared(panel: PeerPanel, peers: PeersSettings) -> None:
    result = compare_in_panel(replace(panel, measures=("nso", "ministry")), "a", peers)
    assert isinstance(result, Refusal)
    assert (result.code, result.detail) == ("measure-mixed", "ministry, nso")


def test_an_unknown_area_is_a_data_error(panel: PeerPanel, peers: PeersSettings) -> None:
    with pytest.raises(DataError, match="an area of the panel"):
        compare_in_panel(panel, "e", peers)


def test_an_area_is_never_its_own_peer_even_among_twins(panel: PeerPanel) -> None:
    twins = replace(panel, likeness=np.zeros((4, 1)))
    for area in panel.areas:
        assert area not in {peer.area for peer in nearest(twins, area, k=2)}


def test_an_area_of_unknown_likeness_has_no_peers_and_is_nobodys_peer(panel: PeerPanel, peers: PeersSettings) -> None:
    likeness = panel.likeness.copy()
    likeness[1] = np.nan
    unknown = replace(panel, likeness=likeness)
    assert nearest(unknown, "b", k=2) == ()
    assert [peer.area for peer in nearest(unknown, "a", k=2)] == ["c", "d"]
    assert "peers" not in by_comparator(compare_in_panel(unknown, "b", peers))


def test_too_few_areas_leave_nobody_with_peers(panel: PeerPanel) -> None:
    assert nearest(panel, "a", k=4) == ()


def test_distant_peers_are_shown_without_a_verdict(panel: PeerPanel, peers: PeersSettings) -> None:
    result = compare_in_panel(panel, "a", peers.model_copy(update={"cutoff": 0.5}))
    assert result.has_flag("no-close-peer")
    found = by_comparator(result)
    assert found["peers"].verdict is None
    assert found["peers"].p_adjusted is not None
    assert found["nation"].verdict is not None


def test_errors_of_recalculated_values_are_added_in_quadrature(panel: PeerPanel, peers: PeersSettings) -> None:
    errors = np.zeros((4, 6))
    errors[0, :3], errors[1, 0] = 0.8, 0.6
    plain = by_comparator(compare_in_panel(panel, "a", peers))
    wider = by_comparator(compare_in_panel(replace(panel, errors=errors), "a", peers))
    # Variances of the mean of six differences; b is one of two peers of a, with half their weight.
    own, peer = 3 * 0.8**2 / 36, (0.6 / 2) ** 2 / 36
    expected = {"nation": own, "rest of the nation": own / 0.5**2, "region": own + peer, "peers": own + peer}
    for comparator, variance in expected.items():
        square = {key: each[comparator].standard_error ** 2 for key, each in (("plain", plain), ("wider", wider))}
        assert square["wider"] - square["plain"] == pytest.approx(variance)
        assert wider[comparator].mean == plain[comparator].mean
        assert wider[comparator].p_value > plain[comparator].p_value


def test_an_error_of_others_leaves_a_published_difference_alone(panel: PeerPanel, peers: PeersSettings) -> None:
    errors = np.zeros((4, 6))
    errors[3] = 5.0
    plain, other = (
        by_comparator(compare_in_panel(each, "a", peers)) for each in (panel, replace(panel, errors=errors))
    )
    for comparator, difference in plain.items():
        # Of the family's adjustment alone the others' p-values are part.
        assert other[comparator].model_copy(update={"p_adjusted": difference.p_adjusted}) == difference


def test_short_windows_and_slump_starts_are_flagged(panel: PeerPanel, peers: PeersSettings) -> None:
    flags = {flag.code for flag in by_comparator(compare_in_panel(panel, "a", peers))["nation"].flags}
    assert flags == {"weak"}
    late = replace(panel, years=tuple(range(2020, 2026)))
    flags = {flag.code for flag in by_comparator(compare_in_panel(late, "a", peers))["nation"].flags}
    assert flags == {"weak", "starts-in-shock"}


def test_every_year_is_told_before_the_mean(panel: PeerPanel, peers: PeersSettings) -> None:
    for area, row in zip(panel.areas, panel.values - panel.nation, strict=True):
        nation = by_comparator(compare_in_panel(panel, area, peers))["nation"]
        assert (nation.years_above, len(nation.years)) == (np.count_nonzero(row > 0), 6)
        assert (nation.smallest, nation.largest) == (row.min(), row.max())


def test_clear_differences_are_above_or_below(panel: PeerPanel, peers: PeersSettings) -> None:
    shift = np.array([[9.0], [0.0], [0.0], [-9.0]])
    moved = replace(panel, values=panel.values / 10 + shift, nation=panel.nation / 10)
    verdicts = [by_comparator(compare_in_panel(moved, key, peers))["nation"].verdict for key in panel.areas]
    assert verdicts == ["above", "cannot tell apart", "cannot tell apart", "below"]


def test_the_own_region_is_judged_alone_and_the_others_among_all(panel: PeerPanel, peers: PeersSettings) -> None:
    for area in panel.areas[:3]:
        found = by_comparator(compare_in_panel(panel, area, peers))
        assert found["region"].planned
        assert found["region"].p_adjusted is None
        assert (found["region"].verdict != "cannot tell apart") == (found["region"].p_value <= 0.05)
        assert not found["nation"].planned
        assert found["nation"].p_adjusted >= found["nation"].p_value


def test_an_area_whose_mean_is_refused_is_no_part_of_the_family(panel: PeerPanel, peers: PeersSettings) -> None:
    values = panel.values.copy()
    values[3, :2] = np.nan
    family, adjusted = judged_together(replace(panel, values=values), "nation", peers)
    assert adjusted[3] is None
    assert np.isnan(family.p_values[3])
    three = judged_together(replace(panel, values=np.delete(values, 3, 0), areas=("a", "b", "c"),
                                    regions=("n",) * 3, product=np.ones(3), likeness=np.zeros((3, 1))),
                            "nation", peers)[0]  # fmt: skip
    assert family.p_values[:3] == pytest.approx(three.p_values)


def test_a_difference_without_spread_borrows_the_others_and_is_certain_where_none_varies(
    panel: PeerPanel, peers: PeersSettings
) -> None:
    same = replace(panel, values=np.tile(panel.nation, (4, 1)))
    nation = by_comparator(compare_in_panel(same, "a", peers))["nation"]
    assert (nation.mean, nation.p_value) == pytest.approx((0.0, 1.0))
    values = panel.values.copy()
    values[0] = panel.nation + 1.0
    nation = by_comparator(compare_in_panel(replace(panel, values=values), "a", peers))["nation"]
    assert nation.mean == pytest.approx(1.0)
    assert nation.standard_error > 0
    assert nation.p_value > 0
