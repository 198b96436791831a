"""Checks of a sheet against itself: totals against their parts, names against the boundaries of their day."""

import re
from collections.abc import Iterator
from decimal import Decimal

from policyreport.data.rules.evidence import listing
from policyreport.errors import DataError
from policyreport.intake.delivery import Figure
from policyreport.intake.drafts import Draft, Drafts
from policyreport.intake.layout import Column, Layout
from policyreport.intake.numbers import read_cell
from policyreport.intake.reading import Context, Reading, index_hint
from policyreport.intake.sheets import Cell, Sheet
from policyreport.records.base import Finding
from policyreport.records.digits import as_published
from policyreport.records.periods import last_day

# Up to this many small percentages may be what was published; more of them, and nothing else, are fractions.
FEW_VALUES = 2
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def check_totals(
    sheet: Sheet, layout: Layout, drafts: Drafts, reading: Reading, context: Context
) -> tuple[list[Finding], list[DataError]]:
    """Compare totals with the sum of the provinces, in columns that add up.

    Returns a finding for each difference, and an error for each total that is not a number.
    """
    findings: list[Finding] = []
    problems: list[DataError] = []
    types, by_id = context.names.areas.table["type"], context.indicators.by_id()
    for column in layout.figures:
        values = [
            (types[figure.fields["area"]], figure.row, Decimal(figure.fields["value"]))
            for figure in reading.figures
            if figure.column == column.number
        ]
        parts = [(row, value) for type_, row, value in values if type_ not in ("nation", "region")]
        wholes = [(row, value) for type_, row, value in values if type_ == "nation"]
        for row, _ in drafts.totals:
            cell = sheet.cell(row, column.number)
            if cell.empty:
                continue
            try:
                wholes.append((row, read_cell(cell, reading.decimals, context.words).value))
            except ValueError:
                place = sheet.place(row, column.number, column.heading)
                problems.append(DataError(place, "a number", f'"{cell.printed}"', "Correct the total, or delete it."))
        adds_up = column.figure is not None and by_id[column.figure.indicator].kind in ("count", "extensive")
        if adds_up and len(parts) > 1:
            findings += _differences(sheet, column, parts, wholes, {row for row, _ in drafts.totals})
    return findings, problems


def _differences(
    sheet: Sheet,
    column: Column,
    parts: list[tuple[int, Decimal]],
    wholes: list[tuple[int, Decimal]],
    totals: set[int],
) -> Iterator[Finding]:
    """A finding for each total that is not the sum of its parts; a total may cover only the rows since the last one."""
    total = sum((value for _, value in parts), Decimal(0))
    for row, whole in wholes:
        above = max((other for other in totals if other < row), default=0)
        group = sum((value for at, value in parts if above < at < row), Decimal(0))
        if whole != total and not (row in totals and whole == group):
            side = f"{abs(total - whole):f} {'short of' if total < whole else 'above'}"
            message = f"the {len(parts)} provinces add up to {total:f}, {side} the {whole:f} of this row."
            yield _warning("sheet-total", message, sheet.place(row, column.number, column.heading))


def check_names(drafts: Drafts, reading: Reading, context: Context) -> Iterator[DataError]:
    """Refuse names that may mean a former or a present province, if the sheet itself does not decide.

    Before a merger, a name that a former province shares with a merged one is the former one's. A figure published
    since then may belong to either: to the former province, or to the present one as the publisher's recalculation. One
    name that only a former province has shows that every figure of its period is of former provinces; keys, "Gia Lai
    (cũ)" and `--quality back-cast` decide too. The error is placed at the first such name and lists all.
    """
    areas = context.names.areas
    cells = {(draft.row, draft.column): draft.stated["area"] for draft in drafts.figures if "area" in draft.stated}
    by_name = [
        figure
        for figure in reading.figures
        if not context.names.states_time(cells[figure.row, figure.column].cell.text)
        and areas.table["type"][figure.fields["area"]] not in ("region", "nation")
    ]
    former = [figure for figure in by_name if areas.lifetime(figure.fields["area"])[1]]
    certain = {figure.fields["period"] for figure in former if len(context.names.namesakes(figure.fields["area"])) == 1}
    open_to_both = [
        figure for figure in former if figure.fields["period"] not in certain and _may_be_recalculated(figure, context)
    ]
    if not open_to_both:
        return
    first = open_to_both[0]
    key = first.fields["area"]
    heir = next(other for other in context.names.namesakes(key) if other != key)
    names = list(dict.fromkeys(areas.name(figure.fields["area"]) for figure in open_to_both))
    periods = sorted({figure.fields["period"] for figure in open_to_both})
    place = cells[first.row, first.column]
    present = {figure.fields["period"] for figure in by_name if not areas.lifetime(figure.fields["area"])[1]}
    mixed = f", and {heir} in {', '.join(sorted(present))}" if present else ""
    yield DataError(
        place.place,
        f"names that say whether figures of {listing(periods)} are of the former or the present provinces; "
        f"{listing(names)} {'is' if len(names) == 1 else 'are'} names of both",
        f'"{place.cell.text}", which would be {key}, without what was merged into {heir} since, in '
        f"{first.fields['period']}{mixed}",
        "Add --quality back-cast if the publisher recalculated the figures on present provinces; if they are of the "
        f"former ones, write keys, {key} for {areas.name(key)}.",
    )


def _may_be_recalculated(figure: Figure, context: Context) -> bool:
    """Whether a present province of the same name, enlarged by a merger, existed when a figure came out."""
    areas, out = context.names.areas, last_day(figure.fields["published"])[0]
    others = (key for key in context.names.namesakes(figure.fields["area"]) if key != figure.fields["area"])
    return any(areas.is_merged(key) and areas.exists_on(key, out) for key in others)


def describe_rows(drafts: Drafts, reading: Reading, context: Context) -> Iterator[str]:
    """Say which rows were only compared, which provinces have no figure, and how many cells publish nothing."""
    table = context.names.areas.table
    areas_read = {figure.fields["area"] for figure in reading.figures}
    for scheme in sorted({table["scheme"][key] for key in areas_read if table["gso_code"][key]}):
        everyone = table.index[(table["scheme"] == scheme) & (table["gso_code"] != "")]
        missing = [context.names.areas.name(key) for key in everyone if key not in areas_read]
        if missing and len(missing) < len(everyone) / 2:
            yield f"{len(missing)} of {len(everyone)} provinces have no figure: {listing(missing, 8)}"
    for words, place in reading.unread.items():
        yield f'{place}: the words "{words}", which the format of the cell shows next to its number, are not read'
    for row, label in drafts.totals:
        yield f'row {row} compared with the sum of the provinces, not read: "{label}"'
    regions = [key for key in areas_read if table["type"][key] == "region"]
    for key in sorted(key for key in regions if context.names.areas.lifetime(key)[1]):
        heirs = [other for other in context.names.namesakes(key) if other != key and other in regions]
        if heirs:
            yield (
                f"{context.names.areas.name(key)} is read as {key} to {context.names.areas.lifetime(key)[1]} and as "
                f"{heirs[0]} since, perhaps of other provinces: --quality back-cast if the publisher recalculated it"
            )
    days = sorted({period for figure in reading.figures if _DAY.fullmatch(period := figure.fields["period"])})
    if days:
        yield f"figures of one day each ({listing(days)}): if they are of a month, quarter or year, write that"
    if drafts.absent:
        yield f"{drafts.absent} cells say that nothing is published and are left out"


def unexplained_marks(drafts: Drafts, reading: Reading) -> Iterator[Finding]:
    """Find marks behind numbers that no line of the sheet explains: "20 (10)" may be two numbers.

    Yields one finding a mark, at its first cell.
    """
    values = {(figure.row, figure.column): figure.fields["value"] for figure in reading.figures}
    marked: dict[str, list[Draft]] = {}
    for draft in drafts.figures:
        for mark in draft.stated["value"].cell.marks:
            if mark not in drafts.notes and (draft.row, draft.column) in values:
                marked.setdefault(mark, []).append(draft)
    for mark, cells in marked.items():
        first, more = cells[0], f"; so in {len(cells) - 1} more cells" if len(cells) > 1 else ""
        shown, value = first.stated["value"], values[first.row, first.column]
        read = f'"{shown.cell.printed}" is read as {value}'
        message = f"{read}, and no line explains the mark ({mark}){more}."
        yield _warning("sheet-mark", message, *(draft.stated["value"].place for draft in cells))


def fractions_for_percents(reading: Reading, context: Context) -> tuple[list[Finding], list[DataError]]:
    """Find columns of percentages that were written as fractions: all between 0 and 1, and not all whole.

    Returns a finding for a column too short to be sure, and an error for any other.
    """
    by_id = context.indicators.by_id()
    by_column: dict[tuple[int, str], list[Figure]] = {}
    for figure in reading.figures:
        if figure.fields["unit"].startswith("%"):
            by_column.setdefault((figure.column, figure.fields["indicator"]), []).append(figure)
    findings: list[Finding] = []
    problems: list[DataError] = []
    for (_, indicator), column in by_column.items():
        values = [Decimal(figure.fields["value"]) for figure in column]
        usual = by_id[indicator].plausible
        if not (max(map(abs, values)) <= 1 and any(0 < abs(value) < 1 for value in values)):
            continue
        if usual is not None and not all(usual.holds(100 * value) for value in values):
            continue
        place, least, most = column[0].place, as_published(min(values)), as_published(max(values))
        got = f"{len(values)} values from {least} to {most}"
        if len(values) > FEW_VALUES:
            todo = "Multiply the column by 100, or show it as a percentage."
            expected = f"{indicator} in percent" + (f", {str(usual).removeprefix('from ')}" if usual else "")
            problems.append(DataError(place, expected, f"{got}: shares of one", todo))
        else:
            findings.append(_warning("sheet-share", f"{got}%: shares of one?", place))
    return findings, problems


def two_ways_in_a_column(drafts: Drafts, reading: Reading) -> Iterator[DataError]:
    """Find fractions in a column whose other cells are shown as percentages: 0.0912 below 8.35%.

    Yields an error at the first such cell of a column.
    """
    cells: dict[int, list[tuple[Draft, Cell]]] = {}
    for draft in drafts.figures:
        cells.setdefault(draft.column, []).append((draft, draft.stated["value"].cell))
    read = {(figure.row, figure.column) for figure in reading.figures}
    for column in cells.values():
        if not any(cell.number is not None and cell.percent for _, cell in column):
            continue
        for draft, cell in column:
            plain = cell.number is not None and not cell.percent and "%" not in cell.affix
            if plain and (draft.row, draft.column) in read and cell.number is not None and 0 < abs(cell.number) < 1:
                yield DataError(
                    draft.stated["value"].place,
                    "a percentage, as other cells of the column are shown",
                    f'"{cell.printed}", which is not shown as one and may be {as_published(100 * cell.number)}%',
                    "Show the whole column as percentages, or write all of it in percent.",
                )
                break


def unusual_values(reading: Reading, context: Context, accepted: bool) -> tuple[list[Finding], list[DataError]]:
    """Find values outside the plausible range of their indicator, which are more often slips than facts.

    They are errors, or findings if `accepted`: the user looked them up in the source.
    """
    by_id = context.indicators.by_id()
    findings: list[Finding] = []
    problems: list[DataError] = []
    for figure in reading.figures:
        usual = by_id[figure.fields["indicator"]].plausible
        if usual is None or usual.holds(Decimal(figure.fields["value"])):
            continue
        got = f"{figure.fields['value']} {figure.fields['unit']}"
        if accepted:
            message = f"{got} is unusual for {figure.fields['indicator']} ({usual}), and was looked up."
            findings.append(_warning("sheet-unusual", message, figure.place))
        else:
            expected = f"{figure.fields['indicator']} {usual} ({usual.reason})"
            hint = index_hint(by_id[figure.fields["indicator"]], Decimal(figure.fields["value"]))
            todo = f"{hint}Look it up in the source: correct unit or decimals, or add --unusual if it is so."
            problems.append(DataError(figure.place, expected, got, todo))
    return findings, problems


def doubles(reading: Reading) -> Iterator[DataError]:
    """Find figures that a sheet states twice, at the second of each pair."""
    seen: dict[tuple[str, ...], Figure] = {}
    for figure in reading.figures:
        names = ("area", "indicator", "measure", "list", "period", "reference_date", "published")
        other = seen.setdefault(tuple(figure.fields[name] for name in names), figure)
        if other is not figure:
            what = ", ".join(figure.fields[name] for name in ("area", "indicator", "period"))
            yield DataError(
                figure.place,
                f"one figure for {what}; row {other.row} has one",
                f'"{figure.fields["value"]}"',
                "Keep one.",
            )


def _warning(rule: str, message: str, *places: str) -> Finding:
    return Finding(rule=rule, severity="warning", rows=places, message=f"{places[0]}: {message}")
