"""Results of an edition on disk, each file whole or absent; whether they are as the run wrote them.

``records/<area>/<notebook>.json``, ``notebooks/<area>/<notebook>.ipynb``, and while a notebook fails
``failures/<area>/<notebook>.json``, below build/EDITION. An executed notebook holds its hash and its record's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from policyreport.errors import RunError
from policyreport.project import process_runs

if TYPE_CHECKING:
    # It brings papermill, which a run without executions does not need.
    from policyreport.running.execute import Outcome


# Placeholders in the notebook's metadata until the hashes are known.
UNSEALED = {"record": "0" * 64, "seal": "0" * 64}
_HASH = r'"{}": "([0-9a-f]{{64}})"'

PARTS = ("records", "notebooks", "failures")


def sealed(notebook: bytes, record: bytes) -> bytes:
    """Write into a notebook with `UNSEALED` in its metadata the hash of its record, then its own without this one."""
    notebook = _with(notebook, "record", hashlib.sha256(record).hexdigest())
    return _with(notebook, "seal", hashlib.sha256(notebook).hexdigest())


def broken_seal(notebook: bytes, record: bytes) -> str:
    """Which of the two has changed since: "notebook", "record", or ""."""
    seal, kept = _find(notebook, "seal"), _find(notebook, "record")
    if seal is None or kept is None:
        return "notebook"
    if hashlib.sha256(_with(notebook, "seal", UNSEALED["seal"])).hexdigest() != seal[1].decode():
        return "notebook"
    return "" if hashlib.sha256(record).hexdigest() == kept[1].decode() else "record"


def _find(notebook: bytes, name: str) -> re.Match[bytes] | None:
    """The last place of a name with a hash: the metadata follow the cells, which may hold anything."""
    places = list(re.finditer(_HASH.format(name).encode(), notebook))
    return places[-1] if places else None


def _with(notebook: bytes, name: str, value: str) -> bytes:
    place = _find(notebook, name)
    if place is None:
        raise ValueError(f"no place for {name} in the notebook's metadata")
    return notebook[: place.start(1)] + value.encode() + notebook[place.end(1) :]


def record_path(store: Path, area: str, notebook: str) -> Path:
    """Path of a notebook's record."""
    return store / "records" / area / f"{notebook}.json"


def notebook_path(store: Path, area: str, notebook: str) -> Path:
    """Path of an executed notebook."""
    return store / "notebooks" / area / f"{notebook}.ipynb"


def failure_path(store: Path, area: str, notebook: str) -> Path:
    """Path of a notebook's `Failure`, present while it fails."""
    return store / "failures" / area / f"{notebook}.json"


def save_outcome(store: Path, outcome: Outcome) -> None:
    """Keep one outcome; the files of other units stay as they are.

    A failed one removes its unit's older record, so that no page can show an old number; a good one removes its
    unit's older failure. A `RunError` if the folder cannot be written (rights, full disk).
    """
    record = record_path(store, *outcome.key)
    failure = failure_path(store, *outcome.key)
    try:
        if outcome.failure is None and outcome.record is not None:
            write_whole(notebook_path(store, *outcome.key), outcome.notebook_bytes)
            write_whole(record, outcome.record)
            failure.unlink(missing_ok=True)
        elif outcome.failure is not None:
            # The record goes first: whatever happens next, no old number can be shown.
            record.unlink(missing_ok=True)
            write_whole(failure, outcome.failure.to_json())
            write_whole(notebook_path(store, *outcome.key), outcome.notebook_bytes)
    except OSError as error:
        raise unwritable(error, store) from None


def unwritable(error: OSError, store: Path) -> RunError:
    """The error for results that cannot be written; the store is its place where the system names no file."""
    got = error.strerror or type(error).__name__
    todo = "Free space or correct the permissions, then run again; what was finished is kept."
    # The temporary name would tell a user nothing.
    place = Path(error.filename or store)
    return RunError(str(place.parent if place.suffix == ".part" else place), "a folder that can be written", got, todo)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file under a temporary name, then move it: a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two runs of one edition at the same time must not share the temporary name.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(body)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def remove_others(store: Path, keys: Iterable[tuple[str, str]]) -> None:
    """Remove what areas have from notebooks no longer theirs (renamed, dropped): no page shows old results.

    `keys` are all that these areas have now; other areas keep everything.
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
    """Remove, at any depth, what a process killed while writing has left; half files never had their final name."""
    for path in folder.rglob(".*.part"):
        with contextlib.suppress(OSError, ValueError):
            # A process that still exists may be another run, in the middle of a file.
            if not process_runs(int(path.suffixes[-2].removeprefix(".")), otherwise=True):
                path.unlink()
