"""How long from asking for a kernel to the end of the import cell, warm and cold?

python benchmarks/start.py [--quick]

The import cell is that of the project's own notebook, which also opens its slice. Cold and warm take turns; the
medians are compared.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
import sys
from pathlib import Path

from measuring import compile_sources, judge, load, spread, words_of

from policyreport.project import find_project
from policyreport.running import plan
from policyreport.running.execute import Unit, execute_unit
from policyreport.running.kernels import batch_server
from warm_kernels.provisioner import use_server

EDITION, AREA = "2025Q4", "n40"
PAIRS, QUICK_PAIRS = 25, 5
ASKED = 12.0


def importing(unit: Unit) -> Unit:
    """The notebook up to its import cell."""
    notebook = json.loads(unit.source)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    last = {**code[0], "metadata": {}, "source": ["from pathlib import Path\n", "Path('record.json').write_text('{}')"]}
    last.pop("id", None)
    notebook["cells"] = [*code[:2], last]
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)
    return dataclasses.replace(unit, source=json.dumps(notebook).encode())


def seconds(unit: Unit) -> float:
    """From the request for a kernel to the end of the import cell, as papermill noted it."""
    outcome = execute_unit(unit)
    if outcome.failure is not None:
        sys.exit(f"the notebook failed: {outcome.failure.message}")
    return outcome.timing["start"] + outcome.timing["import"]


def main(words: list[str]) -> int:
    """Measure."""
    root = find_project(Path.cwd())
    compile_sources(root)
    unit = importing(
        next(unit for unit in plan.first_units(root, EDITION, [AREA], root / "build") if unit.area == AREA)
    )
    warm, cold = [], []
    rehearsal = ("policyreport.running.rehearsal", "rehearse", str(root), EDITION)
    with batch_server((root / "notebooks").glob("*/*.ipynb"), rehearsal=rehearsal) as server:
        if not server.address:
            sys.exit(f"no warm kernels here: {server.reason}")
        for place in range(-1, QUICK_PAIRS if "--quick" in words else PAIRS):
            use_server("")
            slow = seconds(unit)
            use_server(server.address)
            fast = seconds(unit)
            # The first of each fills the machine's file cache.
            if place >= 0:
                cold.append(slow)
                warm.append(fast)
    print(f"{len(cold)} pairs; cold {spread(cold)} s, warm {spread(warm)} s ({load()})")
    ratio = statistics.median(cold) / statistics.median(warm)
    return 0 if judge("cold against warm, medians", [ratio], ASKED, at_least=True) else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
