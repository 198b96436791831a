"""One plain line per finished area, for logs and pipes."""

from __future__ import annotations

from rich.console import Console

from policyreport.running.events import Event, Planned, Retrying, Started, WorkerLost, WorkerSlow
from policyreport.running.progress.left import TimeLeft
from policyreport.running.progress.words import duration, failure_line, news_line


class PlainLines:
    """One line per finished area, with the time left."""

    def __init__(self, console: Console, workers: int) -> None:
        self.console, self.workers = console, workers
        self.open: dict[str, int] = {}
        self.failed: set[str] = set()
        self.areas = self.units = self.ended = 0
        self.pace = TimeLeft(workers)

    def tell(self, event: Event) -> None:
        """Print a line when a stage begins, a notebook fails or an area is finished."""
        if isinstance(event, Planned):
            self.open, self.failed = dict(event.areas), set()
            self.areas, self.units, self.ended = len(event.areas), len(event.keys), 0
            self.pace.expect(event)
            self.say(f"running {self.units} notebooks for areas: {self.areas}, workers: {self.workers}")
            return
        if isinstance(event, Retrying | WorkerLost | WorkerSlow):
            self.say(news_line(event))
            return
        if isinstance(event, Started):
            return
        self.ended += 1
        self.pace.note(event)
        self.open[event.area] -= 1
        if event.failure is not None:
            self.failed.add(event.area)
            self.say(failure_line(event))
        if not self.open[event.area]:
            del self.open[event.area]
            self.say(self._area_line(event.area))

    def _area_line(self, area: str) -> str:
        """``[ 3/34] n04 done, about 40 s left``."""
        finished = self.areas - len(self.open)
        left = self.pace.seconds()
        state = "FAILED" if area in self.failed else "done"
        tail = f", about {duration(left)} left" if left is not None and self.ended < self.units else ""
        return f"[{finished:>{len(str(self.areas))}}/{self.areas}] {area} {state}{tail}"

    def say(self, line: str) -> None:
        """Print a line as it is."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)
