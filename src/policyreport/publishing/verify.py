"""Check a published edition or an archive against its manifest.json. Needs Python 3.9 or newer, and nothing else.

    python verify.py [FOLDER or ZIP]

The same file stands in every published edition and archive.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
BLOCK = 1 << 20
# What opens a file, by its name; and what is odd about some.
Files = tuple[dict[str, Callable[[str], IO[bytes]]], list[str]]


def find_places(place: Path | str) -> list[Path]:
    """List what holds a manifest: a ZIP or folder itself, or else the folders directly below it."""
    place = Path(place)
    if place.is_file() or (place / MANIFEST).is_file():
        return [place]
    return sorted(path.parent for path in place.glob("*/" + MANIFEST))


def find_problems(place: Path | str) -> list[str]:
    """List a line for each file that is missing, additional or changed: its name, what was expected, what was got."""
    place = Path(place)
    try:
        if place.is_file():
            with zipfile.ZipFile(place) as packed:
                return _compare(*_in_zip(packed))
        return _compare(*_in_folder(place))
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        return [f"{place}: expected a folder or a ZIP file that can be read, got: {error}"]


def read_manifest(place: Path | str) -> bytes:
    """Return the manifest of a folder or ZIP as bytes."""
    place = Path(place)
    if place.is_file():
        with zipfile.ZipFile(place) as packed:
            return packed.read(_top(packed.namelist()) + MANIFEST)
    return (place / MANIFEST).read_bytes()


def _in_folder(folder: Path) -> Files:
    files: dict[str, Any] = {}
    odd: list[str] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            odd.append(f"{name}: expected a file, got a link")
        elif path.is_file():
            files[name] = partial(open, path)
    return files, odd


def _in_zip(packed: zipfile.ZipFile) -> Files:
    top = _top(packed.namelist())
    files: dict[str, Any] = {}
    odd: list[str] = []
    for entry in packed.infolist():
        name = entry.filename[len(top) :] if entry.filename.startswith(top) else entry.filename
        if name in files:
            odd.append(f"{name}: expected once, got twice")
        elif not entry.is_dir():
            files[name] = partial(_entry, packed, entry)
    return files, odd


def _entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, mode: str) -> IO[bytes]:
    return packed.open(entry)


def _top(names: list[str]) -> str:
    """Return the folder of a ZIP that holds the manifest, with its slash."""
    found = sorted((name for name in names if name.split("/")[-1] == MANIFEST), key=lambda name: name.count("/"))
    return found[0][: -len(MANIFEST)] if found else ""


def _compare(files: dict[str, Callable[[str], IO[bytes]]], odd: list[str]) -> list[str]:
    if MANIFEST not in files:
        return [f"{MANIFEST}: expected the list of all files, got no such file"]
    try:
        with files[MANIFEST]("rb") as stream:
            listed = json.loads(stream.read().decode("utf-8"))["files"]
        expected = {name: (int(entry["size"]), str(entry["sha256"])) for name, entry in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return [f"{MANIFEST}: expected a list of files with size and sha256, got: {error}"]
    problems = list(odd)
    for name in sorted(expected.keys() | files.keys() - {MANIFEST}):
        if name not in files:
            problems.append(f"{name}: expected sha256 {expected[name][1]}, got no such file")
        elif name not in expected:
            problems.append(f"{name}: expected no such file, got one that {MANIFEST} does not list")
        else:
            problems.extend(_changed(name, files[name], expected[name]))
    return problems


def _changed(name: str, opened: Callable[[str], IO[bytes]], expected: tuple[int, str]) -> list[str]:
    size, digest = 0, hashlib.sha256()
    try:
        with opened("rb") as stream:
            for block in iter(lambda: stream.read(BLOCK), b""):
                size += len(block)
                digest.update(block)
    # Of zlib and zipfile, for a damaged entry.
    except Exception as error:  # noqa: BLE001
        return [f"{name}: expected sha256 {expected[1]}, got a damaged file: {error}"]
    if (size, digest.hexdigest()) == expected:
        return []
    return [f"{name}: expected sha256 {expected[1]} ({expected[0]} bytes), got {digest.hexdigest()} ({size} bytes)"]


def main(arguments: list[str]) -> int:
    """Print every problem and return 1; or what was checked, and return 0."""
    given = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    places, wrong = find_places(given), 0
    for place in places:
        problems = find_problems(place)
        wrong += len(problems)
        for line in problems:
            print(f"{place}: {line}")  # noqa: T201
        if not problems:
            body = read_manifest(place)
            count, digest = len(json.loads(body)["files"]), hashlib.sha256(body).hexdigest()
            print(f"{place}: all {count} files are as listed; sha256 of {MANIFEST}: {digest}")  # noqa: T201
    if not places:
        print(f"{given}: expected a published edition or an archive, got no {MANIFEST} there")  # noqa: T201
    return 1 if wrong or not places else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
