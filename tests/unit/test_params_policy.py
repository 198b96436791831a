"""Policy and indicators: what params/ says about them, and how a slip is answered."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.errors import ParamsError, UsageError
from policyreport.params.connectors import read_connectors
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.policy import Policy, read_policy

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return read_policy(ROOT)


@pytest.fixture(scope="module")
def indicators() -> Indicators:
    return read_indicators(ROOT)


def test_the_resolution_has_27_targets_with_a_legal_reference(policy: Policy) -> None:
    assert [each.id for each in policy.targets] == [f"R57-{n:02d}" for n in range(1, 28)]
    assert {each.legal_reference for each in policy.targets} == {"Resolution 57-NQ/TW of 22 December 2024, section II"}
    assert policy.date == date(2024, 12, 22)
    assert len(policy.related_targets) == 109


def test_the_share_is_to_reach_30_in_2030_and_50_in_2045(policy: Policy) -> None:
    found = policy.targets_for("digital_economy_share")
    assert [(each.horizon, each.value, each.operator) for each in found] == [
        (2030, 30, ">="),
        (2045, 50, ">="),
    ]


def test_a_list_has_a_deadline_only_with_its_reason(
    policy: Policy, project: Path, rewrite: Callable[..., None]
) -> None:
    dated = [each for each in policy.lists if each.deadline]
    assert {each.deadline for each in dated} == {date(2025, 12, 31)}
    assert all(each.deadline_reason.endswith(".") for each in dated)
    rewrite("policy.yaml", f"  deadline_reason: {dated[0].deadline_reason}\n", "")
    with pytest.raises(ParamsError, match="deadline and deadline_reason belong together"):
        read_policy(project)


def test_a_target_without_number_or_year_is_no_pace(policy: Policy) -> None:
    assert policy.targets_for("coverage_5g") == ()
    assert policy.targets_for("sti_dt_budget_share") == ()


def test_the_threshold_is_no_target_and_says_so(policy: Policy) -> None:
    assert policy.threshold.value == 16
    assert not policy.threshold.is_target
    assert "benchmark" in policy.threshold.origin
    assert policy.threshold.indicators == ("digital_economy_share", "sti_dx_contribution")


def test_every_list_of_the_ledger_is_described_and_every_described_list_is_used(
    policy: Policy, ledger: pd.DataFrame
) -> None:
    used = set(ledger["list"]) - {""}
    assert {each.id for each in policy.lists} == used


def test_only_tasks_beyond_the_resolution_are_context(policy: Policy) -> None:
    assert [each.id for each in policy.lists if each.context] == ["all-government-2025", "project-06-an-giang"]
    assert policy.list_named("all-government-2025").kind == "context"


def test_a_list_that_prints_its_size_only_is_marked(policy: Policy, ledger: pd.DataFrame) -> None:
    for each in policy.lists:
        printed = set(ledger.loc[ledger["list"] == each.id, "indicator"])
        assert each.size_only == (printed == {"tasks_total"})


def test_an_unknown_list_is_answered_with_the_nearest(policy: Policy) -> None:
    with pytest.raises(UsageError, match="central-2025-10"):
        policy.list_named("central-2025-1")


def test_a_milestone_has_a_legal_reference_and_a_source(policy: Policy) -> None:
    assert all(each.legal_reference and each.source for each in policy.milestones)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  basis:", "  bases:", 'did you mean "basis"'),
        ("  text: nationwide\n", "", "R57-22 needs either a value or a text"),
        ("  value_high: 50\n", "", "R57-18"),
        ("id: R57-02", "id: R57-01", "id used twice: R57-01"),
    ],
)
def test_a_slip_in_the_policy_stops_with_its_reason(
    project: Path, rewrite: Callable[..., None], old: str, new: str, message: str
) -> None:
    rewrite("policy.yaml", old, new)
    with pytest.raises(ParamsError, match=message):
        read_policy(project)


def test_every_indicator_of_the_ledger_is_defined_and_every_definition_is_used_or_can_be_fetched(
    indicators: Indicators, ledger: pd.DataFrame
) -> None:
    used = set(ledger["indicator"])
    fetched = {target.indicator for target in read_connectors(ROOT).targets().values()}
    assert used <= set(indicators.by_id())
    assert set(indicators.by_id()) == used | fetched


def test_ranks_and_counts_on_lists_are_never_carried_over(indicators: Indicators) -> None:
    for each in indicators.indicators:
        if each.kind in ("rank", "count"):
            assert each.harmonise == "none"
        if each.harmonise == "sum":
            assert each.kind == "extensive"
        if each.harmonise in ("weighted-mean", "per-head", "chain"):
            assert each.kind == "intensive"
            assert each.weight != "none"


@pytest.mark.parametrize(
    ("id", "segments"),
    [
        ("papi_administrative_procedures", {2011: 0, 2020: 0, 2021: 1, 2023: 1}),
        ("papi_e_governance", {2018: 0, 2019: 1, 2023: 1}),
        ("papi_transparency", {2017: 0, 2018: 1}),
        ("papi_environmental_governance", {2018: 0, 2023: 0}),
        ("papi_control_of_corruption", {2011: 0, 2023: 0}),
    ],
)
def test_a_new_question_set_opens_a_segment(indicators: Indicators, id: str, segments: dict[int, int]) -> None:
    assert {year: indicators.get(id).segment(year) for year in segments} == segments


def test_the_nations_indicator_of_a_series_exists(indicators: Indicators) -> None:
    known = indicators.by_id()
    assert {each.national for each in indicators.indicators} - {""} == {
        "gdp_growth",
        "gdp_per_capita_current",
    }
    assert all(each.national in known for each in indicators.indicators if each.national)


def test_an_unknown_indicator_is_answered_with_the_nearest(indicators: Indicators) -> None:
    with pytest.raises(UsageError, match='did you mean "papi_e_governance"'):
        indicators.get("papi_egovernance")


def test_an_indicator_defined_twice_is_refused(project: Path, rewrite: Callable[..., None]) -> None:
    rewrite("indicators.yaml", "- id: tasks_completed\n", "- id: tasks_total\n")
    with pytest.raises(ParamsError, match="indicator defined twice: tasks_total"):
        read_indicators(project)
