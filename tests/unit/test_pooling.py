from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Refusal
from policyreport.records.tasks import Pooling
from policyreport.statistics.tasks import pooling

SETTINGS = read_method_settings(Path(__file__).parents[2]).pooling.model_copy(
    update={"grid_points": 40, "assumed_design_effect": 1.0}
)


def counted(place, completed, total, day=1, month=12, kind="central"):
    return {
        "area": f"n{place:02d}",
        "list": f"{kind}/n{place:02d}",
        "list_kind": kind,
        "reference_date": date(2025, month, day),
        "total": total,
        "completed": completed,
        "rows": (f"tasks.csv#{place}",),
    }


PAIRS = [(22, 40), (41, 60), (9, 25), (63, 100), (30, 80), (35, 55), (80, 120), (12, 30)]
EIGHT = [counted(place, *pair) for place, pair in enumerate(PAIRS)]


def assess(counts):
    lists = pd.DataFrame(counts, columns=list(counted(0, 0, 0)))
    lists.attrs |= {"area": "VN", "subject": "central lists"}
    return pooling.pool_lists(lists, SETTINGS)


def test_pooling_draws_every_area_toward_the_mean_and_small_ones_further():
    result = assess(EIGHT)
    assert isinstance(result, Pooling)
    for each in result.areas:
        assert min(each.raw, result.mean) <= each.pooled <= max(each.raw, result.mean)
    by_size = sorted(result.areas, key=lambda each: each.total)
    assert [each.shrinkage for each in by_size] == sorted((each.shrinkage for each in by_size), reverse=True)


def test_areas_come_by_key_with_their_ledger_rows():
    result = assess(EIGHT[::-1])
    assert [each.area for each in result.areas] == [f"n{place:02d}" for place in range(8)]
    assert result.areas[2].inputs == ("tasks.csv#2",)


def test_an_area_with_few_tasks_is_left_out_and_named():
    result = assess([*EIGHT, counted(8, 3, 9)])
    assert result.dropped == ("n08",)
    assert len(result.areas) == 8


def test_areas_that_agree_are_pooled_to_a_small_intraclass_correlation():
    alike = assess([counted(place, 60, 100) for place in range(12)])
    assert alike.intraclass < 0.02
    assert alike.mean == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        (EIGHT[:7], "too-few-areas"),
        ([*EIGHT[:7], counted(7, 3, 9)], "too-few-areas"),
        ([*EIGHT[:7], counted(7, 12, 30, kind="own programme")], "lists-differ"),
        ([*EIGHT[:7], counted(7, 12, 30, month=10)], "lists-differ"),
        ([], "too-few-areas"),
    ],
)
def test_lists_that_cannot_be_pooled_are_refused(counts, code):
    refusal = assess(counts)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.method, refusal.subject) == (code, "pooling", "central lists")


def test_dates_31_days_apart_can_be_pooled_and_32_cannot():
    assert isinstance(assess([*EIGHT[:7], counted(7, 12, 30, day=31, month=10)]), Pooling)
    assert assess([*EIGHT[:7], counted(7, 12, 30, day=30, month=10)]).code == "lists-differ"
