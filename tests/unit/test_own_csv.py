"""The methods on series and ranks serve on anybody's table: a CSV read with pandas, one call, and clear errors."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.diagnostic import breaks_cusumolsresid

import policyreport as pr
from policyreport.data.points import COLUMNS, read_series, to_frame
from policyreport.errors import DataError
from policyreport.records.base import Refusal

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def growth() -> pd.DataFrame:
    """The statistics office's growth, 34 provinces and the country, without any of our attributes."""
    return pd.read_csv(DATA / "own_growth.csv")


@pytest.fixture
def provinces(growth) -> pd.DataFrame:
    return growth.query("area != 'VN'")


@pytest.fixture
def traits() -> pd.DataFrame:
    return pd.read_csv(DATA / "own_traits.csv")


@pytest.fixture
def nile() -> pd.DataFrame:
    """Yearly flow of the Nile at Aswan, 1871-1920 (Cobb 1978; in statsmodels' datasets): it fell with 1899."""
    return pd.read_csv(DATA / "own_nile.csv")


@pytest.fixture
def levels(growth) -> pd.DataFrame:
    """Levels that grow as the table says."""
    change = 1 + growth["value"] / 100
    return growth.assign(value=100 * change.groupby(growth["area"]).cumprod())


def test_a_trend(growth, methods):
    trend = pr.fit_trend(growth.query("area == 'n01'"), methods.trend)
    assert (trend.area, trend.n, trend.verdict, trend.indicator) == ("n01", 6, "no clear trend", "value")


def test_a_trend_of_a_table_without_areas(nile, methods):
    assert pr.fit_trend(nile, methods.trend).verdict == "falling"


def test_a_trend_among_all_areas(provinces, methods):
    trend = pr.fit_trend_among(provinces, "n22", methods.trend)
    alone = pr.fit_trend(provinces.query("area == 'n22'"), methods.trend)
    assert trend.p_adjusted >= trend.p_value == alone.p_value


def test_the_trends_of_all_areas(provinces, methods):
    family = pr.find_trends(provinces, methods.trend)
    assert (family.areas, family.tested, family.n) == (34, 34, 6)


def test_a_step_and_a_drift(nile, methods):
    step = pr.test_step(nile, date(1898, 12, 31), methods.trend)
    assert (step.before, step.after, step.verdict) == (28, 22, "below")
    assert step.difference == pytest.approx(nile[28:]["value"].mean() - nile[:28]["value"].mean())
    line = np.polyval(np.polyfit(nile["year"], nile["value"], 1), nile["year"])
    drift = pr.test_drift(nile, methods.trend)
    assert (drift.n, drift.p_value) == (50, pytest.approx(breaks_cusumolsresid(nile["value"] - line, ddof=2)[1]))


def test_yearly_changes_of_a_level_against_the_countrys(levels, methods):
    found = pr.compare_changes(levels, "n22", methods.peers, nation="VN")
    own, whole = (levels.query("area == @area")["value"].to_numpy() for area in ("n22", "VN"))
    assert found.differences == pytest.approx(100 * np.diff(np.log(own) - np.log(whole)))


def test_a_panel(provinces, methods):
    panel = pr.fit_panel(provinces, methods.panel.model_copy(update={"tau_points": 200}))
    assert (panel.areas, panel.years) == (34, 6)


def test_exposures(provinces, traits, methods, with_draws):
    quick = with_draws(methods.exposure, 99)
    found = pr.fit_exposure(provinces, traits, quick, start=date(2024, 12, 22))
    assert [each.exposure for each in found] == list(methods.exposure.exposures)
    assert found[0].estimate == pytest.approx(0.52, abs=0.005)  # METHODS §18


def test_a_comparison_with_peers(growth, traits, methods):
    peers = pr.compare_with_peers(growth, "n01", methods.peers, traits, nation="VN")
    assert [peer.area for peer in peers.peers] == ["n75", "n31", "n24", "n79", "n48"]  # METHODS §18
    assert {each.comparator: each.mean for each in peers.differences}["nation"] == pytest.approx(0.486, abs=5e-4)


def test_without_traits_the_country_alone_is_a_comparator(growth, traits, methods):
    alone = pr.compare_with_peers(growth, "n01", methods.peers, nation="VN")
    known = pr.compare_with_peers(growth, "n01", methods.peers, traits, nation="VN")
    assert alone.differences[0] == known.differences[0]
    assert {each.code for each in alone.differences[1:]} == {"not-published"}


def test_comparisons_of_all_areas_with_the_country(growth, methods):
    found = pr.compare_with_country(growth, methods.peers, nation="VN")
    assert {area for area, each in found.items() if each.years_above == 6} == {"n22", "n31", "n38"}  # METHODS §20.1
    family = pr.mean_above_country(growth, methods.peers, nation="VN")
    assert set(family.always_above) == {"n22", "n31", "n38"}


def test_means_of_changes_and_their_ranks(growth, levels, methods, with_draws):
    assert pr.mean_change_above_country(levels, methods.peers, nation="VN").n == 5
    quick = with_draws(methods.ranks, 99)
    assert len(pr.rank_means(growth, quick, methods.peers, nation="VN").sets) == 34


def test_ranks_of_published_values(provinces, methods, with_draws):
    scores = provinces.assign(standard_error=0.2)
    quick = with_draws(methods.ranks, 99)
    ranks = pr.rank_sets(scores, quick)
    first = provinces.query("year == 2025").sort_values("value")["area"].iloc[-1]
    assert next(each.area for each in ranks.sets if each.rank == 1) == first
    assert pr.rank_published(scores, first, quick).marginal[0] == 1
    assert pr.rank_sets(provinces, quick).code == "no-sampling-error"


def test_a_level_as_an_index_of_anothers(levels):
    ratio = pr.relative_level(levels, "n22", "VN")
    own, whole = (levels.query("area == @area")["value"].iloc[-1] for area in ("n22", "VN"))
    assert (ratio.period, ratio.index) == ("2025", pytest.approx(100 * own / whole))


def test_an_index_without_a_trend(nile):
    rows = nile.assign(indicator="flow", period=nile["year"].astype(str), quality="")[:2]
    assert pr.refuse_index(rows, "flow").detail == "published for 1871, 1872"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda frame: frame.rename(columns={"value": "valeu"}), 'fit_trend: .*column "value".*did you mean "valeu"'),
        (lambda frame: frame.iloc[:0], "fit_trend: .*at least one row.*an empty frame"),
        (lambda frame: frame["value"].tolist(), "fit_trend: .*a DataFrame.*a list"),
        (lambda frame: frame.assign(area=["a", *"b" * 49]), "fit_trend: .*the rows of one area.*Choose one"),
        (lambda frame: pd.concat([frame, frame[:1]]), "fit_trend: .*one value an area and year.*two for 1871"),
        (lambda frame: frame.astype(object).assign(value="much"), "fit_trend: .*years and values as numbers"),
    ],
    ids=["column", "empty", "list", "areas", "twice", "text"],
)
def test_a_wrong_table_is_answered_in_one_line(nile, methods, spoil, message):
    with pytest.raises(DataError, match=message) as raised:
        pr.fit_trend(spoil(nile), methods.trend)
    assert "\n" not in str(raised.value)


def test_an_area_that_is_not_there_is_answered_with_the_nearest(provinces, methods):
    with pytest.raises(DataError, match=r'fit_trend_among: .*"n2x".*did you mean'):
        pr.fit_trend_among(provinces, "n2x", methods.trend)


def test_traits_without_a_variable_are_answered_with_its_name(growth, traits, methods):
    with pytest.raises(DataError, match=r'traits: .*"urban_share"'):
        pr.compare_with_peers(growth, "n01", methods.peers, traits.drop(columns="urban_share"), nation="VN")


@pytest.mark.parametrize("name", ["grdp_growth", "growth", "income", "papi_control_of_corruption"])
def test_a_frame_of_an_edition_holds_its_points_and_says_what_they_are(nation, name):
    frame = nation.series(name)
    assert list(frame.columns[: len(COLUMNS)]) == COLUMNS
    series = read_series("test", frame)
    assert (series.nation, len(series.areas), series.larger_is_better) == ("VN", 34, True)
    again = to_frame(series.points, **frame.attrs)
    pd.testing.assert_frame_equal(again, frame[COLUMNS])
    assert again.attrs == frame.attrs


def test_a_lead_is_minus_the_country_and_a_scores_minus_the_mean_of_the_provinces(nation):
    growth, lead = nation.series("growth"), nation.lead("growth").query("area == 'n22'")
    whole = growth.query("area == 'VN'").set_index("year")["value"]
    own = growth.query("area == 'n22'")
    assert (lead["value"].to_numpy() == own["value"].to_numpy() - whole[own["year"]].to_numpy()).all()
    scores = nation.lead(nation.roles.governance.indicators[0])
    assert scores.groupby("year")["value"].mean().abs().max() < 1e-12
    assert scores.groupby("year")["scaled"].std().to_numpy() == pytest.approx(1)


def test_a_name_that_is_neither_role_nor_indicator_is_answered_with_the_nearest(nation):
    with pytest.raises(DataError, match=r'"grwth".*did you mean "growth"'):
        nation.series("grwth")


def test_what_an_edition_has_no_figure_of_is_refused_and_not_an_error(nation, methods):
    nothing = nation.series("growth").iloc[:0]
    for found in (pr.fit_trend(nothing, methods.trend), pr.fit_panel(nothing, methods.panel)):
        assert isinstance(found, Refusal)
        assert (found.code, found.subject) == ("not-published", "grdp_growth")
