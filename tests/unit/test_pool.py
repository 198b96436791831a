"""The pool of worker processes: forked from a process without threads, and ended whatever they do."""

import os
import time
from pathlib import Path

import pytest

from policyreport.running import pool
from policyreport.running.pool import WorkerPool, sweep


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts threads through /proc")
def test_workers_are_forked_from_a_process_of_one_thread():
    with WorkerPool(1) as workers:
        parent = workers.submit(os.getppid).result()
        assert parent != os.getpid()
        assert len(list(Path(f"/proc/{parent}/task").iterdir())) == 1


def test_the_environment_is_left_as_it_was(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    before = dict(os.environ)
    with WorkerPool(1) as workers:
        assert workers.submit(abs, -1).result() == 1
    assert dict(os.environ) == before


def test_a_process_that_does_not_end_is_killed_in_the_end(monkeypatch):
    monkeypatch.setattr(pool, "END_SECONDS", 0.5)
    with WorkerPool(1) as workers:
        asleep = workers.submit(time.sleep, 300)
    assert asleep.cancelled() or not asleep.done() or asleep.exception() is not None


def test_folders_that_others_remove_at_the_same_time_are_no_error(monkeypatch, tmp_path):
    def gone(path):
        raise FileNotFoundError(path)

    (tmp_path / "run" / "unit" / "kernel").mkdir(parents=True)
    monkeypatch.setattr(os, "scandir", gone)
    sweep(tmp_path / "run")
