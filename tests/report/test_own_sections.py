"""A notebook that users added is a section of the pages, with its pictures, tables, sources and failures."""

import json
import re
import shutil
import zipfile
from io import BytesIO
from pathlib import Path

import nbformat
import pytest
import yaml

from policyreport.errors import RenderError
from policyreport.figures.frame import Picture
from policyreport.publishing import report
from policyreport.publishing.downloads import make_downloads
from policyreport.publishing.provenance import read_provenance
from policyreport.publishing.trace import trace
from policyreport.publishing.values import Drawing
from policyreport.records.markdown import unmarked
from policyreport.records.own import OwnRecord
from policyreport.running import plan
from policyreport.running.execute import execute_unit
from policyreport.running.kernels import batch_server
from policyreport.running.new_notebook import make_notebook
from policyreport.running.store import notebook_path, record_path, save_outcome
from warm_kernels.provisioner import use_server

ROOT = Path(__file__).parents[2]
OWN = ("credit", "convergence")
FAILS = 'assert area != "n01", "no figures of credit"\n'


def make_own(root: Path) -> None:
    """Add two notebooks to a project, of which one fails for Hà Nội and asks for more years than Cà Mau has."""
    make_notebook(root, "credit", "province", "tiny", "Credit & growth")
    make_notebook(root, "convergence", "country", "tiny")
    path = root / "notebooks" / "province" / "credit.ipynb"
    notebook = nbformat.read(path, as_version=4)
    model = next(cell for cell in notebook.cells if "smf.ols" in cell.source)
    model.source = FAILS + model.source
    values = next(cell for cell in notebook.cells if "at_least=4" in cell.source)
    values.source = values.source.replace("at_least=4", 'at_least=40 if area == "n96" else 4')
    nbformat.write(notebook, path)


def run_own(root: Path) -> Path:
    """Run a project's own notebooks and no other; the store."""
    store = root / "build" / "tiny"
    notebooks = [path for path in (root / "notebooks").glob("*/*.ipynb") if path.stem in OWN]
    with batch_server(notebooks) as server:
        use_server(server.address)
        try:
            for unit in plan.first_units(root, "tiny", None, store):
                if unit.notebook.removesuffix("-simulated") in OWN:
                    save_outcome(store, execute_unit(unit))
        finally:
            use_server(None)
    return store


@pytest.fixture(scope="module")
def own(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of the tiny edition with own notebooks."""
    root = tmp_path_factory.mktemp("own")
    shutil.copytree(tiny.root, root, dirs_exist_ok=True)
    make_own(root)
    return run_own(root)


@pytest.fixture(scope="module")
def pages(own: Path) -> dict[str, str]:
    return dict(report.filled_pages(own.parents[1], own, report.collect(own)))


def section(page: str, title: str) -> str:
    """The section of a title, up to the next of its level."""
    (found,) = re.findall(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found


def test_each_provinces_page_has_the_section_with_its_pictures_and_tables(pages: dict[str, str]) -> None:
    text = section(pages["n40"], r"Credit \& growth")
    assert re.search(r"::: \{#fig-n40-own-credit-growth\}.*Growth of Nghệ An changed by", text, re.DOTALL)
    assert re.search(r"::: \{#tbl-n40-own-credit-estimates.*\| time .*95% interval", text, re.DOTALL)
    assert text.count("Source: National Statistics Office") == 3


def test_the_page_on_the_series_has_the_section_of_a_notebook_on_the_country(pages: dict[str, str]) -> None:
    text = section(pages["series.qmd"], "Convergence")
    assert "#fig-own-convergence-growth" in text
    assert "| urban\\_share |" in unmarked(text)


def test_every_number_of_a_table_has_its_rows(own: Path, pages: dict[str, str]) -> None:
    record = OwnRecord.from_json(record_path(own, "n40", "credit").read_bytes())
    newest = record.results["growth"].rows[-1]
    (place,) = trace(own.parents[1], own, "n40/credit:results.growth.rows[5].values[1]")
    assert place.rows == newest.inputs
    printed = [place for place in trace(own.parents[1], own, str(newest.values[1])) if place.where.endswith("nghe-an")]
    assert newest.inputs in [place.rows for place in printed]


def test_a_failure_is_named_in_its_section_and_in_no_other(pages: dict[str, str]) -> None:
    text = section(pages["n01"], r"Credit \& growth")
    assert "This part could not be computed" in text
    assert "no figures of credit" in text
    assert pages["n01"].count("could not be computed") == 1


def test_a_notebook_that_ends_for_want_of_figures_is_no_failure(own: Path, pages: dict[str, str]) -> None:
    record = OwnRecord.from_json(record_path(own, "n96", "credit").read_bytes())
    (refusal,) = record.results.values()
    assert (refusal.code, refusal.subject) == ("too-few-points", "grdp_growth")
    text = section(pages["n96"], r"Credit \& growth")
    assert "too few dates or years" in text
    assert "could not be computed" not in text
    cells = nbformat.read(notebook_path(own, "n96", "credit"), as_version=4).cells
    (told,) = [output for cell in cells for output in cell.get("outputs", []) if output.output_type == "error"]
    assert "expected at least 40 rows; got" in told.evalue
    assert [cell.metadata.get("tags") for cell in cells if cell.source.startswith("<span")] == []


def test_what_has_not_run_yet_says_so(own: Path, tmp_path: Path) -> None:
    shutil.copytree(own.parents[1], tmp_path, dirs_exist_ok=True)
    store = tmp_path / "build" / "tiny"
    record_path(store, "n96", "credit").unlink()
    notebook_path(store, "n96", "credit").unlink()
    texts = dict(report.filled_pages(tmp_path, store, report.collect(store)))
    assert "Not run yet" in section(texts["n96"], "Credit")


def test_without_declared_notebooks_the_pages_are_as_before(tiny, pages: dict[str, str]) -> None:
    plain = dict(report.filled_pages(tiny.root, tiny.store, report.collect(tiny.store)))
    assert "own-" not in plain["n40"]
    before, _, after = pages["n40"].partition("## Credit")
    assert plain["n40"].split() == (before + after[after.index("## What is missing") :]).split()


def test_the_book_has_the_section_in_short(own: Path) -> None:
    contents, provenance = report.collect(own), read_provenance(own.parents[1], "tiny")
    chapter = report.Pages(own.parents[1], own, contents, provenance).province(report.PROVINCE_CHAPTER, "n40")
    text = section(chapter, r"Credit \& growth")
    assert "figures/n40-own-credit-growth-narrow.svg" in text
    assert ".python" not in text


def test_the_records_and_their_schema_are_downloads(own: Path) -> None:
    files = make_downloads(read_provenance(own.parents[1], "tiny"), own, "")
    packed = zipfile.ZipFile(BytesIO(next(file.body for file in files if file.name == "records.zip")))
    assert {"records/n40/credit.json", "records/VN/convergence.json", "schemas/own.schema.json"} <= set(
        packed.namelist()
    )


def test_a_picture_under_a_name_of_the_reports_is_refused() -> None:
    drawings = [Drawing(name, Picture(name, "", "<svg/>")) for name in ("n40-own-credit-growth", "n40-growth")]
    assert report.require_own_names(drawings[:1], "n40", "credit") == drawings[:1]
    with pytest.raises(RenderError, match='"n40-growth"'):
        report.require_own_names(drawings, "n40", "credit")


def test_a_record_of_another_form_is_refused(own: Path, tmp_path: Path) -> None:
    shutil.copytree(own, tmp_path, dirs_exist_ok=True)
    path = record_path(tmp_path, "n40", "credit")
    path.write_text(json.dumps(json.loads(path.read_bytes()) | {"results": {}}), encoding="utf-8")
    with pytest.raises(RenderError, match="a record of notebook credit"):
        report.collect(tmp_path)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The draft of a simulated edition of one province, of which nothing but its own notebooks has run."""
    root = tmp_path_factory.mktemp("own-simulated")
    for part in ("params", "data", "notebooks", "reports"):
        shutil.copytree(ROOT / part, root / part)
    settings = yaml.safe_load((ROOT / "params" / "editions" / "teaching.yaml").read_text(encoding="utf-8"))
    settings |= {"id": "tiny", "areas": ["n40"]}
    settings.pop("notebooks", None)
    path = root / "params" / "editions" / "tiny.yaml"
    path.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    make_own(root)
    return report.assemble(root, "tiny", run_own(root), draft=True)


def test_a_simulated_edition_marks_pictures_and_captions(simulated: Path) -> None:
    page = (simulated / "provinces" / "nghe-an-simulated.qmd").read_text(encoding="utf-8")
    text = section(page, r"Credit \& growth")
    assert "figures/n40-own-credit-growth-simulated.svg" in text
    assert len(re.findall(r"^Simulated\. ", text, re.MULTILINE)) == text.count("::: {#")
    assert (simulated / "figures" / "n40-own-credit-growth-simulated.svg").is_file()
