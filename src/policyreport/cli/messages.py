"""How the command line shows messages and tables, and asks for confirmation."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from policyreport.errors import PolicyReportError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def open_console() -> Console:
    """Open a console that takes no text for markup, wide enough for any table if its output is not a terminal."""
    # Rich takes a while to import, and most commands print no table.
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False, highlight=False)


def plain_table(
    left: Iterable[str], right: Iterable[str] = (), last: Iterable[str] = (), title: str | None = None
) -> Table:
    """A table without lines, by the headings of its columns; `right` are of numbers."""
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for names, side in ((left, "left"), (right, "right"), (last, "left")):
        for name in names:
            table.add_column(name, justify=side, overflow="fold")  # type: ignore[arg-type]
    return table


def say_error(error: PolicyReportError) -> None:
    """Print an error on the error stream: where, expected, got, what to do."""
    typer.echo(f"Error: {error.where}", err=True)
    for label, text in (("expected", error.expected), ("got", error.got), ("to do", error.todo)):
        typer.echo(f"  {label + ':':<10}{text}", err=True)


def confirmed(question: str, yes: bool) -> bool:
    """Whether `yes` was given, or the user answers the question so; nobody is asked outside a terminal."""
    return yes or (sys.stdin.isatty() and sys.stdout.isatty() and typer.confirm(question))
