"""Trends of growth, income and governance of one area, judged as one of all areas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policyreport.assess.selection import boundary_flags, mean_of_areas, not_published, role_series, series
from policyreport.inputs import Inputs
from policyreport.methods import trend as trend_method
from policyreport.methods.contrasts import index, minus
from policyreport.methods.multiplicity import adjust
from policyreport.records.base import Refusal
from policyreport.records.series import SeriesPoint, Trend

Points = tuple[SeriesPoint, ...]


@dataclass(frozen=True)
class Contrast:
    """What is trended of one indicator: an area's series against what all areas share.

    `calendar` gives the years by which breaks and gaps are judged, where those are not the area's own.
    """

    indicator: str
    kind: trend_method.Series
    points: Callable[[str], Points]
    calendar: Mapping[int, int] | None = None


def growth(inputs: Inputs) -> tuple[Trend | Refusal, ...]:
    """Trend the area's growth: minus the nation's, judged among all areas, then by itself.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice, holding every area's panel.

    Returns
    -------
    tuple of Trend or Refusal
        "minus nation" and "own"; the nation itself has only "own".
    """
    role, nation = inputs.roles.growth, inputs.roles.nation
    own = _one(inputs, inputs.area, role.indicator, "own", role_series(inputs, inputs.area, role))
    if inputs.area == nation:
        return (own,)
    return _of_family(inputs, growth_contrast(inputs)), own


def income(inputs: Inputs) -> tuple[Trend | Refusal, ...]:
    """Trend the area's income as an index of the nation's; levels in current prices are never trended.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Trend or Refusal
        One result, judged among all areas.
    """
    return (_of_family(inputs, income_contrast(inputs)),)


def governance(inputs: Inputs) -> tuple[Trend | Refusal, ...]:
    """Trend each governance score against the mean of the areas, inside one set of questions.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Trend or Refusal
        One per dimension, judged among all areas.
    """
    return tuple(_of_family(inputs, each) for each in governance_contrasts(inputs))


def growth_contrast(inputs: Inputs) -> Contrast:
    """Take the nation's growth from each area's.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.

    Returns
    -------
    Contrast
        In percentage points.
    """
    role = inputs.roles.growth
    national = role_series(inputs, inputs.roles.nation, role)
    return Contrast(role.indicator, "minus nation", lambda area: minus(role_series(inputs, area, role), national))


def income_contrast(inputs: Inputs) -> Contrast:
    """Put each area's income as an index of the nation's.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.

    Returns
    -------
    Contrast
        Nation = 100.
    """
    role = inputs.roles.income
    national = role_series(inputs, inputs.roles.nation, role)
    return Contrast(role.indicator, "index", lambda area: index(role_series(inputs, area, role), national))


def governance_contrasts(inputs: Inputs) -> tuple[Contrast, ...]:
    """Take the areas' mean from each area's governance scores.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.

    Returns
    -------
    tuple of Contrast
        One a dimension.
    """
    areas = current_areas(inputs)
    found = []
    for key in inputs.roles.governance.indicators:
        scores = {area: series(inputs, area, key, inputs.roles.governance.measure) for area in areas}
        mean = mean_of_areas(inputs, scores.values())
        # Breaks and gaps are those of the survey: an area with fewer years is not asked about older ones.
        years = {point.year: point.segment for point in mean}
        contrasts = {area: minus(points, mean) for area, points in scores.items()}
        found.append(Contrast(key, "minus mean", contrasts.__getitem__, years))
    return tuple(found)


def indices(inputs: Inputs) -> tuple[Refusal, ...]:
    """Say of each index that is published in part, as ranks or as means of parts, why no trend is made of it."""
    return tuple(_index_refusal(inputs, key) for key in inputs.roles.indices)


def trend_settings(inputs: Inputs) -> dict[str, Any]:
    """Gather what every trend is told.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    dict
        Keyword arguments of `methods.trend.assess`.
    """
    settings, common = inputs.settings.trend, inputs.settings.conventions
    return {
        "minimum_points": settings.minimum_points,
        "minimum_after_break": settings.minimum_after_break,
        "maximum_missing_years": settings.maximum_missing_years,
        "minimum_official_points": common.minimum_official_points,
        "weak_below": common.weak_below,
        "enumerate_ties_to": settings.enumerate_ties_to,
        "gls_rhos": settings.gls_rhos,
        "verdict_rho": settings.verdict_rho,
        "verdict_level": settings.verdict_level,
        "shock_years": common.shock_years,
        "policy_date": inputs.policy.date,
    }


def current_areas(inputs: Inputs) -> list[str]:
    """List all areas of a family, whichever of them the run computes.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    list of str
        Keys.
    """
    return inputs.areas.current(inputs.edition.as_known_on)


def trend_of(inputs: Inputs, contrast: Contrast, area: str) -> Trend | Refusal:
    """Trend one area's contrast, before it is judged among all areas.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.
    contrast : Contrast
        What is trended.
    area : str
        The area.

    Returns
    -------
    Trend or Refusal
        With its raw p-value.
    """
    return _one(inputs, area, contrast.indicator, contrast.kind, contrast.points(area), contrast.calendar)


def _of_family(inputs: Inputs, contrast: Contrast) -> Trend | Refusal:
    """One area's trend with the p-value adjusted over every area's."""
    own = trend_of(inputs, contrast, inputs.area)
    if isinstance(own, Refusal):
        return own
    areas = current_areas(inputs)
    # Of the other areas only the p-values count: their slopes and intervals are for their own pages.
    p_values = [own.p_value if area == inputs.area else _p_value(inputs, contrast, area) for area in areas]
    p_adjusted = dict(zip(areas, adjust(p_values, rule="bh"), strict=True))[inputs.area]
    if p_adjusted is None:
        return own
    return trend_method.with_adjusted_p(own, p_adjusted, verdict_level=inputs.settings.trend.verdict_level)


def _p_value(inputs: Inputs, contrast: Contrast, area: str) -> float | None:
    """The p-value of another area's series; None where its trend is refused."""
    settings = inputs.settings.trend
    return trend_method.exact_p(
        contrast.points(area),
        indicator=contrast.indicator,
        minimum_points=settings.minimum_points,
        minimum_after_break=settings.minimum_after_break,
        maximum_missing_years=settings.maximum_missing_years,
        enumerate_ties_to=settings.enumerate_ties_to,
        calendar=contrast.calendar,
    )


def _one(
    inputs: Inputs,
    area: str,
    indicator: str,
    kind: trend_method.Series,
    points: Points,
    calendar: Mapping[int, int] | None = None,
) -> Trend | Refusal:
    if not points:
        return not_published("trend", indicator)
    unit = inputs.indicators.get(indicator).unit
    points_of = "percentage points" if unit.startswith("%") else "score points"
    return trend_method.assess(
        points,
        area=area,
        indicator=indicator,
        series=kind,
        unit={"index": "index points", "own": unit}.get(kind, points_of),
        **trend_settings(inputs),
        calendar=calendar,
        flags=boundary_flags(inputs, [area], indicator),
    )


def _index_refusal(inputs: Inputs, indicator: str) -> Refusal:
    """Why no trend is made of an index that is published in part, as ranks or as means of parts."""
    rows = inputs.observations[inputs.observations["indicator"] == indicator]
    marks = sorted({mark for text in rows["quality"] for mark in text.split() if mark})
    years = sorted(set(rows["period"]))
    detail = f"published for {', '.join(years)}" if years else ""
    code = next((mark for mark in ("not-a-measurement", "top-n-list") if mark in marks), "")
    if not code:
        code = "too-few-points" if years else "not-published"
    return Refusal(code=code, method="trend", subject=indicator, detail=detail, inputs=tuple(rows.index))
