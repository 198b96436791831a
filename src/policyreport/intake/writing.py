"""Write the files of deliveries: all of them or none, even if the machine stops between two."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from policyreport.data.journal import FILE, open_journal, part_of, read_journal, remove_files
from policyreport.errors import DataError
from policyreport.intake.delivery import Delivery, files_of
from policyreport.project import process_runs


def write_deliveries(root: Path, deliveries: Iterable[Delivery]) -> tuple[Path, ...]:
    """Write tables, sidecars and originals below data/raw; returns what was written.

    Raises DataError if a file of that name exists, another command is adding, or the folder cannot be written; then
    nothing has changed.

    Everything is written under temporary names first. A journal then hides the tables from every reader of data/raw,
    the files are moved into place, and removing the journal shows them all at once. What a stopped command leaves
    behind stays hidden, and the next one removes it.
    """
    raw = root / "data" / "raw"
    files = {
        path: body for delivery in deliveries if delivery.figures for path, body in files_of(root, delivery).items()
    }
    if not files:
        return ()
    roll_back(raw)
    for path in files:
        if path.exists():
            todo = "Raw files are never edited: give this one another name with --table."
            raise DataError(str(path), "a name that is free", "a file of that name", todo)
    parts = {path: part_of(path) for path in files}
    made = [folder for folder in {path.parent for path in files} if not folder.exists()]
    try:
        for path, body in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_bytes(body)
        open_journal(raw, parts)
        for path, part in parts.items():
            part.replace(path)
        (raw / FILE).unlink()
    except BaseException as error:
        # Restore the folder before reporting why the command stopped or failed.
        for part in parts.values():
            part.unlink(missing_ok=True)
        roll_back(raw)
        for folder in made:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        if isinstance(error, OSError):
            got = error.strerror or type(error).__name__
            todo = "Free space or correct the permissions, then run the command again; nothing was changed."
            raise DataError(str(error.filename or raw), "a folder that can be written", got, todo) from None
        raise
    return tuple(files)


def roll_back(raw: Path) -> None:
    """Remove what a stopped command has left half-added.

    Raises DataError if another command is adding at this moment, or the journal is not genuine; then nothing is
    removed.
    """
    journal = read_journal(raw)
    if journal is None:
        return
    if journal.process != os.getpid() and process_runs(journal.process, otherwise=False):
        todo = f"Wait for it; if it is no policyreport, delete {raw / FILE}."
        got = f"process {journal.process} is adding"
        raise DataError(str(raw / FILE), "one command that adds at a time", got, todo)
    remove_files(raw, journal)
