"""The kernels of a batch: warm and cold ones come to the same bytes, and end in time."""

import asyncio
import time
from collections.abc import Iterator
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
    assert {"policyreport.open_edition", "policyreport.fit_trend", "policyreport.figures.present"} <= set(found)


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
