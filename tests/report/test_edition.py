"""The report of the tiny edition: what each renderer makes of it says what the records say."""

import json
import re
import shutil
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest
import yaml
from bs4 import BeautifulSoup
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.data.areas import read_areas
from policyreport.errors import ExitCode, RenderError
from policyreport.figures.frame import MIME
from policyreport.params.wording import read_wording
from policyreport.publishing import report
from policyreport.publishing.page_files import EDITION_FILE
from policyreport.publishing.renderers import choose
from policyreport.publishing.renderers.quarto import find_program
from policyreport.publishing.report import OF_AREA
from policyreport.records.formats import Formats
from policyreport.records.notebooks import EconomyRecord, ProvincesRecord, QualityRecord, TasksRecord
from policyreport.running.store import notebook_path

ROOT = Path(__file__).parents[2]
RENDERERS = [
    "pandoc",
    pytest.param("quarto", marks=pytest.mark.skipif(find_program() is None, reason="no quarto program")),
]
NATIONAL = {
    "data-quality", "digital-economy", "digital-government", "downloads", "implementation", "index", "league-table",
    "methods", "series", "sources", "targets", "tasks", "validity", "what-changed",
}  # fmt: skip
PROVINCES = {"n01": "provinces/ha-noi", "n40": "provinces/nghe-an", "n96": "provinces/ca-mau"}
# What the report must be able to say, whatever else is published: counts on the central list by date.
CENTRAL_LIST = {
    "2025-05-29": (103, 600), "2025-10-15": (485, 1132), "2025-12-04": (601, 1287), "2025-12-25": (1227, 1298),
}  # fmt: skip


def plain(text: str) -> str:
    """Text with plain single spaces."""
    return " ".join(text.split())


class Words:
    """Numbers and dates as the report prints them, with plain spaces."""

    def __init__(self, language: str) -> None:
        self._formats = Formats(language)

    def __getattr__(self, name: str) -> Callable[..., str]:
        return lambda *values, **options: plain(getattr(self._formats, name)(*values, **options))


FORMATS = Words("en")


class Site:
    """A rendered site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # The pages in English; tests/report/test_languages.py compares the others with them.
        paths = sorted(path for path in folder.rglob("*.html") if path.relative_to(folder).parts[0] != "vi")
        self.pages = {
            path.relative_to(folder).with_suffix("").as_posix(): BeautifulSoup(path.read_text("utf-8"), "html.parser")
            for path in paths
        }

    def text(self, page: str) -> str:
        """What a reader sees in the main part of a page, outside pictures and formulas, with plain spaces."""
        main = BeautifulSoup(str(self.pages[page].main), "html.parser")
        # MathML carries its formula a second time, as TeX.
        for tag in main(["svg", "script", "style", "math"]):
            tag.decompose()
        # A mark stands inside a sentence: “> 16 %”.
        for mark in main.select("span.v"):
            mark.unwrap()
        main.smooth()
        return " ".join(main.get_text(" ").split())


@pytest.fixture(scope="module")
def project(tiny_rendered) -> Path:
    return tiny_rendered.project


@pytest.fixture(scope="module", params=RENDERERS)
def renderer(request):
    return choose(request.param)


@pytest.fixture(scope="module")
def site_by(tiny_rendered, tmp_path_factory) -> Callable[[str], Site]:
    """The site by a renderer's name, rendered once."""

    @cache
    def render(name: str) -> Site:
        if name == "pandoc":
            return Site(tiny_rendered.site)
        folder = tmp_path_factory.mktemp(name) / "site"
        choose(name).render_site(tiny_rendered.project, folder, lambda line: None)
        return Site(folder)

    return render


@pytest.fixture(scope="module")
def site(renderer, site_by) -> Site:
    return site_by(renderer.name)


@pytest.fixture(scope="module")
def pdf(renderer, project, tmp_path_factory) -> pypdf.PdfReader:
    path = tmp_path_factory.mktemp(renderer.name) / "report.pdf"
    renderer.render_pdf(project, path, lambda line: None)
    return pypdf.PdfReader(path)


@pytest.fixture(scope="module")
def pdf_pages(pdf: pypdf.PdfReader) -> list[str]:
    """The text of each page of the PDF."""
    return [page.extract_text() for page in pdf.pages]


def of_country(store: Path, kind: type) -> Any:
    """A national record."""
    return kind.from_json((store / "records" / "VN" / f"{kind.model_fields['kind'].default}.json").read_bytes())


@pytest.fixture(scope="module")
def tasks(tiny) -> TasksRecord:
    return of_country(tiny.store, TasksRecord)


@pytest.fixture(scope="module")
def economy(tiny) -> EconomyRecord:
    return of_country(tiny.store, EconomyRecord)


@pytest.fixture(scope="module")
def quality(tiny) -> QualityRecord:
    return of_country(tiny.store, QualityRecord)


# ---- pages ---------------------------------------------------------------------------------------------


def test_the_site_holds_every_page_and_no_other(site: Site) -> None:
    notebooks = {page.replace("provinces/", "notebooks/") for page in PROVINCES.values()}
    assert set(site.pages) == NATIONAL | set(PROVINCES.values()) | notebooks | {"notebooks/viet-nam"}


def test_every_internal_link_and_anchor_resolves(site: Site) -> None:
    """Those to the PDFs lead to where `policyreport render` puts them (tests/unit/test_cli.py)."""
    ids = {page: {tag["id"] for tag in soup.find_all(id=True)} for page, soup in site.pages.items()}
    broken = []
    for page, soup in site.pages.items():
        for tag in soup.find_all(True):
            for link in (tag.get("href"), tag.get("xlink:href"), tag.get("src")):
                if link and not re.match(r"(https?|data|mailto):", link):
                    target, _, anchor = link.partition("#")
                    path = (site.folder / f"{page}.html").parent / target if target else site.folder / f"{page}.html"
                    other = path.resolve().relative_to(site.folder).with_suffix("").as_posix()
                    if re.fullmatch(r"report-tiny(-annex)?(-vi)?\.pdf", path.name):
                        continue
                    if not path.is_file() or (anchor and anchor not in ids[other]):
                        broken.append((page, link))
    assert broken == []


def test_search_leads_to_places_that_exist(site: Site) -> None:
    script = (site.folder / "search-index.js").read_text("utf-8")
    entries = json.loads(script[script.index("[") : script.rindex("]") + 1])
    targets = {entry[0] for entry in entries}
    assert len(targets) > len(site.pages)
    for target in targets:
        page, _, anchor = target.partition("#")
        soup = site.pages[page.removesuffix(".html")]
        assert not anchor or soup.find(id=anchor), target


def test_no_page_loads_anything_from_the_network(site: Site) -> None:
    loaded = [
        (page, address)
        for page, soup in site.pages.items()
        for tag in soup.find_all(["link", "script", "img", "image", "use", "source", "iframe", "object", "video"])
        for address in (tag.get("href"), tag.get("src"), tag.get("xlink:href"), tag.get("data"), tag.get("srcset"))
        if address and re.match(r"(https?:)?//", address)
    ]
    assert loaded == []
    sheets = [path.read_text("utf-8") for path in site.folder.rglob("*.css")] + [
        str(each) for each in site.pages.values()
    ]
    assert [
        each for sheet in sheets for each in re.findall(r"(?:url\(\s*[\"']?|@import\s+[\"'])https?:[^)\"']*", sheet)
    ] == []


def test_headings_descend_one_level_at_a_time(site: Site) -> None:
    for page, soup in site.pages.items():
        levels = [int(tag.name[1]) for tag in soup.main.find_all(re.compile(r"^h[1-6]$"))]
        assert (levels[0], levels.count(1)) == (1, 1), page
        assert all(after <= before + 1 for before, after in pairwise(levels)), page


def test_every_figure_has_words_for_those_who_cannot_see_it(site: Site) -> None:
    pictures = [(page, tag) for page, soup in site.pages.items() for tag in soup.main.find_all(["img", "svg"])]
    assert len(pictures) > len(PROVINCES)
    for page, tag in pictures:
        hidden = tag.get("aria-hidden") == "true" or tag.find_parent(attrs={"aria-hidden": "true"})
        named = tag.get("alt") or tag.get("aria-label") or tag.get("aria-labelledby") or tag.find("title")
        assert hidden or named, (page, str(tag)[:200])


def test_no_page_shows_a_placeholder_or_raw_markup(site: Site) -> None:
    for page in site.pages:
        text = site.text(page)
        assert not re.search(r"\{\{|\}\}|:::|\{#|\{\.|@fig-|@tbl-|\?\?|\bnan\b|\bNaT\b|\binf\b", text), page


def test_code_stands_on_the_pages_of_notebooks_alone_and_a_province_links_its_own(site: Site) -> None:
    for page, soup in site.pages.items():
        assert bool(soup.main.find("pre")) == page.startswith("notebooks/"), page
        if page.startswith("provinces/"):
            assert soup.main.find("a", href=f"../notebooks/{page.partition('/')[2]}.html")


def test_the_page_of_notebooks_shows_what_every_cell_showed(tiny, site: Site) -> None:
    for area, page in PROVINCES.items():
        main = site.pages[page.replace("provinces/", "notebooks/")].main
        cells = [cell for kind in OF_AREA for cell in nbformat.read(notebook_path(tiny.store, area, kind), 4).cells]
        shown = [cell for cell in cells if "parameters" not in cell.metadata.get("tags", [])]
        data = [output.get("data", {}) for cell in shown for output in cell.get("outputs", [])]
        pictures = [part for part in data if MIME in part]
        tables = sum(part["text/html"].count("<table") for part in data if MIME not in part and "text/html" in part)
        assert len(main.select("svg.picture:not(.narrow)")) == len(pictures) > 8
        assert len(main.find_all("table")) == tables > 10
        code = [cell.cell_type == "code" or "```python" in cell.source for cell in shown]
        assert len(main.select("pre.sourceCode")) == sum(code)
        assert [place for place in ("#trend", "#clean", "#compare") if not main.select(place)] == []
        assert "#|" not in main.get_text()


def test_each_province_is_reached_from_the_map_and_the_menu(site: Site) -> None:
    index = site.pages["index"]
    for page in PROVINCES.values():
        links = [
            tag
            for tag in index.find_all("a")
            if (tag.get("href") or tag.get("xlink:href") or "").endswith(f"{page}.html")
        ]
        assert any(tag.find_parent("nav") for tag in links), page
        assert any(tag.find_parent("svg") for tag in links), page


# ---- words ---------------------------------------------------------------------------------------------


def test_the_record_holds_the_central_list_on_its_four_dates(tasks: TasksRecord) -> None:
    counts = {each.reference_date.isoformat(): (each.completed, each.total) for each in tasks.quarter_on_quarter.counts}
    assert counts == CENTRAL_LIST
    assert [each.recurring for each in tasks.quarter_on_quarter.counts] == [None, None, 178, None]
    assert not any(step.same_list for step in tasks.quarter_on_quarter.steps)


def test_the_overview_says_every_count_of_the_central_list(site: Site, tasks: TasksRecord) -> None:
    text = site.text("index")
    for each in tasks.quarter_on_quarter.counts:
        assert FORMATS.count_of(each.completed, each.total) in text
        assert FORMATS.percent(each.completed / each.total) in text
        assert FORMATS.date(each.reference_date) in text


def test_the_overview_says_that_the_list_grew_and_what_it_includes(site: Site, tasks: TasksRecord) -> None:
    text = site.text("index")
    first, *_, last = tasks.quarter_on_quarter.counts
    recurring = next(each for each in tasks.quarter_on_quarter.counts if each.recurring)
    assert f"The list grew from {FORMATS.count(first.total)} to {FORMATS.count(last.total)} tasks" in text
    day, count = FORMATS.date(recurring.reference_date), FORMATS.count(recurring.recurring)
    assert f"{day}, a list that includes {count} recurring tasks" in text


def test_the_overview_judges_each_measure_by_itself(site: Site, economy: EconomyRecord) -> None:
    newest = {}
    for each in sorted((each for each in economy.share if each.kind == "threshold"), key=lambda each: each.period):
        newest[each.measure] = each
    judged = {name: (each.observation.value, each.period, each.verdict) for name, each in newest.items()}
    assert judged["nso"] == (14.02, "2025", "below")
    assert judged["mic-mst"] == (18.3, "2024", "above")
    text = site.text("index")
    assert re.search(r"14\.02% of GDP in 2025 by NSO’s measure, below 16%", text)
    assert re.search(r"MIC/MST: 18\.3% in 2024, above", text)


def test_the_overview_keeps_the_third_quantity_apart(site: Site, economy: EconomyRecord) -> None:
    (other,) = economy.other_quantity
    assert (other.observation.value, other.observation.bound, other.period) == (16, ">", "2025-01/2025-09")
    text = site.text("index")
    assert "The “more than 16%” announced for the first nine months of 2025 measures something else" in text


def test_the_tasks_page_gives_the_table_and_no_verdict_across_lists(site: Site, tasks: TasksRecord) -> None:
    page = site.pages["tasks"]
    table = next(each for each in page.find_all("table") if "More on the list" in each.get_text())
    rows = [[plain(cell.get_text()) for cell in row.find_all(["td", "th"])] for row in table.tbody.find_all("tr")]
    assert [row[0] for row in rows] == [FORMATS.date(each.reference_date) for each in tasks.quarter_on_quarter.counts]
    assert [row[-1] for row in rows] == ["", *["list changed"] * 3]
    text = site.text("tasks")
    for step in tasks.quarter_on_quarter.steps:
        assert f"{step.conditional.finished} of {FORMATS.count(step.conditional.at_risk)} tasks" in text
    assert text.count(read_wording(ROOT).sentence("basis-suspect", "en")) == sum(
        step.has_flag("basis-suspect") for step in tasks.quarter_on_quarter.steps
    )


def test_s20_11_national_pages_carry_no_section_to_refuse_in(site: Site) -> None:
    """The lists changed or differ, so that five methods on tasks give nothing: one line says so."""
    headings = [plain(each.get_text()) for each in site.pages["tasks"].main.find_all(["h2", "h3"])]
    assert "Lists of the provinces" in headings
    for gone in (
        "Pace of completion",
        "Outlook to the deadline",
        "The provinces' lists together",
        "Unusual for the size",
    ):
        assert not any(gone in heading.replace("’", "'") for heading in headings), gone
    assert not site.pages["tasks"].select(".refusal")
    (line,) = re.findall(r"Not given, for want of figures: .*?What cannot be said", site.text("tasks"))
    for name in ("pace of completion", "outlook to the deadline", "pooled share of tasks", "unusual counts"):
        assert name in line, name
    assert "Was there a step at a known date?" not in site.text("series")
    assert "steps at known dates" in site.text("series")
    for page in PROVINCES.values():
        found = [plain(each.get_text()) for each in site.pages[page].main.find_all("h3")]
        assert not {"Pace of completion", "Outlook to the deadline"} & set(found), page


def test_e9_regions_stand_from_north_to_south(site: Site, project: Path) -> None:
    """In the English alphabet the Mekong's delta came first."""
    north_to_south = ["Red River Delta", "North Central", "Mekong River Delta"]
    regions = yaml.safe_load((project / EDITION_FILE).read_text("utf-8"))["site-navigation"]["regions"]
    assert [region["name"] for region in regions] == north_to_south
    menu = site.pages["index"].select_one(".areas").get_text(" ")
    assert sorted(north_to_south, key=menu.index) == north_to_south


def test_e9_points_are_percentage_points_score_points_or_index_points(site: Site) -> None:
    """Methods and validity are about points of a series too; a reader's pages never leave it open."""
    written = {name for name in site.pages if not name.startswith("notebooks/")}
    for name in written - {"methods", "validity", "data-quality"}:
        found = re.findall(r"(\w+) points\b", site.text(name), re.IGNORECASE)
        assert [word for word in found if word.lower() not in ("percentage", "score", "index")] == [], name


def test_e9_names_in_sorted_tables_follow_the_alphabet_of_their_language(site: Site) -> None:
    assert {page.body["data-collation"] for page in site.pages.values()} == {"vi"}
    assert "new Intl.Collator([document.body.dataset.collation" in (site.folder / "theme" / "site.js").read_text(
        "utf-8"
    )


def test_a_province_page_says_what_its_records_say(site: Site, tiny) -> None:
    for area, page in PROVINCES.items():
        body = json.loads((tiny.store / "records" / area / "compare.json").read_text("utf-8"))
        text = site.text(page)
        for item in body["strip"]:
            if item["role"] == "growth":
                assert FORMATS.number(item["value"], 2) + "%" in text
            if item["role"] == "tasks" and item["total"]:
                assert FORMATS.count_of(item["count"], item["total"]) in text


def test_every_refusal_of_a_province_stands_on_its_page(site: Site, tiny) -> None:
    wording = read_wording(ROOT)
    for area, page in PROVINCES.items():
        text = site.text(page)
        body = (tiny.store / "records" / area / "trend.json").read_text("utf-8")
        codes = {each for each in re.findall(r'"code": "([\w-]+)"', body) if wording.codes[each].kind == "refusal"}
        assert codes
        for code in codes:
            assert code in text, (area, code)
            assert plain(wording.sentence(code, "en")) in text, (area, code)


def test_every_refusal_and_warning_of_a_record_is_counted_on_the_data_quality_page(
    tiny, quality: QualityRecord
) -> None:
    wording = read_wording(tiny.root)
    counted = {each.code: each.kind for each in quality.codes}
    assert {code: wording.codes[code].kind for code in counted} == counted
    bodies = [path.read_text("utf-8") for path in (tiny.store / "records").glob("*/*.json")]
    raised = {code for body in bodies for code in re.findall(r'"code": "([\w-]+)"', body)}
    assert raised - set(counted) == set()


def test_no_refusal_is_counted_twice(site: Site, quality: QualityRecord) -> None:
    assert [each for each in quality.codes if not each.method] == []
    asked = [(each.method, each.code) for each in quality.codes if each.code == "not-published"]
    assert asked.count(("threshold", "not-published")) == 1
    table = next(each for each in site.pages["data-quality"].find_all("table") if "Meaning" in each.get_text())
    first = [plain(row.find(["td", "th"]).get_text()) for row in table.tbody.find_all("tr")]
    assert "" not in first


def test_what_is_not_published_is_said_and_not_left_out(site: Site) -> None:
    assert re.search(r"Not published by 30 September 2026: a digital-economy share by NSO", site.text(PROVINCES["n96"]))
    assert "formed on 1 July 2025 from Bạc Liêu and Cà Mau" in site.text(PROVINCES["n96"])


# ---- PDF -----------------------------------------------------------------------------------------------


def test_the_pdf_has_contents_and_a_page_for_every_province(pdf: pypdf.PdfReader, pdf_pages: list[str], tiny) -> None:
    areas = read_areas(tiny.root)
    titles = [each.title for each in flat(pdf.outline)]
    assert {areas.name(area) for area in PROVINCES} <= set(titles)
    starts = {areas.name(area): start_of(pdf, areas.name(area)) for area in PROVINCES}
    assert len(set(starts.values())) == len(PROVINCES)
    contents = " ".join(pdf_pages[:4])
    assert all(name in contents for name in starts)


def test_a_province_takes_one_page_of_the_pdf(pdf: pypdf.PdfReader, tiny) -> None:
    areas = read_areas(tiny.root)
    starts = [*(start_of(pdf, areas.name(area)) for area in PROVINCES), len(pdf.pages)]
    assert [after - before for before, after in pairwise(starts)] == [1] * len(PROVINCES)


def test_the_pdf_says_the_headline_figures(pdf_pages: list[str], tasks: TasksRecord) -> None:
    text = plain(" ".join(pdf_pages))
    for each in tasks.quarter_on_quarter.counts:
        assert FORMATS.count_of(each.completed, each.total) in text
    assert "14.02%" in text
    assert "18.3%" in text
    assert not re.search(r"\{\{|:::|@fig-|@tbl-", text)


def flat(outline: list) -> list:
    return [each for item in outline for each in (flat(item) if isinstance(item, list) else [item])]


def start_of(pdf: pypdf.PdfReader, title: str) -> int:
    return next(pdf.get_destination_page_number(each) for each in flat(pdf.outline) if each.title == title)


# ---- assembly ------------------------------------------------------------------------------------------


def test_assembly_gives_the_same_project_again(tiny, project: Path, tmp_path: Path) -> None:
    """Over the one that it made before too."""
    shutil.copytree(project.parent, tmp_path / "store")
    again = report.assemble(tiny.root, "tiny", tmp_path / "store")
    assert files(again) == files(project)


def test_every_picture_of_a_notebook_stands_on_some_page(tiny, project: Path) -> None:
    assembled = "".join(path.read_text("utf-8") for path in project.rglob("*.qmd"))
    drawn = {label for _, label in report.collect(tiny.store).drawings}
    assert len(drawn) > 20
    assert {stem for stem in drawn if f"figures/{stem}.svg" not in assembled} == set()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---- a province that failed ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def broken(tiny, tmp_path_factory):
    """The tiny edition run again for one province, whose trend notebook now fails on it half-way."""
    root = tmp_path_factory.mktemp("broken") / "project"
    shutil.copytree(tiny.root, root)
    path = root / "notebooks" / "province" / "trend.ipynb"
    notebook = nbformat.read(path, as_version=4)
    at = next(at for at, cell in enumerate(notebook.cells) if "share_against(" in cell.source)
    notebook.cells.insert(at + 1, nbformat.v4.new_code_cell("1 / (area != 'n40')", id="trap"))
    nbformat.write(notebook, path)
    # One language is enough, and half the time.
    edition = root / "params" / "editions" / "tiny.yaml"
    edition.write_text(edition.read_text("utf-8").replace("languages:\n- en\n- vi\n", "languages: [en]\n"), "utf-8")
    result = CliRunner().invoke(app, ["--project", str(root), "run", "tiny", "--areas", "n40", "--workers", "2"])
    store = root / "build" / "tiny"
    project = report.assemble(root, "tiny", store)
    choose("pandoc").render_site(project, store / "site", lambda line: None)
    return root, store, result, Site(store / "site")


@pytest.fixture(scope="module")
def whole(site_by) -> Site:
    """The same edition without a failure."""
    return site_by("pandoc")


def test_a_run_with_a_failed_notebook_says_which_and_exits_non_zero(broken) -> None:
    _, _, result, _ = broken
    assert result.exit_code == ExitCode.RUN_INCOMPLETE
    assert "n40" in result.output
    assert "ZeroDivisionError" in result.output
    assert "Traceback" not in result.output


def test_a_failed_notebook_leaves_its_error_and_no_record(broken) -> None:
    _, store, _, _ = broken
    assert not (store / "records" / "n40" / "trend.json").exists()
    assert (store / "failures" / "n40" / "trend.json").exists()
    kept = nbformat.read(store / "notebooks" / "n40" / "trend.ipynb", as_version=4)
    marked = [cell for cell in kept.cells if any(each.output_type == "error" for each in cell.get("outputs", []))]
    assert "1 / (area != 'n40')" in marked[0].source


def test_an_edition_that_misses_its_quorum_is_not_published_and_a_draft_says_so_on_every_page(
    broken, leave_few_pages, tmp_path
) -> None:
    root = tmp_path / "project"
    shutil.copytree(broken[0], root)
    leave_few_pages(root)
    edition, store = root / "params" / "editions" / "tiny.yaml", root / "build" / "tiny"
    edition.write_text(edition.read_text("utf-8").replace("quorum: 0.6", "quorum: 0.9"), encoding="utf-8")
    with pytest.raises(RenderError, match=r"results of 3 of 3 areas \(quorum 0\.9\).*got 2 areas \(without n40\)"):
        report.assemble(root, "tiny", store)
    project = report.assemble(root, "tiny", store, draft=True)
    choose("pandoc").render_site(project, tmp_path / "site", lambda line: None)
    said = "Draft, not for publication. 2 of 3 provinces have results; publication asks for 3."
    pages = list((tmp_path / "site").rglob("*.html"))
    # Two national pages, one of each province that has results, and their notebooks.
    assert len(pages) == 2 + 2 * len(PROVINCES) + 1
    assert [page.name for page in pages if said not in page.read_text("utf-8")] == []
    assert said in (project / "report.qmd").read_text("utf-8")


def test_the_page_of_a_failed_province_says_so(broken, whole: Site) -> None:
    *_, site = broken
    text = site.text(PROVINCES["n40"])
    assert "This part could not be computed. trend: ZeroDivisionError: division by zero" in text
    assert "This part could not be computed" not in whole.text(PROVINCES["n40"])
    # The comparison did not fail and stays.
    assert "Growth of output" in text


def test_no_result_of_a_failed_notebook_is_shown(broken) -> None:
    """A notebook that failed half-way has no record, so what it had shown by then is no result either."""
    *_, site = broken
    tasks = site.pages[PROVINCES["n40"]].find(id="tasks")
    section = tasks if tasks.name == "section" else tasks.find_parent("section")
    assert "could not be computed" in section.get_text()
    assert section.find("figure") is None


def test_the_nation_names_the_failed_province(broken, whole: Site) -> None:
    _, store, _, site = broken
    record = of_country(store, ProvincesRecord)
    assert (record.areas_expected, record.areas_failed) == (3, ("n40",))
    assert re.search(r"not in this run.*Nghệ An.*notebooks failed", site.text("index"))
    assert "not in this run" not in whole.text("index")


def test_a_failed_province_is_not_said_to_have_published_nothing(broken) -> None:
    _, store, _, site = broken
    record = of_country(store, ProvincesRecord)
    assert [row.area for row in record.league] == ["n01", "n96"]
    assert "Nghệ An" not in site.text("league-table")
    assert re.search(r"1 has no figure", site.text("digital-economy"))


def test_other_provinces_are_unaffected_by_a_failed_one(broken, whole: Site, tiny) -> None:
    _, store, _, site = broken
    for area in ("n01", "n96"):
        assert files(store / "records" / area) == files(tiny.store / "records" / area)
        assert site.text(PROVINCES[area]) == whole.text(PROVINCES[area])


def test_every_link_still_resolves_beside_a_failed_province(broken) -> None:
    *_, site = broken
    test_every_internal_link_and_anchor_resolves(site)
