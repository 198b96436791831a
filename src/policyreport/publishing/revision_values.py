"""What the data-quality page prints of revisions, of two measures of one quantity, and of recalculated series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Refusal
from policyreport.records.notebooks import BoundaryCheck, EvaluationRecord
from policyreport.records.shares import Revisions


def revision_values(record: EvaluationRecord, provenance: Provenance) -> dict[str, object]:
    """Collect how first figures moved (`statistics`, also by maturity), what is no revision, and boundary checks."""
    revised = [found for found in _triangles(record.revisions) if found.n]
    return {
        "revised": revised,
        "statistics": [{"of": found, "at": at} for found in revised for at in (None, *found.by_maturity)],
        "projections": [
            {"measure": found.measure, "cell": cell, "evidence": provenance.evidence(cell.observation)}
            for found in _triangles(record.revisions)
            for cell in found.apart
        ],
        "differences": [
            found for found in record.measure_differences if any(round(value, 9) for value in found.differences)
        ],
        "checks": boundary_values(record.boundary_checks, provenance),
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
