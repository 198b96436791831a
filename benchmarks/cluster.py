"""How fast is a Dask cluster of two worker processes on this machine against the local pool of two?

python benchmarks/cluster.py [--quick]

Whole commands with an empty cache, in turn; both must come to the same bytes. --quick takes four provinces, where
the start of the cluster weighs more.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from measuring import Cost, compile_sources, copy_project, judge, load, timed, words_of

from policyreport.project import find_project

EDITION = "2025Q4"
QUICK = "n01,n04,n40,n96"
PAIRS = 2
ASKED = 0.85


def run(project: Path, options: list[str]) -> tuple[Cost, dict[str, bytes]]:
    """One run with an empty cache, and the bytes of its records and notebooks."""
    shutil.rmtree(project / "build", ignore_errors=True)
    program = str(Path(sys.executable).with_name("policyreport"))
    cost = timed([program, "run", EDITION, *options], project)
    store = project / "build" / EDITION
    files = [*store.glob("records/*/*.json"), *store.glob("notebooks/*/*.ipynb")]
    return cost, {str(path.relative_to(store)): path.read_bytes() for path in files}


def main(words: list[str]) -> int:
    """Measure."""
    root = find_project(Path.cwd())
    compile_sources(root)
    some = ["--areas", QUICK] if "--quick" in words else []
    ratios = []
    with tempfile.TemporaryDirectory(prefix="policyreport-bench-") as place:
        project = copy_project(root, Path(place) / "project")
        for _ in range(1 if "--quick" in words else PAIRS):
            local, ours = run(project, ["--workers", "2", *some])
            dask, theirs = run(project, ["--cluster", "local:2", *some])
            if ours != theirs:
                different = sorted(key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key))
                sys.exit(f"Dask came to other bytes: {', '.join(different[:5])}")
            print(f"  local pool {local.wall:.1f} s, Dask {dask.wall:.1f} s, same {len(ours)} files ({load()})")
            ratios.append(local.wall / dask.wall)
    return 0 if judge("Dask's speed against the local pool's", ratios, ASKED, at_least=True) else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
