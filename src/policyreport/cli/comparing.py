"""The command `compare-runs`."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from policyreport.errors import ExitCode

BuildArgument = Annotated[
    Path, typer.Argument(metavar="BUILD", help="Folder of an edition that was run, such as build/2025Q4.")
]


def compare_runs(
    first: BuildArgument,
    second: BuildArgument,
    every: Annotated[
        bool, typer.Option("--all", help="Show the first difference in every file, not only in one.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print all differences as JSON, for other programs.")] = False,
) -> None:
    """Compare two builds of an edition byte for byte.

    The same inputs give the same records and executed notebooks, with warm or cold kernels, here or on a cluster,
    with one worker or four. If two differ, the first difference is shown and the exit code is 8. Timings
    (timings.json) are not compared.

    \b
    Examples:
      policyreport compare-runs build/2025Q4 /tmp/other/build/2025Q4
      policyreport compare-runs build/2025Q3 build/2025Q4 --all
    """
    from policyreport.publishing.differences import compare_builds

    compared, differences = compare_builds(first, second)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(item) for item in differences], indent=1, ensure_ascii=False))
    elif not differences:
        typer.echo(f"Equal: {compared} files, byte for byte.")
    else:
        for difference in differences if every else differences[:1]:
            typer.echo(": ".join(filter(None, (difference.file, difference.place))))
            for line in difference.lines:
                typer.echo(f"  {line}")
        rest = [difference.file for difference in differences[1:]]
        typer.echo(f"{len(differences)} of {compared} files differ.")
        if rest and not every:
            typer.echo(f"Also: {', '.join(rest[:5])}{' …' if len(rest) > 5 else ''}. --all shows them all.")
    if differences:
        raise typer.Exit(int(ExitCode.DIFFERENT))
