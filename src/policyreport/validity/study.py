"""Run the study's cells in parallel, each kept on disk as it ends, so that a stopped study goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from policyreport.validity.cells import CELLS, Cell, cells_of
from policyreport.validity.measures import CellResult, MethodResult

Tell = Callable[[Cell, int, int], None]
"""Told each cell that ends: the cell, how many are done, how many there are."""


def run_study(methods: Iterable[str], draws: int, workers: int, folder: Path, tell: Tell) -> tuple[MethodResult, ...]:
    """Simulate every cell of some methods.

    Parameters
    ----------
    methods : iterable of str
        Ids; all studied ones if empty.
    draws : int
        Repetitions a cell.
    workers : int
        Processes.
    folder : Path
        ``build/validity``: one ``METHOD.json`` each when its cells are done, and the cells below ``cells/``.
    tell : callable
        Progress.

    Returns
    -------
    tuple of MethodResult
        In the order of the table; the same whatever the number of processes.

    Raises
    ------
    UsageError
        If a method is not studied.
    """
    wanted = {method: cells_of(method) for method in (tuple(methods) or tuple(CELLS))}
    cells = [cell for each in wanted.values() for cell in each]
    kept = {cell.id: _path(folder, cell, draws) for cell in cells}
    places = [(method, at) for method, each in wanted.items() for at in range(len(each))]
    left = [(method, at) for method, at in places if not kept[CELLS[method][at].id].is_file()]
    done = len(cells) - len(left)
    with ProcessPoolExecutor(max_workers=workers) as pool:
        # A cell is sent by its place in the table: its simulator is found again there.
        waiting = {pool.submit(_repeat, method, at, draws): CELLS[method][at] for method, at in left}
        for future in as_completed(waiting):
            _keep(kept[waiting[future].id], future.result().to_json())
            done += 1
            tell(waiting[future], done, len(cells))
    results = []
    for method, each in wanted.items():
        found = tuple(CellResult.from_json(kept[cell.id].read_bytes()) for cell in each)
        results.append(MethodResult(method=method, version=version("policyreport"), draws=draws, cells=found))
        _keep(folder / f"{method}.json", results[-1].to_json())
    return tuple(results)


def _repeat(method: str, at: int, draws: int) -> CellResult:
    return CELLS[method][at].repeat(draws)


def _path(folder: Path, cell: Cell, draws: int) -> Path:
    """Where a cell is kept: by its name and repetitions."""
    return folder / "cells" / f"{cell.method}-{sha256(f'{cell.id}|{draws}'.encode()).hexdigest()[:16]}.json"


def _keep(path: Path, body: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    draft.write_bytes(body)
    draft.replace(path)
