"""A run of an edition: stages of units through an executor, each result on disk as it arrives."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from policyreport.errors import RunError
from policyreport.execute import Outcome, Unit, execute_unit
from policyreport.pool import WorkerPool
from policyreport.records.base import Failure
from policyreport.store import notebook_path, save_outcome

# A unit whose worker process was killed under it is tried once more, alone, before it is given up.
ATTEMPTS = 2

Stage = Callable[[Path], Sequence[Unit]]


@dataclass(frozen=True)
class Planned:
    """A stage begins: how many units each area has in it."""

    units: Mapping[str, int]


@dataclass(frozen=True)
class Finished:
    """A unit ended and is on disk.

    Parameters
    ----------
    area, notebook : str
        The unit's key.
    failure : Failure or None
        Why it gave no record.
    kept : Path
        The executed notebook.
    seconds : float
        Wall-clock time.
    """

    area: str
    notebook: str
    failure: Failure | None
    kept: Path
    seconds: float


Event = Planned | Finished


@dataclass(frozen=True)
class RunSummary:
    """Everything that ended in a run, in the order of its ending."""

    finished: tuple[Finished, ...] = field(default=())

    @property
    def failed(self) -> tuple[Finished, ...]:
        """What gave no record, by area and notebook."""
        failed = (item for item in self.finished if item.failure is not None)
        return tuple(sorted(failed, key=lambda item: (item.area, item.notebook)))

    @property
    def done(self) -> int:
        """Number of records written."""
        return len(self.finished) - len(self.failed)


def run_stages(
    stages: Sequence[Stage],
    store: Path,
    workers: int,
    report: Callable[[Event], None],
    executor: Executor | None = None,
    server: str = "",
) -> RunSummary:
    """Run stages one after the other; units of one stage in any order.

    Parameters
    ----------
    stages : sequence of callable
        Each gives its units when its turn comes, from the store that the stages before have filled.
    store : Path
        The edition's folder, build/EDITION.
    workers : int
        Number of processes, where no executor is given; otherwise the units in work at a time.
    report : callable
        Told each `Event`.
    executor : Executor, optional
        What runs the units; by default a pool of processes.
    server : str
        Address of the fork server that the pool's kernels come from; empty for cold kernels.

    Returns
    -------
    RunSummary
        What ended, and how. A failed unit stops neither its stage nor the next.

    Raises
    ------
    PolicyReportError
        If a stage cannot be planned or the store cannot be written.
    """
    finished: list[Finished] = []
    # The first stage is planned before a process is started: most mistakes of a user show there.
    first = [stages[0](store)] if stages else []
    with _executor(executor, workers, server) as pool:
        for number, stage in enumerate(stages):
            units = first[0] if number == 0 else stage(store)
            finished += run_units(units, store, workers, report, pool).finished
    return RunSummary(tuple(finished))


def run_units(
    units: Sequence[Unit],
    store: Path,
    workers: int,
    report: Callable[[Event], None],
    executor: Executor | None = None,
) -> RunSummary:
    """Run independent units and keep each outcome as it arrives; parameters as for `run_stages`.

    Parameters
    ----------
    units : sequence of Unit
        In any order.
    store : Path
        The edition's folder, build/EDITION.
    workers : int
        Number of processes.
    report : callable
        Told each `Event`.
    executor : Executor, optional
        What runs the units.

    Returns
    -------
    RunSummary
        What ended, and how.

    Raises
    ------
    RunError
        If the store cannot be written.
    """
    report(Planned(Counter(unit.area for unit in units)))
    finished: list[Finished] = []
    with _executor(executor, workers) as pool:
        for outcome in _Feed(units, pool, workers).outcomes():
            save_outcome(store, outcome)
            kept = notebook_path(store, *outcome.key)
            event = Finished(outcome.area, outcome.notebook, outcome.failure, kept, outcome.seconds)
            finished.append(event)
            report(event)
    return RunSummary(tuple(finished))


def _executor(given: Executor | None, workers: int, server: str = "") -> AbstractContextManager[Executor]:
    """The caller's executor, left open, or a pool that ends with the block."""
    return nullcontext(given) if given is not None else WorkerPool(workers, server)


class _Feed:
    """Units on their way through an executor, a few at a time, so that memory does not grow with them.

    After a lost process, the units it may have been lost to run alone: the guilty one shows itself and
    the others are not given up with it.
    """

    def __init__(self, units: Sequence[Unit], pool: Executor, workers: int) -> None:
        self.pool, self.limit = pool, 2 * workers
        self.waiting = deque(units)
        self.suspects: deque[Unit] = deque()
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.working: dict[Future[Outcome], Unit] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """Every unit's outcome, as it arrives."""
        while self.waiting or self.suspects or self.working:
            try:
                self._fill()
                wait(self.working, return_when=FIRST_COMPLETED)
                yield from self._collect()
            except BrokenExecutor as error:
                if not isinstance(self.pool, WorkerPool):
                    todo = "Restart it and run again; what was finished is kept."
                    raise RunError("executor", "one that takes work", str(error), todo) from None
                yield from self._recover(self.pool)

    def _fill(self) -> None:
        """Submit one suspect, or else as many as keep the workers busy."""
        if self.suspects:
            self._submit(self.suspects)
            return
        while self.waiting and len(self.working) < self.limit:
            self._submit(self.waiting)

    def _submit(self, queue: deque[Unit]) -> None:
        """Hand over the first unit of a queue; it stays there if the pool is broken."""
        self.working[self.pool.submit(execute_unit, queue[0])] = queue[0]
        self.attempts[queue.popleft().key] += 1

    def _collect(self) -> Iterator[Outcome]:
        """The outcomes that are there; an error of the executor is one too, unless it can be mended."""
        for future in [future for future in self.working if future.done()]:
            error = future.exception()
            if isinstance(error, BrokenExecutor):
                raise error
            unit = self.working.pop(future)
            yield future.result() if error is None else _not_run(unit, error)

    def _recover(self, pool: WorkerPool) -> Iterator[Outcome]:
        """Start new processes; give up a unit only when it was alone with the process too."""
        pool.renew()
        lost, self.working = self.working, {}
        for future, unit in lost.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield future.result()
            elif self.attempts[unit.key] < ATTEMPTS:
                self.suspects.append(unit)
            else:
                yield _not_run(unit, RuntimeError("the process running it was killed (out of memory?)"))


def _not_run(unit: Unit, error: BaseException) -> Outcome:
    """The outcome of a unit that the executor could not run."""
    failure = Failure(
        area=unit.area,
        notebook=unit.notebook,
        reason="not-run",
        error=type(error).__name__,
        message=str(error),
    )
    return Outcome(unit.area, unit.notebook, unit.source, failure=failure)
