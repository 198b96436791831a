"""How much faster is a national run than other ways to run the same notebooks, and how far is it from its floor?

python benchmarks/national.py [--quick] [loop] [pool] [snakemake] [floor]

loop       papermill, one notebook after the other
pool       papermill in a pool of two processes
snakemake  rules with `notebook:`, two cores; installed into a folder that is removed afterwards
floor      the notebooks' functions in one warm process, its time divided by two: no side can be faster

Without a name, all of them. Each side stands between two runs of ``policyreport run`` with two workers and an
empty cache; every side gets its slices laid out for nothing, and must come to the same records. --quick takes four
provinces: where starting up weighs more, ratios are smaller and are printed without being the claim.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from measuring import Cost, compile_sources, copy_project, judge, load, timed, words_of

from policyreport.project import find_project
from policyreport.running import plan
from policyreport.running.kernels import ENVIRONMENT

EDITION = "2025Q4"
QUICK = ["n01", "n04", "n40", "n96"]
HERE = Path(__file__).resolve().parent
ASKED = {"loop": 10.0, "pool": 5.0, "snakemake": 6.0, "floor": 1.8}
FLOORS = 3


@dataclass(frozen=True)
class Bench:
    """A project of its own, the areas, and slices to copy for every side."""

    project: Path
    slices: Path
    areas: list[str]
    whole: bool

    def ours(self) -> Cost:
        """Run the edition with an empty cache."""
        shutil.rmtree(self.project / "build", ignore_errors=True)
        some = [] if self.whole else ["--areas", ",".join(self.areas)]
        program = str(Path(sys.executable).with_name("policyreport"))
        cost = timed([program, "run", EDITION, "--workers", "2", *some], self.project)
        say("policyreport run", cost)
        return cost

    def records(self) -> dict[str, bytes]:
        """What our last run came to."""
        return contents(self.project / "build" / EDITION / "records")

    def sides_folder(self, name: str) -> Path:
        """Slices of a side's own, and jobs.json."""
        folder = self.slices.with_name(name)
        shutil.rmtree(folder, ignore_errors=True)
        # Every side gathers the records itself.
        shutil.copytree(self.slices, folder, ignore=shutil.ignore_patterns("records.json"))
        jobs = []
        for path in sorted(folder.glob("*/*/facts.json")):
            facts = json.loads(path.read_bytes())
            level = "national" if facts["notebook"] in plan.NATIONAL_NOTEBOOKS else "province"
            source = self.project / "notebooks" / level / f"{facts['notebook']}.ipynb"
            jobs.append(
                {"area": facts["area"], "notebook": facts["notebook"], "edition": EDITION,
                 "stage": "last" if facts["notebook"] in plan.LAST_NATIONAL else "first",
                 "source": str(source), "slice": str(path.parent)}
            )  # fmt: skip
        order = {name: place for place, name in enumerate((*plan.PROVINCE_NOTEBOOKS, *plan.NATIONAL_NOTEBOOKS))}
        # What reads the records comes last, and what reads none of them but takes long comes first.
        turn = dict.fromkeys(plan.FIRST_NATIONAL, 0) | dict.fromkeys(plan.LAST_NATIONAL, 2)
        jobs.sort(key=lambda job: (turn.get(job["notebook"], 1), job["area"], order[job["notebook"]]))
        (folder / "jobs.json").write_text(json.dumps(jobs), encoding="utf-8")
        return folder


def say(what: str, cost: Cost) -> None:
    """A line a measurement."""
    print(f"  {what:<20} {cost.wall:7.1f} s, {cost.cpu:7.1f} s of processors ({load()})", flush=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Records by area and notebook."""
    return {f"{path.parent.name}/{path.stem}": path.read_bytes() for path in folder.glob("*/*.json")}


def same_records(bench: Bench, folder: Path, name: str) -> None:
    """Stop where a side came to something else."""
    theirs = {
        f"{path.parents[1].name}/{path.parent.name}": path.read_bytes() for path in folder.glob("*/*/record.json")
    }
    ours = bench.records()
    if theirs != ours:
        different = sorted(key for key in theirs.keys() | ours.keys() if theirs.get(key) != ours.get(key))
        sys.exit(f"{name} came to other records: {', '.join(different[:5])}")


def papermill_side(bench: Bench, name: str) -> Cost:
    """papermill, in a loop or a pool."""
    folder = bench.sides_folder(name)
    cost = timed([sys.executable, str(HERE / "national_sides.py"), name, str(folder)], folder, ENVIRONMENT)
    same_records(bench, folder, name)
    return cost


def snakemake_side(bench: Bench, name: str) -> Cost:
    """Snakemake with a rule that has ``notebook:``."""
    folder = bench.sides_folder(name)
    home = folder / "snakemake"
    python = install_snakemake(home)
    write_workflow(folder, bench)
    path = {"PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(home)}
    command = [str(python), "-m", "snakemake", "--cores", "2", "--quiet", "all"]
    cost = timed(command, folder, ENVIRONMENT | path)
    same_records(bench, folder, name)
    return cost


def install_snakemake(home: Path) -> Path:
    """An environment with Snakemake, which sees this one's libraries."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / "bin" / "python"
    site = next((home / "lib").glob("python*/site-packages"))
    (site / "project.pth").write_text("\n".join(path for path in sys.path if path.endswith(("site-packages", "src"))))
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(python), "snakemake"],
                   check=True)  # fmt: skip
    # The command that Snakemake calls has to start this environment's Python.
    for command in ("jupyter", "jupyter-nbconvert", "papermill"):
        ours = Path(sys.executable).with_name(command)
        if ours.exists() and not (home / "bin" / command).exists():
            text = ours.read_text(encoding="utf-8").replace(sys.executable, str(python), 1)
            (home / "bin" / command).write_text(text, encoding="utf-8")
            (home / "bin" / command).chmod(0o755)
    return python


def write_workflow(folder: Path, bench: Bench) -> None:
    """The notebooks with their parameters from Snakemake, and the Snakefile."""
    for source in (bench.project / "notebooks").glob("*/*.ipynb"):
        notebook = json.loads(source.read_bytes())
        for cell in notebook["cells"]:
            if "parameters" in cell["metadata"].get("tags", []):
                cell["source"] = [f"{name} = snakemake.params.{name}\n" for name in ("area", "edition", "workspace")]
        (folder / source.name).write_text(json.dumps(notebook), encoding="utf-8")
    names = "|".join((*plan.PROVINCE_NOTEBOOKS, *plan.FIRST_NATIONAL))
    last = "|".join(plan.LAST_NATIONAL)
    rules = f"""
        AREAS, NOTEBOOKS = {bench.areas!r}, {list(plan.PROVINCE_NOTEBOOKS)!r}
        RECORDS = expand("{{area}}/{{notebook}}/record.json", area=AREAS, notebook=NOTEBOOKS)
        RECORDS += expand("VN/{{notebook}}/record.json", notebook={list(plan.FIRST_NATIONAL)!r})

        rule all:
            input: expand("VN/{{notebook}}/record.json", notebook={list(plan.LAST_NATIONAL)!r})

        rule first:
            output: "{{area}}/{{notebook}}/record.json"
            log: notebook="{{area}}/{{notebook}}/executed.ipynb"
            wildcard_constraints: notebook="{names}"
            params: area="{{area}}", edition="{EDITION}",
                workspace=lambda each: os.path.abspath(f"{{each.area}}/{{each.notebook}}")
            notebook: "{{wildcards.notebook}}.ipynb"

        rule records:
            input: RECORDS
            output: "VN/{{notebook}}/records.json"
            wildcard_constraints: notebook="{last}"
            run:
                import json
                with open(output[0], "w") as file:
                    file.write(json.dumps([json.load(open(name)) for name in input]))

        rule nation:
            input: "VN/{{notebook}}/records.json"
            output: "VN/{{notebook}}/record.json"
            log: notebook="VN/{{notebook}}/executed.ipynb"
            wildcard_constraints: notebook="{last}"
            params: area="VN", edition="{EDITION}", workspace=lambda each: os.path.abspath(f"VN/{{each.notebook}}")
            notebook: "{{wildcards.notebook}}.ipynb"
    """
    lines = [line[8:] for line in rules.splitlines()]
    (folder / "Snakefile").write_text("import os\n" + "\n".join(lines), encoding="utf-8")


def floor_side(bench: Bench, name: str) -> Cost:
    """The functions alone, halved: two processors could not do it faster."""
    folder = bench.sides_folder(name)
    timed([sys.executable, str(HERE / "national_sides.py"), name, str(folder)], folder, ENVIRONMENT)
    same_records(bench, folder, name)
    seconds = json.loads((folder / "floor.json").read_bytes())
    return Cost(seconds["wall"] / 2, seconds["cpu"] / 2)


SIDES: dict[str, Callable[[Bench, str], Cost]] = {
    "loop": papermill_side,
    "pool": papermill_side,
    "snakemake": snakemake_side,
    "floor": floor_side,
}


def measure(bench: Bench, name: str) -> bool:
    """A side between two runs of ours; the floor, which is short, three times."""
    ours, theirs = [bench.ours()], []
    for _ in range(FLOORS if name == "floor" else 1):
        theirs.append(SIDES[name](bench, name))
        say(name if name != "floor" else "floor / 2", theirs[-1])
        ours.append(bench.ours())
    if name == "floor":
        ratios = [mine.wall / floor.wall for floor, mine in zip(theirs, ours[1:], strict=True)]
        processors = ours[-1].cpu / (2 * theirs[-1].cpu)
    else:
        ratios = [theirs[0].wall / mine.wall for mine in ours]
        processors = theirs[0].cpu / ours[-1].cpu
    print(f"  by processor time {processors:.2f}")
    what = "ours against the floor" if name == "floor" else f"{name} against ours"
    return judge(what, ratios, ASKED[name], at_least=name != "floor")


def main(words: list[str]) -> int:
    """Measure the sides named."""
    names = [word for word in words if word != "--quick"] or list(SIDES)
    if any(name not in SIDES for name in names):
        sys.exit(__doc__)
    root = find_project(Path.cwd())
    compile_sources(root)
    with tempfile.TemporaryDirectory(prefix="policyreport-bench-") as place:
        project = copy_project(root, Path(place) / "project")
        areas = QUICK if "--quick" in words else plan.area_keys(project, EDITION)
        bench = Bench(project, Path(place) / "slices", areas, "--quick" not in words)
        units = [*plan.first_units(project, EDITION, areas, project / "build"),
                 *plan.last_units(project, EDITION, project / "build")]  # fmt: skip
        for unit in units:
            for name, body in unit.slice.items():
                path = bench.slices / unit.area / unit.notebook / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(body)
        print(f"{EDITION}, {len(areas)} areas, {len(units)} notebooks", flush=True)
        met = [measure(bench, name) for name in names]
        return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
