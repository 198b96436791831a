"""A figure on a page is the one in the executed notebook, to the last byte and in every language."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
import pytest

from policyreport.publishing.notebook_pages import drawing_of

SHOWN = re.compile(r"!\[[^\]]*\]\((?:\.\./)?(figures/[\w.-]+\.svg)\)")
# By language, the folder of its pages.
HOMES = {"en": ".", "vi": "vi"}


def drawn(store: Path, language: str) -> dict[str, str]:
    """Hash by file of every picture in the executed notebooks."""
    hashes: dict[str, str] = {}
    for path in sorted(store.glob("notebooks/*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for drawing in filter(None, map(drawing_of, cell.get("outputs", []))):
                files = drawing.picture.in_language(language).files
                assert not files.keys() & hashes.keys(), path
                hashes |= {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    return hashes


@pytest.fixture(scope="module", params=HOMES)
def language(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def figures(tiny, language) -> dict[str, str]:
    return drawn(tiny.store, language)


def test_every_figure_of_a_page_is_that_of_an_executed_notebook(figures, tiny_rendered, language) -> None:
    home = tiny_rendered.project / HOMES[language]
    pages = [*home.glob("*.qmd"), *home.glob("provinces/*.qmd")]
    texts = [page.read_text(encoding="utf-8") for page in pages if not page.name.startswith("report")]
    shown = {name for text in texts for name in SHOWN.findall(text)}
    assert len(shown) > 20
    assert shown <= figures.keys()
    for name in shown:
        assert hashlib.sha256((home / name).read_bytes()).hexdigest() == figures[name], name


def test_every_figure_of_a_notebook_is_in_the_project(figures, tiny_rendered, language) -> None:
    written = (tiny_rendered.project / HOMES[language] / "figures").glob("*.svg")
    assert {f"figures/{path.name}" for path in written} == figures.keys()


def test_the_figures_of_the_languages_differ_in_their_words(tiny) -> None:
    english, vietnamese = (drawn(tiny.store, language) for language in HOMES)
    assert english.keys() == vietnamese.keys()
    # Nothing is written in the small map of where a province lies.
    assert {name for name in english if english[name] == vietnamese[name]} <= {
        name for name in english if name.endswith("locator.svg")
    }
