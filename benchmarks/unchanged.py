"""What does a run cost in which nothing changed, and what runs again when one province's figure is revised?

python benchmarks/unchanged.py [--quick]

Times are those of whole commands and of ``python -c "import pandas"``, in turn. --quick runs two provinces first
instead of all.
"""

from __future__ import annotations

import hashlib
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd
from measuring import compile_sources, copy_project, judge, load, spread, timed, words_of

from policyreport.project import find_project
from policyreport.running import plan

EDITION = "2025Q4"
QUICK = ["n24", "n40"]
PAIRS, QUICK_PAIRS = 25, 7
ASKED_RUN, ASKED_HELP = 2.0, 0.5
PROGRAM = str(Path(sys.executable).with_name("policyreport"))
# The statistics office's shares of the digital economy; the first province's is revised.
REVISED = Path("data/raw/nso/digital-economy-provinces-2026-01.csv")


def slices(project: Path, areas: list[str]) -> dict[str, dict[str, bytes]]:
    """What each notebook reads."""
    plan.load_edition.cache_clear()
    units = [*plan.first_units(project, EDITION, areas, project / "build" / EDITION),
             *plan.last_units(project, EDITION, project / "build" / EDITION)]  # fmt: skip
    return {f"{unit.area}/{unit.notebook}": dict(unit.slice) for unit in units}


def executed(project: Path, some: list[str]) -> list[str]:
    """Run, and list what was executed."""
    done = subprocess.run([PROGRAM, "run", EDITION, "--workers", "2", "--json", *some], cwd=project, check=True,
                          capture_output=True, text=True)  # fmt: skip
    events = [json.loads(line) for line in done.stdout.splitlines()]
    return sorted(f"{each['area']}/{each['notebook']}" for each in events if each.get("state") == "done")


def revise(project: Path) -> str:
    """Raise the file's first figure by a tenth, as a publisher's correction would; the sidecar's hash follows."""
    path = project / REVISED
    before = path.read_bytes()
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    old = table.loc[0, "value"]
    table.loc[0, "value"] = f"{float(old) + 0.1:.1f}"
    table.to_csv(path, index=False)
    sidecar = path.with_name(f"{path.stem}.source.yaml")
    text = sidecar.read_text(encoding="utf-8")
    hashes = [hashlib.sha256(body).hexdigest() for body in (before, path.read_bytes())]
    sidecar.write_text(text.replace(*hashes), encoding="utf-8")
    return f"{table.loc[0, 'area']} {table.loc[0, 'indicator']} {old} → {table.loc[0, 'value']}"


def main(words: list[str]) -> int:
    """Measure."""
    root = find_project(Path.cwd())
    compile_sources(root)
    quick = "--quick" in words
    some = ["--areas", ",".join(QUICK)] if quick else []
    with tempfile.TemporaryDirectory(prefix="policyreport-bench-") as place:
        project = copy_project(root, Path(place) / "project")
        areas = QUICK if quick else plan.area_keys(project, EDITION)
        print(f"executed with an empty cache: {len(executed(project, some))}")
        commands = {
            "pandas": [sys.executable, "-c", "import pandas"],
            "run": [PROGRAM, "run", EDITION, *some],
            "help": [PROGRAM, "--help"],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(QUICK_PAIRS if quick else PAIRS):
            for name, command in commands.items():
                seconds[name].append(timed(command, project).wall)
                if name == "run" and "0 executed" not in (project / "output.txt").read_text(encoding="utf-8"):
                    sys.exit("something was executed though nothing changed")
        for name, values in seconds.items():
            print(f"  {name:<7} {spread([value * 1e3 for value in values])} ms ({load()})")
        ratios = {
            name: statistics.median(seconds[name]) / statistics.median(seconds["pandas"]) for name in ("run", "help")
        }
        met = judge("a run without changes against importing pandas", [ratios["run"]], ASKED_RUN, at_least=False)
        met &= judge("--help against importing pandas", [ratios["help"]], ASKED_HELP, at_least=False)
        before = slices(project, areas)
        print(f"revised: {REVISED}: {revise(project)}")
        again = executed(project, some)
        after = slices(project, areas)
        # A notebook whose slice differs reads what was revised.
        reads = sorted(key for key in after if before[key] != after[key])
        print(f"  ran again: {', '.join(again)}")
        if again != reads:
            print(f"  but what reads it is: {', '.join(reads)}")
        return 0 if met and again == reads and again else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
