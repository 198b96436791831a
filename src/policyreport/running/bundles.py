"""What a shard leaves for `merge`: a zip of records and executed notebooks, each with all that it was made of.

A result enters the cache only under the key that this project gives to it, and only as its notebook wrote it.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from policyreport.errors import RunError
from policyreport.records.base import misfit
from policyreport.running.cache.ingredients import as_text, digest, key_of, locked_names
from policyreport.running.cache.results import Cache, Result
from policyreport.running.cluster.worker import SHOWN, describe_environment, differences
from policyreport.running.events import Finished, RunSummary
from policyreport.running.execute.unit import Unit, keys_of
from policyreport.running.shards import Shard
from policyreport.running.store import broken_seal, notebook_path, record_path, unwritable

MANIFEST = "bundle.json"
# Endings of the three files of a result; the last lists what it was made of.
RECORD, NOTEBOOK, MADE = ".json", ".ipynb", ".made.json"
# A hundred times the largest notebook: what unpacks to more is no result.
LARGEST = 500 * 10**6
# Zips have no earlier date.
DAY = (1980, 1, 1, 0, 0, 0)
# A line names at most this many areas.
NAMED = 5
# zipfile passes on what unpacking, decoding and the system raise; a RuntimeError for an encrypted file.
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, KeyError, RuntimeError)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Entry(_Part):
    """One result: its key in the cache, the hashes of its two files, and how long it took."""

    key: str
    record: str
    notebook: str
    seconds: float


class Manifest(_Part):
    """What is in a bundle; `results` by ``area/notebook``, `failed` with the reason."""

    format: Literal[1] = 1
    edition: str
    shard: int
    of: int
    environment: dict[str, str]
    results: dict[str, Entry]
    failed: dict[str, str]


@dataclass(frozen=True)
class Bundle:
    """A bundle that was opened and is not damaged as far as its list of contents tells."""

    path: Path
    archive: zipfile.ZipFile
    manifest: Manifest

    @property
    def shard(self) -> Shard:
        """The part it is of."""
        return Shard(self.manifest.shard, self.manifest.of)

    @property
    def seconds(self) -> dict[str, float]:
        """How long the notebooks took that ran in the shard."""
        return {name: entry.seconds for name, entry in self.manifest.results.items() if entry.seconds > 0}

    def result(self, name: str, made: Mapping[str, Any], root: Path) -> Result:
        """The result of ``area/notebook``; a `RunError` if it was not made of `made`, or is not as it was written."""
        entry = self.manifest.results[name]
        result = Result(self._read(name + RECORD, entry.record), self._read(name + NOTEBOOK, entry.notebook))
        if entry.key != key_of(made):
            raise _other_origin(self, name, made, json.loads(self._read(name + MADE, entry.key)), root)
        if changed := broken_seal(result.notebook, result.record):
            raise _damaged(self.path, f"another {changed} of {name}")
        return result

    def _read(self, name: str, wanted: str) -> bytes:
        """A file of the bundle, whose hash must be the one in the list of contents."""
        try:
            body = _unpacked(self.archive, name)
        except UNREADABLE as error:
            raise _damaged(self.path, f"{name}: {_short(error)}") from None
        if digest(body) != wanted:
            raise _damaged(self.path, f"{name} with another hash")
        return body


def write_bundle(
    target: Path, shard: Shard, root: Path, units: Sequence[Unit], store: Path, summary: RunSummary, cache: Cache
) -> None:
    """Write what became of the `units` of a shard; the file is whole or as before.

    A `RunError` if it cannot be written, or if the project was edited while the notebooks ran.
    """
    ended = {item.name: item for item in summary.finished}
    results: dict[str, Entry] = {}
    try:
        with _new_zip(target) as archive:
            for unit in units:
                item = ended.get("/".join(unit.key))
                if item is not None and item.failure is None:
                    results[item.name] = _add(archive, store, item, cache.ingredients(unit))
            manifest = Manifest(
                edition=store.name,
                shard=shard.number,
                of=shard.of,
                environment=describe_environment(locked_names(root)),
                results=results,
                failed={item.name: item.line for item in summary.failed},
            )
            archive.writestr(_dated(MANIFEST), manifest.model_dump_json(indent=1))
    except OSError as error:
        raise unwritable(error, target) from None


def _add(archive: zipfile.ZipFile, store: Path, item: Finished, made: Mapping[str, Any]) -> Entry:
    """Add one result to a bundle."""
    if key_of(made) != item.cached:
        todo = "Run the shard again and edit nothing meanwhile."
        raise RunError(item.name, "a project that stays as it is during a run", "an edited one", todo)
    record = record_path(store, item.area, item.notebook).read_bytes()
    notebook = notebook_path(store, item.area, item.notebook).read_bytes()
    for ending, body in ((RECORD, record), (NOTEBOOK, notebook), (MADE, as_text(made))):
        archive.writestr(_dated(item.name + ending), body)
    seconds = round(item.seconds, 2)
    return Entry(key=item.cached, record=digest(record), notebook=digest(notebook), seconds=seconds)


def open_bundle(path: Path, edition: str) -> Bundle:
    """Open a bundle of an edition; a `RunError` for a damaged one or one of another edition."""
    try:
        archive = zipfile.ZipFile(path)
        bundle = Bundle(path, archive, Manifest.model_validate_json(_unpacked(archive, MANIFEST)))
    except ValidationError as error:
        raise _damaged(path, f"{MANIFEST}: {misfit(error)}") from None
    except UNREADABLE as error:
        raise _damaged(path, _short(error)) from None
    if bundle.manifest.edition != edition:
        got, todo = f"one of {bundle.manifest.edition}", "Leave it out, or merge that edition."
        raise RunError(str(path), f"a bundle of edition {edition}", got, todo)
    return bundle


@dataclass
class Adopted:
    """What became of bundles: units that no bundle has, and bundles with why they were refused."""

    missing: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[Path, RunError] = field(default_factory=dict)


def adopt(cache: Cache, root: Path, units: Sequence[Unit], bundles: Sequence[Bundle]) -> Adopted:
    """Put the results of bundles into the cache, of every bundle up to what it is refused for."""
    adopted = Adopted()
    planned = {"/".join(key) for key in keys_of(units)}
    for bundle in bundles:
        for name in sorted({*bundle.manifest.results, *bundle.manifest.failed} - planned):
            todo = "Bring the projects to the same state, then run the shard again."
            error = RunError(f"{bundle.path}: {name}", "notebooks of the edition", "one that it has not", todo)
            adopted.refused.setdefault(bundle.path, error)
    for unit in units:
        name = "/".join(unit.key)
        holders = [bundle for bundle in bundles if name in bundle.manifest.results]
        made = cache.ingredients(unit) if holders else {}
        for bundle in holders:
            try:
                if bundle.path not in adopted.refused:
                    cache.keep(unit, made, bundle.result(name, made, root))
            except RunError as error:
                adopted.refused[bundle.path] = error
        if not holders and not any(name in bundle.manifest.failed for bundle in bundles):
            adopted.missing.append(unit.key)
    return adopted


def require_all(edition: str, bundles: Sequence[Bundle], missing: Sequence[tuple[str, str]]) -> None:
    """Refuse to go on without a shard, or with shards that were not split alike; see the message."""
    place = f"edition {edition}"
    there = {bundle.shard for bundle in bundles}
    sizes = {shard.of for shard in there}
    if len(sizes) > 1:
        named = ", ".join(f"{bundle.path} (shard {bundle.shard})" for bundle in bundles)
        raise RunError(place, "shards of one number", named, "Give the bundles of one splitting.")
    if not missing:
        return
    areas = list(dict.fromkeys(area for area, _ in missing))
    named = ", ".join(areas[:NAMED]) + (f" and {len(areas) - NAMED} more" if len(areas) > NAMED else "")
    what = f"{len(missing)} {'notebook' if len(missing) == 1 else 'notebooks'}, areas {named}"
    of = sizes.pop()
    lost = [number for number in range(1, of + 1) if Shard(number, of) not in there]
    kept = f"What the others brought is kept: `policyreport run {edition}` runs the rest here."
    if lost:
        numbers = ", ".join(map(str, lost))
        got = f"{'shard' if len(lost) == 1 else 'shards'} {numbers} of {of} {'is' if len(lost) == 1 else 'are'} missing"
        todo = f"Add its bundle, or run it: `policyreport run {edition} --shard {lost[0]}/{of}`. {kept}"
        raise RunError(place, f"bundles of all {of} shards", f"{got}: {what}", todo)
    todo = f"Give every machine the same build/cache/seconds/{edition}.json, or none, and run the shards again. {kept}"
    raise RunError(place, "shards that were split alike", f"in none of them: {what}", todo)


def _other_origin(bundle: Bundle, name: str, here: Mapping[str, Any], there: Mapping[str, Any], root: Path) -> RunError:
    """The error for a result that was made of something else than here; the first few differences by name."""
    place = f"{bundle.path}: {name}"
    again = f"then run the shard again: --shard {bundle.manifest.shard}/{bundle.manifest.of}."
    if here["environment"] != there.get("environment"):
        versions = describe_environment(locked_names(root))
        got = differences(versions, bundle.manifest.environment) or "another build of Python"
        return RunError(place, "the versions installed here", got, f"Install the same lock on both, {again}")
    parts = _flat(here), _flat(there)
    differing = sorted(part for part in parts[0].keys() | parts[1].keys() if parts[0].get(part) != parts[1].get(part))
    listed = [", ".join(f"{part} {side.get(part, 'none')[:SHOWN]}" for part in differing[:NAMED]) for side in parts]
    more = f" and {len(differing) - NAMED} more" if len(differing) > NAMED else ""
    return RunError(place, listed[0] + more, listed[1] + more, f"Bring the projects to the same state, {again}")


def _flat(made: Mapping[str, Any]) -> dict[str, str]:
    """Ingredients by name as text; the files of the slice by theirs."""
    files = {name: str(value) for name, value in made["slice"].items()}
    parameters = {f"parameter {name}": json.dumps(value) for name, value in made["parameters"].items()}
    return {"notebook": made["notebook"], "package's source": made["package"]} | parameters | files


@contextlib.contextmanager
def _new_zip(target: Path) -> Iterator[zipfile.ZipFile]:
    """A zip under a temporary name that gets its own at the end of the block."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _dated(name: str) -> zipfile.ZipInfo:
    """A file of a zip with the same date always."""
    info = zipfile.ZipInfo(name, DAY)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of a zip; its CRC is checked."""
    if archive.getinfo(name).file_size > LARGEST:
        raise ValueError(f"{name} would unpack to more than {LARGEST // 10**6} MB")
    return archive.read(name)


def _damaged(path: Path, got: str) -> RunError:
    todo = "Copy it again, or run its shard again. The edition is as before."
    return RunError(str(path), "a bundle as `policyreport run --shard` wrote it", got, todo)


def _short(error: Exception) -> str:
    """The first line of an error of another library."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error.args[0] if error.args else "")
    return (text.splitlines() or [type(error).__name__])[0].rstrip(".")
