"""Does a notebook take as long among 3,321 areas as among 34, and does the run leave anything behind?

python benchmarks/growth.py [--quick]

A generated edition in a temporary folder: one small notebook for each area, which reads its 20 quarters, fits a line
and writes a record; made, run, cached and stored as the areas of a report are. The project's own three notebooks for
3,321 areas would take more than half an hour. --quick stops at 340 areas.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import compile_sources, judge, load, words_of

from policyreport.data.inputs import frame_bytes
from policyreport.project import find_project
from policyreport.running.cache.results import Cache
from policyreport.running.events import Event, Finished
from policyreport.running.execute.unit import Unit, Units
from policyreport.running.kernels import batch_server
from policyreport.running.pool import scratch_folder
from policyreport.running.runs import run_stages

SIZES, QUARTERS, WORKERS = (34, 340, 3_321), 20, 2
# Beginning and end of a run are not what grows: the notebooks in between are timed.
EDGE = 8
# A run of 34 is over in two seconds, in which the machine may be in any mood: so many before, and as many after.
SMALL_RUNS = 5
ASKED_TIME, ASKED_MEMORY = 1.15, 50.0
CELLS = (
    ('area = "a0000"', ["parameters"]),
    ("import json\nfrom pathlib import Path\n\nimport numpy as np\nimport pandas as pd", []),
    ('table = pd.read_parquet("panel.parquet")\ntable.tail(4)', []),
    ('slope, level = np.polyfit(table["quarter"], table["value"], 1)', []),
    ('Path("record.json").write_text(json.dumps({"area": area, "slope": float(slope)}))', []),
)


def notebook() -> bytes:
    """The small notebook."""
    cells = [
        {"cell_type": "code", "id": f"c{place}", "metadata": {"tags": tags} if tags else {}, "outputs": [],
         "execution_count": None, "source": source}
        for place, (source, tags) in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}).encode()


def unit(area: str, name: str) -> Unit:
    """An area's unit; values are drawn, never observed."""
    draw = np.random.default_rng(int(area[1:]))
    table = pd.DataFrame({"quarter": range(QUARTERS), "value": draw.normal(size=QUARTERS).cumsum()})
    return Unit(area, name, notebook(), {"area": area}, {"panel.parquet": frame_bytes(table)}, timeout=60)


def memory() -> float:
    """Resident memory of this process, in MB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def folders() -> set[Path]:
    """The runner's folders for temporary files; its sockets lie in them."""
    return {path for path in Path(tempfile.gettempdir()).glob("policyreport-*") if "bench" not in path.name}


def left_behind(processes: set[int], before: set[Path]) -> list[str]:
    """Processes that a run started and did not end, folders that it made and did not remove."""
    found = [f"process {pid}" for pid in sorted(descendants() - processes)]
    return found + [f"folder {path}" for path in sorted(folders() - before)]


def descendants() -> set[int]:
    """Children of this process and theirs; Python's own fork server and resource tracker stay until its end."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text(encoding="utf-8").rpartition(")")[2].split()
            command = path.with_name("cmdline").read_bytes()
        except OSError:
            continue
        if words[0] != "Z" and b"multiprocessing" not in command:
            parents[int(path.parent.name)] = int(words[1])
    found = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def run(size: int, root: Path, folder: Path) -> tuple[float, float, list[str]]:
    """Seconds a notebook, growth of memory in MB from a tenth of the run to its end, what was left behind."""
    times: list[float] = []
    sizes: list[float] = []

    def tell(event: Event) -> None:
        if isinstance(event, Finished):
            if event.failure is not None:
                sys.exit(f"{event.area} failed: {event.failure.message}")
            times.append(time.perf_counter())
            sizes.append(memory())

    processes, there, files = descendants(), folders(), len(list(Path("/proc/self/fd").iterdir()))
    path = folder / "small.ipynb"
    path.write_bytes(notebook())
    coming = Units([(f"a{number:04d}", "small") for number in range(size)], unit)
    cache = Cache(folder)
    with batch_server([path]) as server:
        run_stages(
            [lambda store: coming], folder / "build" / "growth", WORKERS, tell, server=server.address, cache=cache
        )
    gc.collect()
    each = statistics.mean(np.diff(times[EDGE:-EDGE])) * WORKERS
    left = left_behind(processes, there)
    more = len(list(Path("/proc/self/fd").iterdir())) - files
    left += [f"{more} open files"] if more > 0 and size > SIZES[0] else []
    growth = max(sizes) - sizes[size // 10]
    print(
        f"  {size:>5} areas: {each * 1e3:6.1f} ms a notebook and worker, parent {sizes[-1]:.0f} MB "
        f"({growth:+.1f} MB), left behind: {', '.join(left) or 'nothing'} ({load()})",
        flush=True,
    )
    return each, growth, left


def main(words: list[str]) -> int:
    """Measure; the smallest size before and after the others."""
    root = find_project(Path.cwd())
    compile_sources(root)
    # The one process that clears up after a killed run is there from the first run to this process's end.
    shutil.rmtree(scratch_folder())
    sizes = SIZES[:2] if "--quick" in words else SIZES
    found = []
    # The first run imports and fills caches for all that follow.
    for size in (sizes[0], *[sizes[0]] * SMALL_RUNS, *sizes[1:], *[sizes[0]] * SMALL_RUNS):
        with tempfile.TemporaryDirectory(prefix="policyreport-bench-") as folder:
            found.append((size, run(size, root, Path(folder))))
    small = statistics.median(each[0] for size, each in found[1:] if size == sizes[0])
    ratios = [each[0] / small for size, each in found if size > sizes[0]]
    met = judge("time a notebook against 34 areas", [max(ratios)], ASKED_TIME, at_least=False)
    met &= judge("growth of the parent's memory, MB", [max(each[1] for _, each in found)], ASKED_MEMORY, at_least=False)
    met &= judge("processes, sockets, files left behind", [sum(len(each[2]) for _, each in found)], 0, at_least=False)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
