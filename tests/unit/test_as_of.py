"""An edition shows what was known on its day, and its records fit their schemas."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

from policyreport.data.inputs import FACTS, OBSERVATIONS, PANEL, RECORDS, Inputs, read_inputs
from policyreport.data.observations.known import KEY
from policyreport.errors import RunError
from policyreport.figures import plot
from policyreport.records.base import Refusal
from policyreport.records.notebooks import NATIONAL_NOTEBOOKS, TrendRecord
from policyreport.running import plan
from policyreport.running.plan import EditionData
from policyreport.statistics.tasks.counts import TaskCount, group_by_kind
from policyreport.statistics.tasks.quarters import quarter_on_quarter

ROOT = Path(__file__).parents[2]
DAY = date(2025, 11, 23)
# Kept its boundaries; was merged.
PROVINCES = ["n01", "n96"]


@pytest.fixture(scope="module")
def units(known_q3: EditionData) -> list[plan.Unit]:
    store = ROOT / "no-such-store"
    return [*plan.first_units(ROOT, "2025Q3", None, store), *plan.last_units(ROOT, "2025Q3", store)]


@pytest.fixture(scope="module")
def national(known_q3: EditionData, slice_of) -> Inputs:
    return slice_of(known_q3, "quality", "VN")


@pytest.fixture(scope="module", params=PROVINCES)
def province(request, known_q3: EditionData, slice_of) -> Inputs:
    return slice_of(known_q3, "trend", request.param)


# ---- what an edition may know --------------------------------------------------------------------------


def test_no_slice_holds_a_figure_published_after_the_editions_day(units) -> None:
    assert len(units) == 34 * 3 + len(NATIONAL_NOTEBOOKS)
    held = 0
    for unit in units:
        rows = pd.read_parquet(io.BytesIO(unit.slice[OBSERVATIONS]))
        held += len(rows)
        assert (rows["published"] <= pd.Timestamp(DAY)).all(), unit.key
    assert held > 10_000


def test_no_harmonised_value_rests_on_a_later_figure(units, known_q4: EditionData) -> None:
    published = known_q4.ledger["published"]
    for unit in units:
        panel = pd.read_parquet(io.BytesIO(unit.slice[PANEL]))
        behind = sorted({row for rows in panel["inputs"] for row in rows})
        assert panel.empty == (not behind)
        if behind:
            assert published.loc[behind].max() <= pd.Timestamp(DAY), unit.key


def test_no_slice_names_a_source_or_a_finding_of_a_later_day(units, known_q4: EditionData) -> None:
    published = known_q4.ledger["published"]
    for unit in units:
        facts = json.loads(unit.slice[FACTS])
        later = [
            each["id"] for each in facts["sources"] if len(each["published"]) == 10 and each["published"] > str(DAY)
        ]
        rows = [row for finding in facts["findings"] for row in finding["rows"] if row in published.index]
        assert later == [], unit.key
        assert not rows or published.loc[rows].max() <= pd.Timestamp(DAY), unit.key


def test_the_newest_vintage_is_the_one_in_force(known_q3: EditionData, known_q4: EditionData) -> None:
    for known in (known_q3, known_q4):
        latest = known.ledger.groupby(list(KEY), dropna=False)["published"].transform("max")
        newest = known.ledger[known.ledger["newest"]]
        assert (newest["published"] == latest.loc[newest.index]).all()
        assert not newest.duplicated(list(KEY)).any()
        assert known.ledger["published"].max() <= pd.Timestamp(known.edition.as_known_on)


def test_a_later_edition_knows_all_that_an_earlier_one_knew(known_q3: EditionData, known_q4: EditionData) -> None:
    assert set(known_q3.ledger.index) < set(known_q4.ledger.index)


def test_vintages_that_were_replaced_are_kept(known_q4: EditionData, slice_of) -> None:
    nation = slice_of(known_q4, "quality", "VN")
    rows = nation.observations
    share = rows[(rows["indicator"] == "digital_economy_share") & (rows["measure"] == "nso") & (rows["area"] == "VN")]
    of_2023 = share[share["period"] == "2023"].sort_values("published")
    assert of_2023["value"].tolist() == [12.33, 12.87]
    assert of_2023["newest"].tolist() == [False, True]
    assert nation.superseded == int((~rows["newest"]).sum()) > 0


# ---- the edition of November 2025 ----------------------------------------------------------------------


def test_november_knows_two_dates_of_the_central_list(national: Inputs, made_record) -> None:
    counts = made_record(national, "tasks").quarter_on_quarter.counts
    assert [(each.reference_date, each.completed, each.total) for each in counts] == [
        (date(2025, 5, 29), 103, 600),
        (date(2025, 10, 15), 485, 1132),
    ]
    assert {(each.measure, each.period) for each in made_record(national, "economy").share} & {
        ("nso", "2025"),
        ("government-report", "2025"),
    } == set()
    assert made_record(national).changes is None


@pytest.mark.parametrize(
    ("column", "value"), [("status", "projection"), ("bound", ">"), ("indicator", "something_else")]
)
def test_a_count_that_is_not_exact_or_not_whole_is_no_row_quarter_on_quarter(national: Inputs, column, value) -> None:
    rows = national.observations.copy()
    october = (rows["indicator"] == national.roles.tasks.completed) & (rows["reference_date"] == "2025-10-15")
    rows[column] = rows[column].astype(object).where(~october, value)
    lists = replace(national, observations=rows).tasks
    counts = quarter_on_quarter(lists, national.settings.flow).counts
    assert [(each.reference_date, each.completed) for each in counts] == [(date(2025, 5, 29), 103)]


def test_a_projected_count_does_not_hide_the_pace_between_counts() -> None:
    def count(day: date, completed: int, **changes) -> TaskCount:
        return TaskCount("n01", "a list", day, day, 100, completed, list_kind="centre", **changes)

    known = count(date(2025, 5, 1), 10), count(date(2025, 8, 1), 40)
    planned = count(date(2025, 12, 31), 100, status="projection")
    assert group_by_kind((*known, planned)) == (known,)
    assert group_by_kind((planned,)) == ((planned,),)


def test_no_date_of_publication_in_a_national_record_is_later_than_its_day(national: Inputs, made_record) -> None:
    found = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                if key in ("published", "reference_date", "newest") and isinstance(part, str) and len(part) == 10:
                    found.append(part)
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    for notebook in NATIONAL_NOTEBOOKS:
        walk(made_record(national, notebook).model_dump(mode="json"))
    assert len(found) > 20
    assert max(found) <= str(DAY)


def test_growth_and_comparison_of_november_are_refused_as_not_published(
    province: Inputs, cell: Callable[..., Any]
) -> None:
    assert {each.code for each in cell(province, "trend", "growth")} == {"not-published"}
    assert {each.code for each in (cell(province, "trend", "income"),)} == {"not-published"}
    peers = cell(province, "compare", "peers")
    assert isinstance(peers, Refusal)
    assert peers.code == "not-published"


def test_the_province_pages_of_november_say_that_growth_is_not_published(
    province: Inputs,
    made_record,
    cell: Callable[..., Any],
    say_of_series: Callable[..., str],
    growth_compared: Callable[[Inputs], str],
    summed_up,
) -> None:
    growth = cell(province, "trend", "growth")
    assert say_of_series(province, "growth", growth=growth) == "Growth: not published."
    assert "not published." in say_of_series(province, "income", income=(cell(province, "trend", "income"),)).lower()
    assert "not published." in growth_compared(province).lower()
    peers, among = cell(province, "compare", "peers"), cell(province, "compare", "among")
    drawn = (plot.growth(growth, province), plot.income(province), plot.growth_compare(peers, among, province))
    assert [exhibit for exhibits in drawn for exhibit in exhibits] == []
    assert "growth" in summed_up(province, made_record(province, "compare")).split("Not published by", 1)[1]


def test_a_record_left_by_another_version_is_named_and_the_way_out_said(known_q3: EditionData, slice_of) -> None:
    folder = slice_of(known_q3, "quality", "VN").folder
    (folder / RECORDS).write_text(json.dumps([{"area": "n05", "kind": "trend", "left_by": "an older version"}]))
    with pytest.raises(RunError, match=r"record of n05, trend.+without --areas") as caught:
        read_inputs(folder)
    assert len(str(caught.value)) < 300


def test_the_national_pages_of_november_can_be_shown(national: Inputs, made_record, say) -> None:
    tasks, economy, provinces = (made_record(national, name) for name in ("tasks", "economy", "provinces"))
    records = {"tasks": tasks, "economy": economy, "provinces": provinces, "series": None}
    parts = [
        ("overview", "standfirst", provinces),
        ("overview", "findings", records),
        *(("quarters", macro, tasks) for macro in ("lead", "counts", "steps", "condition")),
        ("shares", "national_lead", economy.share),
        ("shares", "national", economy.share),
        ("shares", "every_figure", economy.share),
        ("shares", "priors", economy.share),
        ("shares", "of_provinces", [each for each in national.records.values() if isinstance(each, TrendRecord)]),
        ("shares", "revisions", economy.revisions),
        ("targets", "pace", economy.pace, economy.share),
        ("targets", "every_pace", economy.pace),
        ("other-quantity", "announced", economy.other_quantity),
    ]
    text = "\n".join([say(*part, data=national) for part in parts])
    assert "485\u00a0of\u00a01,132" in text
    assert "1,227" not in text
    assert "14.02" not in text
    assert "December 2025" not in text
    assert "2026" not in text.replace("Accessed", "")


# ---- records -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("edition", ["2025Q3", "2025Q4"])
@pytest.mark.parametrize(
    ("notebook", "area"),
    [("clean", "n96"), ("trend", "n96"), ("compare", "n96"), ("trend", "n40"), ("quality", "VN")],
)
def test_a_record_fits_its_schema_and_comes_back_from_json(
    notebook, area, edition, request, slice_of, made_record
) -> None:
    known = request.getfixturevalue("known_q3" if edition == "2025Q3" else "known_q4")
    record = made_record(slice_of(known, notebook, area))
    body = record.to_json()
    jsonschema.validate(json.loads(body), type(record).model_json_schema(), jsonschema.Draft202012Validator)
    assert type(record).from_json(body) == record
    assert type(record).from_json(body).to_json() == body


def test_saving_writes_the_record_beside_the_slice(known_q4: EditionData, slice_of, made_record) -> None:
    inputs = slice_of(known_q4, "clean", "n40")
    record = made_record(inputs)
    inputs.save(record)
    assert (inputs.folder / "record.json").read_bytes() == record.to_json()
