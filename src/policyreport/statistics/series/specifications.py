"""Trends under other sensible choices: whose are singled out, by window, series and dependence (METHODS §7, §16)."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import isnan

from policyreport.data.inputs import Inputs
from policyreport.data.points import AreaSeries, Points, read_series
from policyreport.params.methods import TrendSettings
from policyreport.records.base import Refusal
from policyreport.records.digits import as_published
from policyreport.records.series import RegressionSlope, Trend
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.common.sensitivity import Answer, Axes, Choices, Grid, counted, resting_on, run
from policyreport.statistics.series.lines import estimate_lines
from policyreport.statistics.series.slopes import gls_slope, glsar_slope, hac_slope
from policyreport.statistics.series.trend import OFFICIAL, Verdict, direction, estimate_trend


def trend_specifications(data: Inputs) -> Grid:
    """Count the areas whose growth trend is singled out, by window, series and serial dependence.

    *No clear trend* where there is none.
    """
    growth, lead = (
        read_series("trend_specifications", frame) for frame in (data.series("growth"), data.lead("growth"))
    )
    family = _Family(data, lead, growth.points)
    nation = (row for point in growth.national for row in point.inputs)
    return resting_on(_grid(family), (*family.rows(), *nation))


def score_specifications(data: Inputs) -> tuple[Grid, ...]:
    """Count the same for each governance score, whose series are long; without any trend, its refusal."""
    families = []
    for key in data.roles.governance.indicators:
        own, lead = (read_series(key, frame) for frame in (data.series(key), data.lead(key)))
        families.append(_Family(data, lead, own.points))
    return tuple(resting_on(_grid(family), family.rows()) for family in families)


IN_DEVIATIONS, IN_BOTH = "in standard deviations", "in both scales"
"""Names of a score's series with each year divided by its standard deviation over areas; of both scales together."""
LEARNT = "learnt"
"""The carry-over that all areas' series show together, which the report's verdict requires besides the assumed one."""


@dataclass(frozen=True)
class _Family:
    """One indicator in all areas: each area's series relative to what they share, and its own."""

    data: Inputs
    lead: AreaSeries
    own: Mapping[str, Points]

    @property
    def kinds(self) -> list[str]:
        """The series considered; the report's is last."""
        kind = self.lead.series
        more = [] if self.lead.scaled is None else [f"{kind} {IN_DEVIATIONS}", f"{kind} {IN_BOTH}"]
        named = ["own" if name == "own" else kind for name in self.data.settings.sensitivity.trend_series]
        return [*dict.fromkeys(named), *more]

    @property
    def headline(self) -> str:
        """The series that the report judges."""
        return self.lead.series if self.lead.scaled is None else self.kinds[-1]

    def points(self, kind: str, area: str) -> Points:
        """An area's series, by itself or as a difference."""
        of_kind = self.own if kind == "own" else self.lead.points
        if kind.endswith(IN_DEVIATIONS):
            of_kind = self.lead.scaled or {}
        return of_kind.get(area, ())

    def is_revised(self, trend: Trend) -> bool:
        """Whether the questions were revised within a trend's years."""
        return any(trend.first_year < year <= trend.last_year for year in self.lead.revised)

    def rows(self) -> list[str]:
        """Ledger rows behind all areas' series."""
        return [row for area in self.lead.areas for point in self.own.get(area, ()) for row in point.inputs]


@dataclass(frozen=True)
class _Judged:
    """One window of one series in all areas: trends with p adjusted for all, or why there is none."""

    trends: tuple[Trend, ...]
    adjusted: tuple[float, ...]
    refusal: Refusal | None = None


def _grid(family: _Family) -> Grid:
    """Every window, series and dependence of one family; the axes are those of params/methods.yaml."""
    settings, methods = family.data.settings.sensitivity, family.data.settings.trend
    rhos = {f"carry-over {as_published(rho)}": rho for rho in settings.trend_rhos}

    @cache
    def judged(window: str, kind: str) -> _Judged:
        return _judge(family, window, kind)

    def words(choices: Choices, kind: str) -> dict[str, str] | Refusal:
        of_window = judged(choices["window"], kind)
        return of_window.refusal or _words(methods, of_window, choices["dependence"], rhos)

    def estimate(choices: Choices) -> Answer:
        kind = choices["series"]
        if not kind.endswith(IN_BOTH):
            verdicts = words(choices, kind)
            return verdicts if isinstance(verdicts, Refusal) else counted(list(verdicts.values()), "no clear trend")
        raw, scaled = (words(choices, f"{family.lead.series}{end}") for end in ("", f" {IN_DEVIATIONS}"))
        if isinstance(raw, Refusal):
            return raw
        if isinstance(scaled, Refusal):
            return scaled
        revised = {
            trend.area for trend in judged(choices["window"], family.lead.series).trends if family.is_revised(trend)
        }
        named = [word for area, word in raw.items() if scaled.get(area) == word and area not in revised]
        return counted(named, "no clear trend")

    def basis(choices: Choices) -> Hashable:
        """The years that every area's trend rests on: all years are the official ones where none is preliminary."""
        kind = choices["series"].replace(IN_BOTH, IN_DEVIATIONS)
        trends = judged(choices["window"], kind).trends
        years = tuple((trend.area, tuple((p.year, p.value) for p in trend.window)) for trend in trends)
        return years, choices["series"].endswith(IN_BOTH), choices["dependence"]

    axes: Axes = {
        "window": list(settings.trend_windows),
        "series": family.kinds,
        "dependence": [*rhos, LEARNT, *settings.trend_errors],
    }
    headline = {"window": "all", "series": family.headline, "dependence": LEARNT}
    return run("trend", family.lead.indicator, axes, headline, estimate, basis)


def _judge(family: _Family, window: str, kind: str) -> _Judged:
    """Trends of all areas inside one window, without a condition on dependence."""
    data, lead = family.data, family.lead
    calendar = lead.calendar
    if calendar is not None:
        calendar = {year: segment for year, segment in calendar.items() if year >= _first(window)}
    series = replace(
        lead,
        points={area: _inside(family.points(kind, area), window) for area in lead.areas},
        series="own" if kind == "own" else lead.series,
        unit="points",
        calendar=calendar,
        flags={},
    )
    settings = data.settings.trend.model_copy(update={"gls_rhos": (), "verdict_rho": 0.0})
    results = [estimate_trend(series, area, settings, start=data.policy.date) for area in lead.areas]
    trends = tuple(result for result in results if isinstance(result, Trend))
    if not trends:
        refused = [result for result in results if isinstance(result, Refusal)]
        return _Judged((), (), refused[0] if refused else lead.not_published("trend"))
    adjusted = adjust([trend.p_value for trend in trends], rule="bh")
    return _Judged(trends, tuple(1.0 if p is None else p for p in adjusted))


def _first(window: str) -> int:
    """The first year of a window."""
    return int(window.removeprefix("from ")) if window.startswith("from ") else 0


def _inside(points: Points, window: str) -> Points:
    """The points of a window: from a year on, or official ones only."""
    return tuple(
        point
        for point in points
        if point.year >= _first(window) and (window != "official only" or point.status in OFFICIAL)
    )


def _words(
    settings: TrendSettings, judged: _Judged, dependence: str, rhos: Mapping[str, float]
) -> dict[str, str] | Refusal:
    """Verdicts of the areas that stand out once the slope must also hold under a dependence."""
    if dependence not in (*rhos, LEARNT):
        refused = _too_short(settings, judged.trends, dependence)
        if refused:
            return refused
    level = settings.verdict_level
    pairs = zip(judged.trends, judged.adjusted, strict=True)
    candidates = [trend for trend, p in pairs if max(p, trend.p_value) <= level]
    assumed = settings.verdict_rho if dependence == LEARNT else rhos.get(dependence)
    verdicts = {trend.area: _verdict(settings, trend, dependence, assumed) for trend in candidates}
    named = {area: word for area, word in verdicts.items() if word != "no clear trend"}
    return _by_line(settings, judged.trends, named) if named and dependence == LEARNT else dict(named)


def _by_line(settings: TrendSettings, trends: Sequence[Trend], named: Mapping[str, str]) -> dict[str, str]:
    """Those verdicts whose lines hold under the carry-over that all series show together."""
    windows = [([p.year for p in trend.window], [p.value for p in trend.window]) for trend in trends]
    lines = estimate_lines(windows, settings)
    p_values = adjust([1.0 if isnan(p) else float(p) for p in lines.p_values], rule="bh")
    level = settings.verdict_level
    held = {trend.area for trend, p in zip(trends, p_values, strict=True) if p is not None and p <= level}
    return {area: word for area, word in named.items() if area in held and not lines.wanders}


def _too_short(settings: TrendSettings, trends: Sequence[Trend], errors: str) -> Refusal | None:
    """Why estimated errors are no choice here: every series has too few years for them."""
    n, needed = max(trend.n for trend in trends), settings.hac_from_points
    if n >= needed:
        return None
    return Refusal(code="too-few-points", method="trend", subject=errors, detail=f"{n} of {needed} years")


def _verdict(settings: TrendSettings, trend: Trend, dependence: str, rho: float | None) -> Verdict:
    """The direction of a trend, if its slope holds under one dependence and without unrevised years."""
    years, values = [point.year for point in trend.window], [point.value for point in trend.window]
    slope = gls_slope(years, values, rho) if rho is not None else _estimated(settings, dependence, years, values)
    if isinstance(slope, Refusal):
        return "no clear trend"
    return direction(trend.window, trend.kendall_s, slope.interval, settings)


def _estimated(
    settings: TrendSettings, errors: str, years: Sequence[int], values: Sequence[float]
) -> RegressionSlope | Refusal:
    """A slope with estimated errors: Newey and West's, or an autoregression fitted in turn with the line."""
    if errors == "GLSAR":
        return glsar_slope(years, values, hac_from_points=settings.hac_from_points)
    return hac_slope(years, values, hac_lags=settings.hac_lags, hac_from_points=settings.hac_from_points)
