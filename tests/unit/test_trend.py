"""Trend: windows, refusals, flags, verdicts; the slopes beside it; contrasts with a comparator."""

from datetime import date

import pytest
from scipy.stats import norm

from policyreport.data import selection
from policyreport.data.points import AreaSeries, to_frame
from policyreport.errors import DataError
from policyreport.records.base import Refusal
from policyreport.records.series import SeriesPoint
from policyreport.statistics.series import trend
from policyreport.statistics.series.kendall import order_test, theil_sen
from policyreport.statistics.series.slopes import gls_slope, glsar_slope, hac_slope

RISE = (1.0, 2.1, 2.9, 4.2, 5.0, 6.1)


def points_of(values, start=2019, **changes):
    return tuple(SeriesPoint(year=start + i, value=value, **changes) for i, value in enumerate(values))


@pytest.fixture(scope="module")
def assess(methods):
    def estimate(points, flags=(), calendar=None):
        about = {"areas": ("n01",), "indicator": "growth", "unit": "%", "calendar": calendar, "flags": {"n01": flags}}
        series = AreaSeries(points={"n01": tuple(points)}, **about)
        return trend.estimate_trend(series, "n01", methods.trend, start=date(2024, 12, 22))

    return estimate


def codes(result):
    return [flag.code for flag in result.flags]


def test_a_steady_rise_is_rising_and_weak(assess):
    result = assess(points_of(RISE, 2020))
    assert result.verdict == "rising"
    assert codes(result) == ["weak", "starts-in-shock"]
    assert [line.rho for line in result.gls] == [0.0, 0.3, 0.6]


def test_a_steady_fall_is_falling(assess):
    assert assess(points_of([-value for value in RISE])).verdict == "falling"


def test_a_constant_series_has_no_clear_trend_and_no_warning(assess):
    result = assess(points_of([0.1] * 6))
    assert (result.verdict, result.p_value, result.slope) == ("no clear trend", 1.0, 0.0)
    assert result.gls[1].p_value == 1.0


@pytest.mark.parametrize("n", [1, 4])
def test_four_points_are_too_few(n, assess):
    refused = assess(points_of(RISE[:n]))
    assert (refused.code, refused.method, refused.subject) == ("too-few-points", "trend", "growth")


def test_no_point_and_no_measured_point_are_told_apart(assess):
    assert assess(()).code == "not-published"
    assert assess(points_of(RISE, status="projection")).code == "projection-only"


def test_projections_are_drawn_and_never_judged(assess):
    result = assess((*points_of(RISE), SeriesPoint(year=2025, value=-50.0, status="projection")))
    assert (result.n, result.last_year, len(result.points)) == (6, 2024, 7)
    assert result.verdict == "rising"


def test_one_missing_year_is_bridged_and_counts_in_the_slope(assess):
    years = (2018, 2019, 2020, 2022, 2023, 2024)
    result = assess(tuple(SeriesPoint(year=year, value=2.0 * year) for year in years))
    assert result.slope == pytest.approx(2.0)


def test_two_missing_years_are_a_gap(assess):
    years = (2017, 2018, 2019, 2022, 2023, 2024)
    refused = assess(tuple(SeriesPoint(year=year, value=float(year)) for year in years))
    assert (refused.code, refused.detail) == ("gap-in-series", "2 years missing, 2017–2024")


def test_a_long_segment_after_a_break_is_the_window(assess):
    result = assess(points_of((9.0, 8.0, 7.0), 2016, segment=0) + points_of(RISE, 2019, segment=1))
    assert (result.first_year, result.n, result.verdict) == (2019, 6, "rising")


def test_three_or_four_points_after_a_break_are_refused(assess):
    refused = assess(points_of(RISE, 2015, segment=0) + points_of((1.0, 2.0, 3.0), 2021, segment=1))
    assert (refused.code, refused.detail) == ("break-in-series", "3 of 5 points, 2021–2023")


def test_two_points_after_a_break_leave_the_segment_before_as_the_window(assess):
    result = assess(points_of(RISE, 2018, segment=0) + points_of((9.0, 0.0), 2024, segment=1))
    assert (result.last_year, result.n, len(result.points)) == (2023, 6, 8)
    assert "ends-before-policy" in codes(result)


def test_a_short_segment_before_a_recent_break_is_refused_as_broken(assess):
    refused = assess(points_of(RISE[:4], 2020, segment=0) + points_of((9.0,), 2024, segment=1))
    assert refused.code == "break-in-series"


def test_a8_a_figure_is_after_the_policy_only_if_its_whole_year_is(assess):
    assert "ends-before-policy" in codes(assess(points_of(RISE, 2018)))
    assert "ends-before-policy" in codes(assess(points_of(RISE, 2019)))  # to 2024; the policy is of 22 December 2024
    assert "ends-before-policy" not in codes(assess(points_of(RISE, 2020)))


def test_a8_a_survey_is_after_the_policy_only_if_its_fieldwork_is(assess):
    *before, last = points_of(RISE, 2020)
    for begun, after in ((date(2024, 12, 1), False), (date(2025, 2, 1), True)):
        found = assess([*before, last.model_copy(update={"begun": begun})])
        assert ("ends-before-policy" not in codes(found)) is after


def test_twelve_points_are_not_weak(assess):
    assert "weak" not in codes(assess(points_of(range(12), 2013)))


def test_a_direction_that_hangs_on_estimates_gets_no_verdict(assess):
    official = points_of((3.0, 2.9, 2.8, 2.7, 2.6), 2010)
    later = points_of(range(10, 21), 2015, status="estimate")
    result = assess(official + later)
    assert result.p_value <= 0.05
    assert result.gls[1].interval.low > 0
    assert result.verdict == "no clear trend"
    assert "unrevised-tail" not in codes(result)


def test_few_official_years_raise_the_flag_of_an_unrevised_tail(assess):
    points = points_of(RISE[:4]) + points_of(RISE[4:], 2023, status="preliminary")
    result = assess(points)
    assert "unrevised-tail" in codes(result)
    assert result.verdict == "rising"


def test_a_line_that_could_be_carry_over_gets_no_verdict(assess):
    bent = (0.0, 0.1, 0.2, 0.3, 0.4, 50.0)
    result = assess(points_of(bent))
    assert result.p_value <= 0.05
    assert result.gls[1].interval.low < 0
    assert result.verdict == "no clear trend"


def test_a_year_that_occurs_twice_is_an_error(methods):
    twice = to_frame({"n01": points_of(RISE) + points_of((1.0,))}, indicator="growth")
    with pytest.raises(DataError, match="two for 2019"):
        trend.fit_trend(twice, methods.trend)


def test_what_the_caller_knows_of_the_series_stays_beside_the_result(assess):
    assert codes(assess(points_of(RISE), flags=("back-cast",)))[0] == "back-cast"


def test_the_familys_adjustment_can_take_a_verdict_away(methods, assess):
    rising = assess(points_of(RISE))
    assert trend.with_adjusted_p(rising, 0.04, methods.trend).verdict == "rising"
    adjusted = trend.with_adjusted_p(rising, 0.06, methods.trend)
    assert (adjusted.verdict, adjusted.p_adjusted) == ("no clear trend", 0.06)


def test_rows_behind_the_window_are_named_once(assess):
    points = tuple(point.model_copy(update={"inputs": ("b", f"a{i}")}) for i, point in enumerate(points_of(RISE)))
    assert assess(points).inputs == ("a0", "a1", "a2", "a3", "a4", "a5", "b")


def test_an_order_and_a_slope_need_points():
    with pytest.raises(ValueError, match="two values"):
        order_test([1.0], enumerate_ties_to=8)
    with pytest.raises(ValueError, match="five points"):
        theil_sen(range(4), range(4))


def test_specification_rows_need_twelve_points():
    for refused in (
        hac_slope(range(11), range(11), hac_lags=1, hac_from_points=12),
        glsar_slope(range(11), range(11), hac_from_points=12),
    ):
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.detail) == ("too-few-points", "11 of 12 years")


def test_an_autoregression_on_a_line_does_not_converge():
    assert glsar_slope(range(12), range(12), hac_from_points=12).code == "no-convergence"


def test_an_autoregression_gives_a_slope():
    wavy = [0.5 * i + (1.0, 2.0, -0.5, 0.3)[i % 4] for i in range(16)]
    line = glsar_slope(range(16), wavy, hac_from_points=12)
    assert line.interval.low < 0.5 < line.interval.high


def test_points_on_a_line_have_an_interval_of_no_width():
    line = gls_slope(range(6), [5.0] * 6, 0.3)
    assert (line.slope, line.standard_error, line.p_value) == (0.0, 0.0, 1.0)


def test_a_contrast_keeps_common_years_the_less_settled_status_and_both_breaks():
    own = points_of((5.0, 6.0, 7.0), 2020, inputs=("own",))
    other = (
        SeriesPoint(year=2021, value=2.0, segment=0, status="estimate", inputs=("other",)),
        SeriesPoint(year=2022, value=4.0, segment=1),
    )
    difference = selection.minus(own, other)
    assert [(point.year, point.value, point.segment) for point in difference] == [
        (2021, 4.0, 0),
        (2022, 3.0, 1),
    ]
    assert difference[0].status == "estimate"
    assert difference[0].inputs == ("own", "other")


def test_an_index_is_100_where_both_are_equal_and_carries_the_range_of_parts():
    own = (SeriesPoint(year=2020, value=3.0, low=2.0, high=4.0),)
    index = selection.index(own, (SeriesPoint(year=2020, value=4.0),))[0]
    assert (index.value, index.low, index.high) == (75.0, 50.0, 100.0)


def test_an_area_that_missed_the_years_after_a_break_is_not_asked_about_those_before(assess):
    calendar = {year: int(year > 2017) for year in range(2012, 2024)}
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    own = [
        SeriesPoint(year=year, value=value, segment=calendar[year])
        for year, value in zip((*range(2012, 2018), 2018), values, strict=True)
    ]
    assert assess(own).last_year == 2017
    refused = assess(own, calendar=calendar)
    assert (refused.code, refused.detail) == ("too-few-points", "1 of 5 points, 2018–2023")


def test_years_missing_at_the_end_of_what_was_published_are_a_gap_too(assess):
    own = [SeriesPoint(year=year, value=float(year)) for year in range(2011, 2021)]
    assert assess(own).last_year == 2020
    refused = assess(own, calendar=dict.fromkeys(range(2011, 2024), 0))
    assert (refused.code, refused.detail) == ("gap-in-series", "3 years missing, 2011–2023")


def test_a_survey_too_young_since_its_break_is_refused_as_broken_for_every_area(assess):
    calendar = {year: int(year > 2020) for year in range(2011, 2024)}
    own = [SeriesPoint(year=year, value=float(year), segment=calendar[year]) for year in range(2011, 2022)]
    assert assess(own, calendar=calendar).code == "break-in-series"


def test_the_line_of_a_trend_has_as_many_points_above_as_below(assess):
    values = [1.0, 9.0, 2.0, 3.5, 3.0, 6.0]
    result = assess([SeriesPoint(year=2020 + at, value=value) for at, value in enumerate(values)])
    start, end = result.line
    assert end - start == pytest.approx(5 * result.slope)
    off = [value - start - at * result.slope for at, value in enumerate(values)]
    assert sum(each > 1e-9 for each in off) == sum(each < -1e-9 for each in off)


def test_the_line_of_points_on_a_line_is_that_line(assess):
    result = assess([SeriesPoint(year=year, value=0.5 * year) for year in (2015, 2016, 2018, 2019, 2020)])
    assert result.line == pytest.approx((1007.5, 1010.0))


@pytest.mark.parametrize(("years", "exact"), [(8, True), (9, False), (13, False)])
def test_s20_10_ties_in_a_long_series_leave_an_approximate_p(years, exact):
    """METHODS §20.10; the approximation is that of §7, recomputed here with scipy's Kendall tau."""
    values = [*range(years - 1), years - 2]
    test = order_test(values, enumerate_ties_to=8)
    assert test.is_exact == exact
    if not exact:
        n, s = years, years * (years - 1) // 2 - 1
        variance = (n * (n - 1) * (2 * n + 5) - 2 * 1 * 9) / 18
        assert test.s == s
        assert test.p_value == pytest.approx(2 * norm.sf((s - 1) / variance**0.5), rel=1e-12)


def test_without_ties_the_p_of_a_long_series_is_exact():
    assert order_test(range(13), enumerate_ties_to=8).is_exact
