"""How reported figures, milestones and statements are chosen and written for the pages."""

from datetime import date
from pathlib import Path

import pytest

from policyreport.publishing.implementation_values import ImplementationValues
from policyreport.publishing.provenance import read_provenance
from policyreport.records.base import Observation
from policyreport.records.markdown import as_read, read_marks, unmarked
from policyreport.records.notebooks import Statement

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def values() -> ImplementationValues:
    return ImplementationValues(read_provenance(ROOT, "2025Q4"))


def figure(indicator: str, value: float, unit: str, **more: object) -> Observation:
    row = {"id": "a/b.csv#2", "source": "a/b", "area": "VN", "period": "2025", "published": date(2025, 12, 1)}
    row |= {"status": "observed", "indicator": indicator, "value": value, "unit": unit}
    return Observation.model_validate(row | more)


def read(text: str) -> str:
    return as_read(unmarked(text)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("bound", "sentence", "cell"),
    [("=", "16,000", "16,000"), ("~", "about 16,000", "≈ 16,000"), (">", "over 16,000", "> 16,000")],
)
def test_a_bound_is_a_word_in_a_sentence_and_a_sign_in_a_table(values, bound: str, sentence: str, cell: str) -> None:
    money = figure("sti_budget_allocated", 16000, "billion VND", bound=bound)
    assert read(values.stated(money)) == sentence
    assert read(values.with_unit(money)) == f"{cell} billion VND"
    assert [mark.rows for mark in read_marks(values.stated(money))] == [("a/b.csv#2",)]


@pytest.mark.parametrize(
    ("indicator", "unit", "value", "cell"),
    [
        ("data_reuse_rate", "%", 74, "74%"),
        ("service_index_rank", "rank of 34", 29, "29 of 34"),
        ("service_index_transparency", "points of 18", 15.3, "15.3 of 18"),
        ("service_index_score", "score 0-100", 86.94, "86.94 (0–100)"),
        ("plan02_phase1_national_rank", "rank", 4, "4"),
        ("online_full_process_services", "services", 837, "837 services"),
    ],
)
def test_a_cell_repeats_no_word_of_the_indicators_name(values, indicator, unit, value, cell) -> None:
    assert read(values.with_unit(figure(indicator, value, unit))) == cell


def test_figures_of_provinces_stand_from_north_to_south_and_never_by_size(values) -> None:
    rates = [figure("data_reuse_rate", value, "%", area=area) for area, value in (("n96", 9), ("n40", 50), ("n01", 20))]
    assert [each.area for each in values.north_to_south(rates)] == ["n01", "n40", "n96"]


def test_only_the_newest_month_of_a_quantity_is_put_first(values) -> None:
    published = ((59, "2025-12"), (90, "2025-12"), (26, "2025-08"))
    told = [figure("coverage", value, "%", period=period) for value, period in published]
    assert [each.value for each in values.of_last_month(told)] == [59, 90]
    assert values.of_last_month([]) == []


def test_a_milestone_is_dated_only_as_exactly_as_its_source(values) -> None:
    days = {each.id: unmarked(values.milestone_day(each)) for each in values.milestones(["deadline"])}
    assert days["data-opening-deadline"] == "November 2025"
    assert days["national-data-centre-start"] == "2025"
    assert days["service-centre-deadline"].replace("\u00a0", " ") == "5 December 2025"


def test_what_an_edition_could_not_know_is_no_milestone() -> None:
    early = ImplementationValues(read_provenance(ROOT, "2025Q3"))
    ids = {each.id for each in early.milestones(["instrument", "event", "deadline"])}
    assert "law-science-technology-innovation" in ids
    assert "law-digital-transformation" not in ids


def test_every_milestone_leads_to_where_it_is_from(values) -> None:
    provenance = read_provenance(ROOT, "2025Q4")
    for milestone in values.milestones(["instrument", "event", "deadline"]):
        evidence = provenance.evidence(f"params/policy.yaml#{milestone.id}")
        assert evidence.title == milestone.title
        assert evidence.origin.address.startswith("https://"), milestone.id


def test_a_province_answers_for_its_former_parts(values) -> None:
    said = [
        Statement(
            area=area, said="2025-03", kind="obstacle", theme="data", text="a", text_vi="b", inputs=("a/b.csv#2",)
        )
        for area in ("o52", "n01", "VN")
    ]
    assert [each.area for each in values.said_by(said, "n52")] == ["o52"]
    assert values.said_on(said[0]) == "March 2025"
