"""Simulated paths of known pace get their way and their band back."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from policyreport.data.target_frames import COLUMNS
from policyreport.params.methods import MethodSettings
from policyreport.records.targets import TargetReading
from policyreport.statistics.scorecard.targets import score_targets

START, DAY = date(2024, 12, 22), date(2026, 9, 30)
YEARS = range(2020, 2026)


def frame(values: dict[int, float], target: float, year: int, *, unit: str = "%", **about: object) -> pd.DataFrame:
    """One target with one figure a year."""
    shared = dict.fromkeys(("name", "short", "area", "text", "legal_reference", "not_found", "what", "note"), "")
    shared |= {"measure": "", "remark": "", "operator": ">=", "direction": 1, "yearly": False, "nearest": False}
    shared |= {"id": "T", "horizon": str(year), "year": year, "target": target, "target_high": None, "reading": 0}
    shared |= {
        "same_area": True,
        "target_unit": unit,
        "unit": unit,
        "status": "observed",
        "bound": "=",
        "indicator": "i",
    }
    rows = [
        shared
        | {"period": str(when), "published": pd.Timestamp(when + 1, 1, 5), "value": value, "rows": (f"a.csv#{when}",)}
        | about
        for when, value in values.items()
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def read(methods: MethodSettings, figures: pd.DataFrame) -> TargetReading:
    (score,) = score_targets(figures, methods.pace, start=START, day=DAY)
    return score.readings[0]


@pytest.mark.parametrize("direction", [1, -1])
def test_a_steady_path_gets_its_band_and_its_way_back(methods: MethodSettings, direction: int) -> None:
    """A straight path at R times the needed change; near 1 both forms of growth agree on levels this far from zero."""
    rng = np.random.default_rng(20)
    for _ in range(400):
        pace, level = rng.uniform(-0.5, 1.4), rng.uniform(500, 1000)
        if min(abs(pace - edge) for edge in (0.0, methods.pace.too_slow_from, methods.pace.on_track_from)) < 0.02:
            continue
        target = level + direction * 10
        values = {year: level + direction * pace * (year - 2020) for year in YEARS}
        reading = read(methods, frame(values, target, 2030, direction=direction))
        expected = (
            "moving away" if pace < 0
            else "far too slow" if pace < methods.pace.too_slow_from
            else "too slow" if pace < methods.pace.on_track_from
            else "on track"
        )  # fmt: skip
        assert reading.verdict == expected
        assert reading.way == pytest.approx((values[2025] - values[2024]) / (target - values[2024]), rel=1e-8)
        assert reading.observed == pytest.approx(direction * pace, rel=1e-6)
        needed = (target - values[2025]) / 5
        assert reading.required_from_now == pytest.approx(needed, rel=1e-8)


@pytest.mark.parametrize(
    ("before", "latest", "verdict"),
    [(25.0, 31.0, "reached"), (31.0, 32.0, "held"), (31.0, 29.0, "lost"), (25.0, 24.0, "moving away")],
)
def test_a_target_that_is_passed_or_left_says_so(
    methods: MethodSettings, before: float, latest: float, verdict: str
) -> None:
    assert read(methods, frame({2024: before, 2025: latest}, 30, 2030)).verdict == verdict


@pytest.mark.parametrize(("latest", "verdict"), [(17.0, "reached"), (36.0, "beyond the range"), (12.0, "")])
def test_a_yearly_rate_is_held_against_both_ends_of_its_range(
    methods: MethodSettings, latest: float, verdict: str
) -> None:
    reading = read(methods, frame({2024: 12.0, 2025: latest}, 16, 2030, target_high=18.0, yearly=True))
    assert (reading.verdict, reading.reason) == (verdict, "" if verdict else "not yet due")


def test_a_year_that_straddles_the_policys_day_is_before_it(methods: MethodSettings) -> None:
    reading = read(methods, frame({2023: 20.0, 2024: 22.0}, 30, 2030))
    assert (reading.baseline.period, reading.latest, reading.reason) == ("2024", None, "no newer figure")


def test_a_target_of_a_year_that_is_over_is_judged_by_that_year_alone(methods: MethodSettings) -> None:
    assert read(methods, frame({2023: 22.0, 2024: 19.0, 2025: 25.0}, 20, 2024)).gap == pytest.approx(1.0)
    assert read(methods, frame({2023: 22.0, 2025: 25.0}, 20, 2024)).reason == "not published"


@pytest.mark.parametrize(
    ("bound", "verdict", "reason"),
    [(">", "reached", ""), ("~", "", "no exact figure"), ("<", "", "no exact figure")],
)
def test_a_bound_decides_only_where_it_lies_beyond_the_target(
    methods: MethodSettings, bound: str, verdict: str, reason: str
) -> None:
    figures = frame({2024: 20.0, 2025: 91.0}, 70, 2030)
    figures.loc[figures["period"] == "2025", "bound"] = bound
    assert (read(methods, figures).verdict, read(methods, figures).reason) == (verdict, reason)


def test_places_have_a_way_and_no_pace(methods: MethodSettings) -> None:
    reading = read(methods, frame({2020: 42.0, 2024: 46.0, 2025: 44.0}, 30, 2045, unit="rank world", direction=-1))
    assert (reading.way, reading.observed, reading.reason) == (pytest.approx(0.125), None, "a place, no pace")
