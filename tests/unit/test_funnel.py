from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.params.methods import MultiplicitySettings, read_method_settings
from policyreport.records.base import Refusal
from policyreport.records.tasks import Funnel
from policyreport.statistics.tasks import funnel

METHODS = read_method_settings(Path(__file__).parents[2])
INDEPENDENT = METHODS.pooling.model_copy(update={"assumed_design_effect": 1.0})
SETTINGS = METHODS.funnel.model_copy(update={"pooling": INDEPENDENT})


def lists_of(pairs, kind="central"):
    """Lists counted once, so that nothing shows how far their tasks finish together."""
    return pd.DataFrame(
        {"area": f"n{place:02d}", "list": f"{kind}/{place}", "list_kind": kind, "reference_date": date(2025, 12, 1),
         "total": total, "completed": completed}
        for place, (completed, total) in enumerate(pairs)
    )  # fmt: skip


def assess(pairs, settings=SETTINGS):
    return funnel.funnel_of_lists(lists_of(pairs), settings)


QUIET = [(50 + shift, 100) for shift in (-4, 3, 0, 2, -1, 5, -3, 1, -2, 4, 0, -5)]


def test_areas_within_chance_are_not_singled_out():
    result = assess(QUIET)
    assert isinstance(result, Funnel)
    assert not result.overdispersed
    assert not any(point.singled_out for point in result.points)
    assert result.limits_overdispersed == ()


def test_one_area_far_from_the_others_is_singled_out():
    result = assess([*QUIET, (80, 100)])
    assert [point.area for point in result.points if point.singled_out] == ["n12"]


def test_a_stricter_level_singles_out_nobody():
    strict = SETTINGS.model_copy(update={"multiplicity": MultiplicitySettings(bh_level=1e-12)})
    assert not any(point.singled_out for point in assess([*QUIET, (80, 100)], strict).points)


def test_spread_common_to_all_areas_singles_out_none_of_them():
    result = assess([(20, 100), (80, 100)] * 6)
    assert result.overdispersed
    assert not any(point.singled_out for point in result.points)
    assert len(result.limits_overdispersed) == len(result.limit_totals)


def test_z_and_p_by_hand():
    result = assess([(50, 100)] * 9 + [(60, 100)])
    last = result.points[-1]
    assert result.centre == pytest.approx(0.51)
    assert last.z == pytest.approx(0.09 / (0.51 * 0.49 / 100) ** 0.5)
    assert last.p_value == pytest.approx(0.0718, abs=5e-5)
    assert last.p_adjusted == pytest.approx(10 * last.p_value)


def test_limits_run_from_ten_to_the_largest_list_and_close_in():
    result = assess(QUIET)
    assert (result.limit_totals[0], result.limit_totals[-1]) == (10, 100)
    widths = [high - low for low, _, _, high in result.limits]
    assert widths[0] > widths[45] > widths[-1]
    assert all(a <= b <= result.centre <= c <= d for a, b, c, d in result.limits)


def test_limits_of_a_long_list_stay_few_enough_to_draw():
    result = assess([*QUIET, (50_000, 100_000)])
    assert len(result.limit_totals) <= 400
    assert (result.limit_totals[0], result.limit_totals[-1]) == (10, 100_000)


@pytest.mark.parametrize("done", [0, 100])
def test_none_or_all_done_everywhere_has_no_spread(done):
    result = assess([(done, 100)] * 10)
    assert {point.z for point in result.points} == {0.0}
    assert set(result.limits) == {(done / 100,) * 4}


def test_an_area_with_few_tasks_is_left_out_and_named():
    assert assess([*QUIET, (3, 9)]).dropped == ("n12",)


def test_nine_areas_are_too_few():
    refusal = assess(QUIET[:9])
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.method) == ("too-few-areas", "funnel")


def test_lists_of_two_kinds_are_not_compared():
    mixed = pd.concat([lists_of(QUIET), lists_of([*QUIET, (5, 20)], kind="own programme")[-1:]])
    assert funnel.funnel_of_lists(mixed, SETTINGS).code == "lists-differ"
