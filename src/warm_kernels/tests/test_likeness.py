"""A warm kernel is what a cold one would be, or becomes one; what notebooks leave behind ends."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient

from warm_kernels import forkserver, provisioner, warm_kernels
from warm_kernels.forkserver import ForkServer
from warm_kernels.provisioner import use_server

ROOT = Path(__file__).parents[1]
needs_fork = pytest.mark.skipif(bool(forkserver.why_not()), reason=forkserver.why_not() or "forks")
pytestmark = needs_fork

# A package that decides at import by its environment, as dask and matplotlib do.
SETTINGS = """
import os, random
import numpy as np
EXACT = os.environ.get("SETTINGS_EXACT", "unset")
PREFIXED = {name: value for name, value in os.environ.items() if name.startswith("SETTINGS_")}
os.environ.setdefault("MADE_BY_SETTINGS", "yes")
DRAWS, GENERATOR = random.Random(), np.random.default_rng()
FIXED = np.random.default_rng(0x87351080e25cb0fad77a44a3be03b491)
"""
MODULES = {
    "settings_module": SETTINGS,
    "printing_module": "print('imported')",
    "reader_of_settings": "import settings_module",
}


def notebook(*cells: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
    )


def run(*cells: str, **options) -> list[str]:
    """What the cells print, run by nbclient as anybody would."""
    executed = NotebookClient(notebook(*cells), timeout=60, **options).execute()
    return [output.text.strip() for cell in executed.cells for output in cell.outputs if output.output_type == "stream"]


@contextmanager
def forked_from(address: str) -> Iterator[None]:
    before = provisioner.given_server()
    use_server(address)
    try:
        yield
    finally:
        use_server(before)


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder of modules that server and kernels find."""
    folder = tmp_path_factory.mktemp("modules")
    for name, code in MODULES.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        yield folder


@pytest.fixture(scope="module")
def warm(modules: Path) -> Iterator[ForkServer]:
    with warm_kernels(modules=("cycler", *MODULES)) as server:
        yield server


def both(*cells: str, **options) -> tuple[list[str], list[str]]:
    """What a notebook prints by a warm and by a cold kernel."""
    forked = run(*cells, **options)
    with forked_from(""):
        return forked, run(*cells, **options)


# ---- D1: what is set before an import ---------------------------------------------------------------------

BEFORE_IMPORT = {
    "an item": 'import os\nos.environ["SETTINGS_EXACT"] = "7"',
    "a magic, by its beginning": "%env SETTINGS_OTHER=7",
    "a name made up": 'import os\nos.environ["SETTINGS" + "_EXACT"] = "7"',
    "for a module that imports it": 'import os\nos.environ["SETTINGS_EXACT"] = "7"\nimport reader_of_settings',
}


@pytest.mark.parametrize("way", BEFORE_IMPORT)
def test_d1_a_variable_set_before_an_import_counts_as_in_a_cold_kernel(warm: ForkServer, way: str) -> None:
    shows = "import settings_module\nprint(settings_module.EXACT, settings_module.PREFIXED)"
    forked, cold = both(BEFORE_IMPORT[way], shows)
    assert forked == cold
    assert "'7'" in forked[-1]


def test_d1_a_variable_set_after_the_import_leaves_the_kernel_warm(warm: ForkServer) -> None:
    cells = "import settings_module, os", 'os.environ["SETTINGS_EXACT"] = "7"\nprint(os.getppid())'
    assert run(*cells) == [str(warm.pid)]


def test_d1_where_no_code_shows_it_the_notebook_is_told(warm: ForkServer) -> None:
    hidden = 'import os\ngetattr(os, "envi" + "ron")["SETTINGS_EXACT"] = "7"\nimport settings_module'
    assert run(hidden)[0].startswith("SETTINGS_EXACT is set too late for settings_module")


STATE = """
import gc, json, locale, os, resource, signal, sys, warnings
import reader_of_settings
print(json.dumps({
    "environment": {name: value for name, value in os.environ.items() if name != "JPY_PARENT_PID"},
    "collector": [gc.get_threshold(), gc.isenabled(), gc.get_debug()],
    "umask": [os.umask(0o022)],
    "limits": [resource.getrlimit(number) for number in range(16)],
    "processors": sorted(os.sched_getaffinity(0)),
    "nice": os.getpriority(os.PRIO_PROCESS, 0),
    "signals": [str(signal.getsignal(number)) for number in sorted(signal.valid_signals())],
    "locale": locale.setlocale(locale.LC_ALL),
    "filters": [str(entry) for entry in warnings.filters],
    "interpreter": [str(sys.flags), sys._xoptions, sys.warnoptions, sys.path, sys.argv[0], len(sys.orig_argv)],
    "limits of Python": [sys.getrecursionlimit(), sys.getswitchinterval()],
    "threads": [int(line.split()[-1]) for line in open("/proc/self/status") if line.startswith("Threads")],
}, sort_keys=True))
"""


def test_d1_the_state_of_a_warm_kernel_is_that_of_a_cold_one(
    warm: ForkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    mask = os.umask(0o027)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 900), hard))
    monkeypatch.setenv("OF_NO_MODULE", "set after the server began")
    try:
        forked, cold = both(STATE, "print(os.getppid())", resources={"metadata": {"path": str(tmp_path)}})
    finally:
        os.umask(mask)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert int(forked[1]) == warm.pid
    assert json.loads(forked[0]) == json.loads(cold[0])
    assert json.loads(forked[0])["umask"] == [0o027]


def test_d1_generators_that_modules_made_ahead_draw_anew_unless_they_were_seeded(warm: ForkServer) -> None:
    draws = "from settings_module import *\nprint(DRAWS.random(), GENERATOR.random(), FIXED.random())"
    first, second = (run(draws)[0].split() for _ in range(2))
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert first[2] == second[2]


THREADS = """
import ctypes
import numpy
path = next(line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line)
library = ctypes.CDLL(path)
names = [f"{a}openblas_get_num_threads{b}" for a in ("scipy_", "") for b in ("64_", "")]
print(next(getattr(library, name) for name in names if hasattr(library, name))())
"""


@pytest.mark.parametrize("number", [None, "3"])
def test_d1_numerical_libraries_use_as_many_threads_as_in_a_cold_kernel(
    warm: ForkServer, monkeypatch: pytest.MonkeyPatch, number: str | None
) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
        if number:
            monkeypatch.setenv(name, number)
    forked, cold = both(THREADS)
    assert forked == cold
    assert run("import os\nprint(os.getppid())") == [str(warm.pid)]


def test_d1_what_a_module_prints_when_imported_is_shown_by_both(warm: ForkServer) -> None:
    forked, cold = both("import printing_module")
    assert forked == cold == ["imported"]


def test_d1_a_module_of_the_notebooks_own_folder_comes_first_in_both(warm: ForkServer, tmp_path: Path) -> None:
    (tmp_path / "cycler.py").write_text("WHERE = 'beside the notebook'")
    options = {"resources": {"metadata": {"path": str(tmp_path)}}}
    forked, cold = both("import cycler\nprint(getattr(cycler, 'WHERE', 'installed'))", **options)
    assert forked == cold == ["beside the notebook"]


def test_d1_an_edited_module_is_what_a_cold_kernel_imports(modules: Path) -> None:
    (modules / "edited_module.py").write_text("VALUE = 1")
    with warm_kernels(modules=("edited_module",)):
        assert run("import edited_module\nprint(edited_module.VALUE)") == ["1"]
        (modules / "edited_module.py").write_text("VALUE = 22")
        assert run("import edited_module\nprint(edited_module.VALUE)") == ["22"]


def test_d1_a_module_replaced_before_the_import_is_replaced_in_both(warm: ForkServer) -> None:
    stub = 'import sys\nsys.modules["cycler"] = None'
    tries = "try:\n    import cycler\n    print('there')\nexcept ImportError:\n    print('replaced')"
    assert both(stub, tries) == (["replaced"], ["replaced"])


# ---- D2: garbage ------------------------------------------------------------------------------------------

CYCLES = """
import resource
import numpy as np
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(6000):
    thing = [np.ones(16_384)]
    thing.append(thing)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_d2_garbage_in_cycles_is_collected_as_early_as_in_a_cold_kernel(warm: ForkServer) -> None:
    # 6,000 arrays of an eighth of a megabyte; Python looks for garbage after 700 objects.
    assert int(run("import numpy", CYCLES)[-1]) < 300


# ---- D8: another interpreter ------------------------------------------------------------------------------

CLIENT = """
import sys
from jupyter_client.manager import KernelManager
from warm_kernels import provisioner
provisioner.use_server(sys.argv[1])
manager = KernelManager(kernel_name="python3")
manager.kernel_spec.metadata["kernel_provisioner"] = {"provisioner_name": provisioner.NAME}
manager.kernel_spec.argv[0] = sys.executable
manager.start_kernel()
print(type(manager.provisioner.process).__name__)
manager.shutdown_kernel(now=True)
"""


def test_d8_a_client_of_another_environment_gets_no_kernel_of_the_servers(warm: ForkServer, tmp_path: Path) -> None:
    venv.create(tmp_path / "other", with_pip=False, symlinks=True)
    site = next((tmp_path / "other" / "lib").glob("python*/site-packages"))
    paths = [path for path in sys.path if path.endswith("site-packages")] + [str(ROOT)]
    (site / "others.pth").write_text("\n".join(paths))
    client = [str(tmp_path / "other" / "bin" / "python"), "-c", CLIENT, warm.address]
    answer = subprocess.run(client, capture_output=True, text=True, timeout=120, check=True)
    assert answer.stdout.strip() == "Popen"
    assert "another Python" in answer.stderr


# ---- D9: pipes, counts, words ------------------------------------------------------------------------


def test_d9_a_kernel_whose_output_goes_to_a_pipe_is_forked_too(warm: ForkServer) -> None:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process = manager.provisioner.process
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    client.execute("import os\nos.write(1, b'to the pipe')\nos.write(2, b'an error')\nos._exit(0)")
    try:
        assert isinstance(process, forkserver.ForkedKernel)
        assert process.stdout.read() == b"to the pipe"
        assert b"an error" in process.stderr.read()
    finally:
        client.stop_channels()
        manager.cleanup_resources()
    assert process.stdout.closed


def test_d9_forked_and_cold_kernels_are_counted_with_their_reasons(
    warm: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warm_kernels.counts import KernelCounts, kernel_counts

    monkeypatch.setattr("warm_kernels.counts._counts", KernelCounts())
    run("1")
    monkeypatch.setenv("SETTINGS_EXACT", "other")
    run("1")
    monkeypatch.setenv("SETTINGS_EXACT", "another")
    run("1")
    counts = kernel_counts()
    assert (counts.forked, dict(counts.cold)) == (1, {"environment": 2})
    assert "SETTINGS_EXACT" in counts.examples["environment"]
    assert str(counts).startswith("kernels: 1 forked, 2 cold: 2 environment (")


def test_d9_the_counts_stand_in_pytests_summary(tmp_path: Path) -> None:
    (tmp_path / "test_notebook.py").write_text(
        "import nbformat\nfrom nbclient import NotebookClient\n"
        "def test_one():\n    cell = nbformat.v4.new_code_cell('1')\n"
        "    NotebookClient(nbformat.v4.new_notebook(cells=[cell]), kernel_name='python3').execute()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "--warm-kernels"]
    answer = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "warm kernels: 1 forked, 0 cold" in answer.stdout


def test_d9_every_reason_for_a_cold_kernel_stands_in_the_document() -> None:
    from warm_kernels.request import Reason

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [reason for reason in Reason if f"| {reason.value} |" not in text] == []
