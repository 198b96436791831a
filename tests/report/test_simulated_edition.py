"""A simulated edition says so everywhere: every page, figure, table and file name; an observed one nowhere.

The tests look at three provinces; ``BUILD=build/teaching pytest tests/report/test_simulated_edition.py`` looks at the
whole edition, run and rendered, and asks of it that nothing is refused that complete data allow.
"""

import io
import json
import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup, Tag

from policyreport.figures.simulated import SENTENCES, word
from policyreport.params.report import read_roles
from policyreport.publishing.trace import trace
from policyreport.records.notebooks import NATIONAL_NOTEBOOKS, PROVINCE_NOTEBOOKS

ROOT = Path(__file__).parents[2]
BUILD = Path(os.environ["BUILD"]).resolve() if "BUILD" in os.environ else None
MARK = "simulated"
# What is the same in every edition, and the page that a browser opens by itself; all lie in a marked folder.
UNMARKED = re.compile(r"(vi/)?index\.html|theme/.+")
# Refused whatever is published, with why: data/teaching/README.md.
REFUSED = {
    ("trend", "grdp_growth step", "too-few-points"),
    ("ranks", "grdp_growth", "no-sampling-error"),
    ("ranks", "grdp_per_capita_current", "no-sampling-error"),
    ("published-rank", "grdp_growth", "no-sampling-error"),
    ("published-rank", "grdp_per_capita_current", "no-sampling-error"),
}
# `.ci/run` looks at the whole edition, so that a commit's tests need not make a smaller one.
pytestmark = pytest.mark.edition
needs_build = pytest.mark.skipif(BUILD is None, reason="looks at a whole edition, named by BUILD")


@pytest.fixture(scope="module")
def store(request: pytest.FixtureRequest) -> Path:
    """Folder of the edition."""
    return BUILD or request.getfixturevalue("tiny_simulated").store


@pytest.fixture(scope="module")
def site(request: pytest.FixtureRequest) -> Path:
    return BUILD / "site-simulated" if BUILD else request.getfixturevalue("tiny_simulated_rendered").site


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Tag]:
    found = {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in sorted(site.rglob("*.html"))}
    assert len(found) > 12
    return found


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# ---- file names ---------------------------------------------------------------------------------------------


def test_every_file_of_the_site_is_marked_by_its_name(site: Path) -> None:
    names = files(site)
    assert [name for name in names if MARK not in Path(name).name and not UNMARKED.fullmatch(name)] == []
    assert {"trace-data-simulated.js", "search-index-simulated.js"} <= set(names)
    # Nothing that is every edition's holds a figure.
    assert {Path(name).suffix for name in names if name.startswith("theme/")} == {".css", ".js", ".woff2"}


@pytest.mark.parametrize(("folder", "ending"), [("records", ".json"), ("notebooks", ".ipynb")])
def test_every_record_and_notebook_is_marked_by_its_name(store: Path, folder: str, ending: str) -> None:
    names = files(store / folder)
    assert len(names) >= 10
    assert [name for name in names if not name.endswith(f"-{MARK}{ending}")] == []


def test_an_observed_editions_names_say_nothing_of_the_kind(tiny) -> None:
    names = files(tiny.store / "records") + files(tiny.store / "notebooks")
    assert len(names) == 2 * (3 * len(PROVINCE_NOTEBOOKS) + len(NATIONAL_NOTEBOOKS))
    assert [name for name in names if MARK in name] == []


def test_the_records_for_download_are_marked_one_by_one(site: Path) -> None:
    with zipfile.ZipFile(io.BytesIO((site / "downloads" / "records-simulated.zip").read_bytes())) as packed:
        names = packed.namelist()
    assert [name for name in names if not name.startswith(f"{MARK}/")] == []
    records = [name for name in names if name.startswith(f"{MARK}/records/")]
    assert len(records) >= 10
    assert [name for name in records if not name.endswith(f"-{MARK}.json")] == []


# ---- pages --------------------------------------------------------------------------------------------------


def test_every_page_says_it_in_its_title_and_on_top(pages: dict[Path, Tag]) -> None:
    for path, page in pages.items():
        language = page.html["lang"]
        assert word(language) in page.title.get_text(), path
        assert word(language) in page.h1.get_text().lower(), path
        assert SENTENCES[language] in page.select_one("p.simulated").get_text(), path


def test_every_figure_and_table_is_marked_in_its_caption_and_picture(pages: dict[Path, Tag]) -> None:
    captions, pictures = 0, 0
    for path, page in pages.items():
        mark = f"{word(page.html['lang']).capitalize()}."
        own, drawn = page.main.find_all(["figcaption", "caption"]), page.main.find_all("svg", attrs={"role": "img"})
        assert [each.get_text()[:80] for each in own if mark not in each.get_text()] == [], path
        assert [str(each)[:120] for each in drawn if mark not in each.get_text()] == [], path
        captions, pictures = captions + len(own), pictures + len(drawn)
    assert min(captions, pictures) > 60


@needs_build
def test_no_page_names_an_office_or_survey_that_the_figures_are_not_from(pages: dict[Path, Tag]) -> None:
    labels = read_roles(ROOT).measure_labels
    names = re.compile(rf"\b({'|'.join(labels[key] for key in ('nso', 'mic-mst', 'papi', 'vcci'))})\b|constant 2010")
    found = {path.name: names.findall(page.main.get_text()) for path, page in pages.items()}
    assert {name: said for name, said in found.items() if said} == {}


def test_every_link_inside_the_site_leads_to_a_file(site: Path, pages: dict[Path, Tag]) -> None:
    names = {(path.parent / unquote(urldefrag(link)[0])).resolve() for path, link in own_links(pages)}
    assert len(names) > 20
    assert [str(name.relative_to(site.resolve())) for name in names if not name.exists()] == []


def own_links(pages: dict[Path, Tag]) -> Iterator[tuple[Path, str]]:
    for path, page in pages.items():
        for tag, name in (("a", "href"), ("script", "src"), ("link", "href")):
            for each in page.find_all(tag, attrs={name: True}):
                if not re.match(r"[a-z]+:|#|$", each[name]):
                    yield path, each[name]


def test_the_sites_script_asks_for_the_names_that_there_are(site: Path) -> None:
    script = (site / "theme" / "site.js").read_text("utf-8")
    asked = re.findall(r"\$\{root\}/([\w-]+\.js)", script)
    assert sorted(asked) == ["search-index-simulated.js", "trace-data-simulated.js"]
    assert [name for name in asked if not (site / name).exists()] == []


def test_a_field_of_a_record_is_traced_under_its_plain_name(request: pytest.FixtureRequest, store: Path) -> None:
    root = ROOT if BUILD else request.getfixturevalue("tiny_simulated").root
    (place,) = trace(root, store, "VN/tasks:completion[11].completed.count")
    assert place.evidence
    assert all(row.startswith("simulated/") for row in place.rows)


# ---- the whole edition --------------------------------------------------------------------------------------


@needs_build
def test_nothing_is_refused_that_complete_data_allow(store: Path) -> None:
    record = json.loads((store / "records" / "VN" / "quality-simulated.json").read_text("utf-8"))
    told = {(each["method"], each["subject"], each["code"]) for each in record["codes"] if each["kind"] == "refusal"}
    assert told == REFUSED


@needs_build
def test_the_pages_of_the_full_methods_carry_results(pages: dict[Path, Tag]) -> None:
    refusals = {path.name for path, page in pages.items() if page.select(".refusal")}
    assert refusals == set()
    series = next(page for path, page in pages.items() if path.name == "series-simulated.html")
    # Accounts are published without standard errors; the mergers of 2025 have two whole years after them.
    not_given = "Not given, for want of figures: steps at known dates, in part (too few dates or years); sets of ranks"
    assert not_given in " ".join(series.get_text(" ").split())
    found = {path.name: path for path in pages}
    for page, ids in {
        "tasks-simulated.html": ["fig-pooling", "fig-funnel", "fig-caterpillar", "fig-outlook", "tbl-pooling"],
        "series-simulated.html": ["fig-panel", "fig-exposure"],
    }.items():
        shown = {each["id"] for each in pages[found[page]].main.find_all(id=True)}
        assert [each for each in ids if not any(each in name for name in shown)] == [], sorted(shown)
