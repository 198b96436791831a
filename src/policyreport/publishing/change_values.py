"""What the page "What changed" prints: counts of figures with the files and rows behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from policyreport.data.sources import short_publisher
from policyreport.publishing.provenance import Provenance
from policyreport.publishing.values import Value
from policyreport.records.formats import EN_DASH
from policyreport.records.notebooks import Change, Changes, FigureCount

SHOWN = 12
"""Revised figures listed one by one; where more were revised, the table counts them."""


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
