import csv
import dataclasses
from collections.abc import Callable
from math import sqrt
from pathlib import Path

import pytest
from scipy.stats import binom

from policyreport.data.inputs import Inputs
from policyreport.running import plan
from policyreport.running.plan import EditionData

ROOT = Path(__file__).parents[2]
REPETITIONS = 200


@pytest.fixture
def meets_band() -> Callable[..., bool]:
    """Whether coverage ± 2 Monte-Carlo standard errors meets a band (METHODS §17)."""

    def check(coverage: float, low: float = 0.93, high: float = 1.0, repetitions: int = REPETITIONS) -> bool:
        error = sqrt(max(coverage * (1 - coverage), 1 / repetitions) / repetitions)
        return coverage + 2 * error >= low and coverage - 2 * error <= high

    return check


# ---- the teaching edition and the truth it was drawn from ---------------------------------------------------


@pytest.fixture(scope="session")
def taught(known_teaching: EditionData) -> EditionData:
    """Everything known for the teaching edition."""
    return known_teaching


@pytest.fixture(scope="session")
def provinces(taught: EditionData, slice_of: Callable[..., Inputs]) -> dict[str, Inputs]:
    """Each province's slice of the notebook on trends."""
    areas = plan.edition_areas(taught)
    one = slice_of(taught, "trend", areas[0])
    return {
        area: dataclasses.replace(one, area=area, observations=plan.ledger_rows(taught, "trend", area))
        for area in areas
    }


@pytest.fixture(scope="session")
def truth() -> dict[tuple[str, str, str], float]:
    """Value by area, quantity and period."""
    with (ROOT / "data" / "teaching" / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {(row["area"], row["quantity"], row["period"]): float(row["value"]) for row in csv.DictReader(file)}


@pytest.fixture(scope="session")
def fewest() -> Callable[..., int]:
    """How many intervals of a level must hold the truth: fewer happens to one sample in a thousand."""

    def count(draws: int, level: float = 0.95) -> int:
        return int(binom.ppf(0.001, draws, level))

    return count
