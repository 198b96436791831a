"""Ctrl-C at the right moment: deferred, ignored, or remembered where Python would lose it."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from types import FrameType

_received: list[int] = []


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
