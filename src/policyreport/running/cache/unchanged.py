"""A run in which nothing changed: seen from the files of the project, without reading them as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from policyreport.running.cache.ingredients import digest, project_digest
from policyreport.running.cache.results import Cache
from policyreport.running.store import failure_path, notebook_path, record_path, unwritable, write_whole

Key = tuple[str, str]


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
