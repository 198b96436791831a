"""Results of an edition on disk, each file whole or absent.

``records/<area>/<notebook>.json``, ``notebooks/<area>/<notebook>.ipynb``,
``failures/<area>/<notebook>.json`` below build/EDITION.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from policyreport.errors import RunError

if TYPE_CHECKING:
    # papermill comes with it, which a run without executions does not need.
    from policyreport.running.execute import Outcome

PARTS = ("records", "notebooks", "failures")


def record_path(store: Path, area: str, notebook: str) -> Path:
    """Where the record of one notebook is.

    Parameters
    ----------
    store : Path
        The edition's folder, build/EDITION.
    area, notebook : str
        Key of the area; name of the notebook.

    Returns
    -------
    Path
        A JSON file.
    """
    return store / "records" / area / f"{notebook}.json"


def notebook_path(store: Path, area: str, notebook: str) -> Path:
    """Where the executed notebook is; parameters as for `record_path`.

    Parameters
    ----------
    store : Path
        The edition's folder, build/EDITION.
    area, notebook : str
        Key of the area; name of the notebook.

    Returns
    -------
    Path
        An ``.ipynb`` file.
    """
    return store / "notebooks" / area / f"{notebook}.ipynb"


def failure_path(store: Path, area: str, notebook: str) -> Path:
    """Where the failure of one notebook is, while it fails.

    Parameters
    ----------
    store : Path
        The edition's folder, build/EDITION.
    area, notebook : str
        Key of the area; name of the notebook.

    Returns
    -------
    Path
        A JSON file, a `Failure`.
    """
    return store / "failures" / area / f"{notebook}.json"


def save_outcome(store: Path, outcome: Outcome) -> None:
    """Keep one outcome; the files of other units stay as they are.

    Parameters
    ----------
    store : Path
        The edition's folder, build/EDITION.
    outcome : Outcome
        A failed one removes its unit's older record, so that no page can show an old number; a good one
        removes its unit's older failure.

    Raises
    ------
    RunError
        If the folder cannot be written (rights, full disk).
    """
    record = record_path(store, *outcome.key)
    failure = failure_path(store, *outcome.key)
    try:
        if outcome.failure is None and outcome.record is not None:
            write_whole(notebook_path(store, *outcome.key), outcome.notebook_bytes)
            write_whole(record, outcome.record)
            failure.unlink(missing_ok=True)
        elif outcome.failure is not None:
            # The record goes first: whatever happens next, nothing old is left to be shown.
            record.unlink(missing_ok=True)
            write_whole(failure, outcome.failure.to_json())
            write_whole(notebook_path(store, *outcome.key), outcome.notebook_bytes)
    except OSError as error:
        raise unwritable(error, store) from None


def unwritable(error: OSError, store: Path) -> RunError:
    """Say that results cannot be written (rights, a full disk).

    Parameters
    ----------
    error : OSError
        What the system said.
    store : Path
        The edition's folder, where the error names no file.

    Returns
    -------
    RunError
        To be raised.
    """
    got = error.strerror or type(error).__name__
    todo = "Free space or correct the rights, then run again; what was finished is kept."
    # The half file's own name says nothing to anybody.
    place = Path(error.filename or store)
    return RunError(str(place.parent if place.suffix == ".part" else place), "a folder that can be written", got, todo)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file under a temporary name, then move it: a reader sees the old or the new, never half.

    Parameters
    ----------
    path : Path
        The file; its folder is made where it is missing.
    body : bytes
        Its content.

    Raises
    ------
    OSError
        If it cannot be written; an earlier file is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two runs of one edition at the same time must not share the temporary name.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def remove_others(store: Path, keys: Iterable[tuple[str, str]]) -> None:
    """Remove what areas have from notebooks that are theirs no more (renamed, dropped): no page shows old results.

    Parameters
    ----------
    store : Path
        The edition's folder, build/EDITION.
    keys : iterable of (str, str)
        Area and notebook of all that these areas have now; other areas keep everything.

    Raises
    ------
    RunError
        If the folder cannot be written.
    """
    stems: dict[str, set[str]] = {}
    for area, notebook in keys:
        stems.setdefault(area, set()).add(notebook)
    files = (path for area in stems for part in PARTS for path in (store / part / area).glob("[!.]*"))
    try:
        for path in files:
            if path.stem not in stems[path.parent.name]:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(error, store) from None


def remove_half_files(folder: Path) -> None:
    """Remove what a process that was killed while it wrote has left; half files never had their final name.

    Parameters
    ----------
    folder : Path
        Where to look, below it too.
    """
    for path in folder.rglob(".*.part"):
        with contextlib.suppress(OSError, ValueError):
            if not _runs(int(path.suffixes[-2].removeprefix("."))):
                path.unlink()


def _runs(pid: int) -> bool:
    """Whether a process is there; it may be another run, in the middle of a file."""
    if os.name != "posix":
        # There is no harmless signal to ask with.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
