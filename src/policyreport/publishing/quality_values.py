"""What the pages on data quality, sources and changes print: records on quality, revisions, counts of figures."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from policyreport.data.sources import short_publisher
from policyreport.params.registry import Registry
from policyreport.params.spelling import sort_key
from policyreport.publishing.provenance import Provenance
from policyreport.publishing.values import Value
from policyreport.records.base import Refusal
from policyreport.records.formats import EN_DASH
from policyreport.records.markdown import Markdown
from policyreport.records.notebooks import (
    BoundaryCheck,
    Change,
    Changes,
    CodeCount,
    CoverageCell,
    FigureCount,
    QualityRecord,
    SourceLine,
)
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import Revisions, VintageValue
from policyreport.statistics.shares.revisions import lay_out

SHOWN = 12
"""Revised figures listed one by one; where more were revised, the table counts them."""


@dataclass(frozen=True)
class VintageRow:
    """A period's figures by day of publication; `moved` is None for a period published once."""

    period: str
    cells: tuple[VintageValue | None, ...]
    newest: VintageValue
    moved: float | None


def revision_values(results: Sequence[Revisions | Refusal], provenance: Provenance) -> dict[str, object]:
    """Collect how first figures moved (`statistics`, also by maturity), and replaced `projections`."""
    revised = [found for found in _triangles(results) if found.n]
    return {
        "revised": revised,
        "statistics": [{"of": found, "at": at} for found in revised for at in (None, *found.by_maturity)],
        "projections": [
            {"measure": found.measure, "cell": cell, "evidence": provenance.evidence(cell.observation)}
            for found in _triangles(results)
            for cell in found.apart
        ],
    }


def boundary_values(checks: Sequence[BoundaryCheck], provenance: Provenance) -> list[dict[str, object]]:
    """Group checks by indicator: `rows` largest first, their common `error`, and the one `assumed` for other series."""
    by: dict[str, list[BoundaryCheck]] = {}
    for check in checks:
        by.setdefault(check.indicator, []).append(check)
    assumed = {"chain": provenance.harmonise.growth_error, "per-head": provenance.harmonise.income_error}
    return [
        {
            "id": f"discrepancies-{indicator.replace('_', '-')}",
            "indicator": indicator,
            "rows": rows,
            "unit": rows[0].unit,
            "tolerance": rows[0].tolerance,
            "equal": round(max(abs(row.largest) for row in rows), 2) == 0,
            "beyond": sum(row.beyond > 0 for row in rows),
            "error": _whole_error(rows),
            "assumed": assumed.get(provenance.indicators.get(indicator).harmonise),
            "files": [line for row in rows for line in row.inputs],
        }
        for indicator, rows in by.items()
    ]


def _triangles(results: Iterable[Revisions | Refusal]) -> list[Revisions]:
    return [result for result in results if isinstance(result, Revisions)]


def _whole_error(rows: Sequence[BoundaryCheck]) -> float:
    """Root mean square difference over all years of all areas."""
    squares = sum(row.years * row.root_mean_square**2 for row in rows)
    return float((squares / sum(row.years for row in rows)) ** 0.5)


def published_again(results: Iterable[Revisions | Refusal]) -> list[Revisions]:
    """Select the measures that were published on several days."""
    return [found for found in _triangles(results) if len({cell.published for cell in found.cells}) > 1]


def vintage_days(record: Revisions) -> list[date]:
    """List the days on which a measure was published."""
    return list(lay_out(record.cells)[0])


def vintage_rows(record: Revisions) -> list[VintageRow]:
    """Lay out a measure's figures by period and day of publication."""
    days, rows = lay_out(record.cells)
    return [
        VintageRow(
            period,
            tuple(cells.get(day) for day in days),
            newest := cells[max(cells)],
            newest.value - cells[min(cells)].value if len(cells) > 1 else None,
        )
        for period, cells in rows.items()
    ]


def revised_years(record: Revisions) -> int:
    """Count the calendar years whose figure changed."""
    _, rows = lay_out(record.cells)
    years = [cells.values() for period, cells in rows.items() if kind_of(period) == YEAR]
    return sum(len({cell.value for cell in cells}) > 1 for cells in years)


FILTERS: dict[str, Callable[..., object]] = {
    "published_again": published_again,
    "revised_years": revised_years,
    "vintage_days": vintage_days,
    "vintage_rows": vintage_rows,
}


def change_values(changes: Changes, provenance: Provenance) -> dict[str, object]:
    """Collect counts of new, revised and confirmed figures, by indicator and measure (`rows`) and all together."""
    every = changes.by_measure
    revised = [figure for change in every for figure in change.revised]
    years: dict[str, list[FigureCount]] = {}
    for change in every:
        for year, count in change.new_by_year.items():
            years.setdefault(year, []).append(count)
    earlier = sorted(year for year in years if int(year) < changes.year)
    return {
        "since": changes.since,
        "year": str(changes.year),
        "new": _total(change.new for change in every),
        "earlier": _total(count for year in earlier for count in years[year]),
        "earlier_years": _span(earlier),
        "perhaps_older": _total(change.perhaps_older for change in every),
        "revised": _revised(every),
        "confirmed": _total(change.confirmed for change in every),
        "leading_publisher": _publisher(every, provenance),
        "years": [{"year": year, "count": _total(years[year])} for year in sorted(years, reverse=True)],
        "rows": [_row(change, provenance) for change in every],
        "replaced": [
            {"before": provenance.evidence(figure.before), "now": provenance.evidence(figure.now)}
            for figure in revised[:SHOWN]
        ],
        "files": [file for change in every for file in _files(change)],
    }


def _total(counts: Iterable[FigureCount]) -> Value:
    """A sum of figures with the files they are from."""
    every = list(counts)
    return Value(sum(item.count for item in every), [file for item in every for file in item.inputs])


def _revised(changes: Iterable[Change]) -> Value:
    figures = [figure for change in changes for figure in change.revised]
    return Value(len(figures), [row for figure in figures for row in (figure.before, figure.now)])


def _files(change: Change) -> list[str]:
    return [f"{source}.csv" for source in change.sources]


def _publisher(changes: Iterable[Change], provenance: Provenance) -> dict[str, object] | None:
    """Who published most of all figures (`count` of `total`); none where there are none."""
    counts: Counter[str] = Counter()
    files: dict[str, list[str]] = {}
    for change in changes:
        for source, count in change.sources.items():
            name = short_publisher(provenance.sources[source].publisher) if source in provenance.sources else source
            counts[name] += count
            files.setdefault(name, []).append(f"{source}.csv")
    if not counts:
        return None
    name = max(sorted(counts), key=lambda name: counts[name])
    return {"name": name, "count": Value(counts[name], files[name]), "total": counts.total(), "one": len(counts) == 1}


def _row(change: Change, provenance: Provenance) -> dict[str, object]:
    again = bool(change.revised or change.confirmed.count)
    return {
        "indicator": provenance.indicators.get(change.indicator).name,
        "measure": provenance.roles.measure_labels.get(change.measure, change.measure),
        "areas": Value(change.areas, _files(change)),
        "new": _total([change.new]),
        "years": _span(change.new_by_year) or None,
        "revised": _revised([change]) if again else None,
        "confirmed": _total([change.confirmed]) if again else None,
        "published": change.published,
    }


def _span(years: Iterable[str]) -> str:
    """``2018–2024``, or the one year; empty where there is none."""
    ends = sorted(years)
    return EN_DASH.join(dict.fromkeys([*ends[:1], *ends[-1:]]))


def quality_values(record: QualityRecord, provenance: Provenance) -> dict[str, object]:
    """Collect `coverage`, `refusals` and `warnings` by question, `sources` by publisher, and what is no revision.

    That is `differences` between two measures, and `checks` of recalculated series.
    """
    codes = by_question(record.codes, provenance.registry)
    warnings = [count for count in codes if count.kind == "flag"]
    return {
        "coverage": coverage(record.coverage, provenance),
        "refusals": [count for count in codes if count.kind == "refusal"],
        "warnings": warnings,
        "warning_codes": len({count.code for count in warnings}),
        "sources": sorted(record.sources, key=_by_publisher),
        "differences": [
            found for found in record.measure_differences if any(round(value, 9) for value in found.differences)
        ],
        "checks": boundary_values(record.boundary_checks, provenance),
    }


def coverage(cells: Sequence[CoverageCell], provenance: Provenance) -> dict[str, object]:
    """Lay out `rows` of counts, provinces down and `topics` across, and `provinces` with any per topic."""
    topics = sorted({cell.topic for cell in cells if cell.rows})
    by = {(cell.area, cell.topic): cell.rows for cell in cells}
    areas = sorted({cell.area for cell in cells})
    having = [sum(by.get((area, topic), 0) > 0 for area in areas) for topic in topics]
    return {
        "topics": [provenance.roles.topics.get(topic, topic) for topic in topics],
        "rows": [[provenance.areas.name(area), *(by.get((area, topic)) or None for topic in topics)] for area in areas],
        "provinces": [Markdown(f"**{provenance.formats.count_of(count, len(areas))}**") for count in having],
    }


def by_question(codes: Iterable[CodeCount], registry: Registry) -> list[CodeCount]:
    """Give one row per question, the commonest first: a printed rank and a set of ranks are results of one method."""
    rows: dict[tuple[str, str, str], CodeCount] = {}
    for count in codes:
        key = (registry.named_question(count.method), count.subject, count.code)
        other = rows.get(key, count)
        rows[key] = count.model_copy(
            update={"areas": max(count.areas, other.areas), "nation": count.nation or other.nation}
        )
    ordered = sorted(rows.items(), key=lambda row: (row[0][0], -row[1].areas, row[1].subject, row[1].code))
    return [count for _, count in ordered]


def _by_publisher(source: SourceLine) -> tuple[object, str]:
    return sort_key(short_publisher(source.publisher)), source.id
