"""Show how far a run or a rendering is: live in a terminal, one plain line per finished area elsewhere."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from policyreport.running.events import Event, Finished, Planned, Retrying, Started

BAD = ("failed", "refused", "not-run")
STYLES = {"done": "green", "unchanged": "dim", "running": "bold yellow", "waiting": "dim"}
STYLES |= dict.fromkeys(BAD, "bold red")
SIGNS = {"unchanged": "=", "running": "▸", "waiting": "·"} | dict.fromkeys(BAD, "✗")
PLAIN_SIGNS = {"unchanged": "=", "running": ">", "waiting": "."} | dict.fromkeys(BAD, "x")
# Besides the areas: counts, bar, heading, an empty line, what is left out, and the prompt.
OTHER_LINES = 6
AREA_WIDTH = 5
NOTEBOOK_WIDTH = 6
GAP = 3
BAR_WIDTH = 30


@contextmanager
def show_progress(console: Console, workers: int) -> Iterator[Callable[[Event], None]]:
    """Yield the function that takes a run's events, for its duration; `workers` notebooks run at a time."""
    if not console.is_terminal:
        lines = PlainLines(console, workers)
        lines.say("reading the data")
        yield lines.take
        return
    board = Board(console, workers)
    with Live(get_renderable=board.render, console=console, refresh_per_second=4, transient=True):
        yield board.take


@contextmanager
def show_stage(console: Console, what: str, total: int = 0) -> Iterator[Callable[[str], None]]:
    """Show work without notebooks for its duration: in a terminal with its time and pages, elsewhere as one line.

    Yields the function that takes the name of each finished page. `total` pages are expected; 0 if not counted.
    """
    if not console.is_terminal:
        console.print(f"{what} …", markup=False, highlight=False, soft_wrap=True)
        yield lambda page: None
        return
    counted = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[page]}")) if total else ()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), *counted, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total or None, page="")
        yield lambda page: progress.update(task, advance=1, page=page)


def duration(seconds: float) -> str:
    """``40 s``, ``2 min 05 s``, ``1 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


class Stage:
    """The state of a stage's notebooks, and the time that the rest of them will take."""

    def __init__(self, console: Console, workers: int) -> None:
        self.console, self.workers = console, workers
        # By area and notebook.
        self.states: dict[str, dict[str, str]] = {}
        self.remaining: Counter[str] = Counter()
        # Seconds that a notebook took, summed over areas, and in how many areas it ran; of all stages.
        self.seconds: dict[str, float] = defaultdict(float)
        self.ran: Counter[str] = Counter()

    def take(self, event: Event) -> None:
        """Take an event in, and print it where it is news."""
        if isinstance(event, Planned):
            self.remaining = Counter(event.notebooks)
            self.states = {area: {} for area in event.areas}
            for area, notebook in event.keys:
                self.states[area][notebook] = "waiting"
        elif isinstance(event, Started):
            self.states[event.area][event.notebook] = "running"
        elif isinstance(event, Retrying):
            self.states[event.area][event.notebook] = "waiting"
        elif isinstance(event, Finished):
            self.states[event.area][event.notebook] = event.state
            self.remaining[event.notebook] -= 1
            if event.executed:
                self.seconds[event.notebook] += event.seconds
                self.ran[event.notebook] += 1
        if event.line:
            self.say(event.line)

    def seconds_left(self) -> float | None:
        """Estimate the rest from each notebook's mean, or the mean of all; None before a notebook has run."""
        if not self.ran:
            return None
        mean = sum(self.seconds.values()) / self.ran.total()
        means = {name: self.seconds[name] / ran for name, ran in self.ran.items()}
        return sum(number * means.get(name, mean) for name, number in self.remaining.items()) / self.workers

    def say(self, line: str) -> None:
        """Print a line as it is."""
        self.console.print(line, markup=False, highlight=False, soft_wrap=True)


class PlainLines(Stage):
    """One line per finished area, for logs and pipes."""

    def take(self, event: Event) -> None:
        """Also print a line when a stage begins or an area is finished."""
        super().take(event)
        if isinstance(event, Planned):
            self.finished = 0
            self.say(f"running {len(event.keys)} notebooks for areas: {len(self.states)}, workers: {self.workers}")
        elif isinstance(event, Finished) and not {"waiting", "running"} & set(self.states[event.area].values()):
            self.finished += 1
            self.say(self._area_line(event.area))

    def _area_line(self, area: str) -> str:
        """``[ 3/34] n04 done, about 40 s left``."""
        number, left = len(self.states), self.seconds_left()
        state = "FAILED" if set(BAD) & set(self.states[area].values()) else "done"
        rest = f", about {duration(left)} left" if left is not None and any(self.remaining.values()) else ""
        return f"[{self.finished:>{len(str(number))}}/{number}] {area} {state}{rest}"


class Board(Stage):
    """The stage that runs as a live table, areas by notebooks; what is news is printed above it."""

    def __init__(self, console: Console, workers: int) -> None:
        super().__init__(console, workers)
        self.signs = SIGNS if "utf" in console.encoding.lower() else PLAIN_SIGNS
        self.begin = time.monotonic()
        self.notebooks: tuple[str, ...] = ()
        # When a notebook began, and how long one took.
        self.since: dict[tuple[str, str], float] = {}
        self.took: dict[tuple[str, str], float] = {}

    def take(self, event: Event) -> None:
        """Also note the times of notebooks."""
        super().take(event)
        if isinstance(event, Planned):
            self.notebooks, self.since, self.took = tuple(event.notebooks), {}, {}
        elif isinstance(event, Started):
            self.since[event.area, event.notebook] = time.monotonic()
        elif isinstance(event, Finished):
            self.took[event.area, event.notebook] = event.seconds

    def render(self) -> RenderableType:
        """Draw the board as it is, for `rich.live.Live`."""
        if not self.states:
            return Text(f"reading the data, {duration(time.monotonic() - self.begin)}")
        # Another thread draws the board while events arrive.
        states = {area: dict(row) for area, row in list(self.states.items())}
        counts = Counter(state for row in states.values() for state in row.values())
        shown, columns = self._fitting(states)
        rows = -(-len(shown) // columns)
        blocks = Table.grid(padding=(0, GAP, 0, 0))
        blocks.add_row(*(self._table(states, shown[at : at + rows]) for at in range(0, len(shown), max(rows, 1))))
        parts: list[RenderableType] = [self._counts(counts, len(states)), self._bar(counts), blocks]
        if len(shown) < len(states):
            parts.append(Text(f"{len(states) - len(shown)} more areas, none of them running or failed", style="dim"))
        return Group(*parts)

    def _counts(self, counts: Counter[str], areas: int) -> Text:
        """``102 notebooks, 34 areas, 2 workers: 38 done, 12 unchanged, 2 running, 1 failed``."""
        whole = (counts.total(), "notebook"), (areas, "area"), (self.workers, "worker")
        text = Text(", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in whole) + ": ")
        states = ["done", "unchanged", "running", "failed", *(state for state in BAD[1:] if counts[state])]
        for position, state in enumerate(states):
            style = STYLES[state] if counts[state] else "dim"
            text.append(f"{', ' if position else ''}{counts[state]} {state}", style=style)
        return text

    def _bar(self, counts: Counter[str]) -> Table:
        """How much has ended, and the time left."""
        ended, left = counts.total() - counts["waiting"] - counts["running"], self.seconds_left()
        table = Table.grid(padding=(0, 1))
        text = "" if left is None else f"about {duration(left)} left"
        table.add_row(ProgressBar(counts.total(), ended, width=BAR_WIDTH), f"{ended}/{counts.total()}", text)
        return table

    def _fitting(self, states: dict[str, dict[str, str]]) -> tuple[list[str], int]:
        """The areas that fit the terminal, running or failed ones first; and the number of columns."""
        width = AREA_WIDTH + sum(max(len(name), NOTEBOOK_WIDTH) + 1 for name in self.notebooks) + GAP
        columns = max(1, (self.console.width + GAP) // width)
        room = max(3, self.console.height - OTHER_LINES) * columns
        if len(states) <= room:
            return list(states), columns
        return [area for area, row in states.items() if {"running", *BAD} & set(row.values())][-room:], columns

    def _table(self, states: dict[str, dict[str, str]], areas: list[str]) -> Table:
        """Areas by notebooks."""
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("", min_width=AREA_WIDTH - 1, justify="right")
        for name in self.notebooks:
            table.add_column(name, justify="right", min_width=NOTEBOOK_WIDTH, no_wrap=True)
        for area in areas:
            table.add_row(
                Text(area), *(self._cell(states[area].get(name, ""), (area, name)) for name in self.notebooks)
            )
        return table

    def _cell(self, state: str, key: tuple[str, str]) -> Text:
        """A notebook's state: its seconds when it is done, the seconds so far while it runs."""
        if not state:
            return Text("")
        text = f"{self.took.get(key, 0.0):.1f} s" if state == "done" else self.signs[state]
        if state == "running":
            text += f" {time.monotonic() - self.since.get(key, time.monotonic()):.0f} s"
        return Text(text, style=STYLES[state])
