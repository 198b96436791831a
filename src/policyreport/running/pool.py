"""Worker processes that leave nothing behind: no kernel, no folder, however the run ends."""

import contextlib
import glob
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import forkserver
from multiprocessing.util import get_temp_dir
from pathlib import Path
from typing import Any, Self

from policyreport.errors import RunError
from policyreport.running.endings import interrupts_deferred, interrupts_ignored, make_folder, watch_folder
from policyreport.running.kernels import PID_FILE
from warm_kernels.forkserver import short_folder
from warm_kernels.orphans import end_processes
from warm_kernels.provisioner import use_server
from warm_kernels.resets import SINGLE_THREADED

# The part of a socket's path below the temporary folder: scratch, notebook's and kernel's folder, and its name.
SOCKET_PATH_OWN = len("/policyreport-run-12345678/policyreport-12345678/kernel/k.json-ipc-1")
# The same of multiprocessing's own socket.
LISTENER_PATH = len("/pymp-12345678/listener-12345678")
# Idle processes end in milliseconds; one that does not would block the run for ever.
END_SECONDS = 30.0
# A kernel opens about 60 files (its sockets, and what notebooks read); the runner about 40 and 20 for each worker.
OPEN_FILES = 128
OPEN_FILES_OF_A_WORKER = 20
# What most systems allow without asking.
USUAL_OPEN_FILES = 1024


def scratch_folder() -> Path:
    """Make a folder that is removed when this process is killed; otherwise the caller removes it."""
    return make_folder("policyreport-run-", short_folder(SOCKET_PATH_OWN))


class WorkerPool(Executor):
    """A pool of processes that share one scratch folder and end, with their kernels, when told to.

    All take kernels from the fork server at the address `server`; empty for cold kernels.

    Processes are not forked from the parent: it may run threads (a progress display), and a fork copies
    their locks in whatever state they are. A fork server, which has imported the runner once, forks them;
    where there is none they are spawned. Leaving a ``with`` block by an exception kills what still runs.
    """

    def __init__(self, workers: int, server: str = "") -> None:
        self.workers, self.server = workers, server
        self._scratch = scratch_folder()
        self._pool = self._new_pool()

    def submit(self, task: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Hand a picklable task to the next free process."""
        # A Ctrl-C between the start of a process and its entry in the pool's list would leave it running.
        with interrupts_deferred():
            return self._pool.submit(task, *args, **options)

    def renew(self) -> None:
        """Replace the processes, after one of them was lost and took the pool down."""
        self._kill()
        self._pool = self._new_pool()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes and remove the scratch folder."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
        if isinstance(self._pool, ThreadPoolExecutor):
            tempfile.tempdir = None
        sweep(self._scratch)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        if kind is not None:
            self._kill()
        late = threading.Timer(END_SECONDS, self._kill_processes)
        late.daemon = True
        late.start()
        try:
            self.shutdown()
        finally:
            late.cancel()

    def _new_pool(self) -> ProcessPoolExecutor | ThreadPoolExecutor:
        """Processes that start on demand; threads where the machine cannot share work among processes."""
        if without_semaphores():
            # Kernels still are processes of their own.
            use_server(self.server)
            tempfile.tempdir = str(self._scratch)
            return ThreadPoolExecutor(self.workers)
        context = multiprocessing.get_context("forkserver" if prepare_workers() else "spawn")
        return ProcessPoolExecutor(self.workers, context, _start_worker, (str(self._scratch), self.server))

    def _kill(self) -> None:
        """Kill the processes and their kernels now; a second ^C must not get in between."""
        with interrupts_ignored():
            self._kill_processes()
            self._pool.shutdown(wait=True, cancel_futures=True)
            _kill_kernels(self._scratch)

    def _kill_processes(self) -> None:
        """Kill the processes; the executor offers no way to end running tasks before Python 3.14."""
        for process in list((getattr(self._pool, "_processes", None) or {}).values()):
            process.kill()


def prepare_workers() -> bool:
    """Start the process that forks workers, so that it imports what they need while this one does something else.

    False where the platform has none: workers are spawned there.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods() or without_semaphores():
        return False
    _shorten_own_folder()
    # It keeps its socket there until this process ends.
    watch_folder(get_temp_dir())
    forkserver.set_forkserver_preload(["policyreport.running.execute.ahead"])
    # It ignores Ctrl-C from the start, and so do the processes it forks. It must have no second thread:
    # a lock that another thread holds at a fork is held in the new process for ever.
    with interrupts_ignored(), _environment(SINGLE_THREADED):
        forkserver.ensure_running()
    return True


def _shorten_own_folder() -> None:
    """Have multiprocessing make its folder where the path of a socket in it is short enough."""
    usual = tempfile.gettempdir()
    tempfile.tempdir = short_folder(LISTENER_PATH)
    try:
        get_temp_dir()
    finally:
        tempfile.tempdir = usual


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Set environment variables for the processes started in the block."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def sweep(scratch: Path) -> None:
    """Kill the kernels of a scratch folder and remove it."""
    _kill_kernels(scratch)
    # What notebooks started in separate sessions.
    end_processes([], str(scratch))
    shutil.rmtree(scratch, ignore_errors=True)


def _kill_kernels(scratch: Path) -> None:
    """Kill every kernel that noted its process id and still runs; each leads its own process group."""
    # Others remove these folders at the same time, where pathlib's own glob would raise.
    for name in glob.glob(f"*/kernel/{PID_FILE}", root_dir=scratch):  # noqa: PTH207
        with contextlib.suppress(OSError, ValueError):
            pid = int((scratch / name).read_text(encoding="ascii"))
            os.killpg(pid, signal.SIGKILL) if hasattr(os, "killpg") else os.kill(pid, signal.SIGTERM)


def _start_worker(scratch: str, server: str) -> None:
    """Prepare a process: Ctrl-C is left to the parent, and the process ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    use_server(server)
    tempfile.tempdir = scratch
    threading.Thread(target=_end_with_parent, args=(Path(scratch),), daemon=True).start()


def _end_with_parent(scratch: Path) -> None:
    """Wait for the parent to end in whatever way (kill -9 too), then clean up in its place."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    try:
        sweep(scratch)
    finally:
        os._exit(1)


def allow_open_files(workers: int) -> None:
    """Raise this process's own limit of open files where needed; its kernels inherit it.

    A `RunError` if the hard limit, which only an administrator can raise, is too low for a run.
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
