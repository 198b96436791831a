"""Ctrl-C at the right moment: deferred, ignored, or remembered where Python would lose it."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

_heard: list[int] = []


@contextlib.contextmanager
def interrupts_remembered() -> Iterator[None]:
    """Raise Ctrl-C at once, and remember it: raised while an object is being destroyed, it is dropped.

    Only the main thread receives it. `raise_if_interrupted` raises it again.
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
    """Raise a Ctrl-C that `interrupts_remembered` has seen and Python has dropped."""
    if _heard and threading.current_thread() is threading.main_thread():
        raise KeyboardInterrupt


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Delay Ctrl-C to the end of the block; only the main thread receives it."""
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
    """Ignore Ctrl-C for the block, and in processes started in it; only the main thread can."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
