"""How the command line says an error."""

from __future__ import annotations

import typer

from policyreport.errors import PolicyReportError


def say_error(error: PolicyReportError) -> None:
    """Show one message on the error stream: where, expected, got, what to do.

    Parameters
    ----------
    error : PolicyReportError
        The error.
    """
    typer.echo(f"Error: {error.where}", err=True)
    for label, text in (("expected", error.expected), ("got", error.got), ("to do", error.todo)):
        typer.echo(f"  {label + ':':<10}{text}", err=True)
