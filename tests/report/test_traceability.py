"""Each number of the overview leads back to an address, on the site and by `policyreport trace`."""

import io
import json
import re
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from policyreport import assess, present
from policyreport.errors import RenderError, UsageError
from policyreport.exhibits import MIME, Exhibit
from policyreport.inputs import read_inputs
from policyreport.marks import MARK, POLICY, mark
from policyreport.plan import national_units, province_units
from policyreport.provenance import read_provenance
from policyreport.report import assemble
from policyreport.source_marks import SourceMarks, explain
from policyreport.trace import as_tree, printed, trace

ROOT = Path(__file__).parents[2]
EDITION = "2025Q4"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Days and years are no figures of the ledger.
NO_FIGURE = re.compile(rf"\d{{1,2}}\s(?:{MONTHS})\s\d{{4}}|\b20\d\d\b|\]\([^)]*\)|!\[\]\([^)]*\)\{{[^}}]*\}}")


def lay_out(unit, folder: Path):
    for name, body in unit.slice.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return read_inputs(folder)


def keep(store: Path, area: str, notebook: str, exhibits) -> None:
    """An executed notebook that shows these exhibits."""
    outputs = [nbformat.v4.new_output("display_data", each._repr_mimebundle_()) for each in exhibits]
    cell = nbformat.v4.new_code_cell("show", outputs=outputs)
    path = store / "notebooks" / area / f"{notebook}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    """Two notebooks' results of the edition: a province compared, the nation evaluated; no kernel is started."""
    store = tmp_path_factory.mktemp("build") / EDITION
    for unit in province_units(ROOT, EDITION, ["n40"], store):
        inputs = lay_out(unit, store / "work" / unit.notebook)
        if unit.notebook == "compare":
            peers, items = assess.peers(inputs), assess.strip(inputs)
            record = assess.compare(inputs, peers, items)
            shown = (present.strip(items, inputs), present.summary(record, inputs))
        elif unit.notebook == "trend":
            completion, share = assess.completion(inputs), assess.share(inputs)
            record = assess.trend(inputs, completion, (), share, (), assess.growth(inputs), (), ())
            shown = (present.share(share, (), inputs),)
        else:
            continue
        path = store / "records" / "n40" / f"{unit.notebook}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(record.to_json())
        keep(store, "n40", unit.notebook, shown)
    (unit,) = national_units(ROOT, EDITION, store)
    inputs = lay_out(unit, store / "work" / "evaluation")
    quarters, completion, share = assess.quarter_on_quarter(inputs), assess.completion(inputs), assess.share(inputs)
    league = assess.league(inputs)
    record = assess.evaluation(
        inputs, completion, quarters, share, assess.share_pace(inputs), assess.revisions(inputs), league,
        assess.coverage(inputs), assess.codes(inputs),
    )  # fmt: skip
    (store / "records" / "VN").mkdir(parents=True)
    (store / "records" / "VN" / "evaluation.json").write_bytes(record.to_json())
    keep(store, "VN", "evaluation", [*present.overview(record, inputs), *present.league(league, inputs)])
    return store


@pytest.fixture(scope="module")
def overview(store) -> str:
    cells = nbformat.read(store / "notebooks" / "VN" / "evaluation.ipynb", as_version=4).cells
    shown = {each["data"][MIME]["id"]: each["data"][MIME]["markdown"] for each in cells[0].outputs}
    return "\n\n".join(shown[name] for name in ("standfirst", "headlines", "changed"))


@pytest.fixture(scope="module")
def provenance():
    return read_provenance(ROOT, EDITION)


@pytest.fixture(autouse=True)
def read_once(monkeypatch, provenance):
    """The ledger is read once for all questions."""
    for module in ("trace", "report"):
        monkeypatch.setattr(f"policyreport.{module}.read_provenance", lambda root, edition: provenance)


def test_every_number_of_the_findings_is_marked(overview):
    findings = overview[overview.index(":::: {.findings}") :]
    assert len(MARK.findall(findings)) > 20
    left = NO_FIGURE.sub("", MARK.sub("", findings))
    assert not re.search(r"\d", left), left


def test_every_marked_number_of_the_overview_ends_at_an_address(overview, provenance, store):
    for place in printed(ROOT, store):
        if place.where in ("VN/headlines", "VN/standfirst", "VN/changed"):
            assert place.pages == ("index.html",)
            for id in place.rows:
                assert provenance.evidence(id).origin.address.startswith("http"), place


def test_trace_finds_each_number_of_the_overview(store):
    for place in printed(ROOT, store):
        if place.where == "VN/headlines":
            found = trace(ROOT, store, place.value)
            assert place.rows in {each.rows for each in found}
            assert all(evidence.origin.address for each in found for evidence in each.evidence)


def test_threshold_and_target_lead_to_the_policy_and_its_legal_reference(overview, provenance):
    ids = {id for match in MARK.finditer(overview) for id in match["rows"].split(";") if id.startswith(POLICY)}
    assert ids == {f"{POLICY}#threshold", f"{POLICY}#R57-09"}
    target = provenance.evidence(f"{POLICY}#R57-09")
    assert (target.value, target.unit, target.dated) == ("at least 30\u00a0%", "% of GDP", "2030")
    assert target.definition == "Resolution 57-NQ/TW of 22 December 2024, section II"
    assert "Legal reference: none" in provenance.evidence(f"{POLICY}#threshold").definition


def test_a_row_tells_value_definition_dates_and_publisher(provenance):
    row = provenance.evidence("hue-ngay-nay/central-2025-12-27.csv#3")
    assert (row.title, row.value, row.unit, row.area) == ("Tasks completed", "1,227", "tasks", "Viet Nam")
    assert row.dated.replace("\u00a0", " ") == "25 December 2025"
    assert row.published.replace("\u00a0", " ") == "27 December 2025"
    assert len(row.origin.sha256) == 64
    assert provenance.evidence("nso/digital-economy-2026-01-05.csv#2").definition.startswith("Value added")


def test_a_count_leads_to_the_count_and_nothing_else(store):
    (place,) = trace(ROOT, store, "VN/evaluation:quarter_on_quarter.counts[3].completed")
    assert place.value == "1227"
    assert place.rows == ("hue-ngay-nay/central-2025-12-27.csv#2", "hue-ngay-nay/central-2025-12-27.csv#3")


def test_a_figure_of_the_league_table_leads_to_its_own_rows(store, provenance):
    (place,) = trace(ROOT, store, "records/VN/evaluation.json:league[0].growth")
    assert [each.area for each in place.evidence] == ["Nghệ An"]
    (income,) = trace(ROOT, store, "VN/evaluation:league[0].income")
    assert income.rows != place.rows


def test_a_number_that_no_page_prints_is_found_in_the_records(store):
    slope = json.loads((store / "records" / "n40" / "trend.json").read_bytes())["growth"][0]["gls"][0]["slope"]
    found = trace(ROOT, store, f"{slope:.6f}")
    assert "n40/trend:growth[0].gls[0].slope" in {place.where for place in found}


def test_a_number_printed_twice_is_shown_twice_and_as_a_tree(store):
    found = trace(ROOT, store, "8.44")
    assert {place.where for place in found} == {"n40/strip", "n40/summary", "VN/league"}
    assert ("provinces/nghe-an.html",) in {place.pages for place in found}
    console = Console(width=300, file=io.StringIO())
    console.print(as_tree(found, "8.44"))
    text = console.file.getvalue()
    assert "nso/PL.V03.01.csv#127" in text
    assert "https://pxweb.nso.gov.vn" in text
    assert "sha256 " in text


@pytest.mark.parametrize(
    ("asked", "helps"),
    [("1,228", "1,227 (VN/headlines)"), ("VN/evaluation:pac[0]", 'did you mean "pace"'), ("twelve", "as printed"),
     ("VN/evaluation:pace", "VN/evaluation"), ("VN/evaluation:pace[9]", "Mend"), ("VN/evaluation:name.x", "Mend"),
     ("VN/evaluation:pace[0]..x", "Mend"), ("VN/evaluation:areas_expected", "pace[0].observed_pp")],
)  # fmt: skip
def test_what_is_nowhere_gives_the_nearest(store, asked, helps):
    with pytest.raises(UsageError) as error:
        trace(ROOT, store, asked)
    assert helps in str(error.value)


def test_an_edition_that_was_not_run_says_so(tmp_path):
    with pytest.raises(UsageError, match="policyreport run 2025Q4"):
        trace(ROOT, tmp_path / EDITION, "1,227")


def test_the_site_explains_every_set_of_rows_once(provenance):
    marks = SourceMarks()
    text = marks.numbered(f"{mark('1', ['nso/PL.V03.01.csv#2'])} {mark('2', ['nso/PL.V03.01.csv#2'])}")
    assert text == '[1]{.v rows="0"} [2]{.v rows="0"}'
    sets = [*marks.numbers, "nso/PL.V03.01.csv#2-30", f"{POLICY}#R57-09"]
    data = explain(sets, provenance)
    assert data["sets"][0] == [[0], 0, [0]]
    shown, more, sources = data["sets"][1]
    assert (len(shown), more, sources) == (5, 24, [0])
    assert len(data["rows"]) == 6
    assert data["texts"][data["rows"][0][0]].startswith("Growth of GDP")


def test_assembly_publishes_the_downloads_and_a_pdf_without_marks(store, tmp_path, monkeypatch):
    """The real pages need every notebook; two of their own stand in for them."""
    root = tmp_path / "project"
    (root / "reports" / "provinces").mkdir(parents=True)
    for name in ("data", "params"):
        (root / name).symlink_to(ROOT / name)
    shown = "{{< include /fragments/{nation}/headlines.md >}}\n\n{{< downloads >}}\n"
    pages = {"index": shown, "report": "{{< page index >}}", "provinces/_province": "", "provinces/_province-pdf": ""}
    for name, body in pages.items():
        (root / "reports" / f"{name}.qmd").write_text(f"---\ntitle: T\n---\n\n{body}\n", "utf-8")
    (root / "reports" / "_quarto.yml").write_text("licence: With citation.\n", "utf-8")
    project = assemble(root, EDITION, store)
    page, paper = ((project / f"{name}.qmd").read_text("utf-8") for name in ("index", "report"))
    assert re.search(r'\[1,227\u00a0of\u00a01,298\]\{\.v rows="\d+"\}', page)
    assert ".v rows" not in paper
    assert "1,227\u00a0of\u00a01,298" in paper
    assert "hue-ngay-nay/central-2025-12-27.csv" in (project / "trace-data.js").read_text("utf-8")
    for link in re.findall(r"\]\((downloads/[^)]+)\)", page):
        assert (project / link).is_file(), link
    league = (project / "downloads" / "league-table.csv").read_text("utf-8-sig").splitlines()
    assert league[1].startswith("n40,Nghệ An,")
    first = {path.name: path.read_bytes() for path in (project / "downloads").iterdir()}
    again = assemble(root, EDITION, store)
    assert {path.name: path.read_bytes() for path in (again / "downloads").iterdir()} == first


def test_a_mark_whose_row_is_gone_asks_for_another_run(provenance, tmp_path):
    marks = SourceMarks()
    marks.numbered(mark("1", ["nso/gone.csv#2"]))
    with pytest.raises(RenderError, match="policyreport run 2025Q4"):
        marks.write(tmp_path, provenance)


def test_an_exhibit_keeps_its_marks_for_the_report():
    text = mark("1", ["a/b.csv#2"])
    assert Exhibit("x", text).renamed("y").markdown == text
