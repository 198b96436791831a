"""Notebooks that users add: made, declared, refused, and what of them runs and is recorded."""

import json
import math
import re
import shutil
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.inputs import read_inputs
from policyreport.errors import DataError, NotPublishedError, ParamsError, UsageError
from policyreport.params.edition import Edition, declare, read_edition, undeclared
from policyreport.records.base import Interval, Refusal
from policyreport.records.own import MOST_ROWS, OwnRecord, own_results
from policyreport.running import plan
from policyreport.running.new_notebook import make_notebook, newest_edition

ROOT = Path(__file__).parents[2]
TEXT = "# The fourth quarter.\nid: x\nquorum: 0.9  # three of 34 may fail\n"
FRAME = pd.DataFrame({"term": ["a", "b"], "estimate": [1.5, math.nan], "rows": [("nso/t.csv#1",), ()]})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with its parameters and an empty folder of notebooks."""
    shutil.copytree(ROOT / "params", tmp_path / "params")
    (tmp_path / "notebooks" / "province").mkdir(parents=True)
    (tmp_path / "data").symlink_to(ROOT / "data")
    return tmp_path


def content(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for part in ("params", "notebooks") for path in (root / part).rglob("*.*")}


# --- Declared in the edition's file ---


def test_a_block_is_appended_and_everything_else_stays() -> None:
    new = declare(TEXT, "province", "credit")
    assert new.startswith(TEXT)
    assert yaml.safe_load(new)["notebooks"] == {"province": ["credit"]}


@pytest.mark.parametrize(
    "block",
    [
        "notebooks: {province: [credit]}\n",
        "notebooks:\n  # Ours.\n  province: [credit]  # since May\n",
        "notebooks:\n  province:\n    - credit  # since May\n    # more below\nnote: after\n",
        "notebooks:\n  province:\n  - credit\n",
    ],
)
def test_a_notebook_is_added_to_the_lists_there_are(block: str) -> None:
    new = declare(declare(TEXT + block, "province", "trade"), "country", "convergence")
    meant = {"province": ["credit", "trade"], "country": ["convergence"]}
    assert yaml.safe_load(new) == yaml.safe_load(TEXT + block) | {"notebooks": meant}
    assert [comment for comment in re.findall("#.*", block) if comment not in new] == []
    assert undeclared(new) == TEXT + ("note: after\n" if "after" in block else "")


def test_a_block_that_cannot_be_added_to_is_answered_with_what_to_write(project: Path) -> None:
    path = project / "params" / "editions" / "2025Q4.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "notebooks: {}\n", encoding="utf-8")
    before = content(project)
    with pytest.raises(ParamsError, match=r"`notebooks: \{province: \[credit\]\}`"):
        make_notebook(project, "credit", "province", "2025Q4")
    assert content(project) == before


@pytest.mark.parametrize(
    "notebooks",
    [{"province": ["Credit"]}, {"province": ["a", "a"]}, {"province": ["a"], "country": ["a"]}, {"provinces": ["a"]}],
)
def test_an_edition_refuses_names_that_are_wrong_or_twice(project: Path, notebooks: dict[str, list[str]]) -> None:
    path = project / "params" / "editions" / "2025Q4.yaml"
    path.write_text(path.read_text(encoding="utf-8") + yaml.safe_dump({"notebooks": notebooks}), encoding="utf-8")
    with pytest.raises(ParamsError, match="notebooks"):
        read_edition(project, "2025Q4")


# --- Made by the command ---


@pytest.mark.parametrize(("level", "folder"), [("province", "province"), ("country", "national")])
def test_the_command_writes_a_notebook_that_the_edition_declares(project: Path, level: str, folder: str) -> None:
    arguments = ["--project", str(project), "new-notebook", "credit", "--for", level, "--title", 'Credit & "growth"']
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    notebook = nbformat.read(project / "notebooks" / folder / "credit.ipynb", as_version=4)
    nbformat.validate(notebook)
    source = "\n".join(cell.source for cell in notebook.cells)
    assert source.startswith('# Credit & "growth"\n')
    assert 'edition = "2025Q4"' in source
    assert 'notebook="credit"' in source
    assert getattr(read_edition(project, "2025Q4").notebooks, level) == ("credit",)
    assert max(len(cell.source.splitlines()) for cell in notebook.cells if cell.cell_type == "code") <= 10
    assert notebook.cells[-1].source == "data.save(record)"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Credit", "lower-case letters"),
        ("../credit", "lower-case letters"),
        ("credit_growth", "lower-case letters"),
        ("trend", "no notebook of the report"),
        ("credit-simulated", "no notebook of the report"),
        ("taken", "no file yet"),
        ("convergence", "has not declared"),
    ],
)
def test_a_wrong_name_is_refused_and_nothing_written(project: Path, name: str, expected: str) -> None:
    (project / "notebooks" / "province" / "taken.ipynb").write_text("{}")
    path = project / "params" / "editions" / "2025Q4.yaml"
    path.write_text(declare(path.read_text(encoding="utf-8"), "country", "convergence"), encoding="utf-8")
    before = content(project)
    with pytest.raises(UsageError) as refused:
        make_notebook(project, name, "province", "2025Q4")
    assert expected in refused.value.expected
    assert refused.value.todo
    assert content(project) == before


def test_nothing_is_left_where_the_edition_cannot_be_written(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from policyreport.running import new_notebook

    write = new_notebook.write_whole

    def failing(path: Path, body: bytes) -> None:
        if path.suffix == ".yaml":
            raise PermissionError(13, "Permission denied", str(path))
        write(path, body)

    monkeypatch.setattr(new_notebook, "write_whole", failing)
    before = content(project)
    with pytest.raises(UsageError, match="2025Q4"):
        make_notebook(project, "credit", "province", "2025Q4")
    assert content(project) == before


def test_a_declared_notebook_without_its_file_can_be_made(project: Path) -> None:
    path = project / "params" / "editions" / "2025Q4.yaml"
    text = declare(path.read_text(encoding="utf-8"), "province", "credit")
    path.write_text(text, encoding="utf-8")
    assert not make_notebook(project, "credit", "province", "2025Q4").declared
    assert path.read_text(encoding="utf-8") == text


def test_the_newest_edition_is_not_a_simulated_one(project: Path) -> None:
    assert newest_edition(project) == "2025Q4"


def test_the_help_teaches_the_next_steps() -> None:
    text = CliRunner().invoke(app, ["new-notebook", "--help"]).output
    assert "make lab" in text
    assert "policyreport render" in text


# --- Planned ---


@pytest.fixture(scope="module")
def declaring(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny edition's project, with a notebook for its provinces and one for the country."""
    root = tmp_path_factory.mktemp("declaring")
    shutil.copytree(tiny.root, root, dirs_exist_ok=True)
    make_notebook(root, "credit", "province", "tiny", "Credit & growth")
    make_notebook(root, "convergence", "country", "tiny")
    return root


def test_own_notebooks_run_in_the_first_stage_and_change_no_other_unit(tiny, declaring: Path) -> None:
    before = {unit.key: unit for unit in plan.first_units(tiny.root, "tiny", None, tiny.store)}
    after = {unit.key: unit for unit in plan.first_units(declaring, "tiny", None, tiny.store)}
    added = {(area, "credit") for area in ("n01", "n40", "n96")} | {("VN", "convergence")}
    assert after.keys() - before.keys() == added
    assert {key: after[key] for key in before} == before


def test_the_slice_has_all_rows_of_the_province_and_the_whole_panel(declaring: Path) -> None:
    data = plan.load_edition(declaring, "tiny")
    own = plan.ledger_rows(data, "credit", "n96")
    assert set(plan.ledger_rows(data, "trend", "n96").index) < set(own.index)
    assert set(own["area"]) == {"n96", *data.areas.parts("n96")}
    inputs = lay_out(declaring, "credit", "n96")
    assert len(inputs.panel) == len(data.panel)
    assert len(inputs.series("urban_share")) > 0
    assert inputs.own


def lay_out(root: Path, notebook: str, area: str):
    """A slice as a notebook run by hand opens it."""
    folder = root / "build" / "tiny" / "by-hand" / area / notebook
    data = plan.load_edition(root, "tiny")
    for name, body in plan.slice_files(root, data, notebook, area, None).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return read_inputs(folder)


@pytest.mark.parametrize(
    ("notebooks", "expected"),
    [({"province": ["gone"]}, "notebooks/province/gone.ipynb"), ({"country": ["trend"]}, "no notebook of the report")],
)
def test_a_missing_file_or_a_name_of_ours_is_refused_before_anything_runs(tiny, tmp_path, notebooks, expected) -> None:
    shutil.copytree(tiny.root / "params", tmp_path / "params")
    path = tmp_path / "params" / "editions" / "tiny.yaml"
    path.write_text(path.read_text(encoding="utf-8") + yaml.safe_dump({"notebooks": notebooks}), encoding="utf-8")
    with pytest.raises(ParamsError, match=expected):
        plan.first_units(tmp_path, "tiny", None, tiny.store)


def test_a_notebook_that_is_not_declared_is_refused_by_hand(tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tiny.root)
    with pytest.raises(UsageError) as refused:
        plan.slice_by_hand("credits", "n40", "tiny")
    assert "params/editions/tiny.yaml" in refused.value.todo


# --- Recorded ---


def test_a_record_keeps_frames_as_tables_with_their_rows(declaring: Path) -> None:
    data = lay_out(declaring, "credit", "n40")
    FRAME.attrs = {"caption": "Estimates.", "units": {"estimate": "%"}}
    record = data.record(estimates=FRAME)
    assert (record.kind, record.notebook, record.area) == ("own", "credit", "n40")
    table = record.results["estimates"]
    assert [row.values for row in table.rows] == [("a", 1.5), ("b", None)]
    assert [row.inputs for row in table.rows] == [("nso/t.csv#1",), ()]
    assert (table.caption, table.columns[1].unit) == ("Estimates.", "%")
    assert OwnRecord.from_json(record.to_json()) == record
    assert "NaN" not in record.to_json().decode()


def test_figures_that_were_not_published_end_the_notebook_and_are_recorded(declaring: Path) -> None:
    data = lay_out(declaring, "credit", "n40")
    growth = data.series("growth", "n40")
    assert data.require(growth, len(growth)) is growth
    with pytest.raises(NotPublishedError, match=r"grdp_growth, Nghệ An: expected at least 2 rows; got none published"):
        data.require(growth[growth["year"] > 2100], at_least=2)
    record = OwnRecord.from_json((data.folder / "record.json").read_bytes())
    assert record.results["figures"] == Refusal(code="not-published", method="credit", subject="grdp_growth")


def test_figures_missing_in_a_notebook_of_the_report_are_an_error(tiny) -> None:
    data = lay_out(tiny.root, "trend", "n40")
    with pytest.raises(NotPublishedError, match="Choose other figures"):
        data.require(pd.DataFrame())
    assert not (data.folder / "record.json").exists()


def test_results_become_tables_and_refusals_stay() -> None:
    refusal = Refusal(code="not-published", method="trend")
    kept = own_results({"interval": Interval(low=0.5, high=1.5), "declined": refusal})
    assert kept["declined"] == refusal
    assert kept["interval"].rows[0].values[:2] == (0.5, 1.5)


def test_rows_behind_a_whole_frame_are_behind_each_of_its_rows() -> None:
    frame = pd.DataFrame({"estimate": [1.0, 2.0]})
    frame.attrs["inputs"] = ("nso/t.csv#1", "nso/t.csv#2")
    (table,) = own_results({"estimates": frame}).values()
    assert {row.inputs for row in table.rows} == {("nso/t.csv#1", "nso/t.csv#2")}


@pytest.mark.parametrize(
    ("results", "place"),
    [
        ({}, "data.record"),
        ({"estimates": 3.5}, "data.record, estimates"),
        ({"estimates": FRAME.assign(estimate=[1.0, math.inf])}, 'data.record, estimates, row 2, column "estimate"'),
        ({"estimates": pd.DataFrame({"n": range(MOST_ROWS + 1)})}, "data.record, estimates"),
        ({"estimates": pd.DataFrame([[1, 2]], columns=["a", "a"])}, "data.record, estimates"),
        ({"estimates": pd.DataFrame()}, "data.record, estimates"),
    ],
    ids=["nothing", "no frame", "infinite", "too long", "two columns of one name", "no columns"],
)
def test_what_no_page_can_show_is_refused_with_its_place(results: dict[str, object], place: str) -> None:
    with pytest.raises(DataError) as refused:
        own_results(results)
    assert refused.value.where == place


def test_an_edition_without_own_notebooks_has_none() -> None:
    assert Edition.model_fields["notebooks"].default.province == ()
    for path in (ROOT / "params" / "editions").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert undeclared(text) == text or json.dumps(yaml.safe_load(text)["notebooks"])
