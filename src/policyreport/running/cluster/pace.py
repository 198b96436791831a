"""Which workers are slow, compared with the others on the same notebooks."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping

from policyreport.running.events import Event, WorkerSlow
from policyreport.running.execute import Outcome

# More than a notebook's times differ between areas.
SLOW = 2.0
# A single slow notebook says nothing about its worker.
ENOUGH = 3
# A unit that takes this many times the usual time, and at least so many seconds, is reported before it ends.
OVERDUE, OVERDUE_SECONDS = 5.0, 10.0
LOOK_SECONDS = 5.0
# Times kept per notebook, so that a check costs the same after ten notebooks and after ten thousand.
REMEMBERED = 60


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
