"""Who is refused what on counts of tasks, as known on 30 September 2026: the rows of METHODS §18's table.

The functions of `assess` are called on every province's own rows, without notebooks.
"""

import dataclasses
from collections.abc import Callable

import pandas as pd
import pytest

from policyreport import assess, plan, present
from policyreport.assess.tasks import SUBJECT
from policyreport.inputs import Inputs
from policyreport.marks import unmarked
from policyreport.plan import Known
from policyreport.records.base import Refusal
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import Completion

NGHE_AN = "n40"


@pytest.fixture(scope="module")
def nation(known_q4: Known, nation_with_tasks: Callable[[Known], Inputs]) -> Inputs:
    return nation_with_tasks(known_q4)


@pytest.fixture(scope="module")
def records(nation: Inputs) -> dict[tuple[str, str], TrendRecord]:
    return nation.records


@pytest.fixture(scope="module")
def counted(nation: Inputs) -> dict[tuple[str, str], dict[str, int]]:
    """Provinces by method and subject, then code: the table of the coverage page."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for each in assess.codes(nation, [assess.pooling(nation), assess.funnel(nation), assess.count_ranks(nation)]):
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
    assert counted[method, SUBJECT] == codes


def test_no_set_of_ranks_is_made_of_lists_of_several_kinds(counted) -> None:
    assert counted["ranks", "tasks_completed"] == {"lists-differ": 34}


def test_lists_beside_a_counted_one_are_named_by_themselves(counted) -> None:
    beside = {
        subject: codes for (method, subject), codes in counted.items() if subject != SUBJECT and method != "ranks"
    }
    assert beside == {
        "Nghệ An: work programme 2025, due by June": {"list-too-short": 1},
        "Tasks given by Hà Nội's own steering committee": {"not-published": 1},
    }


def test_a_province_with_a_size_only_has_published_no_count(records) -> None:
    told = {
        area: each.detail
        for (area, _), record in records.items()
        for each in record.completion
        if isinstance(each, Refusal) and each.code == "not-published" and each.detail and each.subject == SUBJECT
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
    assert {each.code for each in assess.outlook(nation)} == {"list-changed"}
    assert all(each.detail.startswith("the list differs: ") for each in assess.outlook(nation))


def test_earlier_outlooks_are_not_judged_over_lists_of_several_kinds(nation: Inputs) -> None:
    result = assess.calibration(nation)
    assert (result.code, result.detail) == ("lists-differ", "2 kinds: centre-to-province, province-programme")


def test_six_provinces_have_a_count_to_compare(nation: Inputs) -> None:
    done = {
        area
        for (area, _), record in nation.records.items()
        if any(isinstance(each, Completion) for each in record.completion)
    }
    assert len(done) == 6
    assert {count.area for count in assess.task_comparison.newest_counts(nation) if count.total} == done


# ---- what the pages say of it ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(known_q4: Known, slice_of: Callable[..., Inputs]) -> Callable[[str], Inputs]:
    """A province's own rows, as its trend notebook gets them."""
    one = slice_of(known_q4, "trend", NGHE_AN)

    def inputs_of(area: str) -> Inputs:
        return dataclasses.replace(one, area=area, observations=plan._ledger_rows(known_q4, "trend", area))

    return inputs_of


def text(exhibits) -> str:
    """Markdown without marks, spaces that break."""
    parts = exhibits if isinstance(exhibits, tuple) else (exhibits,)
    return unmarked("\n".join(part.markdown for part in parts)).replace("\u00a0", " ")


def test_a_reason_is_said_once_with_the_counts_of_every_list(own) -> None:
    inputs = own(NGHE_AN)
    completion = assess.completion(inputs)
    for shown in (
        present.flow(assess.flow(inputs), completion, inputs),
        present.outlook(assess.outlook(inputs), completion, inputs),
    ):
        assert text(shown).count(inputs.wording.sentence("list-changed", "en").removesuffix(".")) == 1
        assert "(the list differs: 3 of 81, then 38 of 102; 3 of 8, then 35 of 82)" in text(shown)
    changed = inputs.wording.sentence("list-changed", "en").removesuffix(".")
    assert changed not in text(present.tasks(completion, inputs))


def test_a_count_without_its_day_says_what_is_known_of_its_time(own) -> None:
    inputs = own("n52")
    assert "In the third quarter of 2025 (the day is not stated), 76 of 147 (51.7 %) on the list" in text(
        present.tasks(assess.completion(inputs), inputs)
    )


def test_lists_that_differ_are_shown_side_by_side_and_unranked(nation: Inputs) -> None:
    shown = present.pooling(assess.pooling(nation), nation)
    assert text(shown).count(nation.wording.sentence("lists-differ", "en").removesuffix(".")) == 1
    assert "The newest counts of 6 of 34 provinces, side by side" in text(shown)
    assert next(line for line in text(shown).splitlines() if "fig-alt" in line).count("%") == 6
    told = nation.wording.sentence("lists-differ", "en").removesuffix(".")
    assert text(present.funnel(assess.funnel(nation), nation)).count(told) == 1


# ---- one list counted again, in place of the published counts ---------------------------------------------


def test_a_list_without_a_deadline_gets_no_outlook(nation: Inputs) -> None:
    assert assess.outlook(counted_again(nation, "central-2025-10"))[0].code == "no-deadline"


def test_a_deadline_of_the_parameters_gives_an_outlook_for_every_required_share(nation: Inputs) -> None:
    results = assess.outlook(counted_again(nation, "central-2025-12-25", "2025-12-24"))
    assert [each.required_share for each in results] == [1.0, 0.95]
    assert {str(each.deadline) for each in results} == {"2025-12-31"}
    assert {(each.completed, each.total, each.days_left) for each in results} == {(601, 1132, 7)}


def test_with_few_intervals_the_outlook_stands_at_every_design_effect(nation: Inputs) -> None:
    inputs = counted_again(nation, "central-2025-12-25", "2025-12-24")
    shown = text(present.outlook(assess.outlook(inputs), assess.completion(inputs), inputs))
    for effect in (1, 2, 4):
        assert f"Design effect {effect}, no new tasks" in shown
        assert f"design effect {effect}: " in shown
    assert "If tasks go on closing as in the last 70 days, about 6" in shown
    assert "at a design effect of 4) would be completed by 31 December 2025" in shown
    assert "Why that day? The list holds the tasks of 2025" in shown


def test_one_interval_has_a_pace_and_no_change(nation: Inputs) -> None:
    inputs = counted_again(nation, "central-2025-10")
    shown = text(present.flow(assess.flow(inputs), assess.completion(inputs), inputs))
    # 647 were open on 15 October and none was added: 116 of them in 50 days.
    assert "Of 647 tasks open or added, 116 were finished in the 50 days to 4 December 2025: 11.2 % a month." in shown
    assert "**Change.** There are too few dates" in shown
    assert "**Trend.** There are too few dates" in shown


def counted_again(nation: Inputs, list_: str, day: str = "2025-12-04") -> Inputs:
    """The nation's counts of October, and 116 tasks more completed on the same list on a later day."""
    rows = nation.newest
    rows = rows[rows["list"] == "central-2025-10"].assign(list=list_)
    more = 116 * (rows["indicator"] == nation.roles.tasks.completed)
    again = rows.assign(reference_date=pd.Timestamp(day), value=rows["value"] + more)
    again = again[again["indicator"] != nation.roles.tasks.overdue].rename(index=lambda row: f"{row}-again")
    return dataclasses.replace(nation, observations=pd.concat([rows, again]))
