"""Who is refused what on counts of tasks, as known on 30 September 2026: the rows of METHODS §18's table.

The estimators are called on every province's own rows, without notebooks.
"""

import dataclasses
import html
from collections.abc import Callable

import pandas as pd
import pytest

from policyreport import count_codes
from policyreport.data.frames import TASKS
from policyreport.data.inputs import Inputs
from policyreport.figures import plot
from policyreport.figures.frame import Pictures
from policyreport.records.base import Refusal
from policyreport.records.markdown import as_read, unmarked
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import Completion
from policyreport.running import plan
from policyreport.running.plan import EditionData
from policyreport.statistics.tasks.completion import completion_of_lists
from policyreport.statistics.tasks.counts import newest_of_each_area
from policyreport.statistics.tasks.flow import pace_of_tasks
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.funnel import funnel_of_lists
from policyreport.statistics.tasks.outlook import calibrate_outlook, outlook_of_tasks
from policyreport.statistics.tasks.pooling import pool_lists
from policyreport.statistics.tasks.quarters import quarter_on_quarter
from policyreport.statistics.tasks.ranking import rank_lists

NGHE_AN = "n40"


@pytest.fixture(scope="module")
def nation(known_q4: EditionData, nation_with_tasks: Callable[[EditionData], Inputs]) -> Inputs:
    return nation_with_tasks(known_q4)


@pytest.fixture(scope="module")
def records(nation: Inputs) -> dict[tuple[str, str], TrendRecord]:
    return nation.records


@pytest.fixture(scope="module")
def counted(nation: Inputs) -> dict[tuple[str, str], dict[str, int]]:
    """Provinces by method and subject, then code: the table of the coverage page."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for each in count_codes(
        nation,
        [
            pool_lists(nation.province_tasks, nation.settings.pooling),
            funnel_of_lists(nation.province_tasks, nation.settings.funnel),
            rank_lists(nation.province_tasks, nation.settings),
        ],
    ):
        assert each.of == 34
        found.setdefault((each.method, each.subject), {})[each.code] = each.areas
    return found


@pytest.mark.parametrize(
    ("method", "codes"),
    [
        ("completion", {"not-published": 28}),
        ("flow", {"not-published": 28, "list-changed": 1, "too-few-points": 3, "date-approximate": 2}),
        ("outlook", {"not-published": 28, "list-changed": 1, "too-few-points": 3, "date-approximate": 2}),
        ("pooling", {"lists-differ": 34}),
        ("funnel", {"lists-differ": 34}),
    ],
)
def test_the_coverage_page_counts_what_the_specification_counts(counted, method, codes) -> None:
    assert counted[method, TASKS] == codes


def test_no_set_of_ranks_is_made_of_lists_of_several_kinds(counted) -> None:
    assert counted["ranks", "tasks_completed"] == {"lists-differ": 34}


def test_lists_beside_a_counted_one_are_named_by_themselves(counted) -> None:
    beside = {subject: codes for (method, subject), codes in counted.items() if subject != TASKS and method != "ranks"}
    assert beside == {
        "Nghệ An: work programme 2025, due by June": {"list-too-short": 1},
        "Tasks given by Hà Nội's own steering committee": {"not-published": 1},
    }


def test_a_province_with_a_size_only_has_published_no_count(records) -> None:
    told = {
        area: each.detail
        for (area, _), record in records.items()
        for each in record.completion
        if isinstance(each, Refusal) and each.code == "not-published" and each.detail and each.subject == TASKS
    }
    assert told == {
        "n38": "Thanh Hóa: Action Plan 266: total 233",
        "n44": "Quảng Trị: plan for the conclusion notice: total 80",
    }


def test_the_list_that_changed_is_the_answer_and_lists_seen_once_do_not_hide_it(records) -> None:
    for results in (records[NGHE_AN, "trend"].flow, records[NGHE_AN, "trend"].outlook):
        assert [(each.code, each.detail) for each in results] == [
            ("list-changed", "the list differs: 3 of 81, then 38 of 102"),
            ("list-changed", "the list differs: 3 of 8, then 35 of 82"),
        ]


def test_the_outlook_of_the_nation_is_refused_because_its_list_changed(nation: Inputs) -> None:
    assert {each.code for each in outlook_of_tasks(nation.tasks, nation.settings.outlook)} == {"list-changed"}
    assert all(
        each.detail.startswith("the list differs: ") for each in outlook_of_tasks(nation.tasks, nation.settings.outlook)
    )


def test_where_no_outlook_could_be_made_before_that_is_the_reason(nation: Inputs) -> None:
    result = calibrate_outlook(nation.province_tasks, nation.settings.outlook)
    assert (result.code, result.detail) == (
        "too-few-points",
        "no earlier outlook exists: no list was counted on 6 dates",
    )
    assert "kind" not in result.detail


def test_six_provinces_have_a_count_to_compare(nation: Inputs) -> None:
    done = {
        area
        for (area, _), record in nation.records.items()
        if any(isinstance(each, Completion) for each in record.completion)
    }
    assert len(done) == 6
    newest = newest_of_each_area(read_lists(nation.province_tasks).counts)
    assert {count.area for count in newest if count.total} == done


# ---- what the pages say of it ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(known_q4: EditionData, slice_of: Callable[..., Inputs]) -> Callable[[str], Inputs]:
    """A province's own rows, as its trend notebook gets them."""
    one = slice_of(known_q4, "trend", NGHE_AN)

    def inputs_of(area: str) -> Inputs:
        return dataclasses.replace(one, area=area, observations=plan.ledger_rows(known_q4, "trend", area))

    return inputs_of


def text(drawn: Pictures) -> str:
    """The alternative texts of pictures as `read` gives them."""
    return read("\n".join(picture.alt for picture in drawn))


def read(markdown: str) -> str:
    """Markdown without marks and as a reader sees it, in tooltips and alternative texts too; lines joined by spaces."""
    return html.unescape(as_read(unmarked(markdown))).replace("\u00a0", " ")


@pytest.fixture
def lists_of(say, page_of_area) -> Callable[[Inputs], str]:
    """What the page of a province says of its lists, with the text of the picture."""

    def told(inputs: Inputs) -> str:
        completion = completion_of_lists(inputs.tasks, inputs.settings.completion)
        area = page_of_area(inputs, trend={"completion": completion})
        return read(say("tasks", "lists", area, data=inputs)) + text(plot.lists(completion, inputs))

    return told


@pytest.fixture
def quarters_of(say) -> Callable[[Inputs, str], str]:
    """A part of what the page on tasks says of the national list."""

    def told(inputs: Inputs, macro: str) -> str:
        completion = completion_of_lists(inputs.tasks, inputs.settings.completion)
        quarters = quarter_on_quarter(inputs.tasks, inputs.settings.flow)
        return read(say("quarters", macro, {"completion": completion, "quarter_on_quarter": quarters}, data=inputs))

    return told


@pytest.fixture
def pace_of(say) -> Callable[[Inputs, str], str]:
    """What a page says of the flow or the outlook of a slice's lists."""

    def told(inputs: Inputs, macro: str) -> str:
        record = {
            "completion": completion_of_lists(inputs.tasks, inputs.settings.completion),
            "flow": pace_of_tasks(inputs.tasks, inputs.settings.flow),
            "outlook": outlook_of_tasks(inputs.tasks, inputs.settings.outlook),
        }
        return read(say("pace", macro, record, data=inputs))

    return told


def test_a_list_that_changed_leaves_its_counts_and_no_pace(own, pace_of, lists_of) -> None:
    inputs = own(NGHE_AN)
    assert pace_of(inputs, "flow") == pace_of(inputs, "outlook") == ""
    changed = inputs.wording.sentence("list-changed", "en").removesuffix(".")
    assert changed not in lists_of(inputs)


def test_a_count_without_its_day_says_what_the_source_said_of_its_time(own, lists_of) -> None:
    inputs = own("n52")
    shown = lists_of(inputs)
    assert "About September or October 2025 (the day is not stated), 76 of 147 (51.7%) on the list" in shown
    assert "third quarter" not in shown


def test_a_count_of_which_no_time_was_told_gives_the_ledger_s_period(own, lists_of) -> None:
    inputs = own("n52")
    silent = dataclasses.replace(inputs, observations=inputs.observations.assign(note=""))
    shown = lists_of(silent)
    assert "In the third quarter of 2025 (the day is not stated), 76 of 147 (51.7%) on the list" in shown


def test_tasks_printed_as_less_than_overdue_are_not_called_overdue(own, lists_of) -> None:
    inputs = own("n22")
    shown = lists_of(inputs)
    assert "8 of all 47 (17.0%) printed as “behind schedule or at risk of delay”" in shown
    assert "about the middle of 2025 · 8 of all 47 (17.0%) behind schedule or at risk of delay" in shown
    assert "overdue" not in shown
    silent = dataclasses.replace(inputs, observations=inputs.observations.assign(note=""))
    assert "8 of all 47 (17.0%) overdue" in lists_of(silent)


def test_every_count_of_late_and_overdue_tasks_stands_with_its_whole_and_share(
    own, nation: Inputs, lists_of, quarters_of
) -> None:
    inputs = own("n01")
    shown = lists_of(inputs)
    assert "were completed, 15 of these 98 (15.3%) late and 12 of all 187 (6.4%) overdue." in shown
    assert "15 of 98 (15.3%) completed late · 12 of 187 (6.4%) overdue" in shown
    table = quarters_of(nation, "steps")
    assert "86 (7.6%)" in table
    assert "104 (8.1%)" in table
    quarters = quarter_on_quarter(nation.tasks, nation.settings.flow)
    (central,) = plot.central_list((), quarters, nation)
    drawn = central.files["figures/central-list.svg"]
    assert "178 recurring (13.8%)" in drawn.replace("\u00a0", " ")


def test_all_of_a_list_is_said_so_with_the_one_sided_bound_in_a_tooltip(own, lists_of) -> None:
    inputs = own("n91")
    shown = lists_of(inputs)
    assert "all of 25 (100%, [at least 88.7%]{.bound title=" in shown
    assert f"{100 * 0.05 ** (1 / 25):.1f}" == "88.7"
    assert "One-sided 95% bound: with a tendency to finish below 88.7%," in shown


def test_what_cannot_be_said_is_said_in_a_sentence(records, own, say, page_of_area) -> None:
    area = page_of_area(own("n01"), trend=records["n01", "trend"])
    short = read(say("published", "refusals_in_short", area))
    assert "**What cannot be said.** What was published gives no answer on the " in short
    assert "the pace of completion (too few dates or years)" in short
    assert "the share of tasks completed on “Tasks given by Hà Nội's own steering committee” (not published)" in short
    assert "Tasks of the resolution" not in short


@pytest.mark.parametrize(("area", "lists", "newest"), [(NGHE_AN, 4, "51 of 100"), ("n96", 2, "66 of 123")])
def test_several_lists_of_a_province_are_not_captioned_as_one_that_moved(own, area, lists, newest, lists_of) -> None:
    inputs = own(area)
    shown = lists_of(inputs)
    caption = next(line for line in shown.splitlines() if f"Counts of {lists} different lists, not one series" in line)
    assert f"”: {newest} (" in caption


def test_the_table_of_provinces_names_the_kinds_of_lists(nation: Inputs, say) -> None:
    provinces = [record for _, record in sorted(nation.records.items())]
    shown = read(say("quarters", "provinces", provinces, data=nation))
    assert "Lists of 6 provinces: " in shown
    caption = next(line for line in shown.splitlines() if "Lists of 6 provinces: " in line)
    for kind in ("tasks given by the centre", "provinces' own programmes", "tasks of Plan 02"):
        assert kind in caption
    assert "provinces' own lists" not in shown


def test_lists_that_differ_are_shown_side_by_side_and_unranked(nation: Inputs, say) -> None:
    pooling = pool_lists(nation.province_tasks, nation.settings.pooling)
    record = {"pooling": pooling, "funnel": funnel_of_lists(nation.province_tasks, nation.settings.funnel)}
    provinces = [each for _, each in sorted(nation.records.items())]
    for macro in ("pooling", "caterpillar", "funnel"):
        assert say("pooling", macro, record, data=nation) == ""
    shown = read(say("pooling", "side_by_side", record, provinces, data=nation))
    assert "The newest counts of 6 of 34 provinces, side by side" in shown
    drawn = text(plot.lists_side_by_side(pooling, nation)).splitlines()[0].split("; ")
    assert len(drawn) == 6
    assert all("%" in each for each in drawn)


# ---- one list counted again, in place of the published counts ---------------------------------------------


def test_a_list_without_a_deadline_gets_no_outlook(nation: Inputs) -> None:
    inputs = counted_again(nation, "central-2025-10")
    assert outlook_of_tasks(inputs.tasks, inputs.settings.outlook)[0].code == "no-deadline"


def test_a_deadline_of_the_parameters_gives_an_outlook_for_every_required_share(nation: Inputs) -> None:
    inputs = counted_again(nation, "central-2025-12-25", "2025-12-24")
    results = outlook_of_tasks(inputs.tasks, inputs.settings.outlook)
    assert [each.required_share for each in results] == [1.0, 0.95]
    assert {str(each.deadline) for each in results} == {"2025-12-31"}
    assert {(each.completed, each.total, each.days_left) for each in results} == {(601, 1132, 7)}


def test_with_few_intervals_the_outlook_stands_at_every_design_effect(nation: Inputs, pace_of) -> None:
    inputs = counted_again(nation, "central-2025-12-25", "2025-12-24")
    shown = pace_of(inputs, "outlook")
    results = outlook_of_tasks(inputs.tasks, inputs.settings.outlook)
    drawn = text(plot.outlooks(results, completion_of_lists(inputs.tasks, inputs.settings.completion), inputs))
    for effect in (1, 2, 4):
        assert f"Design effect {effect}, no new tasks" in shown
        assert f"design effect {effect}: " in drawn
    assert "If tasks go on closing as in the last 70 days, about 6" in shown
    assert "at a design effect of 4) would be completed by 31 December 2025" in shown
    assert "Why that day? The list holds the tasks of 2025" in shown


def test_one_interval_has_a_pace_and_no_change(nation: Inputs, pace_of) -> None:
    inputs = counted_again(nation, "central-2025-10")
    shown = pace_of(inputs, "flow")
    # 647 were open on 15 October and none was added: 116 of them in 50 days.
    assert "Of 647 tasks open or added, 116 were finished in the 50 days to 4 December 2025: 11.2% a month." in shown
    (found,) = pace_of_tasks(inputs.tasks, inputs.settings.flow)
    assert found.change.code == found.trend.code == "too-few-points"


def counted_again(nation: Inputs, list_: str, day: str = "2025-12-04") -> Inputs:
    """The nation's counts of October, and 116 tasks more completed on the same list on a later day."""
    rows = nation.newest
    rows = rows[rows["list"] == "central-2025-10"].assign(list=list_)
    more = 116 * (rows["indicator"] == nation.roles.tasks.completed)
    again = rows.assign(reference_date=pd.Timestamp(day), value=rows["value"] + more)
    again = again[again["indicator"] != nation.roles.tasks.overdue].rename(index=lambda row: f"{row}-again")
    return dataclasses.replace(nation, observations=pd.concat([rows, again]))
