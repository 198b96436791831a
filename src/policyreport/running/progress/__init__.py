"""Show the progress of a run: a live table in a terminal, one plain line per finished area elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live

from policyreport.running.events import Event
from policyreport.running.progress.board import Board
from policyreport.running.progress.lines import PlainLines
from policyreport.running.progress.words import duration, event_words, failure_line, news_line

__all__ = ["duration", "event_words", "failure_line", "news_line", "show_progress"]


@contextmanager
def show_progress(console: Console, workers: int) -> Iterator[Callable[[Event], None]]:
    """Yield the function that takes a run's events, for its duration; `workers` notebooks run at a time."""
    if not console.is_terminal:
        lines = PlainLines(console, workers)
        lines.say("reading the data")
        yield lines.tell
        return
    board = Board(console, workers)
    with Live(get_renderable=board.render, console=console, refresh_per_second=4, transient=True):
        yield board.tell
