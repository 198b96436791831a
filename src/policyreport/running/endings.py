"""How a run ends: Ctrl-C at the right moment, and folders that are removed when their process is killed."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path
from types import FrameType

_received: list[int] = []

# Reads names of folders until its owner is gone, in whatever way; processes that write there are then ending too.
JANITOR = """
import os, shutil, sys, time
folders = sys.stdin.read().split(chr(0))[:-1]
clean = 0
for _ in range(150):
    there = [folder for folder in folders if os.path.exists(folder)]
    clean = 0 if there else clean + 1
    if clean > 30:
        break
    for folder in there:
        shutil.rmtree(folder, ignore_errors=True)
    time.sleep(0.1)
"""


@contextlib.contextmanager
def _handling(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """Handle Ctrl-C in another way for the block; only the main thread receives it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def interrupts_remembered() -> Iterator[None]:
    """Raise Ctrl-C at once, and remember it: raised while an object is being destroyed, it is dropped.

    `raise_if_interrupted` raises it again.
    """

    def remember(number: int, frame: FrameType | None) -> None:
        _received.append(number)
        raise KeyboardInterrupt

    _received.clear()
    try:
        with _handling(remember):
            yield
    finally:
        _received.clear()


def raise_if_interrupted() -> None:
    """Raise a Ctrl-C that `interrupts_remembered` has seen and Python has dropped."""
    if _received and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Delay Ctrl-C to the end of the block."""
    received: list[int] = []
    with _handling(lambda number, frame: received.append(number)):
        yield
    if received:
        raise KeyboardInterrupt


def interrupts_ignored() -> AbstractContextManager[None]:
    """Ignore Ctrl-C for the block, and in processes started in it."""
    return _handling(signal.SIG_IGN)


class _Janitor:
    """A process that removes folders when this one is killed; it starts in ten milliseconds and imports nothing."""

    def __init__(self) -> None:
        reading, self._lifetime = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", JANITOR],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Out of reach of Ctrl-C, and of whoever kills this process's group.
            start_new_session=True,
        )
        os.close(reading)
        # After multiprocessing removes its own folder, at -100: until then a kill would leave it.
        Finalize(None, self._dismiss, exitpriority=-101)

    def watch(self, folder: Path) -> None:
        # Somebody may have killed it; then a killed run leaves folders.
        with contextlib.suppress(OSError):
            os.write(self._lifetime, os.fsencode(folder) + b"\0")

    def _dismiss(self) -> None:
        self._process.kill()
        self._process.wait()


@cache
def _janitor(pid: int) -> _Janitor:
    """One per process; a forked one gets its own."""
    return _Janitor()


def watch_folder(folder: str | Path) -> None:
    """Have a folder, which need not exist yet, removed when this process is killed."""
    _janitor(os.getpid()).watch(Path(folder))


def make_folder(prefix: str, parent: str = "") -> Path:
    """Make a folder of this user alone that is removed when this process is killed; otherwise the caller removes it."""
    folder = Path(parent or tempfile.gettempdir()) / f"{prefix}{secrets.token_hex(4)}"
    # Watched before it exists: a kill may come between any two steps.
    watch_folder(folder)
    folder.mkdir(mode=0o700)
    return folder


@contextlib.contextmanager
def passing_folder(prefix: str, parent: Path) -> Iterator[Path]:
    """A folder for the duration of a block, even if this process is killed."""
    folder = make_folder(prefix, str(parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
