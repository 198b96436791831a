"""A papermill engine, registered the way papermill offers, that writes the notebook when it has ended."""

from __future__ import annotations

from typing import Any

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
        """Execute the notebook; parameters as for papermill's engine.

        Parameters
        ----------
        nb_man : NotebookExecutionManager
            The notebook and its state.
        kernel_name : str
            Name of the kernel.
        broken_off : str
            Where the notebook goes, as far as it came, when the run breaks off.
        **options
            For the client.
        """
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **options)
        except BaseException:
            write_ipynb(nb_man.nb, broken_off)
            raise


papermill_engines.register(NAME, OneWriteEngine)
