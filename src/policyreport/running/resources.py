"""What a run needs of the machine, checked before it begins: open files, semaphores, short paths."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from policyreport.errors import RunError

# A kernel opens about 60 files (its sockets, and what notebooks read); the runner about 40 and 20 for each worker.
OPEN_FILES = 128
OPEN_FILES_OF_A_WORKER = 20
# What most systems allow without asking.
USUAL_OPEN_FILES = 1024


def allow_open_files(workers: int) -> None:
    """Raise this process's own limit of open files where needed; its kernels inherit it.

    Raises
    ------
    RunError
        If the hard limit, which only an administrator can raise, is too low for a run.
    """
    try:
        import resource
    except ImportError:
        return  # Windows has no such limit
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = OPEN_FILES + OPEN_FILES_OF_A_WORKER * workers
    wanted, unlimited = max(needed, USUAL_OPEN_FILES), (-1, resource.RLIM_INFINITY)
    if soft in unlimited or soft >= wanted:
        return
    allowed = wanted if hard in unlimited else min(hard, wanted)
    if allowed < needed:
        todo = f"Allow more (`ulimit -n {USUAL_OPEN_FILES}`) before the command."
        raise RunError("open files", f"a limit of at least {needed} for {workers} workers", str(allowed), todo)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def without_semaphores() -> str:
    """Why processes cannot be given work here; empty where they can."""
    try:
        # A "fork" context, since the others start a process that keeps track of semaphores.
        multiprocessing.get_context("fork").Lock()
    except ValueError:
        return ""  # Windows neither forks nor lacks them
    except (OSError, ImportError) as error:
        reason = getattr(error, "strerror", "") or str(error)
        where = "" if Path("/dev/shm").is_dir() else ", /dev/shm is missing"
        return f"this machine gives no semaphores ({reason}{where})"
    return ""
