"""Each number of the overview leads back to an address, on the site and by `policyreport trace`."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ExitCode, RenderError, UsageError
from policyreport.publishing.provenance import read_provenance
from policyreport.publishing.report import collect, filled_pages
from policyreport.publishing.source_marks import SourceMarks, explain
from policyreport.publishing.trace import Place, as_tree, printed, trace
from policyreport.records.markdown import MARK, POLICY, mark

EDITION = "tiny"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
# Days and years are no figures of the ledger.
NO_FIGURE = re.compile(
    r"\(\d+ files, see Sources\)|and \d+ others|"
    rf"\d{{1,2}}\s(?:{MONTHS})\s\d{{4}}|\b20\d\d\b|\]\([^)]*\)|!\[\]\([^)]*\)\{{[^}}]*\}}"
)


@pytest.fixture(scope="module")
def store(tiny) -> Path:
    """The tiny edition's results: three provinces and the nation."""
    return tiny.store


@pytest.fixture(scope="module")
def root(tiny) -> Path:
    return tiny.root


@pytest.fixture(scope="module")
def overview(root, store) -> str:
    page = dict(filled_pages(root, store, collect(store)))["index.qmd"]
    return page[: page.index("## What changed")]


@pytest.fixture(scope="module")
def provenance(root):
    return read_provenance(root, EDITION)


@pytest.fixture(scope="module")
def places(root, store) -> tuple[Place, ...]:
    return printed(root, store)


@pytest.fixture(autouse=True)
def read_once(monkeypatch, provenance, places, store):
    """The ledger and the pages are read once for all questions."""
    monkeypatch.setattr("policyreport.publishing.trace.read_provenance", lambda root, edition: provenance)
    monkeypatch.setattr("policyreport.publishing.trace.printed", lambda root, asked: places if asked == store else ())


def test_every_number_of_the_findings_is_marked(overview):
    findings = overview[overview.index(":::: {.findings}") :]
    assert len(MARK.findall(findings)) > 20
    left = NO_FIGURE.sub("", MARK.sub("", findings))
    assert not re.search(r"\d", left), left


def test_every_marked_number_of_the_report_ends_at_an_address(provenance, places):
    assert {place.pages for place in places if place.where == "reports/en/index.qmd"} == {("index.html",)}
    templates = {f"reports/en/{name}.qmd" for name in ("index", "league-table", "tasks")}
    assert {place.where for place in places} >= {*templates, "provinces/ha-noi", "provinces/ca-mau"}
    for id in sorted({id for place in places for id in place.rows}):
        assert provenance.evidence(id).origin.address.startswith("http"), id


def test_trace_finds_each_number_that_a_template_prints(store, root, places):
    changed = [place for place in places if place.where == "reports/en/what-changed.qmd"]
    assert {place.pages for place in changed} == {("what-changed.html",)}
    added = next(place for place in changed if "we added" in place.line)
    assert "reports/en/index.qmd" in {
        place.where for place in trace(root, store, added.value) if place.rows == added.rows
    }
    assert all(evidence.origin.address for place in trace(root, store, added.value) for evidence in place.evidence)


def test_trace_finds_each_number_of_the_overview(store, root, places):
    for place in places:
        if place.where == "reports/en/index.qmd":
            found = trace(root, store, place.value)
            assert place.rows in {each.rows for each in found}
            assert all(evidence.origin.address for each in found for evidence in each.evidence)


def test_threshold_and_target_lead_to_the_policy_and_its_legal_reference(overview, provenance):
    ids = {id for match in MARK.finditer(overview) for id in match["rows"].split(";") if id.startswith(POLICY)}
    assert ids == {f"{POLICY}#threshold", f"{POLICY}#R57-09"}
    target = provenance.evidence(f"{POLICY}#R57-09")
    assert (target.value, target.unit, target.dated) == ("at least 30%", "% of GDP", "2030")
    assert target.definition == "Resolution 57-NQ/TW of 22 December 2024, section II"
    assert "Legal reference: none" in provenance.evidence(f"{POLICY}#threshold").definition


def test_a_row_tells_value_definition_dates_and_publisher(provenance):
    row = provenance.evidence("hue-ngay-nay/central-2025-12-27.csv#3")
    assert (row.title, row.value, row.unit, row.area) == ("Tasks completed", "1,227", "tasks", "Viet Nam")
    assert row.dated.replace("\u00a0", " ") == "25 December 2025"
    assert row.published.replace("\u00a0", " ") == "27 December 2025"
    assert len(row.origin.sha256) == 64
    assert provenance.evidence("nso/digital-economy-2026-01-05.csv#2").definition.startswith("Value added")


def test_a_count_leads_to_the_count_and_nothing_else(store, root):
    (place,) = trace(root, store, "VN/tasks:quarter_on_quarter.counts[3].completed")
    assert place.value == "1227"
    assert place.rows == ("hue-ngay-nay/central-2025-12-27.csv#2", "hue-ngay-nay/central-2025-12-27.csv#3")


def test_a_figure_of_the_league_table_leads_to_its_own_rows(store, provenance, root):
    (place,) = trace(root, store, "records/VN/provinces.json:league[0].growth")
    assert [each.area for each in place.evidence] == ["Hà Nội"]
    (income,) = trace(root, store, "VN/provinces:league[0].income")
    assert income.rows != place.rows


def test_a_number_that_no_page_prints_is_found_in_the_records(store, root):
    slope = json.loads((store / "records" / "n40" / "trend.json").read_bytes())["growth"][0]["gls"][0]["slope"]
    found = trace(root, store, f"{slope:.6f}")
    assert "n40/trend:growth[0].gls[0].slope" in {place.where for place in found}


def test_a_number_printed_twice_is_shown_twice_and_as_a_tree(store, root):
    found = trace(root, store, "8.44")
    assert {place.where for place in found} == {"provinces/nghe-an", "reports/en/league-table.qmd"}
    assert len(found) >= 4
    assert ("provinces/nghe-an.html",) in {place.pages for place in found}
    console = Console(width=300, file=io.StringIO())
    console.print(as_tree(found, "8.44"))
    text = console.file.getvalue()
    assert "nso/PL.V03.01.csv#127" in text
    assert "https://pxweb.nso.gov.vn" in text
    assert "sha256 " in text


@pytest.mark.parametrize("asked", ["1,227", "1227", "1 227", "1\u202f227", " 1'227 "])
def test_thousands_are_found_however_they_are_grouped(store, root, asked):
    assert trace(root, store, asked) == trace(root, store, "1,227")


def test_a_number_that_stands_everywhere_is_answered_in_short(store, root, monkeypatch):
    monkeypatch.setattr("policyreport.publishing.trace._PLACES_SHOWN", 2)
    found = trace(root, store, "1")
    assert len(found) > 2
    console = Console(width=300, file=io.StringIO())
    console.print(as_tree(found, "1"))
    assert f"and {len(found) - 2} more places" in console.file.getvalue()


@pytest.mark.parametrize(
    ("asked", "helps"),
    [("1,228", "1,227 (reports/en/index.qmd)"), ("VN/economy:pac[0]", 'did you mean "pace"'), ("twelve", "as printed"),
     ("VN/economie:pace", "VN/economy"), ("VN/economy:pace[9]", "Correct"),
     ("VN/economy:name.x", "Correct"), ("VN/economy:pace[0]..x", "Correct"),
     ("VN/provinces:areas_expected", "pace[0].observed_pp")],
)  # fmt: skip
def test_what_is_nowhere_gives_the_nearest(store, asked, helps, root):
    with pytest.raises(UsageError) as error:
        trace(root, store, asked)
    assert helps in str(error.value)


def test_the_command_prints_the_tree_and_json(store, root):
    command = ["--project", str(root), "trace", str(store), "1,227"]
    shown = CliRunner().invoke(app, command)
    assert shown.exit_code == 0
    assert "huengaynay.vn" in shown.output
    places = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert places[0]["evidence"][0]["origin"]["publisher"] == "Huế Ngày Nay"
    assert CliRunner().invoke(app, [*command[:3], EDITION, "1,228"]).exit_code == ExitCode.USAGE


def test_an_edition_that_was_not_run_says_so(tmp_path, root):
    with pytest.raises(UsageError, match="policyreport run tiny"):
        trace(root, tmp_path / EDITION, "1,227")


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


def test_some_rows_of_every_series_are_shown(provenance):
    data = explain(["nso/PL.V03.01.csv#2-7,122-127"], provenance)
    ((shown, more, _),) = data["sets"]
    names = [data["texts"][data["rows"][row][0]].split(",")[0] for row in shown]
    assert names == ["Growth of GDP"] * 3 + ["Growth of GRDP"] * 2
    assert more == 7


def test_assembly_publishes_the_downloads_and_a_pdf_without_marks(tiny_rendered):
    project = tiny_rendered.project
    page, paper, files = ((project / f"{name}.qmd").read_text("utf-8") for name in ("index", "report", "downloads"))
    assert re.search(r'\[1,227\u00a0of\u00a01,298\]\{\.v rows="\d+"\}', page)
    assert ".v rows" not in paper
    assert "1,227\u00a0of\u00a01,298" in paper
    assert "hue-ngay-nay/central-2025-12-27.csv" in (project / "trace-data.js").read_text("utf-8")
    links = re.findall(r"\]\((downloads/[^)]+)\)", files)
    assert sorted(links) == sorted(f"downloads/{path.name}" for path in (project / "downloads").iterdir())
    league = (project / "downloads" / "league-table.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(",")[1] for line in league[1:]] == ["Hà Nội", "Nghệ An", "Cà Mau"]


def test_marks_keep_the_league_table_of_sane_size(tiny_rendered):
    """A mark costs a page less than its number costs the reader: ids stand in one file of the site."""
    text = (tiny_rendered.project / "league-table.qmd").read_text("utf-8")
    marks = re.findall(r'\]\{\.v rows="([^"]*)"\}', text)
    assert len(marks) >= 3 * 6
    assert max(map(len, marks)) <= 4
    assert ".csv" not in text


def test_a_mark_whose_row_is_gone_asks_for_another_run(provenance, tmp_path):
    marks = SourceMarks()
    marks.numbered(mark("1", ["nso/gone.csv#2"]))
    with pytest.raises(RenderError, match="policyreport run tiny"):
        marks.write(tmp_path, provenance)
