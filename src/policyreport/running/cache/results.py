"""Finished results in a folder, by key: safe under concurrent runs, bounded, and checked when read."""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from policyreport.running.cache.ingredients import digest, environment_digest, key_of, unit_ingredients
from policyreport.running.store import write_whole

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
