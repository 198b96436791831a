"""What a run reports while it goes, and its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from policyreport.records.base import Failure


# States of units that did not run: wrong parameters, or nothing could run them.
NO_RECORD = {"unknown-parameter": "refused", "not-run": "not-run"}
VERBS = {"refused": "was refused", "not-run": "could not be run"}


class Event:
    """Something that happened in a run."""

    def facts(self) -> dict[str, Any]:
        """The event for another program, to be written as JSON."""
        raise NotImplementedError

    @property
    def line(self) -> str:
        """The event for a person; empty where it is only progress."""
        return ""


@dataclass(frozen=True)
class Planned(Event):
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

    def facts(self) -> dict[str, Any]:
        """See `Event`."""
        return {"event": "planned", "units": dict(self.areas)}


@dataclass(frozen=True)
class Started(Event):
    """A unit is running, as far as the runner can tell: handed over, and with a worker free for it."""

    area: str
    notebook: str

    def facts(self) -> dict[str, Any]:
        """See `Event`."""
        return {"event": "started", "area": self.area, "notebook": self.notebook}


@dataclass(frozen=True)
class Finished(Event):
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
    # What of its record was not made as params/official.yaml has it, a line each.
    differs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``n40/trend``."""
        return f"{self.area}/{self.notebook}"

    @property
    def state(self) -> str:
        """``done``, ``unchanged``, or why there is no record: ``failed``, ``refused`` (before it ran), ``not-run``."""
        if self.failure is not None:
            return NO_RECORD.get(self.failure.reason, "failed")
        return "done" if self.executed else "unchanged"

    def facts(self) -> dict[str, Any]:
        """See `Event`."""
        facts: dict[str, Any] = {"event": "finished", "area": self.area, "notebook": self.notebook, "state": self.state}
        facts |= {"seconds": round(self.seconds, 3), "timing": dict(self.timing), "kept": str(self.kept)}
        facts |= {"cold": self.cold} if self.cold else {}
        facts |= {"differs": list(self.differs)} if self.differs else {}
        return facts | ({"failure": _summary(self.failure)} if self.failure is not None else {})

    @property
    def line(self) -> str:
        """``n40/trend failed: ValueError: …``; empty for a unit that is done."""
        if self.failure is None:
            return ""
        return f"{self.name} {VERBS.get(self.state, self.state)}: {_reason(self.failure)}"


@dataclass(frozen=True)
class Retrying(Event):
    """A unit failed and is tried again, at most `left` times."""

    area: str
    notebook: str
    failure: Failure
    left: int

    def facts(self) -> dict[str, Any]:
        """See `Event`."""
        facts: dict[str, Any] = {"event": "retrying", "area": self.area, "notebook": self.notebook, "left": self.left}
        return facts | {"failure": _summary(self.failure)}

    @property
    def line(self) -> str:
        """``n40/trend failed and is tried again, 1 try left: …``."""
        tries = f"{self.left} {'try' if self.left == 1 else 'tries'} left"
        return f"{self.area}/{self.notebook} failed and is tried again, {tries}: {_reason(self.failure)}"


@dataclass(frozen=True)
class WorkerLost(Event):
    """A worker of a cluster is gone; its units run again elsewhere."""

    worker: str
    units: tuple[tuple[str, str], ...] = ()

    def facts(self) -> dict[str, Any]:
        """See `Event`."""
        return {"event": "worker-lost", "worker": self.worker, "units": ["/".join(unit) for unit in self.units]}

    @property
    def line(self) -> str:
        """``worker tcp://… is gone; n40/trend runs again elsewhere``."""
        units = ", ".join("/".join(unit) for unit in self.units)
        again = f"; {units} {'runs' if len(self.units) == 1 else 'run'} again elsewhere" if units else ""
        return f"worker {self.worker} is gone{again}"


@dataclass(frozen=True)
class WorkerSlow(Event):
    """A worker of a cluster needs `ratio` times the usual time; for `unit` alone where one is named."""

    worker: str
    ratio: float
    unit: tuple[str, str] | None = None

    def facts(self) -> dict[str, Any]:
        """See `Event`."""
        facts: dict[str, Any] = {"event": "worker-slow", "worker": self.worker, "ratio": round(self.ratio, 1)}
        return facts | ({} if self.unit is None else {"unit": "/".join(self.unit)})

    @property
    def line(self) -> str:
        """``worker tcp://… is slow with n40/trend: 5.2 times as long as usual``."""
        slow = "is slow" if self.unit is None else f"is slow with {'/'.join(self.unit)}"
        return f"worker {self.worker} {slow}: {self.ratio:.1f} times as long as usual"


def _summary(failure: Failure) -> dict[str, str]:
    return {"reason": failure.reason, "error": failure.error, "message": failure.message}


def _reason(failure: Failure) -> str:
    return f"{failure.error}: {' '.join(failure.message.split())}"


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
