"""Every hostile text in every place where a text can stand on a page, of the site and of the PDF."""

import shutil
from collections.abc import Callable
from itertools import count as numbers
from pathlib import Path

import pytest
import yaml
from hostile_corpus import GOOD_PATHS, PAYLOADS
from hostile_judge import bare, judge_pdf, judge_site
from matplotlib.figure import Figure

from policyreport.figures.frame import Frame
from policyreport.figures.style import new_figure, picture, write
from policyreport.figures.tables import table
from policyreport.publishing.page_files import join_page, write_settings
from policyreport.publishing.renderers.pandoc import PandocRenderer
from policyreport.publishing.renderers.quarto import QuartoRenderer, find_program
from policyreport.publishing.source_marks import SourceMarks
from policyreport.publishing.values import Drawing, Texts, fold
from policyreport.records.formats import Formats
from policyreport.records.markdown import as_read, attribute, escape, link

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "tests" / "report" / "sample"
ADDRESS = "https://source.example/a"
NO_TRACES = "window.traceData = {words: {}, sets: [], rows: [], texts: [], sources: []};\n"
RENDERERS = [
    pytest.param(PandocRenderer, id="pandoc"),
    pytest.param(
        QuartoRenderer, id="quarto", marks=pytest.mark.skipif(find_program() is None, reason="no quarto program")
    ),
]
# Settings of an edition that come from parameters.
SETTINGS = ("site-title", "edition-title", "cite", "licence", "as-known-on", "draft-note", "simulated")

# A place in the Markdown of a page, and how a text gets there.
ON_PAPER: dict[str, Callable[[str], str]] = {
    "paragraph": escape,
    "heading": lambda text: f"## {escape(text)}",
    "item": lambda text: f"- {escape(text)}: none\n- two",
    "refusal": lambda text: f"::: {{.refusal}}\n**{escape(text)}.** Not published ({escape(text)}).\n:::",
    "link": lambda text: f"See {link(text, ADDRESS)}.",
}
PLACES = ON_PAPER | {
    "sentence": lambda text: f"In 2025 {escape(text)} grew by 7%.",
    "two in a row": lambda text: f"{escape(text)}{escape(text)}",
    "emphasis": lambda text: f"It is *{escape(text)}* so far.",
    "flags": lambda text: f"::: {{.flags}}\n{escape(text)}\n:::",
    "strip": lambda text: f":::: {{.strip}}\n::: {{.strip-item}}\n{escape(text)}\n\n7\n\n{escape(text)}\n:::\n::::",
    "source line": lambda text: f"::: {{.source}}\nSource: {escape(text)}, {link(text, ADDRESS)}.\n:::",
    "note": lambda text: f"::: {{.callout-note}}\n## {escape(text)}\n\n{escape(text)}\n:::",
    "tooltip": lambda text: f'[a](index.html "{attribute(text)}") [c]{{.bound title="{attribute(text)}"}}',
    "fold": lambda text: fold(escape(text), text),
}  # fmt: skip


class Sheet:
    """Texts with a token each, so that each can be found again."""

    def __init__(self) -> None:
        self._numbers = numbers(1)
        self.texts: dict[str, tuple[str, str]] = {}

    def one(self, place: str, payload: str) -> str:
        """A payload with its token before it, which begins with a figure: no place gives it another case."""
        token = f"7zq{next(self._numbers):04d}x"
        self.texts[token] = (place, f"{token} {payload}")
        return f"{token} {payload}"

    def every(self, place: str) -> list[str]:
        """All payloads for one place."""
        return [self.one(place, payload) for payload in PAYLOADS.values()]


def body(sheet: Sheet, places: dict[str, Callable[[str], str]]) -> str:
    """Every text in every one of some places of a page's Markdown, and in cells, headings and captions of tables."""
    parts = [place(text) for name, place in places.items() for text in sheet.every(name)]
    first, last = sheet.every("first cell"), sheet.every("last cell")
    cells = [[escape(text), "7", escape(other)] for text, other in zip(first, last, strict=True)]
    caption = f"Caption {escape(sheet.one('caption', PAYLOADS['table']))}."
    parts.append(table("cells", ["A", "B", "C"], cells, caption))
    heads = sheet.every("heading of a column")
    for at in range(0, len(heads) - 2, 3):
        columns = list(map(escape, heads[at : at + 3]))
        parts.append(table(f"heads-{at}", columns, [["1", "2", "3"]], "Headings."))
    parts += [escape(text) for text in heads[len(heads) - len(heads) % 3 :]]
    parts += [f"- {link(f'address {at}', f'https://source.example/{path}')}" for at, path in enumerate(GOOD_PATHS)]
    return "\n\n".join(parts)


def drawn(sheet: Sheet) -> tuple[str, dict[str, str]]:
    """A picture made with matplotlib whose text, caption and words for the blind are hostile."""
    lines = sheet.every("text in a picture")

    def paint(width: int) -> Figure:
        figure = new_figure(width, 20 * len(lines))
        for at, text in enumerate(lines):
            write(figure, 0, 20 * at + 14, text)
        return figure

    caption = " ".join(map(escape, sheet.every("caption of a picture")))
    measured = escape(sheet.one("what is measured", PAYLOADS["span"]))
    shown = picture(Frame("hostile"), " ".join(sheet.every("words for the blind")), paint, (680, 680))
    drawing = Drawing(shown.label, shown)
    return Texts(Formats()).figure(drawing, lambda: f"{caption} *{measured}*"), shown.files


def shared_settings() -> dict[str, object]:
    """The settings of the site's sample, with the formats and filters of the report."""
    own = yaml.safe_load((SAMPLE / "_quarto.yml").read_text("utf-8"))
    shared = yaml.safe_load((ROOT / "reports" / "_quarto.yml").read_text("utf-8"))
    return shared | {name: value for name, value in own.items() if name not in ("project", "format")}


def settings_of(sheet: Sheet) -> dict[str, object]:
    """The settings of a project whose every text is hostile."""
    settings = shared_settings()
    settings |= {name: escape(" ".join(sheet.every(name))) for name in SETTINGS}
    regions = [
        {"name": escape(region), "areas": [{"name": escape(area), "href": "index.html"}]}
        for region, area in zip(sheet.every("region in the menu"), sheet.every("area in the menu"), strict=True)
    ]
    pages = [{"title": escape(text), "href": "index.html"} for text in sheet.every("page in the menu")[:3]]
    return settings | {"site-navigation": {"pages": pages, "regions": regions}}


def new_project(folder: Path) -> Path:
    shutil.copytree(ROOT / "reports" / "theme", folder / "theme")
    (folder / "figures").mkdir()
    (folder / "trace-data.js").write_text(NO_TRACES)
    return folder


@pytest.fixture(scope="module", params=RENDERERS)
def on_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Sheet, Path]:
    """A page whose every text is hostile, rendered."""
    sheet, folder = Sheet(), new_project(tmp_path_factory.mktemp("hostile") / "report")
    (folder / "_quarto.yml").write_text(write_settings(settings_of(sheet)), encoding="utf-8")
    figure, files = drawn(sheet)
    for name, svg in files.items():
        (folder / name).write_text(svg, encoding="utf-8")
    head = {name: escape(" ".join(sheet.every(name))) for name in ("title", "description", "region")}
    sides = {
        name: {"name": escape(sheet.one(name, PAYLOADS["raw-html"])), "href": "index.html"}
        for name in ("previous", "next")
    }
    page = SourceMarks().numbered("\n\n".join([body(sheet, PLACES), figure]))
    text = join_page({**head, **sides, "root": ".", "page": "index"}, page)
    (folder / "index.qmd").write_text(text, encoding="utf-8")
    request.param().render_site(folder, folder.parent / "site", lambda page: None)
    for token in [token for token, (place, _) in sheet.texts.items() if place == "page in the menu"][3:]:
        del sheet.texts[token]
    return sheet, folder.parent / "site"


def test_c1_c2_c3_no_text_on_a_page_is_more_than_text(
    on_site: tuple[Sheet, Path], browser: object, count: Callable[..., None]
) -> None:
    sheet, site = on_site
    verdict = judge_site(browser, site)
    lost = [f"{place}: {text}" for place, text in sheet.texts.values() if not verdict.shows(text)]
    trials = len(sheet.texts) + len(GOOD_PATHS)
    count(trials=trials, inert=trials - len(lost), live=len(verdict.live))
    assert verdict.live == []
    assert lost == []
    assert trials > 1000


def test_c1_every_page_has_a_policy_and_keeps_to_it(on_site: tuple[Sheet, Path], browser: object) -> None:
    _, site = on_site
    assert judge_site(browser, site, bypass=False).live == []
    policy = (site / "index.html").read_text("utf-8").split('Content-Security-Policy" content="')[1].split('"')[0]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; "))


def test_c1_addresses_lead_where_they_say(on_site: tuple[Sheet, Path], browser: object) -> None:
    page = browser.new_page()
    page.goto((on_site[1] / "index.html").as_uri())
    found = dict(page.evaluate("[...document.querySelectorAll('main li a')].map((a) => [a.textContent, a.href])"))
    page.close()
    for at, _ in enumerate(GOOD_PATHS):
        assert found[f"address {at}"].startswith("https://source.example/")


@pytest.mark.parametrize("renderer", RENDERERS)
def test_c1_c2_no_text_in_the_pdf_is_more_than_text(
    renderer: type[PandocRenderer | QuartoRenderer],
    tmp_path_factory: pytest.TempPathFactory,
    count: Callable[..., None],
) -> None:
    sheet, folder = Sheet(), new_project(tmp_path_factory.mktemp("paper") / "report")
    (folder / "_quarto.yml").write_text(write_settings(shared_settings()), encoding="utf-8")
    payloads = ("typst", "raw-typst", "typst-link", "math", "latex", "quotes")
    settings = dict(zip(("title", *SETTINGS[:5]), payloads, strict=True))
    head = {name: escape(sheet.one(name, PAYLOADS[payload])) for name, payload in settings.items()}
    text = join_page({**head, "lang": "en"}, f"# Texts\n\n{body(sheet, ON_PAPER)}")
    (folder / "report.qmd").write_text(text, encoding="utf-8")
    target = folder.parent / "report.pdf"
    renderer().render_pdf(folder, target, lambda page: None)
    verdict = judge_pdf(target)
    lost = [text for _, text in sheet.texts.values() if bare(text) not in verdict.texts[0]]
    count(trials=len(sheet.texts), inert=len(sheet.texts) - len(lost), live=len(verdict.live))
    assert verdict.live == []
    assert lost == []


def test_an_escaped_text_is_read_as_it_was() -> None:
    for text in PAYLOADS.values():
        assert as_read(escape(text)) == text
