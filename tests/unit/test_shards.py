"""Shards: parts that together are the edition, and bundles that are taken only if they fit this project."""

import dataclasses
import json
import random
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import Executor, Future
from pathlib import Path

import pytest
import yaml

from policyreport.errors import RunError, UsageError
from policyreport.records.base import Failure
from policyreport.running import bundles
from policyreport.running.bundles import adopt, open_bundle, require_all, write_bundle
from policyreport.running.cache.results import Cache
from policyreport.running.execute import Outcome, Unit
from policyreport.running.execute.unit import Units, keys_of
from policyreport.running.runs import run_stages
from policyreport.running.shards import Shard, keep_seconds, kept_seconds
from policyreport.running.store import UNSEALED, sealed

AREAS = ["VN", *(f"n{number:02}" for number in range(1, 8))]
KEYS = [(area, notebook) for area in AREAS for notebook in ("clean", "trend", "compare")]
GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "run-notebooks.md").read_text(encoding="utf-8")
EDITION = "2031Q2"


def make(area: str, notebook: str, **changes) -> Unit:
    values = {"source": b'{"%s": 1}' % notebook.encode(), "parameters": {"area": area}, "slice": {"rows.csv": b"1"}}
    return Unit(area, notebook, **(values | changes))


class Sealing(Executor):
    """Answers each unit with a record and the notebook that belongs to it, unless it is to fail."""

    def __init__(self, failing: str = "") -> None:
        self.failing, self.ran = failing, []

    def submit(self, task, unit):
        self.ran.append(unit.key)
        record = json.dumps([unit.area, unit.notebook]).encode()
        future = Future()
        if "/".join(unit.key) == self.failing:
            failure = Failure(area=unit.area, notebook=unit.notebook, reason="raised", error="E", message="m")
            future.set_result(Outcome(*unit.key, b"{}", failure=failure))
        else:
            future.set_result(Outcome(*unit.key, sealed(json.dumps(UNSEALED).encode(), record), record, seconds=1.5))
        return future


def run_shard(machine: Path, text: str, keys=KEYS, failing: str = "", **changes) -> Path:
    """Run a shard on a machine of its own; its bundle."""
    shard, cache, store = Shard.read(text), Cache(machine), Shard.read(text).store(machine, EDITION)
    units = shard.part(Units(keys, lambda area, name: make(area, name, **changes)), kept_seconds(cache, EDITION))
    summary = run_stages([lambda _: units], store, 1, lambda event: None, Sealing(failing), cache=cache)
    write_bundle(shard.file(machine, EDITION), shard, machine, units, store, summary, cache)
    return shard.file(machine, EDITION)


def merge(here: Path, *paths: Path, units=None):
    """Adopt bundles; the cache, and what became of them."""
    cache = Cache(here)
    opened = [open_bundle(path, EDITION) for path in paths]
    units = units or Units(KEYS, make)
    adopted = adopt(cache, here, units, opened)
    for error in adopted.refused.values():
        raise error
    require_all(EDITION, opened, adopted.missing)
    return cache


@pytest.fixture
def three(tmp_path):
    """The bundles of three machines."""
    return [run_shard(tmp_path / f"machine{number}", f"{number}/3") for number in (1, 2, 3)]


def rewrite(path: Path, name: str, change) -> None:
    """Change one file of a bundle and nothing else; the zip is a good one."""
    with zipfile.ZipFile(path) as archive:
        files = {item: archive.read(item) for item in archive.namelist()}
    files[name] = change(files[name])
    with zipfile.ZipFile(path, "w") as archive:
        for item, body in files.items():
            archive.writestr(item, body)


def in_manifest(**changes):
    return lambda body: json.dumps(json.loads(body) | changes).encode()


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 40])
@pytest.mark.parametrize("timed", [False, True])
def test_every_unit_is_in_one_shard_whatever_the_order(parts, timed):
    seconds = {"/".join(key): 1.0 + (place * 7 % 11) for place, key in enumerate(KEYS)} if timed else {}
    shuffled = random.Random(1).sample(KEYS, len(KEYS))
    shards = [Shard(number, parts) for number in range(1, parts + 1)]
    split = [keys_of(shard.part(Units(KEYS, make), seconds)) for shard in shards]
    assert sorted(key for part in split for key in part) == sorted(KEYS)
    assert [set(part) for part in split] == [
        set(keys_of(shard.part(Units(shuffled, make), seconds))) for shard in shards
    ]
    assert all(list(part) == [key for key in KEYS if key in part] for part in split)


def test_without_durations_shards_have_one_number_of_each_notebook():
    for number in (1, 2, 3, 4):
        names = [name for _, name in keys_of(Shard(number, 4).part(Units(KEYS, make), {}))]
        assert {names.count(name) for name in ("clean", "trend", "compare")} == {2}


def test_with_durations_a_long_notebook_has_a_shard_almost_to_itself():
    seconds = {"/".join(key): 1.0 for key in KEYS} | {"VN/trend": 20.0}
    sizes = {len(Shard(number, 2).part(Units(KEYS, make), seconds)) for number in (1, 2)}
    assert sizes == {3, 21}


def test_durations_are_kept_for_the_next_splitting_and_nothing_else_counts_as_one(tmp_path):
    cache = Cache(tmp_path)
    keep_seconds(cache, EDITION, {"n01/clean": 1.234})
    keep_seconds(cache, EDITION, {"n02/clean": 2.0})
    assert kept_seconds(cache, EDITION) == {"n01/clean": 1.23, "n02/clean": 2.0}
    cache.note(f"seconds/{EDITION}", {"n01/clean": "long", "n02/clean": -1, "n03/clean": float("nan")})
    assert kept_seconds(cache, EDITION) == {}


@pytest.mark.parametrize("text", ["0/3", "4/3", "2", "a/b", "1/0", "-1/3", "1/3/5", ""])
def test_a_shard_is_a_number_and_how_many_there_are(text):
    with pytest.raises(UsageError, match="The second of three is --shard 2/3"):
        Shard.read(text)


def test_merged_shards_leave_nothing_to_run(tmp_path, three):
    cache = merge(tmp_path / "here", *three)
    pool = Sealing()
    stages = [lambda _: Units(KEYS, make)]
    run_stages(stages, tmp_path / "here" / EDITION, 1, lambda event: None, pool, cache=cache)
    run_stages(stages, tmp_path / "one" / EDITION, 1, lambda event: None, Sealing())
    assert pool.ran == []
    assert files_in(tmp_path / "here" / EDITION) == files_in(tmp_path / "one" / EDITION)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_lost_shard_is_named_with_its_notebooks_and_the_others_are_kept(tmp_path, three):
    with pytest.raises(RunError) as error:
        merge(tmp_path / "here", three[0], three[2])
    assert error.value.got == "shard 2 of 3 is missing: 8 notebooks, areas VN, n01, n02, n03, n04 and 3 more"
    assert "--shard 2/3" in error.value.todo
    assert len(list((tmp_path / "here" / "build" / "cache" / "results").glob("*/*"))) == 16


def test_a_lost_shard_without_notebooks_is_no_loss(tmp_path):
    paths = [run_shard(tmp_path / str(number), f"{number}/3", KEYS[:2]) for number in (1, 2)]
    merge(tmp_path / "here", *paths, units=Units(KEYS[:2], make))


def test_what_failed_in_its_shard_is_not_lost_but_left_to_run(tmp_path):
    paths = [run_shard(tmp_path / str(number), f"{number}/3", failing="VN/trend") for number in (1, 2, 3)]
    manifests = [json.loads(zipfile.ZipFile(path).read(bundles.MANIFEST)) for path in paths]
    assert [manifest["failed"] for manifest in manifests].count({"VN/trend": "VN/trend failed: E: m"}) == 1
    pool = Sealing()
    cache = merge(tmp_path / "here", *paths)
    run_stages([lambda _: Units(KEYS, make)], tmp_path / "s", 1, lambda event: None, pool, cache=cache)
    assert pool.ran == [("VN", "trend")]


def test_shards_that_were_split_by_other_durations_do_not_fit_together(tmp_path, three):
    keep_seconds(Cache(tmp_path / "other"), EDITION, {"/".join(key): 90.0 if key[0] == "VN" else 1.0 for key in KEYS})
    other = run_shard(tmp_path / "other", "2/3")
    with pytest.raises(RunError) as error:
        merge(tmp_path / "here", three[0], other, three[2])
    assert error.value.got.startswith("in none of them: ")
    assert f"build/cache/seconds/{EDITION}.json" in error.value.todo


def test_shards_of_two_splittings_are_refused(tmp_path, three):
    with pytest.raises(RunError, match="shards of one number"):
        merge(tmp_path / "here", three[0], run_shard(tmp_path / "other", "2/4"))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"slice": {"rows.csv": b"2"}}, r"rows\.csv 6b86b273ff; got rows\.csv d4735e3a26"),
        ({"slice": {"rows.csv": b"1", "more.csv": b""}}, r"more\.csv none; got more\.csv e3b0c44298"),
        ({"source": b'{"cells": [1]}'}, r"notebook \w{10}; got notebook \w{10}"),
        ({"parameters": {"area": "n99"}}, r'parameter area "VN"; got parameter area "n99"'),
    ],
)
def test_a_bundle_made_of_something_else_is_refused_with_what_differs(tmp_path, changes, expected):
    path = run_shard(tmp_path / "there", "1/1", KEYS[:3], **changes)
    with pytest.raises(RunError, match=rf"1-of-1\.zip: VN/clean: expected {expected}"):
        merge(tmp_path / "here", path, units=Units(KEYS[:3], make))
    assert not list((tmp_path / "here").rglob("results/*/*"))


def test_a_bundle_of_other_versions_is_refused_with_theirs_and_ours(tmp_path, monkeypatch):
    described = bundles.describe_environment(None) | {"pandas": "9.9"}
    with monkeypatch.context() as there:
        there.setattr(bundles, "describe_environment", lambda names: described)
        there.setattr("policyreport.running.cache.results.environment_digest", lambda root: "0" * 64)
        path = run_shard(tmp_path / "there", "1/1")
    with pytest.raises(RunError, match=r"expected the versions installed here; got pandas 9\.9 \(here \d"):
        merge(tmp_path / "here", path)


def test_a_bundle_of_another_edition_is_refused(tmp_path, three):
    rewrite(three[0], bundles.MANIFEST, in_manifest(edition="2031Q1"))
    with pytest.raises(RunError, match="a bundle of edition 2031Q2; got one of 2031Q1"):
        merge(tmp_path / "here", *three)


def test_a_notebook_that_the_edition_has_not_is_named(tmp_path, three):
    with pytest.raises(RunError, match="n07/trend: expected notebooks of the edition"):
        merge(tmp_path / "here", *three, units=Units([key for key in KEYS if key != ("n07", "trend")], make))


DAMAGE = {
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-100]),
    "empty": lambda path: path.write_bytes(b""),
    "no zip": lambda path: path.write_text("<html>404</html>"),
    "a byte": lambda path: path.write_bytes(path.read_bytes().replace(b"PK\x03\x04", b"PK\x03\x05", 1)),
    "another record": lambda path: rewrite(path, "VN/clean.json", lambda body: body + b" "),
    "no contents": lambda path: rewrite(path, bundles.MANIFEST, lambda body: b"{}"),
    "an unknown format": lambda path: rewrite(path, bundles.MANIFEST, in_manifest(format=2)),
    "a wrong list": lambda path: rewrite(path, bundles.MANIFEST, in_manifest(results=[])),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_bundle_is_refused_and_nothing_is_lost(tmp_path, damage):
    good, bad = run_shard(tmp_path / "1", "1/2"), run_shard(tmp_path / "2", "1/2")
    DAMAGE[damage](bad)
    body = bad.read_bytes()
    cache = merge_one(tmp_path / "here", good)
    before = files_in(cache.folder)
    with pytest.raises(RunError, match=rf"{re.escape(str(bad))}: expected a bundle as .* The edition is as before"):
        merge_one(tmp_path / "here", bad)
    assert files_in(cache.folder) == before
    assert bad.read_bytes() == body


def merge_one(here: Path, path: Path) -> Cache:
    return merge(here, path, units=Shard(1, 2).part(Units(KEYS, make), {}))


def test_a_record_changed_with_its_hash_breaks_the_seal_of_its_notebook(tmp_path, three):
    def other_hash(body: bytes) -> bytes:
        contents = json.loads(body)
        contents["results"]["VN/clean"]["record"] = bundles.digest(b"[1]")
        return json.dumps(contents).encode()

    (holder,) = [path for path in three if "VN/clean.json" in zipfile.ZipFile(path).namelist()]
    rewrite(holder, "VN/clean.json", lambda body: b"[1]")
    rewrite(holder, bundles.MANIFEST, other_hash)
    with pytest.raises(RunError, match="got another record of VN/clean"):
        merge(tmp_path / "here", *three)


def test_a_project_edited_during_the_run_leaves_no_bundle(tmp_path):
    shard, cache = Shard(1, 1), Cache(tmp_path)
    units, store = [make(*KEYS[0])], shard.store(tmp_path, EDITION)
    summary = run_stages([lambda _: units], store, 1, lambda event: None, Sealing(), cache=cache)
    edited = [dataclasses.replace(units[0], source=b"{}")]
    with pytest.raises(RunError, match="a project that stays as it is during a run"):
        write_bundle(tmp_path / "bundle.zip", shard, tmp_path, edited, store, summary, cache)
    assert not list(tmp_path.glob("*bundle*"))


def test_the_scripts_of_the_guide_are_shell_and_their_shards_complete():
    scripts = [block for block in blocks("sh") if block.startswith("#!")]
    assert len(scripts) == 2
    assert "--array=1-8\n" in scripts[0]
    assert '--shard "$SLURM_ARRAY_TASK_ID/8"' in scripts[0]
    assert "-of-8.zip" in scripts[1]
    for script in blocks("sh"):
        parse_shell(script)


def test_the_job_of_the_guide_counts_its_shards_from_one():
    job = yaml.safe_load(blocks("yaml")[0])["spec"]
    (command,) = job["template"]["spec"]["containers"][0]["args"]
    parse_shell(command)
    given = [
        subprocess.run(
            ["bash", "-c", f"policyreport() {{ echo $4; }}; {command}"],
            env={"JOB_COMPLETION_INDEX": str(index)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for index in range(job["completions"])
    ]
    assert [Shard.read(text) for text in given] == [Shard(number, 8) for number in range(1, 9)]


def test_the_workflow_of_the_guide_runs_every_shard_and_merges_them():
    jobs = yaml.safe_load(blocks("yaml")[1])["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    numbers = jobs["shard"]["strategy"]["matrix"]["shard"]
    run = next(command for command in commands if "--shard" in command)
    for number in numbers:
        command = run.replace("${{ matrix.shard }}", str(number))
        parse_shell(command)
        assert Shard.read(command.split()[4]) == Shard(number, len(numbers))
    assert jobs["merge"]["needs"] == "shard"
    assert "policyreport merge 2025Q4 bundles" in commands


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def parse_shell(script: str) -> None:
    subprocess.run([shutil.which("bash"), "-n"], input=script, text=True, check=True, stderr=subprocess.STDOUT)
