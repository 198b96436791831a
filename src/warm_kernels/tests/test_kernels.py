"""Kernels forked from a warm server: fresh, isolated, ended like any other, and the same bytes as cold ones."""

import asyncio
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager, KernelManager
from nbclient import NotebookClient
from papermill import execute_notebook

from warm_kernels import forkserver, provisioner, warm_kernels
from warm_kernels.forked import ListedModules
from warm_kernels.forkserver import NAME, ForkServer
from warm_kernels.notebooks import imported_modules
from warm_kernels.provisioner import kernel_arguments, use_server
from warm_kernels.request import ForkRefusedError, request_from_here

ROOT = Path(__file__).parents[1]
needs_fork = pytest.mark.skipif(bool(forkserver.why_not()), reason=forkserver.why_not() or "forks")


def notebook(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
    )


def body(*cells: str) -> bytes:
    return nbformat.writes(notebook(*cells)).encode()


def said(executed: nbformat.NotebookNode) -> list[str]:
    return [
        output.get("text") or output.data["text/plain"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if output.output_type != "error"
    ]


def run(*cells: str, **options) -> list[str]:
    """What the cells say, run by nbclient as anybody would."""
    return said(NotebookClient(notebook(*cells), timeout=60, **options).execute())


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(condition, seconds: float = 20) -> None:
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def forked_from(address: str):
    """Kernels from this server, for a while."""
    before = provisioner.given_server()
    use_server(address)
    try:
        yield
    finally:
        use_server(before)


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """Warm kernels for notebooks that import pandas."""
    path = tmp_path_factory.mktemp("notebooks") / "frames.ipynb"
    path.write_bytes(body("import pandas as pd\nimport matplotlib.pyplot as plt"))
    with warm_kernels(path) as server:
        yield server


def test_imports_are_found_in_the_code_cells_of_notebooks():
    cells = [
        "%matplotlib inline\nimport numpy as np, os.path\n!ls",
        "def later():\n    from scipy import stats\n    from pandas import *\n    from . import own",
        "this is not Python",
    ]
    expected = ["numpy", "os.path", "pandas", "scipy", "scipy.stats"]
    assert imported_modules([body(*cells), b"no notebook", b"[]"]) == expected


@needs_fork
def test_a_kernel_is_a_fork_that_has_the_imports_and_nothing_else(warm):
    asks = "import os, sys\nprint('pandas' in sys.modules, os.getppid(), os.getsid(0) == os.getpid())"
    first, second = run(asks, "x = 1"), run(asks, "print('x' in globals())")
    assert first == [f"True {warm.pid} True\n"]
    assert second == [f"True {warm.pid} True\n", "False\n"]


@pytest.mark.parametrize("first", [b'{"ready": true}\n{"pid": 12}\n', b'{"pid": 12}\n{"ready": true}\n'])
def test_a_kernel_that_is_ready_before_its_parent_has_spoken_is_taken(first: bytes):
    ours, servers = socket.socketpair()
    ours.setblocking(False)
    with ours, servers:
        servers.sendall(first)
        assert asyncio.run(forkserver.take_kernel(ours)).pid == 12


@needs_fork
def test_each_kernel_draws_other_random_numbers(warm):
    draws = "import random, numpy, uuid\nprint(random.random(), numpy.random.random(), uuid.uuid4())"
    first, second = run(draws)[0].split(), run(draws)[0].split()
    assert all(one != other for one, other in zip(first, second, strict=True))


@needs_fork
def test_a_kernel_has_the_folder_and_environment_it_was_started_with(warm, tmp_path, monkeypatch):
    monkeypatch.setenv("SOME_SETTING", "7")
    asks = "import os, sys\nprint(os.getcwd(), os.environ['SOME_SETTING'])\nprint(sys.path, sys.argv[0])"
    options = {"resources": {"metadata": {"path": str(tmp_path)}}}
    forked = run(asks, **options)
    with forked_from(""):
        assert forked == run(asks, **options)
    assert forked[0].startswith(f"{tmp_path} 7\n")


@needs_fork
def test_what_modules_ask_of_the_shell_when_imported_is_answered_as_in_a_kernel(warm):
    # pandas asks whether it is in a terminal; matplotlib joins the shell to show figures after a cell.
    asks = "import pandas as pd\nprint(pd.get_option('display.max_columns'))"
    draws = "import matplotlib.pyplot as plt\nplt.plot([1, 2])"
    executed = NotebookClient(notebook(asks, draws), timeout=60).execute()
    assert said(executed)[0] == "20\n"
    assert any("image/png" in output.get("data", {}) for output in executed.cells[1].outputs)


@needs_fork
def test_an_interrupt_reaches_the_cell_and_the_kernel_lives_on(warm):
    async def interrupted():
        manager = AsyncKernelManager()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=30)
            client.execute("import time\nprint('begun', flush=True)\ntime.sleep(60)")
            while (await client.get_iopub_msg(timeout=20))["msg_type"] != "stream":
                pass
            await manager.interrupt_kernel()
            reply = await client.get_shell_msg(timeout=20)
            return reply["content"]["ename"], await manager.is_alive(), manager.provisioner.process
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    ename, alive, process = asyncio.run(interrupted())
    assert (ename, alive) == ("KeyboardInterrupt", True)
    assert process.returncode == -signal.SIGKILL


@needs_fork
def test_a_kernel_can_be_restarted_and_asked_to_end(warm):
    manager = KernelManager()
    manager.start_kernel()
    first = manager.provisioner.pid
    manager.restart_kernel(now=True)
    process = manager.provisioner.process
    assert process.pid != first
    assert gone(first)
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    client.stop_channels()
    manager.shutdown_kernel()
    assert process.poll() == 0


@needs_fork
@pytest.mark.parametrize(("cell", "code"), [("import os; os._exit(7)", 7), ("import os; os.kill(os.getpid(), 9)", -9)])
def test_a_kernel_that_ends_by_itself_has_its_exit_code(warm, cell, code):
    manager = KernelManager()
    manager.start_kernel()
    process = manager.provisioner.process
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=30)
    client.execute(cell)
    try:
        assert process.wait(20) == code
        assert not manager.is_alive()
    finally:
        client.stop_channels()
        manager.cleanup_resources()


@needs_fork
def test_the_end_of_the_server_is_the_end_of_its_kernels_and_its_folder():
    with ForkServer([]) as server, forked_from(server.address):
        folder = server.folder
        assert (folder.stat().st_mode & 0o777) == 0o700
        manager = KernelManager(kernel_name="python3")
        manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        manager.start_kernel()
        pid = manager.provisioner.pid
        assert not gone(pid)
        os.kill(server.pid, signal.SIGKILL)
        wait_for(lambda: gone(pid))
    manager.cleanup_resources()
    assert not folder.exists()


OWNER = """
import time
from jupyter_client.manager import KernelManager
from warm_kernels import warm_kernels
with warm_kernels() as server:
    manager = KernelManager()
    manager.start_kernel()
    print(server.pid, manager.provisioner.pid, server.folder, flush=True)
    time.sleep(60)
"""


@needs_fork
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes through /proc")
def test_a_killed_owner_takes_server_kernel_and_folder_with_it():
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        server, kernel, folder = owner.stdout.readline().split()
        owner.kill()
        wait_for(lambda: gone(int(server)) and gone(int(kernel)))
        wait_for(lambda: not Path(folder).exists())


@pytest.mark.parametrize(
    "cmd",
    [
        ["/usr/bin/R", "--slave"],
        [sys.executable, "-O", "-m", "ipykernel_launcher", "-f", "x"],
        [sys.executable, "-m", "xeus"],
        [],
    ],
)
def test_another_program_or_interpreter_is_never_forked(cmd):
    with pytest.raises(ForkRefusedError):
        kernel_arguments(cmd)


def test_the_arguments_of_a_kernel_are_found_behind_its_module():
    cmd = [sys.executable, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "k.json", "--debug"]
    assert kernel_arguments(cmd) == ["-f", "k.json", "--debug"]


@needs_fork
def test_a_kernel_that_wants_another_start_begins_cold_and_the_log_says_why(warm, monkeypatch, caplog):
    monkeypatch.setenv("PYTHONHASHSEED", "17")
    monkeypatch.setattr(provisioner, "_explained", set())
    found = run("import os\nprint(os.getppid(), os.environ['PYTHONHASHSEED'])")
    assert found == [f"{os.getpid()} 17\n"]
    assert [record.getMessage() for record in caplog.records if record.name == provisioner.__name__] == [
        "Kernels start cold: the kernel wants PYTHONHASHSEED otherwise than the fork server was started with."
    ]


@needs_fork
def test_a_process_whose_owner_was_killed_starts_no_cold_kernel(monkeypatch, tmp_path):
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: SimpleNamespace(is_alive=lambda: False))
    with forked_from(str(tmp_path / "gone")), pytest.raises(RuntimeError, match="left by its owner"):
        asyncio.run(_start_and_ask())


@needs_fork
def test_a_module_that_starts_a_thread_is_left_to_the_notebook_and_the_others_are_not(tmp_path, monkeypatch, caplog):
    code = "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True, name='busy').start()"
    (tmp_path / "threaded_module.py").write_text(code)
    (tmp_path / "plain_module.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    asks = "import sys, threading\nprint('plain_module' in sys.modules, 'threaded_module' in sys.modules)"
    uses = "import threaded_module\nprint([each.name for each in threading.enumerate() if each.name == 'busy'])"
    with warm_kernels(modules=("plain_module", "threaded_module")):
        assert run(asks, uses) == ["True False\n", "['busy']\n"]
    assert (
        "threaded_module is not imported ahead of the notebooks: when it is imported, it starts a thread" in caplog.text
    )


async def _start_and_ask() -> int:
    """Parent of a kernel."""
    manager = AsyncKernelManager(kernel_name="python3")
    manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
    await manager.start_kernel()
    parent = int(Path(f"/proc/{manager.provisioner.pid}/stat").read_text().rpartition(")")[2].split()[1])
    await manager.shutdown_kernel(now=True)
    return parent


@needs_fork
def test_plain_papermill_uses_warm_kernels_after_one_line(warm, tmp_path):
    asks = "import os, sys\nprint('pandas' in sys.modules, os.getppid())"
    nbformat.write(notebook(asks), tmp_path / "in.ipynb")
    execute_notebook(tmp_path / "in.ipynb", tmp_path / "out.ipynb", progress_bar=False)
    assert said(nbformat.read(tmp_path / "out.ipynb", 4)) == [f"True {warm.pid}\n"]


def test_kernels_are_cold_again_after_the_warm_ones_are_closed():
    with forked_from(""):
        with warm_kernels():
            assert provisioner.server_in_use()
        assert provisioner.server_in_use() == ""
        assert run("import os\nprint(os.getppid())") == [f"{os.getpid()}\n"]


INSTALLED = """
import sys
from importlib.metadata import entry_points
(found,) = [each for each in entry_points(group="jupyter_client.kernel_provisioners") if each.name == sys.argv[1]]
from jupyter_client.provisioning import LocalProvisioner
print(issubclass(found.load(), LocalProvisioner))
"""


def test_the_entry_point_in_pyproject_is_the_provisioner(tmp_path):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["jupyter_client.kernel_provisioners"]
    folder = tmp_path / "another-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: another\nVersion: 1\n")
    lines = "\n".join(f"another-{name} = {value}" for name, value in points.items())
    (folder / "entry_points.txt").write_text(f"[jupyter_client.kernel_provisioners]\n{lines}\n")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    words = [sys.executable, "-c", INSTALLED, f"another-{NAME}"]
    answer = subprocess.run(words, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True)
    assert answer.stdout == "True\n"


@needs_fork
def test_a_forked_kernel_can_be_connected_to_when_its_launch_returns(tmp_path: Path) -> None:
    async def launched() -> set[str]:
        manager = AsyncKernelManager(transport="ipc", connection_file=str(tmp_path / "k.json"))
        manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        await manager.start_kernel()
        try:
            assert isinstance(manager.provisioner.process, forkserver.ForkedKernel)
            ports = (getattr(manager, f"{name}_port") for name in ("shell", "iopub", "stdin", "hb", "control"))
            return {f"{manager.ip}-{port}" for port in ports if not Path(f"{manager.ip}-{port}").is_socket()}
        finally:
            await manager.shutdown_kernel(now=True)

    with ForkServer([]) as server, forked_from(server.address):
        assert asyncio.run(launched()) == set()


@needs_fork
def test_a_kernel_that_ends_before_it_is_ready_is_a_dead_kernel_and_no_hang(tmp_path: Path) -> None:
    broken = "import os, warm_kernels.forked as forked\nforked._show_figures = lambda: os._exit(3)"
    (tmp_path / "broken_kernel.py").write_text(broken, encoding="utf-8")

    async def code(server: ForkServer) -> int:
        with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 # a stream, not a file to wait for
            request = request_from_here(["-f", str(tmp_path / "k.json")], os.environ, str(tmp_path))
            connection = forkserver.fork_kernel(server.address, request, [nothing.fileno()] * 3)
        kernel = await asyncio.wait_for(forkserver.take_kernel(connection), 60)
        return await kernel.wait_async()

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(tmp_path))
        with ForkServer(["broken_kernel"]) as server:
            assert asyncio.run(code(server)) == 3


def test_the_list_of_modules_names_the_files_that_the_modules_would() -> None:
    asked = [module.__file__ for module in sys.modules.copy().values() if getattr(module, "__file__", None)]
    listed = ListedModules().copy().values()
    assert [each.__file__ for each in listed] == asked
    assert all(hasattr(each, "__file__") for each in listed)
