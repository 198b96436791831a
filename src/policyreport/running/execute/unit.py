"""What goes into one execution and what comes out: plain bytes, so that it can cross any wire."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from policyreport.records.base import Failure

Value = str | int | float | bool | None
# Ten minutes is far above any notebook of the project (about a second); it only bounds a hung one.
TIMEOUT = 600.0


@dataclass(frozen=True)
class Unit:
    """One notebook to run for one area."""

    area: str
    notebook: str
    # The notebook file.
    source: bytes
    parameters: Mapping[str, Value] = field(default_factory=dict)
    # Files the notebook reads, by path relative to its folder.
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
    """Units given by their keys, and made one at a time when their turn comes.

    A slice holds all that a notebook reads: those of thousands of areas at once would fill the memory, and the
    first notebooks can run while the last are not made yet.
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

    def only(self, keys: Container[tuple[str, str]]) -> "Units":
        """Those with these areas and notebooks."""
        return Units([key for key in self.keys if key in keys], self._make)


def only(units: Sequence[Unit], keys: Container[tuple[str, str]]) -> Sequence[Unit]:
    """The units with these areas and notebooks, in their order, without making the others."""
    if isinstance(units, Units):
        return units.only(keys)
    return [unit for unit in units if unit.key in keys]


def keys_of(units: Sequence[Unit]) -> Sequence[tuple[str, str]]:
    """Areas and notebooks of units, without making them."""
    return units.keys if isinstance(units, Units) else [unit.key for unit in units]


@dataclass(frozen=True)
class Outcome:
    """What one execution came to."""

    area: str
    notebook: str
    # On failure as far as the notebook came, the error in the failing cell.
    notebook_bytes: bytes
    record: bytes | None = None
    failure: Failure | None = None
    # What follows differs between equal runs.
    seconds: float = field(default=0.0, compare=False)
    timing: Mapping[str, float] = field(default_factory=dict, compare=False)
    # Address of a cluster's worker.
    worker: str = field(default="", compare=False)
    # Why the kernel started cold although there was a server to fork it from.
    cold: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """Area and notebook, unique in an edition."""
        return self.area, self.notebook
