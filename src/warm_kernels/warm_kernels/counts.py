"""How many kernels were forked, how many started cold, and why."""

import contextlib
import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# Names a file to which every process that starts kernels adds a line for each.
LOG = "WARM_KERNELS_LOG"


@dataclass
class KernelCounts:
    """Kernels that were started through the provisioner."""

    forked: int = 0
    # By kind of reason (README.md); the first message of each kind in full.
    cold: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    # Modules that a fork server did not import, with what they do when imported.
    left_out: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, message: str, left_out: Mapping[str, str]) -> None:
        """Count a kernel; one without a reason was forked."""
        if reason:
            self.cold[reason] += 1
            self.examples.setdefault(reason, message)
        else:
            self.forked += 1
        self.left_out |= left_out

    def __str__(self) -> str:
        reasons = ", ".join(f"{count} {reason} ({self.examples[reason]})" for reason, count in self.cold.most_common())
        line = f"kernels: {self.forked} forked, {self.cold.total()} cold" + (f": {reasons}" if reasons else "")
        out = ", ".join(f"{name} {effect}" for name, effect in sorted(self.left_out.items()))
        return line + (f"; not imported ahead: {out}" if out else "")


_counts = KernelCounts()


def kernel_counts() -> KernelCounts:
    """The counts of this process so far."""
    return _counts


def count_kernel(reason: str = "", message: str = "", left_out: Mapping[str, str] | None = None) -> None:
    """Count a kernel of this process, and log it where the environment asks for that."""
    entry = reason, message, dict(left_out or {})
    _counts.add(*entry)
    if os.environ.get(LOG):
        # A line is one write, so that those of several processes do not mix.
        with contextlib.suppress(OSError), Path(os.environ[LOG]).open("a", encoding="utf-8") as log:
            log.write(json.dumps(entry) + "\n")


def logged_counts(path: Path) -> KernelCounts:
    """The counts of all processes that wrote to a log; none where there is no file."""
    counts = KernelCounts()
    with contextlib.suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            counts.add(*json.loads(line))
    return counts
