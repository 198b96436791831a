"""A report in two languages: the same values, figures and sections on every page, each in its own words."""

import calendar
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.conftest import Rendered, TinyEdition

from policyreport.errors import ParamsError, RenderError
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.translated import translated
from policyreport.publishing.report import collect, filled_pages, page_names
from policyreport.records.markdown import read_marks

ROOT = Path(__file__).parents[2]
VI = "vi"
MONTHS = list(calendar.month_name)[1:]
SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
# Common English words that are no Vietnamese ones.
ENGLISH = re.compile(
    r"\b(?:the|of|and|for|with|from|year|years|task|tasks|province|provinces|share|growth|between|published|number|"
    r"data|figure|figures|were|was|are|only|about|than|which|measure|rank|world|change|see|sources|method)\b",
    re.IGNORECASE,
)
# Names that keep their English words.
NAMES = ("The Hanoi Times", "Press", "Báo", "Vietnam Logistics Review", "Data Package")


@pytest.fixture(scope="module")
def pages(tiny: TinyEdition) -> dict[str, str]:
    """The filled pages of both languages."""
    return dict(filled_pages(tiny.root, tiny.store, collect(tiny.store)))


@pytest.fixture(scope="module")
def site(tiny_rendered: Rendered) -> Path:
    """The rendered site."""
    return tiny_rendered.site


def in_both(pages: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each page's name with its text in English and in Vietnamese."""
    for name, text in pages.items():
        if not name.startswith(f"{VI}/"):
            yield name, text, pages[f"{VI}/{name}"]


def numbers(text: str, language: str) -> list[str]:
    """The numbers of a text as English writes them, months as numbers."""
    for number, month in enumerate(MONTHS, start=1):
        text = re.sub(rf"\b{month[:3]}(?:{month[3:]})?\b", str(number), text)
    if text.casefold() in SMALL:
        text = str(SMALL.index(text.casefold()))
    found = re.findall(r"\d(?:[\d.,]*\d)?", text)
    if language == VI:
        found = [number.replace(".", "").replace(",", ".") for number in found]
    return [number.replace(",", "").lstrip("0") or "0" for number in found]


def test_every_page_stands_in_both_languages(pages):
    assert {name.removeprefix(f"{VI}/") for name in pages} == {name for name in pages if not name.startswith(f"{VI}/")}


def test_every_page_rests_on_the_same_figures_in_both_languages(pages):
    for name, english, vietnamese in in_both(pages):
        rows = [Counter(mark.rows for mark in read_marks(text)) for text in (english, vietnamese)]
        assert rows[0] == rows[1], name


def test_every_marked_number_is_the_same_in_both_languages(pages):
    differing, compared = [], 0
    for name, english, vietnamese in in_both(pages):
        by_rows: list[dict[tuple[str, ...], Counter[str]]] = [{}, {}]
        for of_language, text, language in zip(by_rows, (english, vietnamese), ("en", VI), strict=True):
            for mark in read_marks(text):
                of_language.setdefault(mark.rows, Counter()).update(numbers(mark.text, language))
        compared += len(by_rows[0])
        for rows, found in by_rows[0].items():
            if found != by_rows[1][rows]:
                differing.append((name, rows[:2], found - by_rows[1][rows], by_rows[1][rows] - found))
    assert compared > 500
    assert not differing, differing[:10]


def test_the_same_pictures_stand_on_every_page(pages):
    for name, english, vietnamese in in_both(pages):
        found = [re.findall(r"figures/([\w-]+)\.svg", text) for text in (english, vietnamese)]
        assert found[0] == found[1], name


class Page(HTMLParser):
    """Collects the texts outside elements in English, the ids of sections, and links to translations."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.sections: list[str] = []
        self.language, self.switch = "", ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        of = dict(attrs)
        if tag == "html":
            self.language = of["lang"]
        if tag == "a" and of.get("class") == "language":
            self.switch = of["href"]
        if tag == "section" and of.get("id"):
            self.sections.append(of["id"])
        if tag in ("br", "img", "input", "meta", "link", "hr", "col", "wbr"):
            return
        foreign = of.get("lang") == "en" or (bool(self.open) and self.open[-1][1])
        self.open.append((tag, foreign or tag in ("script", "style", "math", "code", "pre")))
        self.texts += [of[name] for name in ("aria-label", "placeholder") if of.get(name) and not self.open[-1][1]]

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.open and not self.open[-1][1]:
            self.texts.append(" ".join(data.split()))


def test_no_english_stands_on_a_vietnamese_page_unmarked(site: Path):
    found = []
    for path in sorted((site / VI).rglob("*.html")):
        for text in Page(path).texts:
            for name in NAMES:
                text = text.replace(name, "")
            if len(ENGLISH.findall(text)) > 1:
                found.append((path.relative_to(site).as_posix(), text[:120]))
    assert not found, found[:20]


def test_the_switch_leads_to_the_same_page_and_back(site: Path):
    paths = sorted(path for path in (site / VI).rglob("*.html"))
    assert len(paths) > 15
    for path in paths:
        own = Page(path)
        other = (path.parent / own.switch).resolve()
        assert other == (site / path.relative_to(site / VI)).resolve()
        english = Page(other)
        assert (own.language, english.language) == (VI, "en")
        assert (other.parent / english.switch).resolve() == path.resolve()


def test_sections_have_the_same_anchors_in_both_languages(site: Path):
    for path in sorted((site / VI).rglob("*.html")):
        own, other = Page(path).sections, Page(site / path.relative_to(site / VI)).sections
        # Findings of the overview are sentences: their anchors are made of them.
        if path.stem != "index":
            assert own == other, path.name


def test_search_finds_pages_of_its_own_language(site: Path):
    own, english = ((folder / "search-index.js").read_text(encoding="utf-8") for folder in (site / VI, site))
    assert all(text in own for text in ('"tasks.html"', "Nhiệm vụ"))
    assert not any(text in english for text in (f'"{VI}/', "Nhiệm vụ"))


def test_a_page_that_a_language_lacks_is_named(tmp_path: Path):
    for name in ("en/index.qmd", "en/tasks.qmd", "vi/index.qmd"):
        (tmp_path / "reports" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "reports" / name).write_text("---\ntitle: T\n---\n")
    assert page_names(tmp_path, ["en"]) == ("index.qmd", "tasks.qmd")
    with pytest.raises(RenderError) as error:
        page_names(tmp_path, ["en", "vi"])
    assert error.value.where == "reports/vi/tasks.qmd"
    assert "take vi out" in error.value.todo


def test_texts_are_laid_over_the_english_ones():
    given = {
        "id": "a",
        "name": "One",
        "name_vi": "Một",
        "topic": "t",
        "unit": "u",
        "kind": "count",
        "direction": "none",
    }
    item = Indicator(**given)
    every = Indicators(indicators=(item, item.model_copy(update={"id": "b", "name": "Two", "name_vi": ""})))
    own = translated(every, VI, {"indicators": {"b": {"name": "Hai"}}}, "params/vi.yaml")
    assert [indicator.name for indicator in own.indicators] == ["Một", "Hai"]
    assert translated(every, "en", None) is every


@pytest.mark.parametrize(
    ("texts", "where", "got"),
    [
        ({"indicators": {"c": {"name": "Ba"}}}, "params/vi.yaml.indicators", '"c"'),
        ({"indicators": {"a": {"nam": "Một"}}}, "params/vi.yaml.indicators.a", '"nam"'),
        ({"indicators": ["Một"]}, "params/vi.yaml.indicators", "1"),
        ({"indicators": {"a": "Một"}}, "params/vi.yaml.indicators.a", '"Một"'),
    ],
)  # fmt: skip
def test_a_text_of_nothing_is_refused_with_its_place(texts: object, where: str, got: str):
    given = {"name": "One", "topic": "t", "unit": "u", "kind": "count", "direction": "none"}
    every = Indicators(indicators=tuple(Indicator(id=id, **given) for id in ("a", "b")))
    with pytest.raises(ParamsError) as error:
        translated(every, VI, texts, "params/vi.yaml")
    assert (error.value.where, error.value.got) == (where, got)


def test_every_page_says_who_has_read_its_language(site: Path):
    (status,) = re.findall(r"(?m)^  status: (.*)$", (ROOT / "params" / "languages.yaml").read_text(encoding="utf-8"))
    for path in sorted(site.rglob("*.html")):
        assert (status in path.read_text(encoding="utf-8")) == (path.relative_to(site).parts[0] == VI), path


def test_notebooks_in_the_pages_are_english(tiny_rendered: Rendered):
    assert {Page(path).language for path in (tiny_rendered.site / "notebooks").glob("*.html")} == {"en"}
