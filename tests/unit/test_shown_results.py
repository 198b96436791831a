"""Results that a record holds stand on a page too: p by every method, every event study, what a pace rests on."""

from collections.abc import Callable
from typing import Any

import pytest

from policyreport.data.inputs import Inputs
from policyreport.figures import plot
from policyreport.records.base import Interval, Refusal
from policyreport.records.formats import Formats
from policyreport.records.markdown import unmarked
from policyreport.records.series import Difference, Exposure, Peers
from policyreport.records.shares import NewsNoise, Revisions, RevisionTest
from policyreport.records.tasks import ChangeAt, Flow, FlowChange, FlowTrend
from policyreport.running.plan import EditionData


@pytest.fixture(scope="module")
def exposures(nation: Inputs, cell: Callable[..., Any]) -> tuple[Exposure, ...]:
    return tuple(each for each in cell(nation, "series", "exposure") if isinstance(each, Exposure))


def plain(text: str) -> str:
    return unmarked(text).replace("\u00a0", " ")


def test_the_table_of_exposures_has_p_by_every_method(
    nation: Inputs, exposures: tuple[Exposure, ...], say: Callable[..., str]
) -> None:
    rows = [line for line in say("series", "exposure", exposures, data=nation).splitlines() if line.startswith("| ")][
        2:
    ]
    assert len(rows) == len(exposures) == 3
    for row, each in zip(rows, exposures, strict=True):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        wanted = [Formats().p_value(p) for p in (each.crv1_p, each.ri_c_p)]
        assert cells[-2:] == wanted


def test_the_event_study_is_drawn_for_every_exposure(
    nation: Inputs, exposures: tuple[Exposure, ...], say: Callable[..., str]
) -> None:
    (drawn,) = plot.exposure(exposures, nation)
    for each in exposures:
        for point in each.event_study:
            assert f"{point.year} {Formats().number(point.estimate, 2, signed=True)}" in plain(drawn.alt)
    assert say("series", "year_by_year", exposures, data=nation).count("\u00a0of\u00a04 by ") == 3


BOUNDS = Interval(low=0.01, high=0.05, level=0.95)


@pytest.fixture
def flow_with(say: Callable[..., str]) -> Callable[..., str]:
    """The table of assumptions of a change that excludes zero up to a design effect, and of a trend."""
    return lambda nation, *found: plain(say("pace", "sensitivity", flow_of(*found), "x", data=nation))


def flow_of(largest: float | None, trend: FlowTrend | None = None) -> Flow:
    change = FlowChange(
        difference=0.03, interval=BOUNDS, largest_design_effect=largest, verdict_design_effect=2, verdict="faster",
        by_design_effect=tuple(
            ChangeAt(design_effect=phi, interval=Interval(low=low, high=high, level=0.95))
            for phi, low, high in ((1, 0.01, 0.05), (1.5, 0.002, 0.058), (4, -0.01, 0.07))
        ),
    )  # fmt: skip
    return Flow(area="n01", list="l", steps=(), change=change, trend=trend)


def test_a_change_of_pace_is_shown_at_every_design_effect(nation: Inputs, flow_with) -> None:
    said = flow_with(nation, 2.2)
    assert all(text in said for text in ("(+1.0 to +5.0)", "(+0.2 to +5.8)", "(−1.0 to +7.0)"))
    assert all(text in said for text in ("(design effect 1)", "design effect 1.5", "design effect 4"))
    assert "The last change excludes zero up to a design effect of 2.2." in said


def test_a_change_that_holds_at_every_design_effect_tried_says_that_the_search_ended(nation: Inputs, flow_with) -> None:
    limit = nation.settings.flow.largest_design_effect
    assert f"up to a design effect of {limit:.0f} or more." in flow_with(nation, limit)


def test_a_change_that_holds_nowhere_gets_no_number(nation: Inputs, flow_with) -> None:
    assert "not even at 1" in flow_with(nation, None)


def test_the_trend_stands_beside_the_other_likelihood_or_says_that_it_had_no_fit(nation: Inputs, flow_with) -> None:
    trend = FlowTrend(
        slope=0.1, standard_error=0.02, dispersion=1.4, interval=BOUNDS, hazard_ratio=1.105,
        hazard_ratio_interval=Interval(low=1.01, high=1.2, level=0.95), verdict="rising",
        betabinomial_slope=0.2, betabinomial_intraclass=0.03,
    )  # fmt: skip
    said = flow_with(nation, 2.2, trend)
    assert "| 1.221 |" in said.replace("  ", " ")
    assert "correlation inside an interval 0.030" in said
    assert "no fit found" in flow_with(nation, 2.2, trend.model_copy(update={"betabinomial_slope": None}))


def measure_with(revisions: tuple[float, ...], **tests: object) -> Revisions:
    given = {
        "mean": 0.2, "mean_absolute": 0.3, "minimum": -0.4, "maximum": 0.9, "share_upward": 0.6,
    } if len(revisions) > 2 else {}  # fmt: skip
    return Revisions(
        area="VN", indicator="digital_economy_share", measure="nso", cells=(), n=len(revisions), rmse=0.42,
        values=revisions, **given, **tests,
    )  # fmt: skip


def revisions_printed(quality_printed: Callable[..., str], found: Revisions) -> str:
    rows = [{"of": found, "at": at} for at in (None, *found.by_maturity)]
    return plain(quality_printed(revised=[found], statistics=rows))


def test_two_revisions_are_listed_without_an_average_and_without_tests(quality_printed) -> None:
    few = Refusal(code="too-few-revisions", method="revisions", detail="2 of 5 revisions")
    said = revisions_printed(quality_printed, measure_with((0.16, 0.54), bias_test=few, news_noise=few))
    assert "| each: +0.16, +0.54 |" in said
    assert "NSO 2 (too few for an average)" in said
    assert "Tests of the revisions" not in said


def test_many_revisions_have_their_mean_and_both_tests_with_p(quality_printed) -> None:
    tests = {
        "bias_test": RevisionTest(mean=0.2, t=2.2, p_value=0.051),
        "news_noise": NewsNoise(news_slope=-0.09, news_p=0.152, noise_slope=-0.06, noise_p=0.43),
    }
    said = revisions_printed(quality_printed, measure_with((0.1,) * 5, **tests))
    assert "| +0.20 |" in said
    assert "3 of 5" in said
    assert all(p in said for p in ("p 0.051", "p 0.152", "p 0.430"))
    assert ".refusal" not in said


def test_a_province_has_its_single_year_by_how_many_differ_more_and_its_peers_by_distance(
    slice_of: Callable[..., Inputs], known_q4: EditionData, cell: Callable[..., Any], growth_compared
) -> None:
    inputs = slice_of(known_q4, "compare", "n01")
    result = cell(inputs, "compare", "peers")
    assert isinstance(result, Peers)
    said = unmarked(growth_compared(inputs)).replace("\u00a0", " ")
    for each in result.differences:
        assert isinstance(each, Difference)
        latest = Formats().points(each.differences[-1]).replace("\u00a0", " ")
        larger = f"{each.placebo_larger} of {each.placebo_of} other provinces differ"
        none = f"none of the {each.placebo_of} other provinces differs more"
        assert f"In 2025 alone {latest}; {larger if each.placebo_larger else none}" in said
        assert f"in {each.years_above} of {len(each.years)} years" in said
    rows = [line for line in said.splitlines() if line.startswith("| ")][2:]
    assert [row.split("|")[2].strip() for row in rows] == ["1.18", "1.25", "1.61", "2.04", "2.09"]
