"""Which workers are slow, compared with the others on the same notebooks."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

from policyreport.running.events import Event, WorkerSlow
from policyreport.running.execute import Outcome

# Twice the usual time is more than notebooks of one name differ by among areas.
SLOW = 2.0
# A single slow notebook says nothing of its worker.
ENOUGH = 3
# What a worker has had for so many times the usual is told before it ends, if it ever does.
OVERDUE, OVERDUE_SECONDS = 5.0, 10.0
LOOK_SECONDS = 5.0
# The latest times of a notebook, so that a look costs the same after ten notebooks and after ten thousand.
REMEMBERED = 60


class Pace:
    """The times of a run's notebooks, by notebook and by worker."""

    def __init__(self) -> None:
        self.times: dict[str, deque[tuple[str, float]]] = defaultdict(lambda: deque(maxlen=REMEMBERED))
        self.since: dict[tuple[tuple[str, str], str], float] = {}
        self.told: set[object] = set()
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
                own = [seconds for each, seconds in ended if each == worker]
                others = [seconds for each, seconds in ended if each != worker]
                if min(len(own), len(others)) >= ENOUGH:
                    ratios[worker].append(statistics.median(own) / statistics.median(others))
        found = {worker: statistics.median(each) for worker, each in ratios.items() if worker not in self.told}
        slow = {worker: ratio for worker, ratio in sorted(found.items()) if ratio > SLOW}
        self.told |= slow.keys()
        return [WorkerSlow(worker, ratio) for worker, ratio in slow.items()]

    def _overdue(self, assigned: Mapping[tuple[str, str], str]) -> list[Event]:
        now = time.monotonic()
        self.since = {item: self.since.get(item, now) for item in assigned.items()}
        events: list[Event] = []
        for (unit, worker), since in self.since.items():
            usual = self._usual(unit[1])
            late = now - since
            if usual and late > max(OVERDUE * usual, OVERDUE_SECONDS) and (unit, worker) not in self.told:
                self.told.add((unit, worker))
                events.append(WorkerSlow(worker, late / usual, unit))
        return events

    def _usual(self, notebook: str) -> float:
        """The median time of a notebook; 0 where too few have ended."""
        times = [seconds for _, seconds in list(self.times[notebook])]
        return statistics.median(times) if len(times) >= ENOUGH else 0.0
