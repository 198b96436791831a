"""The methods on counts of tasks give back the truth that the teaching edition was drawn from.

One sample of 34 lists and 11 intervals: shares are held against what so many draws allow, not against 95%.
"""

import re
from collections import Counter
from collections.abc import Callable

import pytest

from policyreport import count_codes
from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.markdown import unmarked
from policyreport.records.series import Ranks
from policyreport.records.tasks import Calibration, Completion, Flow, Funnel, Outlook, Pooling
from policyreport.running.plan import EditionData
from policyreport.statistics.tasks.completion import completion_of_lists
from policyreport.statistics.tasks.flow import pace_of_tasks
from policyreport.statistics.tasks.funnel import funnel_of_lists
from policyreport.statistics.tasks.outlook import calibrate_outlook, outlook_of_tasks
from policyreport.statistics.tasks.pooling import pool_lists
from policyreport.statistics.tasks.quarters import quarter_on_quarter
from policyreport.statistics.tasks.ranking import rank_lists

LAST = "2028-06-30"
pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def nation(taught: EditionData, nation_with_tasks: Callable[[EditionData], Inputs]) -> Inputs:
    return nation_with_tasks(taught)


@pytest.fixture(scope="module")
def flows(nation: Inputs) -> dict[str, Flow]:
    """The pace of every province's list; one list each."""
    found = {area: record.flow for (area, _), record in nation.records.items()}
    assert all(len(each) == 1 and isinstance(each[0], Flow) for each in found.values())
    return {area: each[0] for area, each in found.items()}


def test_every_interval_has_a_pace_and_its_limits_hold_the_true_hazard(flows, truth, fewest) -> None:
    inside = [
        step.hazard30_interval.low <= truth[area, "hazard_30", str(step.end)] <= step.hazard30_interval.high
        for area, each in flows.items()
        for step in each.steps
    ]
    assert len(inside) == 34 * 11
    assert sum(inside) >= fewest(len(inside))


def test_intervals_of_completed_and_late_tasks_hold_the_true_shares(nation: Inputs, truth, fewest) -> None:
    newest = [
        each
        for (_, notebook), record in nation.records.items()
        for each in record.completion
        if notebook == "trend" and isinstance(each, Completion) and str(each.reference_date) == LAST
    ]
    assert len(newest) == 34
    for part, quantity, day in (("completed", "completion_share", LAST), ("late", "late_share", "")):
        inside = [
            getattr(each, part).wilson.low <= truth[each.area, quantity, day] <= getattr(each, part).wilson.high
            for each in newest
        ]
        assert sum(inside) >= fewest(34)


def test_a_changed_last_interval_is_found_and_an_unchanged_one_left_alone(flows, truth, fewest) -> None:
    told = Counter((truth[area, "last_interval_factor", LAST], each.change.verdict) for area, each in flows.items())
    assert told[1.0, "no clear change"] >= fewest(17)
    assert told[3.0, "faster"] >= 9
    # A fourth of a small hazard is close to nothing: only large lists can tell it apart.
    assert told[0.25, "slower"] >= 1
    assert not told[3.0, "slower"] + told[0.25, "faster"]


def test_the_trend_of_the_hazard_holds_the_true_slope(flows, truth, fewest) -> None:
    slopes = {area: truth[area, "hazard_log_slope", "quarter"] for area in flows
              if (area, "hazard_log_slope", "quarter") in truth}  # fmt: skip
    inside = [
        flows[area].trend.interval.low <= slope <= flows[area].trend.interval.high for area, slope in slopes.items()
    ]
    assert len(inside) == 17
    assert sum(inside) >= fewest(17)
    told = Counter((slope, flows[area].trend.verdict) for area, slope in slopes.items())
    assert told[0.08, "rising"] >= 4
    # Their tasks are alike, which no count tells: a fall of 8 % a quarter is what a steady effort gives if they differ.
    fallen = [flows[area].trend for area, slope in slopes.items() if slope < 0 and flows[area].trend.interval.high < 0]
    assert len(fallen) >= 4
    assert {trend.verdict for trend in fallen} == {"no clear trend"}
    judged = [each for trend in fallen for each in trend.by_frailty if each.frailty == trend.verdict_frailty]
    assert all(each.interval.low < 0 < each.interval.high for each in judged)
    assert not told[0.08, "falling"] + told[-0.08, "rising"]


def test_every_list_has_an_outlook_for_both_required_shares(nation: Inputs, flows) -> None:
    bases = Counter()
    for (area, _), record in nation.records.items():
        assert [each.required_share for each in record.outlook] == [1.0, 0.95]
        steps = flows[area].steps
        # On what is left of a longer list the clustering of the whole is not carried over.
        left = record.outlook[0].open_tasks / (sum(step.at_risk for step in steps) / len(steps))
        basis = "all intervals" if left >= 0.4 else "latest interval"
        assert {each.basis for each in record.outlook} == {basis}
        bases[basis] += 1
    assert bases["all intervals"] >= 30


def test_outlooks_of_lists_whose_hazard_goes_on_hold_what_is_to_be_expected(nation: Inputs, flows, truth) -> None:
    """Of a steady list the expected number of tasks finished by the deadline is known: none of these may miss it."""
    steady = [
        area
        for area in flows
        if truth[area, "last_interval_factor", LAST] == 1 and truth.get((area, "hazard_log_slope", "quarter")) == 0
    ]
    assert len(steady) >= 5
    for area in steady:
        outlook = nation.records[area, "trend"].outlook[0]
        (predicted,) = outlook.by_design_effect
        expected = truth[area, "finished_by_deadline", str(outlook.deadline)]
        assert predicted.interval.low <= expected <= predicted.interval.high
        assert predicted.mean_finished == pytest.approx(expected, abs=0.25 * outlook.open_tasks)


def test_earlier_outlooks_held_what_came(nation: Inputs) -> None:
    result = calibrate_outlook(nation.province_tasks, nation.settings.outlook)
    assert isinstance(result, Calibration)
    assert result.forecasts == 34 * 7
    # The provinces whose last interval breaks with the pace before it are among the outcomes.
    assert 0.8 < result.share_inside < 0.97


def test_pooled_shares_hold_the_true_ones_and_lie_between_own_share_and_mean(nation: Inputs, truth, fewest) -> None:
    result = pool_lists(nation.province_tasks, nation.settings.pooling)
    assert isinstance(result, Pooling)
    assert (len(result.areas), result.dropped) == (34, ())
    inside = [each.interval.low <= truth[each.area, "completion_share", LAST] <= each.interval.high
              for each in result.areas]  # fmt: skip
    assert sum(inside) >= fewest(34)
    for each in result.areas:
        assert min(each.raw, result.mean) - 0.002 <= each.pooled <= max(each.raw, result.mean) + 0.002


def test_the_funnel_sees_that_the_provinces_differ_by_more_than_chance(nation: Inputs) -> None:
    result = funnel_of_lists(nation.province_tasks, nation.settings.funnel)
    assert isinstance(result, Funnel)
    assert len(result.points) == 34
    assert result.overdispersed


def test_the_central_list_is_one_list_with_a_faster_second_half(nation: Inputs) -> None:
    quarters = quarter_on_quarter(nation.tasks, nation.settings.flow)
    assert [step.same_list for step in quarters.steps] == [True] * 11
    (flow,) = pace_of_tasks(nation.tasks, nation.settings.flow)
    assert flow.trend.verdict == "rising"
    assert all(isinstance(each, Outlook) for each in outlook_of_tasks(nation.tasks, nation.settings.outlook))


# ---- the pages carry the results -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shown(nation: Inputs, say: Callable[..., str]) -> dict[str, str]:
    """Markdown of the national pages on tasks, by file and macro, without marks."""
    settings, lists = nation.settings, nation.province_tasks
    record = {
        "completion": completion_of_lists(nation.tasks, settings.completion),
        "quarter_on_quarter": quarter_on_quarter(nation.tasks, settings.flow),
        "flow": pace_of_tasks(nation.tasks, settings.flow),
        "outlook": outlook_of_tasks(nation.tasks, settings.outlook),
        "pooling": pool_lists(lists, settings.pooling),
        "funnel": funnel_of_lists(lists, settings.funnel),
        "calibration": calibrate_outlook(lists, settings.outlook),
    }
    parts = {
        "quarters": ("lead", "counts", "steps", "condition"),
        "pace": ("flow", "flow_in_short", "outlook", "outlook_in_short"),
        "pooling": ("pooling", "caterpillar", "funnel", "calibration"),
    }
    filled = {macro: say(file, macro, record, data=nation) for file, macros in parts.items() for macro in macros}
    provinces = [each for _, each in sorted(nation.records.items())]
    filled["side_by_side"] = say("pooling", "side_by_side", record, provinces, data=nation)
    return {macro: unmarked(text) for macro, text in filled.items()}


def test_e3_the_interval_beside_a_change_is_the_one_its_word_was_taken_from(
    nation: Inputs, shown: dict[str, str]
) -> None:
    (flow,) = pace_of_tasks(nation.tasks, nation.settings.flow)
    ends = flow.change.verdict_interval
    assert ends != flow.change.interval
    said = re.search(r"\((\S+) to (\S+)\) on the interval before", shown["flow"].replace("\u00a0", " "))
    low, high = (float(end.replace("\u2212", "-")) for end in said.groups())
    assert (low, high) == pytest.approx((100 * ends.low, 100 * ends.high), abs=0.05)


def test_no_exhibit_on_tasks_is_a_refusal(shown: dict[str, str]) -> None:
    # Counts stand side by side only where they are not pooled.
    assert shown["side_by_side"] == ""
    others = {name: text for name, text in shown.items() if name != "side_by_side"}
    assert len(others) == 12
    assert [name for name, text in others.items() if "{.refusal}" in text or not text] == []
    assert all("differs on" not in text for text in shown.values())


@pytest.mark.parametrize(
    ("exhibit", "words"),
    [
        ("flow", "a month, "),
        ("flow", "from quarter to quarter, *rising*"),
        ("outlook", "If tasks go on closing as in the last 1,004 days, about"),
        ("outlook", "The chance that all are done is less than 1% (*unlikely*)"),
        ("flow_in_short", "on the interval before, *"),
        ("outlook_in_short", "by 31\u00a0December 2028"),
        ("pooling", "Pooled over 34 provinces with"),
        ("caterpillar", "1.39 standard errors"),
        ("funnel", "judged by limits widened"),
        ("calibration", "of what came would have lain inside its 90% interval"),
    ],
)
def test_the_sentences_say_what_was_found(shown: dict[str, str], exhibit: str, words: str) -> None:
    assert words.replace("\u00a0", " ") in shown[exhibit].replace("\u00a0", " ")


def test_no_exhibit_on_tasks_claims_too_much(shown: dict[str, str], nation: Inputs) -> None:
    for name, text in shown.items():
        assert nation.wording.forbidden_words(text, "en") == (), name
        assert " will " not in text


def test_the_sets_of_ranks_of_the_lists_hold_the_true_places(nation: Inputs, truth) -> None:
    """95% for all together, so that one sample must hold all; wider shares of places are open in the middle."""
    result = rank_lists(nation.province_tasks, nation.settings)
    assert isinstance(result, Ranks)
    assert result.basis == "counts"
    true = {each.area: truth[each.area, "completion_share", LAST] for each in result.sets}
    assert len(true) == 34
    for each in result.sets:
        place = 1 + sum(share > true[each.area] for share in true.values())
        assert each.simultaneous[0] <= place <= each.simultaneous[1]
        assert each.simultaneous[0] <= each.rank <= each.simultaneous[1]
    assert len(result.best) < 34


def test_nothing_of_the_lists_is_refused_where_every_province_counts_one_list(nation: Inputs) -> None:
    joint = [
        pool_lists(nation.province_tasks, nation.settings.pooling),
        funnel_of_lists(nation.province_tasks, nation.settings.funnel),
        rank_lists(nation.province_tasks, nation.settings),
        calibrate_outlook(nation.province_tasks, nation.settings.outlook),
    ]
    assert not [each for each in joint if isinstance(each, Refusal)]
    refused = [each for each in count_codes(nation, joint) if each.kind == "refusal"]
    assert refused == []
