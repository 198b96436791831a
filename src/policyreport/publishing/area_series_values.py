"""Filters of templates that choose among a province's series and their trends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Flag, Refusal
from policyreport.records.notebooks import PanelValue
from policyreport.records.series import ComparedSeries, SeriesPoint, Trend

FLAGS_OF_SCORES = ("ends-before-policy", "renormalised", "questions-revised")


def area_series_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters; a score that is no indicator keeps its name."""
    named = provenance.indicators.by_id()

    def score_of(refusal: Refusal) -> str:
        key = refusal.subject.split()[0]
        return named[key].name if key in named else key

    return FILTERS | {"score_of": score_of}


def series_of(compared: Iterable[ComparedSeries], indicator: str) -> ComparedSeries | None:
    """Select the series of an indicator; None where the area has no value."""
    return next((series for series in compared if series.indicator == indicator), None)


def scores_of(compared: Iterable[ComparedSeries], indicators: Iterable[str]) -> list[ComparedSeries]:
    """Select the series of several indicators."""
    return [series for series in compared if series.indicator in set(indicators)]


def last_year(scores: Iterable[ComparedSeries]) -> int:
    """Return the newest year that any of several series has."""
    return max(point.year for series in scores for point in series.own)


def in_year(points: Iterable[SeriesPoint], year: int) -> SeriesPoint:
    """Return a series in one year."""
    return next(point for point in points if point.year == year)


def flags_of_scores(results: Iterable[Trend | Refusal]) -> list[Flag]:
    """List the flags of trends that the page states beside the scores."""
    done = [result for result in results if isinstance(result, Trend)]
    return [flag for result in done for flag in result.flags if flag.code in FLAGS_OF_SCORES]


def refusals_by_code(results: Iterable[object]) -> list[list[Refusal]]:
    """Group the refusals among results by their code, in order."""
    by_code: dict[str, list[Refusal]] = {}
    for result in results:
        if isinstance(result, Refusal):
            by_code.setdefault(result.code, []).append(result)
    return list(by_code.values())


def recalculated_scores(panel: Iterable[PanelValue], indicators: Sequence[str]) -> list[PanelValue]:
    """Select the newest scores that were recalculated on present boundaries, with their ranges."""
    rows = [
        value
        for value in panel
        if value.indicator in indicators and value.basis == "recalculated" and value.weight_low is not None
    ]
    newest = max((value.year for value in rows), default=0)
    return [value for value in rows if value.year == newest]


def widest(values: Iterable[PanelValue], low: str, high: str) -> PanelValue:
    """Select the value whose range is widest."""
    return max(values, key=lambda value: (getattr(value, high) or 0.0) - (getattr(value, low) or 0.0))


FILTERS: dict[str, Callable[..., object]] = {
    "flags_of_scores": flags_of_scores,
    "in_year": in_year,
    "last_year": last_year,
    "recalculated_scores": recalculated_scores,
    "refusals_by_code": refusals_by_code,
    "rounded_to": round,
    "scores_of": scores_of,
    "series_of": series_of,
    "widest": widest,
}
