"""What a run reports while it goes, and its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policyreport.records.base import Failure


# States of units that did not run: wrong parameters, or nothing could run them.
NO_RECORD = {"unknown-parameter": "refused", "not-run": "not-run"}


@dataclass(frozen=True)
class Planned:
    """A stage begins: area and notebook of its units."""

    keys: tuple[tuple[str, str], ...]

    @property
    def areas(self) -> dict[str, int]:
        """Number of units by area."""
        return Counter(area for area, _ in self.keys)

    @property
    def notebooks(self) -> dict[str, int]:
        """Number of units by notebook."""
        return Counter(notebook for _, notebook in self.keys)


@dataclass(frozen=True)
class Started:
    """A unit is running, as far as the runner can tell: handed over, and with a worker free for it."""

    area: str
    notebook: str


@dataclass(frozen=True)
class Finished:
    """A unit ended and is on disk."""

    area: str
    notebook: str
    failure: Failure | None
    # The executed notebook.
    kept: Path
    seconds: float
    # Seconds by phase, as `read_timing` gives them.
    timing: Mapping[str, float] = field(default_factory=dict)
    # Key of the result in the cache; empty without one.
    cached: str = ""
    executed: bool = True
    # Why the kernel started cold although there was a server to fork it from.
    cold: str = ""

    @property
    def state(self) -> str:
        """``done``, ``unchanged``, or why there is no record: ``failed``, ``refused`` (before it ran), ``not-run``."""
        if self.failure is not None:
            return NO_RECORD.get(self.failure.reason, "failed")
        return "done" if self.executed else "unchanged"


@dataclass(frozen=True)
class Retrying:
    """A unit failed and is tried again, at most `left` times."""

    area: str
    notebook: str
    failure: Failure
    left: int


@dataclass(frozen=True)
class WorkerLost:
    """A worker of a cluster is gone; its units run again elsewhere."""

    worker: str
    units: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class WorkerSlow:
    """A worker of a cluster needs `ratio` times the usual time; for `unit` alone where one is named."""

    worker: str
    ratio: float
    unit: tuple[str, str] | None = None


Event = Planned | Started | Finished | Retrying | WorkerLost | WorkerSlow


@dataclass(frozen=True)
class RunSummary:
    """Everything that ended in a run, in the order of its ending, and how many units never began."""

    finished: tuple[Finished, ...] = ()
    not_run: int = 0

    @property
    def failed(self) -> tuple[Finished, ...]:
        """Units without a record, by area and notebook."""
        failed = (item for item in self.finished if item.failure is not None)
        return tuple(sorted(failed, key=lambda item: (item.area, item.notebook)))

    @property
    def done(self) -> int:
        """Number of records in place."""
        return len(self.finished) - len(self.failed)

    @property
    def executed(self) -> int:
        """Number of notebooks that ran."""
        return sum(item.executed for item in self.finished)

    @property
    def cold(self) -> dict[str, int]:
        """Number of kernels that started cold although a server was there, by reason."""
        return Counter(item.cold for item in self.finished if item.cold)
