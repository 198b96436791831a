"""The command `compare-runs`: two builds held against each other, byte for byte."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.errors import ExitCode

if TYPE_CHECKING:
    from policyreport.publishing.differences import Difference

BuildArgument = Annotated[Path, typer.Argument(help="Folder of an edition that was run, such as build/2025Q4.")]


def compare_runs(
    first: BuildArgument,
    second: BuildArgument,
    every: Annotated[bool, typer.Option("--all", help="Show the first difference of every file, not of one.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All differences, for other programs.")] = False,
) -> None:
    """Compare records and executed notebooks of two builds byte for byte, and show the first difference.

    Warm or cold, here or on a cluster, with one worker or four: the same inputs give the same bytes. Ends with exit
    code 8 where they differ. Times (timings.json) are not compared.

    \b
    Examples:
      policyreport compare-runs build/2025Q4 /tmp/other/build/2025Q4
      policyreport compare-runs build/2025Q3 build/2025Q4 --all
    """
    from policyreport.publishing.differences import compare_builds

    looked, found = compare_builds(first, second)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(each) for each in found], indent=1, ensure_ascii=False))
    elif not found:
        typer.echo(f"Equal: {looked} files, byte for byte.")
    else:
        for each in found if every else found[:1]:
            _show(each)
        rest = [each.file for each in found[1:]]
        typer.echo(f"{len(found)} of {looked} files differ.")
        if rest and not every:
            typer.echo(f"Also: {', '.join(rest[:5])}{' …' if len(rest) > 5 else ''}. --all shows each.")
    if found:
        raise typer.Exit(int(ExitCode.DIFFERENT))


def _show(difference: Difference) -> None:
    """A file, the place in it, and what differs there."""
    typer.echo(f"{difference.file}{': ' if difference.place else ''}{difference.place}")
    for line in difference.lines:
        typer.echo(f"  {line}")
