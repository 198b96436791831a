"""Reference values of METHODS §15."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation
from policyreport.statistics.shares import revisions


def office(period, published, value):
    return Observation(
        id=f"share.csv#{period}-{published}",
        area="VN",
        indicator="digital_economy_share",
        measure="value_added",
        period=str(period),
        published=published,
        value=value,
        unit="% of GDP",
        status="observed",
        source="office",
    )


VINTAGES = (
    office(2022, date(2023, 12, 1), 12.67),
    office(2022, date(2024, 6, 1), 12.63),
    office(2022, date(2025, 1, 6), 12.83),
    office(2023, date(2024, 6, 1), 12.33),
    office(2023, date(2025, 1, 6), 12.87),
    office(2024, date(2025, 1, 6), 13.17),
    office(2025, date(2026, 1, 5), 14.02),
)


def test_the_statistics_office_revised_its_share_twice_upwards():
    """METHODS §15: first to latest 2022 +0.16, 2023 +0.54, mean 0.35, RMSE 0.398246 (by hand)."""
    settings = read_method_settings(Path(__file__).parents[2]).revisions
    laid_out = revisions.triangle(VINTAGES, settings.model_copy(update={"minimum_statistics": 2}))
    assert laid_out.values == pytest.approx((0.16, 0.54), rel=1e-8)
    assert laid_out.mean == pytest.approx(0.35, rel=1e-8)
    assert laid_out.rmse == pytest.approx(0.398246, abs=5e-7)
    assert laid_out.share_upward == 1


def test_the_bias_test_is_the_one_sample_t_test():
    """A t by its formula: 1, 2, 3, 4, 6 has mean 3.2 and SD 1.923538, so t = √(3.2² · 5 / 3.7) = 3.719924."""
    test = revisions.bias_test(np.array([1.0, 2.0, 3.0, 4.0, 6.0]))
    assert test.t == pytest.approx(3.719924, abs=1e-6)
    assert test.p_value == pytest.approx(2 * stats.t.sf(3.719924, 4), rel=1e-5)


def test_news_and_noise_slopes_have_heteroskedasticity_robust_errors():
    """HC1 by matrix algebra: (X'X)⁻¹ X'diag(e²)X (X'X)⁻¹ · n/(n − 2)."""
    rng = np.random.default_rng(1)
    first = rng.normal(10, 2, 12)
    final = first + rng.normal(0, 1, 12)
    result = revisions.news_noise(first, final)
    for regressor, slope, p_value in (
        (first, result.news_slope, result.news_p),
        (final, result.noise_slope, result.noise_p),
    ):
        design = np.column_stack([np.ones(12), regressor])
        bread = np.linalg.inv(design.T @ design)
        beta = bread @ design.T @ (final - first)
        residual = final - first - design @ beta
        variance = bread @ (design.T * residual**2) @ design @ bread * 12 / 10
        assert slope == pytest.approx(beta[1], rel=1e-8)
        assert p_value == pytest.approx(2 * stats.t.sf(abs(beta[1]) / np.sqrt(variance[1, 1]), 10), rel=1e-8)
