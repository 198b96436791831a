"""What the pages on data quality and sources print of the record on data quality."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policyreport.data.sources import short_publisher
from policyreport.params.registry import Registry
from policyreport.params.spelling import sort_key
from policyreport.publishing.provenance import Provenance
from policyreport.publishing.revision_values import boundary_values
from policyreport.records.markdown import Markdown
from policyreport.records.notebooks import CodeCount, CoverageCell, QualityRecord, SourceLine


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
        "topics": [topic.replace("-", " ").replace("_", " ").capitalize() for topic in topics],
        "rows": [[provenance.areas.name(area), *(by.get((area, topic)) or None for topic in topics)] for area in areas],
        "provinces": [Markdown(f"**{count} of {len(areas)}**") for count in having],
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
