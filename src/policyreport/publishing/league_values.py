"""Filters of templates that choose among the rows of the league table, and of a province's strip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from policyreport.params.spelling import sort_key
from policyreport.records.base import Refusal
from policyreport.records.markdown import BOUNDARIES, Markdown, mark
from policyreport.records.notebooks import LeagueRow, SeriesRecord
from policyreport.records.periods import kind_of
from policyreport.records.series import SeriesPoint

Both = tuple[SeriesPoint, SeriesPoint]


def by_growth(rows: Iterable[LeagueRow]) -> list[LeagueRow]:
    """Sort by growth as published, highest first, then by name; without it last."""
    return sorted(rows, key=lambda row: (row.growth is None, -(row.growth or 0.0), sort_key(row.name)))


def always_above(rows: Iterable[LeagueRow]) -> list[LeagueRow]:
    """Choose those that grew faster than the country in every year."""
    return [row for row in rows if row.growth_years_above == row.growth_years]


def rows_of_figure(rows: Iterable[LeagueRow], figure: str) -> list[str]:
    """List the ledger rows behind a figure of the table, of all provinces."""
    return [line for row in rows for line in row.inputs.get(figure, ())]


def of_areas(count: object, areas: object, rows: Iterable[LeagueRow], figure: str) -> Markdown:
    """Write a count of provinces, with the rows of their figures; out of how many, where `areas` says it."""
    return mark(f"{count} of {areas}" if areas is not None else str(count), [*rows_of_figure(rows, figure), BOUNDARIES])


def scale_of_means(rows: Iterable[LeagueRow]) -> tuple[float, float]:
    """Return the ends of a scale that holds every interval of a mean difference."""
    ends = [end for row in rows if (ends := row.growth_mean_interval) for end in (ends.low, ends.high)]
    return min([*ends, -1.0]), max([*ends, 1.0])


def exclude_zero(rows: Iterable[LeagueRow]) -> list[LeagueRow]:
    """Choose those whose own interval leaves out zero."""
    return [row for row in rows if (ends := row.growth_mean_interval) and (ends.low > 0 or ends.high < 0)]


def weighted_and_published(series: SeriesRecord) -> list[Both]:
    """Pair the mean of the provinces' growth with the nation's own, year by year."""
    nation = {} if isinstance(series.growth, Refusal | None) else {point.year: point for point in series.growth.points}
    return [(point, nation[point.year]) for point in series.growth_by_output if point.year in nation]


def not_below(both: Sequence[Both]) -> list[Both]:
    """Choose the years in which the mean is not below the nation's own figure."""
    return [(own, whole) for own, whole in both if own.value >= whole.value]


def exact_day(period: str) -> date | None:
    """Return the day that a period is; None for any other period."""
    return date.fromisoformat(period) if kind_of(period) == "days" else None


FILTERS: dict[str, Callable[..., object]] = {
    "always_above": always_above,
    "by_growth": by_growth,
    "exact_day": exact_day,
    "exclude_zero": exclude_zero,
    "none_if_empty": lambda cells: [cell or None for cell in cells],
    "not_below": not_below,
    "of_areas": of_areas,
    "rows_of_figure": rows_of_figure,
    "scale_of_means": scale_of_means,
    "weighted_and_published": weighted_and_published,
}
