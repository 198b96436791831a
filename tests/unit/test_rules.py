"""Rules across rows: known inconsistencies are found, and nothing where there is none."""

from pathlib import Path

import pandas as pd
import pytest

from policyreport.observations import load_ledger
from policyreport.records.base import Finding
from policyreport.rules import RULES, check_ledger

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def ledger() -> pd.DataFrame:
    return load_ledger(ROOT)


@pytest.fixture(scope="module")
def findings(ledger: pd.DataFrame) -> list[Finding]:
    return check_ledger(ledger)


def of(findings: list[Finding], rule: str) -> list[str]:
    return [each.message for each in findings if each.rule == rule]


def changed(ledger: pd.DataFrame, id: str, **cells: object) -> pd.DataFrame:
    copy = ledger.copy()
    for column, value in cells.items():
        copy.loc[id, column] = value
    return copy


def row_of(ledger: pd.DataFrame, list_: str, indicator: str) -> str:
    (id,) = ledger.index[(ledger["list"] == list_) & (ledger["indicator"] == indicator)]
    return str(id)


def test_the_project_has_no_error_in_its_ledger(findings: list[Finding]) -> None:
    assert [each for each in findings if each.severity == "error"] == []


def test_the_sums_that_fall_short_in_print_are_found_and_no_others(findings: list[Finding]) -> None:
    assert sorted(of(findings, "sum-of-parts")) == [
        "VN, all-government-2025, 2025: the parts add up to 9813, 18 short of 9831.",
        "n22, province-quang-ninh-deployed, 2025-H1: the parts add up to 46, 1 short of 47.",
        "n52, province-gia-lai-deployed, 2025-Q3: the parts add up to 144, 3 short of 147.",
    ]


def test_the_percentages_that_their_counts_do_not_give_are_found(findings: list[Finding]) -> None:
    messages = of(findings, "rate-agrees")
    assert len(messages) == 2
    assert "printed as 13.5; 178 of 1287 is 13.83" in messages[0]
    assert "printed as 16.47; 1602 of 9831 is 16.30" in messages[1]


def test_every_step_of_the_central_list_is_a_change_of_list(findings: list[Finding]) -> None:
    central = [message for message in of(findings, "list-changed") if "central-" in message]
    assert len(central) == 3


def test_two_dates_of_one_list_are_no_change(findings: list[Finding]) -> None:
    assert not [message for message in of(findings, "list-changed") if "all-government-2025" in message]


def test_every_finding_names_rows_of_the_ledger(ledger: pd.DataFrame, findings: list[Finding]) -> None:
    assert findings
    for each in findings:
        assert each.rows
        assert set(each.rows) <= set(ledger.index)


def test_every_rule_has_its_own_id_and_a_sentence() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.sentence.endswith(".") for rule in RULES)


def test_a_completed_count_that_falls_inside_one_list_is_found(ledger: pd.DataFrame) -> None:
    later = ledger.index[
        (ledger["list"] == "all-government-2025")
        & (ledger["indicator"] == "tasks_completed")
        & (ledger["reference_date"] == "2025-10-24")
    ][0]
    found = of(check_ledger(changed(ledger, later, value=7891.0)), "monotone-cumulative")
    assert found == ["VN, all-government-2025, 2025: completed fell from 7892 to 7891."]


def test_a_part_above_its_whole_is_an_error(ledger: pd.DataFrame) -> None:
    done = row_of(ledger, "central-2025-10", "tasks_completed")
    found = [each for each in check_ledger(changed(ledger, done, value=1133.0)) if each.rule == "part-above-whole"]
    assert [each.severity for each in found] == ["error"]
    assert done in found[0].rows


def test_the_mistranslation_would_be_an_error_had_it_not_been_reread(ledger: pd.DataFrame) -> None:
    row = row_of(ledger, "central-2025-10", "tasks_in_progress_on_schedule")
    as_printed = changed(ledger, row, indicator="tasks_completed_on_time")
    assert of(check_ledger(as_printed), "part-above-whole") == [
        "VN, central-2025-10, 2025-Q3: tasks_completed_on_time 561 is more than tasks_completed 485."
    ]


def test_a_share_without_its_measure_is_an_error(ledger: pd.DataFrame) -> None:
    share = ledger.index[ledger["indicator"] == "digital_economy_share"][0]
    assert len(of(check_ledger(changed(ledger, share, measure="")), "measure-missing-on-share")) == 1


def test_an_estimate_after_an_observed_value_is_out_of_order(ledger: pd.DataFrame) -> None:
    mine = (ledger["indicator"] == "digital_economy_share") & (ledger["period"] == "2022")
    newest = ledger[mine & (ledger["area"] == "VN") & (ledger["measure"] == "nso")].index[-1]
    found = of(check_ledger(changed(ledger, newest, status="estimate")), "vintage-order")
    assert found == ["VN, digital_economy_share, 2022: estimate published after observed."]


def test_a_figure_before_the_end_of_its_period_is_found_unless_a_projection(ledger: pd.DataFrame) -> None:
    share = ledger.index[(ledger["source"] == "nso/digital-economy-2026-01-05") & (ledger["period"] == "2025")][0]
    early = changed(ledger, share, published=pd.Timestamp("2025-12-30"))
    rule = "published-before-period-end"
    assert any("published 2025-12-30, before 2025-12-31" in message for message in of(check_ledger(early), rule))
    planned = changed(early, share, status="projection")
    assert len(of(check_ledger(planned), rule)) == len(of(check_ledger(ledger), rule))


def test_two_figures_of_one_key_and_day_are_an_error(ledger: pd.DataFrame) -> None:
    twin = ledger.iloc[[0]].rename(index={ledger.index[0]: "office/twin.csv#2"})
    assert len(of(check_ledger(pd.concat([ledger, twin])), "duplicate")) == 1


def test_bands_of_two_measures_count_the_same_provinces(ledger: pd.DataFrame) -> None:
    band = ledger.index[ledger["indicator"] == "digital_economy_provinces_5_10"][0]
    assert len(of(check_ledger(changed(ledger, band, value=42.0)), "sum-of-bands")) == 1


def test_an_area_printed_in_two_units_is_found(ledger: pd.DataFrame) -> None:
    growth = ledger.index[ledger["source"] == "nso/V03.10"][0]
    found = of(check_ledger(changed(ledger, growth, unit="% real, year on year")), "unit-mixed")
    assert len(found) == 1


def test_a_part_of_the_ledger_can_be_checked(ledger: pd.DataFrame) -> None:
    assert check_ledger(ledger.iloc[:0]) == []
