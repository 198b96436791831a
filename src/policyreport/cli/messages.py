"""What several commands share: messages, tables, confirmation; editions and areas."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.errors import ParamsError, PolicyReportError, UsageError
from policyreport.project import list_editions, way_to_edition

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


EditionArgument = Annotated[
    str, typer.Argument(metavar="EDITION", help="Name of an edition in params/editions/, such as 2025Q4.")
]


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


def check_edition(root: Path, edition: str) -> None:
    """Refuse an unknown edition before anything heavy is imported, with the nearest one or the way to make it."""
    known = list_editions(root)
    if edition not in known:
        place = f'edition "{edition}"'
        got = f"no params/editions/{edition} with an edition.yaml, and no params/editions/{edition}.yaml"
        raise UsageError(place, "the name of an edition in params/editions/", got, way_to_edition(edition, known))


def edition_list(root: Path) -> tuple[Table, list[ParamsError]]:
    """List the editions that can be read, and collect the errors of the others."""
    # Editions need pydantic.
    from policyreport.params.edition import read_edition, read_edition_file

    table = plain_table(("edition", "quarter", "as known on", "follows", "title"))
    wrong: dict[str, ParamsError] = {}
    for name in list_editions(root):
        try:
            edition = read_edition_file(root, name)
            facts = (edition.quarter, str(edition.as_known_on), edition.previous or "–", edition.title)
            table.add_row(name, *facts)
            read_edition(root, name)
        except ParamsError as error:
            # Editions that follow a wrong one all meet the same error.
            wrong[str(error)] = error
    return table, list(wrong.values())


def resolve_areas(root: Path, edition: str, text: str) -> list[str]:
    """Give the keys of --areas, each once; mistakes are reported before the ledger is read, which takes a while."""
    # Areas and editions need pandas and pydantic.
    from policyreport.data.areas import read_areas
    from policyreport.params.edition import read_edition

    areas, named = read_areas(root), read_edition(root, edition)
    keys = [areas.resolve_in(named, name.strip(), f"--areas {text}") for name in text.split(",")]
    return list(dict.fromkeys(keys))


def shown_path(path: Path, root: Path) -> str:
    """Write a path relative to the current folder, else to the project, if it is in one of them."""
    for start in (Path.cwd(), root):
        if path.is_relative_to(start):
            return str(path.relative_to(start))
    return str(path)
