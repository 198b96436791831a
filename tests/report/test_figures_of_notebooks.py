"""A figure on a page is the one in the executed notebook, to the last byte; no page shows another."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import nbformat
import pytest

from policyreport.figures.frame import MIME, Picture

SHOWN = re.compile(r"!\[[^\]]*\]\((?:\.\./)?(figures/[\w.-]+\.svg)\)")


def drawn(store: Path) -> dict[str, str]:
    """Hash by file of every picture in the executed notebooks."""
    hashes: dict[str, str] = {}
    for path in sorted(store.glob("notebooks/*/*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                if MIME in output.get("data", {}):
                    files = Picture(**output.data[MIME]).files
                    assert not files.keys() & hashes.keys(), path
                    hashes |= {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    return hashes


@pytest.fixture(scope="module")
def figures(tiny) -> dict[str, str]:
    return drawn(tiny.store)


def test_every_figure_of_a_page_is_that_of_an_executed_notebook(figures, tiny_rendered) -> None:
    pages = [*tiny_rendered.project.glob("*.qmd"), *tiny_rendered.project.glob("provinces/*.qmd")]
    shown = {name for page in pages for name in SHOWN.findall(page.read_text(encoding="utf-8"))}
    assert len(shown) > 20
    assert shown <= figures.keys()
    for name in shown:
        body = (tiny_rendered.project / name).read_bytes()
        assert hashlib.sha256(body).hexdigest() == figures[name], name


def test_the_pages_of_executed_notebooks_show_every_figure(figures, tiny_rendered) -> None:
    written = {f"figures/{path.name}" for path in (tiny_rendered.project / "figures").glob("*.svg")}
    assert written == figures.keys()
