"""What a sheet says twice must agree: totals with their parts, names with the boundaries of their day."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from policyreport.digits import as_published
from policyreport.errors import DataError
from policyreport.intake.drafts import Draft, Drafts
from policyreport.intake.figures import Figure, Known, Reading
from policyreport.intake.numbers import read_cell
from policyreport.records.base import Finding

if TYPE_CHECKING:
    from policyreport.intake.layout import Layout
    from policyreport.intake.sheets import Sheet

# As many names without a single one that ended tell of a list of today's provinces.
MANY_NAMES = 10
# So few small percentages can be what was published; more of them, and nothing else, are shares of one.
FEW_VALUES = 2


def check_totals(
    sheet: Sheet, layout: Layout, drafts: Drafts, reading: Reading, known: Known
) -> tuple[list[Finding], list[DataError]]:
    """Compare rows for all areas with the sum of the provinces, in columns that add up.

    Parameters
    ----------
    sheet, layout, drafts, reading : Sheet, Layout, Drafts, Reading
        The sheet and what was read of it.
    known : Known
        Areas and indicators.

    Returns
    -------
    list of Finding
        Each difference.
    list of DataError
        Cells of totals that are no numbers.
    """
    findings: list[Finding] = []
    problems: list[DataError] = []
    types, by_id = known.names.areas.table["type"], known.indicators.by_id()
    for column in layout.figures:
        here = [each for each in reading.figures if each.column == column.number]
        parts = [Decimal(e.fields["value"]) for e in here if types[e.fields["area"]] not in ("nation", "region")]
        wholes = [(e.row, Decimal(e.fields["value"])) for e in here if types[e.fields["area"]] == "nation"]
        for row, _ in drafts.totals:
            cell = sheet.cell(row, column.number)
            if cell.empty:
                continue
            try:
                wholes.append((row, read_cell(cell, reading.decimals, known.words)[0]))
            except ValueError:
                place = sheet.place(row, column.number, column.heading)
                problems.append(DataError(place, "a number", f'"{cell.whole}"', "Mend the total, or delete it."))
        adds_up = column.figure is not None and by_id[column.figure.indicator].kind in ("count", "extensive")
        if adds_up and len(parts) > 1:
            findings += _differences(sheet, column.number, column.heading, parts, wholes)
    return findings, problems


def _differences(
    sheet: Sheet, column: int, heading: str, parts: list[Decimal], wholes: list[tuple[int, Decimal]]
) -> Iterator[Finding]:
    """A finding for each whole that is not the sum of its parts."""
    total = sum(parts, Decimal(0))
    for row, whole in wholes:
        if whole != total:
            side = f"{abs(total - whole):f} {'short of' if total < whole else 'above'}"
            message = f"the {len(parts)} provinces add up to {total:f}, {side} the {whole:f} of this row."
            place = sheet.place(row, column, heading)
            yield Finding(rule="sheet-total", severity="warning", rows=(place,), message=f"{place}: {message}")


def check_names(drafts: Drafts, reading: Reading, known: Known) -> Iterator[DataError]:
    """Ask where a list of today's provinces is read as former ones, which only their names have in common.

    Parameters
    ----------
    drafts, reading : Drafts, Reading
        What was read.
    known : Known
        Areas and their names.

    Yields
    ------
    DataError
        At the first name of a province that was merged since.
    """
    names = known.names
    said = {(draft.row, draft.column): draft.said["area"] for draft in drafts.figures if "area" in draft.said}
    former = [
        (each, each.fields["area"]) for each in reading.figures if names.areas.table["valid_to"][each.fields["area"]]
    ]
    by_name = [
        (each, key)
        for each, key in former
        if said[each.row, each.column].cell.text != key and names.areas.table["type"][key] != "region"
    ]
    keys = {key for _, key in by_name}
    merged = {key for key in keys if any(names.areas.is_merged(other) for other in names.namesakes(key))}
    shared = [(each, key) for each, key in by_name if key in merged]
    if len(keys) >= MANY_NAMES and shared and all(len(names.namesakes(key)) > 1 for key in keys):
        first, key = shared[0]
        place = said[first.row, first.column]
        heir = next(each for each in names.namesakes(key) if each != key)
        yield DataError(
            place.place,
            f"names that say whether the {len(keys)} areas are the former or the present ones: each name is of both",
            f'"{place.cell.text}" for {first.fields["period"]}, which is {key} or, since then, {heir}',
            "Add --quality back-cast if the publisher recalculated the figures on present provinces; else write keys.",
        )


def describe_rows(drafts: Drafts, reading: Reading, known: Known) -> Iterator[str]:
    """Say which rows were only compared, which provinces of the day have none, how much is not published.

    Parameters
    ----------
    drafts, reading : Drafts, Reading
        What was read.
    known : Known
        Areas.

    Yields
    ------
    str
        A sentence each.
    """
    table = known.names.areas.table
    found = {each.fields["area"] for each in reading.figures}
    for scheme in sorted({table["scheme"][key] for key in found if table["gso_code"][key]}):
        everyone = table.index[(table["scheme"] == scheme) & (table["gso_code"] != "")]
        missing = [known.names.areas.name(key) for key in everyone if key not in found]
        if missing and len(missing) < len(everyone) / 2:
            listed = ", ".join(missing[:8]) + (", …" if len(missing) > 8 else "")
            yield f"{len(missing)} of {len(everyone)} provinces have no figure: {listed}"
    for row, label in drafts.totals:
        yield f'row {row} compared with the sum of the provinces, not read: "{label}"'
    if drafts.absent:
        yield f"{len(drafts.absent)} cells say that nothing is published and are left out"


def unexplained_marks(drafts: Drafts, reading: Reading) -> Iterator[Finding]:
    """Tell of marks behind numbers that no line of the sheet explains: "20 (10)" may be two numbers.

    Parameters
    ----------
    drafts, reading : Drafts, Reading
        What was read.

    Yields
    ------
    Finding
        One a mark, at its first cell.
    """
    values = {(each.row, each.column): each.fields["value"] for each in reading.figures}
    marked: dict[str, list[Draft]] = {}
    for draft in drafts.figures:
        for mark in draft.said["value"].cell.marks:
            if mark not in drafts.notes and (draft.row, draft.column) in values:
                marked.setdefault(mark, []).append(draft)
    for mark, cells in marked.items():
        first, more = cells[0], f"; so in {len(cells) - 1} more cells" if len(cells) > 1 else ""
        said, value = first.said["value"], values[first.row, first.column]
        message = f'{said.place}: "{said.cell.whole}" is read as {value}, and no line explains the mark ({mark}){more}.'
        places = tuple(each.said["value"].place for each in cells)
        yield Finding(rule="sheet-mark", severity="warning", rows=places, message=message)


def fractions_for_percents(reading: Reading, known: Known) -> tuple[list[Finding], list[DataError]]:
    """Find columns of percentages between 0 and 1, not all whole: written in shares of one.

    Parameters
    ----------
    reading : Reading
        What was read.
    known : Known
        Indicators.

    Returns
    -------
    list of Finding
        Columns too short to tell.
    list of DataError
        The first cell of each other such column.
    """
    by_id = known.indicators.by_id()
    by_column: dict[tuple[int, str], list[Figure]] = {}
    for each in reading.figures:
        if each.fields["unit"].startswith("%") and by_id[each.fields["indicator"]].high is not None:
            by_column.setdefault((each.column, each.fields["indicator"]), []).append(each)
    findings: list[Finding] = []
    problems: list[DataError] = []
    for (_, indicator), column in by_column.items():
        values = [float(each.fields["value"]) for each in column]
        if not (max(values) <= 1 and any(0 < value < 1 for value in values)):
            continue
        least, most = as_published(min(values)), as_published(max(values))
        place, got = column[0].place, f"{len(values)} values from {least} to {most}"
        if len(values) > FEW_VALUES:
            todo = "Multiply the column by 100, or show it as a percentage."
            problems.append(DataError(place, f"{indicator} in percent, 0 to 100", f"{got}: shares of one", todo))
        else:
            message = f"{place}: {got} %: shares of one?"
            findings.append(Finding(rule="sheet-share", severity="warning", rows=(place,), message=message))
    return findings, problems


def doubles(reading: Reading) -> Iterator[DataError]:
    """Find figures that one sheet says twice.

    Parameters
    ----------
    reading : Reading
        What was read.

    Yields
    ------
    DataError
        At the second of each pair.
    """
    seen: dict[tuple[str, ...], Figure] = {}
    for each in reading.figures:
        names = ("area", "indicator", "measure", "list", "period", "reference_date", "published")
        other = seen.setdefault(tuple(each.fields[name] for name in names), each)
        if other is not each:
            what = ", ".join(each.fields[name] for name in ("area", "indicator", "period"))
            yield DataError(
                each.place, f"one figure for {what}; row {other.row} has one", f'"{each.fields["value"]}"', "Keep one."
            )
