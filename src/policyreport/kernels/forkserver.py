"""The owner's and the clients' end of a fork server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from policyreport.janitor import make_folder
from policyreport.kernels.server import LENGTH

# Taken in when Python or a library starts: a kernel that wants another value cannot be forked.
AT_START = (
    "PYTHON",
    "MPL",
    "LC_",
    "LANG",
    "LD_",
    "OMP_",
    "OPENBLAS_",
    "MKL_",
    "NUMEXPR_",
    "VECLIB_",
    "BLIS_",
    "JE_ARROW_",
)
# Libraries that start threads when they are imported could not be forked; each has its switch.
SINGLE_THREADED = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    # Arrow's second allocator returns memory from a thread; github.com/apache/arrow/issues/17285.
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
STOP_SECONDS = 5.0
# A forked kernel is ready in a tenth of a second, on a busy machine in some.
READY_SECONDS = 60.0


class ForkRefusedError(Exception):
    """The server does not fork this kernel; it can be started cold."""


def why_not() -> str:
    """Say why kernels cannot be forked on this platform.

    Returns
    -------
    str
        One line; empty where they can.
    """
    if not hasattr(os, "fork") or not hasattr(socket, "recv_fds"):
        return "this platform has no fork"
    if sys.platform == "darwin":
        # bugs.python.org/issue33725: Apple's own libraries start threads and end a forked process.
        return "macOS does not let a process that uses its libraries fork safely"
    return ""


class ForkServer:
    """A running fork server; it and all its kernels end with this object's process.

    Parameters
    ----------
    modules : sequence of str
        What to import before the first fork.
    environment : mapping of str to str, optional
        The environment of the kernels to be; by default this process's.
    rehearsal : sequence of str
        Module, function and words to call it with before the first fork, so that kernels find done what they
        would all do first: it must be deterministic and start no thread. Empty for nothing.

    Raises
    ------
    ForkRefusedError
        Where a process cannot be forked safely.
    """

    def __init__(
        self, modules: Sequence[str], environment: Mapping[str, str] | None = None, rehearsal: Sequence[str] = ()
    ) -> None:
        reason = why_not()
        if reason:
            raise ForkRefusedError(reason)
        environment = SINGLE_THREADED | dict(os.environ if environment is None else environment)
        # No other user can enter it.
        self.folder = make_folder("policyreport-fork-")
        self.address = str(self.folder / "s")
        # Beside the socket, for clients to compare before they ask.
        (self.folder / "environment.json").write_text(json.dumps(taken_at_start(environment)), encoding="utf-8")
        reading, self._lifetime = os.pipe()
        with socket.socket(socket.AF_UNIX) as listener:
            # The owner listens: a client connects at once and waits in the queue while the server imports.
            listener.bind(self.address)
            listener.listen(128)
            words = repr((listener.fileno(), reading, str(self.folder), list(modules), list(rehearsal)))
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"from policyreport.kernels.server import main; main(*{words})"],
                env=environment,
                pass_fds=(listener.fileno(), reading),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                # A session of its own: ^C in the terminal is not for it.
                start_new_session=True,
            )
        os.close(reading)

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it is there still; a notebook may have killed it."""
        return self._lifetime >= 0 and self._process.poll() is None

    def close(self) -> None:
        """End the server and its kernels; again is no error."""
        if self._lifetime < 0:
            return
        os.close(self._lifetime)
        self._lifetime = -1
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Still importing, perhaps; its kernels die with it.
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def taken_at_start(environment: Mapping[str, str]) -> dict[str, str]:
    """Pick the variables that only count when a process starts.

    Parameters
    ----------
    environment : mapping of str to str
        All variables.

    Returns
    -------
    dict of str to str
        Some of them.
    """
    return {name: value for name, value in environment.items() if name.startswith(AT_START)}


class ForkedKernel:
    """A forked kernel as its client sees it; the interface of `subprocess.Popen` as far as Jupyter uses it.

    Parameters
    ----------
    connection : socket
        To the server, after the kernel's process id came.
    pid : int
        The kernel's process id; it leads its own session.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._heard = b""

    def poll(self) -> int | None:
        """Look for the exit code; None while the kernel runs."""
        while self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code; parameters, result and errors of `subprocess.Popen.wait`."""
        while self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            self._read()
        return self.returncode

    async def wait_async(self) -> int:
        """Wait for the exit code without holding up the event loop."""
        loop = asyncio.get_running_loop()
        while self.returncode is None:
            readable = asyncio.Event()
            loop.add_reader(self._connection, readable.set)
            try:
                await readable.wait()
            finally:
                loop.remove_reader(self._connection)
            self.poll()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Have the server signal the kernel's process group; nothing happens once it has ended."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._connection.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def close(self) -> None:
        """Close the connection; a kernel that still runs ends with it."""
        if self.poll() is None:
            self._connection.close()
            self.returncode = -int(signal.SIGKILL)

    def end(self, code: int) -> None:
        """Take note that the kernel has ended.

        Parameters
        ----------
        code : int
            Its exit code.
        """
        self.returncode = code
        self._connection.close()

    def _read(self) -> None:
        """Take in what the server says; its end is the kernel's."""
        try:
            part = self._connection.recv(4096)
        except OSError:
            part = b""
        self._heard += part
        if b"\n" in self._heard:
            self.returncode = int(json.loads(self._heard.partition(b"\n")[0])["exit"])
        elif not part:
            self.returncode = -int(signal.SIGKILL)
        if self.returncode is not None:
            self._connection.close()


def fork_kernel(
    address: str, argv: Sequence[str], env: Mapping[str, str], cwd: str | None, streams: Sequence[int]
) -> socket.socket:
    """Ask a server for a kernel; its answer is read by `take_kernel` when it is there.

    Parameters
    ----------
    address : str
        The server's socket.
    argv : sequence of str
        Arguments as for ``python -m ipykernel_launcher``.
    env : mapping of str to str
        The kernel's whole environment.
    cwd : str or None
        The folder to run in.
    streams : sequence of int
        File descriptors of its standard input, output and error.

    Returns
    -------
    socket
        The connection, non-blocking.

    Raises
    ------
    ForkRefusedError
        If the server is gone, or has started with another environment than the kernel needs.
    """
    try:
        at_start = json.loads(Path(address).with_name("environment.json").read_bytes())
    except (OSError, ValueError):
        raise ForkRefusedError("the fork server is gone") from None
    wanted = SINGLE_THREADED | taken_at_start(env)
    for name in sorted(wanted.keys() | at_start.keys()):
        if wanted.get(name) != at_start.get(name):
            raise ForkRefusedError(f"the kernel wants {name} otherwise than the fork server was started with")
    body = json.dumps({"argv": list(argv), "env": dict(SINGLE_THREADED | dict(env)), "cwd": cwd}).encode()
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address)
        socket.send_fds(connection, [len(body).to_bytes(LENGTH, "big")], list(streams))
        connection.sendall(body)
    except OSError as error:
        connection.close()
        raise ForkRefusedError(f"the fork server does not answer ({error.strerror})") from None
    connection.setblocking(False)
    return connection


async def take_kernel(connection: socket.socket) -> ForkedKernel:
    """Wait for a server's answer, and for the kernel's word that it can be connected to.

    Parameters
    ----------
    connection : socket
        From `fork_kernel`.

    Returns
    -------
    ForkedKernel
        The running kernel.

    Raises
    ------
    ForkRefusedError
        If there is none.
    """
    try:
        # The first kernel waits for the server's imports too.
        answer = await asyncio.wait_for(_line(connection), READY_SECONDS)
        if "pid" not in answer:
            raise ForkRefusedError(answer.get("refused", "the fork server refused"))
        kernel = ForkedKernel(connection, answer["pid"])
        said = await asyncio.wait_for(_line(connection), READY_SECONDS)
    except TimeoutError:
        connection.close()
        raise ForkRefusedError(f"a forked kernel was not ready in {READY_SECONDS:g} s") from None
    except BaseException:
        connection.close()
        raise
    if "exit" in said:
        # It ended before it could be asked anything: a kernel all the same, and a dead one.
        kernel.end(int(said["exit"]))
    return kernel


async def _line(connection: socket.socket) -> dict[str, Any]:
    """One line from the server."""
    loop = asyncio.get_running_loop()
    words = b""
    while not words.endswith(b"\n"):
        # Byte by byte: what follows is for whoever watches the kernel.
        part = await loop.sock_recv(connection, 1)
        if not part:
            raise ForkRefusedError("the fork server ended")
        words += part
    line: dict[str, Any] = json.loads(words)
    return line
