"""Reference values of METHODS §5."""

from datetime import date
from pathlib import Path

import pytest

from policyreport.params.methods import read_method_settings
from policyreport.records.base import Observation
from policyreport.statistics.shares import threshold
from policyreport.statistics.shares.revision_error import RevisionPrior, revision_error

HISTORY = (0.16, 0.54)


def judge(value, history, degrees=2.0, scale=0.5):
    observation = Observation(
        id="share.csv#1",
        area="VN",
        indicator="digital_economy_share",
        measure="value_added",
        period="2025",
        published=date(2026, 1, 5),
        value=value,
        unit="% of GDP",
        status="estimate",
        source="office",
    )
    return threshold.judge_vintage(
        observation,
        history,
        read_method_settings(Path(__file__).parents[2]).threshold,
        threshold=16.0,
        prior=RevisionPrior(degrees=degrees, scale=scale, settled_maturity=3, settled_scale=0.1),
    )


def test_the_share_of_2025_is_below_the_threshold():
    """METHODS §5, R `pt`, `qt`: ν 4, s 0.451996, P 0.005934794, interval [12.765, 15.275]."""
    result = judge(14.02, HISTORY)
    assert result.degrees == 4
    assert result.scale == pytest.approx(0.451996, abs=5e-7)
    assert result.probability == pytest.approx(0.005934794, abs=5e-10)
    assert (result.interval.low, result.interval.high) == pytest.approx((12.765, 15.275), abs=5e-4)
    assert result.verdict == "below"


def test_the_share_of_2024_is_below_the_threshold():
    """METHODS §5: v 13.17, P 0.001659750."""
    assert judge(13.17, HISTORY).probability == pytest.approx(0.001659750, abs=5e-10)


def test_without_history_the_ministrys_value_is_above_as_published():
    """METHODS §5: n = 0, v 18.3, P 0.97792 (withheld in the record; here from the same distribution)."""
    result = judge(18.3, ())
    assert (result.verdict, result.as_published, result.probability) == ("above", True, None)
    error = revision_error((), 0, RevisionPrior(2, 0.5, 3, 0.1))
    assert error.probability_at_least(18.3, 16.0) == pytest.approx(0.97792, abs=5e-6)


@pytest.mark.parametrize(("degrees", "scale", "probability"), [(2, 0.25, 0.0020), (2, 1.0, 0.0300), (0, 0.5, 0.0191)])
def test_other_priors_give_the_printed_sensitivity(degrees, scale, probability):
    """METHODS §5: sensitivity to s0 0.25 and 1.0, and no prior."""
    assert judge(14.02, HISTORY, degrees, scale).probability == pytest.approx(probability, abs=5e-5)
