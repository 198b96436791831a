"""Every quantitative fact of the five articles the project started from is in the ledger or a milestone."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.params.policy import Milestone, read_policy

ROOT = Path(__file__).parents[2]
SEEDS = pd.read_csv(Path(__file__).parents[1] / "data" / "seeds.csv", dtype=str, keep_default_na=False)
# Where the ledger calls the same thing by the name other sources share, or keeps the city's own list apart.
NAMES = {
    "tasks_assigned": "tasks_total",
    "city_tasks_assigned": "tasks_total",
    "city_tasks_overdue": "tasks_overdue",
    "sector_contribution_to_gdp": "sti_dx_contribution",
}
SOURCES = {
    "1": "baotintuc/nghe-an-2025-11-23",
    "2": "daibieunhandan/thanh-hoa-2025-04",
    "3": "baotintuc/hanoi-2025-11-14",
    "4": "binhdinh-portal/government-session-2025-03",
    "5": "camau-portal/central-2025-10-15",
}


@pytest.fixture(scope="module")
def milestones() -> dict[str, Milestone]:
    return {each.id: each for each in read_policy(ROOT).milestones}


def one_fact(fact: pd.Series) -> str:
    return f"{fact['article']}-{fact['area_id']}-{fact['indicator_id']}"


def facts(kind: str) -> list[pd.Series]:
    chosen = (SEEDS["unit"] == "date") == (kind == "date")
    return [row for _, row in SEEDS[chosen].iterrows()]


def test_there_are_84_facts() -> None:
    assert len(SEEDS) == 84
    assert len(facts("date")) + len(facts("figure")) == 84


@pytest.mark.parametrize("fact", facts("figure"), ids=one_fact)
def test_a_figure_of_the_articles_is_one_row_of_the_ledger(fact: pd.Series, ledger: pd.DataFrame) -> None:
    expected = {NAMES.get(fact["indicator_id"], fact["indicator_id"]): fact["value"]}
    if fact["indicator_id"] == "government_levels_before_after":
        before, _, after = fact["value"].partition(" to ")
        expected = {"government_levels_before": before, "government_levels_after": after}
    for indicator, value in expected.items():
        rows = ledger[
            (ledger["source"] == SOURCES[fact["article"]])
            & (ledger["area"] == fact["area_id"])
            & (ledger["indicator"] == indicator)
            & (ledger["list"].str.startswith("city-") == fact["indicator_id"].startswith("city_"))
        ]
        assert len(rows) == 1
        row = rows.iloc[0]
        assert row["value"] == float(value)
        assert row["unit"] == fact["unit"]
        assert row["bound"] == fact["operator"]
        assert row["reference_date"].date().isoformat() == fact["as_of_date"]


@pytest.mark.parametrize("fact", facts("date"), ids=one_fact)
def test_a_date_of_the_articles_is_a_milestone(fact: pd.Series, milestones: dict[str, Milestone]) -> None:
    milestone = milestones[fact["indicator_id"].lower().replace("_", "-")]
    assert milestone.date == date.fromisoformat(fact["value"])
    assert milestone.area in (fact["area_id"], "")
    assert (milestone.area == "") == (fact["area_id"] == "VN")
    assert milestone.source == SOURCES[fact["article"]]
    assert milestone.legal_reference


def test_assumed_days_say_so(milestones: dict[str, Milestone]) -> None:
    assumed = {row["indicator_id"] for row in facts("date") if "assumed" in row["note"]}
    imprecise = {id for id, each in milestones.items() if each.precision != "day"}
    assert imprecise == {id.replace("_", "-") for id in assumed}
