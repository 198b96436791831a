"""The command `revisions`: the vintages of one indicator in one area, laid out for a terminal (METHODS §15)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policyreport.cli.messages import plain_table
from policyreport.data.areas import read_areas
from policyreport.data.observations.known import to_observations, vintages
from policyreport.data.observations.ledger import load_ledger
from policyreport.errors import UsageError
from policyreport.params.edition import read_edition
from policyreport.params.indicators import read_indicators
from policyreport.params.methods import read_method_settings
from policyreport.params.report import read_roles
from policyreport.records.digits import as_published
from policyreport.records.formats import EN_DASH, Formats
from policyreport.records.shares import MeasureDifference, Revisions
from policyreport.statistics.shares import revisions

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Triangles:
    """Revision triangles by measure, and the differences between measures, which are not revisions."""

    name: str
    triangles: tuple[Revisions, ...]
    differences: tuple[MeasureDifference, ...]


def read_triangles(root: Path, indicator: str, area: str = "", edition: str = "") -> Triangles:
    """Collect the vintages of an indicator in one area (key or name, by default the country).

    With an edition, only what it uses. Raises UsageError if indicator or area is unknown, nothing was published about
    them, or they are counts on lists.
    """
    named = read_edition(root, edition) if edition else None
    layout = named.layout(root) if named else root
    definition, areas = read_indicators(layout).get(indicator), read_areas(root)
    key = areas.resolve(area) if area else read_roles(layout).nation
    ledger = load_ledger(layout)
    published = vintages(ledger, named.as_known_on) if named else ledger
    rows = published[(published["area"] == key) & (published["indicator"] == indicator)]
    if rows.empty:
        others = sorted(set(published.loc[published["indicator"] == indicator, "area"]))
        got = f"none of {areas.name(key)} ({key})"
        listed = f"{', '.join(others[:12])}{', …' if len(others) > 12 else ''}"
        todo = f"Published for {listed}." if others else "None was published."
        raise UsageError(f"revisions {indicator}", "published figures", got, todo)
    if lists := sorted(set(rows["list"]) - {""}):
        got = f"counts on {len(lists)} lists: {', '.join(lists[:3])}{', …' if len(lists) > 3 else ''}"
        todo = "Counts on different lists and days are not vintages; the page on tasks compares them."
        raise UsageError(f"revisions {indicator}", "figures that can be revised", got, todo)
    settings = read_method_settings(layout).revisions
    by_measure = {str(measure): to_observations(part) for measure, part in rows.groupby("measure", sort=True)}
    order = [measure for measure in ("", *definition.measures) if measure in by_measure]
    triangles = [revisions.triangle(by_measure[measure], settings) for measure in order]
    differences = [revisions.between_measures(by_measure[other], by_measure[order[0]]) for other in order[1:]]
    return Triangles(
        name=f"{definition.name}, {areas.name(key)}",
        triangles=tuple(item for item in triangles if isinstance(item, Revisions)),
        differences=tuple(item for item in differences if isinstance(item, MeasureDifference)),
    )


def triangle_table(record: Revisions) -> Table:
    """Lay out one triangle: a row for each period, a column for each day of publication.

    The newest column is marked with an asterisk; projections and bounds are left out.
    """
    days, rows = revisions.lay_out(record.cells)
    headings = (f"{day}{' *' if day == days[-1] else ''}" for day in days)
    table = plain_table(["period"], [*headings, "first to last"])
    formats = Formats()
    for period, cells in rows.items():
        values = [as_published(cells[day].value) if day in cells else EN_DASH for day in days]
        first, last = cells[min(cells)].value, cells[max(cells)].value
        table.add_row(period, *values, formats.number(last - first, 2, signed=True) if len(cells) > 1 else EN_DASH)
    return table


def triangle_lines(shown: Triangles) -> list[str]:
    """Describe the triangles in sentences, and the differences that are no revisions."""
    formats, lines = Formats(), []
    for record in shown.triangles:
        which = record.measure or "one measure"
        moved = [formats.number(value, 2, signed=True) for value in record.values]
        rmse = f", RMSE {formats.number(record.rmse, 2)}" if record.rmse is not None else ""
        lines.append(f"{which}: {record.n} matured revisions{': ' + ', '.join(moved) if moved else ''}{rmse}.")
        apart = [
            f"{as_published(cell.value)} for {cell.period} ({cell.status}, {cell.published})" for cell in record.apart
        ]
        lines += [f"{which}: not revised but replaced or bounded: {'; '.join(apart)}."] if apart else []
    for item in shown.differences:
        values = [
            f"{period} {formats.number(value, 2, signed=True)}"
            for period, value in zip(item.periods, item.differences, strict=True)
        ]
        ending = f"; RMSE {formats.number(item.rmse, 2)}"
        lines.append(
            f"{item.measure} minus {item.reference}, no revisions (measure-mixed): {', '.join(values)}{ending}."
        )
    return lines
