"""The other ways to run an edition's notebooks, each as a program of its own: what `national.py` measures.

python benchmarks/national_sides.py loop|pool|floor FOLDER

FOLDER has jobs.json and, for each notebook and area, the folder of its slice, as the runner would lay it out.
"""

from __future__ import annotations

import ast
import io
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

Job = dict[str, str]


def run_loop(folder: Path, jobs: list[Job]) -> None:
    """papermill as its documentation shows it, one notebook after the other."""
    for stage in ("first", "last"):
        if stage == "last":
            lay_out_records(jobs)
        for job in of_stage(jobs, stage):
            run_papermill(job)


def run_pool(folder: Path, jobs: list[Job]) -> None:
    """The same in two processes; the notebooks that read the others' records when they are done."""
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(run_papermill, of_stage(jobs, "first")))
        lay_out_records(jobs)
        list(pool.map(run_papermill, of_stage(jobs, "last")))


def run_papermill(job: Job) -> None:
    """One notebook."""
    import papermill

    parameters = {"area": job["area"], "edition": job["edition"], "workspace": "."}
    papermill.execute_notebook(
        job["source"], f"{job['slice']}/executed.ipynb", parameters, kernel_name="python3", cwd=job["slice"],
        progress_bar=False,
    )  # fmt: skip


def of_stage(jobs: list[Job], stage: str) -> list[Job]:
    """Those that read no record, or those that read the records of all these."""
    return [job for job in jobs if job["stage"] == stage]


def lay_out_records(jobs: list[Job]) -> None:
    """Give the last notebooks the records of the others."""
    records = [json.loads(Path(job["slice"], "record.json").read_bytes()) for job in of_stage(jobs, "first")]
    for job in of_stage(jobs, "last"):
        Path(job["slice"], "records.json").write_bytes(json.dumps(records).encode())


def run_floor(folder: Path, jobs: list[Job]) -> None:
    """The notebooks' functions in this process, which has run some before: no kernel, no papermill."""
    import os

    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.display_pub.publish = lambda *args, **options: None
    first = of_stage(jobs, "first")
    home = Path.cwd()

    def run(job: Job) -> None:
        os.chdir(job["slice"])
        run_cells(job, shell.display_formatter.format)
        os.chdir(home)

    for job in first[:4]:
        run(job)
    start, used = time.perf_counter(), time.process_time()
    for job in first:
        run(job)
    lay_out_records(jobs)
    for job in of_stage(jobs, "last"):
        run(job)
    seconds = {"wall": time.perf_counter() - start, "cpu": time.process_time() - used}
    (folder / "floor.json").write_text(json.dumps(seconds), encoding="utf-8")


def run_cells(job: Job, show: Any) -> None:
    """A notebook's code cells in one namespace; what a cell ends in is formatted as a notebook shows it."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in json.loads(Path(job["source"]).read_bytes())["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if "parameters" in cell["metadata"].get("tags", []):
            names |= {"area": job["area"], "edition": job["edition"], "workspace": "."}
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if isinstance(last, ast.Expr) else None
        if value is not None:
            show(value)


if __name__ == "__main__":
    sides = {"loop": run_loop, "pool": run_pool, "floor": run_floor}
    where = Path(sys.argv[2])
    sys.stdout = io.StringIO()
    sides[sys.argv[1]](where, json.loads((where / "jobs.json").read_bytes()))
