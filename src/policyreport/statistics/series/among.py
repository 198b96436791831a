"""Trends judged among all areas: by order, by the line under their common serial correlation, and in both scales."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from policyreport.data.points import AreaSeries, Points, read_series
from policyreport.params.methods import TrendSettings
from policyreport.records.base import Flag, Refusal
from policyreport.records.series import FamilyMember, Trend, TrendFamily
from policyreport.statistics.common.multiplicity import adjust, count_needed
from policyreport.statistics.series.kendall import order_test
from policyreport.statistics.series.lines import estimate_lines
from policyreport.statistics.series.trend import (
    estimate_trend,
    select_window,
    with_adjusted_p,
    with_carry_over,
    with_scaled,
)

NO_TREND = "no clear trend"
Adjusted = Mapping[str, float]


def fit_trend_among(
    values: pd.DataFrame, area: str, settings: TrendSettings, *, start: date | None = None
) -> Trend | Refusal:
    """Test one area's series for a trend, judged among all areas; for the others only p-values are computed.

    Parameters
    ----------
    values
        Rows of all areas with `area`, `year` and `value`, and what else `data.points` lists: usually each minus what
        all areas share. With `scaled`, a trend must hold in that scale too.
    area
        In the frame, or one of its `attrs["areas"]` (else DataError).
    start
        Day after which a policy could have an effect; a window that ends before it is flagged.

    Returns
    -------
    Trend or Refusal
        See `fit_trend`. *No clear trend* also where Benjamini and Hochberg's p over all areas exceeds the
        level, where the line does not hold under the areas' common serial correlation, and across a year in which
        a survey changed some questions (flag `questions-revised`).
    """
    series = read_series("fit_trend_among", values)
    series.require("fit_trend_among", area)
    family = _Family(series, settings, start)
    trend = family.by_order(area, family.order_p_values())
    if isinstance(trend, Refusal):
        return trend
    if scaled := family.in_deviations:
        trend = scaled.holds_for(trend, scaled.order_p_values())
    # Lines are slower to compute than orders, and cannot give a verdict where those gave none.
    if trend.verdict != NO_TREND:
        trend = family.by_line(trend, family.lines())
    return family.by_questions(trend)


def find_trends(values: pd.DataFrame, settings: TrendSettings, *, start: date | None = None) -> TrendFamily | Refusal:
    """Count the areas whose trend stands out among all, and name them.

    `values` is as for `fit_trend_among`, whose verdicts these are. Where every area is refused, the result is the
    refusal that most of them share.
    """
    series = read_series("find_trends", values)
    family = _Family(series, settings, start)
    adjusted = family.order_p_values()
    results = [family.by_order(area, adjusted, brief=True) for area in series.areas]
    tested = [result for result in results if isinstance(result, Trend)]
    if not tested:
        refused = [result for result in results if isinstance(result, Refusal)]
        codes = [refusal.code for refusal in refused]
        most = refused[codes.index(max(codes, key=codes.count))]
        return most.model_copy(update={"subject": series.indicator})
    lines, named = family.lines(), [trend for trend in tested if trend.verdict != NO_TREND]
    judged = [family.by_line(trend, lines) for trend in named]
    if scaled := family.in_deviations:
        scaled_p = scaled.order_p_values()
        judged = [scaled.holds_for(trend, scaled_p) for trend in judged]
    judged = [family.by_questions(trend) for trend in judged]
    # Ties can only raise the smallest p a series can reach, so the minimum is that of the years alone.
    smallest = min(trend.smallest_p for trend in tested)
    return TrendFamily(
        indicator=series.indicator,
        series=series.series,
        unit=tested[0].unit,
        areas=len(results),
        tested=len(tested),
        first_year=min(trend.first_year for trend in tested),
        last_year=max(trend.last_year for trend in tested),
        n=max(trend.n for trend in tested),
        smallest_p=smallest,
        needed=count_needed(smallest, len(tested), level=settings.verdict_level),
        carry_over=lines.carry_over,
        wandering=lines.wandering,
        by_order_alone=len(named),
        singled_out=tuple(
            FamilyMember(
                area=trend.area,
                verdict=trend.verdict,
                slope=trend.slope,
                p_value=trend.p_value,
                p_is_exact=trend.p_is_exact,
                p_adjusted=trend.p_adjusted or 0.0,
                inputs=trend.inputs,
            )
            for trend in judged
            if trend.verdict != NO_TREND
        ),
        inputs=tuple(sorted({row for trend in tested for row in trend.inputs})),
    )


@dataclass(frozen=True)
class _Lines:
    """P-values of all areas' lines under their common serial correlation, before and after adjustment."""

    p_values: Mapping[str, float]
    adjusted: Adjusted
    carry_over: float
    wandering: float
    wanders: bool

    def or_larger(self, other: _Lines) -> _Lines:
        """What holds in both families: the larger p-values."""
        return _Lines(
            {area: max(p, other.p_values.get(area, 1.0)) for area, p in self.p_values.items()},
            {area: max(p, other.adjusted.get(area, 1.0)) for area, p in self.adjusted.items()},
            max(self.carry_over, other.carry_over),
            max(self.wandering, other.wandering),
            self.wanders or other.wanders,
        )


@dataclass(frozen=True)
class _Family:
    """The series of all areas in one scale."""

    series: AreaSeries
    settings: TrendSettings
    start: date | None

    @property
    def in_deviations(self) -> _Family | None:
        """The same series in standard deviations over areas; None where the frame has none."""
        if self.series.scaled is None:
            return None
        return replace(self, series=replace(self.series, points=self.series.scaled, scaled=None))

    @cached_property
    def windows(self) -> dict[str, Points | Refusal]:
        """The points of every area that a verdict may rest on, or why it has none."""
        points, calendar, indicator = self.series.points, self.series.calendar, self.series.indicator
        return {
            area: select_window(points.get(area, ()), calendar, indicator, self.settings) for area in self.series.areas
        }

    def order_p_values(self) -> Adjusted:
        """Adjust the exact p of every area's series; areas whose trend is refused are left out."""
        p_values = {
            area: order_test([p.value for p in window], enumerate_ties_to=self.settings.enumerate_ties_to).p_value
            for area, window in self.windows.items()
            if not isinstance(window, Refusal)
        }
        return dict(zip(p_values, _adjusted(p_values.values()), strict=True))

    def by_order(self, area: str, adjusted: Adjusted, *, brief: bool = False) -> Trend | Refusal:
        """Fit one area's series, with its exact p adjusted for all areas.

        `brief` omits the lines that are shown next to it and decide nothing.
        """
        settings = self.settings.model_copy(update={"gls_rhos": ()}) if brief else self.settings
        trend = estimate_trend(self.series, area, settings, start=self.start)
        if isinstance(trend, Refusal) or area not in adjusted:
            return trend
        return with_adjusted_p(trend, adjusted[area], self.settings)

    def holds_for(self, trend: Trend, adjusted: Adjusted) -> Trend:
        """Require that another scale's trend also holds in this one."""
        scaled = self.by_order(trend.area, adjusted, brief=True)
        return trend if isinstance(scaled, Refusal) else with_scaled(trend, scaled)

    def by_line(self, trend: Trend, lines: _Lines) -> Trend:
        """Require that a trend holds under the common serial correlation."""
        p_value, adjusted = lines.p_values.get(trend.area, 1.0), lines.adjusted.get(trend.area, 1.0)
        return with_carry_over(trend, p_value, adjusted, self.settings, wanders=lines.wanders)

    def by_questions(self, trend: Trend) -> Trend:
        """Report no trend across years in which a survey changed some of its questions, and flag the change."""
        revised = [year for year in self.series.revised if trend.first_year < year <= trend.last_year]
        if not revised:
            return trend
        flag = Flag(code="questions-revised", detail=", ".join(map(str, revised)))
        return trend.model_copy(update={"verdict": NO_TREND, "flags": (*trend.flags, flag)})

    def lines(self) -> _Lines:
        """Test the lines of all series under their common serial correlation, in both scales.

        Only areas whose trend is not refused are included.
        """
        windows = {area: window for area, window in self.windows.items() if not isinstance(window, Refusal)}
        values = [([point.year for point in window], [point.value for point in window]) for window in windows.values()]
        estimated = estimate_lines(values, self.settings)
        p_values = [float(p) if np.isfinite(p) else 1.0 for p in estimated.p_values]
        lines = _Lines(
            dict(zip(windows, p_values, strict=True)),
            dict(zip(windows, _adjusted(p_values), strict=True)),
            estimated.carry_over.mean,
            estimated.wandering,
            estimated.wanders,
        )
        scaled = self.in_deviations
        return lines.or_larger(scaled.lines()) if scaled else lines


def _adjusted(p_values: Iterable[float]) -> list[float]:
    """Benjamini and Hochberg's p of tests none of which was refused."""
    return [1.0 if p is None else p for p in adjust(list(p_values), rule="bh")]
