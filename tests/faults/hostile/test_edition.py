"""A whole edition of hostile texts: notebooks, pages, sources of values, search, PDF, and what JupyterLab is given."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from hostile_edition import EDITION, Texts, make
from hostile_judge import ELEMENTS, Verdict, bare, judge_pdf, judge_site
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ExitCode
from policyreport.figures.frame import MIME
from policyreport.publishing.renderers.pandoc import PandocRenderer
from policyreport.publishing.report import assemble
from policyreport.publishing.trace import printed, trace
from policyreport.records.markdown import MARK

AREAS = ["n96"]  # merged from two, with tasks, scores and a share
# Fields that some page must show, whatever this edition holds.
SHOWN = {
    "edition title", "list: title", "indicator: name", "measure: label", "refusals: name", "refusals: sentence",
    "verdict", "rule: sentence", "method: title", "method: question", "setting: reason", "province: name",
    "nation: name", "source: publisher", "source: title", "source: licence", "correction: reason", "abbreviations",
}  # fmt: skip


class Hostile:
    """The edition, run and rendered."""

    def __init__(self, root: Path, languages: list[str]) -> None:
        self.root, self.texts = root, make(root, AREAS, languages)
        self.store = root / "build" / EDITION
        self.run = CliRunner().invoke(app, ["--project", str(root), "run", EDITION, "--workers", "2"])
        self.project = assemble(root, EDITION, self.store)
        self.site, self.pdf = self.store / "site", self.store / "report.pdf"
        PandocRenderer().render_site(self.project, self.site, lambda page: None)
        PandocRenderer().render_pdf(self.project, self.pdf, lambda page: None)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Hostile:
    """In both languages with --all: they share the filters that write texts."""
    languages = ["en", "vi"] if request.config.getoption("--all") else ["en"]
    return Hostile(tmp_path_factory.mktemp("hostile"), languages)


def lost_of(texts: Texts, told: str, verdict: Verdict) -> tuple[list[str], list[str]]:
    """Fields shown, and texts that are shown but nowhere whole."""
    seen = {token: pair for token, pair in texts.fields.items() if token in told}
    lost = [f"{field}: {text}" for field, text in seen.values() if not verdict.shows(text.rstrip(".?"))]
    return [field for field, _ in seen.values()], lost


def test_the_hostile_edition_runs_to_its_end(hostile: Hostile) -> None:
    assert hostile.run.exit_code == ExitCode.OK, hostile.run.output


def test_c1_c2_c3_an_edition_of_hostile_texts_shows_them_and_nothing_else(
    hostile: Hostile, browser: object, count: Callable[..., None]
) -> None:
    verdict = judge_site(browser, hostile.site)
    fields, lost = lost_of(hostile.texts, verdict.told, verdict)
    # Names of regions stand in one picture alone, wrapped letter by letter.
    lost = [text for text in lost if not text.startswith("region")]
    count(trials=len(fields), inert=len(fields) - len(lost), live=len(verdict.live))
    assert verdict.live == []
    assert lost == []
    assert set(fields) >= SHOWN
    assert judge_site(browser, hostile.site, ["index.html", "sources.html"], bypass=False).live == []


def test_c1_c2_its_pdf_shows_them_too(hostile: Hostile, count: Callable[..., None]) -> None:
    verdict = judge_pdf(hostile.pdf)
    seen = {token: pair for token, pair in hostile.texts.fields.items() if token in verdict.texts[0]}
    # A cell may end on the next page, with the page's own lines between.
    lost = [text for _, text in seen.values() if bare(text.rstrip(".?")) not in verdict.texts[0]]
    count(trials=len(seen), inert=len(seen), live=len(verdict.live))
    assert verdict.live == []
    assert len(lost) <= len(seen) / 20


def test_c3_no_text_makes_a_mark(hostile: Hostile) -> None:
    """Every mark is one of the project's own: its rows are known, and its text holds no token of a title."""
    places = printed(hostile.root, hostile.store)
    assert places
    assert not [place for place in places if '{.v rows="' in place.value]
    assert trace(hostile.root, hostile.store, places[0].value.replace("\u00a0", " "))


def test_c2_scripts_of_the_site_are_data_alone(hostile: Hostile) -> None:
    for name, lead in (("search-index.js", "window.searchIndex = "), ("trace-data.js", "window.traceData = ")):
        text = (hostile.site / name).read_text("utf-8")
        assert text.startswith(lead)
        assert "</" not in text
        assert not re.search("[\u2028\u2029]", text)
        body = text.removeprefix(lead).rstrip().removesuffix(";")
        assert json.loads(re.sub(r"^( ?)(\w+):", r'\1"\2":', body, flags=re.MULTILINE))


class Tags(HTMLParser):
    """Elements, handlers and addresses of what JupyterLab would show."""

    def __init__(self) -> None:
        super().__init__()
        self.live: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what is none of a notebook's own."""
        own = ELEMENTS | {"img"}
        wrong = [name for name, value in attrs if name.startswith("on") or not self._leads_well(tag, name, value or "")]
        if tag not in own or wrong:
            self.live.append(f"<{tag} {attrs}>")

    @staticmethod
    def _leads_well(tag: str, name: str, value: str) -> bool:
        if name == "src":
            return tag == "img" and value.startswith("data:image/svg+xml;base64,")
        return name != "href" or value.startswith(("https://", "http://", "#"))


def test_c11_jupyterlab_is_given_nothing_to_request_or_run(hostile: Hostile, count: Callable[..., None]) -> None:
    shown = 0
    for path in sorted((hostile.store / "notebooks").glob("*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                if "text/html" not in data:
                    continue
                shown += 1
                tags = Tags()
                # pandas puts a style of its own, without a word of the data, before a table.
                tags.feed(re.sub(r"<style scoped>.*?</style>", "", data["text/html"], flags=re.DOTALL))
                assert tags.live == [], path
                assert not MARK.search(data["text/html"])
                # JupyterLab reads formulas in texts, not in the attributes of an image.
                if MIME in data:
                    assert "$" not in BeautifulSoup(data["text/html"], "html.parser").get_text()
    count(trials=shown, inert=shown)
    assert shown > 40
