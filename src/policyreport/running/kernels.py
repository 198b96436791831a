"""The kernel a batch notebook runs in: this environment's Python, in a private folder, the same every time.

Everything about starting a kernel is decided here and handed to papermill by `engine_options`. Whether it is warm
or cold is up to the provisioner: both get the same command, environment and folder.
"""

import contextlib
import inspect
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from traitlets import Bool, Type
from traitlets.config import Config

from policyreport.running.endings import make_folder
from warm_kernels.forkserver import NAME, SOCKET_PATH_LIMIT, ForkedKernel, ForkServer
from warm_kernels.notebooks import imported_modules
from warm_kernels.orphans import descendants, end_processes
from warm_kernels.provisioner import ADOPTING, server_in_use
from warm_kernels.request import ForkRefusedError

# Named, since this process may have another default.
COLD = {"provisioner_name": "local-provisioner"}
PID_FILE = "kernel.pid"
# A forked kernel's welcome message is there at once; a cold kernel is asked repeatedly, as Jupyter does.
WELCOME_SECONDS = 0.2
# Exit code of a kernel that nobody had asked to end.
EXIT_FILE = "kernel.exit"
# Why a kernel started cold that should have been forked; why a forked one ended since it had to start cold.
COLD_FILE = "kernel.cold"
NOTE_FILE = "kernel.note"

ENVIRONMENT = {
    # Sets of strings iterate in the same order in every run.
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
    # Pictures carry their own SVG; the inline backend would add a PNG of every figure left open.
    "MPLBACKEND": "agg",
    # One core per notebook: the pool is the parallelism, and sums are added in one order.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # joblib tries a semaphore when it is imported, and would warn in the notebook where the machine has none.
    "JOBLIB_MULTIPROCESSING": "0",
    # ipykernel runs frozen standard modules and would warn that breakpoints may be missed.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
# No history file, and errors without terminal colours: they are shown in pages too.
ARGUMENTS = ["--HistoryManager.enabled=False", "--InteractiveShell.colors=nocolor"]


class BatchKernelClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel is."""

    def start_channels(
        self, shell: bool = True, iopub: bool = True, stdin: bool = True, hb: bool = True, control: bool = True
    ) -> None:
        """Connect without the heartbeat's thread: the manager watches the process itself."""
        super().start_channels(shell, iopub, stdin, False, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered on both channels; Jupyter's own waits for a silence of 0.2 s."""
        deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
        # ipykernel welcomes a subscriber; messages sent earlier would be lost, and waited for in vain.
        with contextlib.suppress(Empty):
            await self.get_iopub_msg(timeout=WELCOME_SECONDS)
        while time.monotonic() < deadline:
            request = self.kernel_info()
            try:
                reply = await self.get_shell_msg(timeout=1)
                while reply["parent_header"].get("msg_id") != request:
                    reply = await self.get_shell_msg(timeout=1)
                self._handle_kernel_info_reply(reply)
                # The status that ends our own request is the last message before the first cell.
                while True:
                    message = await self.get_iopub_msg(timeout=0.2)
                    idle = message["content"].get("execution_state") == "idle"
                    if idle and message["parent_header"].get("msg_id") == request:
                        return
            except Empty:
                if self.parent is None or not await self.parent.is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
        raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")


class BatchKernelManager(AsyncKernelManager):
    """Start ``sys.executable`` as the kernel, whatever kernels are installed in the user's home.

    The folder of its connection file holds the sockets, IPython's profile, temporary files and the kernel's process
    id, and is removed with the notebook's folder.
    """

    client_factory = Type(BatchKernelClient)
    cold = Bool(False, help="Start Python anew, whatever server there is.").tag(config=True)

    @property
    def kernel_spec(self) -> KernelSpec:
        """This environment's interpreter, and the environment variables of every batch."""
        folder = str(Path(self.connection_file).parent)
        # All notebooks of a batch run what its server has imported, whatever is edited meanwhile.
        config = {"note": str(Path(folder) / NOTE_FILE), "follows_edits": False}
        warm = {"provisioner_name": NAME, "config": config}
        return KernelSpec(
            argv=[sys.executable, "-m", ADOPTING, "-f", "{connection_file}"],
            language="python",
            display_name="Python 3",
            # A private IPython folder keeps the user's startup files out of the results.
            env={**ENVIRONMENT, "IPYTHONDIR": folder, "TMPDIR": folder},
            metadata={"kernel_provisioner": warm if server_in_use() and not self.cold else COLD},
        )

    async def _async_start_kernel(self, **options: Any) -> None:
        """Start without the hundredth of a second that Jupyter sleeps here for the sake of its own tests."""
        await inspect.unwrap(AsyncKernelManager._async_start_kernel)(self, **options)

    # The public names are aliases in Jupyter too, and would stay those of the parent class.
    start_kernel = _async_start_kernel

    async def _async_shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """Shut down without that sleep, and end what the kernel has started."""
        process = getattr(self.provisioner, "process", None)
        cold = process is not None and not isinstance(process, ForkedKernel)
        left = descendants(process.pid) if process is not None and cold else []
        await inspect.unwrap(AsyncKernelManager._async_shutdown_kernel)(self, now, restart)
        if cold:
            # The server does so for a forked kernel.
            end_processes(left, str(Path(self.connection_file).parent))

    shutdown_kernel = _async_shutdown_kernel

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        """Launch, and note the process id for whoever has to end an interrupted run."""
        await super()._async_launch_kernel(kernel_cmd, **options)
        pid, folder = getattr(self.provisioner, "pid", None), Path(self.connection_file).parent
        if pid is not None:
            (folder / PID_FILE).write_text(str(pid), encoding="ascii")
        if reason := getattr(self.provisioner, "cold_reason", ""):
            (folder / COLD_FILE).write_text(reason, encoding="utf-8")

    async def _async_interrupt_kernel(self) -> None:
        """Interrupt, except during a shutdown: the kernel is stopped next anyway, and would only log the signal."""
        if not self.shutting_down:
            await super()._async_interrupt_kernel()

    interrupt_kernel = _async_interrupt_kernel

    async def _async_is_alive(self) -> bool:
        """Check the process, and note its exit code once it is gone."""
        alive = bool(await super()._async_is_alive())
        code = getattr(getattr(self.provisioner, "process", None), "returncode", None)
        if not alive and code is not None:
            folder = Path(self.connection_file).parent
            (folder / EXIT_FILE).write_text(str(code), encoding="ascii")
            _end_children(getattr(self.provisioner, "pid", None))
            if not isinstance(getattr(self.provisioner, "process", None), ForkedKernel):
                end_processes([], str(folder))
        return alive

    is_alive = _async_is_alive


def _end_children(pid: int | None) -> None:
    """Kill what a dead kernel has started; its process id stays taken while its group has members."""
    if pid is None or not hasattr(os, "killpg"):
        return
    try:
        # The id is in use: the group was empty, and this is another process.
        os.kill(pid, 0)
    except ProcessLookupError:
        with contextlib.suppress(OSError):
            os.killpg(pid, signal.SIGKILL)
    except OSError:
        return


def how_it_ended(folder: Path) -> str:
    """Describe how a kernel ended that nobody had asked to end, from its private folder; empty where none did."""
    try:
        code = int((folder / EXIT_FILE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return ""
    if code >= 0:
        return f"ended by itself with exit code {code}"
    if code == -signal.SIGKILL:
        return "was killed (SIGKILL; out of memory, perhaps)"
    return f"crashed ({signal.Signals(-code).name})"


@dataclass(frozen=True)
class BatchServer:
    """Where a batch's kernels come from."""

    # Empty where kernels start cold; then why, unless they were meant to.
    address: str = ""
    reason: str = ""


@contextmanager
def batch_server(notebooks: Iterable[Path], cold: bool = False, rehearsal: Sequence[str] = ()) -> Iterator[BatchServer]:
    """Keep a fork server for a batch, with the environment of its kernels."""
    if cold:
        yield BatchServer()
        return
    try:
        modules = imported_modules(path.read_bytes() for path in sorted(notebooks))
        server = ForkServer(modules, batch_environment(), rehearsal, tidy=True, make_folder=make_folder)
    except ForkRefusedError as error:
        yield BatchServer(reason=str(error))
        return
    with server:
        yield BatchServer(server.address)


def batch_environment() -> dict[str, str]:
    """The environment that all kernels of a batch have in common."""
    return os.environ | ENVIRONMENT


def engine_options(folder: Path, *, cold: bool = False) -> dict[str, Any]:
    """Options for `papermill.execute_notebook` that make it use a batch kernel in a private, empty folder."""
    connection_file = folder / "k.json"
    # Plain TCP is open to every user of the machine; a socket in a private folder is not.
    short = len(os.fsencode(connection_file)) + len("-ipc-1") <= SOCKET_PATH_LIMIT
    transport = "ipc" if os.name == "posix" and short else "tcp"
    return {
        "kernel_manager_class": BatchKernelManager,
        "config": Config(
            BatchKernelManager={"connection_file": str(connection_file), "transport": transport, "cold": cold}
        ),
        "extra_arguments": list(ARGUMENTS),
        # A notebook's result is its record, written before its last cell ends: no need to wait.
        "shutdown_kernel": "immediate",
    }
