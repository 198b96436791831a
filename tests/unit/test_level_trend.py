"""Levels: their yearly changes against the nation's, never the order of the levels themselves."""

from datetime import date

import numpy as np
import pytest

from policyreport.data.points import to_frame
from policyreport.records.base import Refusal
from policyreport.records.series import LevelTrend, SeriesPoint
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import estimate_means
from policyreport.statistics.series.kendall import order_test
from policyreport.statistics.series.level_trend import compare_all_changes

YEARS = range(2020, 2026)
NATION = tuple(SeriesPoint(year=year, value=100 * 1.08 ** (year - 2020), inputs=("n#1",)) for year in YEARS)


def points_of(values, first=2020, **more):
    return tuple(
        SeriesPoint(year=first + at, value=float(value), inputs=(f"a#{at}",), **more) for at, value in enumerate(values)
    )


def level(changes, start=80.0):
    """A level whose log changes are the nation's plus these, in %."""
    steps = np.concatenate([[0.0], np.cumsum(changes)])
    return points_of([start * 1.08**at * np.exp(step / 100) for at, step in enumerate(steps)])


@pytest.fixture(scope="module")
def assess(methods):
    def compared(series, **more):
        about = {"indicator": "income", "nation": "VN", "areas": tuple(series), **more}
        return compare_all_changes(to_frame(series | {"VN": NATION}, **about), methods.peers, start=date(2024, 12, 22))

    return compared


def family(rng, areas=12, drift=0.0):
    return {f"n{at:02d}": level(drift + 3 * rng.normal(size=5)) for at in range(areas)}


def test_changes_are_those_of_logarithms_against_the_nations(assess):
    changes = [1.0, -2.0, 0.5, 3.0, 1.5]
    found = assess({"a": level(changes), "b": level([0.3, 0.1, -0.2, 0.4, -1.0])})["a"]
    assert isinstance(found, LevelTrend)
    assert found.differences == pytest.approx(changes)
    assert found.years == (2021, 2022, 2023, 2024, 2025)
    assert (found.first_year, found.last_year) == (2020, 2025)
    assert (found.years_above, found.smallest, found.largest) == (4, pytest.approx(-2.0), pytest.approx(3.0))
    assert found.mean == pytest.approx(0.8)
    assert found.points[0].value == pytest.approx(80.0)


def test_a_family_is_judged_as_means_of_differences_are(methods, assess):
    series = family(np.random.default_rng(4))
    found = [each for each in assess(series).values() if isinstance(each, LevelTrend)]
    direct = estimate_means(np.array([each.differences for each in found]), methods.peers)
    assert [each.p_value for each in found] == pytest.approx(direct.p_values)
    assert [each.p_adjusted for each in found] == pytest.approx(adjust(direct.p_values.tolist(), rule="bh"))


def test_a_level_that_pulls_away_every_year_is_rising_and_one_that_falls_back_is_falling(assess):
    rng = np.random.default_rng(5)
    series = {f"n{at:02d}": level(0.2 * rng.normal(size=5)) for at in range(10)}
    series |= {"up": level(5 + 0.2 * rng.normal(size=5)), "down": level(-5 + 0.2 * rng.normal(size=5))}
    verdicts = {area: each.verdict for area, each in assess(series).items()}
    assert (verdicts.pop("up"), verdicts.pop("down")) == ("rising", "falling")
    assert set(verdicts.values()) == {"no clear trend"}


def test_e2_random_walks_are_named_in_at_most_one_family_of_twenty(assess):
    """The order of the same levels names somebody in most families."""
    rng, named, ordered, families = np.random.default_rng(62), 0, 0, 100
    for _ in range(families):
        results = assess(family(rng, areas=34)).values()
        named += any(each.verdict != "no clear trend" for each in results)
        walks = [[point.value for point in each.points] for each in results]
        p_values = adjust([order_test(walk, enumerate_ties_to=8).p_value for walk in walks], rule="bh")
        ordered += any(p <= 0.05 for p in p_values)
    assert named <= 0.05 * families + 2 * (0.05 * 0.95 * families) ** 0.5
    assert ordered > 0.45 * families


def test_errors_of_recalculated_levels_cancel_but_for_the_ends(assess):
    series = family(np.random.default_rng(6), areas=6)
    plain = assess(series)
    erring = dict(series)
    erring["n00"] = tuple(point.model_copy(update={"error": 0.02 * point.value}) for point in series["n00"])
    wider = assess(erring)
    added = wider["n00"].standard_error ** 2 - plain["n00"].standard_error ** 2
    assert added == pytest.approx(2 * 2.0**2 / 25)
    assert wider["n01"].standard_error == pytest.approx(plain["n01"].standard_error)


def test_a_change_across_a_break_or_a_gap_is_no_change(assess):
    rng = np.random.default_rng(7)
    series = family(rng, areas=4)
    broken = tuple(p.model_copy(update={"segment": int(p.year >= 2022)}) for p in series["n00"])
    gap = tuple(p for p in series["n01"] if p.year != 2022)
    found = assess(series | {"n00": broken, "n01": gap})
    assert [(found[area].code, found[area].detail) for area in ("n00", "n01")] == [
        ("too-few-points", "3 of 5 yearly changes"),
        ("too-few-points", "3 of 5 yearly changes"),
    ]


@pytest.mark.parametrize(("points", "code"), [((), "not-published"), (level([1.0] * 5), "projection-only")])
def test_what_is_not_there_or_only_projected_is_refused(points, code, assess):
    points = tuple(p.model_copy(update={"status": "projection"}) for p in points)
    found = assess(family(np.random.default_rng(8), areas=3) | {"x": points})["x"]
    assert isinstance(found, Refusal)
    assert (found.code, found.method, found.subject) == (code, "trend", "income")


def test_what_must_be_known_of_a_level_stands_beside_it(assess):
    series = family(np.random.default_rng(9), areas=3)
    series["n00"] = tuple(
        p.model_copy(update={"status": "estimate" if p.year > 2023 else "observed"}) for p in series["n00"]
    )
    found = assess(series, flags={"n00": ("back-cast",)})["n00"]
    assert {flag.code for flag in found.flags} == {"back-cast", "weak", "starts-in-shock", "unrevised-tail"}
    assert found.inputs == ("a#0", "a#1", "a#2", "a#3", "a#4", "a#5", "n#1")
    assert LevelTrend.from_json(found.to_json()) == found
