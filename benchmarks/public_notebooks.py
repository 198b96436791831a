"""Other people's notebooks through other people's programs, with cold kernels and with warm ones.

python benchmarks/public_notebooks.py FOLDER [PROGRAM …] [--quick]

FOLDER holds clones of the repositories in COLLECTIONS, whose notebooks are theirs and not part of this one. The Python
that runs this has warm-kernels, the programs (papermill, nbconvert, nbmake, jupyter-cache) and what the notebooks
import. Of each collection the first ten notebooks are taken that end without an error, with every cell under two
seconds. Each program runs them cold and warm in turn, the server's start included, and outputs are compared; where they
differ the notebook runs cold once more, as one that draws at random or prints the time differs from itself. `--quick`
takes one program for each collection.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
from measuring import Cost, judge, load, timed, words_of
from nbclient import NotebookClient

from warm_kernels import warm_kernels

COLLECTIONS = {
    "jakevdp/WhirlwindTourOfPython": ".",
    "QuantEcon/lecture-python-programming.notebooks": ".",
    "jakevdp/PythonDataScienceHandbook": "notebooks",
    "AllenDowney/ThinkBayes2": "notebooks",
    "statsmodels/statsmodels": "examples/notebooks",
}
NOTEBOOKS = 10
CELL_SECONDS = 2.0
BIN = Path(sys.executable).parent
PAPERMILL = """
import sys, papermill
for name in sys.argv[1:]:
    papermill.execute_notebook(name, "out/" + name, progress_bar=False)
"""
JUPYTER_CACHE = """
import sys, nbformat
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor
cache = get_cache("cache")
for name in sys.argv[1:]:
    cache.add_nb_to_project(name)
load_executor("local-serial", cache).run_and_cache()
for name in sys.argv[1:]:
    nbformat.write(cache.merge_match_into_file(name)[1], "out/" + name)
"""
PROGRAMS: dict[str, list[str]] = {
    "papermill": [sys.executable, "-c", PAPERMILL],
    "nbconvert": [str(BIN / "jupyter-nbconvert"), "--to=notebook", "--execute", "--output-dir=out"],
    "jupyter-execute": [str(BIN / "jupyter-execute"), "--inplace"],
    "nbmake": [str(BIN / "pytest"), "-q", "-p", "no:cacheprovider", "--nbmake", "--overwrite"],
    "jupyter-cache": [sys.executable, "-c", JUPYTER_CACHE],
}


def lay_out(source: Path, folder: Path) -> Path:
    """A fresh copy of a collection, always at the same place: outputs may name it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".git", "venv"))
    (folder / "out").mkdir()
    return folder


def quick_cells(notebook: Any) -> bool:
    """Whether every cell of an executed notebook took less than two seconds, or more where the machine is shared."""
    limit = CELL_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    for cell in notebook.cells:
        times = cell.metadata.get("execution", {})
        if "iopub.status.idle" in times:
            ends = [datetime.fromisoformat(times[f"iopub.status.{state}"]) for state in ("busy", "idle")]
            if (ends[1] - ends[0]).total_seconds() > limit:
                return False
    return True


def choose(source: Path, folder: Path) -> list[str]:
    """The first ten notebooks of a collection that run to their end here."""
    lay_out(source, folder)
    names: list[str] = []
    with warm_kernels(folder / "*.ipynb"):
        for path in sorted(folder.glob("*.ipynb")):
            notebook = nbformat.read(path, 4)
            # They would change the environment, which the machine may not allow.
            if any(cell.source.startswith(("!pip install", "%pip install")) for cell in notebook.cells):
                continue
            client = NotebookClient(
                notebook, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
            )
            try:
                client.execute()
            except Exception as error:  # noqa: BLE001 # whatever it is, the next one is tried
                print(f"  not {path.name}: {type(error).__name__}", flush=True)
                continue
            if quick_cells(notebook):
                names.append(path.name)
            if len(names) == NOTEBOOKS:
                break
    return names


def outputs(folder: Path, names: list[str]) -> dict[str, str]:
    """What each notebook shows, with text that was sent in parts put together."""
    shown = {}
    for name in names:
        path = folder / "out" / name
        notebook = nbformat.read(path if path.is_file() else folder / name, 4)
        parts: list[dict[str, Any]] = []
        for number, cell in enumerate(notebook.cells):
            for output in cell.get("outputs", []):
                last = parts[-1] if parts else {}
                if output.output_type == "stream" and last.get("stream") == [number, output.name]:
                    last["text"] += output.text
                elif output.output_type == "stream":
                    parts.append({"stream": [number, output.name], "text": output.text})
                else:
                    parts.append({"cell": number, **output})
        shown[name] = json.dumps(parts, sort_keys=True)
    return shown


def run(program: str, source: Path, folder: Path, names: list[str], warm: bool) -> tuple[Cost, dict[str, str], str]:
    """Run the notebooks; their cost, their outputs, and the line that counts kernels."""
    lay_out(source, folder)
    command = [*PROGRAMS[program], *names]
    if warm:
        command = [str(BIN / "warm-kernels"), "run", "--", *command]
    cost = timed(command, folder, {"PYTHONHASHSEED": "0", "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"})
    lines = [line for line in (folder / "output.txt").read_text(errors="replace").splitlines() if "forked" in line]
    return cost, outputs(folder, names), lines[-1] if lines else ""


def main(words: list[str]) -> int:
    """Measure."""
    given = [word for word in words if word != "--quick"]
    if not given:
        sys.exit(__doc__)
    base, programs = Path(given[0]).resolve(), given[1:] or list(PROGRAMS)
    walls, processors, differing = [], [], 0
    for place, (repository, inside) in enumerate(COLLECTIONS.items()):
        source, folder = base / repository.partition("/")[2] / inside, base / "work"
        names = choose(source, folder)
        print(f"{repository}: {len(names)} notebooks ({load()})", flush=True)
        for program in [programs[place % len(programs)]] if "--quick" in words else programs:
            cold, cold_shown, _ = run(program, source, folder, names, warm=False)
            warm, warm_shown, line = run(program, source, folder, names, warm=True)
            walls.append(cold.wall / warm.wall)
            processors.append(cold.cpu / warm.cpu)
            print(
                f"  {program}: {cold.wall:.1f} against {warm.wall:.1f} s, {walls[-1]:.2f} ×; "
                f"processors {cold.cpu:.1f} against {warm.cpu:.1f} s, {processors[-1]:.2f} ×; {line}",
                flush=True,
            )
            differ = [name for name in names if cold_shown[name] != warm_shown[name]]
            again = run(program, source, folder, differ, warm=False)[1] if differ else {}
            alone = [name for name in differ if cold_shown[name] != again[name]]
            differing += len(differ) - len(alone)
            print(f"  equal outputs: {len(names) - len(differ)}; differ from themselves: {alone}", flush=True)
            for name in sorted(set(differ) - set(alone)):
                print(f"  DIFFERS: {name}", flush=True)
    met = judge("cold against warm, wall clock", walls, 2.0, at_least=True)
    judge("cold against warm, processors", processors, 2.0, at_least=True)
    never = judge("the least ratio, wall clock", [min(walls)], 1.0, at_least=True)
    print(f"{differing} notebooks with other outputs in a warm kernel")
    return 0 if met and never and not differing else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
