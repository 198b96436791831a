"""The files of a delivery, all of them or none, even if the machine stops between two."""

from __future__ import annotations

import os
from pathlib import Path

from policyreport.errors import DataError
from policyreport.intake.delivery import Delivery, files_of
from policyreport.sources import ORIGINAL, PENDING, SIDECAR, pending_table


def write_delivery(root: Path, delivery: Delivery) -> tuple[Path, ...]:
    """Write a table, its sidecar and its original below data/raw.

    Parameters
    ----------
    root : Path
        The project's folder.
    delivery : Delivery
        What a preview without refusals gave.

    Returns
    -------
    tuple of Path
        What was written; nothing for a delivery without figures.

    Raises
    ------
    DataError
        If a file of that name is there, another command is adding, or the folder cannot be written; then
        nothing has changed.

    Notes
    -----
    Everything is written under temporary names first. A journal then takes the table out of sight of whoever
    reads data/raw, the files are moved into place, and removing the journal shows them all at once. What a
    stopped command leaves behind stays out of sight, and the next one removes it.
    """
    raw = root / "data" / "raw"
    if not delivery.figures:
        return ()
    roll_back(raw)
    files = files_of(root, delivery)
    for path in files:
        if path.exists():
            todo = "Raw files are never edited: give this one another name with --table."
            raise DataError(str(path), "a name that is free", "a file of that name", todo)
    parts = {path: path.with_name(f".{path.name}.part") for path in files}
    made = [folder for folder in {path.parent for path in files} if not folder.exists()]
    try:
        for path, body in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            parts[path].write_bytes(body)
        open_journal(raw, delivery.key)
        for path, part in parts.items():
            part.replace(path)
        (raw / PENDING).unlink()
    except BaseException as error:
        # A stopped or failed command leaves the folder as it was; only then is it said why.
        for part in parts.values():
            part.unlink(missing_ok=True)
        roll_back(raw)
        for folder in made:
            if folder.exists() and not any(folder.iterdir()):
                folder.rmdir()
        if isinstance(error, OSError):
            got = error.strerror or type(error).__name__
            todo = "Free space or mend the rights, then add the file again; nothing was changed."
            raise DataError(str(error.filename or raw), "a folder that can be written", got, todo) from None
        raise
    return tuple(files)


def roll_back(raw: Path) -> None:
    """Remove what a stopped command left half-added.

    Parameters
    ----------
    raw : Path
        The folder data/raw.

    Raises
    ------
    DataError
        If another command is adding at this moment.
    """
    journal = raw / PENDING
    if not journal.exists():
        return
    _, _, process = journal.read_text(encoding="utf-8").strip().partition("\n")
    if process.isdigit() and int(process) != os.getpid() and _runs(int(process)):
        todo = f"Wait for it; if it is no policyreport, delete {journal}."
        raise DataError(str(journal), "one command that adds at a time", f"process {process} is adding", todo)
    key = pending_table(raw)
    if key is not None:
        table = raw / f"{key}.csv"
        for path in (table, table.with_name(table.stem + SIDECAR), *table.parent.glob(f"{table.stem}{ORIGINAL}.*")):
            path.unlink(missing_ok=True)
        for part in table.parent.glob(f".{table.stem}.*.part"):
            part.unlink(missing_ok=True)
    journal.unlink()


def open_journal(raw: Path, key: str) -> None:
    """Name the table whose files are about to appear or to go; only one command at a time can.

    Raises
    ------
    DataError
        If another command has named one, or the folder cannot be written.
    """
    with (raw / PENDING).open("x", encoding="utf-8") as journal:
        journal.write(f"{key}\n{os.getpid()}\n")


def _runs(process: int) -> bool:
    """True if a process of that number is there; elsewhere than on POSIX signal 0 would stop it."""
    if os.name != "posix":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
