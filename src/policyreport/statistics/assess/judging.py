"""One area's trend judged among all areas: by order, by the line under their carry-over, and in both scales."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from policyreport.data.inputs import Inputs
from policyreport.records.base import Flag, Refusal
from policyreport.records.series import Trend
from policyreport.statistics.assess.contrasts import Contrast, trend_of
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.series import trend as trend_method
from policyreport.statistics.series.lines import estimate_lines

Adjusted = Mapping[str, float]


@dataclass(frozen=True)
class FamilyLines:
    """P-values of all areas' lines under their common carry-over, before and after adjustment."""

    p_values: Mapping[str, float]
    adjusted: Adjusted
    carry_over: float
    wandering: float
    wanders: bool

    def or_larger(self, other: FamilyLines) -> FamilyLines:
        """What holds in both families: the larger p-values."""
        return FamilyLines(
            {area: max(p, other.p_values.get(area, 1.0)) for area, p in self.p_values.items()},
            {area: max(p, other.adjusted.get(area, 1.0)) for area, p in self.adjusted.items()},
            max(self.carry_over, other.carry_over),
            max(self.wandering, other.wandering),
            self.wanders or other.wanders,
        )


def judged_alone(inputs: Inputs, contrast: Contrast) -> Trend | Refusal:
    """Fit the slice's own area and judge it among all areas; for the others only p-values are computed."""
    trend = judged_by_order(inputs, contrast, inputs.area, order_p_values(inputs, contrast))
    if isinstance(trend, Refusal):
        return trend
    if contrast.scaled is not None:
        trend = judged_in_deviations(inputs, contrast, trend, order_p_values(inputs, contrast.in_deviations))
    # Lines are slower to compute than orders, and cannot give a verdict where those gave none.
    if trend.verdict != "no clear trend":
        trend = judged_by_line(inputs, trend, family_lines(inputs, contrast))
    return judged_by_questions(inputs, trend)


def order_p_values(inputs: Inputs, contrast: Contrast) -> Adjusted:
    """Adjust the exact p of every area's series; areas whose trend is refused are left out."""
    settings = inputs.settings.trend
    areas = inputs.provinces
    p_values = [
        trend_method.exact_p(contrast.points(area), settings, indicator=contrast.indicator, calendar=contrast.calendar)
        for area in areas
    ]
    return {area: p for area, p in zip(areas, adjust(p_values, rule="bh"), strict=True) if p is not None}


def judged_by_order(
    inputs: Inputs, contrast: Contrast, area: str, adjusted: Adjusted, *, brief: bool = False
) -> Trend | Refusal:
    """Fit one area's series, with its exact p adjusted for all areas.

    `brief` omits lines that decide nothing.
    """
    trend = trend_of(inputs, contrast, area, brief=brief)
    if isinstance(trend, Refusal) or area not in adjusted:
        return trend
    return trend_method.with_adjusted_p(trend, adjusted[area], inputs.settings.trend)


def judged_in_deviations(inputs: Inputs, contrast: Contrast, trend: Trend, adjusted: Adjusted) -> Trend:
    """Require that a trend also holds in standard deviations over areas."""
    scaled = judged_by_order(inputs, contrast.in_deviations, trend.area, adjusted, brief=True)
    return trend if isinstance(scaled, Refusal) else trend_method.with_scaled(trend, scaled)


def judged_by_line(inputs: Inputs, trend: Trend, lines: FamilyLines) -> Trend:
    """Require that a trend holds under the carry-over of its family."""
    return trend_method.with_carry_over(
        trend,
        lines.p_values.get(trend.area, 1.0),
        lines.adjusted.get(trend.area, 1.0),
        inputs.settings.trend,
        wanders=lines.wanders,
    )


def judged_by_questions(inputs: Inputs, trend: Trend) -> Trend:
    """Report no trend across years in which a survey changed some of its questions, and flag the change."""
    revised = inputs.indicators.get(trend.indicator).revised_within(trend.first_year, trend.last_year)
    if not revised:
        return trend
    flag = Flag(code="questions-revised", detail=", ".join(map(str, revised)))
    return trend.model_copy(update={"verdict": "no clear trend", "flags": (*trend.flags, flag)})


def family_lines(inputs: Inputs, contrast: Contrast) -> FamilyLines:
    """Test the lines of all areas' series under their common carry-over, in both scales.

    Only areas whose trend is not refused are included.
    """
    settings = inputs.settings.trend
    windows = {}
    for area in inputs.provinces:
        window = trend_method.select_window(contrast.points(area), contrast.calendar, contrast.indicator, settings)
        if not isinstance(window, Refusal):
            windows[area] = ([point.year for point in window], [point.value for point in window])
    estimated = estimate_lines(list(windows.values()), settings)
    p_values = [float(p) if np.isfinite(p) else 1.0 for p in estimated.p_values]
    adjusted = [1.0 if p is None else p for p in adjust(p_values, rule="bh")]
    lines = FamilyLines(
        dict(zip(windows, p_values, strict=True)),
        dict(zip(windows, adjusted, strict=True)),
        estimated.carry_over.mean,
        estimated.wandering,
        estimated.wanders,
    )
    return lines if contrast.scaled is None else lines.or_larger(family_lines(inputs, contrast.in_deviations))
