"""Filters of templates for the provinces together: results on their series, rows of the league table, a strip."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial

import pandas as pd

from policyreport.figures.choices import UNITS, ChoiceNames, exposure_name
from policyreport.params.spelling import sort_key
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Refusal
from policyreport.records.formats import Formats
from policyreport.records.markdown import BOUNDARIES, Markdown, mark
from policyreport.records.notebooks import LeagueRow, SeriesRecord
from policyreport.records.periods import kind_of
from policyreport.records.series import Exposure, Panel, Sensitivity, SeriesPoint, ShrunkSlope, TrendFamily
from policyreport.statistics.series.exposure_regression import years_apart

Both = tuple[SeriesPoint, SeriesPoint]


def singled_out(panel: Panel, level: float, bh_level: float) -> list[ShrunkSlope]:
    """Pick the areas whose slope stands out: none unless slopes differ at all.

    `level` is the largest p of the test of equal slopes at which areas may be named, `bh_level` the largest adjusted p
    of an area.
    """
    if panel.f_p_value > level:
        return []
    return [slope for slope in panel.slopes if slope.p_adjusted is not None and slope.p_adjusted <= bh_level]


def members_of_families(families: Sequence[TrendFamily]) -> list[dict[str, object]]:
    """List who is singled out, family by family, with the smallest adjusted p first."""
    return [
        {"family": family, "member": member}
        for family in families
        for member in sorted(family.singled_out, key=lambda member: (member.p_adjusted, member.area))
    ]


def placebo_starts(exposures: Iterable[Exposure]) -> list[str]:
    """List the years that were taken as if they were the start."""
    return sorted({check.name for result in exposures for check in result.checks if check.kind == "placebo start"})


def hold_everywhere(grids: Iterable[Sensitivity]) -> list[Sensitivity]:
    """Choose the headlines that hold in every specification that has an answer."""
    return [grid for grid in grids if grid.agree == grid.of]


def counted_on(title: str, provenance: Provenance) -> date | None:
    """Return the newest day on which the country's tasks on a list were counted, None where it is not stated."""
    keys = [task_list.id for task_list in provenance.policy.lists if task_list.title == title]
    ledger, roles = provenance.ledger, provenance.roles
    rows = ledger[ledger["list"].isin(keys) & (ledger["indicator"] == roles.tasks.completed)]
    day = rows.loc[rows["area"] == roles.nation, "reference_date"].max()
    return None if pd.isna(day) else day.date()


def series_filters(provenance: Provenance) -> dict[str, Callable[..., object]]:
    """Return the filters, with names by the parameters of an edition."""
    indicators, roles, translation = provenance.indicators, provenance.roles, provenance.translation
    return {
        "counted_on": lambda title: counted_on(title, provenance),
        "choices_named": ChoiceNames(indicators, roles, provenance.policy, translation).named,
        "estimated_in": lambda method: Markdown(translation.name(UNITS.get(method, ""))),
        "exposure_name": lambda name: exposure_name(name, indicators, roles, translation),
        "hold_everywhere": hold_everywhere,
        "members_of_families": members_of_families,
        "of_areas": partial(of_areas, formats=provenance.formats),
        "placebo_starts": placebo_starts,
        "singled_out": singled_out,
        "words": str.split,
        "years_apart": years_apart,
    }


def by_growth(rows: Iterable[LeagueRow]) -> list[LeagueRow]:
    """Sort by growth as published, highest first, then by name; without it last."""
    return sorted(rows, key=lambda row: (row.growth is None, -(row.growth or 0.0), sort_key(row.name)))


def always_above(rows: Iterable[LeagueRow]) -> list[LeagueRow]:
    """Choose those that grew faster than the country in every year."""
    return [row for row in rows if row.growth_years_above == row.growth_years]


def rows_of_figure(rows: Iterable[LeagueRow], figure: str) -> list[str]:
    """List the ledger rows behind a figure of the table, of all provinces."""
    return [line for row in rows for line in row.inputs.get(figure, ())]


def of_areas(count: int, areas: int | None, rows: Iterable[LeagueRow], figure: str, formats: Formats) -> Markdown:
    """Write a count of provinces, with the rows of their figures; out of how many, where `areas` says it."""
    text = formats.count(count) if areas is None else formats.count_of(count, areas)
    return mark(text, [*rows_of_figure(rows, figure), BOUNDARIES])


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
    "rows_of_figure": rows_of_figure,
    "scale_of_means": scale_of_means,
    "weighted_and_published": weighted_and_published,
}
