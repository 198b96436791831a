"""Show how far a run is: a moving bar in a terminal, one plain line per finished area elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from policyreport.events import Event, Finished, Planned, WorkerLost, WorkerSlow


@contextmanager
def show_progress(console: Console, workers: int) -> Iterator[Callable[[Event], None]]:
    """Give the function to tell events to, for the duration of a run.

    Parameters
    ----------
    console : Console
        Where to write.
    workers : int
        Processes at work, named in the first line.

    Yields
    ------
    callable
        Takes an `Event`.
    """
    if not console.is_terminal:
        lines = PlainLines(console, workers)
        lines.say("reading the data")
        yield lines.tell
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    left = TextColumn("time left"), TimeRemainingColumn()
    with Progress(*columns, *left, console=console, transient=True) as bar:
        yield Bar(bar).tell


class Bar:
    """A bar a stage; failures stay above it as they happen.

    Parameters
    ----------
    bar : Progress
        The running display.
    """

    def __init__(self, bar: Progress) -> None:
        self.bar = bar
        self.task = bar.add_task("reading the data", total=None)

    def tell(self, event: Event) -> None:
        """Move the bar.

        Parameters
        ----------
        event : Event
            What happened.
        """
        if isinstance(event, Planned):
            self.bar.remove_task(self.task)
            notebooks, areas = sum(event.units.values()), len(event.units)
            self.task = self.bar.add_task(f"{notebooks} notebooks, areas: {areas}", total=notebooks)
            return
        if isinstance(event, WorkerLost | WorkerSlow):
            self.bar.console.print(worker_line(event), markup=False, highlight=False)
            return
        if event.failure is not None:
            self.bar.console.print(failure_line(event), markup=False, highlight=False)
        self.bar.advance(self.task)


class PlainLines:
    """A line per finished area, with the time left, for logs and pipes.

    Parameters
    ----------
    console : Console
        Where to write.
    workers : int
        Processes at work.
    """

    def __init__(self, console: Console, workers: int) -> None:
        self.console, self.workers = console, workers
        self.open: dict[str, int] = {}
        self.failed: set[str] = set()
        self.areas = self.units = self.ended = 0
        self.start = time.monotonic()

    def tell(self, event: Event) -> None:
        """Print a line when a stage begins, a notebook fails or an area is finished.

        Parameters
        ----------
        event : Event
            What happened.
        """
        if isinstance(event, Planned):
            self.open, self.failed = dict(event.units), set()
            self.areas, self.units, self.ended = len(event.units), sum(event.units.values()), 0
            self.start = time.monotonic()
            self.say(f"running {self.units} notebooks for areas: {self.areas}, workers: {self.workers}")
            return
        if isinstance(event, WorkerLost | WorkerSlow):
            self.say(worker_line(event))
            return
        self.ended += 1
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
        left = (time.monotonic() - self.start) / self.ended * (self.units - self.ended)
        state = "FAILED" if area in self.failed else "done"
        tail = f", about {duration(left)} left" if self.ended < self.units else ""
        return f"[{finished:>{len(str(self.areas))}}/{self.areas}] {area} {state}{tail}"

    def say(self, line: str) -> None:
        """Print a line as it is.

        Parameters
        ----------
        line : str
            Without its end.
        """
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


def event_words(event: Event) -> dict[str, Any]:
    """Write an event for another program.

    Parameters
    ----------
    event : Event
        What happened.

    Returns
    -------
    dict
        ``event`` and its facts, ready for JSON.
    """
    if isinstance(event, Planned):
        return {"event": "planned", "units": dict(event.units)}
    if isinstance(event, WorkerLost):
        return {"event": "worker-lost", "worker": event.worker, "units": ["/".join(unit) for unit in event.units]}
    if isinstance(event, WorkerSlow):
        unit = {} if event.unit is None else {"unit": "/".join(event.unit)}
        return {"event": "worker-slow", "worker": event.worker, "ratio": round(event.ratio, 1), **unit}
    words: dict[str, Any] = {
        "event": "finished",
        "area": event.area,
        "notebook": event.notebook,
        "state": event.state,
        "seconds": round(event.seconds, 3),
        "timing": dict(event.timing),
        "kept": str(event.kept),
    }
    if event.failure is not None:
        words["failure"] = {name: getattr(event.failure, name) for name in ("reason", "error", "message")}
    return words


def failure_line(event: Finished) -> str:
    """Say in one line what failed and why.

    Parameters
    ----------
    event : Finished
        A unit that gave no record.

    Returns
    -------
    str
        ``n40/trend failed: ValueError: …``; empty for a unit that is done.
    """
    if event.failure is None:
        return ""
    message = " ".join(event.failure.message.split())
    return f"{event.area}/{event.notebook} failed: {event.failure.error}: {message}"


def worker_line(event: WorkerLost | WorkerSlow) -> str:
    """Say in one line what happened to a worker of a cluster.

    Parameters
    ----------
    event : WorkerLost or WorkerSlow
        What happened.

    Returns
    -------
    str
        ``worker tcp://… is gone; n40/trend runs again elsewhere``.
    """
    if isinstance(event, WorkerLost):
        units = ", ".join("/".join(unit) for unit in event.units)
        tail = f"; {units} {'runs' if len(event.units) == 1 else 'run'} again elsewhere" if units else ""
        return f"worker {event.worker} is gone{tail}"
    what = "is slow" if event.unit is None else f"is slow with {'/'.join(event.unit)}"
    return f"worker {event.worker} {what}: {event.ratio:.1f} times as long as usual"


def duration(seconds: float) -> str:
    """Write a time span the way people say it.

    Parameters
    ----------
    seconds : float
        The span.

    Returns
    -------
    str
        ``40 s``, ``2 min 05 s``, ``1 h 10 min``.
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
