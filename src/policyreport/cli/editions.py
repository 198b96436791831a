"""Editions and areas, as several commands need them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from policyreport.cli.messages import plain_table
from policyreport.errors import ParamsError, UsageError
from policyreport.project import list_editions, way_to_edition

if TYPE_CHECKING:
    from rich.table import Table

EditionArgument = Annotated[
    str, typer.Argument(metavar="EDITION", help="Name of a file in params/editions/, such as 2025Q4.")
]


def check_edition(root: Path, edition: str) -> None:
    """Refuse an unknown edition before anything heavy is imported, with the nearest one or the way to make it."""
    known = list_editions(root)
    if edition not in known:
        place = f'edition "{edition}"'
        got = f"no params/editions/{edition}.yaml"
        raise UsageError(place, "the name of a file in params/editions/", got, way_to_edition(edition, known))


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
