"""Notebooks and runs that go wrong end in their own clear way, in bounded time, and leave nothing behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest

from policyreport.records.base import Failure
from policyreport.running.execute import Unit, execute_unit
from policyreport.running.kernels import batch_server
from policyreport.running.runs import run_stages
from policyreport.running.store import failure_path, notebook_path, record_path
from warm_kernels.provisioner import use_server

FIXTURES = Path(__file__).parents[1] / "notebooks" / "fixtures"


def unit(name: str, area: str = "n01", **changes) -> Unit:
    values = {"parameters": {"area": area}, "slice": {"ledger.csv": b"x\n1\n"}, "timeout": 60.0}
    return Unit(area, "clean", (FIXTURES / f"{name}.ipynb").read_bytes(), **(values | changes))


def marked_cell(body: bytes) -> str:
    """Source of the cell that carries the error."""
    cells = nbformat.reads(body.decode(), as_version=4).cells
    marked = [cell.source for cell in cells if any(output.output_type == "error" for output in cell.get("outputs", []))]
    assert len(marked) == 1
    return marked[0]


def test_a_raising_notebook_keeps_the_error_in_its_cell():
    outcome = execute_unit(unit("raises"))
    assert outcome.record is None
    assert (outcome.failure.reason, outcome.failure.error, outcome.failure.message) == (
        "raised",
        "KeyError",
        "'2025'",
    )
    assert 'shares["2025"]' in outcome.failure.cell
    assert marked_cell(outcome.notebook_bytes) == outcome.failure.cell
    assert outcome.failure.traceback[-1] == "KeyError: '2025'"
    assert outcome == execute_unit(unit("raises"))


def test_a_hanging_notebook_is_stopped_at_its_time_out():
    outcome = execute_unit(unit("hangs", timeout=4.0))
    assert outcome.failure.reason == "time-out"
    assert outcome.failure.message == "the notebook did not end within 4 s"
    assert "sleep" in marked_cell(outcome.notebook_bytes)


def notebook(code: str) -> bytes:
    """A notebook of one cell, that has no record."""
    return nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code, id="1")])).encode()


KILLED = "import os; os.kill(os.getpid(), 9)"
DEATHS = {
    "import os; os._exit(3)": "ended by itself with exit code 3",
    KILLED: "was killed (SIGKILL; out of memory, perhaps)",
    "import ctypes; ctypes.string_at(0)": "crashed (SIGSEGV)",
}


@pytest.mark.parametrize(("code", "warm"), [*((code, True) for code in DEATHS), (KILLED, False)])
def test_a_dying_kernel_is_told_from_a_raising_notebook_by_how_it_died(code, warm):
    with batch_server([], cold=not warm) as server:
        use_server(server.address)
        try:
            outcome = execute_unit(Unit("n01", "clean", notebook(code), timeout=60.0))
        finally:
            use_server("")
    assert outcome.failure.reason == "kernel-died"
    assert outcome.failure.message == f"the notebook's Python process {DEATHS[code]}"
    assert marked_cell(outcome.notebook_bytes) == outcome.failure.cell == code


def test_a_notebook_without_memory_raises_where_the_system_refuses_it():
    code = "import resource; resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)); bytearray(64 << 30)"
    outcome = execute_unit(Unit("n01", "clean", notebook(code), timeout=60.0))
    assert (outcome.failure.reason, outcome.failure.error) == ("raised", "MemoryError")


def test_a_notebook_that_hears_no_interrupt_is_stopped_too():
    code = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    assert execute_unit(Unit("n01", "clean", notebook(code), timeout=4.0)).failure.reason == "time-out"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
@pytest.mark.parametrize("warm", [True, False])
def test_what_a_dying_kernel_started_ends_with_it(tmp_path, warm):
    note = tmp_path / "pid"
    start = "child = subprocess.Popen(['sleep', '600'])"
    code = f"import os, subprocess\n{start}\nopen({str(note)!r}, 'w').write(str(child.pid))\nos._exit(3)"
    with batch_server([], cold=not warm) as server:
        use_server(server.address)
        try:
            execute_unit(Unit("n01", "clean", notebook(code), timeout=60.0))
        finally:
            use_server("")
        wait_for(lambda: not alive(int(note.read_text())), 5)


def test_a_notebook_without_a_record_is_a_failure():
    outcome = execute_unit(unit("writes_no_record"))
    assert (outcome.failure.reason, outcome.record) == ("no-record", None)
    assert "its last cell must write the record" in outcome.failure.message


def test_an_unknown_parameter_is_refused_before_anything_runs():
    outcome = execute_unit(unit("reads_slice", parameters={"aera": "n01"}))
    assert outcome.failure.reason == "unknown-parameter"
    assert 'did you mean "area"?' in outcome.failure.message
    cells = nbformat.reads(outcome.notebook_bytes.decode(), as_version=4).cells
    assert [cell.source for cell in cells if cell.get("execution_count")] == []


def test_a_file_that_is_no_notebook_is_not_run_and_kept_as_it_is():
    outcome = execute_unit(Unit("n01", "clean", b'{"cells": '))
    assert outcome.failure.reason == "not-run"
    assert "a Jupyter notebook" in outcome.failure.message
    assert outcome.notebook_bytes == b'{"cells": '


@pytest.mark.parametrize("name", ["../outside.csv", "/outside.csv"])
def test_a_slice_cannot_write_outside_its_folder(name):
    outcome = execute_unit(unit("reads_slice", slice={name: b""}))
    assert outcome.failure.reason == "not-run"
    assert "a path inside the folder" in outcome.failure.message


def test_a_lost_worker_process_takes_down_only_the_notebook_that_killed_it(tmp_path):
    units = [unit("reads_slice", "n01"), unit("kills_its_runner", "n02"), unit("reads_slice", "n03")]
    summary = run_stages([lambda _: units], tmp_path, 2, lambda event: None)
    assert [item.area for item in summary.failed] == ["n02"]
    assert record_path(tmp_path, "n01", "clean").exists()
    assert record_path(tmp_path, "n03", "clean").exists()
    failure = Failure.from_json(failure_path(tmp_path, "n02", "clean").read_bytes())
    assert failure.reason == "not-run"
    assert "was killed" in failure.message
    assert notebook_path(tmp_path, "n02", "clean").exists()


RUNNER = """
import sys
from pathlib import Path
from policyreport.running.execute import Unit
from policyreport.running.kernels import batch_server
from policyreport.running.runs import run_stages

if __name__ == "__main__":
    source, done, store, marks = (Path(word) for word in sys.argv[1:5])
    units = [
        Unit("n01", "clean", done.read_bytes(), {"area": "n01"}, {"ledger.csv": b"x"}),
        Unit("n02", "clean", source.read_bytes(), {"marks": str(marks)}),
        Unit("n03", "clean", source.read_bytes(), {"marks": str(marks)}),
    ]
    try:
        with batch_server([], cold=sys.argv[5] == "cold") as server:
            run_stages([lambda store: units], store, 2, lambda event: None, server=server.address)
    except KeyboardInterrupt:
        sys.exit(130)
"""


@pytest.fixture(params=["warm", "cold"])
def hanging_run(tmp_path, request):
    """A run in another process: one notebook done, two kernels hanging; with its kernels and folders."""
    script, store, marks = tmp_path / "runner.py", tmp_path / "store", tmp_path / "marks"
    script.write_text(RUNNER)
    marks.mkdir()
    words = [FIXTURES / "marks_and_hangs.ipynb", FIXTURES / "reads_slice.ipynb", store, marks, request.param]
    # Short, because it holds sockets.
    with tempfile.TemporaryDirectory(prefix="pr-", ignore_cleanup_errors=True) as scratch:
        environment = os.environ | {"TMPDIR": scratch}
        process = subprocess.Popen(
            [sys.executable, script, *words], env=environment, stderr=subprocess.PIPE, start_new_session=True
        )
        try:
            wait_for(lambda: len(list(marks.iterdir())) == 2, 60)
            yield process, [int(path.name) for path in marks.iterdir()], store, Path(scratch)
        finally:
            process.kill()
            process.communicate()


def wait_for(condition, seconds: float) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


@linux
def test_an_interrupt_ends_the_run_and_its_kernels_and_leaves_no_half_file(hanging_run):
    process, kernels, store, scratch = hanging_run
    # As a terminal does: to the runner and all the processes of its group.
    os.killpg(process.pid, signal.SIGINT)
    wait_for(lambda: process.poll() is not None, 20)
    assert process.returncode == 130
    assert process.stderr.read() == b""
    assert not any(alive(pid) for pid in kernels)
    assert list(scratch.iterdir()) == []
    files = sorted(str(path.relative_to(store)) for path in store.rglob("*") if path.is_file())
    assert files == ["notebooks/n01/clean.ipynb", "records/n01/clean.json"]
    assert json.loads((store / "records/n01/clean.json").read_bytes()) == {"area": "n01"}


@linux
def test_a_killed_run_leaves_no_kernel_and_no_folder(hanging_run):
    process, kernels, _, scratch = hanging_run
    process.kill()
    wait_for(lambda: not any(alive(pid) for pid in kernels), 10)
    wait_for(lambda: list(scratch.iterdir()) == [], 10)
