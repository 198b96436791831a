"""The commands `template` and `add`: a sheet for a new quarter, and the figures of a filled-in one."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from policyreport.cli.messages import confirmed, say_error
from policyreport.errors import ExitCode, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    from policyreport.intake.preview import Preview

# A sheet in the wrong form is wrong in every row; the first few show how.
SHOWN_REFUSALS = 20


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
    from policyreport.cli.adding_tables import show_preview
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
