"""A province's page says once how certain its places are."""

import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.markdown import unmarked
from policyreport.records.series import Ranks
from policyreport.running.plan import EditionData

SliceOf = Callable[..., Inputs]
Said = Callable[..., str]


@pytest.fixture(scope="module")
def inputs(known_q4: EditionData, slice_of: SliceOf, made_record) -> Inputs:
    """The national slice with one province's record beside its region and the nation."""
    record = made_record(slice_of(known_q4, "compare", "n22"), "compare")
    nation = slice_of(known_q4, "quality", known_q4.roles.nation)
    return dataclasses.replace(nation, records={("n22", "compare"): record})


@pytest.fixture(scope="module")
def model(inputs: Inputs, cell: Callable[..., Any]) -> Ranks:
    found = cell(inputs, "series", "ranks")[0]
    assert isinstance(found, Ranks)
    return found


@pytest.fixture
def said(say: Callable[..., str], page_of_area: Callable[..., Any], inputs: Inputs) -> Callable[..., str]:
    """What the page of a province says of its places in these ranks of a family each."""

    def of_places(ranks: Sequence[Ranks | Refusal], area: str = "n22") -> str:
        page = page_of_area(dataclasses.replace(inputs, area=area), compare=inputs.records.get((area, "compare")))
        refused = Refusal(code="lists-differ", method="ranks", subject="tasks_completed")
        together = {"series": {"ranks": tuple(ranks)}, "tasks": {"count_ranks": refused}}
        text = unmarked(say("places", "places", page, data=inputs, national=together))
        return " ".join(text.replace("\u00a0", " ").split())

    return of_places


def test_e1_where_no_pair_is_told_apart_no_range_is_given(model: Ranks, said: Said) -> None:
    assert not model.tells_apart
    assert said([model]) == (
        "**How certain is a place?** The data cannot rank the provinces by mean growth of GRDP against the "
        "country's: no two "
        "of the 34 can be told apart. The places on this page only order the published values, which came "
        "without a "
        "margin of error."
    )


def test_where_pairs_are_told_apart_a_place_comes_with_its_marginal_set(model: Ranks, said: Said) -> None:
    own = next(each for each in model.sets if each.area == "n22")
    placed = own.model_copy(update={"marginal": (1, 21), "simultaneous": (1, 30)})
    ranked = model.model_copy(update={"sets": tuple(placed if each is own else each for each in model.sets)})
    range_of_places = "could be anywhere from 1 to 21 (95%, treating years as draws)."
    assert f"its place is {own.rank} of 34 and {range_of_places}" in said([ranked])


def test_e8_the_certainty_of_a_place_is_said_once_on_a_page(
    model: Ranks, known_q4: EditionData, slice_of: SliceOf, made_record, growth_compared, say, said: Said
) -> None:
    own = slice_of(known_q4, "compare", "n22")
    record = made_record(own, "compare")
    page = "\n".join(
        [
            say("strip", "strip", record.strip, data=own),
            said([model]),
            unmarked(growth_compared(own)),
        ]
    )
    assert len(re.findall(r"margin of error|how certain|true place|true rank|cannot rank", page, re.IGNORECASE)) == 3
    paragraphs = [part for part in page.split("\n\n") if re.search(r"margin of error|cannot rank|true", part)]
    assert len(paragraphs) == 1


def test_without_a_set_the_places_order_the_published_values_alone(said: Said) -> None:
    refused = Refusal(code="no-sampling-error", method="ranks", subject="x")
    assert said([refused]) == (
        "**How certain is a place?** The places on this page only order the published values, which came without a "
        "margin "
        "of error."
    )
    # Its page prints no place.
    assert said([refused], "n01") == ""
