"""Write the files of deliveries, or take back a table: all of them or none; and the editions that change by it."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from policyreport.data.journal import FILE, open_journal, part_of, read_journal, remove_files
from policyreport.data.observations.corrections import read_corrections
from policyreport.data.observations.ledger import check_raw, read_raw
from policyreport.data.rules.evidence import listing
from policyreport.data.sources import SIDECAR, Source, original_path, read_sources
from policyreport.errors import DataError, ParamsError, UsageError, did_you_mean
from policyreport.intake.delivery import Delivery, files_of
from policyreport.params.edition import read_edition_file
from policyreport.params.policy import read_policy
from policyreport.params.reading import DATA
from policyreport.project import list_editions, process_runs
from policyreport.records.periods import last_day


@dataclass(frozen=True)
class Affected:
    """An edition, how many of the figures it uses, and whether it has been built.

    `day` is the day it is known on. If its file cannot be read, `problem` says why and nothing else is known of it.
    """

    id: str
    day: date | None
    figures: int
    built: bool
    problem: str = ""

    def __str__(self) -> str:
        """Describe it in one sentence."""
        if self.problem:
            return f"{self.id}: cannot be read, so it is not known whether it changes ({self.problem})"
        built = "built, so run it again" if self.built else "not built yet"
        count = f"{self.figures} figure{'s' * (self.figures != 1)}"
        return f"{self.id}, known on {self.day}: {count} published by then ({built})"


def affected_editions(root: Path, published: Iterable[date]) -> tuple[Affected, ...]:
    """List the editions that use any of some figures, given the day by which each was certainly published.

    Editions on data of their own are left out; those whose file cannot be read are listed with their problem.
    """
    days, affected = list(published), []
    for name in list_editions(root):
        built = (root / "build" / name).is_dir()
        try:
            edition = read_edition_file(root, name)
        except ParamsError as error:
            affected.append(Affected(name, None, 0, built, f"{error.where}: {error.expected}"))
            continue
        # An edition with data of its own uses none of them.
        figures = sum(day <= edition.as_known_on for day in days) if edition.data == DATA else 0
        if figures:
            affected.append(Affected(name, edition.as_known_on, figures, built))
    return tuple(affected)


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


@dataclass(frozen=True)
class Removal:
    """What removing a table would do.

    `editions` use some of its figures. `mentions` are corrections and parameters that name it; while there are any,
    nothing is removed.
    """

    key: str
    source: Source
    rows: pd.DataFrame
    files: tuple[Path, ...]
    editions: tuple[Affected, ...]
    mentions: tuple[str, ...]


def plan_removal(root: Path, table: str) -> Removal:
    """Find out what removing a table, given by its key or its path, would do."""
    sources = read_sources(root)
    key = _key(root, table, sources)
    raw = read_raw(root, sources)
    in_table = raw["source"] == key
    check_raw(root, raw)
    path = root / "data" / "raw" / f"{key}.csv"
    files = [path, path.with_name(path.stem + SIDECAR)]
    original = sources[key].original
    if original is not None and original.kept:
        files.append(original_path(path, original.name))
    rows = raw[in_table]
    if in_table.all():
        raise DataError(
            str(path), "another table besides it", "the only one", "A project without figures has no report."
        )
    editions = affected_editions(root, (last_day(text)[0] for text in rows["published"]))
    return Removal(key, sources[key], rows, tuple(files), editions, tuple(_mentions(root, key)))


def remove_table(root: Path, removal: Removal) -> tuple[Path, ...]:
    """Remove a table, its sidecar and its original: all of them or none, even if the machine stops in between.

    The journal hides the table at once; the next command removes what a stopped one has left. Raises DataError if
    something still names the table, another command is writing, or the folder cannot be written.
    """
    if removal.mentions:
        raise refuse_named(removal)
    raw = root / "data" / "raw"
    roll_back(raw)
    try:
        open_journal(raw, {file: file for file in removal.files})
        roll_back(raw)
    except OSError as error:
        got = error.strerror or type(error).__name__
        todo = "Correct the rights and run the command again: the table is out of sight, some of its files are there."
        raise DataError(str(error.filename or raw), "a folder that can be written", got, todo) from None
    folder = removal.files[0].parent
    if not any(folder.iterdir()):
        folder.rmdir()
    return removal.files


def refuse_named(removal: Removal) -> DataError:
    """Make the error of a table that corrections or parameters name: without it every command would stop."""
    todo = "Delete or change these entries first."
    return DataError(f"data/raw/{removal.key}.csv", "a table that nothing names", listing(removal.mentions, 5), todo)


def _key(root: Path, table: str, sources: dict[str, Source]) -> str:
    raw = (root / "data" / "raw").resolve()
    path = Path(table)
    names = [table, table.removesuffix(".csv"), table.removesuffix(SIDECAR)]
    if path.suffix and path.exists() and path.resolve().is_relative_to(raw):
        names.append(path.resolve().relative_to(raw).as_posix().removesuffix(".csv").removesuffix(SIDECAR))
    names += [name.removeprefix("data/raw/") for name in names]
    key = next((name for name in names if name in sources), None)
    if key is None:
        todo = did_you_mean(table, sources)
        raise UsageError(f"remove {table}", "a table below data/raw, as PUBLISHER/TABLE", f'"{table}"', todo)
    return key


def _mentions(root: Path, key: str) -> list[str]:
    """Corrections of a table's rows, and parameters that name it as their source."""
    file = f"{key}.csv"
    corrections = [correction for correction in read_corrections(root) if correction.row.rpartition("#")[0] == file]
    policy = read_policy(root)
    entries = [("threshold", policy.threshold.source)]
    entries += [(entry.id, entry.source) for entry in policy.milestones]
    entries += [(entry.id, entry.source) for entry in (*policy.targets, *policy.related_targets)]
    return [
        *(f"the correction {correction.id} of {correction.row} (data/corrections)" for correction in corrections),
        *(f"{name} of params/policy.yaml, whose source it is" for name, source in entries if source == key),
    ]
