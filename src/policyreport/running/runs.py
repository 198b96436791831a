"""A run of an edition: stages of units through an executor, each result on disk as it arrives."""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import chain, islice
from pathlib import Path

from policyreport.errors import PolicyReportError, RunError
from policyreport.records.base import Failure
from policyreport.records.notebooks import Deviation
from policyreport.records.own import OWN
from policyreport.running.cache.ingredients import key_of
from policyreport.running.cache.results import Cache, Result
from policyreport.running.endings import interrupts_remembered, raise_if_interrupted
from policyreport.running.events import Event, Finished, Planned, Retrying, RunSummary, Started
from policyreport.running.execute import Outcome, Unit, execute_unit
from policyreport.running.execute.unit import WorkerLostError, keys_of
from policyreport.running.pool import WorkerPool
from policyreport.running.store import notebook_path, remove_half_files, remove_others, save_outcome

# A unit whose worker process was killed is tried once more, alone, before it is given up.
ATTEMPTS = 2
# How long a run waits for an outcome before it checks for other events.
LOOK_SECONDS = 1.0

# What most records say, as they are written: they need not be read.
DIFFERS, AS_REQUIRED = b'\n "differs": ', b'\n "differs": [],\n'
NOT_COMPARED = "the notebook did not compare its record with the official method"

Stage = Callable[[Path], Sequence[Unit]]
"""Gives its units when its turn comes, from the store that the stages before have filled."""


def run_stages(
    stages: Sequence[Stage],
    store: Path,
    workers: int,
    report: Callable[[Event], None],
    executor: Executor | Callable[[], Executor] | None = None,
    *,
    server: str = "",
    cache: Cache | None = None,
    retries: int = 0,
    fail_fast: bool = False,
    timeout: float | None = None,
) -> RunSummary:
    """Run stages one after the other; units of one stage in any order.

    `executor` runs the units, or starts what does when the first unit has to run, which is then closed at the end; by
    default a pool of `workers` processes. Its ``workers`` and its ``news`` of them are used where it has them. Its
    kernels come from the fork server at the address `server`; empty for cold kernels. In `cache` results are looked up
    first and kept; without it everything runs. With `fail_fast` nothing begins after a failure; otherwise a failed unit
    stops neither its stage nor the next. After `timeout` seconds a notebook is stopped; each unit has its own without.

    Raises PolicyReportError if a stage cannot be planned or the store cannot be written.
    """
    for folder in (store, *((cache.folder,) if cache is not None else ())):
        remove_half_files(folder)
    planned: list[tuple[str, str]] = []
    start = executor or partial(WorkerPool, workers, server)
    with interrupts_remembered(), ExitStack() as stack:
        run = _Run(store, workers, report, start, stack, cache, retries, fail_fast, timeout)
        for stage in stages:
            units = stage(store)
            planned += keys_of(units)
            run.stage(units)
            if fail_fast and run.failed:
                break
        else:
            # Only now is it known what every area has.
            remove_others(store, planned)
    return RunSummary(tuple(run.finished), run.not_run)


@dataclass
class _Run:
    """Units on their way from the cache, or through an executor, to the store."""

    store: Path
    workers: int
    report: Callable[[Event], None]
    executor: Executor | Callable[[], Executor]
    # Ends what the run has started.
    stack: ExitStack
    cache: Cache | None
    retries: int
    fail_fast: bool
    timeout: float | None
    finished: list[Finished] = field(default_factory=list)
    not_run: int = 0

    @cached_property
    def pool(self) -> Executor:
        """The caller's executor, left open, or one that ends with the run.

        No process starts before the first stage is planned, where most mistakes of a user show, nor for a run that the
        cache can answer.
        """
        if isinstance(self.executor, Executor):
            return self.executor
        return self.stack.enter_context(self.executor())

    @property
    def failed(self) -> bool:
        """Whether any unit has failed."""
        return any(item.failure is not None for item in self.finished)

    def stage(self, units: Sequence[Unit]) -> None:
        """Run independent units and keep each outcome as it arrives."""
        self.report(Planned(tuple(keys_of(units))))
        ended = len(self.finished)
        todo = self._missing(units)
        for left in range(self.retries, -1, -1):
            first = next(todo, None)
            if first is None:
                break
            feed = _Feed(chain([first], todo), self.pool, getattr(self.pool, "workers", self.workers), self.report)
            again = []
            for unit, outcome in feed.outcomes():
                if outcome.failure is not None and left:
                    self.report(Retrying(*outcome.key, outcome.failure, left))
                    again.append(unit)
                    continue
                self._end(outcome, self._keep(unit, outcome), executed=True)
                if outcome.failure is not None and self.fail_fast:
                    feed.stop()
            todo = iter(again)
        self.not_run += len(units) - (len(self.finished) - ended)

    def _missing(self, units: Sequence[Unit]) -> Iterator[Unit]:
        """The units that have to run; the others end with their result from the cache."""
        for unit in units:
            ingredients = {} if self.cache is None else self.cache.ingredients(unit)
            key = key_of(ingredients)
            result = None if self.cache is None else self.cache.find(key)
            if self.cache is None or result is None:
                # The time-out is not part of the key: it decides whether there is a result, not which.
                yield unit if self.timeout is None else replace(unit, timeout=self.timeout)
                continue
            self.cache.note_made(self.store.name, unit, ingredients)
            self._end(Outcome(*unit.key, result.notebook, result.record), key, executed=False)
            raise_if_interrupted()

    def _keep(self, unit: Unit, outcome: Outcome) -> str:
        """Keep a good outcome in the cache; its key. A failure is tried again by the next run."""
        if self.cache is None or outcome.record is None:
            return ""
        ingredients = self.cache.ingredients(unit)
        self.cache.note_made(self.store.name, unit, ingredients)
        return self.cache.keep(unit, ingredients, Result(outcome.record, outcome.notebook_bytes))

    def _end(self, outcome: Outcome, cached: str, *, executed: bool) -> None:
        """Save an outcome and report it."""
        save_outcome(self.store, outcome)
        event = Finished(
            *outcome.key,
            failure=outcome.failure,
            kept=notebook_path(self.store, *outcome.key),
            seconds=outcome.seconds,
            timing=outcome.timing,
            cold=outcome.cold,
            cached=cached,
            executed=executed,
            differs=_differences(outcome.record),
        )
        self.finished.append(event)
        self.report(event)


class _Feed:
    """Units on their way through an executor, a few at a time, so that memory does not grow with them.

    After a lost process, the units it may have been lost to run alone: the guilty one shows itself and
    the others are not given up with it.
    """

    def __init__(self, units: Iterator[Unit], pool: Executor, workers: int, report: Callable[[Event], None]) -> None:
        self.pool, self.workers, self.limit, self.report = pool, workers, 2 * workers, report
        self.units = units
        self.suspects: deque[Unit] = deque()
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.working: dict[Future[Outcome], Unit] = {}
        self.started: set[tuple[str, str]] = set()

    def stop(self) -> None:
        """Begin nothing more; what has begun comes to its end."""
        self.units = iter(())
        for future in list(self.working):
            if future.cancel():
                del self.working[future]

    def outcomes(self) -> Iterator[tuple[Unit, Outcome]]:
        """Every unit with its outcome, as it arrives."""
        news: Callable[[], Sequence[Event]] = getattr(self.pool, "news", tuple)
        while True:
            raise_if_interrupted()
            try:
                self._fill()
                if not self.working:
                    return
                self._report_started()
                wait(self.working, LOOK_SECONDS, FIRST_COMPLETED)
                yield from self._collect()
            except BrokenExecutor as error:
                if not isinstance(self.pool, WorkerPool):
                    todo = "Restart it and run again; what was finished is kept."
                    raise RunError("executor", "one that takes work", str(error), todo) from None
                yield from self._recover(self.pool)
            for event in news():
                self.report(event)

    def _fill(self) -> None:
        """Submit as many as keep the workers busy; a suspect only when nothing else is running."""
        if self.suspects:
            if not self.working:
                self._submit(self.suspects.popleft())
            return
        while len(self.working) < self.limit and (unit := next(self.units, None)) is not None:
            self._submit(unit)

    def _submit(self, unit: Unit) -> None:
        """Hand over a unit; where the pool is broken, its turn comes again."""
        try:
            self.working[self.pool.submit(execute_unit, unit)] = unit
        except BrokenExecutor:
            self.suspects.append(unit)
            raise
        self.attempts[unit.key] += 1

    def _report_started(self) -> None:
        """Report the units that workers have taken: they take them in the order they were handed over."""
        first = [unit.key for unit in islice(self.working.values(), self.workers)]
        for key in first:
            if key not in self.started:
                self.report(Started(*key))
        self.started = set(first)

    def _collect(self) -> Iterator[tuple[Unit, Outcome]]:
        """The outcomes that have arrived; an error of the executor is one too, unless it can be recovered from."""
        for future in [future for future in self.working if future.done()]:
            error = future.exception()
            if isinstance(error, BrokenExecutor | PolicyReportError):
                raise error
            unit = self.working.pop(future)
            if error is None:
                yield unit, future.result()
            elif isinstance(error, WorkerLostError):
                yield from self._suspect(unit)
            else:
                yield unit, _not_run(unit, error)

    def _recover(self, pool: WorkerPool) -> Iterator[tuple[Unit, Outcome]]:
        """Start new processes and check each unit that was running."""
        pool.renew()
        lost, self.working = self.working, {}
        for future, unit in lost.items():
            if future.done() and not future.cancelled() and future.exception() is None:
                yield unit, future.result()
            else:
                yield from self._suspect(unit)

    def _suspect(self, unit: Unit) -> Iterator[tuple[Unit, Outcome]]:
        """Try a unit again; give it up only when it was alone with its process too."""
        if self.attempts[unit.key] < ATTEMPTS:
            self.suspects.append(unit)
        else:
            yield unit, _not_run(unit, WorkerLostError())


def _differences(record: bytes | None) -> tuple[str, ...]:
    """What a record says of itself that was not made by the official method, a line each."""
    if record is None or DIFFERS not in record or AS_REQUIRED in record:
        return ()
    body = json.loads(record)
    if body["differs"] is None:
        # Nothing is official about the notebooks of users.
        return () if body["kind"] == OWN else (NOT_COMPARED,)
    return tuple(Deviation.model_validate(each).text for each in body["differs"])


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
