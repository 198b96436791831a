"""What was claimed of ranks, levels and scores beyond what the figures allow."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from policyreport import rank_means
from policyreport.data.inputs import Inputs
from policyreport.records.markdown import as_read, unmarked
from policyreport.records.notebooks import LeagueRow
from policyreport.records.series import Difference, Peers, Ranks, Trend
from policyreport.running.plan import EditionData

SliceOf = Callable[..., Inputs]


def read(markdown: str) -> str:
    """Markdown as read: without marks, emphasis and hard spaces."""
    return as_read(unmarked(markdown)).replace("\u00a0", " ").replace("*", "")


def alike(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """The slice with every province's growth drawn around the nation's: none of them ranks before another."""
    panel, role = inputs.panel.copy(), inputs.roles.growth
    own = (panel["indicator"] == role.indicator) & panel["area"].isin(inputs.areas.current(inputs.edition.as_known_on))
    spread = {area: float(np.exp(rng.normal(scale=0.5))) for area in panel.loc[own, "area"].unique()}
    national = panel["indicator"].isin([inputs.indicators.get(role.indicator).national, role.indicator])
    panel.loc[national & (panel["area"] == inputs.roles.nation), "value"] = 6.0
    panel.loc[own, "value"] = 6 + panel.loc[own, "area"].map(spread) * rng.normal(size=int(own.sum()))
    return dataclasses.replace(inputs, panel=panel)


def places_by_growth(inputs: Inputs, cell: Callable[..., Any]) -> Ranks:
    found = cell(inputs, "series", "ranks")[0]
    assert isinstance(found, Ranks)
    return found


def test_e1_provinces_that_are_alike_are_ranked_in_at_most_one_panel_of_twenty(
    known_q4: EditionData, slice_of: SliceOf
) -> None:
    """Treating six years' standard errors as known ranks somebody in half of all panels."""
    inputs, rng, panels = slice_of(known_q4, "series", "VN"), np.random.default_rng(34), 16
    ranked = 0
    for _ in range(panels):
        found = rank_means(alike(inputs, rng).series("growth"), inputs.settings.ranks, inputs.settings.peers)
        assert isinstance(found, Ranks)
        ranked += any(each.simultaneous != (1, 34) for each in found.sets)
    assert ranked <= 0.05 * panels + 2 * (0.05 * 0.95 * panels) ** 0.5


def test_e1_the_page_says_once_that_the_data_cannot_rank_and_prints_no_range(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any], say: Callable[..., str]
) -> None:
    inputs = slice_of(known_q4, "series", "VN")
    said = read(say("series", "ranks", [places_by_growth(inputs, cell)], data=inputs))
    assert said.count("The data cannot rank the 34 provinces") == 1
    assert not re.search(r"\(\d+ to \d+\)|\d+–\d+\)|may be among", said)


@pytest.mark.parametrize(("area", "years"), [("n31", "5 of 5"), ("n79", "0 of 5"), ("n22", "4 of 5")])
def test_e2_a_level_is_told_by_its_changes_and_never_called_rising(
    known_q4: EditionData,
    slice_of: SliceOf,
    area: str,
    years: str,
    cell: Callable[..., Any],
    say_of_series: Callable[..., str],
) -> None:
    """Output per head is an index carried on from year to year; its order named a province in most families."""
    inputs = slice_of(known_q4, "trend", area)
    said = read(say_of_series(inputs, "income", income=(cell(inputs, "trend", "income"),)))
    assert f"it rose faster than the country's in {years} years" in said
    assert "not a statistically clear difference once all 34 provinces are looked at" in said
    assert not re.search(r"The index, \d|Median slope|index points a year", said)


def test_e2_a_score_is_said_to_move_only_where_it_does_in_both_scales(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any], say_of_series: Callable[..., str]
) -> None:
    """Control of corruption: Đà Nẵng's score fell towards the others as all drew together."""
    inputs = slice_of(known_q4, "trend", "n48")
    results = cell(inputs, "trend", "governance")
    (found,) = [each for each in results if isinstance(each, Trend) and each.indicator == "papi_control_of_corruption"]
    assert (found.verdict, found.p_adjusted) == ("no clear trend", pytest.approx(0.0219, abs=0.03))
    table = read(say_of_series(inputs, "governance_trend", governance=results))
    assert "Standard deviations a year" in table
    assert re.search(r"Control of corruption[^|]*\| 2011–2023 \| .* no clear trend \|", table)


@pytest.mark.parametrize(
    ("area", "indicator"), [("n44", "papi_public_service_delivery"), ("n96", "papi_vertical_accountability")]
)
def test_e2_a_score_is_not_said_to_move_across_changed_questions(
    known_q4: EditionData,
    slice_of: SliceOf,
    area: str,
    indicator: str,
    cell: Callable[..., Any],
    say_of_series: Callable[..., str],
) -> None:
    """The survey's questions were revised in 2018 and 2021: a movement across them may be theirs."""
    inputs = slice_of(known_q4, "trend", area)
    results = cell(inputs, "trend", "governance")
    (found,) = [each for each in results if isinstance(each, Trend) and each.indicator == indicator]
    assert (found.first_year, found.last_year, found.verdict) == (2011, 2023, "no clear trend")
    parts = [say_of_series(inputs, macro, governance=results) for macro in ("governance", "governance_trend")]
    said = read(" ".join(parts))
    assert "The survey asked partly other questions in the later years" in said
    assert not re.search(r"\b(is|:) (rising|falling)", said)


def test_e8_a_province_is_not_counted_among_those_that_differ_more_than_it(
    known_q4: EditionData, slice_of: SliceOf, cell: Callable[..., Any], growth_compared: Callable[[Inputs], str]
) -> None:
    inputs = slice_of(known_q4, "compare", "n22")
    result = cell(inputs, "compare", "peers")
    assert isinstance(result, Peers)
    assert {each.placebo_of for each in result.differences if isinstance(each, Difference)} == {33}
    said = read(growth_compared(inputs))
    assert "none of the 33 other provinces differs more" in said
    assert "of 34 provinces differ" not in said


def test_a_run_of_some_provinces_does_not_speak_of_all(
    known_q4: EditionData, slice_of: SliceOf, say: Callable[..., str]
) -> None:
    """ "No province grew faster in each year" stood beside a page that named three which were not in the run."""
    inputs = slice_of(known_q4, "quality", "VN")
    keys = inputs.areas.current(inputs.edition.as_known_on)
    rows = [LeagueRow(area=key, name=key, slug=key, region="", growth_years=6, growth_years_above=3) for key in keys]
    every, some = (say("league", "always_faster", shown, data=inputs) for shown in (rows, rows[:3]))
    assert every.startswith("No province grew faster than the country in each of the 6 years")
    assert some.startswith("None of the 3 provinces in this run grew faster")
    assert "in none" not in every


def test_the_fact_stands_before_the_inference(
    known_q4: EditionData, slice_of: SliceOf, growth_compared: Callable[[Inputs], str]
) -> None:
    """Growth of 2020–2025: Quảng Ninh, Hải Phòng and Thanh Hóa 6 of 6 years above the country, Hồ Chí Minh 0 of 6."""
    for area, years, ends in (
        ("n22", "6 of 6", "by 0.98–6.95 pp"),
        ("n31", "6 of 6", "by 1.54–8.99 pp"),
        ("n38", "6 of 6", "by 0.25–7.12 pp"),
        ("n79", "0 of 6", "below by 0.13–5.58 pp"),
    ):
        inputs = slice_of(known_q4, "compare", area)
        said = read(growth_compared(inputs))
        fact = f"Against the country: above in {years} years, {ends}; on average "
        assert fact in said
        assert said.index(fact) < said.index("not a statistically clear difference once all 34 provinces are looked at")
