from dataclasses import asdict
from datetime import date

import numpy as np
import pandas as pd
import pytest

from policyreport.records.base import Refusal
from policyreport.records.series import Ranks
from policyreport.statistics.ranks.ranks import binomial_scores, rank_estimates
from policyreport.statistics.tasks import ranking
from policyreport.statistics.tasks.counts import TaskCount
from policyreport.statistics.tasks.frame import COLUMNS


@pytest.fixture(scope="module")
def quick(methods, with_draws):
    return with_draws(methods.ranks, 999, quadrature_digits=7, tau=1)


@pytest.fixture(scope="module")
def rank(quick):
    def estimate(estimates, errors, areas=None, larger_is_better=True):
        names = areas or [f"n{place:02d}" for place in range(len(estimates))]
        about = {"indicator": "score", "measure": "", "basis": "survey", "larger_is_better": larger_is_better}
        return rank_estimates(names, estimates, errors, quick, **about)

    return estimate


@pytest.fixture(scope="module")
def rank_lists(quick, methods):
    pooling = methods.pooling.model_copy(update={"minimum_areas": 3, "assumed_design_effect": 1.0})
    settings = methods.model_copy(update={"ranks": quick, "pooling": pooling})

    def estimate(counts):
        lists = pd.DataFrame([asdict(count) for count in counts]).rename(columns=COLUMNS)
        lists.attrs["indicator"] = "tasks"
        return ranking.rank_lists(lists, settings)

    return estimate


def counted(area, completed, total, day=1, kind="central", **more):
    return TaskCount(
        area,
        f"{kind}/{area}",
        date(2025, 12, 31),
        date(2025, 12, day),
        total,
        completed,
        list_kind=kind,
        **more,
    )


def test_sets_of_counts_are_drawn_at_their_own_level(quick, rank_lists):
    lists = [counted(f"n{place:02d}", 20 + 6 * place, 100) for place in range(8)]
    scores, errors = binomial_scores([20 + 6 * place for place in range(8)], [100] * 8)
    areas, about = [each.area for each in lists], {"indicator": "tasks", "measure": "", "basis": "counts"}
    nominal = rank_estimates(areas, scores, errors, quick, larger_is_better=True, **about)
    assert rank_lists(lists).critical_values[0] > nominal.critical_values[0]


def test_far_apart_areas_have_their_rank_alone(rank):
    result = rank([30.0, 10.0, 20.0], [1.0, 1.0, 1.0])
    assert [(each.rank, each.marginal, each.simultaneous) for each in result.sets] == [
        (1, (1, 1), (1, 1)),
        (3, (3, 3), (3, 3)),
        (2, (2, 2), (2, 2)),
    ]
    assert (result.best, result.worst) == (("n00",), ("n01",))


def test_ties_share_the_better_rank_and_any_place(rank):
    result = rank([5.0, 5.0, 5.0], [1.0, 1.0, 1.0])
    assert [(each.rank, each.marginal) for each in result.sets] == [(1, (1, 3))] * 3


def test_where_less_is_better_the_order_turns_around(rank):
    result = rank([30.0, 10.0, 20.0], [1.0, 1.0, 1.0], larger_is_better=False)
    assert [each.rank for each in result.sets] == [3, 1, 2]
    assert [each.estimate for each in result.sets] == [30.0, 10.0, 20.0]


def test_the_order_in_which_areas_arrive_does_not_matter(rank):
    areas = ["n04", "n01", "n08"]
    first = rank([3.0, 2.0, 2.5], [0.5, 0.4, 0.6], areas)
    second = rank([2.5, 3.0, 2.0], [0.6, 0.5, 0.4], ["n08", "n04", "n01"])
    assert first == second


@pytest.mark.parametrize("errors", [None, [1.0, 0.0, 1.0], [1.0, np.nan, 1.0], [1.0, -1.0, 1.0]])
def test_scores_without_a_standard_error_have_no_rank_set(errors, rank):
    refusal = rank([3.0, 2.0, 1.0], errors)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.method) == ("no-sampling-error", "ranks")


def test_two_areas_are_too_few(rank):
    assert rank([3.0, 2.0], [1.0, 1.0]).code == "too-few-areas"


def test_lists_of_one_kind_are_ranked_by_their_raw_shares(rank_lists, rank):
    result = rank_lists([counted("n01", 10, 40), counted("n04", 39, 40), counted("n08", 20, 40)])
    assert isinstance(result, Ranks)
    assert [(each.area, each.estimate, each.rank) for each in result.sets] == [
        ("n01", 0.25, 3),
        ("n04", 0.975, 1),
        ("n08", 0.5, 2),
    ]
    assert result.basis == "counts"


def test_a_set_holds_the_rank_of_the_raw_share_even_where_the_scores_order_differs(rank_lists, rank):
    counts = [counted("n01", 12, 12), counted("n04", 3999, 4000), counted("n08", 100, 4000)]
    result = rank_lists(counts)
    assert all(each.marginal[0] <= each.rank <= each.marginal[1] for each in result.sets)
    assert result.sets[0].rank == 1


@pytest.mark.parametrize(
    ("third", "code"),
    [
        (counted("n08", 20, 40, kind="own programme"), "lists-differ"),
        (TaskCount("n08", "x", date(2025, 12, 31), None, 40, 20, list_kind="central"), "lists-differ"),
        (
            TaskCount("n08", "x", date(2025, 12, 31), date(2025, 10, 1), 40, 20, list_kind="central"),
            "lists-differ",
        ),
        (counted("n08", 2, 9), "too-few-areas"),
        (counted("n08", 20, 40, bound=">"), "too-few-areas"),
    ],
)
def test_lists_that_cannot_be_compared_are_not_ranked(third, code, rank_lists):
    assert rank_lists([counted("n01", 10, 40), counted("n04", 39, 40), third]).code == code


def test_rank_sets_survive_json(rank):
    result = rank([3.0, 2.0, 2.5], [0.5, 0.4, 0.6])
    assert Ranks.from_json(result.to_json()) == result
