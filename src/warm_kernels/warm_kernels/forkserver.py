"""The owner's and the clients' end of a fork server."""

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
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from warm_kernels.counts import LOG, logged_counts
from warm_kernels.likeness import FORCED
from warm_kernels.request import ForkRefusedError, Reason, Request, send_request
from warm_kernels.resets import VARIABLES
from warm_kernels.server import server_command

# The provisioner's, as jupyter_client knows it, and jupyter_client's variable for the one of kernels that name none.
NAME = "warm-kernels"
DEFAULT_PROVISIONER = "JUPYTER_DEFAULT_PROVISIONER_NAME"
# Names the server's address to a process that no call has told.
SERVER = "WARM_KERNELS_SERVER"
STOP_SECONDS = 5.0
# A forked kernel is ready in a tenth of a second, or a few on a busy machine.
READY_SECONDS = 60.0
# Next to the socket: the Python whose packages its kernels would have.
PYTHON_FILE = "python.json"
# A socket's path that every platform takes (macOS: 104 bytes, Linux: 108).
SOCKET_PATH_LIMIT = 103


def why_not() -> str:
    """Why kernels cannot be forked on this platform; empty where they can."""
    if not hasattr(os, "fork") or not hasattr(socket, "recv_fds"):
        return "this platform has no fork"
    if sys.platform == "darwin":
        # bugs.python.org/issue33725: Apple's own libraries start threads and end a forked process.
        return "macOS does not let a process that uses its libraries fork safely"
    return ""


def this_python() -> dict[str, object]:
    """The interpreter and where its packages are: equal for two processes that import alike."""
    file = Path(sys.executable).resolve()
    status = file.stat()
    return {
        "executable": str(file),
        "file": [status.st_dev, status.st_ino],
        "prefix": str(Path(sys.prefix).resolve()),
        "version": sys.version,
    }


def short_folder(room: int, usual: str = "") -> str:
    """The folder for temporary files, or ``/tmp`` where the path of a socket in it (`room` bytes) would be too long."""
    usual = usual or tempfile.gettempdir()
    deep = len(os.fsencode(usual)) > SOCKET_PATH_LIMIT - room
    return "/tmp" if deep and os.access("/tmp", os.W_OK) else usual


def private_folder(prefix: str, parent: str) -> Path:
    """Make a folder that is closed to other users."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


class ForkServer:
    """A running fork server; it and all its kernels end with this object's process.

    Parameters
    ----------
    modules : sequence of str
        What to import before the first fork.
    environment : mapping of str to str, optional
        The environment the kernels will have; by default this process's.
    rehearsal : sequence of str
        Module, function and arguments of a call made before the first fork, so that kernels need not repeat what all
        of them would do first. It must be deterministic and start no thread.
    tidy : bool
        End what a kernel started once the kernel has ended, even what has a session of its own.
    make_folder : callable
        Makes a folder closed to other users, by prefix and parent, for the socket. The server removes it; who wants it
        gone even where both are killed makes one that is.

    Raises
    ------
    ForkRefusedError
        Where a process cannot be forked safely.
    """

    def __init__(
        self,
        modules: Sequence[str],
        environment: Mapping[str, str] | None = None,
        rehearsal: Sequence[str] = (),
        *,
        tidy: bool = False,
        make_folder: Callable[[str, str], Path] = private_folder,
    ) -> None:
        if reason := why_not():
            raise ForkRefusedError(Reason.PLATFORM, reason)
        self.folder = make_folder("warm-kernels-", short_folder(len("/warm-kernels-12345678/s")))
        self.address = str(self.folder / "s")
        options = {"modules": list(modules), "rehearsal": list(rehearsal), "tidy": tidy}
        try:
            # For clients to compare before they ask.
            (self.folder / PYTHON_FILE).write_text(json.dumps(this_python()), encoding="utf-8")
            self._start(options, os.environ if environment is None else environment)
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            message = f"the fork server cannot be started ({error.strerror or error})"
            raise ForkRefusedError(Reason.NO_SERVER, message) from None

    def _start(self, options: dict[str, Any], environment: Mapping[str, str]) -> None:
        own = FORCED | dict(environment) | dict.fromkeys(VARIABLES, "1")
        reading, self._lifetime = os.pipe()
        try:
            with socket.socket(socket.AF_UNIX) as listener:
                # The owner listens: a client connects at once and waits in the queue while the server imports.
                listener.bind(self.address)
                listener.listen(128)
                self._process = subprocess.Popen(
                    server_command(listener.fileno(), reading, str(self.folder), options),
                    env=own,
                    pass_fds=(listener.fileno(), reading),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    # Its own session: Ctrl-C in the terminal does not reach it.
                    start_new_session=True,
                )
        except OSError:
            os.close(self._lifetime)
            self._lifetime = -1
            raise
        finally:
            os.close(reading)

    @property
    def pid(self) -> int:
        """Of the server's process."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it still runs; a notebook may have killed it."""
        return self._lifetime >= 0 and self._process.poll() is None

    def close(self) -> None:
        """End the server and its kernels; may be called again."""
        if self._lifetime < 0:
            return
        os.close(self._lifetime)
        self._lifetime = -1
        # While it imports it has no kernel yet, and the signal ends it; later it ignores the signal.
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # Its kernels die with it.
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(frozen=True)
class SharedServer:
    """A server for the processes that are started with its `environment`."""

    environment: Mapping[str, str]
    # Where they log each kernel.
    log: Path
    # Why there is no server.
    reason: str = ""

    def __str__(self) -> str:
        return f"warm kernels: none; {self.reason}" if self.reason else f"warm {logged_counts(self.log)}"


@contextmanager
def shared_server(modules: Sequence[str]) -> Iterator[SharedServer]:
    """Keep a server for other processes, whatever Jupyter program they run; as text, what it was good for."""
    try:
        server = ForkServer(modules)
    except ForkRefusedError as error:
        yield SharedServer({}, Path(os.devnull), str(error))
        return
    with server:
        log = server.folder / "kernels.jsonl"
        yield SharedServer({DEFAULT_PROVISIONER: NAME, SERVER: server.address, LOG: str(log)}, log)


class ForkedKernel:
    """A forked kernel as its client sees it; the interface of `subprocess.Popen` as far as Jupyter uses it.

    `connection` leads to the server. The kernel leads its own session.
    """

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.stdin: IO[bytes] | None = None
        self.stdout: IO[bytes] | None = None
        self.stderr: IO[bytes] | None = None
        self.left_out: dict[str, str] = {}
        self.returncode: int | None = None
        self._connection = connection
        self._received = b""

    def poll(self) -> int | None:
        """The exit code; None while the kernel runs."""
        while self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._read()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the exit code, as `subprocess.Popen.wait` does."""
        while self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            self._read()
        return self.returncode

    async def wait_async(self) -> int:
        """Wait for the exit code without blocking the event loop."""
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
        """Have the server signal the kernel's process group; does nothing once it has ended."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._connection.sendall(json.dumps({"signal": int(number)}).encode() + b"\n")

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def close_pipes(self) -> None:
        """Close this process's ends of the pipes."""
        for end in (self.stdin, self.stdout, self.stderr):
            if end is not None:
                end.close()

    def close(self) -> None:
        """Close the connection and the pipes; a kernel that still runs ends with it."""
        self.close_pipes()
        if self.poll() is None:
            self._connection.close()
            self.returncode = -int(signal.SIGKILL)

    def end(self, code: int) -> None:
        """Record that the kernel has ended."""
        self.returncode = code
        self._connection.close()

    def _read(self) -> None:
        """Read from the server; when it is gone, so is the kernel."""
        try:
            part = self._connection.recv(4096)
        except OSError:
            part = b""
        self._received += part
        if b"\n" in self._received:
            self.returncode = int(json.loads(self._received.partition(b"\n")[0])["exit"])
        elif not part:
            self.returncode = -int(signal.SIGKILL)
        if self.returncode is not None:
            self._connection.close()


def fork_kernel(address: str, request: Request, streams: Sequence[int]) -> socket.socket:
    """Ask a server for a kernel with these standard streams; `take_kernel` waits for its answer.

    Raises ForkRefusedError if the server is gone, or is another Python.
    """
    _compare_python(Path(address).with_name(PYTHON_FILE))
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(address)
        send_request(connection, request, streams)
    except OSError as error:
        connection.close()
        message = f"the fork server does not answer ({error.strerror or error})"
        raise ForkRefusedError(Reason.NO_SERVER, message) from None
    connection.setblocking(False)
    return connection


def _compare_python(path: Path) -> None:
    """Refuse a server whose kernels would have other packages than a cold one here."""
    try:
        there = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise ForkRefusedError(Reason.NO_SERVER, "the fork server is gone") from None
    for name, here in this_python().items():
        if there.get(name) != here:
            message = f"the fork server runs another Python: {name} {there.get(name)}, here {here}"
            raise ForkRefusedError(Reason.INTERPRETER, message)


async def take_kernel(connection: socket.socket) -> ForkedKernel:
    """Wait for the server's answer, and until the kernel can be connected to.

    Raises ForkRefusedError if there is none.
    """
    try:
        # The first kernel waits for the server's imports too.
        answer = await asyncio.wait_for(_line(connection), READY_SECONDS)
        # The kernel and its parent write to one connection: on a busy machine the kernel may be the first.
        ready = answer if "ready" in answer else {}
        if ready:
            answer = await asyncio.wait_for(_line(connection), READY_SECONDS)
        if "pid" not in answer:
            raise ForkRefusedError(Reason(answer.get("reason", Reason.NO_SERVER)), str(answer.get("refused")))
        kernel = ForkedKernel(connection, answer["pid"])
        kernel.left_out = answer.get("left_out", {})
        ready = ready or await asyncio.wait_for(_line(connection), READY_SECONDS)
    except TimeoutError:
        connection.close()
        message = f"a forked kernel was not ready in {READY_SECONDS:g} s"
        raise ForkRefusedError(Reason.NO_SERVER, message) from None
    except BaseException:
        connection.close()
        raise
    if "exit" in ready:
        # It ended at once: still a kernel, but a dead one.
        kernel.end(int(ready["exit"]))
    return kernel


async def _line(connection: socket.socket) -> dict[str, Any]:
    """One line from the server."""
    loop = asyncio.get_running_loop()
    body = b""
    while not body.endswith(b"\n"):
        # Byte by byte: what follows belongs to `ForkedKernel`.
        part = await loop.sock_recv(connection, 1)
        if not part:
            raise ForkRefusedError(Reason.NO_SERVER, "the fork server ended")
        body += part
    line: dict[str, Any] = json.loads(body)
    return line
