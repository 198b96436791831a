"""The live table of a run: areas by notebooks, with state, time left and counts."""

from __future__ import annotations

import time
from collections import Counter

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from policyreport.running.events import Event, Finished, Planned, Retrying, Started
from policyreport.running.progress.left import TimeLeft
from policyreport.running.progress.words import duration, failure_line, news_line

BAD = ("failed", "refused", "not-run")
STYLES = {"done": "green", "unchanged": "dim", "running": "bold yellow", "waiting": "dim"}
STYLES |= dict.fromkeys(BAD, "bold red")
SIGNS = {"unchanged": "=", "running": "▸", "waiting": "·"} | dict.fromkeys(BAD, "✗")
PLAIN_SIGNS = {"unchanged": "=", "running": ">", "waiting": "."} | dict.fromkeys(BAD, "x")
# Besides the areas: counts, bar, heading, an empty line, what is left out, and the prompt.
OTHER_LINES = 6
AREA_WIDTH = 5
GAP = 3
BAR_WIDTH = 30


class Board:
    """The stage that runs, as a table; failures are printed above it."""

    def __init__(self, console: Console, workers: int) -> None:
        self.console, self.workers = console, workers
        self.signs = SIGNS if "utf" in console.encoding.lower() else PLAIN_SIGNS
        self.left = TimeLeft(workers)
        self.begin = time.monotonic()
        self.notebooks: tuple[str, ...] = ()
        self.areas: dict[str, dict[str, str]] = {}
        self.times: dict[tuple[str, str], str] = {}
        self.since: dict[tuple[str, str], float] = {}
        self.counts: Counter[str] = Counter()
        self.planned = 0

    def tell(self, event: Event) -> None:
        """Take an event in."""
        if isinstance(event, Planned):
            self.left.expect(event)
            self.planned, self.counts, self.notebooks = len(event.keys), Counter(), tuple(event.notebooks)
            self.times, self.since = {}, {}
            self.areas = {area: {} for area in event.areas}
            for area, notebook in event.keys:
                self.areas[area][notebook] = "waiting"
        elif isinstance(event, Started):
            self.areas[event.area][event.notebook] = "running"
            self.since[event.area, event.notebook] = time.monotonic()
        elif isinstance(event, Finished):
            self._end(event)
        else:
            if isinstance(event, Retrying):
                self.areas[event.area][event.notebook] = "waiting"
                self.since.pop((event.area, event.notebook), None)
            self._say(news_line(event))

    def render(self) -> RenderableType:
        """Draw the board as it is, for `rich.live.Live`."""
        if not self.planned:
            return Text(f"reading the data, {duration(time.monotonic() - self.begin)}")
        # Another thread draws the board while events arrive.
        areas = {area: dict(states) for area, states in list(self.areas.items())}
        shown, columns = self._fitting(areas)
        parts: list[RenderableType] = [self._counts(areas), self._bar(), self._table(areas, shown, columns)]
        if len(shown) < len(areas):
            parts.append(Text(f"{len(areas) - len(shown)} more areas, none of them running or failed", style="dim"))
        return Group(*parts)

    def _end(self, event: Finished) -> None:
        self.areas[event.area][event.notebook] = event.state
        self.times[event.area, event.notebook] = f"{event.seconds:.1f} s"
        self.since.pop((event.area, event.notebook), None)
        self.counts[event.state] += 1
        self.left.note(event)
        if event.failure is not None:
            self._say(failure_line(event))

    def _say(self, line: str) -> None:
        """Print a line above the board."""
        self.console.print(line, markup=False, highlight=False)

    def _counts(self, areas: dict[str, dict[str, str]]) -> Text:
        """``102 notebooks, 34 areas, 2 workers: 38 done, 12 unchanged, 2 running, 1 failed``."""
        running = sum(state == "running" for states in areas.values() for state in states.values())
        numbers = {"done": self.counts["done"], "unchanged": self.counts["unchanged"], "running": running}
        numbers["failed"] = self.counts["failed"]
        numbers |= {state: self.counts[state] for state in BAD[1:] if self.counts[state]}
        whole = (self.planned, "notebook"), (len(areas), "area"), (self.workers, "worker")
        text = Text(", ".join(f"{number} {noun}{'' if number == 1 else 's'}" for number, noun in whole) + ": ")
        for position, (state, number) in enumerate(numbers.items()):
            text.append(f"{', ' if position else ''}{number} {state}", style=STYLES[state] if number else "dim")
        return text

    def _bar(self) -> Table:
        """How much has ended, and the time left."""
        ended = sum(self.counts.values())
        left = self.left.seconds()
        table = Table.grid(padding=(0, 1))
        text = "" if left is None else f"about {duration(left)} left"
        table.add_row(ProgressBar(self.planned, ended, width=BAR_WIDTH), f"{ended}/{self.planned}", text)
        return table

    def _fitting(self, areas: dict[str, dict[str, str]]) -> tuple[list[str], int]:
        """The areas that fit the terminal, running or failed ones first; and the number of columns."""
        width = AREA_WIDTH + sum(max(len(name), 6) + 1 for name in self.notebooks) + GAP
        columns = max(1, (self.console.width + GAP) // width)
        room = max(3, self.console.height - OTHER_LINES) * columns
        if len(areas) <= room:
            return list(areas), columns
        urgent = [area for area, states in areas.items() if {"running", *BAD} & set(states.values())]
        return urgent[-room:], columns

    def _table(self, areas: dict[str, dict[str, str]], shown: list[str], columns: int) -> Table:
        """Areas by notebooks, in columns side by side."""
        rows = -(-len(shown) // columns)
        blocks = [shown[start : start + rows] for start in range(0, len(shown), rows)] if rows else []
        table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="dim")
        for position in range(len(blocks)):
            table.add_column("" if not position else " " * (GAP - 1), min_width=AREA_WIDTH - 1, justify="right")
            for name in self.notebooks:
                table.add_column(name, justify="right", min_width=6, no_wrap=True)
        for row in range(rows):
            cells: list[Text] = []
            for block in blocks:
                if row < len(block):
                    cells += [Text(block[row]), *(self._cell(block[row], name, areas) for name in self.notebooks)]
            table.add_row(*cells)
        return table

    def _cell(self, area: str, notebook: str, areas: dict[str, dict[str, str]]) -> Text:
        """A notebook's state: its seconds when it is done, the seconds so far while it runs."""
        state = areas[area].get(notebook, "")
        if not state:
            return Text("")
        if state == "done":
            return Text(self.times.get((area, notebook), ""), style=STYLES[state])
        sign = self.signs[state]
        if state == "running":
            sign += f" {time.monotonic() - self.since.get((area, notebook), time.monotonic()):.0f} s"
        return Text(sign, style=STYLES[state])
