"""The kernels of a batch: warm and cold ones come to the same bytes, and end in time."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager

from policyreport.running.execute import Unit, execute_unit
from policyreport.running.kernels import BatchKernelManager, batch_server
from warm_kernels import forkserver
from warm_kernels.notebooks import imported_modules
from warm_kernels.provisioner import use_server

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "notebooks" / "fixtures"
needs_fork = pytest.mark.skipif(bool(forkserver.why_not()), reason=forkserver.why_not() or "forks")


def notebook(*cells: str) -> bytes:
    return nbformat.writes(
        nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
        )
    ).encode()


@contextmanager
def forked_from(address: str) -> Iterator[None]:
    """Kernels from this server, for a while."""
    use_server(address)
    try:
        yield
    finally:
        use_server(None)


def test_the_projects_notebooks_name_what_they_import():
    found = imported_modules(path.read_bytes() for path in (ROOT / "notebooks").glob("*/*.ipynb"))
    assert {"policyreport.open_edition", "policyreport.fit_trend", "policyreport.figures.plot"} <= set(found)


@needs_fork
def test_warm_and_cold_give_the_same_bytes(tmp_path):
    (tmp_path / "wide.ipynb").write_bytes(notebook("import pandas as pd\nimport json"))
    wide = notebook(
        "import pandas as pd\nimport json",
        "pd.DataFrame({f'a rather long column {i}': [i / 7] for i in range(15)})",
        "hash('policy'), list({'b', 'a', 'c'})",
        "open('record.json', 'w').write(json.dumps({'area': 'n01'}))",
    )
    units = [Unit("n01", "clean", wide, timeout=60.0)]
    for name in ("reads_slice", "raises", "dies", "writes_no_record", "names_machine_paths", "shows_environment"):
        source = (FIXTURES / f"{name}.ipynb").read_bytes()
        units.append(Unit("n01", name, source, {"area": "n01"}, {"ledger.csv": b"x\n1\n"}, timeout=60.0))
    with forked_from(""):
        cold = [execute_unit(unit) for unit in units]
    with batch_server([tmp_path / "wide.ipynb"]) as server, forked_from(server.address):
        warm = [execute_unit(unit) for unit in units]
    assert warm == cold
    assert [outcome.failure is None for outcome in cold] == [True, True, False, False, False, False, True]


def test_a_hanging_forked_notebook_is_stopped_at_its_time_out():
    source = (FIXTURES / "hangs.ipynb").read_bytes()
    with batch_server([]) as server, forked_from(server.address):
        start = time.monotonic()
        outcome = execute_unit(Unit("n01", "clean", source, {"area": "n01"}, timeout=4.0))
    assert outcome.failure.reason == "time-out"
    assert time.monotonic() - start < 20


def test_where_fork_is_unsafe_a_batch_starts_cold_and_says_so(monkeypatch):
    monkeypatch.setattr(forkserver.sys, "platform", "darwin")
    with batch_server([]) as server:
        assert server.address == ""
        assert server.reason.startswith("macOS")
    with batch_server([], cold=True) as server:
        assert (server.address, server.reason) == ("", "")


@pytest.mark.parametrize(("ending", "sent"), [(True, 0), (False, 1)])
def test_a_kernel_on_its_way_to_the_end_gets_no_interrupt(monkeypatch, ending, sent):
    signals = []

    async def note(self):
        signals.append(self)

    monkeypatch.setattr(AsyncKernelManager, "_async_interrupt_kernel", note)
    manager = BatchKernelManager()
    manager.shutting_down = ending
    asyncio.run(manager.interrupt_kernel())
    assert len(signals) == sent


# ---- a kernel that would not be like a cold one; what notebooks leave behind ------------------------------

# It decides at import by its environment, as dask and matplotlib do.
SETTINGS = 'import os\nEXACT = os.environ.get("SETTINGS_EXACT", "unset")\n'


@needs_fork
def test_d1_a_batch_starts_such_a_kernel_again_and_cold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings_module.py").write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    hidden = 'import os\ngetattr(os, "envi" + "ron")["SETTINGS_EXACT"] = "7"\nimport settings_module'
    keeps = "open('record.json', 'w').write(settings_module.EXACT)"
    ahead = ("importlib", "import_module", "settings_module")
    with batch_server([], rehearsal=ahead) as server, forked_from(server.address):
        outcome = execute_unit(Unit("n01", "clean", notebook(hidden, keeps), timeout=60.0))
    assert outcome.record == b"7"
    assert "SETTINGS_EXACT" in outcome.cold


LEFT = {
    "in a session of its own": "p = subprocess.Popen(['sleep', '300'], start_new_session=True)\npid = p.pid",
    "without an environment": (
        "p = subprocess.Popen(['/bin/sleep', '300'], start_new_session=True, env={})\npid = p.pid"
    ),
    "as a daemon": (
        "daemon = '/usr/bin/setsid /bin/sleep 300 >/dev/null 2>&1 & echo $!'\n"
        "command = ['env', '-i', '/bin/sh', '-c', daemon]\n"
        "pid = int(subprocess.run(command, capture_output=True, text=True).stdout)"
    ),
}


@needs_fork
@pytest.mark.parametrize("kernels", ["warm", "cold"])
def test_d5_a_process_in_a_session_of_its_own_ends_with_a_successful_run(kernels: str) -> None:
    with batch_server([], cold=kernels == "cold") as server, forked_from(server.address):
        for how, code in LEFT.items():
            keeps = f"import subprocess\n{code}\nopen('record.json', 'w').write(str(pid))"
            outcome = execute_unit(Unit("n01", "clean", notebook(keeps), timeout=60.0))
            assert outcome.failure is None, outcome.failure
            wait_for(lambda: gone(int(outcome.record)), how)  # noqa: B023 # called at once


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 5) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, what
        time.sleep(0.02)
