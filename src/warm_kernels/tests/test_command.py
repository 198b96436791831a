"""``warm-kernels run -- COMMAND`` gives any Jupyter program warm kernels, and says what it did."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from warm_kernels import forkserver
from warm_kernels.command import named_notebooks
from warm_kernels.notebooks import imports_of

BIN = Path(sys.executable).parent
needs_fork = pytest.mark.skipif(bool(forkserver.why_not()), reason=forkserver.why_not() or "forks")


def write(path: Path, *cells: str, kernel: str = "python3") -> Path:
    cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    metadata = {"kernelspec": {"name": kernel, "language": "python", "display_name": kernel}}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), path)
    return path


def run(*words: object, **options) -> subprocess.CompletedProcess[str]:
    command = [BIN / "warm-kernels", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


def printed(path: Path) -> str:
    return "".join(output.text for cell in nbformat.read(path, 4).cells for output in cell.outputs)


@needs_fork
def test_a_program_gets_kernels_with_its_notebooks_imports_and_the_last_line_counts_them(tmp_path: Path) -> None:
    looks = "import sys, os\nprint('decimal' in sys.modules, sorted(set(os.environ) & {'WARM_KERNELS_SERVER', %r}))"
    looks %= "JUPYTER_DEFAULT_PROVISIONER_NAME"
    first = write(tmp_path / "first.ipynb", looks, "import decimal")
    done = run("run", "--", BIN / "jupyter-execute", "--inplace", first, write(tmp_path / "b" / "second.ipynb", "1"))
    assert done.returncode == 0, done.stderr
    assert printed(first) == "True []\n"
    assert done.stderr.splitlines()[-1] == "warm kernels: 2 forked, 0 cold"


@needs_fork
def test_a_kernel_of_another_program_starts_as_always_and_the_last_line_says_why(tmp_path: Path) -> None:
    spec = tmp_path / "kernels" / "own"
    spec.mkdir(parents=True)
    argv = [sys.executable, "-O", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (spec / "kernel.json").write_text(json.dumps({"argv": argv, "language": "python", "display_name": "Own"}))
    path = write(tmp_path / "n.ipynb", "print(__debug__)", kernel="own")
    execute = [BIN / "jupyter-execute", "--kernel_name=own", "--inplace", path]
    done = run("run", "--import", "json,decimal", "--", *execute, env=os.environ | {"JUPYTER_PATH": str(tmp_path)})
    assert printed(path) == "False\n"
    assert "warm kernels: 0 forked, 1 cold: 1 other program (" in done.stderr


@pytest.mark.parametrize(("code", "expected"), [("raise SystemExit(7)", 7), ("os.kill(os.getpid(), 9)", 137)])
def test_the_exit_code_is_the_commands(code: str, expected: int) -> None:
    done = run("run", "--", sys.executable, "-c", f"import os; {code}")
    assert done.returncode == expected


@needs_fork
def test_a_signal_reaches_the_command_and_nothing_is_left() -> None:
    code = "import os, time; print(os.environ['WARM_KERNELS_SERVER'], flush=True); time.sleep(60)"
    with subprocess.Popen([BIN / "warm-kernels", "run", "--", sys.executable, "-c", code],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        assert process.stdout
        folder = Path(process.stdout.readline()).parent
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
    assert not folder.exists()


def test_without_a_command_or_with_one_that_is_not_there_it_says_so() -> None:
    assert "no command is given" in run("run").stderr
    assert "there is no program no-such-program" in run("run", "--", "no-such-program").stderr


def test_the_help_shows_how_it_is_used() -> None:
    for words in (["--help"], ["run", "--help"]):
        assert "warm-kernels run -- pytest --nbmake notebooks/" in run(*words).stdout


def test_notebooks_are_those_that_the_command_names_or_those_in_its_folders(tmp_path: Path) -> None:
    write(tmp_path / ".ipynb_checkpoints" / "old.ipynb", "import old")
    first, deep = write(tmp_path / "a.ipynb", "import json"), write(tmp_path / "deep" / "b.ipynb", "import decimal")
    assert named_notebooks(["--to", "html", str(first), str(tmp_path)]) == [first]
    assert named_notebooks(["--nbmake", str(tmp_path)]) == [first, deep]
    assert named_notebooks([str(tmp_path / "**" / "*.ipynb")]) == [first, deep]
    assert imports_of([tmp_path]) == ["decimal", "json"]
