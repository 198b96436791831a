"""The columns of the tables for download: name, type, meaning, and what they refer to."""

from __future__ import annotations

from typing import Any, get_args

from policyreport.records.base import Status

DESCRIPTIONS = {
    "ledger": "Every published figure known on the edition's date, one a row, with all its vintages.",
    "panel": "Annual values of all provinces on present boundaries, as the methods use them.",
    "league-table": "The provinces side by side, as printed in the league table.",
    "indicators": "What each indicator is, by measure.",
    "areas": "The nation, its regions and provinces, before and after the mergers.",
    "sources": "The raw files: publisher, title, address, date, licence, hash.",
}
COLUMNS: dict[str, dict[str, tuple[str, str]]] = {
    "ledger": {
        "id": ("string", "Raw file below data/raw and row as a spreadsheet shows it."),
        "area": ("string", "Key of the area: o.. a province before 1 July 2025, n.. a present one."),
        "indicator": ("string", "What is measured."),
        "measure": ("string", "By which definition or producer; values of two measures make no series."),
        "list": ("string", "List of tasks; counts of two lists are never compared."),
        "period": ("string", "2025, 2025-H1, 2025-Q3, 2025-10, a day, or two of these joined by a slash."),
        "reference_date": ("date", "The figure's own day, where it is known to the day."),
        "published": ("date", "Day by which it was surely out: the last day of what the source states."),
        "value": ("number", "The figure in its unit."),
        "bound": ("string", "exact, about, more than or less than."),
        "unit": ("string", "Unit."),
        "status": ("string", "How final the publisher calls it."),
        "quality": ("string", "Codes apart by a space, such as back-cast or secondary-source."),
        "source": ("string", "The raw file, in sources.csv."),
        "note": ("string", "What else the source says of the figure."),
        "published_precision": ("string", "How exactly the day of publication is known."),
        "newest": ("boolean", "True for the vintage in force on the edition's date."),
    },
    "panel": {
        "area": ("string", "Key of the area."),
        "indicator": ("string", "What is measured."),
        "measure": ("string", "By which definition or producer."),
        "year": ("integer", "Calendar year."),
        "value": ("number", "In the indicator's unit; empty where a part was not published."),
        "status": ("string", "The least certain of the inputs."),
        "basis": ("string", "published; back-cast: recalculated by the publisher; recalculated: by this report."),
        "segment": ("integer", "Unbroken stretches of one definition and one set of boundaries, from 0."),
        "low": ("number", "Smallest part of a merged province."),
        "high": ("number", "Largest part of a merged province."),
        "weight": ("string", "What the parts were weighted with."),
        "weight_low": ("number", "Smallest value under other weights."),
        "weight_high": ("number", "Largest value under other weights."),
        "bound_low": ("number", "Smallest value the whole can have where a part was not published."),
        "bound_high": ("number", "Largest value the whole can have where a part was not published."),
        "error": ("number", "Standard deviation of recalculated growth or income about the publisher's own."),
        "inputs": ("string", "Ids of the ledger's rows, apart by a space."),
        "note": ("string", "part-missing: refused; renormalised: a small part is missing."),
    },
    "league-table": {
        "area": ("string", "Key of the province."),
        "name": ("string", "Name."),
        "region": ("string", "Region."),
        "growth": ("number", "Growth of output, %; at which prices: its indicator's unit."),
        "growth_status": ("string", "How final."),
        "growth_year": ("string", "Year of growth."),
        "growth_rank": ("integer", "Place of the published value, without a set of ranks."),
        "growth_years": ("integer", "Years of growth compared with the nation's."),
        "growth_years_above": ("integer", "Years in which growth lay above the nation's."),
        "growth_mean_difference": ("number", "Mean yearly difference to the nation, percentage points."),
        "growth_mean_rank": (
            "integer",
            "Place of the mean difference, 1 is the largest; empty if none is told apart.",
        ),
        "growth_mean_rank_first": ("integer", "Best place its true rank may take: 95 % for all, model-based."),
        "growth_mean_rank_last": ("integer", "Worst place its true rank may take."),
        "growth_mean_low": ("number", "Low end of its 95 % interval for this province alone."),
        "growth_mean_high": ("number", "High end of the interval."),
        "growth_p_adjusted": ("number", "p of the difference, adjusted for all provinces."),
        "growth_verdict": ("string", "above, below or cannot tell apart."),
        "trend_verdict": ("string", "rising, falling or no clear trend against the nation."),
        "trend_p_adjusted": ("number", "p of the trend, adjusted for all provinces."),
        "income": ("number", "Output per head, million VND."),
        "income_year": ("string", "Year of output per head."),
        "income_index": ("number", "Output per head, nation = 100."),
        "share": ("number", "Digital economy, % of GRDP."),
        "share_year": ("string", "Year of the share."),
        "share_verdict": ("string", "Against the threshold."),
        "share_flags": ("string", "Warnings, apart by a space."),
        "completed": ("integer", "Tasks completed on the province's own newest list."),
        "total": ("integer", "Tasks on that list."),
        "completed_list": ("string", "Which list."),
        "completed_date": ("date", "On which day."),
        "refusals": ("string", "Codes of what could not be said, apart by a space."),
        "inputs": ("string", "Ids of the ledger's rows, apart by a space."),
    },
    "indicators": {
        "id": ("string", "Name in the other tables."),
        "measure": ("string", "Name of the definition or producer; empty where there is one only."),
        "name": ("string", "Name in English."),
        "name_vi": ("string", "Name in Vietnamese."),
        "topic": ("string", "Subject."),
        "unit": ("string", "Usual unit."),
        "kind": ("string", "extensive adds up, intensive needs a weight, rank and count never aggregate."),
        "direction": ("string", "Which way is better."),
        "definition": ("string", "What it is by this measure."),
    },
    "areas": {
        "key": ("string", "Name in the other tables."),
        "name": ("string", "Name."),
        "name_en": ("string", "Name in English."),
        "type": ("string", "nation, region, province or city."),
        "valid_from": ("string", "First day it existed; empty where it always did."),
        "valid_to": ("string", "Last day it existed; empty where it still does."),
        "gso_code": ("string", "Code of the statistics office; reused after the mergers."),
        "iso_3166_2": ("string", "ISO code."),
        "region": ("string", "Key of its region."),
        "parts": ("string", "Former provinces it consists of."),
    },
    "sources": {
        "id": ("string", "Raw file below data/raw, without its ending."),
        "publisher": ("string", "Who published it."),
        "title": ("string", "What it is called."),
        "address": ("string", "Where it was found."),
        "published": ("string", "When it was published, as exact as known."),
        "accessed": ("date", "When it was read."),
        "licence": ("string", "Under what terms."),
        "rows": ("integer", "Rows of the ledger from it."),
        "sha256": ("string", "Hash of the raw file."),
        "note": ("string", "What else is to be known of it."),
    },
}
PRIMARY_KEYS: dict[str, list[str]] = {
    "ledger": ["id"],
    "panel": ["area", "indicator", "year"],
    "league-table": ["area"],
    "indicators": ["id", "measure"],
    "areas": ["key"],
    "sources": ["id"],
}
FOREIGN_KEYS: dict[str, list[dict[str, Any]]] = {
    "ledger": [
        {"fields": ["area"], "reference": {"resource": "areas", "fields": ["key"]}},
        {"fields": ["source"], "reference": {"resource": "sources", "fields": ["id"]}},
    ],
    "panel": [{"fields": ["area"], "reference": {"resource": "areas", "fields": ["key"]}}],
    "league-table": [{"fields": ["area"], "reference": {"resource": "areas", "fields": ["key"]}}],
}
_ENUMS = {
    ("ledger", "bound"): ["exact", "about", "more than", "less than"],
    ("ledger", "status"): list(get_args(Status)),
    ("ledger", "published_precision"): ["day", "month", "year"],
    ("panel", "basis"): ["published", "back-cast", "recalculated"],
}


def schema(name: str) -> list[dict[str, Any]]:
    """Describe the columns of a table as fields of a Table Schema.

    References
    ----------
    https://specs.frictionlessdata.io/table-schema/
    """
    fields = []
    for column, (kind, description) in COLUMNS[name].items():
        required = column in PRIMARY_KEYS[name] and (name, column) != ("indicators", "measure")
        constraints: dict[str, Any] = {"required": True} if required else {}
        if (name, column) in _ENUMS:
            constraints["enum"] = _ENUMS[name, column]
        field = {"name": column, "type": kind, "description": description}
        fields.append(field | ({"constraints": constraints} if constraints else {}))
    return fields
