"""A Dask cluster: the same bytes as here, whatever happens to its workers."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

from policyreport.errors import RunError, UsageError
from policyreport.running import plan
from policyreport.running.cluster.executor import DaskExecutor
from policyreport.running.cluster.worker import Order, describe_environment
from policyreport.running.events import Finished, WorkerLost
from policyreport.running.execute import Unit
from policyreport.running.kernels import batch_server
from policyreport.running.pool import WorkerPool
from policyreport.running.runs import run_stages
from policyreport.running.store import notebook_path, record_path
from warm_kernels.notebooks import imported_modules

FIXTURES = Path(__file__).parents[1] / "notebooks" / "fixtures"
HERE = tuple(describe_environment({"pandas", "papermill"}).items())

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")


def unit(name: str, area: str) -> Unit:
    parameters = {"area": area} if name == "reads_slice" else {}
    return Unit(area, "clean", (FIXTURES / f"{name}.ipynb").read_bytes(), parameters, {"ledger.csv": b"x\n1\n"}, 60.0)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def run_here(units: list[Unit], store: Path) -> None:
    with batch_server([]) as server, WorkerPool(2, server.address) as pool:
        run_stages([lambda _: units], store, 2, lambda event: None, pool)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A running scheduler with one worker, as on another machine: its address, the worker's process id."""
    folder = tmp_path_factory.mktemp("cluster")
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    words = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    server = subprocess.Popen([*words, "--no-dashboard", "--scheduler-file", "scheduler.json"], **quiet)
    words = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", "scheduler.json", "--no-nanny"]
    worker = subprocess.Popen([*words, "--nthreads", "2", "--no-dashboard"], **quiet)
    try:
        wait_for((folder / "scheduler.json").exists, 60)
        from distributed import Client

        with Client(scheduler_file=str(folder / "scheduler.json"), set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
            yield client.scheduler.address, worker.pid
    finally:
        for process in (worker, server):
            process.kill()
            process.wait()


def wait_for(condition, seconds: float) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(0.05)


def kernels_server(pid: int) -> list[int]:
    """Process ids of the fork servers that a process started."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            words = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"kernels.server" in words:
            found.append(int(path.name))
    return found


def test_a_scheduler_elsewhere_gives_the_bytes_of_the_local_pool(scheduler, tiny, tmp_path):
    address, worker = scheduler
    units = [unit for unit in plan.first_units(tiny.root, "tiny", ["n40"], tiny.store) if unit.area == "n40"]
    order = Order(HERE, tuple(imported_modules(each.source for each in units)))
    with DaskExecutor(address, order) as cluster:
        summary = run_stages([lambda _: units], tmp_path, 1, lambda event: None, cluster)
    assert summary.done == 3
    for each in units:
        for path in (record_path, notebook_path):
            assert path(tmp_path, *each.key).read_bytes() == path(tiny.store, *each.key).read_bytes()
    assert len(kernels_server(worker)) == 1, "the worker has one fork server, for this run and the next"


def test_failures_have_the_same_bytes_too(scheduler, tmp_path):
    units = [unit("raises", "n01"), unit("dies", "n02"), unit("names_machine_paths", "n03"), unit("reads_slice", "n04")]
    with DaskExecutor(scheduler[0], Order(HERE)) as cluster:
        run_stages([lambda _: units], tmp_path / "there", 2, lambda event: None, cluster)
    run_here(units, tmp_path / "here")
    assert files_in(tmp_path / "there") == files_in(tmp_path / "here")


def test_a_worker_of_another_environment_gets_no_work(scheduler):
    environment = dict(HERE) | {"pandas": "1.2.3"}
    with pytest.raises(RunError, match=r"pandas \S+ \(here 1\.2\.3\).*restart the workers"):
        DaskExecutor(scheduler[0], Order(tuple(environment.items())))


def test_a_worker_that_joins_later_is_compared_before_it_works(scheduler, tmp_path):
    with DaskExecutor(scheduler[0], Order(HERE)) as cluster:
        cluster.order = Order(tuple((dict(HERE) | {"papermill": "0"}).items()))
        with pytest.raises(RunError, match=r"worker tcp://.*papermill"):
            run_stages([lambda _: [unit("reads_slice", "n01")]], tmp_path, 1, lambda event: None, cluster)


def test_an_address_where_nothing_answers_is_a_message(monkeypatch):
    monkeypatch.setattr("policyreport.running.cluster.executor.CONNECT_SECONDS", 2)
    with pytest.raises(UsageError, match=r"--cluster tcp://127\.0\.0\.1:9: expected a Dask scheduler with a worker"):
        DaskExecutor("tcp://127.0.0.1:9", Order(HERE))


def test_the_fork_server_of_a_killed_worker_ends_with_it_and_a_run_without_workers_does_not_hang(
    scheduler, tmp_path, monkeypatch
):
    monkeypatch.setattr("policyreport.running.cluster.executor.WITHOUT_WORKERS_SECONDS", 1.0)
    address, worker = scheduler
    events = []
    with DaskExecutor(address, Order(HERE)) as cluster:
        run_stages([lambda _: [unit("reads_slice", "n01")]], tmp_path, 1, events.append, cluster)
        servers = kernels_server(worker)
        os.kill(worker, signal.SIGKILL)
        with pytest.raises(RunError, match="a worker; got none"):
            run_stages([lambda _: [unit("reads_slice", "n02")]], tmp_path, 1, events.append, cluster)
    assert servers
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in servers), 10)
    assert [type(event) for event in events if isinstance(event, WorkerLost)] == [WorkerLost]


def test_killing_a_worker_of_a_cluster_started_here_loses_nothing(tmp_path):
    units = [unit("reads_slice", f"n{number:02}") for number in range(10)]
    events = []
    with batch_server([]) as server, DaskExecutor("local:2", Order(HERE, server=server.address)) as cluster:

        def tell(event):
            events.append(event)
            if sum(isinstance(each, Finished) for each in events) == 3 and isinstance(event, Finished):
                nanny = next(iter(cluster.local.cluster.workers.values()))
                os.kill(nanny.pid, signal.SIGKILL)

        summary = run_stages([lambda _: units], tmp_path / "there", 2, tell, cluster)
        scratch = cluster.local.scratch
    assert (summary.done, summary.failed) == (10, ())
    assert any(isinstance(event, WorkerLost) and event.units for event in events)
    assert not scratch.exists()
    run_here(units, tmp_path / "here")
    assert files_in(tmp_path / "there") == files_in(tmp_path / "here")


def test_a_task_that_the_scheduler_gave_up_is_an_error_of_the_executor():
    class Dropped:
        status = "cancelled"

    from concurrent.futures import Future

    executor = DaskExecutor.__new__(DaskExecutor)
    executor._names = {"k": ("n40", "trend")}
    given = Future()
    executor._pass_on(Dropped(), "k", given)
    assert isinstance(given.exception(), BrokenExecutor)
    assert "n40/trend" in str(given.exception())
