"""A batch's kernel that would not be like a cold one starts again, cold; what notebooks leave behind ends."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from policyreport.running.execute import Unit, execute_unit
from policyreport.running.kernels import batch_server
from warm_kernels import forkserver
from warm_kernels.provisioner import use_server

pytestmark = pytest.mark.skipif(bool(forkserver.why_not()), reason=forkserver.why_not() or "forks")
# It decides at import by its environment, as dask and matplotlib do.
SETTINGS = 'import os\nEXACT = os.environ.get("SETTINGS_EXACT", "unset")\n'


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
