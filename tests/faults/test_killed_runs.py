"""A run that is killed, starved of disk or doubled: the next one gives the bytes of an undisturbed run."""

import contextlib
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest

from policyreport.errors import RunError
from policyreport.running.cache.results import Cache
from policyreport.running.events import RunSummary
from policyreport.running.execute import Outcome, Unit
from policyreport.running.runs import run_stages

FIXTURES = Path(__file__).parents[1] / "notebooks" / "fixtures"
AREAS = ["n01", "n02"]
SILENCE_SECONDS = 180
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")

# Imports once and forks a runner for each line it reads, which runs the edition in the folder the line names.
RUNNERS = """
import os, sys
from pathlib import Path
from policyreport.running.cache.results import Cache
from policyreport.running.execute import Unit
from policyreport.running.kernels import batch_server
from policyreport.running.runs import run_stages

FIXTURES, AREAS = Path(sys.argv[1]), sys.argv[2].split(",")

def unit(area, name, **files):
    source = (FIXTURES / f"{name}.ipynb").read_bytes()
    return Unit(area, name, source, {"area": area}, {"ledger.csv": b"x\\n1\\n"} | files, 60.0)

def provinces(store):
    return [*(unit(area, "reads_slice") for area in AREAS), unit("n03", "raises")]

def nation(store):
    records = sorted((store / "records").glob("n*/*.json"))
    return [unit("VN", "reads_slice", **{path.parent.name: path.read_bytes() for path in records})]

def say(word):
    # In one write: a kill must not leave half a line, as it can where PYTHONUNBUFFERED is set.
    os.write(1, f"{word}\\n".encode())

def run(root):
    say("begun")
    with batch_server([]) as server:
        tell = lambda event: say(type(event).__name__)
        cache = Cache(root)
        run_stages([provinces, nation], root / "build" / "tiny", 2, tell, server=server.address, cache=cache)

if __name__ == "__main__":
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.setsid()
            say(os.getpid())
            run(Path(line.strip()))
            say("ended")
            sys.exit(0)
        os.waitpid(pid, 0)
        say("gone")
"""


class Runners:
    """Runs in processes of their own, forked from one that has the imports."""

    def __init__(self, script: Path, scratch: str) -> None:
        script.write_text(RUNNERS)
        self.said = queue.Queue()
        words = [sys.executable, str(script), str(FIXTURES), ",".join(AREAS)]
        environment = os.environ | {"TMPDIR": scratch}
        self.process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, bufsize=1
        )

        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def start(self, root: Path) -> int:
        """Process id of a runner that has begun."""
        self.process.stdin.write(f"{root}\n")
        pid = int(self.line())
        assert self.line() == "begun\n"
        return pid

    def line(self) -> str:
        """What the runner says next; a run that says nothing for so long has come to a stop."""
        try:
            line = self.said.get(timeout=SILENCE_SECONDS)
        except queue.Empty:
            pytest.fail(f"nothing for {SILENCE_SECONDS} s; there are {processes_with(str(FIXTURES))}")
        assert line, "the process that forks the runners has ended"
        return line

    def events(self, number: int) -> None:
        """Wait for so many events, or for the end where a run has fewer."""
        for _ in range(number):
            if self.line() == "ended\n":
                return

    def lines(self) -> list[str]:
        """What the runner says until it is gone."""
        return list(iter(self.line, "gone\n"))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        self.process.stdout.close()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.said.put(line)
        self.said.put("")


@pytest.fixture
def runners(tmp_path):
    # Short, because it holds sockets.
    with tempfile.TemporaryDirectory(prefix="pr-", ignore_cleanup_errors=True) as scratch:
        found = Runners(tmp_path / "runners.py", scratch)
        try:
            yield found, Path(scratch)
        finally:
            found.close()


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def processes_with(word: str) -> list[str]:
    """Command lines of living processes whose environment or command has a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word.encode() in (path / "environ").read_bytes() + (path / "cmdline").read_bytes():
                found.append((path / "cmdline").read_text())
    return found


def wait_for_no_process_with(word: str, besides: int = 0) -> None:
    start = time.monotonic()
    while len(left := processes_with(word)) > besides:
        assert time.monotonic() - start < 20, left
        time.sleep(0.02)


def test_a_run_killed_at_any_moment_is_made_good_by_the_next(runners, tmp_path, pytestconfig):
    runs, scratch = runners
    runs.start(tmp_path / "undisturbed")
    said = runs.lines()
    expected = files_in(tmp_path / "undisturbed" / "build" / "tiny")
    assert (len(expected), said[-1]) == (2 * 4, "ended\n")
    draw = random.Random(57)
    # A kill after every third event; with --all, at four moments after each.
    moments = range(4 * len(said)) if pytestconfig.getoption("--all") else range(0, len(said), 3)
    for number in moments:
        root = tmp_path / f"killed-{number}"
        pid = runs.start(root)
        # So long after so many events: all parts of a run are met, on a fast machine and on a busy one.
        after = number % len(said)
        runs.events(after)
        time.sleep(0.3 * draw.random())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        runs.lines()
        runs.start(root)
        assert runs.lines()[-1] == "ended\n"
        assert files_in(root / "build" / "tiny") == expected, f"kill {number}, after event {after}"
        assert not list(root.rglob("*.part"))
        shutil.rmtree(root)
    # The one process that forked the runners keeps its environment.
    wait_for_no_process_with(str(scratch), besides=1)
    assert list(scratch.iterdir()) == []


POOL_ENDED = """
import time
from policyreport.running.pool import WorkerPool

if __name__ == "__main__":
    with WorkerPool(1) as pool:
        pool.submit(abs, -1).result()
    print("ended", flush=True)
    time.sleep(60)
"""


def test_a_process_killed_after_its_pool_has_ended_leaves_no_folder(tmp_path):
    script = tmp_path / "ended.py"
    script.write_text(POOL_ENDED)
    with tempfile.TemporaryDirectory(prefix="pr-", ignore_cleanup_errors=True) as scratch:
        process = subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": scratch}
        )
        with process:
            assert process.stdout.readline() == "ended\n"
            # Multiprocessing's fork server has its socket there for the next pool.
            assert list(Path(scratch).iterdir())
            process.kill()
        wait_for_no_process_with(scratch)
        assert list(Path(scratch).iterdir()) == []


def test_two_runs_of_one_edition_at_once_both_end_well(runners, tmp_path):
    runs, scratch = runners
    runs.start(tmp_path / "undisturbed")
    runs.lines()
    expected = files_in(tmp_path / "undisturbed" / "build" / "tiny")
    other = Runners(tmp_path / "other.py", str(scratch))
    try:
        runs.start(tmp_path / "shared")
        other.start(tmp_path / "shared")
        assert (runs.lines()[-1], other.lines()[-1]) == ("ended\n", "ended\n")
    finally:
        other.close()
    assert files_in(tmp_path / "shared" / "build" / "tiny") == expected
    assert not list((tmp_path / "shared").rglob("*.part"))


class Prepared(Executor):
    """Runs nothing: answers each unit with a notebook that does not shrink when it is packed."""

    def submit(self, task, unit):
        future = Future()
        body = random.Random(unit.area).randbytes(20_000)
        future.set_result(Outcome(unit.area, unit.notebook, body, b'{"area": "%s"}' % unit.area.encode()))
        return future


def run_prepared(root: Path) -> RunSummary:
    """An edition of ten areas, 400 kB with what the cache keeps."""
    areas = [f"n{number:02}" for number in range(10)]
    units = [Unit(area, "clean", b"{}", {"area": area}, {"ledger.csv": b"x"}) for area in areas]
    store = root / "build" / "tiny"
    return run_stages([lambda _: units], store, 1, lambda event: None, Prepared(), cache=Cache(root))


@contextlib.contextmanager
def mounted(folder: Path, *words: str):
    """A file system of its own, where the system lets us mount one."""
    done = subprocess.run(["mount", *words, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs to mount a file system: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_one_message_and_costs_nothing_that_was_kept(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    run_prepared(tmp_path / "undisturbed")
    with mounted(root, "-t", "tmpfs", "-o", "size=200k", "tmpfs"):
        with pytest.raises(RunError, match=r"a folder that can be written; got No space left on device\. Free space"):
            run_prepared(root)
        assert not list(root.rglob("*.part"))
        # The cache's own files say whether they are whole; a damaged one would be removed when it is read.
        kept = files_in(root / "build" / "cache")
        cache = Cache(root)
        results = [name.removeprefix("results/").replace("/", "") for name in kept if name.startswith("results/")]
        assert results
        assert all(cache.find(key) is not None for key in results)
        subprocess.run(["mount", "-o", "remount,size=10m", str(root)], check=True)
        summary = run_prepared(root)
        assert (summary.done, summary.failed) == (10, ())
        assert summary.executed <= 10 - len(results)
        for part in ("records", "notebooks"):
            expected = files_in(tmp_path / "undisturbed" / "build" / "tiny" / part)
            assert files_in(root / "build" / "tiny" / part) == expected


def test_a_build_folder_that_cannot_be_written_is_one_message(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    with mounted(root, "-t", "tmpfs", "-o", "size=10m", "tmpfs"):
        run_prepared(root)
        before = files_in(root)
        (root / "build" / "tiny" / "records" / "n03" / "clean.json").unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(root)], check=True)
        with pytest.raises(
            RunError, match=r"a folder that can be written; got Read-only file system\. Free space or correct"
        ):
            run_prepared(root)
        subprocess.run(["mount", "-o", "remount,rw", str(root)], check=True)
        assert run_prepared(root).executed == 0
        assert files_in(root) == before
