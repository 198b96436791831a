"""The same records and slices whatever Python's hash seed, and with one worker or two."""

import hashlib
import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policyreport.running import plan
from policyreport.running.runs import run_stages

SCRIPT = Path(__file__).with_name("one_process.py")
AREA = "n40"


def under(seed: int, *words: str | Path) -> dict[str, str]:
    """What the script printed under a hash seed."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, str(SCRIPT), *map(str, words)]
    told = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


def each(seeds: range, *words: str | Path) -> list[dict[str, str]]:
    """The same under several seeds; a word's hash shows that they were taken."""
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda seed: under(seed, *words), seeds))
    hashes = {made.pop("hash of a word") for made in found}
    assert len(hashes) == len(seeds)
    return found


def digests(store: Path, *keys: str) -> dict[str, str]:
    """Hashes of the records that the run left."""
    paths = {key: store / "records" / f"{key.replace(' ', '/')}.json" for key in keys}
    return {key: hashlib.sha256(path.read_bytes()).hexdigest() for key, path in paths.items()}


@pytest.fixture(scope="module")
def seeds(pytestconfig: pytest.Config) -> range:
    """Two hash seeds a commit, twenty where all tests are asked for."""
    return range(20 if pytestconfig.getoption("--all") else 2)


@pytest.fixture(scope="module")
def pickled(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Units of one province and of the nation, a file each."""
    folder = tmp_path_factory.mktemp("units")
    series, *units = plan.first_units(tiny.root, "tiny", [AREA], tiny.store)
    (folder / "province").write_bytes(pickle.dumps(units))
    nation = [series, *plan.last_units(tiny.root, "tiny", tiny.store)]
    (folder / "nation").write_bytes(pickle.dumps(nation))
    return folder


def test_a_provinces_records_are_the_same_under_other_hash_seeds(tiny, pickled: Path, seeds: range) -> None:
    expected = digests(tiny.store, *(f"{AREA} {name}" for name in plan.PROVINCE_NOTEBOOKS))
    assert each(seeds, "records", pickled / "province") == [expected] * len(seeds)


def test_the_national_records_are_the_same_under_other_hash_seeds(tiny, pickled: Path, seeds: range) -> None:
    expected = digests(tiny.store, "VN series", "VN evaluation")
    assert each(seeds, "records", pickled / "nation") == [expected] * len(seeds)


def test_what_the_notebooks_read_is_the_same_under_other_hash_seeds(tiny) -> None:
    found = each(range(2), "slices", tiny.root, "tiny")
    assert len(found[0]) == 3 * len(plan.PROVINCE_NOTEBOOKS) + 2
    assert found[0] == found[1]


def test_one_worker_leaves_the_records_of_two(tiny, tmp_path: Path) -> None:
    stages = (
        lambda store: plan.first_units(tiny.root, "tiny", None, tiny.store),
        lambda store: plan.last_units(tiny.root, "tiny", tiny.store),
    )
    run_stages(stages, tmp_path / "tiny", 1, lambda event: None)
    one, two = (
        {path.relative_to(store): path.read_bytes() for path in sorted(store.glob("*/*/*")) if path.is_file()}
        for store in (tmp_path / "tiny", tiny.store)
    )
    assert len(one) > 3 * len(plan.PROVINCE_NOTEBOOKS)
    assert one == two
