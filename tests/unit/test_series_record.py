"""What the evaluation takes over from the notebook on series."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from policyreport import collect_league, compare_with_country, series_record
from policyreport.data.inputs import Inputs
from policyreport.running.plan import EditionData


def test_the_evaluation_reads_the_record_of_the_notebook_on_series(
    known_q4: EditionData, slice_of: Callable, cell: Callable[..., Any]
) -> None:
    nation: Inputs = slice_of(known_q4, "evaluation", "VN")
    record = series_record(nation).model_copy(update={"steps": cell(nation, "series", "steps")})
    told = dataclasses.replace(nation, records={("VN", "series"): record})
    assert series_record(told) == record


def test_without_that_record_the_evaluation_has_nothing_of_it_and_goes_on(
    known_q4: EditionData, slice_of: Callable
) -> None:
    nation: Inputs = slice_of(known_q4, "evaluation", "VN")
    record = series_record(nation)
    assert (record.panel, record.families, record.exposure, record.ranks, record.steps) == (None, (), (), (), ())
    assert collect_league(nation, record.ranks) == ()


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
