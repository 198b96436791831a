"""How the command line shows messages and tables, and asks for confirmation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from policyreport.errors import PolicyReportError

if TYPE_CHECKING:
    from rich.console import Console


def open_console() -> Console:
    """Open a console that takes no text for markup, wide enough for any table if its output is not a terminal."""
    # Rich takes a while to import, and most commands print no table.
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False, highlight=False)


def say_error(error: PolicyReportError) -> None:
    """Print an error on the error stream: where, expected, got, what to do."""
    typer.echo(f"Error: {error.where}", err=True)
    for label, text in (("expected", error.expected), ("got", error.got), ("to do", error.todo)):
        typer.echo(f"  {label + ':':<10}{text}", err=True)


def confirmed(question: str, yes: bool) -> bool:
    """Whether `yes` was given, or the user answers the question so; nobody is asked outside a terminal."""
    return yes or (sys.stdin.isatty() and sys.stdout.isatty() and typer.confirm(question))
