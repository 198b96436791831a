"""What trends are fitted to: growth and scores of every area, relative to what all areas share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.series import SeriesPoint, Trend
from policyreport.statistics.assess.selection import (
    boundary_flags,
    mean_of_areas,
    not_published,
    role_series,
    series,
    spread_of_areas,
)
from policyreport.statistics.series import trend as trend_method
from policyreport.statistics.series.contrasts import divided, minus

Points = tuple[SeriesPoint, ...]


@dataclass(frozen=True)
class Contrast:
    """One indicator's series of an area, relative to what all areas share.

    `calendar` gives the years by which breaks and gaps are judged, where those are not the area's own. `scaled` gives
    the same series in standard deviations over areas, for scores whose own scale is not comparable over time.
    """

    indicator: str
    kind: trend_method.Series
    points: Callable[[str], Points]
    calendar: Mapping[int, int] | None = None
    scaled: Callable[[str], Points] | None = None

    @property
    def in_deviations(self) -> Contrast:
        """The scaled series as a contrast of its own."""
        if self.scaled is None:
            raise ValueError(f"{self.indicator} is not scaled")
        return replace(self, points=self.scaled, scaled=None)


def growth_contrast(inputs: Inputs) -> Contrast:
    """Subtract national growth from each area's, in percentage points."""
    role = inputs.roles.growth
    national = role_series(inputs, inputs.roles.nation, role)
    return Contrast(role.indicator, "minus nation", lambda area: minus(role_series(inputs, area, role), national))


def governance_contrasts(inputs: Inputs) -> tuple[Contrast, ...]:
    """Subtract the areas' mean from each area's governance scores, one contrast per dimension."""
    areas = inputs.provinces
    contrasts = []
    for key in inputs.roles.governance.indicators:
        scores = {area: series(inputs, area, key, inputs.roles.governance.measure) for area in areas}
        mean = mean_of_areas(inputs, scores.values())
        # Breaks and gaps are those of the survey: an area with fewer years is not judged on older ones.
        years = {point.year: point.segment for point in mean}
        differences = {area: minus(points, mean) for area, points in scores.items()}
        spread = spread_of_areas(scores.values(), years)
        scaled = {area: divided(points, spread) for area, points in differences.items()}
        contrasts.append(Contrast(key, "minus mean", differences.__getitem__, years, scaled.__getitem__))
    return tuple(contrasts)


def trend_of(inputs: Inputs, contrast: Contrast, area: str, *, brief: bool = False) -> Trend | Refusal:
    """Fit one area's contrast, with its raw p-value and the flags of its boundaries.

    `brief` omits the lines that are shown next to it and decide nothing.
    """
    points = contrast.points(area)
    if not points:
        return not_published("trend", contrast.indicator)
    unit = inputs.indicators.get(contrast.indicator).unit
    settings = inputs.settings.trend
    points_of = "percentage points" if unit.startswith("%") else "score points"
    return trend_method.estimate_trend(
        points,
        settings.model_copy(update={"gls_rhos": ()}) if brief else settings,
        area=area,
        indicator=contrast.indicator,
        series=contrast.kind,
        unit=unit if contrast.kind == "own" else points_of,
        start=inputs.policy.date,
        calendar=contrast.calendar,
        flags=boundary_flags(inputs, [area], contrast.indicator),
    )
