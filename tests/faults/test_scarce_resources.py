"""Few open files, no semaphores, a folder for temporary files that lies too deep: words, or the work is done."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from policyreport.errors import RunError, system_error
from policyreport.running import pool
from policyreport.running.kernels import ENVIRONMENT
from policyreport.running.pool import WorkerPool
from warm_kernels.server import Server

pytest.importorskip("resource")
ROOT = Path(__file__).parents[2]
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard}))
from policyreport.errors import RunError
from policyreport.running.pool import allow_open_files
try:
    allow_open_files(2)
except RunError as error:
    sys.exit(str(error))
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def limited(soft: int, hard: int) -> subprocess.CompletedProcess[str]:
    code = LIMITED.format(soft=soft, hard=hard)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(("soft", "hard", "then"), [(64, 4096, 1024), (64, 512, 512), (2048, 4096, 2048)])
def test_c10_a_low_limit_of_open_files_is_raised_as_far_as_it_may_be(soft: int, hard: int, then: int) -> None:
    assert limited(soft, hard).stdout.strip() == str(then)


def test_c10_a_limit_that_cannot_be_raised_is_told_with_the_way_to_raise_it() -> None:
    done = limited(64, 64)
    assert "expected a limit of at least" in done.stderr
    assert "got 64" in done.stderr
    assert "ulimit -n" in done.stderr


def test_c10_a_run_with_64_open_files_ends_in_words_at_once() -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))"
    code = f"{limit}\nfrom policyreport.cli.main import app; app()"
    command = [sys.executable, "-c", code, "run", "2025Q4", "--areas", "n01", "--again"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 5
    assert "open files" in done.stderr
    assert "Unexpected" not in done.stderr


def test_c10_a_fork_server_out_of_files_sends_its_client_away_instead_of_letting_it_wait() -> None:
    there, here = socket.socketpair()

    class Listener:
        """Fails as with too many files open, until one is closed."""

        def accept(self) -> tuple[socket.socket, str]:
            if os.path.exists(f"/proc/self/fd/{server.reserve}"):  # noqa: PTH110
                raise OSError(24, "Too many open files")
            return there, ""

    server = object.__new__(Server)
    server.listener = Listener()
    server.reserve = os.open(os.devnull, os.O_RDONLY)
    assert server._connection() is None
    here.settimeout(5)
    assert here.recv(1) == b""
    here.close()
    os.close(server.reserve)


@pytest.fixture
def no_semaphores(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without /dev/shm."""
    reason = "this machine gives no semaphores (No such file or directory)"
    monkeypatch.setattr(pool, "without_semaphores", lambda: reason)


def test_c10_without_semaphores_threads_do_the_work(no_semaphores: None) -> None:
    before = tempfile.gettempdir()
    with WorkerPool(2) as workers:
        assert workers.submit(os.getpid).result() == os.getpid()
        scratch = Path(workers.submit(tempfile.gettempdir).result())
        assert scratch.name.startswith("policyreport-run-")
    assert not scratch.exists()
    assert tempfile.gettempdir() == before


def test_c10_why_there_are_no_semaphores_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        def Lock(self) -> None:
            raise OSError(38, "Function not implemented")

    monkeypatch.setattr(pool.multiprocessing, "get_context", lambda kind: Context())
    assert "no semaphores (Function not implemented" in pool.without_semaphores()
    monkeypatch.undo()
    assert pool.without_semaphores() == ""


def test_c10_a_kernel_asks_for_no_semaphore() -> None:
    # joblib would warn in every notebook of a machine that has none.
    assert ENVIRONMENT["JOBLIB_MULTIPROCESSING"] == "0"


DEEP = """
from policyreport.running.pool import WorkerPool
if __name__ == "__main__":
    with WorkerPool(1) as workers:
        print(workers.submit(abs, -1).result())
"""


def test_c10_workers_start_where_the_folder_for_temporary_files_lies_too_deep_for_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 120)
    deep.mkdir()
    (tmp_path / "work.py").write_text(DEEP, encoding="utf-8")
    environment = os.environ | {"TMPDIR": str(deep)}
    command = [sys.executable, str(tmp_path / "work.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert (done.stdout.strip(), done.returncode) == ("1", 0), done.stderr
    assert list(deep.iterdir()) == []


def test_c10_a_path_too_long_for_a_socket_is_told_with_the_variable_that_makes_it_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TMPDIR", "/very/deep")
    message = system_error(RunError, OSError("AF_UNIX path too long"), "here")
    assert message.where == "/very/deep"
    assert "TMPDIR" in message.todo
