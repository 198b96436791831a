"""The commands `add` and `template`: a new quarter's sheet, filled in and taken over."""

from __future__ import annotations

import sys
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.cli.messages import say_error
from policyreport.errors import ExitCode, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    from policyreport.intake import Preview

# A sheet in the wrong form is wrong in every row; the first ones say how.
SHOWN_REFUSALS = 20


class DecimalSign(StrEnum):
    """Values of --decimal."""

    point = "point"
    comma = "comma"


def _text(help: str, metavar: str = "TEXT") -> typer.models.OptionInfo:
    """An option that says what the sheet does not."""
    option: typer.models.OptionInfo = typer.Option(metavar=metavar, help=help)
    return option


def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .xlsx, .csv, .tsv or .txt file.")],
    publisher: Annotated[str, _text("Folder of the publisher below data/raw, such as nso.", "NAME")] = "",
    publisher_name: Annotated[str, _text("Its full name; only for a new folder.")] = "",
    title: Annotated[str, _text("Title of the document the figures are from.")] = "",
    address: Annotated[str, _text("Where it can be found.")] = "",
    published: Annotated[str, _text("Day, month or year it came out.", "DATE")] = "",
    licence: Annotated[str, _text("Terms of use; by default: none stated.")] = "",
    period: Annotated[str, _text("What the figures cover: 2026-Q1, 2026, 2026-03.", "PERIOD")] = "",
    reference_date: Annotated[str, _text("The day they hold, if known to the day.", "DATE")] = "",
    task_list: Annotated[
        str, typer.Option("--list", metavar="LIST", help="List of tasks, of params/policy.yaml.")
    ] = "",
    indicator: Annotated[str, _text("What columns headed by years hold.", "ID")] = "",
    measure: Annotated[str, _text("Definition, of params/indicators.yaml.", "ID")] = "",
    unit: Annotated[str, _text("Unit of columns that name none.")] = "",
    status: Annotated[str, _text("observed (default), preliminary, estimate, projection, derived.", "STATUS")] = "",
    quality: Annotated[str, _text("Codes of data/README.md, such as back-cast.", "CODES")] = "",
    sheet: Annotated[str | None, typer.Option(metavar="NAME", help="Which sheet of the workbook.")] = None,
    decimal: Annotated[
        DecimalSign | None, typer.Option(help="How numbers are written, if the file does not show it.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="NAME", help="Name of the raw file; by default that of FILE.")
    ] = None,
    accessed: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Day of adding; by default today.")
    ] = None,
    unusual: Annotated[
        bool, typer.Option("--unusual", help="Values outside the usual range were looked up in the source.")
    ] = False,
    show_all: Annotated[bool, typer.Option("--all", help="Show every new figure and finding.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Take a new sheet of figures into data/raw, after showing what it changes.

    FILE has one figure a row with the columns of data/README.md, or one province a row and one indicator a
    column, as ministries send it: headings in any language the map has, names with or without accents,
    1.227,5 or 1,227.5. Words are matched by params/intake.yaml and never guessed; what is missing is asked for at
    once. One refused cell, and nothing is written; the same file twice changes nothing.

    \b
    Examples:
      policyreport template --quarter 2026Q1        the sheet to fill in
      policyreport add figures-2026Q1.xlsx          show what it would change
      policyreport add figures-2026Q1.xlsx --yes    write it
      policyreport add tasks.csv --publisher mic-mst --title "Report 12" --address https://… \\
        --published 2026-04-15 --period 2026-Q1 --list LIST
    """
    root = given_project(context.obj)
    # pandas, pandera and openpyxl are needed from here on.
    from policyreport.cli.adding_tables import show_preview
    from policyreport.intake import Options, preview_delivery, receive
    from policyreport.intake.numbers import Decimals

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
    decimals = None if decimal is None else Decimals(decimal.value)
    delivery = receive(root, file, Options(stated, today, sheet, table, decimals, unusual))
    preview = preview_delivery(root, delivery)
    show_preview(preview, show_all)
    if preview.refused:
        _say_refusals(preview)
        raise typer.Exit(int(ExitCode.DATA))
    _write(root, preview, yes)


def template(
    context: typer.Context,
    quarter: Annotated[str, typer.Option(metavar="QUARTER", help="Such as 2026Q1.")],
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="By default figures-QUARTER.xlsx, here.")] = None,
    language: Annotated[str, typer.Option(metavar="CODE", help="vi or en.")] = "vi",
) -> None:
    """Write the sheet to fill in with a quarter's figures: an XLSX with lists to choose from.

    It has a row for the country and each province of that quarter, and a column for each figure that is due then;
    `policyreport add` reads it back.

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
    """The day given, which is not to come, or today."""
    today = date.today()
    day = accessed.date() if accessed else today
    if day > today:
        raise UsageError("--accessed", f"a day to {today}", f'"{day}"', "Write the day the file was read.")
    return day


def _say_refusals(preview: Preview) -> None:
    """Each refused cell as an error."""
    for error in preview.refused[:SHOWN_REFUSALS]:
        say_error(error)
    more = len(preview.refused) - SHOWN_REFUSALS
    if more > 0:
        typer.echo(f"… and {more} more.", err=True)
    typer.echo("Nothing was written.", err=True)


def _write(root: Path, preview: Preview, yes: bool) -> None:
    """Write what the preview showed, if it is wanted."""
    from policyreport.intake import write_deliveries

    if not preview.delivery.figures:
        typer.echo("Nothing to write: every figure is in the ledger already.")
        return
    if not yes and not (sys.stdin.isatty() and sys.stdout.isatty() and typer.confirm("Write this?")):
        typer.echo("Nothing was written. Add --yes to write it.")
        return
    for path in write_deliveries(root, [preview.delivery]):
        typer.echo(f"written: {path.relative_to(root)}")
