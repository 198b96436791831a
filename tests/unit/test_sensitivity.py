"""Specification tables: the full grid, what agrees, and which choice differs most."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policyreport.records.base import Refusal
from policyreport.records.series import Sensitivity, Specification
from policyreport.statistics.common.sensitivity import Answer, grid, run, table

AXES = {"window": ("all", "official only"), "series": ("own", "minus nation")}
HEADLINE = {"window": "all", "series": "minus nation"}
ANSWERS: dict[tuple[str, str], Answer] = {
    ("all", "own"): (0.8, "rising"),
    ("all", "minus nation"): (-0.2, "no clear trend"),
    ("official only", "own"): (0.1, "no clear trend"),
    ("official only", "minus nation"): Refusal(code="too-few-points", method="trend"),
}


def answer(choices: Mapping[str, str]) -> Answer:
    return ANSWERS[choices["window"], choices["series"]]


def summary(headline: Mapping[str, str] = HEADLINE) -> Sensitivity:
    result = run("trend", "growth", AXES, headline, answer)
    assert isinstance(result, Sensitivity)
    return result


def test_the_grid_drops_no_combination() -> None:
    assert len(grid({"a": ("1", "2", "4"), "b": ("x", "y")})) == 6
    assert grid({}) == ({},)


@pytest.mark.parametrize("choices", [(), ("x", "x")])
def test_an_axis_needs_distinct_choices(choices: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="axis 'a'"):
        grid({"a": choices})


def test_rows_are_sorted_by_estimate_and_refused_ones_come_last() -> None:
    rows = summary().specifications
    assert [row.estimate for row in rows] == [-0.2, 0.1, 0.8, None]
    assert [row.refused for row in rows] == ["", "", "", "too-few-points"]
    assert [row.headline for row in rows] == [True, False, False, False]


def test_e6_a_refused_specification_is_counted_apart() -> None:
    assert (summary().agree, summary().of, summary().refused) == (2, 3, 1)


def test_e6_specifications_that_rest_on_the_same_are_one() -> None:
    """Of three windows two hold the same years: "26 of 54 specifications" were 27 pairs of duplicates."""
    axes = {"window": ("all", "official only", "from 2022"), "series": ("own", "minus nation")}
    held = {"all": (2020, 2021, 2022), "official only": (2020, 2021, 2022), "from 2022": (2022,)}
    result = run(
        "trend", "growth", axes, {"window": "official only", "series": "own"},
        lambda choices: (1.0, "rising" if choices["series"] == "own" else "falling"),
        lambda choices: (held[choices["window"]], choices["series"]),
    )  # fmt: skip
    assert isinstance(result, Sensitivity)
    assert (result.agree, result.of, result.repeated, result.refused) == (2, 4, 2, 0)
    assert len(result.specifications) == 6
    # What repeats the headline gives way to it; else the first of the grid stays.
    repeats = {row.choices["series"]: row.choices["window"] for row in result.specifications if row.repeats}
    assert repeats == {"own": "all", "minus nation": "official only"}


def test_e6_equal_answers_of_different_specifications_are_not_one() -> None:
    result = run("trend", "growth", {"ρ": ("0", "0.3")}, {"ρ": "0"}, lambda choices: (0.0, "no clear trend"))
    assert isinstance(result, Sensitivity)
    assert (result.agree, result.of, result.repeated) == (2, 2, 0)


def test_median_and_range_are_over_the_estimates() -> None:
    assert (summary().low, summary().median, summary().high) == (-0.2, 0.1, 0.8)


def test_the_most_different_choice_is_named_by_what_it_changes() -> None:
    assert summary().most_different == "series own"


def test_without_another_verdict_the_farthest_estimate_is_named() -> None:
    rows = [
        Specification(choices={"k": "5"}, estimate=1.0, verdict="above", headline=True),
        Specification(choices={"k": "3"}, estimate=1.1, verdict="above"),
        Specification(choices={"k": "8"}, estimate=0.7, verdict="above"),
    ]
    result = table("peers", "growth", rows)
    assert isinstance(result, Sensitivity)
    assert (result.agree, result.of, result.most_different) == (3, 3, "k 8")


def test_rows_without_numbers_have_no_range() -> None:
    rows = [
        Specification(choices={"k": "5"}, verdict="above", headline=True),
        Specification(choices={"k": "3"}, verdict="above"),
    ]
    result = table("peers", "growth", rows)
    assert isinstance(result, Sensitivity)
    assert (result.median, result.low, result.high, result.most_different) == (None, None, None, "")


def test_a_refused_headline_gives_its_refusal() -> None:
    result = run("trend", "growth", AXES, {"window": "official only", "series": "minus nation"}, answer)
    assert isinstance(result, Refusal)
    assert (result.code, result.subject) == ("too-few-points", "trend growth")


def test_a_headline_outside_the_grid_is_an_error() -> None:
    with pytest.raises(ValueError, match="exactly one headline"):
        run("trend", "growth", AXES, {"window": "from 2022", "series": "own"}, answer)


@given(st.permutations(range(4)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    rows = list(summary().specifications)
    assert table("trend", "growth", [rows[place] for place in order]) == summary()
