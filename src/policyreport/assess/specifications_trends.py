"""Trends under other sensible choices: whose are singled out, by window, series and dependence (METHODS §7, §16)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from policyreport.assess.selection import not_published, role_series, series
from policyreport.assess.series import (
    Contrast,
    current_areas,
    governance_contrasts,
    growth_contrast,
    trend_settings,
)
from policyreport.assess.specifications_areas import Axes, Spec, counted, resting_on
from policyreport.digits import as_published
from policyreport.inputs import Inputs
from policyreport.methods import trend as trend_method
from policyreport.methods.multiplicity import adjust
from policyreport.methods.sensitivity import Answer, Choices, run
from policyreport.methods.slopes import gls_slope, glsar_slope, hac_slope
from policyreport.records.base import Refusal
from policyreport.records.series import RegressionSlope, SeriesPoint, Trend

Points = tuple[SeriesPoint, ...]


def trend_specifications(inputs: Inputs) -> Spec:
    """Count the areas whose growth trend is singled out, by window, series and serial dependence.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.

    Returns
    -------
    Sensitivity or Refusal
        Estimates are numbers of areas; *no clear trend* where there is none.
    """
    role = inputs.roles.growth
    family = _Family(inputs, growth_contrast(inputs), lambda area: role_series(inputs, area, role))
    nation = (row for point in role_series(inputs, inputs.roles.nation, role) for row in point.inputs)
    return resting_on(_grid(inputs, family), (*family.rows(), *nation))


def score_specifications(inputs: Inputs) -> tuple[Spec, ...]:
    """Count the same for each governance score, whose series are the long ones.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.

    Returns
    -------
    tuple of Sensitivity or Refusal
        One a score; a score without any trend gives its refusal.
    """
    measure = inputs.roles.governance.measure
    families = [
        _Family(inputs, each, lambda area, key=each.indicator: series(inputs, area, key, measure))  # type: ignore[misc]
        for each in governance_contrasts(inputs)
    ]
    return tuple(resting_on(_grid(inputs, family), family.rows()) for family in families)


@dataclass(frozen=True)
class _Family:
    """One indicator in all areas: each area's own series, and what it is held against."""

    inputs: Inputs
    contrast: Contrast
    own: Callable[[str], Points]

    def points(self, kind: str, area: str) -> Points:
        """An area's series, by itself or as a difference."""
        return self.own(area) if kind == "own" else self.contrast.points(area)

    def rows(self) -> list[str]:
        """Ledger rows behind all areas' series."""
        return [row for area in current_areas(self.inputs) for point in self.own(area) for row in point.inputs]


@dataclass(frozen=True)
class _Judged:
    """One window of one series in all areas: trends with p adjusted for all, or why there is none."""

    trends: tuple[Trend, ...]
    adjusted: tuple[float, ...]
    refusal: Refusal | None = None


def _grid(inputs: Inputs, family: _Family) -> Spec:
    """Every window, series and dependence of one family; the axes are those of params/methods.yaml."""
    settings = inputs.settings.sensitivity
    rhos = {f"ρ {as_published(rho)}": rho for rho in settings.trend_rhos}
    kinds = ["own" if kind == "own" else family.contrast.kind for kind in settings.trend_series]

    @cache
    def judged(window: str, kind: str) -> _Judged:
        return _judge(family, window, kind)

    def estimate(choices: Choices) -> Answer:
        found = judged(choices["window"], choices["series"])
        if found.refusal:
            return found.refusal
        return _answer(inputs, found, choices["dependence"], rhos)

    def basis(choices: Choices) -> Hashable:
        """The years that every area's trend rests on: all years are the official ones where none is preliminary."""
        found = judged(choices["window"], choices["series"])
        years = tuple((each.area, tuple((point.year, point.value) for point in each.window)) for each in found.trends)
        return years, choices["dependence"]

    axes: Axes = {
        "window": list(settings.trend_windows),
        "series": list(dict.fromkeys(kinds)),
        "dependence": [*rhos, *settings.trend_errors],
    }
    headline = {
        "window": "all",
        "series": family.contrast.kind,
        "dependence": f"ρ {as_published(inputs.settings.trend.verdict_rho)}",
    }
    return run("trend", family.contrast.indicator, axes, headline, estimate, basis)


def _judge(family: _Family, window: str, kind: str) -> _Judged:
    """Trends of all areas inside one window, without a condition on dependence."""
    inputs, contrast = family.inputs, family.contrast
    calendar = contrast.calendar
    if calendar is not None:
        calendar = {year: segment for year, segment in calendar.items() if year >= _first(window)}
    found = [
        trend_method.assess(
            _inside(family.points(kind, area), window),
            area=area,
            indicator=contrast.indicator,
            series="own" if kind == "own" else contrast.kind,
            unit="points",
            calendar=calendar,
            **trend_settings(inputs) | {"gls_rhos": (), "verdict_rho": 0.0},
        )
        for area in current_areas(inputs)
    ]
    trends = tuple(each for each in found if isinstance(each, Trend))
    if not trends:
        refused = [each for each in found if isinstance(each, Refusal)]
        return _Judged((), (), refused[0] if refused else not_published("trend", contrast.indicator))
    adjusted = adjust([each.p_value for each in trends], rule="bh")
    return _Judged(trends, tuple(1.0 if p is None else p for p in adjusted))


def _first(window: str) -> int:
    """The first year of a window."""
    return int(window.removeprefix("from ")) if window.startswith("from ") else 0


def _inside(points: Points, window: str) -> Points:
    """The points of a window: from a year on, or official ones only."""
    return tuple(
        point
        for point in points
        if point.year >= _first(window) and (window != "official only" or point.status in trend_method.OFFICIAL)
    )


def _answer(inputs: Inputs, found: _Judged, dependence: str, rhos: Mapping[str, float]) -> Answer:
    """How many areas are singled out once the slope must hold under a dependence too."""
    if dependence not in rhos:
        refused = _too_short(inputs, found.trends, dependence)
        if refused:
            return refused
    level = inputs.settings.trend.verdict_level
    candidates = [each for each, p in zip(found.trends, found.adjusted, strict=True) if max(p, each.p_value) <= level]
    words = [_verdict(inputs, each, dependence, rhos.get(dependence)) for each in candidates]
    return counted([word for word in words if word != "no clear trend"], "no clear trend")


def _too_short(inputs: Inputs, trends: Sequence[Trend], errors: str) -> Refusal | None:
    """Why estimated errors are no choice here: every series has too few years for them."""
    n, needed = max(each.n for each in trends), inputs.settings.trend.hac_from_points
    if n >= needed:
        return None
    return Refusal(code="too-few-points", method="trend", subject=errors, detail=f"{n} of {needed} years")


def _verdict(inputs: Inputs, each: Trend, dependence: str, rho: float | None) -> trend_method.Verdict:
    """The direction of a trend, if its slope holds under one dependence and without unrevised years."""
    years, values = [point.year for point in each.window], [point.value for point in each.window]
    slope = gls_slope(years, values, rho) if rho is not None else _estimated(inputs, dependence, years, values)
    if isinstance(slope, Refusal):
        return "no clear trend"
    enough = inputs.settings.conventions.minimum_official_points
    return trend_method.direction(each.window, each.kendall_s, slope.interval, minimum_official_points=enough)


def _estimated(inputs: Inputs, errors: str, years: Sequence[int], values: Sequence[float]) -> RegressionSlope | Refusal:
    """A slope with estimated errors: Newey and West's, or an autoregression fitted in turn with the line."""
    settings = inputs.settings.trend
    if errors == "GLSAR":
        return glsar_slope(years, values, hac_from_points=settings.hac_from_points)
    return hac_slope(years, values, hac_lags=settings.hac_lags, hac_from_points=settings.hac_from_points)
