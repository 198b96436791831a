from collections.abc import Callable
from math import sqrt

import pytest

REPETITIONS = 200


@pytest.fixture
def meets_band() -> Callable[..., bool]:
    """Whether coverage ± 2 Monte-Carlo standard errors meets a band (METHODS §17)."""

    def check(coverage: float, low: float = 0.93, high: float = 1.0, repetitions: int = REPETITIONS) -> bool:
        error = sqrt(max(coverage * (1 - coverage), 1 / repetitions) / repetitions)
        return coverage + 2 * error >= low and coverage - 2 * error <= high

    return check
