"""What the last national notebooks take over from the first ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from policyreport import compare_with_country, national_record
from policyreport.data.inputs import Inputs
from policyreport.records.notebooks import FIRST_NATIONAL, LAST_NATIONAL, NotebookRecord
from policyreport.running.plan import EditionData


def test_the_record_of_a_notebook_that_ran_before_is_read(
    known_q4: EditionData, slice_of: Callable, made_record: Callable[..., Any]
) -> None:
    nation: Inputs = slice_of(known_q4, "quality", "VN")
    record = made_record(nation, "economy")
    told = dataclasses.replace(nation, records={("VN", "economy"): record})
    assert national_record(told, "economy") == record


@pytest.mark.parametrize("notebook", FIRST_NATIONAL)
def test_without_that_record_there_is_nothing_of_it(notebook: str, known_q4: EditionData, slice_of: Callable) -> None:
    nation: Inputs = slice_of(known_q4, "provinces", "VN")
    record = national_record(nation, notebook)
    results = type(record).model_fields.keys() - NotebookRecord.model_fields.keys() - {"kind"}
    assert results
    assert {getattr(record, name) for name in results} == {()}


@pytest.mark.parametrize("notebook", LAST_NATIONAL)
def test_the_last_notebooks_go_on_without_the_records_of_the_first(
    notebook: str, known_q4: EditionData, slice_of: Callable, made_record: Callable[..., Any]
) -> None:
    record = made_record(slice_of(known_q4, notebook, "VN"))
    assert record.league == () if notebook == "provinces" else record.codes == ()


def test_every_difference_to_the_nation_is_the_one_on_the_areas_own_page(
    known_q4: EditionData, slice_of: Callable, cell: Callable[..., Any]
) -> None:
    nation: Inputs = slice_of(known_q4, "series", "VN")
    found = compare_with_country(cell(nation, "series", "values"), nation.settings.peers)
    assert len(found) == 34
    own = cell(slice_of(known_q4, "compare", "n22"), "compare", "peers")
    assert found["n22"] == next(each for each in own.differences if each.comparator == "nation")


def test_the_slice_of_the_notebook_on_series_holds_no_tasks_of_a_province(
    known_q4: EditionData, slice_of: Callable
) -> None:
    assert set(slice_of(known_q4, "series", "VN").observations["area"]) == {"VN"}
