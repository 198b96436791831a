"""Families of trends: who is singled out among all provinces, and whether so few years could single out anybody."""

import dataclasses
from collections.abc import Callable

import pytest

from policyreport import assess, present
from policyreport.inputs import Inputs
from policyreport.marks import unmarked
from policyreport.plan import Known
from policyreport.records.base import Refusal
from policyreport.records.series import Trend, TrendFamily


@pytest.fixture(scope="module")
def nation(slice_of: Callable[..., Inputs], known_q4: Known) -> Inputs:
    return slice_of(known_q4, "evaluation", "VN")


@pytest.fixture(scope="module")
def families(nation: Inputs) -> dict[str, TrendFamily | Refusal]:
    return {
        each.indicator if isinstance(each, TrendFamily) else each.subject: each
        for each in assess.trend_families(nation)
    }


def test_growth_singles_out_nobody_and_says_what_six_years_allow(families: dict[str, TrendFamily]) -> None:
    growth = families["grdp_growth"]
    assert (growth.tested, growth.areas, growth.n, growth.singled_out) == (34, 34, 6, ())
    assert growth.smallest_p == pytest.approx(1 / 360)  # two of the 720 orders
    assert growth.needed == 2


def test_control_of_corruption_singles_out_the_three_provinces_of_the_specification(
    families: dict[str, TrendFamily], nation: Inputs
) -> None:
    family = families["papi_control_of_corruption"]
    assert family.tested == 31
    assert {nation.areas.name(each.area) for each in family.singled_out} == {"Sơn La", "Đà Nẵng", "Tây Ninh"}
    assert all(each.p_value < each.p_adjusted <= 0.05 for each in family.singled_out)


def test_a_family_whose_questions_changed_is_refused_once(families: dict[str, TrendFamily | Refusal]) -> None:
    refused = [each for each in families.values() if isinstance(each, Refusal)]
    assert [each.code for each in refused] == ["break-in-series"]


@pytest.mark.parametrize("area", ["n01", "n20", "n96"])
def test_a_province_is_judged_in_its_family_as_on_its_own_page(
    area: str, families: dict[str, TrendFamily | Refusal], slice_of: Callable[..., Inputs], known_q4: Known
) -> None:
    own = slice_of(known_q4, "trend", area)
    for each in (assess.growth(own)[0], *assess.income(own), *assess.governance(own)):
        if not isinstance(each, Trend):
            continue
        named = {member.area: member for member in families[each.indicator].singled_out}
        assert (area in named) == (each.verdict != "no clear trend")
        if area in named:
            assert (named[area].verdict, named[area].p_adjusted) == (each.verdict, each.p_adjusted)


def test_the_page_gives_the_counts_and_the_path_that_all_share(nation: Inputs) -> None:
    path, counts = present.families(assess.trend_families(nation), assess.growth(nation)[0], nation)
    said = unmarked(path.markdown).replace("\u00a0", " ")
    assert "2020–2025: *no clear trend*" in said
    assert "exact p 0.272" in said
    rows = unmarked(counts.markdown).replace("\u00a0", " ")
    assert "by growth 0 of 34, where 6 years allow no p below 0.003" in rows
    assert "3 of 31" in rows


def test_the_page_says_why_where_nothing_can_be_judged(nation: Inputs) -> None:
    empty = dataclasses.replace(nation, panel=nation.panel.iloc[:0])
    path, counts = present.families(assess.trend_families(empty), assess.growth(empty)[0], empty)
    assert path.markdown.startswith("::: {.refusal}")
    assert counts.markdown.startswith("::: {.refusal}")
