"""Find the project folder; light, so that the command line can say something at once."""

from __future__ import annotations

from pathlib import Path

from policyreport.errors import UsageError

EDITIONS = Path("params") / "editions"


def find_project(start: Path) -> Path:
    """Find the project folder: the nearest one upwards with params/editions/.

    Parameters
    ----------
    start : Path
        Where to begin.

    Returns
    -------
    Path
        The project folder.

    Raises
    ------
    UsageError
        If no folder upwards is a project.
    """
    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / EDITIONS).is_dir():
            return folder
    got = f"no {EDITIONS}/ there or above"
    raise UsageError(str(start), "a folder inside a project", got, "Change into the project, or give --project PATH.")


def given_project(path: Path) -> Path:
    """Check the folder that --project names.

    Parameters
    ----------
    path : Path
        The folder.

    Returns
    -------
    Path
        The same, absolute.

    Raises
    ------
    UsageError
        If it is not a project.
    """
    if not (path / EDITIONS).is_dir():
        got = f"no {EDITIONS}/ in it" if path.is_dir() else "no such folder"
        raise UsageError(f"--project {path}", "the folder of a project", got, "Give the project's top folder.")
    return path.absolute()
