from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from policyreport.params.methods import read_method_settings
from policyreport.records.tasks import Grouped
from policyreport.statistics.tasks import funnel, pooling
from policyreport.statistics.tasks.grouping import estimate_grouping
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.validity.processes import one_list

START = date(2025, 1, 1)
SETTINGS = read_method_settings(Path(__file__).parents[2])
ONE_PAIR = SETTINGS.pooling.model_copy(update={"grouping_minimum_pairs": 1})


def pair(first, second, at_risk=(100, 100), days=(90, 90)):
    middle = START + timedelta(days=days[0])
    return (
        Increment(START, middle, at_risk[0], 0, first),
        Increment(middle, middle + timedelta(days=days[1]), at_risk[1], 0, second),
    )


def test_of_one_pair_it_is_pearsons_over_the_median_of_chi_squared():
    """30 and 50 of 100 in equal days: p 0.4, X² = 2 · 100 · 0.1² / 0.24 = 8.3333; median of χ²₁ 0.454936."""
    found = estimate_grouping([pair(30, 50)], ONE_PAIR)
    assert (found.design_effect, found.pairs) == (pytest.approx(8.3333333 / 0.4549364, rel=1e-6), 1)


def test_intervals_of_unequal_length_are_held_to_one_daily_rate():
    """10% in 30 days is 27.1% in 90: nothing is left to explain, and below 1 nothing is claimed."""
    steady = pair(100, 271, at_risk=(1000, 1000), days=(30, 90))
    assert estimate_grouping([steady], ONE_PAIR).design_effect == 1.0


@pytest.mark.parametrize("lists", [[], [pair(30, 31)] * 19, [pair(3, 4)] * 40, [pair(0, 0)] * 40])
def test_without_enough_repeated_counts_mild_clustering_is_assumed(lists):
    assert estimate_grouping(lists, SETTINGS.pooling) == Grouped(design_effect=2.0, pairs=0)


@pytest.mark.parametrize("effect", [1, 2, 4])
def test_the_design_effect_of_lists_is_recovered(effect):
    rng = np.random.default_rng(20251129)
    found = [
        estimate_grouping(
            [one_list(rng, 200, [0.004] * 8, [91] * 8, design_effect=effect, growth=0.08) for _ in range(34)],
            SETTINGS.pooling,
        ).design_effect
        for _ in range(20)
    ]
    assert np.mean(found) == pytest.approx(effect, rel=0.15)


def test_a_few_lists_whose_pace_truly_changed_do_not_pass_for_clustering():
    rng = np.random.default_rng(20251130)
    lists = [one_list(rng, 300, [0.002] * 7 + [0.006 if area % 3 == 0 else 0.002], [91] * 8) for area in range(34)]
    assert estimate_grouping(lists, SETTINGS.pooling).design_effect < 1.5


DAY = date(2025, 12, 1)
PAIRS = [(22, 40), (41, 60), (9, 25), (63, 100), (30, 80), (35, 55), (80, 120), (12, 30), (50, 90), (20, 44)]


def lists_of(pairs):
    """Lists counted once: how far their tasks finish together is assumed."""
    return pd.DataFrame(
        {"area": f"n{at:02d}", "list": f"c/{at}", "list_kind": "c", "reference_date": DAY, "total": n, "completed": x}
        for at, (x, n) in enumerate(pairs)
    )


def assuming(effect):
    return SETTINGS.pooling.model_copy(update={"grid_points": 40, "assumed_design_effect": effect})


def pooled(effect):
    return pooling.pool_lists(lists_of(PAIRS), assuming(effect))


def test_s20_10_pooled_intervals_widen_with_the_design_effect():
    alike, grouped = pooled(1.0), pooled(2.0)
    for one, other in zip(alike.areas, grouped.areas, strict=True):
        assert other.interval.high - other.interval.low > one.interval.high - one.interval.low
        assert (other.count, other.total, other.raw) == (one.count, one.total, one.raw)
    assert grouped.grouping.design_effect == 2.0


def test_s20_10_a_funnel_singles_out_beyond_the_design_effect_only():
    even = [50, 51, 49, 52, 48, 50, 51, 49, 50, 68]
    lists, settings = lists_of((x, 100) for x in even), SETTINGS.funnel
    alone, grouped = (
        funnel.funnel_of_lists(lists, settings.model_copy(update={"pooling": assuming(effect)}))
        for effect in (1.0, 2.0)
    )
    assert [point.singled_out for point in alone.points][-1]
    assert not any(point.singled_out for point in grouped.points)
    inner = [limits[1:3] for limits in (alone.limits[-1], grouped.limits[-1])]
    assert inner[1][0] < inner[0][0] < inner[0][1] < inner[1][1]
