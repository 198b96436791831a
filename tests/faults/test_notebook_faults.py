"""Slips in a notebook are told with their place and cause, in the batch and in JupyterLab."""

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from policyreport.data.areas import read_areas
from policyreport.errors import RunError, UsageError
from policyreport.figures.frame import Picture
from policyreport.params.edition import read_edition
from policyreport.running import plan
from policyreport.running.execute import Unit, execute_unit
from policyreport.running.execute.notebooks import UnknownParameterError, check_parameters
from policyreport.running.kernels import batch_server
from policyreport.running.plan import EditionData
from warm_kernels.provisioner import use_server

ROOT = Path(__file__).parents[2]
PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
KEEPS = "open('record.json', 'w').write(area)"


def body(*cells: str, tag: str = "parameters") -> bytes:
    """A notebook whose first code cell, the second of all, is tagged."""
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    code[0].metadata["tags"] = [tag]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title"), *code], metadata=PYTHON)
    return nbformat.writes(notebook).encode()


@pytest.fixture(scope="module", autouse=True)
def kernels() -> Iterator[None]:
    """Warm ones, which come to the same and take less time."""
    with batch_server([]) as server:
        use_server(server.address)
        yield
        use_server("")


# ---- D3: the parameters cell ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        '%matplotlib inline\narea = "n40"',
        '!ls\narea = "n40"',
        '%%time\narea = "n40"',
        'area, level = "n40", 1',
        'area: str = "n40"\narea?',
    ],
)
def test_d3_the_parameters_cell_may_hold_ipythons_own_language(cell: str) -> None:
    check_parameters(Unit("n01", "trend", body(cell), {"area": "n01"}))


def test_d3_a_parameters_cell_with_a_magic_runs() -> None:
    outcome = execute_unit(Unit("n01", "trend", body('%matplotlib inline\narea = "n40"', KEEPS), {"area": "n01"}))
    assert outcome.record == b"n01"


@pytest.mark.parametrize(
    ("cell", "line"), [("area = = 3", 1), ('%env\narea = "n40"\nlevel = (', 3), ("a = 1\n\tb = 2", 2)]
)
def test_d3_what_is_no_python_is_told_with_notebook_cell_and_line(cell: str, line: int) -> None:
    with pytest.raises(RunError, match=rf"notebook trend, area n01, cell 2, line {line}: expected a `parameters` cell"):
        check_parameters(Unit("n01", "trend", body(cell), {"area": "n01"}))


def test_d3_a_second_parameters_cell_would_win_over_the_parameters_and_does_not_count() -> None:
    notebook = nbformat.reads(body('area = "n40"', "level = 1"), as_version=4)
    notebook.cells[2].metadata["tags"] = ["parameters"]
    with pytest.raises(UnknownParameterError, match='"level"'):
        check_parameters(Unit("n01", "trend", nbformat.writes(notebook).encode(), {"level": 2}))


# ---- D4: magics that fail ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "error", "message"),
    [
        ("%nosuch", "UsageError", "Line magic function `%nosuch` not found."),
        ("%%nosuch\nwords", "UsageError", "Cell magic `%%nosuch` not found."),
        ("%env NO_SUCH_NAME", "UsageError", "Environment does not have key: NO_SUCH_NAME"),
        ("%load_ext nosuch", "ModuleNotFoundError", "No module named 'nosuch'"),
    ],
)
def test_d4_a_failing_magic_is_told_with_its_cause(cell: str, error: str, message: str) -> None:
    outcome = execute_unit(Unit("n01", "trend", body(cell, tag="none"), timeout=60.0))
    assert (outcome.failure.reason, outcome.failure.error, outcome.failure.message) == ("raised", error, message)
    assert outcome.failure.cell == cell
    kept = nbformat.reads(outcome.notebook_bytes.decode(), as_version=4)
    outputs = [output for each in kept.cells for output in each.get("outputs", []) if output.output_type == "error"]
    assert [output.evalue for output in outputs] == [message]


# ---- D6: an area by its name, a wrong one in one line -------------------------------------------------------


@pytest.fixture
def keys(known_q4: EditionData, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Whose slice is laid out for a notebook that is run by hand with an area; nothing is written."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(plan, "load_edition", lambda root, edition: known_q4)
    monkeypatch.setattr(plan, "slice_files", lambda root, known, notebook, area, store: {})
    return lambda notebook, area: plan.slice_by_hand(notebook, area, "2025Q4").parent.name


@pytest.mark.parametrize(
    ("notebook", "area", "key"),
    [("clean", "Hà Nội", "n01"), ("trend", "ha noi", "n01"), ("compare", "n40", "n40"), ("quality", "VN", "VN")],
)
def test_d6_an_area_can_be_named_in_a_notebook(keys, notebook: str, area: str, key: str) -> None:
    assert keys(notebook, area) == key


@pytest.mark.parametrize(("notebook", "area"), [("clean", "Ha Noy"), ("clean", "VN"), ("series", "n01")])
def test_d6_an_area_that_a_notebook_is_not_about_is_refused(keys, notebook: str, area: str) -> None:
    with pytest.raises(UsageError, match=f'area = "{area}"'):
        keys(notebook, area)


def test_d6_a_message_for_the_user_is_one_line_in_a_notebook() -> None:
    cell = "from policyreport.errors import UsageError\nraise UsageError('area = \"x\"', 'a key', '\"x\"', 'Look.')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)], metadata=PYTHON)
    with pytest.raises(CellExecutionError):
        NotebookClient(notebook, timeout=120).execute()
    (output,) = [output for output in notebook.cells[0].outputs if output.output_type == "error"]
    assert output.traceback == ['UsageError: area = "x": expected a key; got "x". Look.']


def test_d6_a_former_province_is_told_what_it_is_part_of() -> None:
    areas, edition = read_areas(ROOT), read_edition(ROOT, "2025Q4")
    with pytest.raises(UsageError, match=r"Bình Định has been part of Gia Lai since; did you mean \"n52\"\?"):
        areas.resolve_in(edition, "Bình Định", "here")


# ---- D7: what people see ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "$x$ <b>", "' onload='alert(1)"],
)
def test_d7_what_people_see_of_a_picture_runs_nothing_and_asks_for_nothing(hostile: str) -> None:
    shown = Picture("a", hostile, f'<svg aria-label="{hostile}"/>')._repr_mimebundle_()["text/html"]
    (image,) = BeautifulSoup(shown, "html.parser").find_all(True)
    assert image.name == "img"
    assert image["src"].startswith("data:image/svg+xml;base64,")
    assert image["alt"] == hostile
    assert set(image.attrs) == {"src", "alt", "style"}
