"""Dask as an executor like any other: tasks in, futures out; workers lost or slow are reported as events."""

import contextlib
import dataclasses
import itertools
import logging
import os
import queue
import signal
import statistics
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from multiprocessing import forkserver
from typing import Any, Self

from policyreport.errors import RunError, UsageError
from policyreport.running.cluster.worker import Order, describe_worker, differences, execute_there
from policyreport.running.endings import interrupts_ignored
from policyreport.running.events import Event, WorkerLost, WorkerSlow
from policyreport.running.execute import Outcome, Unit
from policyreport.running.execute.unit import WorkerLostError
from policyreport.running.pool import scratch_folder, sweep, without_semaphores

SETTINGS = {
    # Forked from a process that has imported the runner once; `spawn` would import it in each.
    "distributed.worker.multiprocessing-method": "forkserver",
    # A notebook that takes two workers down runs alone; see `policyreport.running.runs`.
    "distributed.scheduler.allowed-failures": 1,
    # No status pages on the port that every node opens.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

# More than a notebook's times differ between areas.
SLOW = 2.0
# A single slow notebook says nothing about its worker.
ENOUGH = 3
# A unit that takes this many times the usual time, and at least so many seconds, is reported before it ends.
OVERDUE, OVERDUE_SECONDS = 5.0, 10.0
LOOK_SECONDS = 5.0
# Times kept per notebook, so that a check costs the same after ten notebooks and after ten thousand.
REMEMBERED = 60
LOCAL = "local:"
SILENT = logging.CRITICAL + 1
CONNECT_SECONDS = 10
# A cluster that has lost its last worker may get new ones, within this time.
WITHOUT_WORKERS_SECONDS = 60.0
SHOWN = 3


class LocalWorkers:
    """Dask workers on this machine, each with one notebook at a time.

    A scheduler runs code for whoever can connect to it, and a port on loopback is open to every user of the
    machine: both ends use TLS with a certificate made for this run.
    """

    def __init__(self, number: int) -> None:
        # The extra `cluster`.
        import dask
        import distributed

        library: Any = distributed
        self.scratch = scratch_folder()
        dask.config.set(SETTINGS | {"temporary-directory": str(self.scratch)})
        self.cluster: Any = None
        try:
            self.cluster = self._start(library, number)
        except BaseException:
            self.close()
            raise

    def _start(self, library: Any, number: int) -> Any:
        # It sets its own preload, once; ours follows.
        library.utils.get_mp_context()
        forkserver.set_forkserver_preload(["distributed", "policyreport.running.cluster.worker"])
        with interrupts_ignored():
            forkserver.ensure_running()
        return library.LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls://",
            security=library.Security.temporary(),
            dashboard_address="127.0.0.1:0",
            # Kernels are separate processes: a worker's memory says nothing about theirs.
            memory_limit=0,
            local_directory=str(self.scratch),
            silence_logs=logging.CRITICAL + 1,
        )

    def kill(self) -> None:
        """End the workers now, whatever they are doing."""
        with interrupts_ignored():
            for nanny in self.cluster.workers.values():
                nanny.auto_restart = False
                # None where it has no process at the moment.
                with contextlib.suppress(OSError, TypeError):
                    os.kill(nanny.pid, signal.SIGKILL)

    def close(self) -> None:
        """End workers, kernels and folders."""
        with interrupts_ignored():
            if self.cluster is not None:
                self.cluster.close(timeout=5)
            sweep(self.scratch)


class Pace:
    """The times of a run's notebooks, by notebook and by worker."""

    def __init__(self) -> None:
        self.times: dict[str, deque[tuple[str, float]]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self.since: dict[tuple[tuple[str, str], str], float] = {}
        self.reported: set[object] = set()
        self.looked = 0.0

    def note(self, outcome: Outcome) -> None:
        """Add a unit that ended."""
        self.times[outcome.notebook].append((outcome.worker, outcome.seconds))

    def slow(self, assigned: Callable[[], Mapping[tuple[str, str], str]]) -> list[Event]:
        """Report slow workers, each once, and overdue units, each once per worker.

        `assigned` gives the worker of each unit that is not done; it is called every few seconds.
        """
        if time.monotonic() - self.looked < LOOK_SECONDS:
            return []
        self.looked = time.monotonic()
        return self._slow_workers() + self._overdue(assigned())

    def _slow_workers(self) -> list[Event]:
        """Workers that need longer than the others for the same notebooks."""
        ratios: dict[str, list[float]] = defaultdict(list)
        for times in list(self.times.values()):
            ended = list(times)
            for worker in {worker for worker, _ in ended}:
                own = [seconds for other, seconds in ended if other == worker]
                others = [seconds for other, seconds in ended if other != worker]
                if min(len(own), len(others)) >= ENOUGH:
                    ratios[worker].append(statistics.median(own) / statistics.median(others))
        medians = {worker: statistics.median(ratios[worker]) for worker in sorted(ratios.keys() - self.reported)}
        slow = {worker: ratio for worker, ratio in medians.items() if ratio > SLOW}
        self.reported |= slow.keys()
        return [WorkerSlow(worker, ratio) for worker, ratio in slow.items()]

    def _overdue(self, assigned: Mapping[tuple[str, str], str]) -> list[Event]:
        now = time.monotonic()
        self.since = {item: self.since.get(item, now) for item in assigned.items()}
        events: list[Event] = []
        for (unit, worker), since in self.since.items():
            usual = self._usual(unit[1])
            late = now - since
            if usual and late > max(OVERDUE * usual, OVERDUE_SECONDS) and (unit, worker) not in self.reported:
                self.reported.add((unit, worker))
                events.append(WorkerSlow(worker, late / usual, unit))
        return events

    def _usual(self, notebook: str) -> float:
        """The median time of a notebook; 0 where too few have ended."""
        times = [seconds for _, seconds in list(self.times[notebook])]
        return statistics.median(times) if len(times) >= ENOUGH else 0.0


class DaskExecutor(Executor):
    """Run units on a Dask cluster.

    `where` is ``local:N`` for N processes of this machine, started here and ended with this object; else the address of
    a scheduler.

    Raises UsageError if the extra `cluster` is not installed, or nothing answers at the address. Raises RunError if a
    worker's environment differs from the runner's.
    """

    def __init__(self, where: str, order: Order) -> None:
        self.where, self.order = where, order
        self.local: LocalWorkers | None = None
        # Dask's client, which is mostly untyped.
        self.client: Any = None
        self.pace = Pace()
        self._messages: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._names: dict[str, tuple[str, str]] = {}
        self._numbers = itertools.count()
        self._alone_since = 0.0
        try:
            self.client = self._connect()
            self._compare()
        except BaseException:
            self.close(at_once=True)
            raise

    @property
    def workers(self) -> int:
        """Number of notebooks that the cluster runs at a time."""
        return max(1, self._threads())

    def submit(self, task: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Hand a unit to the cluster; whatever the task, a worker calls `execute_there`."""
        unit: Unit = args[0]
        name = f"{unit.area}-{unit.notebook}-{next(self._numbers)}-{id(self)}"
        self._names[name] = unit.key
        given: Future[Outcome] = Future()
        sent = self.client.submit(execute_there, unit, self.order, key=name, pure=False)
        sent.add_done_callback(lambda done: self._pass_on(done, name, given))
        given.add_done_callback(lambda outer: sent.cancel() if outer.cancelled() else None)
        return given

    def news(self) -> list[Event]:
        """Workers lost, and slower than the others, since the last call; a `RunError` after a while without any."""
        events: list[Event] = []
        while not self._messages.empty():
            message = self._messages.get()
            keys = [self._names[key] for key in message.get("processing-tasks", ()) if key in self._names]
            if message.get("action") == "remove-worker" and (keys or not message.get("expected")):
                events.append(WorkerLost(message["worker"], tuple(keys)))
        self._require_worker()
        return events + self.pace.slow(self._assigned)

    def close(self, at_once: bool = False) -> None:
        """Let go of the cluster; end it if it was started here. `at_once` does not wait for what still runs."""
        if self.local is not None and at_once:
            self.local.kill()
        if self.client is not None:
            self.client.close(timeout=0.5 if at_once else 10)
            self.client = None
        if self.local is not None:
            self.local.close()
            self.local = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        self.close(at_once=kind is not None)

    def _connect(self) -> Any:
        """Find the cluster, or start it."""
        place = f"--cluster {self.where}"
        try:
            import distributed  # the extra `cluster`, and half a second
        except ImportError:
            todo = 'Install it: pip install "policyreport[cluster]".'
            raise UsageError(place, "Dask (the package distributed)", "none installed", todo) from None
        # What Dask logs is reported as errors and events.
        for handler in logging.getLogger("distributed").handlers:
            handler.setLevel(SILENT)
        library: Any = distributed
        address: Any = self.where
        if self.where.startswith(LOCAL):
            try:
                self.local = LocalWorkers(int(self.where.removeprefix(LOCAL)))
            except (OSError, RuntimeError) as error:
                # Dask only says that a worker did not start.
                got = without_semaphores() or " ".join(str(error).split())[:160]
                todo = "Set TMPDIR to a shorter path, or give" if "AF_UNIX path" in got else "Give"
                raise RunError(place, "a Dask cluster on this machine", got, f"{todo} --workers instead.") from None
            address = self.local.cluster
            self.order = dataclasses.replace(self.order, scratch=str(self.local.scratch))
        try:
            client = library.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            expected = "a Dask scheduler with a worker"
            got = " ".join(str(error).split())[:160] or type(error).__name__
            todo = f"Start `dask scheduler` and, for it, `dask worker {self.where}`."
            raise UsageError(place, expected, got, todo) from None
        client.subscribe_topic("all", lambda event: self._messages.put(event[1]))
        return client

    def _compare(self) -> None:
        """Refuse workers that would not make the same bytes."""
        here = dict(self.order.environment)
        workers = self.client.run(describe_worker, tuple(here), on_error="return")
        unlike = []
        for worker, there in sorted(workers.items()):
            text = f"no policyreport ({there})" if isinstance(there, Exception) else differences(here, there)
            if text:
                unlike.append(f"{worker}: {text}")
        if unlike:
            more = f"; and {len(unlike) - SHOWN} more workers" if len(unlike) > SHOWN else ""
            todo = "Install this version of the package and requirements.lock there, and restart the workers."
            raise RunError(
                f"--cluster {self.where}", "the runner's environment", "; ".join(unlike[:SHOWN]) + more, todo
            )

    def _pass_on(self, done: Any, name: str, given: Future[Outcome]) -> None:
        """Forward what a worker or the scheduler reports on a task; called in one of Dask's threads."""
        key = self._names.pop(name, ("", ""))
        if given.cancelled():
            return
        try:
            if done.status not in ("finished", "error"):
                raise BrokenExecutor(f"it gave up {'/'.join(key)} ({done.status})")
            outcome = done.result()
        except Exception as error:  # noqa: BLE001 # whatever it is, the run waits for it
            lost = type(error).__name__ == "KilledWorker"
            given.set_exception(WorkerLostError() if lost else error)
        else:
            self.pace.note(outcome)
            given.set_result(outcome)

    def _threads(self) -> int:
        """How many notebooks the workers can run; 0 too where the scheduler does not answer."""
        try:
            return sum(self.client.nthreads().values())
        except (OSError, TimeoutError):
            return 0

    def _assigned(self) -> dict[tuple[str, str], str]:
        """The worker of each unit."""
        try:
            there = self.client.processing()
        except (OSError, TimeoutError):
            return {}
        return {self._names[key]: worker for worker, keys in there.items() for key in keys if key in self._names}

    def _require_worker(self) -> None:
        """Stop where all workers are gone and no new one joins."""
        if self._threads():
            self._alone_since = 0.0
        elif not self._alone_since:
            self._alone_since = time.monotonic()
        elif time.monotonic() - self._alone_since > WITHOUT_WORKERS_SECONDS:
            todo = "Start workers and run again; what was finished is kept."
            got = f"none for {WITHOUT_WORKERS_SECONDS:g} s"
            raise RunError(f"--cluster {self.where}", "a worker", got, todo)
