"""What METHODS §14 found when NSO's own 34-unit series were held against the recalculated ones."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from policyreport.data.areas import Areas, read_areas
from policyreport.data.harmonise.panel import discrepancies, harmonise_panel
from policyreport.data.observations.known import as_known_on
from policyreport.data.observations.ledger import load_ledger
from policyreport.params.indicators import Indicators, read_indicators
from policyreport.params.methods import HarmoniseSettings, read_method_settings

ROOT = Path(__file__).parents[2]
GROWTH, INCOME, PEOPLE = "grdp_growth", "grdp_per_capita_current", "population_average"
Context = tuple[pd.DataFrame, Areas, Indicators, HarmoniseSettings]


@pytest.fixture(scope="module")
def context() -> Context:
    known = as_known_on(load_ledger(ROOT), date(2026, 9, 30))
    return known, read_areas(ROOT), read_indicators(ROOT), read_method_settings(ROOT).harmonise


@pytest.fixture(scope="module")
def panel(context: Context) -> pd.DataFrame:
    return harmonise_panel(*context)


@pytest.fixture(scope="module")
def found(context: Context) -> pd.DataFrame:
    return discrepancies(*context)


def rmse(errors: pd.Series) -> float:
    return float(np.sqrt((errors**2).mean()))


def test_chained_growth_is_close_to_the_published(found: pd.DataFrame) -> None:
    growth = found[(found["indicator"] == GROWTH) & found["merged"]]
    assert len(growth) == 23 * 6
    assert rmse(growth["difference"]) == pytest.approx(0.119, abs=5e-4)
    assert growth["difference"].abs().mean() == pytest.approx(0.058, abs=5e-4)
    worst = growth.iloc[0]
    assert (worst["area"], worst["year"]) == ("n24", 2023)
    assert abs(worst["difference"]) == pytest.approx(0.637, abs=5e-4)
    largest = growth.groupby("area")["difference"].agg(lambda each: each.abs().max())
    assert largest["n79"] == pytest.approx(0.49, abs=5e-3)
    assert largest["n56"] == pytest.approx(0.37, abs=5e-3)


@pytest.mark.parametrize(
    ("weight", "expected"), [("grdp", 0.188), ("population", 0.478), ("equal", 0.834), ("area", 1.395)]
)
def test_every_other_weight_of_growth_is_worse(context: Context, weight: str, expected: float) -> None:
    other = discrepancies(*context, weight=weight)
    growth = other[(other["indicator"] == GROWTH) & other["merged"]]
    assert rmse(growth["difference"]) == pytest.approx(expected, abs=6e-4)
    if weight == "grdp":
        assert growth["difference"].abs().max() == pytest.approx(1.459, abs=5e-4)


def test_published_growth_lies_within_its_parts_in_138_of_138(found: pd.DataFrame) -> None:
    growth = found[(found["indicator"] == GROWTH) & found["merged"]]
    assert int(growth["inside_parts"].sum()) == 138


def test_unmerged_provinces_differ_by_rounding_only(found: pd.DataFrame) -> None:
    same = found[(found["indicator"] == GROWTH) & ~found["merged"]]
    assert len(same) == 11 * 6
    assert same["difference"].abs().max() <= 0.005 + 1e-9


def test_income_per_head_is_exact_to_2022_and_close_after(found: pd.DataFrame) -> None:
    income = found[(found["indicator"] == INCOME) & found["merged"]]
    assert income.loc[income["year"] <= 2022, "percent"].abs().max() < 0.02
    assert rmse(income["percent"]) == pytest.approx(0.075, abs=5e-4)
    worst = income.loc[income["percent"].abs().idxmax()]
    assert worst["area"] == "n48"
    assert abs(worst["percent"]) == pytest.approx(0.46, abs=5e-3)


def test_population_of_2020_adds_up(found: pd.DataFrame) -> None:
    people = found[(found["indicator"] == PEOPLE) & (found["year"] == 2020)]
    assert len(people) == 34
    assert people["percent"].abs().max() <= 0.001


def test_scores_under_population_and_output_weights_differ_little(panel: pd.DataFrame) -> None:
    scores = panel[(panel["indicator"] == "papi_control_of_corruption") & (panel["basis"] == "recalculated")]
    # METHODS §14: 0.36 at most between population and GRDP weights; equal weights lie in the range too.
    assert (scores["weight_high"] - scores["weight_low"]).max() >= 0.36 - 5e-3


def test_the_growth_panel_is_the_publishers_own_and_complete(panel: pd.DataFrame) -> None:
    growth = panel[(panel["indicator"] == GROWTH) & panel["area"].str.startswith("n")]
    assert len(growth) == 34 * 6
    assert set(growth["basis"]) == {"back-cast", "published"}
    assert (growth["basis"] == "back-cast").sum() == 23 * 6
    assert set(growth["segment"]) == {0}
    hanoi = growth[growth["area"] == "n01"]["value"].tolist()
    assert hanoi == [4.114, 2.936, 8.959, 6.206, 6.536, 8.157]


def test_before_the_publishers_series_was_out_growth_is_not_known(context: Context) -> None:
    known = as_known_on(load_ledger(ROOT), date(2025, 11, 23))
    early = harmonise_panel(known, *context[1:])
    assert GROWTH not in set(early["indicator"])
    assert "papi_participation" in set(early["indicator"])


def test_the_nation_and_regions_pass_through(panel: pd.DataFrame) -> None:
    nation = panel[(panel["area"] == "VN") & (panel["indicator"] == "gdp_growth")]
    assert nation["year"].tolist() == list(range(2020, 2026))
    assert set(nation["segment"]) == {0}
    regions = panel[panel["area"].str.startswith("R34:") & (panel["indicator"] == GROWTH)]
    assert len(regions) == 6 * 6
    assert not panel["area"].str.startswith("R63:").any()


def test_missing_parts_refuse_and_are_counted(panel: pd.DataFrame) -> None:
    refused = panel[panel["note"] == "part-missing"]
    assert refused["value"].isna().all()
    assert (panel["value"].isna() == (panel["note"] == "part-missing")).all()
    points = panel[panel["value"].notna()].groupby(["indicator", "area", "segment"]).size()
    last = panel.groupby("indicator")["segment"].max()

    def short(indicator: str, full: int) -> int:
        mine = points[indicator].xs(last[indicator], level="segment").reindex(sorted({*panel_areas}), fill_value=0)
        return int((mine < min(full, 5)).sum())

    panel_areas = [area for area in panel["area"].unique() if area.startswith("n")]
    # METHODS §18: provinces with fewer than five points in the last segment.
    assert short("papi_e_governance", 5) == 3
    assert short("papi_environmental_governance", 6) == 1
    assert short("papi_transparency", 6) == 2


def test_the_assumed_errors_are_those_found(context: Context, found: pd.DataFrame) -> None:
    settings, merged = context[-1], found[found["merged"]]
    assert settings.growth_error == pytest.approx(
        rmse(merged.loc[merged["indicator"] == GROWTH, "difference"]), abs=5e-4
    )
    assert settings.income_error == pytest.approx(rmse(merged.loc[merged["indicator"] == INCOME, "percent"]), abs=5e-4)
