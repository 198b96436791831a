"""Nothing runs twice: a result is found by everything that made it, and by nothing else."""

import dataclasses
import io
import os
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from policyreport.records.base import Failure
from policyreport.running.cache.ingredients import environment_digest, key_of, package_digest, reachable_files
from policyreport.running.cache.reasons import reasons_for
from policyreport.running.cache.results import Cache, Result, remember_run, restore_unchanged
from policyreport.running.execute import Outcome, Unit
from policyreport.running.runs import run_stages
from policyreport.running.store import failure_path, notebook_path, record_path

ROOT = Path(__file__).parents[2]


def source(*cells: str) -> bytes:
    cells = [nbformat.v4.new_code_cell(cell, id=str(number)) for number, cell in enumerate(cells)]
    return nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()


def parquet(table: pd.DataFrame) -> bytes:
    body = io.BytesIO()
    table.to_parquet(body)
    return body.getvalue()


def ledger(**values: float) -> bytes:
    rows = {
        f"nso/growth.csv#{number}": {"area": "n40", "indicator": "gdp_growth", "period": period[1:], "value": value}
        for number, (period, value) in enumerate(values.items())
    }
    return parquet(pd.DataFrame.from_dict(rows, orient="index"))


UNIT = Unit("n40", "trend", source("import policyreport.records.formats"), {"area": "n40"}, {"a.csv": b"1"})


class Counting(Executor):
    """Answers every unit, and counts them."""

    def __init__(self, failing: int = 0) -> None:
        self.ran, self.failing = [], failing

    def submit(self, task, unit):
        self.ran.append(unit.key)
        future = Future()
        if len(self.ran) <= self.failing:
            failure = Failure(area=unit.area, notebook=unit.notebook, reason="raised", error="E", message="m")
            future.set_result(Outcome(*unit.key, b"{}", failure=failure))
        else:
            future.set_result(Outcome(*unit.key, b"notebook", b"record"))
        return future


def run(cache: Cache, units: list[Unit], store: Path, pool: Executor, **options):
    return run_stages([lambda _: units], store, 1, lambda event: None, pool, cache=cache, **options)


@pytest.mark.parametrize(
    "change",
    [
        {"source": source("import policyreport.records.formats", "1")},
        {"parameters": {"area": "n01"}},
        {"parameters": {"area": "n40", "level": 1}},
        {"slice": {"a.csv": b"2"}},
        {"slice": {"b.csv": b"1"}},
        {"slice": {"a.csv": b"1", "b.csv": b""}},
    ],
)
def test_every_ingredient_is_in_the_key(tmp_path, change):
    cache = Cache(tmp_path)
    keys = {key_of(cache.ingredients(unit)) for unit in (UNIT, dataclasses.replace(UNIT, **change))}
    assert len(keys) == 2


def test_parameters_of_different_types_have_different_keys(tmp_path):
    cache = Cache(tmp_path)
    values = [1, 1.0, "1", True, None]
    units = [dataclasses.replace(UNIT, parameters={"level": value}) for value in values]
    assert len({key_of(cache.ingredients(unit)) for unit in units}) == len(values)


def test_the_time_out_is_not_in_the_key(tmp_path):
    cache = Cache(tmp_path)
    slow = dataclasses.replace(UNIT, timeout=1.0)
    assert cache.ingredients(UNIT) == cache.ingredients(slow)


def test_only_the_source_that_a_notebook_can_reach_counts(tmp_path):
    package = tmp_path / "policyreport"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "models.py").write_text("def fit():\n    from policyreport import deep\n")
    (package / "deep.py").write_text("")
    (package / "pages.py").write_text("")
    names = [path.name for path in reachable_files(["policyreport.models.fit"], package)]
    assert names == ["__init__.py", "deep.py", "models.py"]
    before = package_digest(("policyreport.models",), package)
    (package / "pages.py").write_text("changed = True\n")
    package_digest.cache_clear()
    assert package_digest(("policyreport.models",), package) == before
    (package / "deep.py").write_text("changed = True\n")
    package_digest.cache_clear()
    assert package_digest(("policyreport.models",), package) != before


def test_the_pages_of_the_report_are_not_among_what_a_notebook_reaches():
    names = {
        path.relative_to(ROOT / "src" / "policyreport").as_posix()
        for path in reachable_files(["policyreport.open_edition", "policyreport.figures.plot"])
    }
    assert {
        "running/plan.py",
        "statistics/series/among.py",
        "figures/sparks.py",
        "statistics/series/trend.py",
    } <= names
    assert not names & {"publishing/report.py", "cli/main.py", "running/runs.py", "publishing/trace.py"}


def test_only_installed_versions_of_what_the_lock_names_count(tmp_path):
    (tmp_path / "requirements.lock").write_text("pandas==0.1 \\\n    --hash=sha256:0\n")
    named = environment_digest(tmp_path)
    (tmp_path / "requirements.lock").write_text("pandas==9.9\n")
    assert environment_digest(tmp_path) == named
    (tmp_path / "requirements.lock").write_text("pandas==0.1\nnumpy==0.1\n")
    assert environment_digest(tmp_path) != named


def test_a_kept_result_is_found_whole_and_a_damaged_one_is_none(tmp_path):
    cache = Cache(tmp_path)
    made = cache.ingredients(UNIT)
    key = cache.keep(UNIT, made, Result(b"a\nrecord", b"\x00notebook\n"))
    assert cache.find(key) == Result(b"a\nrecord", b"\x00notebook\n")
    (path,) = (cache.folder / "results").glob("*/*")
    path.write_bytes(path.read_bytes()[:-3])
    assert cache.find(key) is None
    assert not path.exists()
    assert cache.find("0" * 64) is None


def test_a_unit_that_ran_is_not_run_again_and_its_files_come_back(tmp_path):
    cache, store, pool = Cache(tmp_path), tmp_path / "build" / "q", Counting()
    other = dataclasses.replace(UNIT, area="n01")
    first = run(cache, [UNIT, other], store, pool)
    record_path(store, "n40", "trend").unlink()
    again = run(cache, [UNIT, dataclasses.replace(other, slice={"a.csv": b"new"})], store, pool)
    assert pool.ran == [("n40", "trend"), ("n01", "trend"), ("n01", "trend")]
    assert [item.state for item in (*first.finished, *again.finished)] == ["done", "done", "unchanged", "done"]
    assert record_path(store, "n40", "trend").read_bytes() == b"record"
    assert notebook_path(store, "n40", "trend").read_bytes() == b"notebook"


def test_a_failure_is_not_kept_and_a_retry_can_mend_it(tmp_path):
    cache, store = Cache(tmp_path), tmp_path / "build" / "q"
    assert [item.state for item in run(cache, [UNIT], store, Counting(failing=1)).finished] == ["failed"]
    pool = Counting(failing=1)
    assert [item.state for item in run(cache, [UNIT], store, pool, retries=2).finished] == ["done"]
    assert pool.ran == [UNIT.key] * 2
    assert not failure_path(store, *UNIT.key).exists()


def test_failing_fast_begins_nothing_more(tmp_path):
    units = [dataclasses.replace(UNIT, area=f"n{number:02}") for number in range(9)]
    national = []
    pool = Counting(failing=9)
    summary = run_stages(
        [lambda store: units, lambda store: national.append(1) or []],
        tmp_path,
        1,
        lambda event: None,
        pool,
        fail_fast=True,
    )
    assert national == []
    assert len(pool.ran) <= 2
    assert len(summary.finished) + summary.not_run == len(units)


def test_a_run_that_the_cache_answers_starts_no_process(tmp_path, monkeypatch):
    cache, store = Cache(tmp_path), tmp_path / "build" / "q"
    run(cache, [UNIT], store, Counting())
    monkeypatch.setattr("policyreport.running.runs.WorkerPool", lambda *words: pytest.fail("a pool was started"))
    summary = run_stages([lambda store: [UNIT]], store, 1, lambda event: None, cache=cache)
    assert summary.executed == 0


@pytest.fixture
def project(tmp_path):
    """A project whose one province and nation ran."""
    for part in ("data", "params", "notebooks"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "file.csv").write_text("1")
    cache, store = Cache(tmp_path), tmp_path / "build" / "q"
    units = [UNIT, dataclasses.replace(UNIT, area="VN", notebook="quality")]
    summary = run(cache, units, store, Counting())
    made = {(item.area, item.notebook): item.cached for item in summary.finished}
    remember_run(cache, tmp_path, "q", ["n40"], made, [unit.key for unit in units])
    return cache, tmp_path, store


def test_an_unchanged_project_has_its_results_back_without_planning(project):
    cache, root, store = project
    record_path(store, "VN", "quality").unlink()
    notebook_path(store, "n40", "trend").write_bytes(b"touched")
    assert restore_unchanged(cache, root, "q", None) == [("n40", "trend"), ("VN", "quality")]
    assert restore_unchanged(cache, root, "q", ["n40"]) == [("n40", "trend"), ("VN", "quality")]
    assert record_path(store, "VN", "quality").read_bytes() == b"record"
    assert notebook_path(store, "n40", "trend").read_bytes() == b"notebook"


def test_another_file_edition_area_or_record_is_looked_at_closer(project):
    cache, root, store = project
    assert restore_unchanged(cache, root, "other", None) is None
    assert restore_unchanged(cache, root, "q", ["n01"]) is None
    extra = record_path(store, "n40", "clean")
    extra.write_bytes(b"{}")
    assert restore_unchanged(cache, root, "q", None) is None
    extra.unlink()
    assert restore_unchanged(cache, root, "q", None) is not None
    (root / "data" / "file.csv").write_text("2")
    assert restore_unchanged(cache, root, "q", None) is None


def test_pruning_removes_what_was_longest_not_used(tmp_path):
    cache = Cache(tmp_path)
    keys = []
    for number in range(4):
        unit = dataclasses.replace(UNIT, area=f"n{number:02}", slice={"a": str(number).encode()})
        keys.append(cache.keep(unit, cache.ingredients(unit), Result(os.urandom(5000), b"")))
        path = cache._path("results", keys[-1])
        os.utime(path, (time.time() - 100 + number,) * 2)
    assert cache.find(keys[0]) is not None
    removed = cache.prune(11_000)
    assert 10_000 < removed < 11_000
    assert [cache.find(key) is not None for key in keys] == [True, False, False, True]
    cache.prune(0)
    assert cache.size() == 0


WRITER = """
import os, sys
from pathlib import Path
from policyreport.running.cache.results import Cache, Result
from policyreport.running.execute.unit import Unit
cache = Cache(Path(sys.argv[1]))
for number in range(150):
    unit = Unit("n40", "trend", b"{}", {"number": number % 5})
    made = cache.ingredients(unit)
    cache.keep(unit, made, Result(b"record %d" % (number % 5), b"n" * 20000))
    found = cache.find(__import__("policyreport.running.cache.ingredients", fromlist=["x"]).key_of(made))
    assert found is None or found.record == b"record %d" % (number % 5), found
    if number % 20 == 0:
        cache.prune(0)
"""


def test_runs_at_the_same_time_never_read_half_a_result(tmp_path):
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, tmp_path]) for _ in range(2)]
    assert [each.wait(60) for each in runs] == [0, 0]
    assert list((tmp_path / "build" / "cache").rglob("*.part")) == []


def test_a_full_disk_costs_the_entry_and_not_the_run(tmp_path, monkeypatch):
    cache = Cache(tmp_path)

    def full(path, body):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    key = cache.keep(UNIT, cache.ingredients(UNIT), Result(b"record", b"notebook"))
    monkeypatch.undo()
    assert cache.find(key) is None


def test_a_revised_figure_is_named_by_rows_indicator_and_period(tmp_path):
    cache, store = Cache(tmp_path), tmp_path / "build" / "q"
    before = dataclasses.replace(UNIT, slice={"observations.parquet": ledger(y2024=8.1, y2025=8.4)})
    assert reasons_for(cache, "q", before) == ["it has not run yet"]
    run(cache, [before], store, Counting())
    assert reasons_for(cache, "q", before) == []
    revised = dataclasses.replace(UNIT, slice={"observations.parquet": ledger(y2024=8.1, y2025=8.5)})
    assert reasons_for(cache, "q", revised) == ["1 row changed (gdp_growth 2025)"]
    added = dataclasses.replace(UNIT, slice={"observations.parquet": ledger(y2024=8.0, y2025=8.4, y2026=7.9)})
    assert reasons_for(cache, "q", added) == ["2 rows changed (gdp_growth 2024, gdp_growth 2026)"]


def test_each_changed_ingredient_is_a_reason_of_its_own(tmp_path):
    cache, store = Cache(tmp_path), tmp_path / "build" / "q"
    run(cache, [UNIT], store, Counting())
    changed = dataclasses.replace(
        UNIT, source=source("1"), parameters={"area": "n40", "level": 2}, slice={"b.csv": b"", "a.csv": b"2"}
    )
    assert reasons_for(cache, "q", changed) == [
        "the notebook changed",
        "its parameters changed",
        "the package's source changed",
        "a.csv changed",
        "b.csv is new",
    ]
    cache.prune(0)
    assert reasons_for(cache, "q", UNIT) == ["it has not run yet"]
