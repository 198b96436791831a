"""The same slices and records whatever Python's hash seed; the kernels of a run take 0."""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from policyreport.running import plan

SCRIPT = Path(__file__).with_name("one_process.py")
# Publishes counts of lists that changed; was merged from two; the nation.
AREAS = ("n40", "n96", "VN")


@pytest.fixture(scope="module")
def seeds(pytestconfig: pytest.Config) -> range:
    """One other hash seed a commit, twenty where all tests are asked for."""
    return range(1, 21 if pytestconfig.getoption("--all") else 2)


def under(seed: int, *command: str | Path) -> str:
    """What Python printed under a hash seed."""
    environment = os.environ | {"PYTHONHASHSEED": str(seed), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, *map(str, command)]
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True, env=environment).stdout


def test_slices_and_records_are_the_same_under_other_hash_seeds(tiny, tiny_units, seeds: range, pytestconfig) -> None:
    # The slices of all; the records of the nation take longest, and are made with --all.
    areas = AREAS if pytestconfig.getoption("--all") else AREAS[:2]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda seed: json.loads(under(seed, SCRIPT, tiny.root, "tiny", *areas)), seeds))
    # A word's hash shows that the seeds were taken.
    hashes = {each["hash of a word"] for each in made} | {int(under(0, "-c", "print(hash('policyreport'))"))}
    assert len(hashes) == len(seeds) + 1

    assert len(tiny_units) == 3 * len(plan.PROVINCE_NOTEBOOKS) + len(plan.NATIONAL_NOTEBOOKS)
    for each in made:
        assert each["slices"] == {"/".join(unit.key): digest(*slice_of(unit)) for unit in tiny_units}
        assert len(each["records"]) == 2 * len(plan.PROVINCE_NOTEBOOKS) + len(plan.NATIONAL_NOTEBOOKS) * ("VN" in areas)
        assert each["records"] == {
            name: digest((tiny.store / "records" / f"{name}.json").read_bytes()) for name in each["records"]
        }


def slice_of(unit: plan.Unit) -> list[bytes]:
    """A unit's files with their names, in order."""
    return [name.encode() + unit.slice[name] for name in sorted(unit.slice)]


def digest(*bodies: bytes) -> str:
    return hashlib.sha256(b"".join(bodies)).hexdigest()
