"""Lines of all areas together, and the verdicts that they and both scales leave standing."""

import numpy as np
import pytest

from policyreport.data.points import AreaSeries
from policyreport.data.selection import divided
from policyreport.records.series import SeriesPoint, Trend
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.series import trend
from policyreport.statistics.series.lines import estimate_lines
from policyreport.statistics.validity.families import family_verdicts, named_by_order
from policyreport.statistics.validity.processes import autoregressive

YEARS = tuple(range(2011, 2024))


def rows_of(table):
    return [(YEARS[: len(row)], row.tolist()) for row in table]


@pytest.fixture(scope="module")
def trend_of(methods):
    def estimate(values) -> Trend:
        points = tuple(SeriesPoint(year=year, value=value) for year, value in zip(YEARS, values, strict=False))
        scores = AreaSeries({"n01": points}, ("n01",), indicator="score", series="minus mean", unit="points")
        found = trend.estimate_trend(scores, "n01", methods.trend)
        assert isinstance(found, Trend)
        return found

    return estimate


def test_a_slope_that_stands_out_has_the_smallest_p_and_noise_has_none(methods):
    rng = np.random.default_rng(1)
    table = autoregressive(rng, (20, 13), 0.2)
    table[4] += 0.8 * np.arange(13)
    found = estimate_lines(rows_of(table), methods.trend)
    adjusted = adjust(found.p_values.tolist(), rule="bh")
    assert [at for at, p in enumerate(adjusted) if p <= 0.05] == [4]
    assert not found.wanders


def test_lines_do_not_mind_a_level_a_scale_or_the_order_of_areas(methods):
    rng = np.random.default_rng(2)
    table = autoregressive(rng, (8, 13), 0.3) + 0.2 * rng.normal(size=(8, 1)) * np.arange(13)
    moved = 5 + 3 * table[::-1]
    p_values = estimate_lines(rows_of(table), methods.trend).p_values
    assert estimate_lines(rows_of(moved), methods.trend).p_values[::-1] == pytest.approx(p_values, rel=1e-6)


def test_series_too_short_for_a_line_have_no_p_and_a_gap_is_bridged(methods):
    rng = np.random.default_rng(3)
    table = autoregressive(rng, (6, 8), 0.0)
    rows = [
        *rows_of(table),
        ((2011, 2012, 2013), [1.0, 2.0, 3.0]),
        ((2011, 2012, 2014, 2015, 2016), [1.0, 2.1, 3.9, 5.2, 5.8]),
    ]
    found = estimate_lines(rows, methods.trend).p_values
    assert np.isnan(found[6])
    assert found[7] < 0.2
    assert np.isfinite(found[:6]).all()


def test_points_on_a_line_are_certain_where_all_are_and_borrow_noise_where_others_have_it(methods):
    line = [float(at) for at in range(7)]
    alone = estimate_lines([(YEARS[:7], line)], methods.trend).p_values[0]
    among = estimate_lines(
        [(YEARS[:7], line), *rows_of(autoregressive(np.random.default_rng(4), (9, 7), 0.0))], methods.trend
    )
    assert alone < 1e-6
    assert alone < among.p_values[0] < 0.05


def test_a_family_that_may_only_drift_names_nobody_and_says_so(methods, trend_of):
    rng = np.random.default_rng(5)
    walks = np.cumsum(rng.normal(size=(34, 13)), axis=1)
    found = estimate_lines(rows_of(walks), methods.trend)
    assert found.wanders
    by_order, final, _ = family_verdicts(walks)
    assert by_order.sum() > 5
    assert not final.any()
    rising = trend_of(walks[np.flatnonzero(by_order)[0]])
    assert rising.verdict != "no clear trend"
    judged = trend.with_carry_over(rising, 0.001, 0.01, methods.trend, wanders=True)
    assert judged.verdict == "no clear trend"
    assert judged.has_flag("wanders")
    held = trend.with_carry_over(rising, 0.001, 0.01, methods.trend, wanders=False)
    assert (held.verdict, held.carry_over_p, held.carry_over_p_adjusted) == (rising.verdict, 0.001, 0.01)
    assert not held.has_flag("wanders")
    assert trend.with_carry_over(rising, 0.04, 0.06, methods.trend, wanders=False).verdict == "no clear trend"


def test_e2_random_walks_are_named_in_at_most_one_family_of_twenty_and_by_order_alone_in_most():
    rng, ordered, named, families = np.random.default_rng(63), 0, 0, 100
    for _ in range(families):
        walks = np.cumsum(rng.normal(size=(34, 6)), axis=1)
        ordered += bool(named_by_order(walks).any())
        named += bool(family_verdicts(walks)[1].any())
    assert ordered > 0.45 * families
    assert named <= 0.05 * families + 2 * (0.05 * 0.95 * families) ** 0.5


def test_e2_scores_that_only_draw_together_show_a_trend_in_points_and_none_in_both_scales(trend_of):
    """Vertical accountability: the spread over provinces fell from 0.43 to 0.15, every extreme one moved inwards."""
    rng = np.random.default_rng(7)
    spread = np.linspace(0.43, 0.15, 13)
    scores = spread * (rng.normal(size=(32, 1)) + 0.4 * rng.normal(size=(32, 13)))
    contrast = scores - scores.mean(axis=0)
    named = np.flatnonzero(family_verdicts(contrast)[1])
    assert len(named)
    deviation = {year: float(each) for year, each in zip(YEARS, scores.std(axis=0, ddof=1), strict=True)}
    for row in named:
        raw = trend_of(contrast[row])
        assert raw.verdict != "no clear trend"
        points = [SeriesPoint(year=year, value=value) for year, value in zip(YEARS, contrast[row], strict=True)]
        scaled = trend_of([point.value for point in divided(points, deviation)])
        both = trend.with_scaled(raw, scaled)
        assert both.verdict == "no clear trend"
        assert both.scaled.verdict == scaled.verdict
        assert both.slope == raw.slope


def test_a_year_without_spread_is_left_out_of_the_scaled_series():
    points = [SeriesPoint(year=2020, value=1.0), SeriesPoint(year=2021, value=3.0, low=2.0, high=4.0)]
    assert [(p.year, p.value, p.low) for p in divided(points, {2020: 0.0, 2021: 2.0})] == [(2021, 1.5, None)]
