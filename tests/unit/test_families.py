"""Families of trends: who is singled out among all provinces, and whether so few years could single out anybody."""

import dataclasses
import re
from collections.abc import Callable
from typing import Any

import pytest

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.markdown import unmarked
from policyreport.records.series import Trend, TrendFamily
from policyreport.running.plan import EditionData


@pytest.fixture(scope="module")
def families(nation: Inputs, cell: Callable[..., Any]) -> dict[str, TrendFamily | Refusal]:
    return {
        each.indicator if isinstance(each, TrendFamily) else each.subject: each
        for each in cell(nation, "series", "families")
    }


def test_growth_singles_out_nobody_and_says_what_six_years_allow(families: dict[str, TrendFamily]) -> None:
    growth = families["grdp_growth"]
    assert (growth.tested, growth.areas, growth.n, growth.singled_out) == (34, 34, 6, ())
    assert growth.smallest_p == pytest.approx(1 / 360)  # two of the 720 orders
    assert growth.needed == 2


def test_control_of_corruption_singles_out_three_provinces_by_order_alone_and_none_by_all_that_is_asked(
    families: dict[str, TrendFamily],
) -> None:
    """METHODS §18 named Sơn La, Đà Nẵng and Tây Ninh; two of them only drew nearer to the others' scores (§20.3)."""
    family = families["papi_control_of_corruption"]
    assert (family.tested, family.by_order_alone, family.singled_out) == (31, 3, ())
    assert family.carry_over == pytest.approx(0.31, abs=0.01)
    assert family.wandering < 0.01


def test_who_is_singled_out_has_a_p_that_survives_the_adjustment(
    slice_of: Callable[..., Inputs],
    known_q4: EditionData,
    with_one_questionnaire: Callable[[Inputs], Inputs],
    cell: Callable[..., Any],
) -> None:
    found = cell(with_one_questionnaire(slice_of(known_q4, "series", "VN")), "series", "families")
    (family,) = [each for each in found if getattr(each, "indicator", "") == "papi_vertical_accountability"]
    (named,) = family.singled_out
    assert (named.area, named.verdict) == ("n96", "rising")
    assert named.p_value < named.p_adjusted <= 0.05


def test_nobody_is_singled_out_across_a_revision_of_the_questions(families: dict[str, TrendFamily]) -> None:
    scores = [each for key, each in families.items() if key.startswith("papi_") and isinstance(each, TrendFamily)]
    assert sum(each.by_order_alone for each in scores) == 12
    assert [each.singled_out for each in scores] == [()] * len(scores)


def test_a_family_whose_questions_changed_is_refused_once(families: dict[str, TrendFamily | Refusal]) -> None:
    refused = [each for each in families.values() if isinstance(each, Refusal)]
    assert [each.code for each in refused] == ["break-in-series"]


@pytest.mark.parametrize("area", ["n01", "n20", "n96"])
def test_a_province_is_judged_in_its_family_as_on_its_own_page(
    area: str,
    families: dict[str, TrendFamily | Refusal],
    slice_of: Callable[..., Inputs],
    known_q4: EditionData,
    cell: Callable[..., Any],
) -> None:
    own = slice_of(known_q4, "trend", area)
    for each in (cell(own, "trend", "growth")[0], *cell(own, "trend", "governance")):
        if not isinstance(each, Trend):
            continue
        named = {member.area: member for member in families[each.indicator].singled_out}
        assert (area in named) == (each.verdict != "no clear trend")
        if area in named:
            assert (named[area].verdict, named[area].p_adjusted) == (each.verdict, each.p_adjusted)


@pytest.fixture
def printed(cell: Callable[..., Any], say: Callable[..., str]) -> Callable[[Inputs, str, str], str]:
    """What the page prints of a result of the notebook."""
    return lambda inputs, macro, name: unmarked(
        say("series", macro, cell(inputs, "series", name), data=inputs)
    ).replace("\u00a0", " ")


def test_the_page_gives_the_counts_and_the_path_that_all_share(
    nation: Inputs, printed: Callable[[Inputs, str, str], str]
) -> None:
    said = printed(nation, "common_path", "growth")
    assert "2020–2025: *no clear trend*" in said
    assert "exact p 0.272" in said
    rows = printed(nation, "families", "families")
    assert "by growth 0 of 34, where 6 years allow no p below 0.003" in rows
    assert "| 31 of 34 | 0 of 31 | 3 | 0.31 |" in " ".join(rows.split())
    said = printed(nation, "means", "means")
    assert (
        "in each of the 6 years 2020–2025 in Quảng Ninh, Hải Phòng and Thanh Hóa, in none of them in Hồ Chí Minh."
        in said
    )
    assert "With 6 years no single mean is statistically certain once all 34 provinces are looked at." in said
    assert "Were years independent of each other, Quảng Ninh, Bắc Ninh and Hải Phòng would stand out" in said


def test_the_page_says_why_where_nothing_can_be_judged(
    nation: Inputs, printed: Callable[[Inputs, str, str], str]
) -> None:
    empty = dataclasses.replace(nation, panel=nation.panel.iloc[:0])
    assert printed(empty, "common_path", "growth") == "Trend of the country's growth: not published."
    assert re.fullmatch(r"Trends of .* not published\.", printed(empty, "families", "families"))
    assert printed(empty, "means", "means").startswith("Means of ")
    assert "not published." in printed(empty, "means", "means")
