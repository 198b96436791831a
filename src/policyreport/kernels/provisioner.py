"""Jupyter's extension point for starting kernels, used to fork them."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Unicode

from policyreport.kernels.forkserver import ForkedKernel, ForkRefusedError, fork_kernel, take_kernel

NAME = "policyreport-warm"
# A process that was killed is gone in milliseconds; longer means that it hangs in the system.
KILL_SECONDS = 5.0
STREAMS = ("stdin", "stdout", "stderr")
_server = ""
_explained: set[str] = set()
_log = logging.getLogger(__name__)


def use_server(address: str) -> None:
    """Fork this process's kernels from a server that another process may own.

    Parameters
    ----------
    address : str
        The server's socket; empty for cold kernels.
    """
    global _server
    _server = address


def server_in_use() -> str:
    """Give the address of the server in use.

    Returns
    -------
    str
        Empty where there is none.
    """
    return _server


class WarmProvisioner(LocalProvisioner):
    """Fork an IPython kernel of this Python from the server in use; start every other kernel as usual.

    Registered as ``policyreport-warm``. Whatever cannot be forked (another language or interpreter, another
    environment, no server) is started by `LocalProvisioner`, with one line in the log that says why.
    """

    # A subprocess.Popen or what looks like one.
    process: Any
    address = Unicode(help="The fork server's socket; by default the one this process uses.").tag(config=True)

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        """Fork the kernel where that is possible, else launch it.

        Parameters
        ----------
        cmd : list of str
            The command line of a cold kernel.
        **options
            As for `subprocess.Popen`.

        Returns
        -------
        dict
            Connection information.

        Raises
        ------
        RuntimeError
            If the server ended because the run did.
        """
        try:
            kernel = await _fork(self.address or _server, cmd, options)
        except ForkRefusedError as error:
            owner = multiprocessing.parent_process()
            if owner is not None and not owner.is_alive():
                # Whoever was killed took the server along; a cold kernel would outlive them both by seconds.
                raise RuntimeError("the process that wants this kernel was left by its owner") from None
            _explain(str(error))
            return await super().launch_kernel(cmd, **options)
        # It leads a group of its own, but the server signals it: only there is the id surely still its.
        self.process, self.pid, self.pgid = kernel, kernel.pid, None
        self.cwd = options.get("cwd") or Path.cwd()
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel to end.

        Returns
        -------
        int or None
            Its exit code, negative for a signal.
        """
        if not isinstance(self.process, ForkedKernel):
            return await super().wait()
        code = await self.process.wait_async()
        self.process = None
        return code

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and see it gone, so that nobody has to look for it every tenth of a second.

        Parameters
        ----------
        restart : bool
            Whether it will be started again.
        """
        process = self.process
        await super().kill(restart)
        if isinstance(process, ForkedKernel):
            try:
                await asyncio.wait_for(process.wait_async(), KILL_SECONDS)
            except TimeoutError:
                _log.warning("A killed kernel is still there after %g s.", KILL_SECONDS)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of the kernel; one that still runs ends.

        Parameters
        ----------
        restart : bool
            Whether it will be started again.
        """
        if isinstance(self.process, ForkedKernel):
            self.process.close()
            self.process = None
        await super().cleanup(restart)


async def _fork(address: str, cmd: list[str], options: dict[str, Any]) -> ForkedKernel:
    """Fork what a command line would start."""
    if not address:
        raise ForkRefusedError("no fork server is running")
    argv = kernel_arguments(cmd)
    env = os.environ if options.get("env") is None else options["env"]
    if options.get("independent"):
        raise ForkRefusedError("the kernel is to outlive this process")
    cwd = Path(options.get("cwd") or ".").absolute()
    opened: list[int] = []
    try:
        streams = [_stream(options.get(name), number, opened) for number, name in enumerate(STREAMS)]
        connection = fork_kernel(address, argv, env, str(cwd), streams)
    finally:
        for each in opened:
            os.close(each)
    return await take_kernel(connection)


def kernel_arguments(cmd: Sequence[str]) -> list[str]:
    """Find the kernel's own arguments in a command line.

    Parameters
    ----------
    cmd : sequence of str
        ``python [-Xfrozen_modules=off] -m ipykernel_launcher -f FILE …``.

    Returns
    -------
    list of str
        What follows the module's name.

    Raises
    ------
    ForkRefusedError
        If another program or interpreter is meant, or one with other options.
    """
    if not cmd or Path(cmd[0]).absolute() != Path(sys.executable).absolute():
        raise ForkRefusedError("the kernel runs in another Python than this")
    rest = [word for word in cmd[1:4] if word != "-Xfrozen_modules=off"] + list(cmd[4:])
    if rest[:2] not in (["-m", "ipykernel_launcher"], ["-m", "ipykernel"]):
        raise ForkRefusedError("the kernel is started in a way of its own")
    return rest[2:]


def _stream(given: Any, number: int, opened: list[int]) -> int:
    """The file descriptor for a standard stream, by the conventions of `subprocess.Popen`."""
    if given is None and number > 0:
        return number
    if isinstance(given, int) and given >= 0:
        return given
    if hasattr(given, "fileno"):
        return int(given.fileno())
    if number == 0 or given == subprocess.DEVNULL:
        # Jupyter hands over a pipe's end that nobody writes to: the same as nothing.
        opened.append(os.open(os.devnull, os.O_RDWR))
        return opened[-1]
    raise ForkRefusedError("the kernel's output is to be captured by a pipe")


def _explain(reason: str) -> None:
    """Say once a process why kernels start cold."""
    if reason not in _explained:
        _explained.add(reason)
        _log.warning("Kernels start cold: %s.", reason)
