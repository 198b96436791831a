"""One unit in, one outcome out: the same bytes every time, and nothing of this machine in them."""

import json
import os
import pickle
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest

from policyreport.errors import RunError
from policyreport.running.execute import Unit, execute_unit
from policyreport.running.execute.notebooks import UnknownParameterError, check_parameters, without_machine

FIXTURES = Path(__file__).parents[1] / "notebooks" / "fixtures"
LEDGER = {"ledger.csv": b"area,value\nn01,13.2\n"}


def unit(name: str, **changes) -> Unit:
    values = {"parameters": {"area": "n01", "workspace": "."}, "slice": LEDGER, "timeout": 60.0}
    return Unit("n01", "clean", (FIXTURES / f"{name}.ipynb").read_bytes(), **(values | changes))


@pytest.fixture
def empty_tmp(monkeypatch):
    """A temporary folder of its own; short, because it holds sockets."""
    with tempfile.TemporaryDirectory(prefix="pr-") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)


@pytest.fixture(scope="module")
def done():
    return execute_unit(unit("reads_slice"))


def test_the_record_is_what_the_last_cell_wrote(done):
    assert done.failure is None
    assert json.loads(done.record) == {"area": "n01"}


def test_the_notebook_saw_its_slice_and_its_parameters(done):
    notebook = nbformat.reads(done.notebook_bytes.decode(), as_version=4)
    printed = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert "n01,13.2" in printed
    assert notebook.metadata.policyreport.parameters == {"area": "n01", "workspace": "."}


def test_the_executed_notebook_is_a_valid_notebook_with_the_cells_of_its_source(done):
    notebook = nbformat.reads(done.notebook_bytes.decode(), as_version=4)
    nbformat.validate(notebook)
    ids = [cell.id for cell in notebook.cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    assert ids == ["0", "1", "2", "3"]


def test_two_executions_give_the_same_bytes_and_leave_no_folder(done, empty_tmp):
    again = execute_unit(unit("reads_slice"))
    assert again == done
    assert list(empty_tmp.iterdir()) == []


def test_no_time_and_no_run_id_is_stored(done):
    for word in (b"papermill", b"start_time", b"duration", b"input_path", b"iopub"):
        assert word not in done.notebook_bytes


def test_an_outcome_and_its_unit_can_cross_a_wire(done):
    assert pickle.loads(pickle.dumps(done)) == done
    assert pickle.loads(pickle.dumps(unit("raises"))) == unit("raises")


def test_the_kernel_is_this_python_single_threaded_without_history(tmp_path, monkeypatch):
    # Another python3 in the user's home must not be taken.
    spec = tmp_path / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": ["false"], "display_name": "no", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    facts = json.loads(execute_unit(unit("shows_environment")).record)
    assert facts["python"] == sys.executable
    assert facts["history"] is False
    assert (facts["PYTHONHASHSEED"], facts["OMP_NUM_THREADS"], facts["MPLBACKEND"]) == ("0", "1", "agg")
    assert facts["cwd"] == ["ledger.csv"]


def test_no_path_of_this_machine_is_stored():
    outcome = execute_unit(unit("names_machine_paths"))
    stored = (outcome.notebook_bytes + outcome.failure.to_json()).decode()
    assert outcome.failure.error == "StatisticsError"
    assert "python/statistics.py" in stored
    assert "UserWarning: from a cell" in stored
    for path in (sys.prefix, sys.base_prefix, str(Path.home()) + "/", tempfile.gettempdir(), "ipykernel_"):
        assert path not in stored


def test_the_working_folder_of_the_caller_stays_its_own(done):
    before = Path.cwd()
    execute_unit(unit("writes_no_record"))
    assert Path.cwd() == before


def test_a_parameter_the_notebook_has_is_accepted_annotated_or_not():
    source = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                'area: str = "n00"\nedition = "2025Q4"\nlevel: float', metadata={"tags": ["parameters"]}
            )
        ]
    )
    body = nbformat.writes(source).encode()
    check_parameters(Unit("n01", "clean", body, {"area": "n01", "edition": "x", "level": 0.9}))
    with pytest.raises(UnknownParameterError, match=r'"editon".*did you mean "edition"\?'):
        check_parameters(Unit("n01", "clean", body, {"editon": "x"}))


def test_bytes_that_are_no_notebook_are_refused():
    with pytest.raises(RunError, match="expected a Jupyter notebook"):
        check_parameters(Unit("n01", "clean", b"\x00", {}))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at /opt/project/file.py", "at project/file.py"),
        ("at /opt/projects/file.py", "at /opt/projects/file.py"),
        ("\x1b[31mred\x1b[0m", "red"),
        (f"{os.sep}tmp{os.sep}ipykernel_12{os.sep}345.py:3: Warning", "cell:3: Warning"),
    ],
)
def test_machine_paths_and_colours_are_taken_out_of_a_text(text, expected):
    assert without_machine(text, {"/opt/project": "project"}) == expected
