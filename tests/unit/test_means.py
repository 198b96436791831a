"""Means of short series of a family: what they take from each other, and the draws behind sets of their ranks."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from policyreport.params.methods import MethodSettings, PeersSettings, RanksSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks
from policyreport.statistics.ranks.means import draw_errors, estimate_means
from policyreport.statistics.ranks.moderation import fit_variance_prior, moderate
from policyreport.statistics.ranks.ranks import rank_family

TABLE = np.random.default_rng(1).normal(size=(12, 6)) * np.linspace(0.5, 3, 12)[:, None]


@pytest.fixture(scope="module")
def peers(methods: MethodSettings) -> PeersSettings:
    return methods.peers


@pytest.fixture(scope="module")
def independent(peers: PeersSettings) -> PeersSettings:
    return peers.with_independent_years


@pytest.fixture(scope="module")
def quick(methods: MethodSettings, with_draws: Callable[..., Any]) -> RanksSettings:
    return with_draws(methods.ranks, 999, tau=1)


@pytest.fixture(scope="module")
def ranks_of(peers: PeersSettings, quick: RanksSettings) -> Callable[..., Ranks | Refusal]:
    def rank(table: np.ndarray, settings: PeersSettings = peers, larger_is_better: bool = True) -> Ranks | Refusal:
        areas, about = [f"n{row:02d}" for row in range(len(table))], {"indicator": "growth", "measure": ""}
        family = estimate_means(table, settings)
        return rank_family(areas, family, quick, larger_is_better=larger_is_better, **about)

    return rank


def test_without_carry_over_a_mean_is_smyths_moderated_t(independent: PeersSettings) -> None:
    family = estimate_means(TABLE, independent)
    variances = TABLE.var(axis=1, ddof=1)
    prior = fit_variance_prior(variances, 5)
    t = TABLE.mean(axis=1) / np.sqrt(moderate(variances, 5, prior) / 6)
    assert family.p_values == pytest.approx(2 * stats.t.sf(np.abs(t), prior.degrees + 5), rel=1e-8)
    half = stats.t.ppf(0.975, prior.degrees + 5) * family.errors
    assert family.halves == pytest.approx(half, rel=1e-8)


def test_a_lone_area_without_carry_over_has_the_plain_t_interval(independent: PeersSettings) -> None:
    family = estimate_means(TABLE[:1], independent)
    plain = stats.ttest_1samp(TABLE[0], 0)
    assert family.p_values[0] == pytest.approx(plain.pvalue)
    assert family.halves[0] == pytest.approx(family.means[0] - plain.confidence_interval().low)


def test_carry_over_that_is_not_ruled_out_widens_every_interval(
    peers: PeersSettings, independent: PeersSettings
) -> None:
    assert (estimate_means(TABLE, peers).halves > estimate_means(TABLE, independent).halves).all()


def test_too_few_years_have_no_mean_and_leave_the_others_alone(peers: PeersSettings) -> None:
    table = np.vstack([TABLE, [1.0, 2.0, 1.0, 3.0, np.nan, np.nan]])
    family = estimate_means(table, peers)
    assert np.isnan([family.means[-1], family.errors[-1], family.halves[-1], family.p_values[-1]]).all()
    assert family.p_values[:-1] == pytest.approx(estimate_means(TABLE, peers).p_values)


def test_where_no_area_varies_means_are_certain(peers: PeersSettings) -> None:
    family = estimate_means(np.repeat([[0.0], [2.0]], 6, axis=1), peers)
    assert family.halves == pytest.approx([0, 0])
    assert family.p_values == pytest.approx([1, 0])


def test_draws_have_the_errors_tails_and_the_common_carry_over(
    peers: PeersSettings, independent: PeersSettings
) -> None:
    family = estimate_means(TABLE, independent)
    drawn = draw_errors(family, np.arange(12), np.random.default_rng(2), 40_000)
    scaled = drawn / family.errors[:, None]
    expected = stats.t.ppf(0.975, family.degrees[0, 0])
    assert np.quantile(scaled, 0.975, axis=1) == pytest.approx(np.full(12, expected), rel=0.05)
    # With carry-over in doubt all areas are certain or uncertain together.
    doubtful = draw_errors(estimate_means(TABLE, peers), np.arange(12), np.random.default_rng(2), 40_000)
    alone, common = (np.corrcoef(np.log(np.abs(each)))[np.triu_indices(12, 1)].mean() for each in (drawn, doubtful))
    assert abs(alone) < 0.005 < 0.01 < common


def test_sets_are_the_same_in_any_order_of_areas(quick: RanksSettings, peers: PeersSettings) -> None:
    order = [5, 3, 0, 11, 8, 1, 2, 4, 6, 7, 9, 10]
    areas = [f"n{row:02d}" for row in range(12)]
    about = {"indicator": "growth", "measure": "", "larger_is_better": True}
    first = rank_family(areas, estimate_means(TABLE, peers), quick, **about)
    second = rank_family([areas[at] for at in order], estimate_means(TABLE[order], peers), quick, **about)
    assert [(each.area, each.rank, each.marginal, each.simultaneous) for each in first.sets] == [
        (each.area, each.rank, each.marginal, each.simultaneous) for each in second.sets
    ]


def test_alike_areas_cannot_be_ranked_and_far_apart_ones_can(ranks_of: Callable[..., Ranks | Refusal]) -> None:
    alike = ranks_of(TABLE)
    assert isinstance(alike, Ranks)
    assert not alike.tells_apart
    apart = ranks_of(TABLE + 100 * np.arange(12)[:, None])
    assert apart.tells_apart
    assert [each.simultaneous for each in apart.sets] == [(12 - row, 12 - row) for row in range(12)]
    downwards = ranks_of(TABLE + 100 * np.arange(12)[:, None], larger_is_better=False)
    assert [each.rank for each in downwards.sets] == list(range(1, 13))


def test_two_areas_and_areas_without_spread_have_no_sets(ranks_of: Callable[..., Ranks | Refusal]) -> None:
    assert ranks_of(TABLE[:2]).code == "too-few-areas"
    assert ranks_of(np.repeat([[0.0], [2.0], [3.0]], 6, axis=1)).code == "no-sampling-error"


def test_e1_sets_with_estimated_errors_are_wider_than_with_known_ones(
    independent: PeersSettings, ranks_of: Callable[..., Ranks | Refusal]
) -> None:
    """Six years: the normal quantile of 66 pairs is 3.2; what six years leave open asks for much more."""
    assert ranks_of(TABLE, independent).critical_values[0] > 3.6
    assert ranks_of(TABLE).critical_values[0] > 3.6
