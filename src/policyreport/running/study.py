"""Run the study's cells in parallel, each kept on disk as it ends, so that a stopped study goes on."""

from collections.abc import Callable, Iterable
from concurrent.futures import as_completed
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from policyreport.running.pool import WorkerPool, without_semaphores
from policyreport.running.store import write_whole
from policyreport.statistics.validity.cells import CELLS, Cell, cells_of
from policyreport.statistics.validity.measures import CellResult, MethodResult

Report = Callable[[Cell, int, int], None]
"""Takes each cell that ends, how many are done, and how many there are."""


def run_study(
    methods: Iterable[str], draws: int, workers: int, folder: Path, report: Report
) -> tuple[MethodResult, ...]:
    """Simulate every cell of some methods, or of all; the results do not depend on the number of workers.

    `folder`, ``build/validity``, gets ``METHOD.json`` when a method's cells are done, and the cells below ``cells/``.
    UsageError if a method is not studied.
    """
    wanted = {method: cells_of(method) for method in (tuple(methods) or tuple(CELLS))}
    cells = [cell for studied in wanted.values() for cell in studied]
    kept = {cell.id: _path(folder, cell, draws) for cell in cells}
    places = [(method, at) for method, studied in wanted.items() for at in range(len(studied))]
    left = [(method, at) for method, at in places if not kept[CELLS[method][at].id].is_file()]
    done = len(cells) - len(left)
    # Without semaphores the pool has threads, which share the state of warnings: one does it all.
    with WorkerPool(1 if without_semaphores() else workers) as pool:
        # A cell is sent as its place in the table, from which the worker takes its simulator.
        waiting = {pool.submit(_repeat, method, at, draws): CELLS[method][at] for method, at in left}
        for future in as_completed(waiting):
            write_whole(kept[waiting[future].id], future.result().to_json())
            done += 1
            report(waiting[future], done, len(cells))
    results = []
    for method, studied in wanted.items():
        measured = tuple(CellResult.from_json(kept[cell.id].read_bytes()) for cell in studied)
        results.append(MethodResult(method=method, version=version("policyreport"), draws=draws, cells=measured))
        write_whole(folder / f"{method}.json", results[-1].to_json())
    return tuple(results)


def _repeat(method: str, at: int, draws: int) -> CellResult:
    return CELLS[method][at].repeat(draws)


def _path(folder: Path, cell: Cell, draws: int) -> Path:
    """Where a cell is kept: by its name, repetitions and code, so that a change of the code repeats it."""
    key = sha256(f"{cell.id}|{cell.count(draws)}|{cell.code}".encode()).hexdigest()[:16]
    return folder / "cells" / f"{cell.method}-{key}.json"
