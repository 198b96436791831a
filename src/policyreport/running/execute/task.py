"""Run one unit with papermill in a private folder and describe the outcome."""

import asyncio
import contextvars
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook, raise_for_execution_errors
from papermill.iorw import write_ipynb

from policyreport.errors import NotPublishedError, RunError
from policyreport.records.base import Failure
from policyreport.running.execute.notebooks import (
    UnknownParameterError,
    check_parameters,
    machine_prefixes,
    read_notebook,
    reproducible,
    without_machine,
)
from policyreport.running.execute.unit import Outcome, Unit
from policyreport.running.kernels import COLD_FILE, NOTE_FILE, engine_options, how_it_ended
from policyreport.running.store import sealed
from warm_kernels.notebooks import imported_modules

ENGINE = "policyreport"

RECORD = "record.json"
ERROR_TAG = "papermill-error-cell-tag"
"""Of the cells that papermill adds around an error."""


class OneWriteEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine without a write before and after every cell.

    papermill writes the executed notebook itself once it has ended, with the error if a cell raised one.
    Only when the run breaks off (a time-out, a dead kernel) is there something to keep here.
    """

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, *, broken_off: str, **options: Any) -> None:
        """Execute the notebook; when the run breaks off, it is written to `broken_off` as far as it came."""
        mark = nb_man.cell_exception

        def mark_with_cause(cell: Any, exception: Any = None, **options: Any) -> None:
            _show_cause(cell, exception)
            mark(cell, **options)

        nb_man.cell_exception = mark_with_cause
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        except BaseException:
            write_ipynb(nb_man.nb, broken_off)
            raise


def _show_cause(cell: Any, exception: Any) -> None:
    """Record in the cell an error that the kernel gave in its reply alone: a magic used wrongly."""
    ename, evalue = getattr(exception, "ename", ""), getattr(exception, "evalue", "")
    if ename and not any(output.output_type == "error" for output in cell.outputs):
        line = f"{ename}: {evalue}"
        output = new_output("error", ename=ename, evalue=evalue, traceback=[line])  # type: ignore[no-untyped-call]
        cell.outputs.append(output)


papermill_engines.register(ENGINE, OneWriteEngine)


def read_timing(path: Path) -> dict[str, float]:
    """Seconds of the kernel's ``start``, the first ``import`` cell, all other ``cells``, and ``stop``.

    Empty where the notebook did not run to its end.
    """
    try:
        notebook = json.loads(path.read_bytes())
        whole = notebook["metadata"]["papermill"]
        cells = [cell for cell in notebook["cells"] if cell["metadata"].get("papermill", {}).get("end_time")]
        begin, first = _time(whole["start_time"]), _time(cells[0]["metadata"]["papermill"]["start_time"])
        last, end = _time(cells[-1]["metadata"]["papermill"]["end_time"]), _time(whole["end_time"])
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return {}
    importing = next((_seconds(cell) for cell in cells if _imports(cell)), 0.0)
    return {
        "start": _rounded(first - begin),
        "import": _rounded(importing),
        "cells": _rounded(sum(_seconds(cell) for cell in cells) - importing),
        "stop": _rounded(end - last),
    }


def _imports(cell: dict[str, Any]) -> bool:
    return bool(imported_modules([json.dumps({"cells": [cell]}).encode()]))


def _seconds(cell: dict[str, Any]) -> float:
    return float(cell["metadata"]["papermill"]["duration"] or 0)


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _rounded(seconds: float) -> float:
    """Milliseconds are as fine as a run repeats."""
    return round(seconds, 3)


# nbclient logs what it also raises; without a handler Python would print it between the progress lines.
logging.getLogger("papermill").addHandler(logging.NullHandler())


def execute_unit(unit: Unit) -> Outcome:
    """Execute one notebook in a folder of its own; whatever happens is in the outcome.

    Equal units give equal outcomes but for times. Pure and picklable: no argument or result names a path, nothing
    outside the private folder is written, and the folder is gone afterwards.
    """
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="policyreport-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        prefixes = machine_prefixes(folder)
        try:
            failure = _run(unit, folder)
            cold = _line(folder / "kernel" / COLD_FILE) or _line(folder / "kernel" / NOTE_FILE)
            if (folder / "kernel" / NOTE_FILE).is_file():
                # A warm kernel noticed that it had to be a cold one.
                _clear(folder)
                failure = _run(unit, folder, cold=True)
        except Exception as error:  # noqa: BLE001 # one unit must never take the others down
            failure, cold = _failure(unit, "not-run", error), ""
        timing = read_timing(folder / "executed.ipynb")
        notebook, failure = _executed(unit, folder, failure, prefixes)
        record = (folder / "work" / RECORD).read_bytes() if failure is None else None
        if record is not None:
            notebook = sealed(notebook, record)
    return Outcome(unit.area, unit.notebook, notebook, record, failure, time.monotonic() - start, timing, cold=cold)


def _line(path: Path) -> str:
    """What a kernel wrote into a file; empty where it wrote none."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()


def _run(unit: Unit, folder: Path, *, cold: bool = False) -> Failure | None:
    """Lay out the folder, run papermill in it, and classify what it raises."""
    check_parameters(unit)
    work, kernel = folder / "work", folder / "kernel"
    kernel.mkdir()
    _lay_out(unit.slice, work)
    (folder / "source.ipynb").write_bytes(unit.source)
    try:
        _without_leaks(lambda: _papermill(unit, folder, cold=cold))
    except PapermillExecutionError as error:
        if error.ename == NotPublishedError.__name__ and (work / RECORD).is_file():
            return None
        return _failure(unit, "raised", error, error.ename, error.evalue, error.source, error.traceback)
    except CellTimeoutError as error:
        message = f"the notebook did not end within {unit.timeout:g} s"
        return _failure(unit, "time-out", error, "TimeoutError", message)
    except (DeadKernelError, RuntimeError) as error:
        # Jupyter raises a plain RuntimeError for a kernel that dies while it starts.
        ended = how_it_ended(kernel)
        if not ended and not isinstance(error, DeadKernelError):
            raise
        message = f"the notebook's Python process {ended or 'is gone'}"
        return _failure(unit, "kernel-died", error, "DeadKernelError", message)
    if not (work / RECORD).is_file():
        message = f"the notebook ended without writing {RECORD}; its last cell must write the record"
        return Failure(
            area=unit.area, notebook=unit.notebook, reason="no-record", error="MissingRecord", message=message
        )
    return None


def _papermill(unit: Unit, folder: Path, *, cold: bool) -> None:
    """Execute ``source.ipynb`` of the folder into ``executed.ipynb``."""
    deadline = time.monotonic() + unit.timeout
    execute_notebook(
        # A path, not a node: papermill stores a node whole in the output's metadata.
        str(folder / "source.ipynb"),
        str(folder / "executed.ipynb"),
        parameters=dict(unit.parameters),
        kernel_name="python3",
        language="python",
        engine_name=ENGINE,
        broken_off=str(folder / "executed.ipynb"),
        request_save_on_cell_execute=False,
        progress_bar=False,
        # Not papermill's `cwd`, which moves the whole process and would break a pool of threads.
        resources={"metadata": {"path": str(folder / "work")}},
        autosave_cell_every=0,
        record_timing=False,
        coalesce_streams=True,
        # One budget for the notebook; 0 would mean "no limit" to nbclient.
        timeout_func=lambda _cell: max(deadline - time.monotonic(), 0.1),
        **engine_options(folder / "kernel", cold=cold),
    )


def _without_leaks(work: Callable[[], None]) -> None:
    """Call Jupyter, and close the event loop that it opens for the thread and forgets."""
    context = contextvars.copy_context()
    try:
        context.run(work)
    finally:
        own = contextvars.copy_context()
        for variable, value in context.items():
            if isinstance(value, asyncio.AbstractEventLoop) and own.get(variable) is not value:
                value.close()
                asyncio.set_event_loop(None)


def _lay_out(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the slice into the folder the notebook runs in."""
    folder.mkdir()
    for name, body in files.items():
        parts = PurePosixPath(name)
        if parts.is_absolute() or ".." in parts.parts:
            raise RunError(f'slice file "{name}"', "a path inside the folder", "one outside", "Correct the plan.")
        path = folder / parts
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)


def _failure(
    unit: Unit,
    reason: Any,
    cause: Exception,
    error: str = "",
    message: str = "",
    cell: str = "",
    traceback: list[str] | None = None,
) -> Failure:
    """Build a failure; name and message default to the exception's own."""
    if isinstance(cause, UnknownParameterError):
        reason = "unknown-parameter"
    return Failure(
        area=unit.area,
        notebook=unit.notebook,
        reason=reason,
        error=error or type(cause).__name__,
        message=message or str(cause),
        cell=cell,
        traceback=tuple(traceback or ()),
    )


def _executed(
    unit: Unit, folder: Path, failure: Failure | None, prefixes: Mapping[str, str]
) -> tuple[bytes, Failure | None]:
    """The executed notebook with its error marked, and the failure with its cell, both free of paths."""
    path = folder / "executed.ipynb"
    try:
        source = read_notebook(unit.source)
        notebook = read_notebook(path.read_bytes()) if path.is_file() else source
    except RunError:
        return unit.source, failure  # not a notebook: nothing to mark, the failure says so
    source_ids = {cell.get("id", "") for cell in source.cells}
    if failure is not None and failure.reason != "raised":
        notebook, failure = _marked(notebook, path, failure)
    if failure is None:
        # Above the error of a notebook that ended because nothing was published.
        notebook.cells = [cell for cell in notebook.cells if ERROR_TAG not in cell.metadata.get("tags", [])]
    body = reproducible(notebook, source_ids, prefixes)
    if failure is not None:
        lines = tuple(without_machine(line, prefixes) for line in failure.traceback)
        message = without_machine(failure.message, prefixes)
        failure = failure.model_copy(update={"message": message, "traceback": lines})
    return body, failure


def _marked(notebook: Any, path: Path, failure: Failure) -> tuple[Any, Failure]:
    """Put a failure that left no error output into the cell where the run stopped, as papermill marks one."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    begun = [cell for cell in code if cell.metadata.get("papermill", {}).get("start_time")]
    if not code:
        return notebook, failure
    cell = begun[-1] if begun else code[0]
    # A dying process may not have sent the message with the number.
    cell["execution_count"] = 1 + max((done.execution_count or 0 for done in begun[:-1]), default=0) if begun else None
    line = f"{failure.error}: {failure.message}"
    error = {"output_type": "error", "ename": failure.error, "evalue": failure.message, "traceback": [line]}
    cell.outputs.append(NotebookNode(error))  # type: ignore[no-untyped-call]
    try:
        raise_for_execution_errors(notebook, str(path))
    except PapermillExecutionError:
        notebook = read_notebook(path.read_bytes())
    return notebook, failure.model_copy(update={"cell": cell.source if begun else "", "traceback": (line,)})
