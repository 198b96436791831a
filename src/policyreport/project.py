"""Find the project folder, its editions and who works in it; without heavy imports, for a quick command line."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from policyreport.errors import UsageError, did_you_mean

EDITIONS = Path("params") / "editions"
IN_FOLDER = "edition.yaml"
"""The file of an edition that has a folder."""
_QUARTER = re.compile(r"^\D*(\d{4})\W*q\W*([1-4])$", re.IGNORECASE)


def find_project(start: Path) -> Path:
    """Return the nearest folder upwards that has params/editions/; raise UsageError where there is none."""
    for folder in (start.absolute(), *start.absolute().parents):
        if (folder / EDITIONS).is_dir():
            return folder
    got = f"no {EDITIONS}/ there or above"
    raise UsageError(str(start), "a folder inside a project", got, "Change into the project, or give --project PATH.")


def given_project(path: Path | None) -> Path:
    """Return the folder of --project, else the one found from here upwards; raise UsageError where there is none."""
    if path is None:
        return find_project(Path.cwd())
    if not (path / EDITIONS).is_dir():
        got = f"no {EDITIONS}/ in it" if path.is_dir() else "no such folder"
        raise UsageError(f"--project {path}", "the folder of a project", got, "Give the project's top folder.")
    return path.absolute()


def list_editions(root: Path) -> tuple[str, ...]:
    """List the editions in params/editions/, files and folders, in alphabetical order."""
    folder = root / EDITIONS
    alone = {path.stem for path in folder.glob("[!.]*.yaml")}
    return tuple(sorted(alone | {path.parent.name for path in folder.glob(f"[!.]*/{IN_FOLDER}")}))


def way_to_edition(name: str, known: Iterable[str]) -> str:
    """Advise on the name of an edition that does not exist.

    A name near to an existing one is taken for a slip; another quarter is an edition still to be made, and suggesting
    an older edition would be wrong.
    """
    editions = sorted(known)
    quarter = quarter_of(name)
    alike = [other for other in editions if quarter_of(other) == quarter] if quarter else editions
    near = did_you_mean(name, alike)
    return near if near.startswith("did you mean") else _how_to_make(quarter or name, editions)


def quarter_of(name: str) -> str:
    """Return ``2026Q1`` for a name that means a quarter, however it is written; empty for any other."""
    match = _QUARTER.match(name)
    return f"{match[1]}Q{match[2]}" if match else ""


def _how_to_make(name: str, editions: list[str]) -> str:
    if quarter_of(name) and any(map(quarter_of, editions)):
        return f"To make it: `policyreport new-edition {name}`."
    return f"Make {EDITIONS}/{name}.yaml with id, title, quarter, as_known_on, areas, previous, languages and quorum."


def process_runs(number: int, *, otherwise: bool) -> bool:
    """Tell whether a process of that number exists; `otherwise` is the answer where there is no way to ask.

    Signal 0 only asks on POSIX; on other systems it would end the process.
    """
    if os.name != "posix":
        return otherwise
    try:
        os.kill(number, 0)
    except OSError as error:
        # Any other error is about a process that exists and is another user's.
        return not isinstance(error, ProcessLookupError)
    return True
