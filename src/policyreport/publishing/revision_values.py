"""What the data-quality page prints of revisions, of two measures of one quantity, and of recalculated series."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Refusal
from policyreport.records.notebooks import BoundaryCheck
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import Revisions, VintageValue
from policyreport.statistics.shares.revisions import lay_out


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
