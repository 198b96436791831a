"""What an edition was made from, kept next to its results: a later edition is compared with it, whatever has changed.

``build/EDITION/made-from.zip`` holds the edition's decisions, the figures and statements it knew, and a hash of the
code.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from policyreport.data.inputs import OBSERVATIONS, STATEMENTS, frame_bytes
from policyreport.data.observations.known import TYPES
from policyreport.errors import RunError
from policyreport.params.edition import Edition
from policyreport.params.reading import validate_strict
from policyreport.running.cache.ingredients import digest, environment_digest, package_digest
from policyreport.running.plan import EditionData, load_edition
from policyreport.running.store import write_whole
from warm_kernels.notebooks import imported_modules

FILE = "made-from.zip"
HEAD = "made-from.json"
_DECISION = re.compile(rf"({OBSERVATIONS}|{STATEMENTS}|(params|data)/[\w./-]+)")
# The earliest that a zip file can state: equal content gives equal bytes.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class MadeFrom:
    """An edition's ingredients: `ledger` has every vintage it knew, `decisions` its files of params/ and boundaries."""

    edition: Edition
    decisions: dict[str, bytes]
    ledger: pd.DataFrame
    statements: pd.DataFrame
    code: str


def made_from(root: Path, data: EditionData) -> MadeFrom:
    """Collect what the project makes an edition from."""
    ledger = data.ledger.drop(columns="newest")
    return MadeFrom(data.edition, data.decisions, ledger, data.statements, code_digest(root))


def code_digest(root: Path) -> str:
    """Hash what makes results besides data and decisions: notebooks, the package as far as they reach it, libraries."""
    bodies = [path.read_bytes() for path in sorted((root / "notebooks").glob("*/*.ipynb"))]
    package = package_digest(tuple(imported_modules(bodies)))
    return digest("\n".join([environment_digest(root), package, *map(digest, bodies)]).encode())


def keep_edition(root: Path, name: str) -> None:
    """Keep what the project makes an edition from, next to the edition's results."""
    keep(root / "build" / name, made_from(root, load_edition(root, name)))


def keep(store: Path, made: MadeFrom) -> None:
    """Keep what an edition was made from."""
    head = {"edition": made.edition.model_dump(mode="json"), "code": made.code}
    files = {
        HEAD: json.dumps(head, sort_keys=True).encode(),
        OBSERVATIONS: frame_bytes(made.ledger),
        STATEMENTS: frame_bytes(made.statements),
        **made.decisions,
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, files[name])
    write_whole(store / FILE, buffer.getvalue())


def read_kept(store: Path) -> MadeFrom | None:
    """Read what an edition was made from; None where nothing was kept."""
    path = store / FILE
    if not path.is_file():
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        head = json.loads(files.pop(HEAD))
        if strange := [name for name in files if not _DECISION.fullmatch(name) or ".." in name]:
            raise ValueError(f"a file {strange[0]}")
        tables = [pd.read_parquet(io.BytesIO(files.pop(name))) for name in (OBSERVATIONS, STATEMENTS)]
        edition = validate_strict(path, head["edition"], Edition)
        return MadeFrom(edition, files, tables[0].astype(TYPES), tables[1], str(head["code"]))
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, OSError) as error:
        todo = f"Delete it, then run `policyreport run {store.name}`."
        raise RunError(str(path), "what a run keeps", " ".join(str(error).split())[:200], todo) from None
