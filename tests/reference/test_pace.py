"""Reference values of METHODS §6 and §18."""

from datetime import date
from pathlib import Path

import pytest

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation
from policyreport.statistics.shares import pace
from policyreport.statistics.shares.pace_arithmetic import drift_fan
from policyreport.statistics.shares.revision_error import RevisionPrior

OFFICE = {2020: 12.66, 2021: 12.87, 2022: 12.83, 2023: 12.87, 2024: 13.17, 2025: 14.02}
MINISTRY = {2021: 11.91, 2022: 14.26, 2023: 16.5, 2024: 18.3}
HISTORY = (0.16, 0.54)


def assess(values, history, target=30.0, target_year=2030, base_year=None):
    vintages = [
        Observation(
            id=f"share.csv#{year}",
            area="VN",
            indicator="digital_economy_share",
            measure="value_added",
            period=str(year),
            published=date(max(values) + 1, 1, 5),
            value=value,
            unit="% of GDP",
            status="observed",
            source="office",
        )
        for year, value in values.items()
    ]
    return pace.estimate_pace(
        vintages,
        history,
        read_method_settings(Path(__file__).parents[2]).pace,
        target=target,
        target_year=target_year,
        direction=1,
        base_year=base_year,
        one_year_base=2024,
        prior=RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1),
    )


def test_the_offices_share_moves_far_too_slowly_towards_30_in_2030():
    """METHODS §6, by hand.

    pp 0.272, required 1.734, from now 3.196; CAGR 2.06 against 9.01%; R 0.229 (pp 0.157).
    """
    result = assess(OFFICE, HISTORY)
    assert result.observed_pp == pytest.approx(0.272, rel=1e-8)
    assert result.required_pp == pytest.approx(1.734, rel=1e-8)
    assert result.required_from_now_pp == pytest.approx(3.196, rel=1e-8)
    assert 100 * result.observed_cagr == pytest.approx(2.06, abs=0.005)
    assert 100 * result.required_cagr == pytest.approx(9.01, abs=0.005)
    assert result.ratio_cagr == pytest.approx(0.229, abs=0.0005)
    assert result.ratio_pp == pytest.approx(0.157, abs=0.0005)
    assert result.headline == "far too slow"


def test_the_ratio_is_recomputed_over_the_revision_interval():
    """METHODS §18: R 0.23, from 0.02 to 0.42 (by hand: 15.275/12.66 grows 3.83% a year, 3.83/9.01 = 0.425).

    The page rounds the upper end to 0.43.
    """
    interval = assess(OFFICE, HISTORY).ratio_interval
    assert (interval.low, interval.high) == pytest.approx((0.0184, 0.4247), abs=5e-5)


def test_the_one_year_pace_cannot_be_told_apart():
    """METHODS §6 and §18: 13.17 (2024) → 14.02, R 0.439 (pp 0.303), from −0.21 to 1.09."""
    result = assess(OFFICE, HISTORY)
    assert result.one_year_ratio == pytest.approx(0.439, abs=0.0005)
    interval = result.one_year_ratio_interval
    assert (interval.low, interval.high) == pytest.approx((-0.21, 1.09), abs=0.005)
    assert result.one_year_verdict == "cannot tell apart"
    assert assess(OFFICE, HISTORY, base_year=2024).ratio_pp == pytest.approx(0.303, abs=0.0005)


def test_the_distant_target_is_flattered_by_compound_growth():
    """METHODS §6: 13.17 (2024) → 14.02 for 50 in 2045, R 0.984 against pp 0.485, `form-flip`."""
    result = assess(OFFICE, HISTORY, 50.0, 2045, base_year=2024)
    assert result.ratio_cagr == pytest.approx(0.984, abs=0.0005)
    assert result.ratio_pp == pytest.approx(0.485, abs=0.0005)
    assert (result.band, result.band_pp) == ("on track", "far too slow")
    assert result.has_flag("form-flip")


def test_the_ministrys_share_is_on_track():
    """METHODS §6 and §18: 11.91 (2021) → 18.3 (2024), R 1.424 (pp 1.060), 0.99 or more over the interval."""
    result = assess(MINISTRY, ())
    assert result.ratio_cagr == pytest.approx(1.424, abs=0.0005)
    assert result.ratio_pp == pytest.approx(1.060, abs=0.0005)
    assert result.ratio_interval.low == pytest.approx(0.99, abs=0.005)
    assert result.headline == "on track"
    assert result.has_flag("no-vintage-history")


def test_the_drift_fan_ends_well_below_the_target():
    """METHODS §6, R: g 0.272, σ 0.34996; 2030: 15.38, 80% 13.68–17.08, 95% 12.31–18.45."""
    last = drift_fan(OFFICE, 2030, minimum_points=5, levels=(0.8, 0.95))[-1]
    assert last.year == 2030
    assert last.centre == pytest.approx(15.38, abs=0.005)
    assert (last.interval80.low, last.interval80.high) == pytest.approx((13.68, 17.08), abs=0.005)
    assert (last.interval95.low, last.interval95.high) == pytest.approx((12.31, 18.45), abs=0.005)
    # σ from the half-width at h = 1: t_{4, 0.975} σ √(1 + 1/5)
    first = drift_fan(OFFICE, 2030, minimum_points=5, levels=(0.8, 0.95))[0]
    assert (first.interval95.high - first.centre) / 2.776445105 / 1.2**0.5 == pytest.approx(0.34996, abs=5e-6)
