"""What must hold for any figures put from 63 on 34 provinces."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyreport.data.areas import read_areas
from policyreport.data.harmonise.panel import harmonise_panel
from policyreport.data.harmonise.parts import recalculate, shares
from policyreport.params.indicators import read_indicators
from policyreport.params.methods import read_method_settings

ROOT = Path(__file__).parents[2]
AREAS, INDICATORS = read_areas(ROOT), read_indicators(ROOT)
SETTINGS = read_method_settings(ROOT).harmonise
FORMER = list(AREAS.crosswalk.index)
MERGED = sorted({key for key in AREAS.crosswalk["new"] if AREAS.is_merged(key)})
SCORE, GROWTH, INCOME, PEOPLE = (
    "papi_participation",
    "grdp_growth",
    "grdp_per_capita_current",
    "population_average",
)
# Half of what other properties are tried on: each example is a table of every former province.
quick = settings(max_examples=settings().max_examples // 2, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32 - 1)


def part_shares(area: str) -> pd.Series:
    return shares(AREAS, "population")[AREAS.parts(area)]


def rows(
    indicator: str, low: float, high: float, seed: int, years: tuple[int, ...] = (2021, 2022, 2023)
) -> pd.DataFrame:
    """Ledger rows of every former province with values drawn between two limits."""
    definition = INDICATORS.get(indicator)
    values = np.random.default_rng(seed).uniform(low, high, len(FORMER) * len(years))
    table = pd.DataFrame([(area, str(year)) for area in FORMER for year in years], columns=["area", "period"])
    table = table.assign(
        indicator=indicator,
        measure=next(iter(definition.measures)),
        list="",
        value=values,
        bound="=",
        unit=definition.unit,
        status="observed",
        quality="",
    )
    table.index = [f"office/{indicator}.csv#{row}" for row in range(2, len(table) + 2)]
    return table


@quick
@given(seeds)
def test_totals_survive(seed: int) -> None:
    known = rows(PEOPLE, 300, 9000, seed)
    panel = harmonise_panel(known, AREAS, INDICATORS, SETTINGS)
    before = known.groupby("period")["value"].sum().to_numpy()
    after = panel.groupby("year")["value"].sum().to_numpy()
    assert after == pytest.approx(before, rel=1e-12)
    assert panel["low"].isna().all()


@quick
@given(seeds, st.sampled_from([(SCORE, 1, 10), (GROWTH, -12, 21), (INCOME, 20, 400)]))
def test_an_intensive_value_stays_within_its_parts(seed: int, case: tuple[str, float, float]) -> None:
    panel = recalculate(rows(case[0], case[1], case[2], seed), AREAS, INDICATORS, SETTINGS)
    assert len(panel) == 34 * 3
    assert (panel["value"] >= panel["low"] - 1e-12).all()
    assert (panel["value"] <= panel["high"] + 1e-12).all()
    assert (panel["weight_low"] <= panel["weight_high"]).all()


@quick
@given(seeds, st.sampled_from([(SCORE, 1, 10), (GROWTH, -12, 21), (INCOME, 20, 400), (PEOPLE, 300, 9000)]))
def test_an_unmerged_province_keeps_its_value_to_the_last_bit(seed: int, case: tuple[str, float, float]) -> None:
    known = rows(case[0], case[1], case[2], seed)
    panel = harmonise_panel(known, AREAS, INDICATORS, SETTINGS)
    own = panel[~panel["area"].isin(MERGED)].set_index(["area", "year"])
    assert set(own["basis"]) == {"published"}
    for id, row in known.iterrows():
        new = AREAS.successor(row["area"])
        if new not in MERGED:
            cell = own.loc[(new, int(row["period"]))]
            assert cell["value"] == row["value"]
            assert cell["inputs"] == (id,)


@quick
@given(seeds)
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    known = pd.concat([rows(SCORE, 1, 10, seed), rows(GROWTH, -5, 15, seed), rows(PEOPLE, 300, 9000, seed)])
    shuffled = known.sample(frac=1, random_state=seed % 1000)
    pd.testing.assert_frame_equal(
        harmonise_panel(known, AREAS, INDICATORS, SETTINGS), harmonise_panel(shuffled, AREAS, INDICATORS, SETTINGS)
    )


@quick
@given(seeds)
def test_equal_parts_give_their_common_value(seed: int) -> None:
    known = rows(GROWTH, -5, 15, seed)
    known["value"] = known.groupby("period")["value"].transform("first")
    panel = recalculate(known, AREAS, INDICATORS, SETTINGS)
    expected = known.groupby("period")["value"].first()
    assert panel["value"].to_numpy() == pytest.approx(panel["year"].astype(str).map(expected).to_numpy(), rel=1e-12)


@quick
@given(seeds, st.sampled_from(MERGED))
def test_a_missing_large_part_refuses_and_is_named(seed: int, area: str) -> None:
    known = rows(SCORE, 1, 10, seed)
    largest = part_shares(area).idxmax()
    panel = recalculate(known[known["area"] != largest], AREAS, INDICATORS, SETTINGS)
    refused = panel[panel["area"] == area]
    assert set(refused["note"]) == {"part-missing"}
    assert refused["value"].isna().all()
    assert panel[panel["area"] != area]["value"].notna().all()


@quick
@given(seeds, st.sampled_from(MERGED), st.sampled_from(["largest", "smallest"]))
def test_a_whole_that_lacks_a_part_lies_between_its_bounds(seed: int, area: str, which: str) -> None:
    known, weights = rows(SCORE, 1, 10, seed), part_shares(area)
    part = weights.idxmax() if which == "largest" else weights.idxmin()
    whole = recalculate(known, AREAS, INDICATORS, SETTINGS).set_index(["area", "year"]).loc[area]
    lacking = recalculate(known[known["area"] != part], AREAS, INDICATORS, SETTINGS).set_index(["area", "year"])
    own = lacking.loc[area]
    assert (own["bound_low"] <= whole["value"]).all()
    assert (whole["value"] <= own["bound_high"]).all()
    for year, row in own.iterrows():
        values = known[(known["period"] == str(year)) & (known["area"] != part)].set_index("area")["value"]
        expected = [np.average(values.reindex(weights.index, fill_value=limit), weights=weights) for limit in (1, 10)]
        assert [row["bound_low"], row["bound_high"]] == pytest.approx(expected)
    assert lacking.drop(index=area)["bound_low"].isna().all()


def test_a_sum_that_lacks_a_part_is_at_least_the_sum_of_the_others() -> None:
    known = rows(PEOPLE, 300, 9000, 1)
    largest = part_shares("n79").idxmax()
    left = known[known["area"] != largest]
    own = recalculate(left, AREAS, INDICATORS, SETTINGS).set_index(["area", "year"]).loc["n79"]
    others = left[left["area"].isin(AREAS.parts("n79"))].groupby("period")["value"].sum()
    assert own["bound_low"].to_numpy() == pytest.approx(others.to_numpy())
    assert own["bound_high"].isna().all()


def test_a_missing_part_of_a_sum_always_refuses() -> None:
    known = rows(PEOPLE, 300, 9000, 1)
    smallest = part_shares("n79").idxmin()
    panel = recalculate(known[known["area"] != smallest], AREAS, INDICATORS, SETTINGS)
    assert panel.loc[panel["area"] == "n79", "value"].isna().all()


def test_two_published_years_on_present_provinces_do_not_hide_the_recalculated_past() -> None:
    known = rows(SCORE, 1, 10, 1)
    own = known[known["area"] == "o01"].assign(area="n01", period="2026").iloc[:1]
    own.index = ["office/new.csv#2"]
    panel = harmonise_panel(pd.concat([known, own]), AREAS, INDICATORS, SETTINGS)
    mine = panel[panel["area"] == "n01"].set_index("year")
    assert mine["segment"].to_dict() == {2021: 0, 2022: 0, 2023: 0, 2026: 1}
    assert len(panel) == 34 * 3 + 1


def test_tops_of_a_ranking_projections_and_bounds_never_enter() -> None:
    known = rows(SCORE, 1, 10, 1)
    for changes in (
        {"quality": "top-n-list"},
        {"quality": "not-a-measurement"},
        {"status": "projection"},
        {"bound": ">"},
    ):
        assert harmonise_panel(known.assign(**changes), AREAS, INDICATORS, SETTINGS).empty


def test_recalculated_growth_and_income_carry_an_error_and_nothing_else_does() -> None:
    known = pd.concat([rows(each, 2, 12, 3) for each in (SCORE, GROWTH, INCOME, PEOPLE)])
    panel = harmonise_panel(known, AREAS, INDICATORS, SETTINGS)
    carried = panel[panel["error"].notna()]
    assert set(carried["indicator"]) == {GROWTH, INCOME}
    assert set(carried["area"]) == set(MERGED)
    growth, income = carried[carried["indicator"] == GROWTH], carried[carried["indicator"] == INCOME]
    assert set(growth["error"]) == {SETTINGS.growth_error}
    assert income["error"].to_numpy() == pytest.approx(income["value"].to_numpy() * SETTINGS.income_error / 100)


def test_the_share_that_may_be_missing_is_the_one_decided() -> None:
    known = rows(SCORE, 1, 10, 1)
    weights = part_shares("n79")
    smallest = weights.idxmin()
    left = known[known["area"] != smallest]
    for small_part, note in ((weights.min() * 0.99, "part-missing"), (weights.min() * 1.01, "renormalised")):
        settings = SETTINGS.model_copy(update={"small_part": small_part})
        mine = recalculate(left, AREAS, INDICATORS, settings)
        assert set(mine.loc[mine["area"] == "n79", "note"]) == {note}


@pytest.mark.parametrize("missing", ["2020", "2022", "2023"])
def test_growth_is_refused_wherever_the_chain_of_a_large_part_is_broken(missing: str) -> None:
    shares = AREAS.crosswalk["share_grdp_2022"]
    large = shares[AREAS.crosswalk["new"].isin(MERGED) & (shares > 0.5)].index[0]
    known = rows(GROWTH, 2, 9, 1, (2019, 2020, 2021, 2022, 2023, 2024))
    unknown = known[(known["area"] != large) | (known["period"] != missing)]
    own = recalculate(unknown, AREAS, INDICATORS, SETTINGS).set_index(["area", "year"]).loc[AREAS.successor(large)]
    whole = recalculate(known, AREAS, INDICATORS, SETTINGS).set_index(["area", "year"]).loc[AREAS.successor(large)]
    refused = own[own["value"].isna()]
    assert int(missing) in refused.index
    assert set(refused["note"]) == {"part-missing"}
    told = own["value"].dropna()
    assert len(told)
    assert told.to_numpy() == pytest.approx(whole["value"][told.index].to_numpy(), rel=1e-12)
