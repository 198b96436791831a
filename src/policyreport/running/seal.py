"""Whether an executed notebook and its record are as the run wrote them: the notebook holds both hashes."""

from __future__ import annotations

import hashlib
import re

# Placeholders in the notebook's metadata until the hashes are known.
UNSEALED = {"record": "0" * 64, "seal": "0" * 64}
_HASH = r'"{}": "([0-9a-f]{{64}})"'


def sealed(notebook: bytes, record: bytes) -> bytes:
    """Write into a notebook with `UNSEALED` in its metadata the hash of its record, then its own without this one."""
    notebook = _with(notebook, "record", hashlib.sha256(record).hexdigest())
    return _with(notebook, "seal", hashlib.sha256(notebook).hexdigest())


def broken_seal(notebook: bytes, record: bytes) -> str:
    """Which of the two has changed since: "notebook", "record", or ""."""
    seal, kept = _find(notebook, "seal"), _find(notebook, "record")
    if seal is None or kept is None:
        return "notebook"
    if hashlib.sha256(_with(notebook, "seal", UNSEALED["seal"])).hexdigest() != seal[1].decode():
        return "notebook"
    return "" if hashlib.sha256(record).hexdigest() == kept[1].decode() else "record"


def _find(notebook: bytes, name: str) -> re.Match[bytes] | None:
    """The last place of a name with a hash: the metadata follow the cells, which may hold anything."""
    places = list(re.finditer(_HASH.format(name).encode(), notebook))
    return places[-1] if places else None


def _with(notebook: bytes, name: str, value: str) -> bytes:
    place = _find(notebook, name)
    if place is None:
        raise ValueError(f"no place for {name} in the notebook's metadata")
    return notebook[: place.start(1)] + value.encode() + notebook[place.end(1) :]
