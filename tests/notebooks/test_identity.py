"""The same inputs give the same bytes: warm or cold kernels, one worker or four, in any order.

A run on a Dask cluster is held against the same bytes in tests/faults/test_cluster.py.
"""

import random

import pytest

from policyreport.publishing.differences import compare_builds
from policyreport.running import plan
from policyreport.running.kernels.batch import batch_server
from policyreport.running.pool import WorkerPool
from policyreport.running.runs import run_units


def run_warm(tiny, store, units, workers: int, rehearsed: bool) -> None:
    """Run units of the tiny edition with warm kernels."""
    notebooks = (tiny.root / "notebooks").glob("*/*.ipynb")
    ahead = ("policyreport.running.rehearsal", "rehearse", str(tiny.root), "tiny") if rehearsed else ()
    with batch_server(notebooks, rehearsal=ahead) as server, WorkerPool(workers, server.address) as pool:
        assert server.address, "kernels are warm on this platform"
        assert run_units(units, store, workers, lambda event: None, pool).failed == ()


@pytest.fixture
def cold(tiny, tmp_path):
    """The results of some units of the tiny edition, which cold kernels made: two workers, in order."""

    def pick(units):
        for area, notebook in (unit.key for unit in units):
            for name in (f"records/{area}/{notebook}.json", f"notebooks/{area}/{notebook}.ipynb"):
                (tmp_path / "cold" / name).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / "cold" / name).write_bytes((tiny.store / name).read_bytes())
        return tmp_path / "cold"

    return pick


def test_a_whole_edition_by_four_workers_in_shuffled_order_has_the_bytes_of_cold_kernels(tiny, cold, tmp_path):
    units = [
        *plan.first_units(tiny.root, "tiny", None, tiny.store),
        *plan.last_units(tiny.root, "tiny", tiny.store),
    ]
    random.Random(57).shuffle(units)
    run_warm(tiny, tmp_path / "warm", units, 4, rehearsed=True)
    assert compare_builds(cold(units), tmp_path / "warm") == (2 * 11, [])


def test_one_worker_without_a_rehearsal_has_the_bytes_of_cold_kernels(tiny, cold, tmp_path):
    units = list(plan.first_units(tiny.root, "tiny", ["n96"], tiny.store))[1:]
    run_warm(tiny, tmp_path / "warm", units, 1, rehearsed=False)
    assert compare_builds(cold(units), tmp_path / "warm") == (2 * 3, [])
