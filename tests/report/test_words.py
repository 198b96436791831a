"""What people typed into the pages and notebooks: no word that claims too much, no figure that a record should say."""

import re
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from policyreport.params.wording import Wording, read_wording
from policyreport.publishing.page_files import PDF_PAGES

Finder = Callable[..., tuple[str, ...]]

ROOT = Path(__file__).parents[2]
PAGE_FOLDER = ROOT / "reports" / "en"
PAGES = sorted([*PAGE_FOLDER.rglob("*.qmd"), *PAGE_FOLDER.rglob("sentences/*.md")])
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
# Levels of intervals and tests, a true chance that the study draws from (`TRUE_CHANCE`), and the policy's own
# threshold, which the pages are about.
CONSTANTS = {"95%", "5%", "2%", "16%"}


@pytest.fixture(scope="module")
def wording() -> Wording:
    return read_wording(ROOT)


def words(path: Path) -> str:
    """The prose of a page or notebook; of what its template computes, the texts in quotes."""
    if path.suffix == ".ipynb":
        cells = nbformat.read(path, as_version=4).cells
        return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    text = path.read_text(encoding="utf-8")
    return re.sub(r"(?s)\[%.*?%\]|\[\[.*?\]\]", lambda code: " ".join(re.findall(r'"[^"]*"', code[0])), text)


@pytest.mark.parametrize("path", [*PAGES, *NOTEBOOKS], ids=lambda path: path.name)
def test_nothing_typed_uses_a_word_that_claims_too_much(path: Path, wording: Wording, forbidden_words: Finder) -> None:
    assert forbidden_words(wording, words(path), "en") == ()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_published_figure_is_typed_into_a_page(path: Path) -> None:
    text = words(path).replace("\u00a0", " ").replace("$", "")
    assert set(re.findall(r"\d[\d.,]*\s%", text)) - CONSTANTS == set()
    assert re.findall(r"\b\d[\d,.]* of \d[\d,.]*\b", text) == []


def test_a_word_that_claims_too_much_is_found_in_a_page(wording: Wording, forbidden_words: Finder) -> None:
    assert forbidden_words(wording, "The Resolution's impact was\nsignificant.", "en") == ("significant", "impact")


def test_a_page_of_the_pdf_does_not_send_readers_to_a_page_that_only_the_site_has() -> None:
    """Words such as "the site's validity page" tell those who read on paper where it is."""
    books = [words(ROOT / "reports" / "en" / name) for name in PDF_PAGES]
    printed = {page for book in books for page in re.findall(r"\{\{< page ([\w-]+) >\}\}", book)}
    links = {
        (page, text, target)
        for page in printed
        for text, target in re.findall(
            r"\[([^\]]+)\]\(([\w-]+)\.html\)", words(ROOT / "reports" / "en" / f"{page}.qmd")
        )
        if target not in printed
    }
    assert [link for link in links if "site" not in link[1]] == []
