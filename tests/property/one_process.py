"""Run notebooks' cells in this very process and print what came out, by hash.

Run by `test_hash_seeds.py` under many values of PYTHONHASHSEED. The kernels of a run fix theirs, so a run alone would
show nothing. Figures are left out: they are drawn from what the record holds, and take most of the time.
"""

import hashlib
import json
import os
import pickle
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import nbformat

from policyreport.running import plan
from policyreport.running.execute.unit import Unit


class NoFigures(ModuleType):
    """Stands in for `present`."""

    def __getattr__(self, name: str) -> object:
        return lambda *results: None


def run_cells(unit: Unit, folder: Path) -> bytes:
    """Run a notebook's cells as plain Python on its slice and return the record."""
    for name, body in unit.slice.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    os.chdir(folder)
    names: dict[str, object] = {}
    for at, cell in enumerate(c for c in nbformat.reads(unit.source, 4).cells if c.cell_type == "code"):
        exec(cell.source, names)  # the project's own notebook
        if at == 0:
            names |= unit.parameters
    return (folder / "record.json").read_bytes()


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def records(path: str) -> dict[str, str]:
    """Hash of each unit's record."""
    sys.modules["policyreport.figures.present"] = NoFigures("policyreport.figures.present")
    found = {}
    for unit in pickle.loads(Path(path).read_bytes()):  # written by the test
        with tempfile.TemporaryDirectory() as folder:
            found[f"{unit.area} {unit.notebook}"] = digest(run_cells(unit, Path(folder)))
            os.chdir("/")
    return found


def slices(root: str, edition: str) -> dict[str, str]:
    """Hash of what each unit of an edition reads."""
    store = Path(root) / "build" / edition
    units = [*plan.first_units(Path(root), edition, None, store), *plan.last_units(Path(root), edition, store)]
    found = {}
    for unit in units:
        body = b"".join(name.encode() + unit.slice[name] for name in sorted(unit.slice))
        found[f"{unit.area} {unit.notebook}"] = digest(body)
    return found


if __name__ == "__main__":
    made = records(*sys.argv[2:]) if sys.argv[1] == "records" else slices(*sys.argv[2:])
    print(json.dumps({"hash of a word": str(hash("policyreport"))} | made))  # noqa: T201 # read by the test
