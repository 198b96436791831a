"""The methods on series of all provinces give back the truth that the teaching edition was drawn from.

One sample of 34 provinces: shares of intervals are held against what so many draws allow, not against 95%.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from policyreport import fit_trend
from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.series import Cusum, Exposure, Panel, Ranks, Step, Trend, TrendFamily
from policyreport.running.plan import EditionData

SCORES = ("survey_services", "survey_transparency", "survey_participation")
LAST_SURVEY = "2027"
FIRST_POST, ASSOCIATION = 2025, 0.7
pytestmark = pytest.mark.thorough
Truth = dict[tuple[str, str, str], float]


@pytest.fixture(scope="module")
def nation(taught: EditionData, slice_of: Callable[..., Inputs]) -> Inputs:
    return slice_of(taught, "quality", "VN")


# ---- slopes of the areas' growth, together ------------------------------------------------------------------


@pytest.fixture(scope="module")
def panel(nation: Inputs, cell: Callable[..., Any]) -> Panel:
    found = cell(nation, "series", "panel")
    assert isinstance(found, Panel)
    return found


@pytest.fixture(scope="module")
def slopes(panel: Panel, truth: Truth) -> dict[str, float]:
    """True slopes of growth against the mean of all provinces."""
    return {each.area: truth[each.area, "growth_trend", "year"] for each in panel.slopes}


def test_pooled_slopes_hold_the_true_ones_and_come_nearer_than_the_raw(panel: Panel, slopes, fewest) -> None:
    inside = [each.interval.low <= slopes[each.area] <= each.interval.high for each in panel.slopes]
    assert len(inside) == 34
    assert sum(inside) >= fewest(34)
    raw, pooled = (
        [(getattr(each, kind) - slopes[each.area]) ** 2 for each in panel.slopes] for kind in ("raw", "pooled")
    )
    assert np.mean(pooled) < np.mean(raw)


def test_that_slopes_differ_is_found_with_their_true_spread(panel: Panel, slopes) -> None:
    assert panel.f_p_value < 0.001
    # 34 slopes and their noise tell a spread to within some 15 %; three times that.
    assert panel.tau == pytest.approx(np.std(list(slopes.values()), ddof=1), rel=0.45)


def test_provinces_whose_slope_is_singled_out_truly_move_that_way(panel: Panel, slopes) -> None:
    singled = [each for each in panel.slopes if each.p_adjusted is not None and each.p_adjusted <= 0.05]
    assert len(singled) >= 3
    assert [each.area for each in singled if each.raw * slopes[each.area] <= 0] == []


# ---- trends: which provinces truly rise or fall -------------------------------------------------------------


@pytest.fixture(scope="module")
def growths(nation: Inputs, slopes) -> list[tuple[Trend, float]]:
    """The trend of each province's growth minus the nation's, with its true slope.

    The truth is told against the mean of all provinces; what lies between that and the nation's output-weighted
    series is the same for all and read off the printed figures.
    """
    lead = nation.lead("growth")
    mean = lead[lead["area"].isin(slopes)].groupby("year")["value"].mean()
    between = np.polyfit(mean.index, mean, 1)[0]
    return [(trend_of(nation, lead, area), slope + between) for area, slope in slopes.items()]


def trend_of(nation: Inputs, lead: pd.DataFrame, area: str) -> Trend:
    return fit_trend(lead.query("area == @area"), nation.settings.trend, start=nation.policy.date)


@pytest.fixture(scope="module")
def scores(nation: Inputs, truth: Truth) -> list[tuple[Trend, float]]:
    """The trend of each province's score minus the mean of all, with its true slope; three scores."""
    found = []
    for score in nation.roles.governance.indicators:
        gains = {area: truth[area, f"{score}_slope", "year"] for area in nation_areas(nation)}
        mean, lead = np.mean(list(gains.values())), nation.lead(score)
        found += [(trend_of(nation, lead, area), gain - mean) for area, gain in gains.items()]
    return found


def nation_areas(nation: Inputs) -> list[str]:
    return nation.areas.current(nation.edition.as_known_on)


@pytest.mark.parametrize(("kind", "series"), [("growths", 34), ("scores", 3 * 34)])
def test_exact_intervals_of_slopes_hold_the_true_ones(kind: str, series: int, request, fewest) -> None:
    found = request.getfixturevalue(kind)
    inside = [trend.slope_interval.low <= slope <= trend.slope_interval.high for trend, slope in found]
    assert len(inside) == series
    assert sum(inside) >= fewest(series, found[0][0].slope_interval.level)


def test_scores_that_truly_move_are_told_and_no_province_is_told_the_wrong_way(
    nation: Inputs, truth: Truth, cell: Callable[..., Any]
) -> None:
    families = {each.indicator: each for each in cell(nation, "series", "families") if isinstance(each, TrendFamily)}
    for indicator in SCORES:
        gains = {area: truth[area, f"{indicator}_slope", "year"] for area in nation_areas(nation)}
        moving = {area: gain - np.mean(list(gains.values())) for area, gain in gains.items()}
        told = {each.area: each.verdict for each in families[indicator].singled_out}
        wrong = [area for area, verdict in told.items() if (moving[area] > 0) != (verdict == "rising")]
        assert wrong == []
        # A score's error is about 0.06, so that of a slope over twelve years 0.005; eight of those are a clear move.
        clear = {area for area, gain in moving.items() if abs(gain) > 0.04}
        assert clear
        assert clear <= told.keys()
        # And some provinces hardly move: not everybody is singled out.
        assert len(told) < 34


def test_growth_is_told_to_move_only_where_it_does(nation: Inputs, growths, cell: Callable[..., Any]) -> None:
    family = next(each for each in cell(nation, "series", "families") if each.indicator == "grdp_growth")
    assert isinstance(family, TrendFamily)
    true = {trend.area: slope for trend, slope in growths}
    assert family.tested == 34
    assert family.singled_out
    assert [each.area for each in family.singled_out if (true[each.area] > 0) != (each.verdict == "rising")] == []


# ---- exposures ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exposures(nation: Inputs, cell: Callable[..., Any]) -> dict[str, Exposure]:
    found = cell(nation, "series", "exposure")
    assert {type(each) for each in found} == {Exposure}
    return {each.exposure: each for each in found}


def test_every_exposures_association_is_held_and_only_the_true_one_is_told(exposures, truth: Truth) -> None:
    assert {name: each.verdict for name, each in exposures.items()} == {
        "ln_income": "associated",
        "urban_share": "no clear association",
        "merged": "no clear association",
    }
    for name, each in exposures.items():
        true = truth["VN", f"exposure_{name}", str(FIRST_POST)]
        assert each.wcr_interval.low <= true <= each.wcr_interval.high
        # Three standard errors: one exposure in 370 lies farther from the truth.
        assert each.estimate == pytest.approx(true, abs=3 * each.standard_error)


def test_the_event_study_of_income_moves_from_the_true_start_on(exposures) -> None:
    study = exposures["ln_income"].event_study
    z = {each.year: each.estimate / each.standard_error for each in study}
    after = [each for each in study if each.year >= FIRST_POST]
    assert [each.year for each in after] == [2025, 2026, 2027]
    assert all(abs(each.estimate - ASSOCIATION) < 3.3 * each.standard_error for each in after)
    assert min(z[each.year] for each in after) > 2
    # One estimate in a thousand lies farther from nothing.
    assert max(abs(value) for year, value in z.items() if year < FIRST_POST) < 3.3


def test_no_placebo_start_of_income_is_associated(exposures) -> None:
    starts = [each for each in exposures["ln_income"].checks if each.kind == "placebo start"]
    assert len(starts) >= 5
    assert min(each.p_adjusted for each in starts) > 0.05


# ---- places -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ranked(nation: Inputs, cell: Callable[..., Any]) -> dict[str, Ranks]:
    return {each.indicator: each for each in cell(nation, "series", "ranks") if isinstance(each, Ranks)}


@pytest.mark.parametrize("indicator", ["grdp_growth", *SCORES])
def test_the_sets_of_ranks_hold_the_true_places_of_all_areas(ranked, truth: Truth, fewest, indicator: str) -> None:
    """95% for all areas together, so that one sample is to hold them all; a marginal set is for one area."""
    true = places(truth, indicator)
    sets = {each.area: each for each in ranked[indicator].sets}
    assert sets.keys() == true.keys()
    outside = [area for area, each in sets.items() if not each.simultaneous[0] <= true[area] <= each.simultaneous[1]]
    assert outside == []
    marginal = [each.marginal[0] <= true[area] <= each.marginal[1] for area, each in sets.items()]
    assert sum(marginal) >= fewest(34)


@pytest.mark.parametrize("indicator", SCORES)
def test_the_sets_of_survey_scores_leave_out_most_wrong_places(ranked, truth: Truth, indicator: str) -> None:
    found = ranked[indicator]
    width = np.mean([each.simultaneous[1] - each.simultaneous[0] + 1 for each in found.sets])
    assert width < 20
    first = {area for area, place in places(truth, indicator).items() if place <= found.tau}
    assert first <= set(found.best)
    assert len(found.best) < 17


def places(truth: Truth, indicator: str) -> dict[str, float]:
    """True places; of growth those of the mean against the mean of all, which a common difference leaves alone."""
    if indicator != "grdp_growth":
        return {area: place for (area, name, _), place in truth.items() if name == f"{indicator}_rank"}
    means = {area: value for (area, name, _), value in truth.items() if name == "growth_mean"}
    return {area: 1 + sum(other > value for other in means.values()) for area, value in means.items()}


# ---- refusals -----------------------------------------------------------------------------------------------


def test_steps_and_drift_of_the_nations_growth_are_judged(nation: Inputs, cell: Callable[..., Any]) -> None:
    policy, mergers, drift = cell(nation, "series", "steps")
    assert isinstance(policy, Step)
    # Two whole years lie after the mergers of July 2025, and three are asked for.
    assert isinstance(mergers, Refusal)
    assert mergers.code == "too-few-points"
    assert isinstance(drift, Cusum)


def test_only_accounts_without_standard_errors_have_no_sets_of_ranks(nation: Inputs, cell: Callable[..., Any]) -> None:
    refused = [(each.subject, each.code) for each in cell(nation, "series", "ranks") if isinstance(each, Refusal)]
    assert refused == [("grdp_growth", "no-sampling-error"), ("grdp_per_capita_current", "no-sampling-error")]
