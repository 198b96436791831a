"""^C at the right moment: deferred, ignored, or remembered where Python would lose it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_heard: list[int] = []


@contextlib.contextmanager
def interrupts_remembered() -> Iterator[None]:
    """Raise ^C where it comes, and remember it: raised while an object is being destroyed, it is dropped.

    Only the main thread hears it. `raise_if_interrupted` asks for it again.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def hear(number: int, frame: FrameType | None) -> None:
        _heard.append(number)
        raise KeyboardInterrupt

    _heard.clear()
    before = signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _heard.clear()


def raise_if_interrupted() -> None:
    """Raise a ^C that was heard in `interrupts_remembered` and lost.

    Raises
    ------
    KeyboardInterrupt
        If there was one.
    """
    if _heard and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Let ^C wait for the end of the block; only the main thread hears it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


@contextlib.contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Ignore ^C for the block, and in processes started in it; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
