"""The command `fetch`: ask a publisher, show what its answer changes, and write it with --yes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

# As in main, everything heavy is imported inside the commands.
from policyreport.errors import ConnectError, ExitCode, UsageError
from policyreport.project import given_project

if TYPE_CHECKING:
    import pandas as pd

    from policyreport.intake.connectors.fetched import Fetched
    from policyreport.intake.connectors.web import Web
    from policyreport.params.connectors import Connectors, Http

SHOWN = 20

app = typer.Typer(name="fetch", rich_markup_mode=None)

Since = Annotated[
    int, typer.Option(metavar="YEAR", show_default=False, help="Only figures of this year and later; by default all.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Write what is shown; by default nothing is written.")]
Published = Annotated[
    str, typer.Option(metavar="DATE", help="Day of publication, if the publisher states a wrong one.")
]


@app.callback(invoke_without_command=True)
def fetch(
    context: typer.Context,
    listed: Annotated[
        bool, typer.Option("--list", help="List what can be fetched, from params/connectors.yaml.")
    ] = False,
) -> None:
    """Fetch figures from a publisher, and show what they change.

    With --yes they are written to data/raw, as a table, its sidecar and the publisher's answer.

    \b
    Examples:
      policyreport fetch --list
      policyreport fetch worldbank --indicators NY.GDP.MKTP.KD.ZG --since 2018
      policyreport fetch pxweb PL.V03.01 --yes
      policyreport fetch sdmx GDPVNM --since 2020
    """
    if listed:
        _show_list(_params(given_project(context.obj)))
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def worldbank(
    context: typer.Context,
    indicators: Annotated[str, typer.Option(metavar="CODES", help="World Bank codes, separated by commas.")],
    country: Annotated[
        str, typer.Option(metavar="CODE", help="World Bank code; by default the first in params/connectors.yaml.")
    ] = "",
    since: Since = 1960,
    published: Published = "",
    yes: Yes = False,
) -> None:
    """Fetch indicators of a country from the World Bank.

    \b
    Examples:
      policyreport fetch worldbank --indicators NY.GDP.MKTP.KD.ZG,SP.POP.TOTL --since 2018
      policyreport fetch worldbank --indicators GB.XPD.RSDV.GD.ZS --yes
    """
    codes = _codes(indicators)
    with _publisher(context) as (root, params, web):
        from policyreport.intake.connectors import worldbank as connector

        if not codes:
            raise UsageError("--indicators", "World Bank codes", "nothing", "See policyreport fetch --list.")
        for code in codes:
            connector.require_known(code, country, params.worldbank)
        today = date.today()
        fetched = [connector.fetch(code, web, params.worldbank, today, country=country, since=since) for code in codes]
    _land(root, fetched, published, yes)


@app.command()
def pxweb(
    context: typer.Context,
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Number of the table, such as PL.V03.01.")],
    since: Since = 0,
    published: Published = "",
    yes: Yes = False,
) -> None:
    """Fetch a table from the statistics office (PX-Web).

    \b
    Examples:
      policyreport fetch pxweb PL.V03.01
      policyreport fetch pxweb V03.12 --since 2024 --yes
    """
    with _publisher(context) as (root, params, web):
        from policyreport.data.areas import read_areas
        from policyreport.intake.connectors import pxweb as connector

        fetched = connector.fetch(table, web, params.pxweb, read_areas(root), date.today(), since)
    _land(root, [fetched], published, yes)


@app.command()
def sdmx(
    context: typer.Context,
    flow: Annotated[str, typer.Argument(metavar="FLOW", help="File of the summary data page, such as GDPVNM.")],
    series: Annotated[
        str, typer.Option(metavar="CODES", help="Only these series, separated by commas; by default all mapped.")
    ] = "",
    since: Since = 0,
    published: Published = "",
    yes: Yes = False,
) -> None:
    """Fetch series from the national summary data page (SDMX).

    \b
    Examples:
      policyreport fetch sdmx GDPVNM
      policyreport fetch sdmx GDPVNM --series NGDP_PA_XDC --since 2020 --yes
    """
    with _publisher(context) as (root, params, web):
        from policyreport.intake.connectors import sdmx as connector

        fetched = connector.fetch(flow, web, params.sdmx, date.today(), series=_codes(series), since=since)
    _land(root, [fetched], published, yes)


@contextmanager
def _publisher(context: typer.Context) -> Iterator[tuple[Path, Connectors, Web]]:
    """The project, its connectors and an open connection; a missing package of a connector is named."""
    root = given_project(context.obj)
    params = _params(root)
    try:
        with open_web(params.http) as web:
            yield root, params, web
    except ModuleNotFoundError as error:
        todo = 'Install the extra: pip install "policyreport[connect]" (in the project: make setup).'
        raise ConnectError("policyreport fetch", f"the package {error.name}", "not installed", todo) from None


def open_web(settings: Http) -> Web:
    """Open the connection; tests replace it by a recorded one."""
    from policyreport.intake.connectors.web import Web

    return Web(settings)


def _params(root: Path) -> Connectors:
    # Parameters need pydantic.
    from policyreport.params.connectors import read_connectors

    return read_connectors(root)


def _codes(text: str) -> tuple[str, ...]:
    """Codes separated by commas, each once."""
    return tuple(dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))


def _land(root: Path, fetched: list[Fetched], published: str, yes: bool) -> None:
    """Show what each table changes; with --yes write all of them, or none if a row is refused."""
    from policyreport.data.observations.ledger import load_ledger
    from policyreport.intake.connectors import fetched as connector
    from policyreport.intake.writing import affected_editions

    if published:
        fetched = [connector.republished(table, _day(published)) for table in fetched]
    ledger = load_ledger(root)
    previews = [connector.preview(table.rows, ledger) for table in fetched]
    for table, preview in zip(fetched, previews, strict=True):
        _show(table, preview)
    if any((preview["change"] == "refused").any() for preview in previews):
        typer.echo("Nothing was written: rows are refused. --published DATE states a later day of publication.")
        raise typer.Exit(int(ExitCode.DATA))
    landings = [
        (table, table.rows.loc[rows])
        for table, preview in zip(fetched, previews, strict=True)
        if len(rows := connector.rows_to_land(preview))
    ]
    for edition in affected_editions(root, _days(landings)):
        typer.echo(f"changes edition {edition}")
    if not landings:
        typer.echo("Nothing to write: the ledger has every figure.")
    elif not yes:
        typer.echo("Nothing was written. Give --yes to write it.")
    else:
        for path in connector.write(landings, root):
            typer.echo(f"wrote {path.relative_to(root)}")


def _days(landings: list[tuple[Fetched, pd.DataFrame]]) -> Iterator[date]:
    """The day by which each row to be written was certainly published."""
    from policyreport.records.periods import last_day

    for fetched, rows in landings:
        yield from (last_day(text or fetched.source.published)[0] for text in rows["published"])


def _day(text: str) -> str:
    """Check a stated day, which must not be in the future."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--published {text}", "a day such as 2026-11-22", f'"{text}"', "Use this form.") from None
    if day > date.today():
        raise UsageError(f"--published {text}", "today or earlier", "a future day", "Give the day of publication.")
    return day.isoformat()


def _show(fetched: Fetched, preview: pd.DataFrame) -> None:
    """Show a table's title, its counts, and the first rows of each kind of change."""
    number = Counter(preview["change"])
    counts = ", ".join(f"{number[kind]} {kind}" for kind in ("new", "revised", "unchanged", "refused"))
    typer.echo(f"{fetched.source.title}, published {fetched.source.published}")
    typer.echo(f"  {counts}")
    for kind in ("refused", "revised", "new"):
        chosen = preview.index[preview["change"] == kind]
        for at in chosen[:SHOWN]:
            row, verdict = fetched.rows.loc[at], preview.loc[at]
            before = f"{verdict['before']} → " if verdict["before"] else ""
            reason = f": {verdict['reason']}" if verdict["reason"] else ""
            line = (
                f"{kind:<8} {row['area']} {row['indicator']} {row['period']}  {before}{verdict['after']} {row['unit']}"
            )
            typer.echo(f"  {line}{reason}")
        if len(chosen) > SHOWN:
            typer.echo(f"  … and {len(chosen) - SHOWN} more {kind}")


def _show_list(params: Connectors) -> None:
    """List each mapped code with its indicator and title."""
    for code, indicator in params.worldbank.indicators.items():
        typer.echo(f"worldbank  {code:<20} {indicator.to.indicator:<26} {indicator.title}")
    for code, table in params.pxweb.tables.items():
        names = ", ".join(dict.fromkeys(item.to.indicator for item in table.series))
        typer.echo(f"pxweb      {code:<20} {names:<26} {table.title}")
    for code, flow in params.sdmx.flows.items():
        for name, series in flow.series.items():
            typer.echo(f"sdmx       {f'{code} {name}':<20} {series.to.indicator:<26} {series.title}")
