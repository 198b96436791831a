"""What a published edition or an archive consists of, and what it was made from: ``manifest.json``."""

import json
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from policyreport.params.edition import Edition
from policyreport.publishing import verify
from policyreport.running.cache.ingredients import KERNELS, LOCK, PACKAGE, digest, source_digest

VERIFIER = "verify.py"


def write_manifest(folder: Path, facts: dict[str, Any]) -> None:
    """List all files of a folder with size and hash, after adding the program that checks them."""
    shutil.copyfile(verify.__file__, folder / VERIFIER)
    files = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / verify.MANIFEST:
            body = path.read_bytes()
            files[path.relative_to(folder).as_posix()] = {"sha256": digest(body), "size": len(body)}
    (folder / verify.MANIFEST).write_bytes(as_json(facts | {"files": files}))


def facts_of(root: Path, edition: Edition, commands: Sequence[str], **more: Any) -> dict[str, Any]:
    """Describe an edition, and the project, source, lock and commands that it was made with."""
    lock = root / LOCK
    return {
        "edition": edition.id,
        "title": {language: edition.title_in(language) for language in edition.languages},
        "languages": list(edition.languages),
        "quarter": edition.quarter,
        "as_known_on": edition.as_known_on.isoformat(),
        "simulated": edition.simulated,
        "commands": list(commands),
        "commit": commit_of(root),
        "source_sha256": source_digest(PACKAGE, KERNELS),
        "lock_sha256": digest(lock.read_bytes()) if lock.is_file() else None,
        "python": platform.python_version(),
        **more,
    }


def commit_of(root: Path) -> str | None:
    """Return the commit of a project, with ``+changes`` where files differ from it; None outside of git."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(root), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    try:
        # A project unpacked inside somebody's repository is not of it.
        if Path(git("rev-parse", "--show-toplevel")).resolve() != root.resolve():
            return None
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def as_json(body: Any) -> bytes:
    """Write JSON in one way: sorted, indented, in UTF-8."""
    return (json.dumps(body, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
