"""Reference values of METHODS §20.8 on the published figures."""

from collections.abc import Callable

import pytest

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal, Results
from policyreport.records.targets import TargetReading, TargetScore
from policyreport.running.plan import EditionData
from policyreport.statistics.scorecard.targets import score_targets
from policyreport.statistics.shares.pace import pace_of_share


@pytest.fixture(scope="module")
def data(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(known_q4, "targets", "VN")


@pytest.fixture(scope="module")
def scored(data: Inputs) -> Callable[[str], dict[str, TargetScore]]:
    def scores(of: str) -> dict[str, TargetScore]:
        paces = pace_of_share(data.shares, data.share_goals(of), data.settings.pace)
        days = {"start": data.policy.date, "day": data.edition.as_known_on}
        found: Results[TargetScore] = score_targets(data.target_figures(of), data.settings.pace, **days, paces=paces)
        return {score.id: score for score in found}

    return scores


def by_measure(score: TargetScore, measure: str) -> TargetReading:
    (reading,) = [reading for reading in score.readings if reading.measure == measure]
    return reading


def test_all_27_targets_of_the_resolution_have_a_verdict_or_the_reason_for_none(scored) -> None:
    scores = scored("policy")
    assert list(scores) == [f"R57-{number:02d}" for number in range(1, 28)]
    assert all(bool(score.verdict) != bool(score.reason) for score in scores.values())


def test_the_share_has_gone_a_twentieth_of_the_way_to_30_in_2030_and_is_far_too_slow(scored) -> None:
    """By hand: 0.85 of 16.83; 1.36 in five years against 17.34 in ten; 15.98 left in five."""
    reading = by_measure(scored("policy")["R57-09"], "nso")
    assert reading.verdict == "far too slow"
    assert reading.way == pytest.approx(0.85 / 16.83, rel=1e-8)
    assert reading.observed == pytest.approx(0.272, rel=1e-8)
    assert reading.required == pytest.approx(1.734, rel=1e-8)
    assert reading.required_from_now == pytest.approx(3.196, rel=1e-8)
    assert reading.at_pace == pytest.approx(15.38, rel=1e-8)


def test_the_20_per_cent_of_2025_were_missed_by_5_98_points(scored) -> None:
    reading = by_measure(scored("country")["NAT-01"], "nso")
    assert (reading.verdict, reading.gap) == ("missed", pytest.approx(5.98, rel=1e-8))


def test_14_5_per_cent_in_2026_are_64_per_cent_of_the_way_and_revisions_may_decide(scored) -> None:
    reading = by_measure(scored("country")["D11-01"], "nso")
    assert reading.verdict == "cannot tell apart"
    assert reading.way == pytest.approx(0.85 / 1.33, rel=1e-8)


def test_the_scorecard_and_the_pace_of_the_share_say_the_same(
    scored, known_q4: EditionData, slice_of: Callable[..., Inputs]
) -> None:
    economy = slice_of(known_q4, "economy", "VN")
    paces = pace_of_share(economy.shares, economy.targets, economy.settings.pace)
    office = [pace for pace in paces if not isinstance(pace, Refusal) and pace.measure == "nso"]
    readings = {score.horizon: by_measure(score, "nso") for score in scored("policy").values() if score.id in SHARES}
    assert {pace.target_period: pace.headline for pace in office} == {
        year: reading.verdict for year, reading in readings.items()
    }


SHARES = ("R57-09", "R57-24")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("R57-01", "not published"),
        ("R57-04", "no newer figure"),
        ("R57-05", "only related figures"),
        ("R57-10", "only related figures"),
        ("R57-19", "no exact figure"),
        ("R57-21", "one figure so far"),
        ("R57-22", "no number set"),
        ("R57-25", "a place, no pace"),
    ],
)
def test_a_target_that_cannot_be_judged_says_why(target: str, reason: str, scored) -> None:
    assert (scored("policy")[target].verdict, scored("policy")[target].reason) == ("", reason)


def test_5g_is_printed_by_both_publishers_and_no_third(scored) -> None:
    latest = {reading.measure: reading.latest for reading in scored("policy")["R57-22"].readings}
    assert {measure: (figure.bound, figure.value) for measure, figure in latest.items()} == {
        "mst": (">", 91.0),
        "government-notice": ("~", 59.0),
    }


def test_files_submitted_online_and_files_handled_online_are_two_figures_and_neither_is_judged(scored) -> None:
    readings = scored("policy")["R57-10"].readings
    assert [reading.latest.indicator for reading in readings if reading.latest] == [
        "online_submission_share_34_provinces",
        "online_full_process_file_rate",
    ]
    assert all(reading.nearest and not reading.verdict for reading in readings)


def test_the_innovation_rank_of_2025_is_44_and_not_that_of_2023(scored) -> None:
    (reading,) = scored("policy")["R57-25"].readings
    assert (reading.baseline.value, reading.latest.period, reading.latest.value) == (44.0, "2025", 44.0)


def test_ha_noi_missed_its_own_target_and_merged_provinces_are_not_judged(scored) -> None:
    scores = scored("provinces")
    assert (scores["PROV-08"].verdict, scores["PROV-08"].readings[0].gap) == ("missed", pytest.approx(12.66))
    merged = [score for score in scores.values() if score.reason == "set before the merger"]
    assert {score.area for score in merged} == {"o31", "o51", "o79"}
    assert not any(score.readings for score in merged)


def test_growth_expected_for_2026_to_2030_is_not_yet_due(scored) -> None:
    growth = [score for score in scored("provinces").values() if score.id.startswith("GRDP-")]
    assert len(growth) == 34
    assert {score.reason for score in growth} == {"not yet due"}


def test_an_edition_knows_no_figure_that_came_out_after_its_day(
    known_q3: EditionData, slice_of: Callable[..., Inputs]
) -> None:
    data = slice_of(known_q3, "targets", "VN")
    figures = data.target_figures("policy")
    assert figures["published"].max().date() <= data.edition.as_known_on
    scores = score_targets(figures, data.settings.pace, start=data.policy.date, day=data.edition.as_known_on)
    assert {score.id: score.reason for score in scores}["R57-09"] == "no newer figure"
