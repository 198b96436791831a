"""The commands `template`, `add` and `remove`: a sheet for a new quarter, its figures, and taking a table back."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policyreport.cli.messages import confirmed, open_console, plain_table, say_error
from policyreport.errors import DataError, ExitCode, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    from rich.table import Table

    from policyreport.intake.preview import Change, Kind, Preview
    from policyreport.intake.writing import Removal
    from policyreport.records.base import Finding


# A sheet in the wrong form is wrong in every row; the first few show how.
SHOWN_REFUSALS = 20

# A rule that a whole column breaks is shown once, with examples.
FINDINGS_A_RULE = 3
_KINDS: dict[Kind, str] = {
    "new": "new",
    "revised": "revised",
    "confirmed": "confirmed, published again with the same value",
    "known": "in the ledger already",
}
_SHOWN = 20


def _text(help: str, metavar: str = "TEXT") -> typer.models.OptionInfo:
    """An option that states what the sheet does not."""
    option: typer.models.OptionInfo = typer.Option(metavar=metavar, help=help)
    return option


def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .xlsx, .csv, .tsv or .txt file.")],
    publisher: Annotated[str, _text("Folder of the publisher in data/raw, such as nso.", "NAME")] = "",
    publisher_name: Annotated[str, _text("Its full name; only for a new folder.")] = "",
    title: Annotated[str, _text("Title of the document the figures are from.")] = "",
    address: Annotated[str, _text("Web address of the document.")] = "",
    published: Annotated[str, _text("Day, month or year of publication.", "DATE")] = "",
    licence: Annotated[str, _text("Terms of use; by default: none stated.")] = "",
    period: Annotated[str, _text("Period of the figures: 2026-Q1, 2026, 2026-03.", "PERIOD")] = "",
    reference_date: Annotated[str, _text("Day on which the figures hold, if known.", "DATE")] = "",
    task_list: Annotated[str, typer.Option("--list", metavar="LIST", help="List of tasks in params/policy.yaml.")] = "",
    indicator: Annotated[str, _text("Indicator of columns that are headed by periods.", "ID")] = "",
    measure: Annotated[str, _text("Definition used, from params/indicators.yaml.", "ID")] = "",
    unit: Annotated[str, _text("Unit of columns that state none.")] = "",
    status: Annotated[str, _text("observed (default), preliminary, estimate, projection, derived.", "STATUS")] = "",
    quality: Annotated[str, _text("Codes from data/README.md, such as back-cast.", "CODES")] = "",
    sheet: Annotated[
        str | None, typer.Option(metavar="NAME", help="Worksheet to read, if the workbook has several.")
    ] = None,
    decimal: Annotated[
        Literal["point", "comma"] | None, typer.Option(help="Decimal sign, if the file leaves it open.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the new table; by default that of FILE.")
    ] = None,
    accessed: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of adding; by default today.")
    ] = None,
    unusual: Annotated[
        bool, typer.Option("--unusual", help="Accept implausible values: you have looked them up in the source.")
    ] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show every new figure and finding.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Add a sheet of figures, after showing what it changes.

    FILE has one figure a row, with the columns of data/README.md, or one province a row and one indicator a column,
    as ministries send it. Headings may be in any language of params/intake.yaml, names with or without accents,
    numbers as 1.227,5 or 1,227.5. Nothing is guessed: what the file does not state is asked for, all at once. If a
    single cell is refused, nothing is written. Adding the same file twice changes nothing.

    \b
    Examples:
      policyreport template --quarter 2026Q1        make a sheet to fill in
      policyreport add figures-2026Q1.xlsx          show what it would change
      policyreport add figures-2026Q1.xlsx --yes    write it
      policyreport add tasks.csv --publisher mic-mst --title "Report 12" --address https://… \\
        --published 2026-04-15 --period 2026-Q1 --list LIST
    """
    root = given_project(context.obj)
    # pandas, pandera and openpyxl are needed from here on.
    from policyreport.intake.numbers import Decimals
    from policyreport.intake.preview import preview_delivery
    from policyreport.intake.receiving import Options, receive

    stated = {
        "publisher": publisher,
        "publisher_name": publisher_name,
        "title": title,
        "address": address,
        "published": published,
        "licence": licence,
        "period": period,
        "reference_date": reference_date,
        "list": task_list,
        "indicator": indicator,
        "measure": measure,
        "unit": unit,
        "status": status,
        "quality": quality,
    }
    today = _day_of_adding(accessed)
    decimals = None if decimal is None else Decimals(decimal)
    delivery = receive(root, file, Options(stated, today, sheet, table, decimals, unusual))
    preview = preview_delivery(root, delivery)
    show_preview(preview, show_all)
    if preview.refused:
        _show_refusals(preview)
        raise typer.Exit(int(ExitCode.DATA))
    _write(root, preview, yes)


def template(
    context: typer.Context,
    quarter: Annotated[str, typer.Option(metavar="QUARTER", help="The quarter, such as 2026Q1.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="File to write; by default figures-QUARTER.xlsx here.")
    ] = None,
    language: Annotated[str, typer.Option(metavar="CODE", help="Language of the sheet: vi or en.")] = "vi",
) -> None:
    """Write an Excel sheet for a quarter's figures.

    It has a row for the country and for each province of that quarter, a column for each figure that is due then,
    and lists to choose from. `policyreport add` reads the filled-in sheet.

    \b
    Examples:
      policyreport template --quarter 2026Q1
      policyreport template --quarter 2026Q1 --language en --output to-fill-in.xlsx
    """
    root = given_project(context.obj)
    # openpyxl and pandas are needed from here on.
    from policyreport.intake.template import render_template

    path = output or Path(f"figures-{quarter}.xlsx")
    render_template(root, quarter, language, path)
    typer.echo(f"{path} is ready to be filled in. Then: policyreport add {path}")


def _day_of_adding(accessed: datetime | None) -> date:
    """The day given, which is not in the future, or today."""
    today = date.today()
    day = accessed.date() if accessed else today
    if day > today:
        raise UsageError("--accessed", f"a day up to {today}", f'"{day}"', "Write the day the file was read.")
    return day


def _show_refusals(preview: Preview) -> None:
    for error in preview.refused[:SHOWN_REFUSALS]:
        say_error(error)
    more = len(preview.refused) - SHOWN_REFUSALS
    if more > 0:
        typer.echo(f"… and {more} more.", err=True)
    typer.echo("Nothing was written.", err=True)


def _write(root: Path, preview: Preview, yes: bool) -> None:
    from policyreport.intake.writing import write_deliveries

    if not preview.delivery.figures:
        typer.echo("Nothing to write: every figure is in the ledger already.")
        return
    if not confirmed("Write this?", yes):
        typer.echo("Nothing was written. Add --yes to write it.")
        return
    for path in write_deliveries(root, [preview.delivery]):
        typer.echo(f"written: {path.relative_to(root)}")


def show_preview(preview: Preview, show_all: bool) -> None:
    """Print what a delivery would change: a line for each indicator, or for each new figure if `show_all`."""
    console = open_console()
    provenance = preview.delivery.provenance
    lines = [
        f"To data/raw/{preview.delivery.key}.csv: {provenance.publisher}, {provenance.title}",
        f"published {provenance.published}, {provenance.address}, licence: {provenance.licence}",
        *(f"{len(preview.of_kind(kind))} {text}" for kind, text in _KINDS.items() if preview.of_kind(kind)),
        *([f"{len(preview.refused)} refused"] if preview.refused else []),
        *preview.delivery.remarks,
    ]
    for line in lines:
        console.print(line, soft_wrap=True)
    new, revised = preview.of_kind("new"), preview.of_kind("revised")
    if new:
        console.print(_figures(new) if show_all else summarise_changes(new, preview))
    if revised:
        console.print(_revisions(revised))
    if preview.findings:
        console.print(_findings(preview.findings, show_all))
    if not preview.refused:
        for edition in preview.editions:
            console.print(f"changes edition {edition}", soft_wrap=True)


def summarise_changes(changes: tuple[Change, ...], preview: Preview) -> Table:
    """A line for each indicator, to compare with the sheet; the country is not added to its provinces."""
    left = ("indicator", "list or measure", "period", "unit", "areas")
    table = plain_table(left, ("figures", "lowest", "highest", "sum"), title="New")
    groups: dict[tuple[str, ...], list[Decimal]] = {}
    for change in changes:
        fields = change.figure.fields
        key: tuple[str, ...] = (
            fields["indicator"],
            fields["list"] or fields["measure"],
            fields["period"],
            fields["unit"],
            fields["area"] if fields["area"] in preview.wholes else "provinces",
        )
        groups.setdefault(key, []).append(Decimal(fields["value"]))
    for key, values in groups.items():
        summed = key[-1] == "provinces" and len(values) > 1 and key[0] in preview.additive
        total = f"{sum(values):f}" if summed else ""
        table.add_row(*key, str(len(values)), f"{min(values):f}", f"{max(values):f}", total)
    return table


def _figures(changes: tuple[Change, ...]) -> Table:
    table = plain_table(("area", "indicator", "list or measure", "period"), ("value",), ("unit", "from"), "New")
    for change in changes:
        fields = change.figure.fields
        what = (fields["area"], fields["indicator"], fields["list"] or fields["measure"], fields["period"])
        value = f"{fields['bound'].strip('=')}{fields['value']}"
        table.add_row(*what, value, fields["unit"], change.figure.place)
    return table


def _revisions(changes: tuple[Change, ...]) -> Table:
    table = plain_table(("area", "indicator", "period"), ("old", "new", "change"), ("unit", "old row"), "Revised")
    for change in changes:
        fields = change.figure.fields
        old = Decimal(repr(change.old_value))
        difference = Decimal(fields["value"]) - old
        numbers = (f"{old.normalize():f}", fields["value"], f"{difference.normalize():+f}")
        what = (fields["area"], fields["indicator"], fields["period"])
        table.add_row(*what, *numbers, fields["unit"], change.old)
    return table


def _findings(findings: tuple[Finding, ...], show_all: bool) -> Table:
    """A line for each finding, warnings first; only the first few of each rule unless `show_all`."""
    table = plain_table(("severity", "rule", "finding"), title="Rules that the new figures break")
    by_rule: dict[tuple[str, str], list[str]] = {}
    for finding in sorted(findings, key=lambda finding: (finding.severity != "warning", finding.rule)):
        by_rule.setdefault((finding.severity, finding.rule), []).append(finding.message)
    for (severity, rule), messages in by_rule.items():
        shown = messages if show_all else messages[:FINDINGS_A_RULE]
        for message in shown:
            table.add_row(severity, rule, message)
        if len(messages) > len(shown):
            table.add_row(severity, rule, f"… and {len(messages) - len(shown)} more; --all shows them")
    return table


def remove(
    context: typer.Context,
    table: Annotated[
        str, typer.Argument(metavar="TABLE", help="The table as PUBLISHER/TABLE, or its file in data/raw.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Remove without asking, even if an edition uses the table.")
    ] = False,
) -> None:
    """Remove a table that was added by mistake.

    After showing what would disappear, it deletes the table, its sidecar and the file it was read from: all of them or
    none. If a publisher has corrected figures, do not remove them: add the correction as a new table. A table that an
    edition uses is removed only with --yes, because what the edition printed could not be made again.

    \b
    Examples:
      policyreport remove mic-mst/tasks-2026-q1          show what would disappear, then ask
      policyreport remove mic-mst/tasks-2026-q1 --yes    remove it
    """
    root = given_project(context.obj)
    # pandas and pandera are needed from here on.
    from policyreport.intake.writing import plan_removal, refuse_named, remove_table

    removal = plan_removal(root, table)
    _show(removal, root)
    if removal.mentions:
        raise refuse_named(removal)
    if removal.editions and not yes:
        raise DataError(
            f"data/raw/{removal.key}.csv",
            "a table that no edition uses",
            ", ".join(edition.id for edition in removal.editions),
            "Add --yes to remove it all the same, and run the editions again.",
        )
    if not confirmed("Remove this?", yes):
        typer.echo("Nothing was removed. Add --yes to remove it.")
        return
    for path in remove_table(root, removal):
        typer.echo(f"removed: {path.relative_to(root)}")


def _show(removal: Removal, root: Path) -> None:
    source, rows = removal.source, removal.rows
    typer.echo(f"From data/raw: {removal.key}.csv, {source.publisher}, {source.title}")
    typer.echo(f"published {source.published}, {source.address}, read on {source.accessed}")
    typer.echo(f"files: {', '.join(str(path.relative_to(root)) for path in removal.files)}")
    counted = Counter(zip(*(rows[name] for name in ("indicator", "measure", "list", "period")), strict=True))
    typer.echo(f"{len(rows)} figures disappear:")
    for what, number in list(counted.items())[:_SHOWN]:
        typer.echo(f"  {number:>5}  {', '.join(filter(None, what))}")
    if len(counted) > _SHOWN:
        typer.echo(f"  and {len(counted) - _SHOWN} more kinds")
    for mention in removal.mentions:
        typer.echo(f"named by {mention}")
    for edition in removal.editions:
        typer.echo(f"changes edition {edition}")
    if not removal.editions:
        typer.echo("No edition uses any of them.")
