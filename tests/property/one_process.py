"""Plan an edition, run notebooks' cells in this very process, and print what was read and what came out, by hash.

Run by `test_hash_seeds.py` under other values of PYTHONHASHSEED. The kernels of a run fix theirs, so a run alone would
show nothing. Figures are left out: they are drawn from what the record holds, and take most of the time.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

import nbformat

from policyreport.running import plan
from policyreport.running.execute.unit import Unit


class NoFigures(ModuleType):
    """Stands in for `plot`."""

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


def slices(units: list[Unit]) -> dict[str, str]:
    """Hash of what each unit reads."""
    return {
        "/".join(unit.key): digest(b"".join(name.encode() + unit.slice[name] for name in sorted(unit.slice)))
        for unit in units
    }


def records(units: list[Unit]) -> dict[str, str]:
    """Hash of each unit's record."""
    sys.modules["policyreport.figures.plot"] = NoFigures("policyreport.figures.plot")
    found = {}
    for unit in units:
        with tempfile.TemporaryDirectory() as folder:
            found["/".join(unit.key)] = digest(run_cells(unit, Path(folder)))
            os.chdir("/")
    return found


if __name__ == "__main__":
    root, edition, *areas = Path(sys.argv[1]), *sys.argv[2:]
    store = root / "build" / edition
    units = [*plan.first_units(root, edition, None, store), *plan.last_units(root, edition, store)]
    made = {
        "hash of a word": hash("policyreport"),
        "slices": slices(units),
        "records": records([unit for unit in units if unit.area in areas]),
    }
    print(json.dumps(made))  # noqa: T201 # read by the test
