"""A run of an edition: stages of units through an executor, each result on disk as it arrives."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from policyreport.errors import PolicyReportError, RunError
from policyreport.records.base import Failure
from policyreport.running.cache.ingredients import key_of
from policyreport.running.cache.results import Cache, Result
from policyreport.running.events import Event, Finished, Planned, Retrying, RunSummary, Started
from policyreport.running.execute import Outcome, Unit, execute_unit
from policyreport.running.execute.unit import WorkerLostError, keys_of
from policyreport.running.interrupts import interrupts_remembered, raise_if_interrupted
from policyreport.running.pool import WorkerPool
from policyreport.running.store import notebook_path, remove_half_files, remove_others, save_outcome

# A unit whose worker process was killed is tried once more, alone, before it is given up.
ATTEMPTS = 2
# How long a run waits for an outcome before it checks for other events.
LOOK_SECONDS = 1.0

Stage = Callable[[Path], Sequence[Unit]]


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

    Parameters
    ----------
    stages : sequence of callable
        Each gives its units when its turn comes, from the store that the stages before have filled.
    workers : int
        Number of processes, where no executor is given; otherwise the units running at a time.
    executor : Executor or callable, optional
        What runs the units, or what starts it when the first unit has to run and is then closed at the end; by
        default a pool of processes. Its ``workers`` and its ``news`` of them are used where it has them.
    server : str
        Address of the fork server that the pool's kernels come from; empty for cold kernels.
    cache : Cache, optional
        Where results are looked up first and kept; without it everything runs.
    retries : int
        How often a failed unit is tried again.
    fail_fast : bool
        Begin nothing after a failure; otherwise a failed unit stops neither its stage nor the next.
    timeout : float, optional
        Seconds after which a notebook is stopped; each unit's own without.

    Raises
    ------
    PolicyReportError
        If a stage cannot be planned or the store cannot be written.
    """
    finished: list[Finished] = []
    planned: list[tuple[str, str]] = []
    not_run = 0
    for folder in (store, *((cache.folder,) if cache is not None else ())):
        remove_half_files(folder)
    # No process starts before the first stage is planned, where most mistakes of a user show, nor for a run that
    # the cache can answer.
    with interrupts_remembered(), _OnDemand(executor, workers, server) as pool:
        for stage in stages:
            units = stage(store)
            planned += keys_of(units)
            summary = run_units(units, store, workers, report, pool, cache, retries, fail_fast, timeout)
            finished += summary.finished
            not_run += summary.not_run
            if fail_fast and summary.failed:
                break
        else:
            # Only now is it known what every area has.
            remove_others(store, planned)
    return RunSummary(tuple(finished), not_run)


def run_units(
    units: Sequence[Unit],
    store: Path,
    workers: int,
    report: Callable[[Event], None],
    executor: Executor | None = None,
    cache: Cache | None = None,
    retries: int = 0,
    fail_fast: bool = False,
    timeout: float | None = None,
) -> RunSummary:
    """Run independent units and keep each outcome as it arrives; parameters and errors as for `run_stages`."""
    keys = keys_of(units)
    report(Planned(tuple(keys)))
    finished: list[Finished] = []

    def end(outcome: Outcome, cached: str, executed: bool) -> None:
        save_outcome(store, outcome)
        event = Finished(
            *outcome.key,
            failure=outcome.failure,
            kept=notebook_path(store, *outcome.key),
            seconds=outcome.seconds,
            timing=outcome.timing,
            cold=outcome.cold,
            cached=cached,
            executed=executed,
        )
        finished.append(event)
        report(event)

    kept = _Kept(cache, store)

    def missing() -> Iterator[Unit]:
        for unit in units:
            cached = kept.find(unit)
            if cached is None:
                # The time-out is not part of the key: it decides whether there is a result, not which.
                yield unit if timeout is None else replace(unit, timeout=timeout)
            else:
                end(*cached, executed=False)
                raise_if_interrupted()

    todo = missing()
    first = next(todo, None)
    if first is None:
        return RunSummary(tuple(finished))
    todo = chain([first], todo)
    with _executor(executor, workers) as pool:
        for left in range(retries, -1, -1):
            feed = _Feed(todo, pool, getattr(pool, "workers", workers), report)
            again = []
            for unit, outcome in feed.outcomes():
                if outcome.failure is not None and left:
                    report(Retrying(*outcome.key, outcome.failure, left))
                    again.append(unit)
                    continue
                end(outcome, kept.keep(unit, outcome), executed=True)
                if outcome.failure is not None and fail_fast:
                    feed.stop()
            if not again:
                break
            todo = iter(again)
    return RunSummary(tuple(finished), len(units) - len(finished))


def _executor(given: Executor | None, workers: int) -> AbstractContextManager[Executor]:
    """The caller's executor, left open, or a pool that ends with the block."""
    if isinstance(given, _OnDemand):
        return nullcontext(given.get())
    return nullcontext(given) if given is not None else WorkerPool(workers)


class _OnDemand(Executor):
    """An executor that starts its processes when the first unit has to run."""

    def __init__(self, given: Executor | Callable[[], Executor] | None, workers: int, server: str) -> None:
        self.given = given if given is not None else partial(WorkerPool, workers, server)
        self.pool: Executor | None = None

    def get(self) -> Executor:
        if isinstance(self.given, Executor):
            return self.given
        if self.pool is None:
            self.pool = self.given()
        return self.pool

    def __exit__(self, *error: Any) -> None:
        if self.pool is not None:
            self.pool.__exit__(*error)


class _Kept:
    """Units and outcomes on their way to and from the cache; without one nothing is found and nothing kept."""

    def __init__(self, cache: Cache | None, store: Path) -> None:
        self.cache, self.edition = cache, store.name
        self.made: dict[tuple[str, str], dict[str, Any]] = {}

    def find(self, unit: Unit) -> tuple[Outcome, str] | None:
        """A unit's outcome with its key, if it ran before."""
        if self.cache is None:
            return None
        ingredients = self.cache.ingredients(unit)
        key = key_of(ingredients)
        result = self.cache.find(key)
        if result is None:
            self.made[unit.key] = ingredients
            return None
        self._note(unit, ingredients)
        return Outcome(unit.area, unit.notebook, result.notebook, result.record), key

    def keep(self, unit: Unit, outcome: Outcome) -> str:
        """Keep a good outcome; a failure is tried again by the next run."""
        ingredients = self.made.pop(unit.key, None)
        if self.cache is None or outcome.record is None:
            return ""
        ingredients = ingredients or self.cache.ingredients(unit)
        self._note(unit, ingredients)
        return self.cache.keep(unit, ingredients, Result(outcome.record, outcome.notebook_bytes))

    def _note(self, unit: Unit, ingredients: dict[str, Any]) -> None:
        """Remember what the result in the store is made of, for `why`."""
        if self.cache is not None:
            self.cache.note(f"made/{self.edition}/{unit.area}/{unit.notebook}", ingredients)


class _Feed:
    """Units on their way through an executor, a few at a time, so that memory does not grow with them.

    After a lost process, the units it may have been lost to run alone: the guilty one shows itself and
    the others are not given up with it.
    """

    def __init__(self, units: Iterator[Unit], pool: Executor, workers: int, report: Callable[[Event], None]) -> None:
        self.pool, self.workers, self.limit, self.report = pool, workers, 2 * workers, report
        self.units = units
        self.waiting: deque[Unit] = deque()
        self.suspects: deque[Unit] = deque()
        self.attempts: Counter[tuple[str, str]] = Counter()
        self.working: dict[Future[Outcome], Unit] = {}
        self.begun: set[tuple[str, str]] = set()
        self.ended = False

    def stop(self) -> None:
        """Begin nothing more; what has begun comes to its end."""
        self.ended = True
        self.waiting.clear()
        for future in list(self.working):
            if future.cancel():
                del self.working[future]

    def outcomes(self) -> Iterator[tuple[Unit, Outcome]]:
        """Every unit with its outcome, as it arrives."""
        news: Callable[[], Sequence[Event]] | None = getattr(self.pool, "news", None)
        while self._more() or self.suspects or self.working:
            raise_if_interrupted()
            try:
                self._fill()
                self._tell_begun()
                wait(self.working, LOOK_SECONDS, FIRST_COMPLETED)
                yield from self._collect()
            except BrokenExecutor as error:
                if not isinstance(self.pool, WorkerPool):
                    todo = "Restart it and run again; what was finished is kept."
                    raise RunError("executor", "one that takes work", str(error), todo) from None
                yield from self._recover(self.pool)
            for event in news() if news is not None else ():
                self.report(event)

    def _fill(self) -> None:
        """Submit as many as keep the workers busy; a suspect only when nothing else is running."""
        if self.suspects:
            if not self.working:
                self._submit(self.suspects)
            return
        while len(self.working) < self.limit and self._more():
            self._submit(self.waiting)

    def _tell_begun(self) -> None:
        """Report the units that workers have taken: they take them in the order they were handed over."""
        first = [unit.key for unit in islice(self.working.values(), self.workers)]
        for key in first:
            if key not in self.begun:
                self.report(Started(*key))
        self.begun = set(first)

    def _more(self) -> bool:
        """Whether a unit is waiting; the next one is made when it is needed."""
        if not self.waiting and not self.ended:
            unit = next(self.units, None)
            self.ended = unit is None
            self.waiting.extend([] if unit is None else [unit])
        return bool(self.waiting)

    def _submit(self, queue: deque[Unit]) -> None:
        """Hand over the first unit of a queue; it stays there if the pool is broken."""
        self.working[self.pool.submit(execute_unit, queue[0])] = queue[0]
        self.attempts[queue.popleft().key] += 1

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
