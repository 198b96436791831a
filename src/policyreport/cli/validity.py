"""The command `validity`: run the study with a progress bar, and show the results."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from policyreport.cli.messages import plain_table
from policyreport.publishing.validity_page import FOLDER, failures
from policyreport.running.study import run_study
from policyreport.statistics.validity.cells import Cell
from policyreport.statistics.validity.measures import MethodResult


def run_validity(
    root: Path, methods: Sequence[str], draws: int, workers: int, console: Console, *, keep: bool
) -> tuple[MethodResult, ...]:
    """Run the study of some methods, or of all if none is given, and show a row for each.

    Results go to ``build/validity/``; with `keep` they are copied to ``data/validity/``, which the report shows.
    Raises UsageError if a method is not studied.
    """
    folder = root / "build" / "validity"
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("simulating", total=None)

        def report(cell: Cell, done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total, description=cell.method)

        results = run_study(methods, draws, workers, folder, report)
    if keep:
        (root / FOLDER).mkdir(parents=True, exist_ok=True)
        for result in results:
            shutil.copyfile(folder / f"{result.method}.json", root / FOLDER / f"{result.method}.json")
    console.print(results_table(results))
    return results


def results_table(results: Sequence[MethodResult]) -> Table:
    """Count the judged measures of each method, and those below and above their band."""
    table = plain_table(["method"], ("cells", "repetitions", "judged", "too low", "too high"))
    for result in results:
        judged = sum(measure.low is not None for cell in result.cells for measure in cell.measures)
        sides = [measure.verdict for _, measure in failures(result)]
        counts = len(result.cells), result.draws, judged, sides.count("fails low"), sides.count("fails high")
        table.add_row(result.method, *(str(count) for count in counts))
    return table
