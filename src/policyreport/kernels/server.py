"""The fork server: a process that has imported what notebooks import, and forks a fresh kernel for each request.

It starts no thread, opens no file and draws no random number before a fork, so a forked kernel differs from
a cold one only in the modules that are already there. One loop forks, reaps and passes signals on. A
connection is a kernel: its request comes with the three standard streams, ``{"pid"}`` goes back, ``{"ready"}``
from the kernel itself when its sockets are there, later ``{"exit"}``; ``{"signal"}`` may come in between, and a
connection that closes ends its kernel.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from policyreport.kernels.preload import import_modules

# A request is an environment and a few words; a client that takes longer to send it is not one of ours.
REQUEST_SECONDS = 10.0
LENGTH = 4
STREAMS = 3


@dataclass
class Request:
    """What a client wants: the kernel's arguments, environment, folder and three standard streams; where to answer."""

    argv: list[str]
    env: dict[str, str]
    cwd: str | None
    streams: list[int] = field(default_factory=list)
    client: socket.socket | None = None

    def say_ready(self) -> None:
        """Tell the client that it can connect: one that tries too early tries again only after a tenth of a second."""
        if self.client is not None:
            _send(self.client, {"ready": True})
            self.client.close()
            self.client = None


class Server:
    """The loop.

    Parameters
    ----------
    listener : socket
        Where clients connect.
    lifetime : int
        Reading end of a pipe; when its writing end closes, the server ends, and every kernel with it.
    """

    def __init__(self, listener: socket.socket, lifetime: int) -> None:
        self.listener, self.lifetime = listener, lifetime
        self.kernels: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.wakeup, self.waker = os.pipe()
        for end in (self.wakeup, self.waker):
            os.set_blocking(end, False)
        # A handler, even one that does nothing, is what makes SIGCHLD write to the pipe.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        for source in (listener, lifetime, self.wakeup):
            self.selector.register(source, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Fork until the owner is gone.

        Returns
        -------
        Request or None
            In a forked kernel, what it was asked to be; in the server, at its end, None.
        """
        while True:
            for key, _ in self.selector.select():
                if key.fileobj is self.listener:
                    request = self._accept()
                    if request is not None:
                        return request
                elif key.fileobj == self.lifetime:
                    self._end()
                    return None
                elif key.fileobj == self.wakeup:
                    self._reap()
                else:
                    self._hear(key.data)

    def _accept(self) -> Request | None:
        """Take a request and fork; gives the request in the child."""
        connection, _ = self.listener.accept()
        connection.settimeout(REQUEST_SECONDS)
        try:
            request = receive_request(connection)
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
            return None
        reason = unsafe_to_fork()
        if reason:
            _send(connection, {"refused": reason})
            connection.close()
        elif self._fork(connection):
            request.client = connection
            return request
        for stream in request.streams:
            os.close(stream)
        return None

    def _fork(self, connection: socket.socket) -> bool:
        """Fork a kernel; true in the child."""
        pid = os.fork()
        if pid == 0:
            self._leave()
            return True
        self.kernels[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, pid)
        _send(connection, {"pid": pid})
        return False

    def _leave(self) -> None:
        """In the child: close what is the server's, and hear signals as any program does."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.selector.close()
        for each in (*self.kernels.values(), self.listener):
            each.close()
        for end in (self.wakeup, self.waker, self.lifetime):
            os.close(end)

    def _reap(self) -> None:
        """Tell the clients of ended kernels how they ended."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.wakeup, 4096):
                pass
        while self.kernels:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            connection = self.kernels.pop(pid)
            with contextlib.suppress(KeyError):
                self.selector.unregister(connection)
            _send(connection, {"exit": os.waitstatus_to_exitcode(status)})
            connection.close()

    def _hear(self, pid: int) -> None:
        """Pass a client's signals on; a client that is gone takes its kernel with it."""
        connection = self.kernels.get(pid)
        if connection is None:
            return
        try:
            words = connection.recv(4096)
        except OSError:
            words = b""
        for word in words.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                _signal_group(pid, int(json.loads(word)["signal"]))
        if not words:
            self.selector.unregister(connection)
            _signal_group(pid, signal.SIGKILL)

    def _end(self) -> None:
        """Kill every kernel and see it gone."""
        for pid in self.kernels:
            _signal_group(pid, signal.SIGKILL)
        for pid in self.kernels:
            os.waitpid(pid, 0)


def unsafe_to_fork() -> str:
    """Say why this process must not fork: a thread would be missing in the child, its locks held for ever.

    Returns
    -------
    str
        One line; empty where forking is safe.
    """
    others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    if others:
        return f"a module the notebooks import started a thread ({', '.join(others)})"
    tasks = Path("/proc/self/task")
    native = len(list(tasks.iterdir())) - 1 if tasks.is_dir() else 0
    return f"a library the notebooks import started {native} threads of its own" if native else ""


def receive_request(connection: socket.socket) -> Request:
    """Read a request: its length, then JSON, the standard streams beside the first bytes.

    Parameters
    ----------
    connection : socket
        A client's.

    Returns
    -------
    Request
        With open streams.

    Raises
    ------
    ValueError
        If it is none.
    OSError
        If the client is gone or too slow.
    """
    head, streams, _, _ = socket.recv_fds(connection, LENGTH, STREAMS)
    try:
        length = int.from_bytes(head, "big")
        body = b""
        while len(body) < length:
            part = connection.recv(length - len(body))
            if not part:
                raise ValueError("half a request")
            body += part
        words = json.loads(body)
        if len(streams) != STREAMS:
            raise ValueError("no standard streams")
        return Request(list(words["argv"]), dict(words["env"]), words["cwd"], streams)
    except BaseException:
        for stream in streams:
            os.close(stream)
        raise


def _send(connection: socket.socket, words: dict[str, Any]) -> None:
    """Write a line to a client; one that is gone is noticed by its closed connection."""
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(words).encode() + b"\n")


def _signal_group(pid: int, number: int) -> None:
    """Signal a kernel and its own processes; before it leads a group, the kernel alone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def main(listener: int, lifetime: int, folder: str, modules: list[str], rehearsal: list[str]) -> None:
    """Run a fork server on inherited file descriptors; in a forked kernel, run the kernel.

    Parameters
    ----------
    listener, lifetime : int
        File descriptors of the listening socket and of the pipe that ends with the owner.
    folder : str
        The socket's folder, removed at the end.
    modules : list of str
        What to import first.
    rehearsal : list of str
        Module, function and words to call it with then; empty for nothing.
    """
    # ^C is the owner's business; it closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # "-c" puts the present folder first, where a notebook's own modules are not.
    sys.path[:] = [each for each in sys.path if each]
    import_modules(modules, rehearsal)
    # Imported here, where it makes nothing slower that is not a server.
    from policyreport.kernels.forked import ListedModules, run_kernel

    gc.collect()
    listed = ListedModules()
    # What is there stays: no collection in a kernel touches, and so copies, the shared pages.
    gc.freeze()
    request = Server(socket.socket(fileno=listener), lifetime).serve()
    if request is None:
        shutil.rmtree(folder, ignore_errors=True)
        # Nothing is left to be tidied, and destroying the imported modules takes a while.
        os._exit(0)
    run_kernel(request, listed)
