"""How many kernels this process has forked, how many it started cold, and why."""

from __future__ import annotations

import atexit
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

# "1" prints the counts when the process ends; a file's name appends them to it, one line per process.
REPORT = "WARM_KERNELS_COUNTS"


@dataclass
class KernelCounts:
    """Kernels that this process has started through the provisioner."""

    forked: int = 0
    # By kind of reason (docs/warm-kernels.md); the first message of each kind in full.
    cold: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    # Modules that a fork server did not import, with what they do when imported.
    left_out: dict[str, str] = field(default_factory=dict)

    def add_cold(self, reason: str, message: str) -> None:
        """Count a cold kernel; the first message of each reason is kept."""
        self.cold[str(reason)] += 1
        self.examples.setdefault(str(reason), message)

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {reason} ({self.examples[reason]})" for reason, count in self.cold.most_common())
        line = f"kernels: {self.forked} forked, {self.cold.total()} cold" + (f": {reasons}" if reasons else "")
        out = ", ".join(f"{name} {effect}" for name, effect in sorted(self.left_out.items()))
        return line + (f"; not imported ahead: {out}" if out else "")


_counts = KernelCounts()


def kernel_counts() -> KernelCounts:
    """The counts of this process so far."""
    return _counts


@cache
def report_at_exit() -> None:
    """Print or append the counts when the process ends, where the environment asks for it."""
    if os.environ.get(REPORT):
        atexit.register(_report, os.environ[REPORT], os.getpid())


def _report(where: str, owner: int) -> None:
    if os.getpid() != owner:
        return
    if where == "1":
        sys.stderr.write(f"{_counts}\n")
        return
    # One write, so that lines of several processes do not mix.
    with open(where, "a", encoding="utf-8") as file:  # noqa: PTH123
        file.write(f"{_counts}\n")
