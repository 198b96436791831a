"""Each notebook is thin, and runs on a tiny edition of the real figures."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from policyreport.figures.frame import MIME
from policyreport.params.edition import list_editions, read_edition
from policyreport.params.official import read_official
from policyreport.records.base import Refusal
from policyreport.records.notebooks import BY_NOTEBOOK, NATIONAL_NOTEBOOKS, NotebookRecord

ROOT = Path(__file__).parents[2]
EDITIONS = [read_edition(ROOT, name) for name in list_editions(ROOT)]
# What users of the project have added is theirs to judge.
OWN = {name for edition in EDITIONS for name in (*edition.notebooks.province, *edition.notebooks.country)}
PATHS = [path for path in sorted((ROOT / "notebooks").rglob("*.ipynb")) if path.stem not in OWN]
# Lessons are run by people; they end in a question, not in a record.
RUN = [path for path in PATHS if path.parent.name != "teaching"]
PARAMETER = re.compile(r"^(\w+) = (\"[^\"]*\"|-?[\d.]+|True|False|None)  # .+")
# Cells show results; whatever defines, branches or repeats belongs into a module with tests.
UNFIT = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
MOST_LINES = 10


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture(params=RUN, ids=lambda path: path.stem)
def run_notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def test_the_notebooks_are_those_that_have_a_record() -> None:
    assert {path.stem for path in RUN} == set(BY_NOTEBOOK)


def test_the_start_page_leads_to_every_notebook() -> None:
    text = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"^\| \[[\w-]+\]\((\S+\.ipynb)\)", text, re.MULTILINE)
    assert sorted(linked) == sorted(str(path.relative_to(ROOT / "notebooks")) for path in PATHS)


def test_a_notebook_is_valid_and_has_one_title_at_its_head(notebook) -> None:
    nbformat.validate(notebook)
    titles = [cell for cell in notebook.cells if cell.cell_type == "markdown" and re.search(r"^# ", cell.source, re.M)]
    assert titles == [notebook.cells[0]]


def test_the_first_code_cell_holds_the_parameters_and_says_what_each_is(notebook) -> None:
    tagged = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    assert tagged == code(notebook)[:1]
    lines = tagged[0].source.splitlines()
    assert [line for line in lines if not PARAMETER.match(line)] == []
    assert [PARAMETER.match(line)[1] for line in lines] == ["area", "edition", "workspace"]


def test_a_notebook_only_calls_shows_and_says(notebook) -> None:
    for cell in code(notebook):
        unfit = [type(node).__name__ for node in ast.walk(ast.parse(cell.source)) if isinstance(node, UNFIT)]
        assert unfit == []
        assert "!" not in cell.source
        assert "%" not in cell.source


def test_a_notebook_builds_no_path_and_repairs_no_data(notebook) -> None:
    source = "\n".join(cell.source for cell in code(notebook))
    assert not re.search(r"\bPath\b|\bos\b|\.\./|read_csv|\.(?:fillna|replace|merge|drop|loc)\b", source)
    modules = {name.split(".")[0] for name in re.findall(r"^(?:from|import) (\S+)", source, re.M)}
    assert "policyreport" in modules
    assert modules <= {"policyreport", "statsmodels"}


def test_cells_are_short(notebook) -> None:
    assert [cell.source for cell in code(notebook) if len(cell.source.splitlines()) > MOST_LINES] == []


def test_the_last_cell_and_no_other_saves_the_record(run_notebook) -> None:
    saving = [cell for cell in run_notebook.cells if "data.save(" in cell.source]
    assert saving == run_notebook.cells[-1:]
    assert saving[0].source.count("data.save(record)") == 1


@pytest.mark.parametrize("name", ["clean", "trend", "compare"])
def test_a_province_notebook_shows_data_a_model_and_figures(name, tiny) -> None:
    source = nbformat.read(ROOT / "notebooks" / "province" / f"{name}.ipynb", as_version=4)
    cells = "\n".join(cell.source for cell in code(source))
    assert re.search(r"smf\.ols\(\"value ~ [^\"]+\"", cells)
    assert not re.search(r"\b(?:assess|present)\.", cells)
    assert "official(record, data)" in cells
    executed = nbformat.read(tiny.store / "notebooks" / "n96" / f"{name}.ipynb", as_version=4)
    outputs = [output.get("data", {}) for cell in code(executed) for output in cell.outputs]
    assert sum('class="dataframe' in output.get("text/html", "") for output in outputs) >= 3
    pictures = [output[MIME] for output in outputs if MIME in output]
    assert len([picture for picture in pictures if picture["label"] != "n96-locator"]) >= 2


def test_every_section_says_how_to_read_it_and_a_notebook_leaves_a_turn(run_notebook) -> None:
    sections: list[list[str]] = []
    for cell in run_notebook.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("#"):
            sections.append([])
        sections[-1].append(cell.source)
    inside = [section for section in sections if section[0].startswith("##") and section[0] != "## The record"]
    assert len(inside) > 1
    assert [section[0] for section in inside if not any("**Reading.**" in text for text in section)] == []
    assert any("**Your turn.**" in text for section in inside for text in section)


@pytest.mark.parametrize("name", sorted(BY_NOTEBOOK))
def test_a_figure_has_a_quarto_label_and_a_caption(name) -> None:
    (path,) = ROOT.glob(f"notebooks/*/{name}.ipynb")
    drawn = [cell.source for cell in code(nbformat.read(path, as_version=4)) if "plot." in cell.source]
    assert drawn
    for cell in drawn:
        assert re.match(r"#\| label: fig-[a-z-]+\n#\| fig-cap: \".+\"\n", cell), cell


def test_the_records_of_a_batch_are_made_by_the_official_method(tiny) -> None:
    for path in tiny.store.glob("records/*/*.json"):
        record = BY_NOTEBOOK[path.stem].from_json(path.read_bytes())
        assert record.differs == (), path


def test_the_official_calls_name_every_field_of_a_record(tiny) -> None:
    official = read_official(tiny.root)
    head = {*NotebookRecord.model_fields, "kind"}
    for kind, record in BY_NOTEBOOK.items():
        assert set(official.calls(kind)) == set(record.model_fields) - head, kind


def test_no_output_is_kept_in_the_repository(notebook) -> None:
    for cell in code(notebook):
        assert (cell.outputs, cell.execution_count) == ([], None)
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}


def test_the_defaults_open_the_newest_edition(run_notebook) -> None:
    values: dict[str, str] = {}
    exec(code(run_notebook)[0].source, {}, values)  # checked above: only literals
    named = sorted(path.stem for path in (ROOT / "params" / "editions").glob("*.yaml"))
    editions = [name for name in named if not read_edition(ROOT, name).simulated]
    assert values["edition"] == editions[-1]
    assert values["workspace"] == ""
    assert f"\n{values['area']}," in (ROOT / "data" / "boundaries" / "areas.csv").read_text(encoding="utf-8")


def test_every_notebook_runs_and_ends_in_its_record(tiny) -> None:
    assert [str(item.failure) for item in tiny.summary.failed] == []
    written = {str(path.relative_to(tiny.store / "records")) for path in tiny.store.glob("records/*/*.json")}
    provinces = {f"{area}/{name}.json" for area in ("n01", "n40", "n96") for name in ("clean", "trend", "compare")}
    assert written == provinces | {f"VN/{name}.json" for name in NATIONAL_NOTEBOOKS}


def test_a_record_names_its_area_and_edition(tiny) -> None:
    for path in tiny.store.glob("records/*/*.json"):
        record = BY_NOTEBOOK[path.stem].from_json(path.read_bytes())
        assert (record.area, record.edition, record.kind) == (path.parent.name, "tiny", path.stem)


def test_executed_notebooks_keep_no_trace_of_the_machine_or_the_clock(tiny) -> None:
    paths = sorted(tiny.store.glob("notebooks/*/*.ipynb"))
    assert len(paths) == 3 * 3 + len(NATIONAL_NOTEBOOKS)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert not [each for each in (str(Path.home()), str(ROOT), str(tiny.root), "site-packages") if each in text]
        assert not {"start_time", "end_time", "duration"} & set(json.loads(text)["metadata"].get("papermill", {}))


def test_no_cell_of_an_executed_notebook_warns(tiny) -> None:
    for path in tiny.store.glob("notebooks/*/*.ipynb"):
        outputs = [each for cell in code(nbformat.read(path, as_version=4)) for each in cell.outputs]
        assert [each for each in outputs if each.output_type == "stream"] == [], path


def test_what_the_notebook_on_series_refused_is_counted(tiny) -> None:
    series, quality = (
        BY_NOTEBOOK[name].from_json((tiny.store / "records" / "VN" / f"{name}.json").read_bytes())
        for name in ("series", "quality")
    )
    refused = {(each.method, each.code) for each in series.ranks if isinstance(each, Refusal)}
    assert refused
    assert refused <= {(each.method, each.code) for each in quality.codes if each.nation}


def test_the_league_has_the_provinces_of_its_edition(tiny) -> None:
    record = BY_NOTEBOOK["provinces"].from_json((tiny.store / "records" / "VN" / "provinces.json").read_bytes())
    assert (record.areas_expected, record.areas_failed) == (3, ())
    assert [row.area for row in record.league] == ["n01", "n40", "n96"]
