"""Where two builds of an edition differ: the first cell, line or field, for a person to look at."""

from __future__ import annotations

import difflib
import json
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
    difference = _cell(old, new) if name.endswith(".ipynb") else None
    if difference is None:
        difference = next(_fields(old, new, ""), None)
    if difference is None:
        # The same content, with its keys in another order or written otherwise.
        return Difference(name, "", _lines(first.decode(), second.decode()))
    return Difference(name, *difference)


def _cell(old: Any, new: Any) -> tuple[str, tuple[str, ...]] | None:
    """Find the first cell that differs, numbered from 1, and what differs in it."""
    cells = [notebook.get("cells", []) for notebook in (old, new)]
    for number, pair in enumerate(zip(*cells, strict=False), 1):
        if pair[0] == pair[1]:
            continue
        sources = ["".join(cell.get("source", "")) for cell in pair]
        if sources[0] != sources[1]:
            return f"cell {number}, source", _lines(*sources)
        outputs = [cell.get("outputs", []) for cell in pair]
        for position, (one, other) in enumerate(zip(*outputs, strict=False), 1):
            if one != other:
                field, lines = next(_fields(one, other, ""))
                return f"cell {number}, output {position}, {field}", lines
        field, lines = next(_fields(pair[0], pair[1], ""))
        return f"cell {number}, {field}", lines
    if len(cells[0]) != len(cells[1]):
        return "number of cells", _lines(str(len(cells[0])), str(len(cells[1])))
    return None


def _fields(old: Any, new: Any, place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every field that differs, with its lines."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            path = f"{place}.{key}" if place else key
            if key in old and key in new:
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
