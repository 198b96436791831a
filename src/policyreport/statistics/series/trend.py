"""Is one annual series rising or falling (METHODS §7); and why has an index that is published in part no trend?"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby
from statistics import median
from typing import Literal

import numpy as np
import pandas as pd

from policyreport.data.points import AreaSeries, read_series, rows_of
from policyreport.params.methods import TrendSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.series import ScaledTrend, SeriesPoint, Trend
from policyreport.statistics.series.kendall import order_test, score, theil_sen
from policyreport.statistics.series.slopes import gls_slope
from policyreport.statistics.series.windows import ends_before

METHOD = "trend"

OFFICIAL = frozenset({"observed", "derived"})
"""Statuses of official years; in a series `derived` is a value harmonised here from observed parts."""

Verdict = Literal["rising", "falling", "no clear trend"]


def estimate_trend(
    series: AreaSeries, area: str, settings: TrendSettings, *, start: date | None = None
) -> Trend | Refusal:
    """Test one area's series for a trend, judged by itself, as `fit_trend` does of a frame.

    Breaks and gaps are judged by the calendar of the series, in which the measure was published for areas in general;
    without one, by the area's own years.
    """
    points = series.points.get(area, ())
    window = select_window(points, series.calendar, series.indicator, settings)
    if isinstance(window, Refusal):
        return window
    years, values = [point.year for point in window], [point.value for point in window]
    test = order_test(values, enumerate_ties_to=settings.enumerate_ties_to)
    slope = theil_sen(years, values)
    deciding = gls_slope(years, values, settings.verdict_rho)
    official = sum(point.status in OFFICIAL for point in window)
    unrevised = official < len(window) and official < settings.conventions.minimum_official_points
    way = direction(window, test.s, deciding.interval, settings)
    raised = {
        "weak": (len(window) < settings.conventions.weak_below, f"{len(window)} points"),
        "unrevised-tail": (unrevised, f"{official} of {len(window)} years are official"),
        "starts-in-shock": (years[0] in settings.conventions.shock_years, str(years[0])),
        "ends-before-policy": (ends_before(window[-1], start), str(years[-1])),
    }
    return Trend(
        area=area,
        indicator=series.indicator,
        series=series.series,
        unit=series.unit,
        points=points,
        first_year=years[0],
        last_year=years[-1],
        n=len(window),
        kendall_s=test.s,
        p_value=test.p_value,
        p_is_exact=test.is_exact,
        smallest_p=test.smallest_p,
        slope=slope.slope,
        slope_interval=slope.interval,
        line=median_line(years, values, slope.slope),
        gls=tuple(gls_slope(years, values, rho) for rho in settings.gls_rhos),
        verdict=way if test.p_value <= settings.verdict_level else "no clear trend",
        flags=series.flags_of([area])
        + tuple(Flag(code=code, detail=text) for code, (is_so, text) in raised.items() if is_so),
        inputs=rows_of(window),
    )


def fit_trend(values: pd.DataFrame, settings: TrendSettings, *, start: date | None = None) -> Trend | Refusal:
    """Test one annual series for a trend, judged by itself, and estimate its slope.

    Parameters
    ----------
    values
        Rows of one area with `year` and `value`, and what else `data.points` lists.
    start
        Day after which a policy could have an effect; a window that ends before it is flagged.

    Returns
    -------
    Trend or Refusal
        Refused: `not-published`, `projection-only`, `too-few-points`, `break-in-series`, `gap-in-series`.

    Notes
    -----
    *Rising* or *falling* if p ≤ `verdict_level`, the GLS interval at `verdict_rho` excludes zero
    on the same side, and the sign of S is the same without preliminary and estimated years.

    References
    ----------
    Mann (1945); Sen (1968); Hollander, Wolfe, Chicken (2014); Lazarus, Lewis, Stock, Watson (2018).

    Examples
    --------
    >>> growth = pd.read_csv("growth.csv")
    >>> fit_trend(growth.query("area == 'Hanoi'"), settings.trend)  # doctest: +SKIP
    """
    series = read_series("fit_trend", values, one=True)
    return estimate_trend(series, next(iter(series.points), ""), settings, start=start)


def direction(window: Sequence[SeriesPoint], kendall_s: int, interval: Interval, settings: TrendSettings) -> Verdict:
    """Name the direction of a series, whatever its p-value.

    *No clear trend* where the slope's interval does not exclude zero on the side of S, or where the sign of S changes
    without unofficial years although there are enough official ones.
    """
    official = [point.value for point in window if point.status in OFFICIAL]
    if len(official) >= settings.conventions.minimum_official_points and np.sign(score(official)) != np.sign(kendall_s):
        return "no clear trend"
    if kendall_s > 0 and interval.low > 0:
        return "rising"
    return "falling" if kendall_s < 0 and interval.high < 0 else "no clear trend"


def median_line(years: Sequence[int], values: Sequence[float], slope: float) -> tuple[float, float]:
    """Place a line of a given slope in a series, with as many points above as below: its first and last value.

    The level is the median of y_i − b (t_i − t_1): Hollander, Wolfe, Chicken (2014), ch. 9.
    """
    start = median(value - slope * (year - years[0]) for year, value in zip(years, values, strict=True))
    return start, start + slope * (years[-1] - years[0])


def with_adjusted_p(trend: Trend, p_adjusted: float, settings: TrendSettings) -> Trend:
    """Judge a trend again as one of a family of areas: *no clear trend* where its adjusted p exceeds the level."""
    verdict = trend.verdict if p_adjusted <= settings.verdict_level else "no clear trend"
    return trend.model_copy(update={"p_adjusted": p_adjusted, "verdict": verdict})


def with_scaled(trend: Trend, scaled: Trend) -> Trend:
    """Require the same verdict of the series in standard deviations over areas, else *no clear trend*.

    `trend` is that of the raw series, `scaled` that of the same years each divided by that year's standard deviation
    over areas; both were judged among all areas.
    """
    kept = {name: getattr(scaled, name) for name in ScaledTrend.model_fields}
    verdict = trend.verdict if trend.verdict == scaled.verdict else "no clear trend"
    return trend.model_copy(update={"scaled": ScaledTrend(**kept), "verdict": verdict})


def with_carry_over(
    trend: Trend, p_value: float, p_adjusted: float, settings: TrendSettings, *, wanders: bool
) -> Trend:
    """Require that the slope holds under the serial correlation that all areas' series show together.

    The p-values are those of its line under that correlation (`lines.estimate_lines`), before and after adjustment for
    all areas. A family that `wanders` cannot be told from drifting series, so that none gets a verdict: *no clear
    trend*, with the flag `wanders`.
    """
    verdict = "no clear trend" if wanders or p_adjusted > settings.verdict_level else trend.verdict
    found = {"carry_over_p": p_value, "carry_over_p_adjusted": p_adjusted, "verdict": verdict}
    flags = trend.flags + ((Flag(code="wanders"),) if wanders and verdict != trend.verdict else ())
    return trend.model_copy(update=found | {"flags": flags})


def select_window(
    points: Sequence[SeriesPoint],
    calendar: Mapping[int, int] | None,
    indicator: str,
    settings: TrendSettings,
) -> tuple[SeriesPoint, ...] | Refusal:
    """Select the points a verdict may rest on: the last segment, or the one before a break that is too recent.

    `points` are in order of years, each once.
    """

    def refuse(code: str, detail: str) -> Refusal:
        return Refusal(code=code, method=METHOD, subject=indicator, detail=detail, inputs=rows_of(points))

    known = [point for point in points if point.status != "projection"]
    if not known:
        return refuse("projection-only" if points else "not-published", "")
    by_year = calendar or {point.year: point.segment for point in known}
    segments = [tuple(years) for _, years in groupby(sorted(by_year), key=by_year.__getitem__)]
    broken = len(segments) > 1
    while len(segments) > 1 and len(segments[-1]) < settings.minimum_after_break:
        segments.pop()
    first, last, possible = segments[-1][0], segments[-1][-1], len(segments[-1])
    window = tuple(point for point in known if first <= point.year <= last)
    n = len(window)
    if n < settings.minimum_points:
        # Where the area's own years are missing, the break is not the obstacle.
        code = "break-in-series" if broken and possible < settings.minimum_points else "too-few-points"
        return refuse(code, f"{n} of {settings.minimum_points} points, {first}–{last}")
    missing = last - first + 1 - n
    if missing > settings.maximum_missing_years:
        return refuse("gap-in-series", f"{missing} years missing, {first}–{last}")
    return window


def refuse_index(observations: pd.DataFrame, indicator: str) -> Refusal:
    """Name the reason, from the marks of quality and the years of an index's published rows.

    `observations` are ledger rows: `indicator`, `period`, `quality`, indexed by row id.
    """
    rows = observations[observations["indicator"] == indicator]
    marks = sorted({mark for text in rows["quality"] for mark in text.split() if mark})
    years = sorted(set(rows["period"]))
    detail = f"published for {', '.join(years)}" if years else ""
    code = next((mark for mark in ("not-a-measurement", "top-n-list") if mark in marks), "")
    if not code:
        code = "too-few-points" if years else "not-published"
    return Refusal(code=code, method="trend", subject=indicator, detail=detail, inputs=tuple(map(str, rows.index)))
