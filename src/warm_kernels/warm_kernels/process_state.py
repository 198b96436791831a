"""The state of a process outside its modules, which an import may change and a fork would hand on."""

import contextlib
import decimal
import faulthandler
import gc
import locale
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from warm_kernels.orphans import children

State = dict[str, object]


def threads() -> tuple[str, ...]:
    """Names of this process's other threads, Python's or not."""
    names = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    tasks = Path("/proc/self/task")
    native = len(list(tasks.iterdir())) - 1 - len(names) if tasks.is_dir() else 0
    return (*names, *["a library's own"] * native)


def umask() -> int:
    """The mask for new files, read without changing it where the system allows that."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        return int(next(line for line in lines if line.startswith("Umask:")).split()[1], 8)
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def resource_limits() -> dict[int, tuple[int, int]]:
    """Soft and hard limit by number of the resource."""
    try:
        import resource  # not on Windows
    except ImportError:
        return {}
    numbers = sorted({value for name, value in vars(resource).items() if name.startswith("RLIMIT_")})
    return {number: resource.getrlimit(number) for number in numbers}


def processors() -> list[int]:
    """The processors this process may run on; empty where the system does not say."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _handlers() -> list[object]:
    return [signal.getsignal(number) for number in sorted(signal.valid_signals())]


def _finders() -> Sequence[object]:
    """Module finders up to Python's own; later ones are only asked for what does not exist."""
    names = [getattr(finder, "__name__", "") for finder in sys.meta_path]
    return sys.meta_path[: names.index("PathFinder") + 1] if "PathFinder" in names else list(sys.meta_path)


# A module whose import changes any of these is left to the notebook.
PROBES: dict[str, Callable[[], object]] = {
    "starts a thread": threads,
    "starts a process": lambda: children(os.getpid()),
    "handles signals": _handlers,
    "changes the folder": os.getcwd,
    "changes the mask for new files": umask,
    "changes resource limits": resource_limits,
    "changes the processors": processors,
    "changes the locale": lambda: locale.setlocale(locale.LC_ALL),
    "changes the garbage collector": lambda: (gc.isenabled(), gc.get_threshold(), gc.get_debug()),
    "changes limits of the interpreter": lambda: (
        sys.getrecursionlimit(), sys.getswitchinterval(), sys.get_int_max_str_digits()),
    "changes how modules are looked for": lambda: (list(sys.path), _finders(), sys.path_hooks[:2]),
    "changes how errors are shown": lambda: (
        sys.excepthook, sys.displayhook, threading.excepthook, sys.unraisablehook, faulthandler.is_enabled()),
    "traces the code": lambda: (sys.gettrace(), sys.getprofile(), threading.gettrace(), threading.getprofile()),
    "changes decimal numbers": lambda: repr(decimal.getcontext()),
}  # fmt: skip


def process_state() -> State:
    """Read everything an import may change."""
    return {what: probe() for what, probe in PROBES.items()}


def difference(before: State, after: State) -> str:
    """The first thing that changed; empty where nothing did."""
    return next((what for what, value in before.items() if after[what] != value), "")
