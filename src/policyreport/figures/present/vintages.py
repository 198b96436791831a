"""Vintages for readers: each measure's revision triangle."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures import shares as figures
from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.records.base import Refusal
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import Revisions, VintageValue
from policyreport.statistics.shares.revisions import lay_out


def vintages(revisions: Sequence[Revisions | Refusal], inputs: Inputs) -> Exhibit:
    """Show how the national share was revised, measure by measure, from `revisions_of_share`: "vintages"."""
    voice = Voice(inputs)
    triangles = [
        result for result in revisions if isinstance(result, Revisions) and len({c.published for c in result.cells}) > 1
    ]
    if not triangles:
        return Exhibit("vintages", "No measure of the share has been published twice.")
    return join("vintages", *(part for triangle in triangles for part in _triangle(voice, triangle)))


def _triangle(voice: Voice, record: Revisions) -> list[Exhibit | str]:
    """A row per period, a column per day of publication, each period's newest figure in bold; then the picture."""
    days, rows = lay_out(record.cells)
    formats = voice.formats
    body = []
    for period, cells in rows.items():
        newest = max(cells)
        values = [_vintage(voice, cells[day], in_force=day == newest) if day in cells else None for day in days]
        moved = cells[newest].value - cells[min(cells)].value
        body.append([voice.period(period), *values, formats.points(moved) if len(cells) > 1 else "one vintage"])
    headings = [voice.published_on(rows_behind(record.cells), day) for day in days]
    revised = sum(
        len({cell.value for cell in cells.values()}) > 1 for period, cells in rows.items() if kind_of(period) == YEAR
    )
    name = f"vintages-{record.measure}"
    several = {0: "no year was", 1: "1 year was"}.get(revised, f"{revised} years were")
    listing = table(
        name,
        ["Year", *headings[:-1], f"**{headings[-1]}** (newest)", "First to last"],
        body,
        f"{voice.measure(record.measure)}: {several} revised. *{voice.indicator(record.indicator)}, by year and day "
        "of publication; the figure in force is bold.*",
        voice.source(rows_behind(body)),
        align="l" + "r" * (len(days) + 1),
        wide=True,
        empty="not in that publication",
    )
    if not record.values:
        return [listing]
    frame = voice.frame(
        f"{name}-picture",
        f"{voice.measure(record.measure)}: first figures moved by {listed([formats.points(v) for v in record.values])}",
        f"{voice.indicator(record.indicator)}, each year's vintages",
        rows_behind(figures.cells_drawn(record)),
    )
    # The PDF shows this picture once, on the digital economy.
    picture = figures.revisions(record, frame)
    only = join("", '::: {.content-visible when-format="html"}', picture, ":::")
    return [listing, only]


def _vintage(voice: Voice, cell: VintageValue, *, in_force: bool) -> str:
    """One value of a triangle with its row; the one in force in bold."""
    value = voice.value(voice.percent_as_published(cell.value), rows_behind(cell))
    return f"**{value}**" if in_force else value
