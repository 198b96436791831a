"""What several commands ask of the project and its editions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from policyreport.errors import ParamsError, UsageError
from policyreport.project import list_editions, way_to_edition

if TYPE_CHECKING:
    from rich.table import Table

    from policyreport.data.areas import Areas


def check_edition(root: Path, edition: str) -> None:
    """Refuse an unknown edition before anything heavy is imported.

    Parameters
    ----------
    root : Path
        The project folder.
    edition : str
        A word of the user.

    Raises
    ------
    UsageError
        If it is none, with the nearest, or the way to make it.
    """
    known = list_editions(root)
    if edition not in known:
        place = f'edition "{edition}"'
        got = f"no params/editions/{edition}.yaml"
        raise UsageError(place, "the name of a file in params/editions/", got, way_to_edition(edition, known))


def edition_list(root: Path) -> tuple[Table, list[ParamsError]]:
    """Lay out the editions that can be read, and collect what is wrong with the others."""
    # Editions need pydantic, tables rich.
    from rich.table import Table

    from policyreport.params.edition import read_edition, read_edition_file

    table = Table("edition", "quarter", "as known on", "follows", "title", box=None, pad_edge=False)
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


def edition_areas(root: Path, edition: str) -> tuple[Areas, list[str]]:
    """Give the table of areas, and the keys of those in an edition.

    Parameters
    ----------
    root : Path
        The project folder.
    edition : str
        Name of the edition.

    Returns
    -------
    Areas, list of str
        All areas; the edition's keys.
    """
    # Areas and editions need pandas and pydantic.
    from policyreport.data.areas import read_areas
    from policyreport.params.edition import read_edition

    areas, named = read_areas(root), read_edition(root, edition)
    return areas, areas.of_edition(named)


def resolve_areas(root: Path, edition: str, words: str) -> list[str]:
    """Give the area keys for the words of --areas; told before the ledger is read, which takes a while.

    Parameters
    ----------
    root : Path
        The project folder.
    edition : str
        Name of the edition.
    words : str
        Keys or names, commas between.

    Returns
    -------
    list of str
        Keys, each once.

    Raises
    ------
    UsageError
        If a word is no area of the edition.
    """
    # Areas and editions need pandas and pydantic.
    from policyreport.data.areas import read_areas
    from policyreport.params.edition import read_edition

    areas, named = read_areas(root), read_edition(root, edition)
    keys = [areas.resolve_in(named, word.strip(), f"--areas {words}") for word in words.split(",")]
    return list(dict.fromkeys(keys))


def shown_path(path: Path, root: Path) -> str:
    """Write a path as short as it can be typed from here, else from the project.

    Parameters
    ----------
    path, root : Path
        The path; the project folder.

    Returns
    -------
    str
        Relative where that is possible.
    """
    for start in (Path.cwd(), root):
        if path.is_relative_to(start):
            return str(path.relative_to(start))
    return str(path)
