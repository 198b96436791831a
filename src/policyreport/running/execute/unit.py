"""What goes into one execution and what comes out: plain bytes, so that it can cross any wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from policyreport.records.base import Failure

Value = str | int | float | bool | None
# Ten minutes is far above any notebook of the project (about a second); it only bounds a hung one.
TIMEOUT = 600.0


@dataclass(frozen=True)
class Unit:
    """One notebook to run for one area.

    Parameters
    ----------
    area : str
        Key of the area: ``n01``, ``VN``.
    notebook : str
        Its name: ``clean``, ``trend``, ``compare``, ``series`` or ``evaluation``.
    source : bytes
        The notebook file.
    parameters : mapping of str to str, int, float, bool or None
        Values for its ``parameters`` cell.
    slice : mapping of str to bytes
        The files it reads, content by path relative to its folder.
    timeout : float
        Seconds after which the notebook is stopped.
    """

    area: str
    notebook: str
    source: bytes
    parameters: Mapping[str, Value] = field(default_factory=dict)
    slice: Mapping[str, bytes] = field(default_factory=dict)
    timeout: float = TIMEOUT

    @property
    def key(self) -> tuple[str, str]:
        """Area and notebook, unique in an edition."""
        return self.area, self.notebook


class WorkerLostError(RuntimeError):
    """The process that ran a unit is gone, and the unit is the likely cause."""

    def __init__(self) -> None:
        super().__init__("the process running it was killed (out of memory?)")


class Units(Sequence[Unit]):
    """Units that are known by their keys, and made one at a time when their turn comes.

    A slice holds all that a notebook reads: those of thousands of areas at once would fill the memory, and the
    first notebooks can run while the last are not made yet.

    Parameters
    ----------
    keys : sequence of (str, str)
        Area and notebook of each.
    make : callable
        Gives the unit of an area and a notebook.
    """

    def __init__(self, keys: Sequence[tuple[str, str]], make: Callable[[str, str], Unit]) -> None:
        self.keys, self._make = tuple(keys), make

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, place: Any) -> Any:
        """One unit, or the units of a slice."""
        if isinstance(place, slice):
            return Units(self.keys[place], self._make)
        return self._make(*self.keys[place])

    def __iter__(self) -> Iterator[Unit]:
        return (self._make(*key) for key in self.keys)


def keys_of(units: Sequence[Unit]) -> Sequence[tuple[str, str]]:
    """List areas and notebooks without making the units.

    Parameters
    ----------
    units : sequence of Unit
        Made or not.

    Returns
    -------
    sequence of (str, str)
        In order.
    """
    return units.keys if isinstance(units, Units) else [unit.key for unit in units]


@dataclass(frozen=True)
class Outcome:
    """What one execution came to.

    Parameters
    ----------
    area, notebook : str
        The unit's key.
    notebook_bytes : bytes
        The executed notebook; on failure as far as it came, the error in the failing cell.
    record : bytes or None
        What the last cell wrote to ``record.json``; None on failure.
    failure : Failure or None
        Why there is no record.
    seconds : float
        Wall-clock time; never part of a stored result, nor is
    timing : mapping of str to float
        Where it went: ``start`` of the kernel, ``import`` cell, other ``cells``, ``stop``; in seconds.
    worker : str
        Address of the worker of a cluster that it ran on; empty for a process of this machine.
    cold : str
        Why the kernel started cold although there was a server to fork it from; empty where it was forked, or where
        cold kernels were asked for.
    """

    area: str
    notebook: str
    notebook_bytes: bytes
    record: bytes | None = None
    failure: Failure | None = None
    seconds: float = field(default=0.0, compare=False)
    timing: Mapping[str, float] = field(default_factory=dict, compare=False)
    worker: str = field(default="", compare=False)
    cold: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Area and notebook, unique in an edition."""
        return self.area, self.notebook

    @property
    def state(self) -> Literal["done", "failed"]:
        """Whether there is a record."""
        return "done" if self.failure is None else "failed"

    @property
    def error(self) -> str:
        """The error in one line, then the failing cell; empty when done."""
        if self.failure is None:
            return ""
        return f"{self.failure.error}: {self.failure.message}\n{self.failure.cell}".rstrip()
