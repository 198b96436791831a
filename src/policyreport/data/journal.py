"""The journal of tables that are being added: which files their command writes, so that no other is hidden or removed.

The journal lies below data/raw and anybody may have put it there. It is believed as far as the files themselves
bear it out: each lies below data/raw, belongs to a table, has the content named and is the very file
that the command wrote, by its number on this disk, which no archive or repository can bring along.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from policyreport.errors import DataError

FILE = ".adding"
"""Its name: while it is there, the tables it names are out of sight."""
_NAME = re.compile(r"\w[\w.-]*")
_ENDING = re.compile(r"\.(csv|source\.yaml|original\.\w+)$")
# A table takes up to 1 kB of it, and one fetch can bring many.
_BYTES = 1_000_000


class Entry(BaseModel):
    """A file as its command wrote it: its place below data/raw, its content, its number on the disk."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    path: str
    sha256: str
    number: tuple[int, int]


class Journal(BaseModel):
    """The files that a process is adding."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    process: int = Field(gt=0)
    files: tuple[Entry, ...]

    @property
    def keys(self) -> set[str]:
        """The tables being added; a file that describes a table hides nothing without the table itself."""
        return {entry.path.removesuffix(".csv") for entry in self.files if entry.path.endswith(".csv")}


def open_journal(raw: Path, parts: Mapping[Path, Path]) -> None:
    """Name the files that are about to appear below `raw`, data/raw; only one command at a time can.

    `parts` gives the temporary file by the place it will be moved to.
    """
    files = tuple(_entry(path.relative_to(raw).as_posix(), part) for path, part in parts.items())
    text = Journal(process=os.getpid(), files=files).model_dump_json(indent=1) + "\n"
    draft = raw / f"{FILE}.{os.getpid()}.part"
    draft.write_text(text, encoding="utf-8")
    try:
        # Whole or not at all, and never over another's: a link is made only where no file of its name is.
        os.link(draft, raw / FILE)
    finally:
        draft.unlink()


def _entry(path: str, part: Path) -> Entry:
    """A file that lies under its temporary name still."""
    facts = part.stat()
    return Entry(path=path, sha256=_digest(part), number=(facts.st_dev, facts.st_ino))


def read_journal(raw: Path) -> Journal | None:
    """Read the journal of data/raw; None where nothing is being added.

    Raises DataError if it cannot be read, or names a file that is not the one its command wrote.
    """
    path = raw / FILE
    if path.is_symlink():
        raise _foreign(path, f"a link to {path.resolve()}")
    if not path.exists():
        return None
    try:
        with path.open("rb") as file:
            journal = Journal.model_validate_json(file.read(_BYTES))
    except (OSError, ValidationError):
        raise _foreign(path, "something else") from None
    for entry in journal.files:
        _require_own(raw, path, entry)
    return journal


def remove_files(raw: Path, journal: Journal) -> None:
    """Remove what the journal's command wrote, finished or not, and the journal last."""
    for entry in journal.files:
        place = raw / entry.path
        for file in (place, part_of(place)):
            if _is_own(file, entry):
                file.unlink()
    (raw / FILE).unlink()


def part_of(path: Path) -> Path:
    """Give the temporary name of a file that is being written."""
    return path.with_name(f".{path.name}.part")


def require_names(names: Iterable[str], where: str) -> None:
    """Stop at a part of a path that cannot be part of an id."""
    for name in names:
        if not _NAME.fullmatch(name):
            expected = "a name of letters, digits, full stops, hyphens and underscores"
            raise DataError(where, expected, f"{name!r}"[:80], "Rename it, and its sidecar with it.")


def _require_own(raw: Path, journal: Path, entry: Entry) -> None:
    """Stop at an entry that is no file of a table, and at a file in its place that another wrote."""
    if not all(map(_NAME.fullmatch, entry.path.split("/"))):
        raise _foreign(journal, f"a file elsewhere, {entry.path!r}"[:120])
    if not _ENDING.search(entry.path):
        raise _foreign(journal, f"a file that belongs to no table, {entry.path!r}"[:120])
    place = raw / entry.path
    if place.parent.resolve() != raw.resolve() / Path(entry.path).parent:
        raise _foreign(journal, f"a file behind a link, {entry.path!r}"[:120])
    for file in (place, part_of(place)):
        # Looked at twice: the command may be moving the file at this moment.
        if os.path.lexists(file) and not _is_own(file, entry) and os.path.lexists(file):
            raise _foreign(journal, f"{file.name}, which it did not write")


def _is_own(file: Path, entry: Entry) -> bool:
    try:
        facts = file.lstat()
        same = stat.S_ISREG(facts.st_mode) and (facts.st_dev, facts.st_ino) == entry.number
        return same and _digest(file) == entry.sha256
    except OSError:
        return False


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _foreign(journal: Path, got: str) -> DataError:
    return DataError(
        str(journal), "the note of a command that is adding a table here", got,
        "Delete this file: no table is hidden and none is removed because of it.",
    )  # fmt: skip
