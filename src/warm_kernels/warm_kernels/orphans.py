"""Processes that a notebook started and that outlive its kernel.

``python -m warm_kernels.orphans …`` is ``python -m ipykernel_launcher …``, a cold kernel, which adopts its orphans, so
that a daemon started by a notebook can be ended with its kernel.
"""

import contextlib
import ctypes
import os
import runpy
import signal
import sys
import time
from pathlib import Path

# prctl(2): orphaned descendants become children of this process, not of init.
PR_SET_CHILD_SUBREAPER = 36
# A killed process is gone in milliseconds; one that hangs in the system is not waited for.
SECONDS = 2.0


def adopt_orphans() -> None:
    """Become the parent of descendants that lose theirs, where the system can do that (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(pid: int) -> list[int]:
    """Process ids of a process's children."""
    pids: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += map(int, (task / "children").read_text(encoding="ascii").split())
    except FileNotFoundError:
        return [child for child, parent in _parents().items() if parent == pid]
    except OSError:
        return []
    return pids


def descendants(pid: int) -> list[int]:
    """Process ids of a process's children, their children, and so on."""
    pids, todo = [], [pid]
    while todo:
        below = children(todo.pop())
        pids += below
        todo += below
    return pids


def end_processes(pids: list[int], folder: str = "") -> None:
    """Kill processes, and all whose environment names a folder: a kernel's private one, which they inherited."""
    start = time.monotonic()
    killed: set[int] = set()
    while time.monotonic() - start < SECONDS:
        left = {pid for pid in pids if _runs(pid)} | (_with_folder(folder) if folder else set())
        if not left:
            return
        for pid in left - killed:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        killed |= left
        time.sleep(0.005)


def _with_folder(folder: str) -> set[int]:
    """Processes of this user whose environment names a folder."""
    text, pids = os.fsencode(folder), set()
    for pid in _processes():
        # Another user's process, or one that has ended.
        with contextlib.suppress(OSError):
            if pid != os.getpid() and text in Path(f"/proc/{pid}/environ").read_bytes():
                pids.add(pid)
    return pids


def _processes() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208 # names are enough
    except OSError:
        return []


def _runs(pid: int) -> bool:
    """Whether a process exists and has not ended."""
    state = _status(pid)
    return bool(state) and state[0] not in ("Z", "X")


def _parents() -> dict[int, int]:
    return {pid: int(state[1]) for pid in _processes() if (state := _status(pid))}


def _status(pid: int) -> list[str]:
    """State and parent of a process; empty where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[:2]
    except OSError:
        return []


if __name__ == "__main__":
    adopt_orphans()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
