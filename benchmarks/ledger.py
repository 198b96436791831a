"""How much slower than plain reading is the ledger's loading, and how much memory does a large one take?

python benchmarks/ledger.py ratio      load_ledger against pandas.read_csv of the same files
python benchmarks/ledger.py large      3,321 areas × 20 years × 10 indicators: load, validate, harmonise
"""

from __future__ import annotations

import hashlib
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from policyreport.data.areas import read_areas
from policyreport.data.harmonise.panel import harmonise_panel
from policyreport.data.observations.known import as_known_on
from policyreport.data.observations.ledger import load_ledger
from policyreport.params.indicators import read_indicators
from policyreport.params.methods import read_method_settings
from policyreport.project import find_project

PAIRS = 25
AREAS, YEARS, INDICATORS = 3_321, range(2004, 2024), 10


def ratio(root: Path) -> None:
    """Time both sides in turn, so that the machine's moods hit them alike."""
    files = sorted((root / "data" / "raw").rglob("*.csv"))
    plain = lambda: [pd.read_csv(path) for path in files]
    plain(), load_ledger(root)
    pairs = [(_seconds(plain), _seconds(lambda: load_ledger(root))) for _ in range(PAIRS)]
    ratios = sorted(ours / theirs for theirs, ours in pairs)
    low, middle, high = (ratios[int(share * (PAIRS - 1))] for share in (0.25, 0.5, 0.75))
    theirs, ours = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"{len(files)} files, {len(load_ledger(root)):,} rows, {PAIRS} pairs in turn")
    print(f"pandas.read_csv {theirs * 1e3:.0f} ms, load_ledger {ours * 1e3:.0f} ms")
    print(f"ratio {middle:.2f} (middle half {low:.2f} to {high:.2f}); asked: below 3")


def large(root: Path) -> None:
    """Make a project with a ledger of 664,200 rows, load and harmonise it, and tell the peak of memory."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        _simulate(root, project)
        before = _peak()
        start = time.perf_counter()
        ledger = load_ledger(project)
        loaded = time.perf_counter()
        areas, indicators = read_areas(project), read_indicators(project)
        settings = read_method_settings(root).harmonise
        panel = harmonise_panel(as_known_on(ledger, ledger["published"].max().date()), areas, indicators, settings)
        end = time.perf_counter()
    print(f"{len(ledger):,} rows of {AREAS:,} areas loaded and validated in {loaded - start:.1f} s")
    print(f"{len(panel):,} values on {panel['area'].nunique():,} present areas in {end - loaded:.1f} s")
    print(f"peak memory {_peak():.0f} MB ({before:.0f} MB before); asked: below 1,500")


def _simulate(root: Path, project: Path) -> None:
    """A project whose provinces are 3,321 former ones, merged two by two; values drawn, never observed."""
    shutil.copytree(root / "params", project / "params")
    shutil.copytree(root / "data" / "corrections", project / "data" / "corrections", ignore=lambda *_: _[1])
    boundaries = project / "data" / "boundaries"
    boundaries.mkdir()
    former = [f"o{number:04d}" for number in range(AREAS)]
    present = [f"n{number:04d}" for number in range((AREAS + 1) // 2)]
    columns = pd.read_csv(root / "data/boundaries/areas.csv", nrows=0).columns
    rows = [{"key": key, "scheme": "63", "valid_to": "2025-06-30"} for key in former]
    rows += [
        {"key": key, "scheme": "34", "valid_from": "2025-07-01", "parts": " ".join(former[2 * at : 2 * at + 2])}
        for at, key in enumerate(present)
    ]
    table = pd.DataFrame(rows, dtype=str).reindex(columns=columns).astype(object).fillna("")
    names = dict.fromkeys(("name", "name_en", "name_ascii", "full_name", "slug"), table["key"])
    table = table.assign(type="province", **names)
    _write(boundaries / "areas.csv", table)
    shares = [1.0 if former[at] == former[-1] and AREAS % 2 else 0.5 for at in range(AREAS)]
    crosswalk = pd.DataFrame({"old": former, "new": [present[at // 2] for at in range(AREAS)], "relation": "merged"})
    for name in ("population", "area", "grdp"):
        crosswalk[f"share_{name}_2022"] = shares
    crosswalk = crosswalk.assign(population_2022=1.0, area_km2_2022=1.0, grdp_2022_bn_vnd=1.0)
    order = pd.read_csv(root / "data/boundaries/crosswalk.csv", nrows=0).columns
    _write(boundaries / "crosswalk.csv", crosswalk[order])
    carried = [each for each in read_indicators(root).indicators if each.harmonise != "none"][:INDICATORS]
    draw = np.random.default_rng(57)
    for each in carried:
        low = 0.0 if each.low is None else each.low
        high = min(low + 10, low + 10 if each.high is None else each.high)
        keys = pd.MultiIndex.from_product([former, YEARS], names=["area", "period"]).to_frame(index=False)
        values = draw.uniform(low, high, len(keys)).round(3)
        rows_ = keys.assign(indicator=each.id, measure=next(iter(each.measures), ""), value=values, unit=each.unit)
        _write(project / "data" / "raw" / "simulated" / f"{each.id}.csv", rows_.assign(status="observed"))


def _write(path: Path, table: pd.DataFrame) -> None:
    """A table with the sidecar the ledger asks for."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    sidecar = {
        "publisher": "benchmark",
        "title": path.stem,
        "address": "drawn by benchmarks/ledger.py",
        "published": "2024-06-30",
        "accessed": "2024-06-30",
        "licence": "none",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    path.with_name(f"{path.stem}.source.yaml").write_text(yaml.safe_dump(sidecar), encoding="utf-8")


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak() -> float:
    """Largest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    known = {"ratio": ratio, "large": large}
    if len(sys.argv) != 2 or sys.argv[1] not in known:
        sys.exit(__doc__)
    known[sys.argv[1]](find_project(Path.cwd()))
