"""Jupyter's extension point for starting kernels, used to fork them."""

import asyncio
import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import IO, Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Unicode

from warm_kernels.counts import LOG, count_kernel, kernel_counts
from warm_kernels.forkserver import DEFAULT_PROVISIONER, NAME, SERVER, ForkedKernel, fork_kernel, take_kernel
from warm_kernels.notebooks import Step, notebook_steps
from warm_kernels.request import ForkRefusedError, Reason, request_from_here

# A killed process is gone in milliseconds; one that takes longer hangs in the system.
KILL_SECONDS = 5.0
STREAMS = ("stdin", "stdout", "stderr")
# Options of `subprocess.Popen` that a forked kernel can be given; with any other it starts cold.
OPTIONS = {*STREAMS, "cwd", "env", "independent", "start_new_session", "close_fds", "restore_signals"}
# Jupyter's own, which it removes before it starts a process.
OPTIONS |= {"extra_arguments", "kernel_id"}
# Modules that run as an IPython kernel.
ADOPTING = "warm_kernels.orphans"
LAUNCHERS = ("ipykernel_launcher", "ipykernel", ADOPTING)
_server: str | None = None
_explained: set[str] = set()
_log = logging.getLogger(__name__)


def use_server(address: str | None) -> None:
    """Fork this process's kernels from a server, which another process may own.

    Empty for cold kernels, None for the server that the environment names.
    """
    global _server
    _server = address


def given_server() -> str | None:
    """What `use_server` was given last."""
    return _server


def server_in_use() -> str:
    """Address of the server in use; empty where there is none."""
    return os.environ.get(SERVER, "") if _server is None else _server


class WarmProvisioner(LocalProvisioner):
    """Fork an IPython kernel of this Python from the server in use; start every other kernel as usual.

    What cannot be forked (another language, interpreter or environment, no
    server) is started by `LocalProvisioner`, with one line in the log that says why.
    """

    # A subprocess.Popen or what looks like one.
    process: Any
    note = Unicode(help="A file in which a kernel says that it must start cold, and ends.").tag(config=True)
    cold_reason = ""
    follows_edits = Bool(True, help="Start cold after a module was edited that the server imported.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork the kernel where possible, else launch `cmd`, the command line of a cold one."""
        options["env"] = kernels_environment(os.environ if options.get("env") is None else options["env"])
        try:
            kernel = await self._fork(cmd, options)
        except ForkRefusedError as error:
            owner = multiprocessing.parent_process()
            if owner is not None and not owner.is_alive():
                # The killed owner took the server along; a cold kernel would outlive both by seconds.
                raise RuntimeError("the process that wants this kernel was left by its owner") from None
            self.started_cold(error)
            return await super().launch_kernel(cmd, **options)
        _count(kernel)
        # It leads its own group, but only the server, which reaps it, can be sure that the id is still its.
        self.process, self.pid, self.pgid = kernel, kernel.pid, None
        self.cwd = options.get("cwd") or Path.cwd()
        return self.connection_info

    def started_cold(self, error: ForkRefusedError) -> None:
        """Count the kernel, and log each reason once per process."""
        self.cold_reason = str(error)
        count_kernel(error.reason, str(error))
        if str(error) not in _explained:
            _explained.add(str(error))
            _log.warning("Kernels start cold: %s.", error)

    async def wait(self) -> int | None:
        """Wait for the kernel to end; its exit code, negative for a signal."""
        if not isinstance(self.process, ForkedKernel):
            return await super().wait()
        code = await self.process.wait_async()
        self.process.close_pipes()
        self.process = None
        return code

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait for its end, so that nobody has to poll for it every tenth of a second."""
        process = self.process
        await super().kill(restart)
        if isinstance(process, ForkedKernel):
            try:
                await asyncio.wait_for(process.wait_async(), KILL_SECONDS)
            except TimeoutError:
                _log.warning("A killed kernel is still there after %g s.", KILL_SECONDS)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel; one that still runs ends."""
        if isinstance(self.process, ForkedKernel):
            self.process.close()
            self.process = None
        await super().cleanup(restart)

    async def _fork(self, cmd: list[str], options: dict[str, Any]) -> ForkedKernel:
        """Fork what a command line would start."""
        address = server_in_use()
        if not address:
            raise ForkRefusedError(Reason.NO_SERVER, "no fork server is running")
        argv = kernel_arguments(cmd)
        _check_options(options)
        pipes = Pipes(options)
        try:
            try:
                request = request_from_here(
                    argv,
                    options["env"],
                    str(Path(options.get("cwd") or ".").absolute()),
                    command=list(cmd),
                    steps=steps_in_hand(),
                    note=self.note,
                    follows_edits=self.follows_edits,
                )
                connection = fork_kernel(address, request, pipes.kernels_ends)
            finally:
                pipes.close_kernels_ends()
            kernel = await take_kernel(connection)
        except BaseException:
            pipes.close_own_ends()
            raise
        kernel.stdin, kernel.stdout, kernel.stderr = pipes.own_ends
        return kernel


def kernel_arguments(cmd: Sequence[str]) -> list[str]:
    """The kernel's own arguments in ``python [-Xfrozen_modules=off] -m ipykernel_launcher -f FILE …``.

    Raises ForkRefusedError if the command means another program or interpreter, or gives Python other options.
    """
    if not cmd or Path(cmd[0]).absolute() != Path(sys.executable).absolute():
        raise ForkRefusedError(Reason.PROGRAM, "the kernel runs in another program than this Python")
    rest = [argument for argument in cmd[1:4] if argument != "-Xfrozen_modules=off"] + list(cmd[4:])
    if rest[:1] != ["-m"] or not set(rest[1:2]) & set(LAUNCHERS):
        raise ForkRefusedError(Reason.PROGRAM, "the kernel is started in a way of its own")
    return rest[2:]


def steps_in_hand() -> list[Step]:
    """Read the notebook for which an nbclient further up the stack starts this kernel; nothing where none does."""
    client_module = sys.modules.get("nbclient.client")
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and client_module is not None:
        client = frame.f_locals.get("self")
        if isinstance(client, client_module.NotebookClient):
            cells = [cell.source for cell in client.nb.cells if cell.cell_type == "code"]
            return notebook_steps(cells)
        frame = frame.f_back
    return []


def kernels_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what only concerns the program that starts kernels."""
    kept = {name: value for name, value in environment.items() if name not in (SERVER, LOG)}
    if kept.get(DEFAULT_PROVISIONER) == NAME:
        del kept[DEFAULT_PROVISIONER]
    return kept


class Pipes:
    """A new kernel's standard streams, by the conventions of `subprocess.Popen`."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.own_ends: list[IO[bytes] | None] = [None, None, None]
        self.kernels_ends: list[int] = []
        self._opened: list[int] = []
        try:
            for number, name in enumerate(STREAMS):
                self.kernels_ends.append(self._end(number, options.get(name)))
        except BaseException:
            self.close_own_ends()
            self.close_kernels_ends()
            raise

    def _end(self, number: int, given: Any) -> int:
        if given == subprocess.PIPE:
            reading, writing = os.pipe()
            kernels, own = (reading, writing) if number == 0 else (writing, reading)
            self._opened.append(kernels)
            self.own_ends[number] = os.fdopen(own, "wb" if number == 0 else "rb")
            return kernels
        if given == subprocess.STDOUT and number == 2:
            return self.kernels_ends[1]
        if given is None and number > 0:
            return number
        if isinstance(given, int) and given >= 0:
            return given
        if hasattr(given, "fileno"):
            return int(given.fileno())
        # Jupyter passes a pipe's end that nobody writes to, which is the same as the null device.
        self._opened.append(os.open(os.devnull, os.O_RDWR))
        return self._opened[-1]

    def close_kernels_ends(self) -> None:
        """Close what only the kernel needs."""
        while self._opened:
            os.close(self._opened.pop())

    def close_own_ends(self) -> None:
        """Close this process's ends, where no kernel came of it."""
        for end in self.own_ends:
            if end is not None:
                end.close()


def _check_options(options: dict[str, Any]) -> None:
    if options.get("independent"):
        raise ForkRefusedError(Reason.INDEPENDENT, "the kernel is to outlive this process")
    if other := sorted(name for name, value in options.items() if name not in OPTIONS and value is not None):
        raise ForkRefusedError(Reason.OPTIONS, f"the kernel is started with the option {other[0]}")


def _count(kernel: ForkedKernel) -> None:
    for name, effect in kernel.left_out.items():
        if name not in kernel_counts().left_out:
            _log.warning("%s is not imported ahead of the notebooks: when it is imported, it %s.", name, effect)
    count_kernel(left_out=kernel.left_out)
