import numpy as np
import pytest

from policyreport.statistics.tasks.funnel import compute_z, estimate_dispersion, exact_limits

COUNTS = np.array([22, 41, 9, 63, 30, 35, 80, 12])
TOTALS = np.array([40, 60, 25, 100, 80, 55, 120, 30])
TAILS = (0.001, 0.025, 0.975, 0.999)


@pytest.mark.parametrize(
    ("total", "limits"),
    [(25, (0.2196, 0.3315, 0.7218, 0.8286)), (100, (0.3907, 0.4468, 0.6421, 0.6969))],
)
def test_exact_limits_at_a_centre_of_55_percent(total, limits):
    """METHODS §12: independent calculation after Spiegelhalter (2005), A.1.1."""
    assert exact_limits(total, 0.55, TAILS) == pytest.approx(limits, abs=5.1e-5)


def test_dispersion_of_eight_lists():
    """METHODS §12: θ 0.57254902, raw mean z² 3.84005, winsorised φ̂ 2.95448."""
    centre = COUNTS.sum() / TOTALS.sum()
    z = compute_z(COUNTS, TOTALS, centre)
    assert centre == pytest.approx(0.57254902, abs=5e-9)
    assert estimate_dispersion(z, winsor_share=0.0) == pytest.approx(3.84005, abs=5.1e-6)
    assert estimate_dispersion(z, winsor_share=0.1) == pytest.approx(2.95448, abs=5.1e-6)
