"""The command `remove`: take back a table, after showing what would disappear."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.cli.messages import confirmed
from policyreport.errors import DataError
from policyreport.project import given_project

if TYPE_CHECKING:
    from policyreport.intake.removing import Removal

_SHOWN = 20


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
    from policyreport.intake.removing import plan_removal, refuse_named, remove_table

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
