"""A cluster: what is compared before work is sent, and what is told of its workers."""

import sys

import pytest

from policyreport.errors import UsageError
from policyreport.running.cluster.executor import DaskExecutor, Pace
from policyreport.running.cluster.worker import SOURCE, Order, describe_environment, differences
from policyreport.running.events import WorkerLost, WorkerSlow
from policyreport.running.execute import Outcome

HERE = {"Python": "CPython 3.11.7", "machine": "linux x86_64", SOURCE: "0123456789abcdef", "pandas": "3.0.2"}


def test_equal_environments_do_not_differ():
    assert differences(HERE, dict(HERE)) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pandas": "3.0.1"}, "pandas 3.0.1 (here 3.0.2)"),
        ({"Python": "CPython 3.12.1"}, "CPython 3.12.1 (here CPython 3.11.7)"),
        ({SOURCE: "fedcba98765432"}, "policyreport's source fedcba9876 (here 0123456789)"),
        ({"seaborn": "0.13.2"}, "seaborn 0.13.2 (here none)"),
    ],
)
def test_a_difference_is_named_with_both_sides(change, said):
    assert differences(HERE, HERE | change) == said


def test_a_missing_package_is_named():
    assert differences(HERE, {name: HERE[name] for name in HERE if name != "pandas"}) == "no pandas (here 3.0.2)"


def test_many_differences_are_counted():
    there = HERE | {f"package-{number}": "1" for number in range(9)}
    assert differences(HERE, there).endswith("package-3 1 (here none) and 5 more")


def test_this_environment_is_described_by_python_source_and_the_packages_asked_for():
    described = describe_environment({"pandas", "no-such-package"})
    assert set(described) == {"Python", "machine", SOURCE, "pandas"}


def test_without_dask_the_option_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"policyreport\[cluster\]"):
        DaskExecutor("local:2", Order(()))


def outcome(worker: str, seconds: float, area: str = "n01") -> Outcome:
    return Outcome(area, "trend", b"{}", b"{}", seconds=seconds, worker=worker)


def test_a_worker_that_needs_twice_the_time_of_the_others_is_named_once(monkeypatch):
    monkeypatch.setattr("policyreport.running.cluster.executor.LOOK_SECONDS", 0)
    pace = Pace()
    for _ in range(3):
        assert pace.slow(dict) == []
        pace.note(outcome("tcp://fast", 1.0))
        pace.note(outcome("tcp://slow", 2.5))
    assert pace.slow(dict) == [WorkerSlow("tcp://slow", 2.5)]
    assert pace.slow(dict) == []


def test_workers_that_are_alike_are_not_slow():
    pace = Pace()
    for number in range(20):
        pace.note(outcome(f"tcp://{number % 2}", 1.0 + number % 3))
    assert pace.slow(dict) == []


def test_a_notebook_that_stays_far_too_long_at_a_worker_is_named(monkeypatch):
    pace = Pace()
    for _ in range(3):
        pace.note(outcome("tcp://a", 1.0))
    clock = [100.0]
    monkeypatch.setattr("policyreport.running.cluster.executor.time.monotonic", lambda: clock[0])
    assigned = {("n40", "trend"): "tcp://b"}
    told = []
    for clock[0] in (100.0, 111.0, 117.0):
        told.append(pace.slow(lambda: assigned))
    assert told == [[], [WorkerSlow("tcp://b", 11.0, ("n40", "trend"))], []]


def test_what_happens_to_workers_is_a_line_and_json():
    lost = WorkerLost("tcp://a", (("n40", "trend"),))
    assert lost.line == "worker tcp://a is gone; n40/trend runs again elsewhere"
    assert lost.facts() == {"event": "worker-lost", "worker": "tcp://a", "units": ["n40/trend"]}
    slow = WorkerSlow("tcp://b", 2.51)
    assert slow.line == "worker tcp://b is slow: 2.5 times as long as usual"
    assert slow.facts() == {"event": "worker-slow", "worker": "tcp://b", "ratio": 2.5}
