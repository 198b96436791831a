"""Show work that has no notebooks: laying out pages, rendering them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


@contextmanager
def show_stage(console: Console, what: str, total: int = 0) -> Iterator[Callable[[str], None]]:
    """Show a stage for its duration: in a terminal with its time and pages, elsewhere as one line.

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
