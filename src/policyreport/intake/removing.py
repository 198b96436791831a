"""Take back a table that was added by mistake: what would disappear, what depends on it, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from policyreport.data.journal import open_journal
from policyreport.data.observations.corrections import read_corrections
from policyreport.data.observations.ledger import check_raw, read_raw
from policyreport.data.rules.evidence import listing
from policyreport.data.sources import SIDECAR, Source, original_path, read_sources
from policyreport.errors import DataError, UsageError, did_you_mean
from policyreport.intake.affected import Affected, affected_editions
from policyreport.intake.writing import roll_back
from policyreport.params.policy import read_policy
from policyreport.records.periods import last_day


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
