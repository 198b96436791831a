"""The fork server: a process that has imported what notebooks import, and forks a fresh kernel for each request.

It starts no thread, opens no file and draws no random number before a fork, so a forked kernel differs from a cold
one only in the modules that are loaded. One loop forks, reaps and passes signals on. A connection is a kernel: its
request comes with the three standard streams, ``{"pid"}`` goes back, ``{"ready"}`` from the kernel itself when its
sockets exist, later ``{"exit"}``; ``{"signal"}`` may come in between, and a closed connection ends its kernel.
"""

import contextlib
import gc
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from typing import Any

from warm_kernels.likeness import Likeness
from warm_kernels.orphans import adopt_orphans, children
from warm_kernels.preload import import_modules
from warm_kernels.request import REQUEST_SECONDS, ForkRefusedError, Request, receive_request, send
from warm_kernels.resets import Generators

# Modules with side effects are left out one after the other; with more of them than this, no module is imported.
ATTEMPTS = 6
# Rounds of killing what killed kernels leave: each orphan may leave orphans.
ROUNDS = 100


class Server:
    """The loop.

    `lifetime` is the reading end of a pipe: when its writing end closes, the server ends, and every kernel with it.
    `greeting` is sent with each kernel's process id; `tidy` ends what a kernel started once the kernel has ended.
    """

    def __init__(
        self, listener: socket.socket, lifetime: int, likeness: Likeness, greeting: dict[str, Any], tidy: bool
    ) -> None:
        self.listener, self.lifetime, self.likeness = listener, lifetime, likeness
        self.greeting, self.tidy = greeting, tidy
        self.kernels: dict[int, socket.socket] = {}
        self.selector = selectors.DefaultSelector()
        self.wakeup, self.waker = os.pipe()
        self.reserve = os.open(os.devnull, os.O_RDONLY)
        for end in (self.wakeup, self.waker):
            os.set_blocking(end, False)
        # A handler, even one that does nothing, is what makes SIGCHLD write to the pipe.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        for source in (listener, lifetime, self.wakeup):
            self.selector.register(source, selectors.EVENT_READ)

    def serve(self) -> Request | None:
        """Fork until the owner is gone: the request in a forked kernel, None in the server at its end."""
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
        """Take a request and fork; returns the request in the child."""
        connection = self._connection()
        if connection is None:
            return None
        connection.settimeout(REQUEST_SECONDS)
        try:
            request = receive_request(connection)
        except (OSError, ValueError, KeyError, TypeError):
            connection.close()
            return None
        try:
            self.likeness.check(request)
            if self._fork(connection):
                request.client = connection
                return request
        except ForkRefusedError as error:
            send(connection, {"refused": str(error), "reason": error.reason})
            connection.close()
        for stream in request.streams:
            os.close(stream)
        return None

    def _connection(self) -> socket.socket | None:
        """A client's connection. With too many files open the client is sent away, so that it does not wait in vain."""
        try:
            return self.listener.accept()[0]
        except OSError:
            os.close(self.reserve)
            with contextlib.suppress(OSError):
                self.listener.accept()[0].close()
            self.reserve = os.open(os.devnull, os.O_RDONLY)
            return None

    def _fork(self, connection: socket.socket) -> bool:
        """Fork a kernel; true in the child."""
        pid = os.fork()
        if pid == 0:
            self._leave()
            return True
        self.kernels[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, pid)
        send(connection, {"pid": pid, **self.greeting})
        return False

    def _leave(self) -> None:
        """In the child: close what is the server's, and react to signals as any program does."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.selector.close()
        for connection in (*self.kernels.values(), self.listener):
            connection.close()
        for end in (self.wakeup, self.waker, self.reserve, self.lifetime):
            os.close(end)

    def _reap(self) -> None:
        """Report the exit codes of ended kernels to their clients."""
        with contextlib.suppress(BlockingIOError):
            while os.read(self.wakeup, 4096):
                pass
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                self._take_leave(pid, status)
        self._end_orphans()

    def _take_leave(self, pid: int, status: int) -> None:
        """Report an exit code; an adopted orphan has no client."""
        connection = self.kernels.pop(pid, None)
        if connection is None:
            return
        with contextlib.suppress(KeyError):
            self.selector.unregister(connection)
        self._end_orphans()
        send(connection, {"exit": os.waitstatus_to_exitcode(status)})
        connection.close()

    def _end_orphans(self) -> None:
        """Kill what ended kernels have left: kernels adopt their own orphans, so ours have lost their kernel."""
        if self.tidy:
            for pid in children(os.getpid()):
                if pid not in self.kernels:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def _hear(self, pid: int) -> None:
        """Pass a client's signals on; a client that is gone takes its kernel with it."""
        connection = self.kernels.get(pid)
        if connection is None:
            return
        try:
            received = connection.recv(4096)
        except OSError:
            received = b""
        for line in received.splitlines():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                _signal_group(pid, int(json.loads(line)["signal"]))
        if not received:
            self.selector.unregister(connection)
            _signal_group(pid, signal.SIGKILL)

    def _end(self) -> None:
        """Kill every kernel and what it started, and wait for their ends."""
        for pid in self.kernels:
            _signal_group(pid, signal.SIGKILL)
        for _ in range(ROUNDS):
            with contextlib.suppress(ChildProcessError):
                while self.kernels or self.tidy:
                    pid, _status = os.waitpid(-1, 0 if self.kernels else os.WNOHANG)
                    if pid == 0:
                        break
                    self.kernels.pop(pid, None)
            if not (self.tidy and children(os.getpid())):
                return
            self._end_orphans()


def _signal_group(pid: int, number: int) -> None:
    """Signal a kernel and its own processes; before it leads a group, the kernel alone."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def main(listener: int, lifetime: int, folder: str, options: dict[str, Any]) -> None:
    """Run a fork server on inherited file descriptors; in a forked kernel, run the kernel.

    `listener` is the listening socket, `lifetime` the pipe that ends with the owner; `folder` is removed at the end.
    The options are those of `ForkServer`, and in ``left_out`` the modules that earlier attempts found unfit, with why.
    """
    # Ctrl-C is left to the owner, which closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # "-c" puts the current folder first, which is not the notebook's.
    sys.path[:] = [entry for entry in sys.path if entry]
    environment, generators, left_out = dict(os.environ), Generators(), dict(options.get("left_out", {}))
    with generators.watch():
        ahead, unfit = import_modules(options["modules"], options["rehearsal"])
    if unfit and len(left_out) <= ATTEMPTS:
        _begin_again(listener, lifetime, folder, options, unfit, environment)
    # Clients import this module too, and need no ipykernel.
    from warm_kernels.forked import Inheritance, ListedModules, run_kernel

    inheritance = Inheritance(ahead, generators, options["tidy"])
    if options["tidy"]:
        adopt_orphans()
    # From now on the owner ends this process by the pipe, so that it takes its kernels with it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.collect()
    listed = ListedModules()
    likeness = Likeness(ahead, environment)
    # No garbage collection in a kernel touches, and so copies, the pages shared from here on.
    gc.freeze()
    server = Server(socket.socket(fileno=listener), lifetime, likeness, {"left_out": left_out}, options["tidy"])
    request = server.serve()
    if request is None:
        shutil.rmtree(folder, ignore_errors=True)
        # Nothing is left to clean up, and destroying the imported modules takes a while.
        os._exit(0)
    run_kernel(request, listed, inheritance)


def _begin_again(
    listener: int, lifetime: int, folder: str, options: dict[str, Any], unfit: dict[str, str],
    environment: dict[str, str],
) -> None:  # fmt: skip
    """Start this process anew without the modules that have side effects."""
    left_out = options.get("left_out", {}) | unfit
    kept = [name for name in options["modules"] if not any(f"{name}.".startswith(f"{bad}.") for bad in left_out)]
    options |= {"modules": kept if len(left_out) <= ATTEMPTS else [], "left_out": left_out}
    os.execve(sys.executable, server_command(listener, lifetime, folder, options), environment)


def server_command(listener: int, lifetime: int, folder: str, options: dict[str, Any]) -> list[str]:
    """The command line of a fork server; parameters as for `main`."""
    arguments = repr((listener, lifetime, folder, options))
    return [sys.executable, "-c", f"from warm_kernels.server import main; main(*{arguments})"]
