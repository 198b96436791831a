"""What does rendering cost: in full, unchanged, after a change to a sentence, after a revision of a province's figure?

python benchmarks/rendering.py [--quick]

Times are those of whole commands: `policyreport render` of an edition that was run, in two languages and in one, and
`python -c "import pandas"`. --quick runs two provinces instead of all.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from measuring import compile_sources, copy_project, judge, load, timed, words_of
from unchanged import EDITION, PROGRAM, QUICK, revise

from policyreport.project import find_project

ASKED = {"unchanged": 4.0, "languages": 1.5, "revised": 0.2}
LANGUAGES = ("languages: [en, vi]", "languages: [en]")
SENTENCE = Path("reports/en/tasks.qmd")


def rendered(project: Path) -> float:
    """Render, and say how long it took and what was made."""
    seconds = timed([PROGRAM, "render", EDITION], project).wall
    lines = (project / "output.txt").read_text(encoding="utf-8").splitlines()
    print(f"  {seconds:6.1f} s  {'; '.join(line.rpartition('/')[2] for line in lines if '  (' in line)}", flush=True)
    return seconds


def in_one_language(project: Path) -> float:
    """Render an edition in one language, from the same results."""
    path = project / f"params/editions/{EDITION}.yaml"
    both = path.read_text(encoding="utf-8")
    path.write_text(both.replace(*LANGUAGES), encoding="utf-8")
    (project / f"build/{EDITION}/rendered.json").unlink(missing_ok=True)
    seconds = rendered(project)
    path.write_text(both, encoding="utf-8")
    (project / f"build/{EDITION}/rendered.json").unlink()
    return seconds


def main(words: list[str]) -> int:
    """Measure."""
    root = find_project(Path.cwd())
    compile_sources(root)
    quick = "--quick" in words
    run = [PROGRAM, "run", EDITION, "--workers", str(os.cpu_count()), *(["--areas", ",".join(QUICK)] if quick else [])]
    with tempfile.TemporaryDirectory(prefix="policyreport-bench-") as place:
        project = copy_project(root, Path(place) / "project")
        if quick:
            edition = project / f"params/editions/{EDITION}.yaml"
            edition.write_text(edition.read_text(encoding="utf-8") + "\nquorum: 0.01\n", encoding="utf-8")
        timed(run, project)
        print(f"in one language, then in two ({load()})")
        one = in_one_language(project)
        full = rendered(project)
        print("unchanged")
        pandas = min(timed([sys.executable, "-c", "import pandas"], project).wall for _ in range(5))
        unchanged = min(rendered(project) for _ in range(5))
        print(f"one sentence changed: {SENTENCE}")
        text = (project / SENTENCE).read_text(encoding="utf-8")
        (project / SENTENCE).write_text(f"{text}\nOne more sentence.\n", encoding="utf-8")
        rendered(project)
        print(f"one province's figure revised: {revise(project)}")
        timed(run, project)
        revised = rendered(project)
        met = judge("unchanged, against importing pandas", [unchanged / pandas], ASKED["unchanged"], at_least=False)
        met &= judge("two languages against one", [full / one], ASKED["languages"], at_least=False)
        met &= judge("a province revised, against all", [revised / full], ASKED["revised"], at_least=False)
        return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(words_of(__doc__)))
