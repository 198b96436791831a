"""The same inputs give the same bytes: cold kernels or warm, rehearsed or not, one worker or more, in any order.

A run on a Dask cluster is held against the same bytes in tests/faults/test_cluster.py, other hash seeds in
tests/property/test_hash_seeds.py.
"""

import random

from policyreport.records.notebooks import NATIONAL_NOTEBOOKS
from policyreport.running.kernels import batch_server
from policyreport.running.pool import WorkerPool
from policyreport.running.runs import run_stages
from policyreport.running.store import notebook_path, record_path

SOME = {("n40", "trend"), ("VN", "economy"), ("VN", "provinces")}


def test_the_tiny_edition_ran_by_two_workers_with_warm_kernels(tiny):
    assert tiny.summary.executed == len(tiny.summary.finished) == 3 * 3 + len(NATIONAL_NOTEBOOKS)
    assert [item.cold for item in tiny.summary.finished if item.cold] == []


def test_notebooks_give_the_same_bytes_however_they_are_run(tiny, tiny_units, tmp_path, pytestconfig):
    """The tiny edition was run by two workers, in order, with warm kernels of a server that had rehearsed."""
    units = random.Random(57).sample(tiny_units, len(tiny_units))
    ways = [("cold", 1)]
    if pytestconfig.getoption("--all"):
        ways.append(("warm", 4))
    else:
        # One of a province and two of the country, one in each stage: a cold start takes longer than most notebooks.
        units = [unit for unit in units if unit.key in SOME]
        assert len(units) == len(SOME)
    for kernels, workers in ways:
        run_without_rehearsal(tiny, tmp_path / kernels, units, kernels, workers)
        for unit in units:
            for path in (record_path, notebook_path):
                made, expected = path(tmp_path / kernels, *unit.key), path(tiny.store, *unit.key)
                assert made.read_bytes() == expected.read_bytes(), (kernels, *unit.key)


def run_without_rehearsal(tiny, store, units, kernels, workers):
    notebooks = (tiny.root / "notebooks").glob("*/*.ipynb")
    with batch_server(notebooks, cold=kernels == "cold") as server, WorkerPool(workers, server.address) as pool:
        assert bool(server.address) == (kernels == "warm")
        assert run_stages([lambda _: units], store, workers, lambda event: None, pool).failed == ()
