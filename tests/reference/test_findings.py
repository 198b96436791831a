"""What the methods give on the published figures as known on 30 September 2026: METHODS §18.

Each number here was worked out by hand or by another program before the code was written; the whole way is
tested, from the ledger over the panel and the slice to the record. What rests on the records of all provinces is looked
at with ``BUILD=build/2025Q4 pytest tests/reference/test_findings.py``, or with ``--all``.
"""

import dataclasses
from collections import Counter, defaultdict
from math import log

import numpy as np
import pytest

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.notebooks import CompareRecord, TrendRecord
from policyreport.records.series import Difference, Trend
from policyreport.records.shares import Pace, Threshold
from policyreport.records.tasks import Completion
from policyreport.running.plan import EditionData, edition_areas, ledger_rows
from policyreport.statistics.shares.pace import pace_of_share
from policyreport.statistics.shares.threshold import other_quantity, share_against
from policyreport.statistics.tasks.completion import completion_of_lists
from policyreport.statistics.tasks.flow import pace_of_tasks
from policyreport.statistics.tasks.quarters import quarter_on_quarter

HANOI, NGHE_AN = "n01", "n40"


@pytest.fixture(scope="module")
def trends(records) -> dict[str, TrendRecord]:
    return {area: record for (area, notebook), record in records.items() if notebook == "trend"}


@pytest.fixture(scope="module")
def compared(records) -> dict[str, CompareRecord]:
    return {area: record for (area, notebook), record in records.items() if notebook == "compare"}


def percent(interval) -> tuple[float, float]:
    return round(100 * interval.low, 1), round(100 * interval.high, 1)


def codes(result) -> list[str]:
    return [flag.code for flag in result.flags]


# ---- tasks of the nation -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("list_", "count", "total", "share", "interval", "overdue"),
    [
        ("central-2025-05", 103, 600, 17.2, (14.4, 20.4), None),
        ("central-2025-10", 485, 1132, 42.8, (40.0, 45.7), (86, 7.6, (6.2, 9.3))),
        ("central-2025-12-04-with-recurring", 601, 1287, 46.7, (44.0, 49.4), (104, 8.1, (6.7, 9.7))),
        ("central-2025-12-25", 1227, 1298, 94.5, (93.2, 95.6), None),
    ],
)
def test_completion_of_the_central_list(nation: Inputs, list_, count, total, share, interval, overdue) -> None:
    (result,) = [
        each
        for each in completion_of_lists(nation.tasks, nation.settings.completion)
        if getattr(each, "list", "") == list_
    ]
    done = result.completed
    assert (done.count, done.total, round(100 * done.share, 1), percent(done.wilson)) == (count, total, share, interval)
    late = result.overdue
    told = None if late is None else (late.count, round(100 * late.share, 1), percent(late.wilson))
    assert told == overdue


def test_every_step_of_the_central_list_is_a_changed_list(nation: Inputs) -> None:
    steps = quarter_on_quarter(nation.tasks, nation.settings.flow).steps
    assert [step.same_list for step in steps] == [False] * 3
    assert [round(100 * step.conditional.hazard30, 1) for step in steps] == [9.5, 8.9, 96.2]
    daily = [-log(1 - step.conditional.hazard30) / 30 for step in steps]
    assert [round(each, 4) for each in daily] == [0.0033, 0.0031, 0.1088]
    assert [step.has_flag("basis-suspect") for step in steps] == [False, False, True]


def test_no_pace_is_given_for_the_nation(nation: Inputs) -> None:
    refused = pace_of_tasks(nation.tasks, nation.settings.flow)
    assert {each.code for each in refused} == {"list-changed", "interval-too-short"}
    # METHODS §18: the dossier's one pair on one list, all Government tasks, is four days apart.
    short = next(each for each in refused if each.code == "interval-too-short")
    assert "4 days" in short.detail


# ---- the share against 16 % ----------------------------------------------------------------------------


def test_the_nations_share_against_16_percent_by_measure_and_year(nation: Inputs) -> None:
    judged = {
        (each.measure, each.period): each
        for each in share_against(nation.shares, nation.threshold, nation.settings.threshold)
        if isinstance(each, Threshold)
    }
    told = {key: (each.observation.value, each.verdict, each.as_published) for key, each in judged.items()}
    assert told["nso", "2023"] == (12.87, "below", False)
    assert told["nso", "2024"] == (13.17, "below", False)
    assert told["nso", "2025"] == (14.02, "below", False)
    assert told["mic-mst", "2022"] == (14.26, "below", True)
    assert told["mic-mst", "2023"] == (16.5, "cannot tell apart", True)
    assert told["mic-mst", "2024"] == (18.3, "above", True)
    assert told["government-report", "2025"] == (13.9, "below", True)
    assert {key for key, each in judged.items() if each.has_flag("measure-flip")} == {
        ("nso", "2024"),
        ("mic-mst", "2024"),
    }


def test_the_newest_share_needs_a_revision_far_beyond_any_seen(nation: Inputs) -> None:
    newest = next(
        each
        for each in share_against(nation.shares, nation.threshold, nation.settings.threshold)
        if (each.measure, each.period) == ("nso", "2025")
    )
    # No one band of words holds under every prior, so the range is printed (§20.4).
    assert newest.certainty == ""
    assert (round(newest.interval.low, 1), round(newest.interval.high, 1)) == (12.8, 15.3)
    assert newest.distance == pytest.approx(1.98)
    assert newest.largest_revision == pytest.approx(0.54)


def test_more_than_16_percent_is_another_quantity_and_a_bound(nation: Inputs) -> None:
    (other,) = other_quantity(nation.shares, nation.threshold, nation.settings.threshold)
    seen = other.observation
    assert (other.indicator, seen.value, seen.bound) == ("sti_dx_contribution", 16, ">")
    assert (other.verdict, codes(other)) == ("stated above", ["bound-only", "part-year"])
    assert (other.probability, other.certainty, other.interval) == (None, "", None)
    assert seen.id not in {
        row for each in share_against(nation.shares, nation.threshold, nation.settings.threshold) for row in each.inputs
    }


@pytest.mark.edition
def test_the_provinces_shares_against_16_percent(trends: dict[str, TrendRecord]) -> None:
    told = defaultdict(set)
    for area, record in trends.items():
        for each in record.share:
            verdict = each.code if isinstance(each, Refusal) else each.verdict
            told[verdict].add(area if isinstance(each, Refusal) else (area, each.observation.value))
            assert isinstance(each, Refusal) or codes(each) == ["no-vintage-history"]
    assert told["above"] == {("n24", 46.3), ("n19", 29.53), ("n25", 22.71), ("n31", 22.28)}
    assert told["cannot tell apart"] == {(HANOI, 17.34), ("n79", 13.43)}
    assert len(told["not-published"]) == 28
    assert set(told) == {"above", "cannot tell apart", "not-published"}


# ---- pace ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def paces(nation: Inputs) -> dict[tuple[str, str], Pace]:
    return {
        (each.measure, each.target_period): each
        for each in pace_of_share(nation.shares, nation.targets, nation.settings.pace)
    }


def test_the_pace_by_the_statistics_office_is_far_too_slow(paces) -> None:
    pace = paces["nso", "2030"]
    assert (pace.headline, round(pace.ratio_cagr, 2)) == ("far too slow", 0.23)
    # §18 prints 0.43 for the upper end; by its own numbers it is 0.4247.
    assert (pace.ratio_interval.low, pace.ratio_interval.high) == pytest.approx((0.0184, 0.4247), abs=5e-5)
    assert (round(pace.required_from_now_pp, 2), round(pace.observed_pp, 2)) == (3.20, 0.27)


def test_the_target_lies_outside_the_fan(paces) -> None:
    last = paces["nso", "2030"].fan[-1]
    assert (last.year, round(last.interval95.low, 1), round(last.interval95.high, 1)) == (2030, 12.3, 18.5)


def test_the_pace_since_2024_cannot_be_told(paces) -> None:
    pace = paces["nso", "2030"]
    told = (pace.one_year_ratio, pace.one_year_ratio_interval.low, pace.one_year_ratio_interval.high)
    assert tuple(round(each, 2) for each in told) == (0.44, -0.21, 1.09)
    assert pace.one_year_verdict == "cannot tell apart"


def test_the_pace_by_the_ministry_is_on_track_so_it_hangs_on_who_measures(paces) -> None:
    pace = paces["mic-mst", "2030"]
    assert (pace.headline, round(pace.ratio_cagr, 2), round(pace.ratio_interval.low, 2)) == ("on track", 1.42, 0.99)
    assert pace.has_flag("measure-flip")
    assert paces["nso", "2030"].has_flag("measure-flip")


# ---- growth --------------------------------------------------------------------------------------------


@pytest.mark.edition
def test_growth_of_the_capital_has_no_clear_trend(trends: dict[str, TrendRecord]) -> None:
    main, own = trends[HANOI].growth
    assert (main.n, main.kendall_s, round(main.p_value, 3), round(main.slope, 2)) == (6, -7, 0.272, -0.22)
    assert main.verdict == "no clear trend"
    assert codes(main) == ["weak", "unrevised-tail", "starts-in-shock"]
    assert sum(point.status == "observed" for point in main.points) == 4
    assert (round(own.p_value, 3), round(own.slope, 2)) == (0.272, 0.81)
    ends = own.slope_interval
    assert (round(ends.low, 2), round(ends.high, 2), round(100 * ends.level, 1)) == (-1.21, 2.42, 98.3)


@pytest.mark.edition
def test_no_growth_trend_is_singled_out(trends: dict[str, TrendRecord]) -> None:
    main = [record.growth[0] for record in trends.values()]
    own = [record.growth[1] for record in trends.values()]
    assert round(min(each.p_value for each in main), 3) == 0.056
    assert round(min(each.p_value for each in own), 3) == 0.056
    assert {each.verdict for each in main + own} == {"no clear trend"}
    assert sum(each.slope > 0 for each in own) == 34
    for each in main:
        assert {"weak", "unrevised-tail", "starts-in-shock"} <= set(codes(each))


def test_the_provinces_together_grew_at_least_as_fast_as_the_nation(known_q4) -> None:
    """METHODS §18: weighted by output, 2023: 4.98 against 4.98; 2025: 8.49 against 8.02."""
    values = known_q4.panel.set_index(["indicator", "area", "year"])["value"]
    areas = [f for f in values["grdp_growth"].index.get_level_values("area").unique() if f.startswith("n")]
    assert len(areas) == 34
    weights = {a: values["grdp_per_capita_current", a, 2024] * values["population_average", a, 2024] for a in areas}
    for year, together, nation in ((2023, 4.98, 4.98), (2025, 8.49, 8.02)):
        growth = sum(weights[a] * values["grdp_growth", a, year] for a in areas) / sum(weights.values())
        assert (round(growth, 2), round(values["gdp_growth", "VN", year], 2)) == (together, nation)


def test_the_noise_differs_between_provinces(known_q4) -> None:
    """METHODS §18: residual spread from 0.4 to 5.6 (Khánh Hòa), of deviations from each year's mean and a line."""
    panel = known_q4.panel
    growth = panel[(panel["indicator"] == "grdp_growth") & panel["area"].str.startswith("n")]
    values = growth.pivot(index="area", columns="year", values="value")
    deviations = (values - values.mean()).to_numpy()
    time = np.arange(6) - 2.5
    lines = deviations.mean(axis=1, keepdims=True) + (deviations @ time / 17.5)[:, None] * time
    spread = dict(zip(values.index, (((deviations - lines) ** 2).sum(axis=1) / 4) ** 0.5, strict=True))
    assert (round(min(spread.values()), 1), round(max(spread.values()), 1)) == (0.4, 5.6)
    assert max(spread, key=spread.get) == "n56"


@pytest.mark.edition
def test_differences_to_the_nation_before_and_after_looking_at_all(compared: dict[str, CompareRecord]) -> None:
    to_nation = {
        area: next(each for each in record.growth.differences if getattr(each, "comparator", "") == "nation")
        for area, record in compared.items()
    }
    alone = {area for area, each in to_nation.items() if each.interval.low > 0 or each.interval.high < 0}
    # Quảng Ninh, Bắc Ninh, Hải Phòng, Ninh Bình.
    assert alone == {"n22", "n24", "n31", "n37"}
    assert {each.verdict for each in to_nation.values()} == {"cannot tell apart"}
    capital = to_nation[HANOI]
    # Its own years spread less than those of most provinces, and six of them do not prove that.
    assert tuple(round(each, 2) for each in (capital.mean, capital.interval.low, capital.interval.high)) == (
        0.49, -1.38, 2.35,
    )  # fmt: skip


@pytest.mark.edition
def test_three_provinces_have_no_close_peer(compared: dict[str, CompareRecord]) -> None:
    fifth = {
        area: round(record.growth.peers[-1].distance, 2)
        for area, record in compared.items()
        if record.growth.has_flag("no-close-peer")
    }
    assert fifth == {HANOI: 2.09, "n22": 2.88, "n79": 3.27}
    for area in fifth:
        peers = [each for each in compared[area].growth.differences if getattr(each, "comparator", "") == "peers"]
        assert all(each.verdict is None for each in peers if isinstance(each, Difference))


# ---- governance ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def governance(known_q4: EditionData, slice_of, cell) -> dict[str, dict[str, Trend | Refusal]]:
    """Results by dimension and area, from the one cell of each province's notebook that makes them."""
    areas = edition_areas(known_q4)
    one = slice_of(known_q4, "trend", areas[0])
    found: dict[str, dict[str, Trend | Refusal]] = defaultdict(dict)
    for area in areas:
        own = dataclasses.replace(one, area=area, observations=ledger_rows(known_q4, "trend", area))
        for each in cell(own, "trend", "governance"):
            found[(each.subject if isinstance(each, Refusal) else each.indicator).removeprefix("papi_")][area] = each
    return found


@pytest.mark.parametrize(
    ("dimension", "refused", "first_year"),
    [
        ("administrative_procedures", {"break-in-series": 34}, None),
        ("e_governance", {"too-few-points": 3}, 2019),
        ("transparency", {"too-few-points": 2}, 2018),
        ("environmental_governance", {"too-few-points": 1}, 2018),
        ("control_of_corruption", {"gap-in-series": 3}, 2011),
        ("participation", {"gap-in-series": 2}, 2011),
        ("public_service_delivery", {"gap-in-series": 2}, 2011),
        ("vertical_accountability", {"gap-in-series": 2}, 2011),
    ],
)
def test_governance_scores_are_trended_inside_one_set_of_questions(governance, dimension, refused, first_year) -> None:
    results = governance[dimension].values()
    assert Counter(each.code for each in results if isinstance(each, Refusal)) == refused
    trended = [each for each in results if isinstance(each, Trend)]
    assert min([each.first_year for each in trended], default=None) == first_year
    assert max([each.last_year for each in trended], default=2023) == 2023
    assert all(each.has_flag("ends-before-policy") for each in trended)


@pytest.mark.parametrize(
    ("dimension", "singled_out", "tested"),
    [
        ("control_of_corruption", set(), 31),
        ("participation", set(), 32),
        ("public_service_delivery", set(), 32),
        ("vertical_accountability", set(), 32),
        ("e_governance", set(), 31),
        ("transparency", set(), 32),
        ("environmental_governance", set(), 33),
    ],
)
def test_few_governance_trends_are_singled_out(governance, dimension, singled_out, tested) -> None:
    """METHODS §18 has three each of the first four, by order alone; §20.3 asks for more of them."""
    trended = {area: each for area, each in governance[dimension].items() if isinstance(each, Trend)}
    assert len(trended) == tested
    assert {area for area, each in trended.items() if each.verdict != "no clear trend"} == singled_out
    by_order = [each for each in trended.values() if each.p_adjusted <= 0.05 and each.verdict == "no clear trend"]
    assert all(each.has_flag("questions-revised") for each in by_order)
    otherwise = [each for each in by_order if each.scaled.verdict == each.verdict or each.carry_over_p_adjusted > 0.05]
    held = {each.area for each in by_order if each not in otherwise}
    assert held == {"public_service_delivery": {"n44"}, "vertical_accountability": {"n96"}}.get(dimension, set())


# ---- who is refused what -------------------------------------------------------------------------------


@pytest.mark.edition
def test_counts_of_own_lists_exist_for_six_provinces(trends: dict[str, TrendRecord]) -> None:
    with_counts = {
        area for area, record in trends.items() if any(isinstance(each, Completion) for each in record.completion)
    }
    # Hà Nội, Nghệ An, Cà Mau, Quảng Ninh, Gia Lai, An Giang.
    assert with_counts == {HANOI, NGHE_AN, "n96", "n22", "n52", "n91"}
    short = {
        area
        for area, record in trends.items()
        if "list-too-short" in [getattr(each, "code", "") for each in record.completion]
    }
    assert short == {NGHE_AN}


@pytest.mark.edition
def test_no_province_has_a_pace_of_completion(trends: dict[str, TrendRecord]) -> None:
    refused = {area: {each.code for each in record.flow} for area, record in trends.items()}
    assert sum(each == {"not-published"} for each in refused.values()) == 28
    assert {area for area, each in refused.items() if "list-changed" in each} == {NGHE_AN}
    others = {area: each for area, each in refused.items() if each & {"too-few-points", "date-approximate"}}
    # Nghệ An's list of tasks from above has one date: it is refused a second time, which §18 does not count.
    assert set(others) - {NGHE_AN} == {HANOI, "n22", "n52", "n91", "n96"}


@pytest.mark.edition
def test_the_list_that_changed_is_told_by_its_counts(trends: dict[str, TrendRecord]) -> None:
    totals = [each.total for each in trends[NGHE_AN].completion if isinstance(each, Completion)]
    assert {81, 102, 100} <= set(totals)


@pytest.mark.edition
def test_no_index_is_trended(trends: dict[str, TrendRecord]) -> None:
    found = {each.code for record in trends.values() for each in record.indices}
    assert found == {"not-published", "too-few-points", "not-a-measurement", "top-n-list"}
    assert all(len(record.indices) == 3 for record in trends.values())


@pytest.mark.edition
def test_every_published_rank_says_that_it_has_no_set(compared: dict[str, CompareRecord]) -> None:
    assert all(codes(each) == ["no-sampling-error"] for record in compared.values() for each in record.ranks)
    assert sum(len(record.ranks) for record in compared.values()) == 68
