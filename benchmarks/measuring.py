"""What the benchmarks share: a project to run in, commands timed whole, and a verdict with its bound."""

from __future__ import annotations

import compileall
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PARTS = ("data", "notebooks", "params", "reports")
FILES = ("pyproject.toml", "requirements.lock")


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and of processors, of a command and everything it started."""

    wall: float
    cpu: float


def words_of(help_text: str | None) -> list[str]:
    """The words of the command; with ``--help`` among them, or an option that is none, its help instead."""
    words = sys.argv[1:]
    if {"-h", "--help"}.intersection(words):
        print(help_text)
        sys.exit(0)
    if unknown := [word for word in words if word.startswith("-") and word != "--quick"]:
        sys.exit(f"There is no option {unknown[0]}.\n\n{help_text}")
    return words


def timed(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end; stop where it fails."""
    start = time.perf_counter()
    output = folder / "output.txt"
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command, cwd=folder, env=os.environ | dict(environment or {}), stdout=sink, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command[:6])} … failed:\n{output.read_text(errors='replace')[-3000:]}")
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def copy_project(root: Path, folder: Path) -> Path:
    """A project of its own, without results and without a cache."""
    folder.mkdir(parents=True)
    for name in PARTS:
        shutil.copytree(root / name, folder / name)
    for name in FILES:
        shutil.copy(root / name, folder / name)
    return folder


def compile_sources(root: Path) -> None:
    """Compile the package and the installed libraries, so that no side pays for it."""
    compileall.compile_dir(root / "src", quiet=2)
    for path in sys.path:
        if path.endswith("site-packages"):
            compileall.compile_dir(path, quiet=2, workers=os.cpu_count() or 1)


def load() -> str:
    """How busy the machine is, to judge the figures by."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def spread(values: Sequence[float]) -> str:
    """``12.1 (11.8 to 12.4)``."""
    middle = statistics.median(values)
    return f"{middle:.2f} ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else f"{middle:.2f}"


def judge(what: str, ratios: Sequence[float], asked: float, at_least: bool) -> bool:
    """Print the ratio, the bound and whether it is met."""
    middle = statistics.median(ratios)
    met = middle >= asked if at_least else middle <= asked
    sign = "≥" if at_least else "≤"
    print(f"{what}: {spread(ratios)}, asked {sign} {asked:g}: {'met' if met else 'NOT MET'}", flush=True)
    return met
