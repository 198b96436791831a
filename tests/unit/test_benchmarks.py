"""What is promised of speed holds at the size of the former provinces."""

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[2] / "benchmarks" / "rank_sets.py"


def test_rank_sets_are_fifty_times_faster_than_the_plain_double_loop() -> None:
    spec = importlib.util.spec_from_file_location("rank_sets", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.main(63, 4_000)["ratio"] > 50
