"""A run: stages in turn, each outcome on disk as it arrives, whatever executor does the work."""

import json
import signal
import stat
import tempfile
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from policyreport.errors import RunError
from policyreport.records.base import Failure
from policyreport.records.notebooks import CleanRecord, Deviation
from policyreport.running.events import Finished, Planned, Retrying, Started
from policyreport.running.execute import Outcome, Unit
from policyreport.running.execute.unit import Units, WorkerLostError, keys_of
from policyreport.running.kernels import engine_options
from policyreport.running.pool import WorkerPool, scratch_folder
from policyreport.running.progress import SIGNS, Board, PlainLines, Stage, duration, show_progress
from policyreport.running.runs import NOT_COMPARED, run_stages
from policyreport.running.store import failure_path, notebook_path, record_path, save_outcome, write_whole

OTHER = Deviation(field="growth", estimator="fit_trend", argument="values", official="9 rows", used="5 rows")
FIXTURES = Path(__file__).parents[1] / "notebooks" / "fixtures"


def unit(area: str, notebook: str = "clean", name: str = "reads_slice", **files: bytes) -> Unit:
    source = (FIXTURES / f"{name}.ipynb").read_bytes()
    return Unit(area, notebook, source, {"area": area}, {"ledger.csv": b"x\n1\n"} | files, timeout=60.0)


def failure(area: str = "n01", notebook: str = "clean") -> Failure:
    return Failure(area=area, notebook=notebook, reason="raised", error="KeyError", message="'2025'")


class Instant(Executor):
    """Runs nothing: answers with prepared outcomes."""

    def __init__(self, failing: set[str] = frozenset(), error: Exception | None = None) -> None:
        self.failing, self.error, self.most, self.open = failing, error, 0, []

    def submit(self, task, unit):
        future = Future()
        self.open.append(future)
        self.most = max(self.most, sum(not each.done() for each in self.open))
        if self.error is not None:
            future.set_exception(self.error)
        elif unit.area in self.failing:
            future.set_result(Outcome(unit.area, unit.notebook, b"{}", failure=failure(unit.area, unit.notebook)))
        else:
            future.set_result(Outcome(unit.area, unit.notebook, b"{}", b'{"area": "%s"}' % unit.area.encode()))
        return future


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def by_processes(tmp_path_factory):
    store = tmp_path_factory.mktemp("processes")
    stages = [
        lambda store: [unit("n01"), unit("n02"), unit("n02", "trend", "raises")],
        lambda store: [unit("VN", "quality", **{"n01.json": record_path(store, "n01", "clean").read_bytes()})],
    ]
    events = []
    summary = run_stages(stages, store, 2, events.append)
    return store, summary, events


def test_each_unit_ends_as_a_record_or_a_failure_with_its_notebook(by_processes):
    store, summary, _ = by_processes
    assert sorted(files_in(store)) == [
        "failures/n02/trend.json",
        "notebooks/VN/quality.ipynb",
        "notebooks/n01/clean.ipynb",
        "notebooks/n02/clean.ipynb",
        "notebooks/n02/trend.ipynb",
        "records/VN/quality.json",
        "records/n01/clean.json",
        "records/n02/clean.json",
    ]
    assert (summary.done, [(item.area, item.notebook) for item in summary.failed]) == (3, [("n02", "trend")])


def test_the_national_stage_runs_after_the_provinces_though_one_failed(by_processes):
    _, _, events = by_processes
    kinds = [type(event) for event in events if not isinstance(event, Started)]
    assert kinds == [Planned, Finished, Finished, Finished, Planned, Finished]
    assert events[0].areas == {"n01": 1, "n02": 2}
    assert events[-1].area == "VN"


def test_threads_give_the_same_bytes_as_processes(by_processes, tmp_path):
    expected = files_in(by_processes[0])
    with ThreadPoolExecutor(2) as threads:
        run_stages([lambda _: [unit("n02", "trend", "raises"), unit("n01")]], tmp_path, 2, lambda event: None, threads)
    found = files_in(tmp_path)
    assert len(found) == 4
    assert found == {name: expected[name] for name in found}


def test_a_later_success_removes_the_failure_and_a_later_failure_the_record(tmp_path):
    run_stages([lambda _: [unit("n01"), unit("n02")]], tmp_path, 1, lambda event: None, Instant(failing={"n01"}))
    assert failure_path(tmp_path, "n01", "clean").exists()
    run_stages([lambda _: [unit("n01"), unit("n02")]], tmp_path, 1, lambda event: None, Instant(failing={"n02"}))
    assert not failure_path(tmp_path, "n01", "clean").exists()
    assert json.loads(record_path(tmp_path, "n01", "clean").read_bytes()) == {"area": "n01"}
    assert not record_path(tmp_path, "n02", "clean").exists()
    assert Failure.from_json(failure_path(tmp_path, "n02", "clean").read_bytes()) == failure("n02")


def test_results_of_areas_that_do_not_run_stay(tmp_path):
    run_stages([lambda _: [unit("n01"), unit("n02")]], tmp_path, 1, lambda event: None, Instant())
    before = files_in(tmp_path / "records" / "n02")
    run_stages([lambda _: [unit("n01")]], tmp_path, 1, lambda event: None, Instant(failing={"n01"}))
    assert files_in(tmp_path / "records" / "n02") == before


def test_results_of_a_notebook_that_an_area_has_no_more_are_removed(tmp_path):
    old, new = [unit("n01", "trend"), unit("n02", "trend")], [unit("n01")]
    run_stages([lambda store: old], tmp_path, 1, lambda event: None, Instant())
    run_stages([lambda store: new], tmp_path, 1, lambda event: None, Instant())
    assert sorted(files_in(tmp_path)) == [
        "notebooks/n01/clean.ipynb",
        "notebooks/n02/trend.ipynb",
        "records/n01/clean.json",
        "records/n02/trend.json",
    ]


def test_an_area_keeps_the_results_of_every_stage_and_of_a_stage_that_was_not_reached(tmp_path):
    stages = [lambda store: [unit("VN", "series")], lambda store: [unit("VN", "quality")]]
    run_stages(stages, tmp_path, 1, lambda event: None, Instant())
    assert sorted(files_in(tmp_path / "records" / "VN")) == ["quality.json", "series.json"]
    run_stages(stages, tmp_path, 1, lambda event: None, Instant(failing={"VN"}), fail_fast=True)
    assert sorted(files_in(tmp_path / "records" / "VN")) == ["quality.json"]


def test_an_error_of_the_executor_is_an_outcome_of_its_unit(tmp_path):
    pool = Instant(error=OSError("no route to the worker"))
    summary = run_stages([lambda _: [unit("n01")]], tmp_path, 1, lambda event: None, pool)
    assert summary.failed[0].failure.reason == "not-run"
    assert summary.failed[0].failure.message == "no route to the worker"
    assert notebook_path(tmp_path, "n01", "clean").read_bytes() == unit("n01").source


def test_a_unit_that_lost_its_process_is_tried_once_more_alone(tmp_path):
    class Losing(Instant):
        def submit(self, task, unit):
            self.error = WorkerLostError() if unit.area == "n02" or len(self.open) < 2 else None
            return super().submit(task, unit)

    pool = Losing()
    summary = run_stages([lambda _: [unit("n01"), unit("n02"), unit("n03")]], tmp_path, 1, lambda event: None, pool)
    assert [(item.area, item.failure.reason) for item in summary.failed] == [("n02", "not-run")]
    assert "was killed" in summary.failed[0].failure.message
    assert len(pool.open) == 5


def test_an_interrupt_that_python_dropped_is_not_lost(tmp_path):
    before = signal.getsignal(signal.SIGINT)

    class Dropping(Instant):
        def submit(self, task, unit):
            # As raised while an object is destroyed: seen by nobody.
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            return super().submit(task, unit)

    with pytest.raises(KeyboardInterrupt):
        run_stages(
            [lambda store: [unit(f"n{number}") for number in range(9)]], tmp_path, 1, lambda event: None, Dropping()
        )
    assert len(list(tmp_path.glob("records/*"))) == 2
    assert signal.getsignal(signal.SIGINT) is before


def test_a_stage_that_cannot_be_planned_starts_no_process_and_writes_nothing(tmp_path, monkeypatch):
    def plan(store):
        raise RunError("--areas n99", "an area", "none", "Look again.")

    monkeypatch.setattr(WorkerPool, "__init__", lambda *args: pytest.fail("a pool was started"))
    with pytest.raises(RunError):
        run_stages([plan], tmp_path / "store", 1, lambda event: None)
    assert not (tmp_path / "store").exists()


def test_only_a_few_units_are_handed_over_at_a_time(tmp_path):
    slow = ThreadPoolExecutor(1)
    handed = []

    class Counting(Executor):
        def submit(self, task, unit):
            handed.append(unit.area)
            return slow.submit(lambda: Outcome(unit.area, unit.notebook, b"{}", b"{}"))

    waiting = []

    def tell(event):
        if isinstance(event, Finished):
            waiting.append(len(handed) - len(waiting) - 1)

    with slow:
        run_stages([lambda _: [unit(f"n{number}") for number in range(50)]], tmp_path, 2, tell, Counting())
    assert len(handed) == 50
    assert max(waiting) <= 2 * 2


def test_an_unwritable_store_is_a_message(tmp_path):
    (tmp_path / "records").write_text("a file where a folder should be")
    with pytest.raises(RunError, match="expected a folder that can be written"):
        save_outcome(tmp_path, Outcome("n01", "clean", b"{}", b"{}"))


def test_a_file_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, monkeypatch):
    target = tmp_path / "record.json"
    write_whole(target, b"old")

    def half(path, body):
        with path.open("wb") as file:
            file.write(body[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OSError, match="No space left"):
        write_whole(target, b"new")
    monkeypatch.undo()
    assert files_in(tmp_path) == {"record.json": b"old"}


def test_a_pipe_gets_one_plain_line_per_area_with_the_time_left(tmp_path):
    out = StringIO()
    units = [unit(area, notebook) for area in ("n01", "n02") for notebook in ("clean", "trend")]
    with show_progress(Console(file=out, width=60), 2) as tell:
        run_stages([lambda _: units], tmp_path, 2, tell, Instant(failing={"n02"}))
    lines = out.getvalue().splitlines()
    assert lines[:2] == ["reading the data", "running 4 notebooks for areas: 2, workers: 2"]
    assert lines[2].startswith("[1/2] n01 done, about ")
    assert lines[3:] == [
        "n02/clean failed: KeyError: '2025'",
        "n02/trend failed: KeyError: '2025'",
        "[2/2] n02 FAILED",
    ]


def test_a_terminal_gets_the_board_and_the_failures(tmp_path):
    out = StringIO()
    console = Console(file=out, width=100, force_terminal=True)
    with show_progress(console, 2) as tell:
        run_stages([lambda _: [unit("n01"), unit("n02")]], tmp_path, 2, tell, Instant(failing={"n02"}))
    assert "n02/clean failed: KeyError: '2025'" in out.getvalue()
    assert "2/2" in out.getvalue()


def drawn(board: Board, width: int = 80, height: int = 24) -> list[str]:
    """The board's lines in a terminal of a size."""
    out = StringIO()
    board.console = Console(file=StringIO(), width=width, height=height, force_terminal=True)
    Console(file=out, width=width).print(board.render())
    return [line.rstrip() for line in out.getvalue().splitlines()]


NOTEBOOKS = ("clean", "trend", "compare")


def board_of(areas: int) -> Board:
    board = Board(Console(file=StringIO(), force_terminal=True), 2)
    board.signs = SIGNS
    board.take(Planned(tuple((f"n{number:02}", name) for number in range(1, areas + 1) for name in NOTEBOOKS)))
    return board


def ended(area: str, notebook: str, **facts) -> Finished:
    return Finished(area, notebook, kept=Path("x"), **({"failure": None, "seconds": 2.0} | facts))


def test_the_board_shows_areas_by_notebooks_with_state_counts_and_time_left():
    board = board_of(2)
    board.take(ended("n01", "clean", executed=False))
    board.take(Started("n01", "trend"))
    board.take(ended("n01", "trend"))
    board.take(ended("n01", "compare", failure=failure("n01", "compare")))
    board.take(Started("n02", "clean"))
    lines = drawn(board)
    assert lines[0] == "6 notebooks, 2 areas, 2 workers: 1 done, 1 unchanged, 1 running, 1 failed"
    assert "3/6 about 3 s left" in lines[1]
    assert [line.split() for line in lines[2:]] == [
        [*NOTEBOOKS, *NOTEBOOKS],
        ["n01", "=", "2.0", "s", "✗", "n02", "▸", "0", "s", "·", "·"],
    ]


def test_the_board_leaves_empty_what_an_area_does_not_have():
    board = board_of(1)
    board.take(Planned((("VN", "series"), ("n01", "clean"))))
    board.take(Started("VN", "series"))
    header, states = (line.split() for line in drawn(board)[2:])
    assert header == ["series", "clean", "series", "clean"]
    assert states == ["VN", "▸", "0", "s", "n01", "·"]


@pytest.mark.parametrize(("width", "rows"), [(80, 17), (120, 9)])
def test_thirty_four_areas_fit_a_terminal(width, rows):
    lines = drawn(board_of(34), width, 24)
    assert len(lines) == 3 + rows
    assert max(map(len, lines)) <= width
    assert sum(line.count("n") for line in lines[3:]) == 34


def test_of_thousands_of_areas_the_board_shows_those_at_work_or_failed():
    board = board_of(3321)
    board.take(ended("n70", "clean", failure=failure("n70")))
    board.take(Started("n3000", "trend"))
    lines = drawn(board)
    assert len(lines) < 24
    assert [word for line in lines for word in line.split() if word in ("n70", "n3000", "n01")] == ["n70", "n3000"]
    assert lines[-1] == "3319 more areas, none of them running or failed"


def test_the_time_left_is_the_sum_of_each_notebooks_own_mean():
    stage = Stage(Console(file=StringIO()), 2)
    stage.take(Planned(tuple((area, name) for area in ("n01", "n02") for name in ("clean", "trend"))))
    assert stage.seconds_left() is None
    stage.take(ended("n01", "clean", seconds=1.0))
    stage.take(ended("n01", "trend", seconds=9.0))
    assert stage.seconds_left() == (1.0 + 9.0) / 2


@pytest.mark.parametrize(
    ("reason", "state", "said"),
    [
        ("raised", "failed", "failed"),
        ("time-out", "failed", "failed"),
        ("kernel-died", "failed", "failed"),
        ("unknown-parameter", "refused", "was refused"),
        ("not-run", "not-run", "could not be run"),
    ],
)
def test_failed_refused_and_not_run_are_told_apart(reason, state, said):
    why = Failure(area="n40", notebook="trend", reason=reason, error="E", message="m")
    event = ended("n40", "trend", failure=why)
    assert event.state == state
    assert event.facts()["state"] == state
    assert event.line == f"n40/trend {said}: E: m"


def test_a_result_from_the_cache_says_nothing_of_the_time_left():
    stage = Stage(Console(file=StringIO()), 1)
    stage.take(Planned((("n01", "clean"), ("n02", "clean"))))
    stage.take(ended("n01", "clean", seconds=0.0, executed=False))
    assert stage.seconds_left() is None


def test_no_more_units_are_told_to_have_begun_than_there_are_workers(tmp_path):
    events = []
    run_stages([lambda _: [unit(f"n{number}") for number in range(9)]], tmp_path, 2, events.append, Instant())
    begun = [event.area for event in events if isinstance(event, Started)]
    assert len(begun) == len(set(begun))
    open_now = most = 0
    for event in events:
        open_now += isinstance(event, Started)
        open_now -= isinstance(event, Finished) and event.area in begun
        most = max(most, open_now)
    assert most <= 2


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (4200, "1 h 10 min")],
)
def test_a_time_span_is_written_as_people_say_it(seconds, said):
    assert duration(seconds) == said


def test_units_are_made_as_they_are_needed_and_let_go_of(tmp_path: Path) -> None:
    made = []
    ended = []

    def make(area: str, notebook: str) -> Unit:
        made.append(area)
        # What is made and not yet ended is in work or next: never all of them.
        assert len(made) - len(ended) <= 2 * 2 + 1
        return unit(area, notebook)

    coming = Units([(f"n{number:02}", "clean") for number in range(40)], make)

    def tell(event):
        return ended.append(event) if isinstance(event, Finished) else None

    summary = run_stages([lambda _: coming], tmp_path, 2, tell, Instant())
    assert summary.done == len(made) == 40


def test_units_that_are_not_made_yet_are_counted_and_sliced() -> None:
    coming = Units([("n01", "clean"), ("n02", "clean")], unit)
    assert len(coming) == 2
    assert list(keys_of(coming)) == list(keys_of(list(coming))) == [("n01", "clean"), ("n02", "clean")]
    assert [each.area for each in coming[1:]] == [coming[-1].area] == ["n02"]


def test_a_failed_attempt_is_told_and_its_notebook_waits_again():
    why = Failure(area="n01", notebook="clean", reason="raised", error="ValueError", message="no\nvalues")
    event = Retrying("n01", "clean", why, 2)
    said = "n01/clean failed and is tried again, 2 tries left: ValueError: no values"
    assert event.line == said
    board = board_of(1)
    board.take(Started("n01", "clean"))
    board.take(event)
    assert board.states["n01"]["clean"] == "waiting"
    lines = PlainLines(Console(file=StringIO(), width=200), 1)
    lines.take(Planned((("n01", "clean"),)))
    lines.take(event)
    assert lines.console.file.getvalue().splitlines()[-1] == said


def test_sockets_lie_in_a_short_folder_where_the_usual_one_is_deep(monkeypatch, tmp_path):
    deep = tmp_path / ("d" * 80)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    scratch = scratch_folder()
    try:
        options = engine_options(scratch / "policyreport-12345678" / "kernel")
        assert options["config"].BatchKernelManager.transport == "ipc"
        assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
    finally:
        scratch.rmdir()


@pytest.mark.parametrize("differs", [(), (OTHER,), None])
def test_a_record_made_otherwise_is_named_with_its_event(differs, tmp_path: Path) -> None:
    about = {"area": "n01", "name": "Hà Nội", "edition": "tiny", "as_known_on": date(2026, 9, 30), "differs": differs}
    nothing = dict.fromkeys(("observations", "panel", "topics", "findings", "refusals"), ())
    record = CleanRecord(**about, **nothing, superseded=0)

    class Done(Instant):
        def submit(self, task, unit):
            future = Future()
            future.set_result(Outcome(unit.area, unit.notebook, b"{}", record.to_json()))
            return future

    summary = run_stages([lambda store: [unit("n01")]], tmp_path, 1, lambda event: None, Done())
    expected = {(): (), (OTHER,): ("growth: fit_trend, values: 5 rows instead of 9 rows",), None: (NOT_COMPARED,)}
    assert [item.differs for item in summary.finished] == [expected[differs]]
    assert ("differs" in summary.finished[0].facts()) == (differs != ())
