"""The kernel a batch notebook runs in: this environment's Python, in a private folder, the same every time.

Everything about starting a kernel is decided here and handed to papermill by `engine_options`; a faster
kernel (forked from a warm one) is another manager class in the same place.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets.config import Config

# Longest path of a Unix socket that every platform takes (macOS: 104 bytes, Linux: 108).
SOCKET_PATH_LIMIT = 103
PID_FILE = "kernel.pid"

ENVIRONMENT = {
    # Sets and dicts of strings iterate alike in every run.
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    # Exhibits carry their own SVG; the inline backend would add a PNG of every figure left open.
    "MPLBACKEND": "agg",
    # One notebook, one core: the pool is the parallelism, and sums come out in one order.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # ipykernel runs frozen standard modules and would warn that breakpoints may be missed.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# No history file, and errors without terminal colours, so that they read alike in a page and a terminal.
ARGUMENTS = ["--HistoryManager.enabled=False", "--InteractiveShell.colors=nocolor"]


class BatchKernelManager(AsyncKernelManager):
    """Start ``sys.executable`` as the kernel, whatever kernels are installed in the user's home.

    Its folder (that of the connection file) holds the sockets, IPython's profile, temporary files and the
    kernel's process id, and is removed with the notebook's folder.
    """

    @property
    def kernel_spec(self) -> KernelSpec:
        """Name this environment's interpreter and the environment variables of every batch."""
        folder = str(Path(self.connection_file).parent)
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            language="python",
            display_name="Python 3",
            # A private IPython folder keeps the user's startup files out of the results.
            env={**ENVIRONMENT, "IPYTHONDIR": folder, "TMPDIR": folder},
        )

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        """Launch, and note the process id for whoever has to end an interrupted run."""
        await super()._async_launch_kernel(kernel_cmd, **options)
        pid = getattr(self.provisioner, "pid", None)
        if pid is not None:
            (Path(self.connection_file).parent / PID_FILE).write_text(str(pid), encoding="ascii")


def engine_options(folder: Path) -> dict[str, Any]:
    """Options for `papermill.execute_notebook` that make it use a batch kernel.

    Parameters
    ----------
    folder : Path
        Private folder of this kernel, existing and empty.

    Returns
    -------
    dict
        Keyword arguments for papermill's engine.
    """
    connection_file = folder / "k.json"
    # Plain TCP is open to every user of the machine; a socket in a private folder is not.
    short = len(os.fsencode(connection_file)) + len("-ipc-1") <= SOCKET_PATH_LIMIT
    transport = "ipc" if os.name == "posix" and short else "tcp"
    return {
        "kernel_manager_class": BatchKernelManager,
        "config": Config(BatchKernelManager={"connection_file": str(connection_file), "transport": transport}),
        "extra_arguments": list(ARGUMENTS),
        # A notebook's result is its record, written before its last cell ends: nothing to wait for.
        "shutdown_kernel": "immediate",
    }
