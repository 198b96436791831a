"""Where two builds of an edition differ: the first cell, line or field, for a person to look at."""

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policyreport.errors import UsageError

# What a run leaves that must be equal; its times need not be.
PARTS = ("records", "notebooks", "failures")
# Lines shown of a longer difference.
SHOWN = 12


@dataclass(frozen=True)
class Difference:
    """One file that is not the same in both builds.

    `file` is its path in the build folder; `place` is ``cell 4, output 1``, a field such as ``growth[0].slope``, or
    empty; `lines` are those of a unified diff, ``-`` of the first build, ``+`` of the second.
    """

    file: str
    place: str
    lines: tuple[str, ...]


def compare_builds(first: Path, second: Path) -> tuple[int, list[Difference]]:
    """Compare records, executed notebooks and failures of two builds byte for byte.

    Returns the number of files compared, and the first difference in each file that differs. Raises UsageError for a
    folder without results.
    """
    builds = [_files(folder) for folder in (first, second)]
    names = sorted(builds[0].keys() | builds[1].keys())
    bodies = {name: [files[name].read_bytes() if name in files else None for files in builds] for name in names}
    return len(names), [_difference(name, old, new) for name, (old, new) in bodies.items() if old != new]


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise UsageError(str(folder), "a folder of an edition, such as build/2025Q4", "no folder", "Look again.")
    paths = [path for part in PARTS for path in (folder / part).rglob("*") if path.suffix in (".json", ".ipynb")]
    if not paths:
        expected = "records/, notebooks/ or failures/ with files in them"
        raise UsageError(str(folder), expected, "none", "Name the folder of an edition that was run.")
    return {path.relative_to(folder).as_posix(): path for path in paths}


def _difference(name: str, first: bytes | None, second: bytes | None) -> Difference:
    if first is None or second is None:
        return Difference(name, "", (f"only in the {'second' if first is None else 'first'} build",))
    try:
        old, new = json.loads(first), json.loads(second)
    except ValueError:
        return Difference(name, "", _lines(first.decode(errors="replace"), second.decode(errors="replace")))
    place, lines = next(_fields(old, new, ""), ("", ()))
    # Without a field that differs: the keys in another order, or the same values written otherwise.
    return Difference(name, _in_cells(place), lines or _lines(first.decode(), second.decode()))


def _in_cells(place: str) -> str:
    """Name a place in a notebook as people count: ``cells[3].outputs[0].text`` is ``cell 4, output 1, text``."""
    place = re.sub(r"^cells\[(\d+)\]\.", lambda match: f"cell {int(match[1]) + 1}, ", place)
    return re.sub(r"^(cell \d+, )outputs\[(\d+)\]\.", lambda match: f"{match[1]}output {int(match[2]) + 1}, ", place)


def _fields(old: Any, new: Any, place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every field that differs, with its lines; of a cell its source first, from which the rest follows."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys(), key=lambda key: (key != "source", key)):
            path = f"{place}.{key}" if place else key
            if key == "source" and isinstance(old.get(key), list) and isinstance(new.get(key), list):
                yield from _fields("".join(old[key]), "".join(new[key]), path)
            elif key in old and key in new:
                yield from _fields(old[key], new[key], path)
            else:
                yield path, (f"only in the {'first' if key in old else 'second'} build",)
    elif isinstance(old, list) and isinstance(new, list) and not _is_text(old + new):
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from _fields(one, other, f"{place}[{index}]")
        if len(old) != len(new):
            yield place, _lines(f"{len(old)} entries", f"{len(new)} entries")
    elif old != new or type(old) is not type(new):
        yield place, _lines(*(_text(value) for value in (old, new)))


def _is_text(lines: list[Any]) -> bool:
    """Return whether a list is a text in nbformat's form: lines that keep their ends."""
    return any(isinstance(line, str) and line.endswith("\n") for line in lines)


def _text(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _lines(old: str, new: str) -> tuple[str, ...]:
    """Return the lines that differ, without context."""
    # The first two lines name the files; those with @@ name the places.
    diff = list(difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""))[2:]
    lines = [line for line in diff if not line.startswith("@@")]
    if not lines:
        lines = ["they differ in the ends of lines only"]
    more = len(lines) - SHOWN
    return (*lines[:SHOWN], *((f"and {more} more lines",) if more > 0 else ()))
