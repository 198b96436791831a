"""A papermill engine, registered the way papermill offers, that writes the notebook once it has ended."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_output
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import write_ipynb

NAME = "policyreport"


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


papermill_engines.register(NAME, OneWriteEngine)
