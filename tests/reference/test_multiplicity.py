import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from policyreport.statistics.common.multiplicity import adjust, count_needed

RAW = (0.001, 0.008, 0.012, 0.03, 0.2)


def test_benjamini_hochberg_agrees_with_r():
    """R 4.2.2 p.adjust(method = "BH"), METHODS §13."""
    assert adjust(RAW, rule="bh") == pytest.approx((0.005, 0.02, 0.02, 0.0375, 0.2), rel=1e-8)


def test_holm_agrees_with_r():
    """R 4.2.2 p.adjust(method = "holm"), METHODS §13."""
    assert adjust(RAW, rule="holm") == pytest.approx((0.005, 0.032, 0.036, 0.06, 0.2), rel=1e-8)


def test_holm_over_three_exposures_gives_the_dossiers_values():
    """METHODS §18: WCR p 0.024, 0.049, 0.372 become 0.071 (0.072 from the rounded p), 0.097, 0.372."""
    assert adjust((0.024, 0.049, 0.372), rule="holm") == pytest.approx((0.071, 0.097, 0.372), abs=0.0015)


@pytest.mark.parametrize(("smallest_p", "needed"), [(2 / 120, 12), (2 / 720, 2)])
def test_benjamini_hochberg_needs_so_many_of_34_areas(smallest_p, needed):
    """METHODS §13: 12 areas at the minimum exact p for n = 5 (0.0167), 2 for n = 6 (0.00278)."""
    assert count_needed(smallest_p, 34, level=0.05) == needed


@pytest.mark.parametrize("smallest_p", [2 / 120, 2 / 720])
def test_holm_can_never_single_out_one_of_34_areas_on_six_points(smallest_p):
    """METHODS §13: with 34 areas Holm can never reject at n of 6 or fewer."""
    assert min(adjust([smallest_p] * 34, rule="holm")) > 0.05


@pytest.mark.parametrize(("rule", "name"), [("bh", "fdr_bh"), ("holm", "holm")])
def test_statsmodels_gives_the_same_p_values(rule, name):
    """statsmodels 0.15 multipletests, ties and a p of 1 among them."""
    raw = np.round(np.random.default_rng(5).uniform(size=34) ** 2, 2).tolist()
    assert adjust(raw, rule=rule) == pytest.approx(multipletests(raw, 0.05, name)[1], rel=1e-12)
