"""Make an archived edition again from what its archive holds, and find the first difference."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policyreport.errors import RunError, UsageError
from policyreport.publishing.archive import OUTPUTS
from policyreport.publishing.differences import compare_builds
from policyreport.publishing.verify import MANIFEST, find_problems, read_manifest
from policyreport.running.cache.ingredients import LOCK, PACKAGE, digest
from policyreport.running.endings import passing_folder

Say = Callable[[str], None]
# The last lines of a command that failed.
_SHOWN = 8
_PROGRAM = "from policyreport.cli.main import main; main()"


def rebuild(archive: Path, parent: Path, workers: int, say: Say) -> list[str]:
    """Unpack an archive below `parent`, run, render and publish it again; a line for each difference, records first.

    Raises UsageError for what is no archive or was changed, RunError if a command of it fails.
    """
    if problems := find_problems(archive):
        raise UsageError(str(archive), "an archive as it was written", problems[0], "Get the archive again.")
    facts = json.loads(read_manifest(archive))
    with passing_folder("policyreport-verify-", parent) as scratch:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(scratch)
        # Links and other programs than ours are of no use here: the manifest lists plain files.
        project = next(iter(sorted(scratch.glob(f"*/{MANIFEST}"))), Path()).parent
        if not (project / OUTPUTS / facts["edition"]).is_dir():
            todo = "Give the file that `policyreport archive` wrote, or check the hashes alone with --quick."
            raise UsageError(str(archive), "an archive with the edition's sources", "a publication alone", todo)
        _make(project, facts, workers, say)
        return differences(project, facts["edition"])


def _make(project: Path, facts: dict[str, Any], workers: int, say: Say) -> None:
    """Run, render and publish in an unpacked archive, with this environment where its lock is the archive's."""
    edition, environment = facts["edition"], dict(os.environ)
    here = PACKAGE.parents[1] / LOCK
    if here.is_file() and digest(here.read_bytes()) == facts["lock_sha256"]:
        say(
            f"environment: this one (Python {sys.version.split()[0]}, its {LOCK} is the archive's), code of the archive"
        )
        sources = (project / "src", project / "src" / "warm_kernels")
        environment["PYTHONPATH"] = os.pathsep.join(map(str, sources))
        python = [sys.executable, "-c", _PROGRAM]
        for command in (["run", edition, "--workers", str(workers)], ["render", edition]):
            _call([*python, *command], project, environment, say)
    else:
        say("environment: a new one from the archive's lock")
        _call(["make", "report", f"EDITION={edition}", f"WORKERS={workers}"], project, environment, say)
        python = [str(project / ".venv" / "bin" / "python"), "-c", _PROGRAM]
    address = ["--url", facts["address"]] if facts.get("address") else []
    _call([*python, "publish", edition, "--to", "again", *address], project, environment, say)


def _call(command: list[str], folder: Path, environment: dict[str, str], say: Say) -> None:
    shown = " ".join(["policyreport", *command[3:]] if command[1] == "-c" else command)
    say(f"… {shown}")
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        last = " / ".join((done.stdout + done.stderr).strip().splitlines()[-_SHOWN:])
        raise RunError(shown, "a command that ends well, as when the edition was made", last, "See what it says.")


def differences(project: Path, edition: str) -> list[str]:
    """List what differs between the archived outputs and those made again: by cell or field, then by file."""
    compared, found = compare_builds(project / OUTPUTS, project / "build" / edition)
    lines = [
        f"{item.file}{f': {item.place}' if item.place else ''}: archived (-), made again (+): {' | '.join(item.lines)}"
        for item in sorted(found, key=lambda item: not item.file.startswith("records/"))
    ]
    old, new = (
        json.loads((folder / edition / MANIFEST).read_bytes())["files"]
        for folder in (project / OUTPUTS, project / "again")
    )
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            hashes = [entry["sha256"] if entry else "no such file" for entry in (old.get(name), new.get(name))]
            lines.append(f"{edition}/{name}: archived {hashes[0]}, made again {hashes[1]}")
    if not lines and not compared:
        lines = ["no records to compare"]
    return lines
