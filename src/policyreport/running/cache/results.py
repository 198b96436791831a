"""Finished results in a folder, by key: safe under concurrent runs, bounded, checked; and runs that changed nothing."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policyreport.running.cache.ingredients import digest, environment_digest, key_of, project_digest, unit_ingredients
from policyreport.running.store import failure_path, notebook_path, record_path, unwritable, write_whole

if TYPE_CHECKING:
    from policyreport.running.execute.unit import Unit


FOLDER = Path("build") / "cache"
# Some thirty runs of 34 provinces; `policyreport cache prune --to` takes another.
LIMIT = 500 * 10**6
# Zlib's fastest level: the notebooks' SVG shrinks to a fifth, in milliseconds.
LEVEL = 1
_KEY = re.compile(r"[0-9a-f]{64}")
_LENGTH = re.compile(rb"[0-9]{1,12}")
# Tables a unit read are kept too, so that `why` can name the rows that changed.
EXPLAINED = ("observations.parquet", "panel.parquet")

Key = tuple[str, str]


@dataclass(frozen=True)
class Result:
    """A unit's record and executed notebook."""

    record: bytes
    notebook: bytes


class Cache:
    """The cache of a project."""

    def __init__(self, root: Path) -> None:
        self.folder = root / FOLDER
        self.environment = environment_digest(root)

    def ingredients(self, unit: Unit) -> dict[str, Any]:
        """What decides a unit's result; see `unit_ingredients`."""
        return unit_ingredients(unit, self.environment)

    def find(self, key: str) -> Result | None:
        """Look a result up by its key; None too where the file is damaged: it is made again."""
        body = self._read(self._path("results", key)) if _KEY.fullmatch(key) else None
        head, _, rest = (body or b"").partition(b"\n")
        if not _LENGTH.fullmatch(head):
            return None
        length = int(head)
        return Result(rest[:length], rest[length:])

    def keep(self, unit: Unit, ingredients: Mapping[str, Any], result: Result) -> str:
        """Store a result and the tables it was made from; its key. A full disk costs the entry, not the run."""
        key = key_of(ingredients)
        self._write(self._path("results", key), b"%d\n" % len(result.record) + result.record + result.notebook)
        for name in EXPLAINED:
            if name in unit.slice and not self._path("tables", digest(unit.slice[name])).exists():
                self._write(self._path("tables", digest(unit.slice[name])), unit.slice[name])
        return key

    def table(self, key: str) -> bytes | None:
        """A table that a unit read, by its hash; None once it was pruned."""
        return self._read(self._path("tables", key)) if _KEY.fullmatch(key) else None

    def note(self, name: str, content: Mapping[str, Any]) -> None:
        """Write a small JSON file; `name` is its path without the ending."""
        self._write(self.folder / f"{name}.json", json.dumps(content, sort_keys=True).encode(), packed=False)

    def noted(self, name: str) -> dict[str, Any] | None:
        """Read what `note` wrote; None where there is none, or half of one."""
        try:
            content = json.loads((self.folder / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) else None

    def note_made(self, edition: str, unit: Unit, ingredients: Mapping[str, Any]) -> None:
        """Note what the result in an edition's store is made of, for `why`."""
        self.note(f"made/{edition}/{unit.area}/{unit.notebook}", ingredients)

    def size(self) -> int:
        """Bytes on disk."""
        return sum(size for _, _, size in self._files())

    def prune(self, limit: int = LIMIT) -> int:
        """Remove the least recently used files down to a limit in bytes; bytes removed.

        A run at the same time executes again what it misses.
        """
        files = sorted(self._files(), key=lambda file: file[1])
        over, removed = sum(size for _, _, size in files) - limit, 0
        for path, _, size in files:
            if removed >= over:
                break
            with contextlib.suppress(OSError):
                path.unlink()
            removed += size
        return removed

    def _path(self, kind: str, key: str) -> Path:
        """A file by its key; two letters of folder keep listings short."""
        return self.folder / kind / key[:2] / key[2:]

    def _files(self) -> Iterator[tuple[Path, float, int]]:
        """Path, time of last use and size of every file."""
        for path in self.folder.rglob("*"):
            # Another run may have removed it.
            with contextlib.suppress(OSError):
                if path.is_file():
                    facts = path.stat()
                    yield path, facts.st_mtime, facts.st_size

    def _read(self, path: Path) -> bytes | None:
        """Unpack a file and mark it used; None where it is missing or damaged."""
        try:
            packed = path.read_bytes()
            check, _, rest = packed.partition(b"\n")
            body = zlib.decompress(rest)
            if digest(body).encode() != check:
                raise ValueError
        except FileNotFoundError:
            return None
        except (OSError, ValueError, zlib.error):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        now = time.time()
        with contextlib.suppress(OSError):
            os.utime(path, (now, now))
        return body

    def _write(self, path: Path, body: bytes, packed: bool = True) -> None:
        if packed:
            body = digest(body).encode() + b"\n" + zlib.compress(body, LEVEL)
        with contextlib.suppress(OSError):
            write_whole(path, body)


def remember_run(
    cache: Cache, root: Path, edition: str, areas: Iterable[str], made: dict[Key, str], planned: Iterable[Key]
) -> None:
    """Note which results belong to the project's files as they are.

    `areas` are all of the edition, `made` the keys of cached results by area and notebook, `planned` everything that
    was to run; an area with a failure is not noted.
    """
    store = root / "build" / edition
    name = _name(cache, root, edition)
    noted = read_note(cache, name) or {}
    listed = sorted(areas)
    done: dict[str, dict[str, Any]] = noted.get("units", {})
    nation: dict[str, dict[str, Any]] = noted.get("nation", {})
    units = list(planned)
    for area in dict.fromkeys(area for area, _ in units):
        keys = [key for key in units if key[0] == area]
        if all(key in made for key in keys):
            entry = {notebook: _entry(store, (area, notebook), made[area, notebook]) for _, notebook in keys}
            if area in listed:
                done[area] = entry
            else:
                nation[records_digest(store, listed)] = {area: entry}
    cache.note(name, {"areas": listed, "units": done, "nation": nation})


def restore_unchanged(cache: Cache, root: Path, edition: str, areas: Sequence[str] | None) -> list[Key] | None:
    """Restore an edition's results where nothing that makes them has changed.

    Areas and notebooks restored, of all areas where `areas` is None; None where anything has to be checked further. A
    `RunError` if a result has to be restored and cannot be written.
    """
    noted = read_note(cache, _name(cache, root, edition))
    if noted is None:
        return None
    store = root / "build" / edition
    units: dict[str, dict[str, Any]] = {}
    for area in noted["areas"] if areas is None else areas:
        if area not in noted["units"]:
            return None
        units[area] = noted["units"][area]
    try:
        if not _restore(cache, store, units):
            return None
        nation = noted["nation"].get(records_digest(store, noted["areas"]))
        if nation is None or not _restore(cache, store, nation):
            return None
    except OSError as error:
        raise unwritable(error, store) from None
    return [(area, notebook) for area, entries in (units | nation).items() for notebook in entries]


def records_digest(store: Path, areas: Iterable[str]) -> str:
    """Hash the province records that national notebooks read."""
    paths = [path for area in areas for path in sorted((store / "records" / area).glob("*.json"))]
    lines = [f"{path.parent.name}/{path.name} {digest(path.read_bytes())}" for path in paths]
    return digest("\n".join(lines).encode())


def read_note(cache: Cache, name: str) -> dict[str, Any] | None:
    """The note of a run; None for one of another form: what it names becomes paths of files that are written."""
    match cache.noted(name):
        case {"areas": list(areas), "units": dict(units), "nation": dict(nation)} as noted:
            named = all(map(_is_name, areas)) and all(map(_names_results, [units, *nation.values()]))
            return noted if named else None
    return None


def _names_results(entries: object) -> bool:
    """Whether every area and notebook is a name, and every result is given by its hashes."""
    return isinstance(entries, dict) and all(
        _is_name(area) and isinstance(made, dict) and all(_is_name(name) and _is_entry(made[name]) for name in made)
        for area, made in entries.items()
    )


def _is_name(text: object) -> bool:
    return isinstance(text, str) and re.fullmatch(r"\w[\w:-]*", text) is not None


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(part), str) for part in ("key", "record", "notebook"))


def _name(cache: Cache, root: Path, edition: str) -> str:
    return f"runs/{edition}/{project_digest(root, cache.environment)}"


def _entry(store: Path, key: Key, result: str) -> dict[str, str]:
    """A result's key, and the hashes of its two files."""
    files = record_path(store, *key), notebook_path(store, *key)
    return {"key": result, "record": digest(files[0].read_bytes()), "notebook": digest(files[1].read_bytes())}


def _restore(cache: Cache, store: Path, units: dict[str, dict[str, Any]]) -> bool:
    """Restore results; false if one is neither in the store nor in the cache."""
    for area, entries in units.items():
        for notebook, entry in entries.items():
            record, executed = record_path(store, area, notebook), notebook_path(store, area, notebook)
            if not (_holds(record, entry["record"]) and _holds(executed, entry["notebook"])):
                result = cache.find(entry["key"])
                if result is None:
                    return False
                write_whole(executed, result.notebook)
                write_whole(record, result.record)
            failure_path(store, area, notebook).unlink(missing_ok=True)
    return True


def _holds(path: Path, wanted: str) -> bool:
    """Whether a file exists with this content."""
    try:
        return digest(path.read_bytes()) == wanted
    except OSError:
        return False
