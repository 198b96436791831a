"""What the rendered pages and the records claim: only words of the closed list, no share without what it is of.

The tests look at an edition of three provinces; ``BUILD=build/2025Q4 pytest tests/report/test_claims.py`` looks at
one that was run and rendered.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from policyreport.params.edition import read_edition
from policyreport.params.indicators import read_indicators
from policyreport.params.registry import read_references
from policyreport.params.report import read_roles
from policyreport.params.wording import Wording, read_wording

Finder = Callable[..., tuple[str, ...]]

ROOT = Path(__file__).parents[2]
BUILD = Path(os.environ["BUILD"]).resolve() if "BUILD" in os.environ else None
TITLES = tuple(each.title for each in read_references(ROOT).values())
# Fields of records that repeat what a source printed, word for word.
QUOTED = {"note", "title", "address", "publisher", "licence", "list_label", "source"}
VERDICTS = {
    "verdict",
    "headline",
    "band",
    "band_pp",
    "one_year_verdict",
    "share_verdict",
    "growth_verdict",
    "trend_verdict",
}
SHARE = re.compile(r"\d\s?%")
# What a percentage may stand on besides an indicator's name or a measure's: a count and its whole, output, the
# period of a rate, the level of an interval or test, a probability, a weight.
BASES = (
    r"\d of \d", r"of G(?:R)?DP", r"a (?:month|year)\b", r"of the list", r"on the year before", r"interval", r"level",
    r"probability", r"weight", r"of (?:administrative )?(?:files|payments|procedures|firms)\b",
    r"of the (?:sum|state budget|population)\b",
)  # fmt: skip


@pytest.fixture(scope="module")
def wording() -> Wording:
    return read_wording(ROOT)


@pytest.fixture(scope="module")
def pages(request: pytest.FixtureRequest) -> dict[str, Tag]:
    """The main part of each page, values without their marks."""
    if BUILD:
        site = next(path for path in (BUILD / "site", BUILD / "site-simulated") if path.exists())
    else:
        site = request.getfixturevalue("tiny_rendered").site
    found = {}
    # A notebook shows frames and results; what pages say of them is theirs.
    # Pages in another language print the same: tests/report/test_languages.py.
    paths = (
        path for path in sorted(site.rglob("*.html")) if path.relative_to(site).parts[0] not in ("notebooks", "vi")
    )
    for path in paths:
        # Shapes of figures are most of a page, and hold no words.
        text = re.sub(r"<path [^>]*/>|<use [^>]*/>", "", path.read_text("utf-8"))
        main = BeautifulSoup(text, "html.parser").main
        for mark in main.select("span.v"):
            mark.unwrap()
        for tag in main(["script", "style", "math"]):
            tag.decompose()
        main.smooth()
        found[path.relative_to(site).as_posix()] = main
    assert len(found) > 10
    return found


def said(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split()).replace("’", "'")


def strings(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a record with its field's name."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from strings(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from strings(part, name)
    elif isinstance(value, str):
        yield name, value


@pytest.fixture(scope="module")
def records(request: pytest.FixtureRequest) -> dict[str, list[tuple[str, str]]]:
    """Texts of every record by its file."""
    store = BUILD or request.getfixturevalue("tiny").store
    paths = sorted((store / "records").glob("*/*.json"))
    assert len(paths) > 9
    return {f"{path.parent.name}/{path.name}": list(strings(json.loads(path.read_text("utf-8")))) for path in paths}


# ---- words -----------------------------------------------------------------------------------------------


def test_no_page_uses_a_word_that_claims_too_much(
    pages: dict[str, Tag], wording: Wording, forbidden_words: Finder
) -> None:
    found = {page: forbidden_words(wording, said(main), "en", TITLES) for page, main in pages.items()}
    assert {page: words for page, words in found.items() if words} == {}


def test_no_record_uses_a_word_that_claims_too_much(
    records: dict[str, list[tuple[str, str]]], wording: Wording, forbidden_words: Finder
) -> None:
    # Areas' records repeat each other's texts.
    places = {text: (file, name) for file, texts in records.items() for name, text in texts if name not in QUOTED}
    found = [(*place, words) for text, place in places.items() if (words := forbidden_words(wording, text, "en"))]
    assert found == []


def test_every_verdict_of_a_record_stands_in_the_closed_list(
    records: dict[str, list[tuple[str, str]]], wording: Wording
) -> None:
    verdicts = {text for texts in records.values() for name, text in texts if name in VERDICTS and text}
    assert verdicts
    for verdict in verdicts:
        assert wording.verdict(verdict, "en")


def test_every_allowed_phrase_says_why(wording: Wording, forbidden_words: Finder) -> None:
    for language, rules in wording.forbidden.items():
        for phrase, reason in rules.allowed.items():
            assert reason
            assert forbidden_words(wording, phrase, language) == ()
            assert any(word in phrase for word in rules.words), phrase


def test_a_papers_title_is_its_authors_and_the_words_around_it_are_ours(
    wording: Wording, forbidden_words: Finder
) -> None:
    text = "Bates and others (2015). Fitting Linear Mixed-Effects Models Using lme4. An effect of 3."
    assert forbidden_words(wording, text, "en", TITLES) == ("effect",)


# ---- shares ----------------------------------------------------------------------------------------------


@cache
def named() -> re.Pattern[str]:
    """What may stand beside a percentage: an edition with data of its own has its own measures."""
    layout = read_edition(ROOT, BUILD.name).layout(ROOT) if BUILD else ROOT
    indicators = [re.escape(each.name) for each in read_indicators(layout).indicators]
    measures = [rf"\b{re.escape(label)}\b" for label in read_roles(layout).measure_labels.values()]
    return re.compile("|".join([*BASES, *indicators, *measures]), re.IGNORECASE)


def context(block: Tag) -> str:
    """What a reader sees together with a block: its figure or table with the caption, its finding, its strip item."""
    inside = block.find_parent(
        lambda tag: tag.name == "figure" or {"finding", "strip-item"} & set(tag.get("class", []))
    )
    if inside is None and block.name == "table":
        inside = block.find_parent("div")
    return said(inside or block)


def bare_shares(main: Tag) -> list[str]:
    """Blocks with a percentage and nothing that says of what."""
    pattern = named()
    blocks = [
        tag
        for tag in main.find_all(["p", "li", "h2", "h3", "h4", "summary", "figcaption", "table"])
        if not (tag.name != "table" and tag.find_parent("table")) and not tag.find(["p", "li", "table"])
    ]
    return [said(tag)[:120] for tag in blocks if SHARE.search(said(tag)) and not pattern.search(context(tag))]


def test_no_share_stands_without_its_whole_or_its_measure(pages: dict[str, Tag]) -> None:
    assert {page: found for page, main in pages.items() if (found := bare_shares(main))} == {}


@pytest.mark.parametrize(
    ("html", "bare"),
    [
        ("<p>The share rose to 18.3%.</p>", 1),
        ("<p>The share rose to 18.3% by MIC/MST.</p>", 0),
        ("<p>485 of 1,132 tasks, 42.8%.</p>", 0),
        ("<figure><p>18.3%</p><figcaption>Share of GDP</figcaption></figure>", 0),
        ("<div><p>42.8%</p></div><p>485 of 1,132</p>", 1),
        ("<table><tr><td>94.5%</td></tr></table>", 1),
    ],
)
def test_a_bare_share_is_found(html: str, bare: int) -> None:
    assert len(bare_shares(BeautifulSoup(f"<main>{html}</main>", "html.parser").main)) == bare
