"""Quarto as renderer: alone with a stand-in program, and beside the embedded renderer where installed."""

import re
import shutil
import subprocess
import textwrap
import time
from pathlib import Path

import pypdf
import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from policyreport.errors import RenderError
from policyreport.publishing.renderers import choose
from policyreport.publishing.renderers.pandoc import PandocRenderer
from policyreport.publishing.renderers.quarto import QuartoRenderer, find_program

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample"

needs_quarto = pytest.mark.skipif(find_program() is None, reason="no quarto program on the path or in the environment")


def assemble(folder: Path) -> Path:
    """The sample with the theme and the settings of reports/, as assembly joins them."""
    shutil.copytree(SAMPLE, folder)
    shutil.copytree(ROOT / "reports" / "theme", folder / "theme")
    shared = yaml.safe_load((ROOT / "reports" / "_quarto.yml").read_text(encoding="utf-8"))
    own = yaml.safe_load((SAMPLE / "_quarto.yml").read_text(encoding="utf-8"))
    settings = shared | {key: value for key, value in own.items() if key not in ("project", "format")}
    (folder / "_quarto.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return assemble(tmp_path / "report")


# ---- with a stand-in program ---------------------------------------------------------------------------


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, version: str = "1.7.34") -> None:
    """Put a shell script called quarto first on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "quarto"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = --version ]; then echo {version}; exit; fi\n{textwrap.dedent(script)}',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


WRITE_SITE = """
    mkdir -p _site/provinces
    echo "<title>A</title>" > _site/index.html
    echo "<title>B</title>" > _site/provinces/b.html
    printf '%s\\n' "$@" > _site/arguments.txt
    cp _quarto.yml _metadata-of-the-edition.yml _site
"""


def test_the_site_is_what_quarto_wrote(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, WRITE_SITE)
    told: list[str] = []
    QuartoRenderer().render_site(project, tmp_path / "site", told.append)
    assert told == ["index", "provinces/b"]
    assert (tmp_path / "site" / "index.html").exists()
    assert (tmp_path / "site" / "search-index.js").exists()


def test_quarto_is_told_to_execute_nothing(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, WRITE_SITE)
    QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)
    assert "--no-execute" in (tmp_path / "site" / "arguments.txt").read_text().split()
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    assert settings["execute"] == {"enabled": False}


def test_quartos_settings_hold_only_what_quarto_knows(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, WRITE_SITE)
    QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)
    quartos = yaml.safe_load((tmp_path / "site" / "_quarto.yml").read_text(encoding="utf-8"))
    ours = yaml.safe_load((tmp_path / "site" / "_metadata-of-the-edition.yml").read_text(encoding="utf-8"))
    assert "site-navigation" not in quartos
    assert ours["edition"] == "2025 Q4"
    assert quartos | ours == yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))


def test_the_project_is_left_as_it_was(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, WRITE_SITE)
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_a_failure_gives_quartos_last_lines_and_keeps_the_earlier_site(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        tmp_path, monkeypatch,
        "printf '\\033[31mERROR: page.html is missing\\033[0m\\n    at f (file.ts:1:2)\\n' >&2; exit 1",
    )  # fmt: skip
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("earlier")
    with pytest.raises(RenderError, match=r"got ERROR: page\.html is missing\. Correct"):
        QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)
    assert (tmp_path / "site" / "index.html").read_text() == "earlier"


def test_a_failure_keeps_the_earlier_pdf(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "echo 'error: unknown variable' >&2; exit 1")
    (tmp_path / "report.pdf").write_bytes(b"earlier")
    with pytest.raises(RenderError, match="unknown variable"):
        QuartoRenderer().render_pdf(project, tmp_path / "report.pdf", lambda line: None)
    assert (tmp_path / "report.pdf").read_bytes() == b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "report", "report.pdf"]


def test_the_pdf_is_what_quarto_wrote_set_by_the_reports_typst(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(
        tmp_path, monkeypatch,
        """mkdir _site; echo '#set document(title: "T")\nWritten by Quarto' > _site/report.typ""",
    )  # fmt: skip
    QuartoRenderer().render_pdf(project, tmp_path / "report.pdf", lambda line: None)
    reader = pypdf.PdfReader(tmp_path / "report.pdf")
    assert "Written by Quarto" in reader.pages[0].extract_text()
    assert reader.root_object["/MarkInfo"]["/Marked"]


def test_a_quarto_that_does_not_end_is_ended_with_what_it_started(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyreport.publishing.renderers.quarto._TIMEOUT", 0.5)
    stand_in(tmp_path, monkeypatch, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(RenderError, match="a program that ends"):
        QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)
    child = Path("/proc") / (tmp_path / "child").read_text().strip() / "stat"
    for _ in range(200):  # the system reaps it soon after
        if not child.exists():
            return
        time.sleep(0.1)
    pytest.fail("the program that it started goes on")


@pytest.mark.parametrize("version", ["1.4.557", "0.9", "none"])
def test_an_old_quarto_is_refused(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    stand_in(tmp_path, monkeypatch, WRITE_SITE, version)
    with pytest.raises(RenderError, match=rf'Quarto 1\.6 or newer; got version "{version}"'):
        QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)


def test_without_quarto_the_embedded_renderer_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    assert not QuartoRenderer().available()
    assert choose("auto").name == "pandoc"
    with pytest.raises(RenderError, match="quarto"):
        choose("quarto")


# ---- beside the embedded renderer ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both renderers' output from one project: folders quarto and pandoc."""
    folder = tmp_path_factory.mktemp("both")
    project = assemble(folder / "report")
    for renderer in (QuartoRenderer(), PandocRenderer()):
        renderer.render_site(project, folder / renderer.name / "site", lambda line: None)
        renderer.render_pdf(project, folder / renderer.name / "report.pdf", lambda line: None)
    return folder


def soups(folder: Path) -> dict[str, BeautifulSoup]:
    pages = sorted(folder.rglob("*.html"))
    return {
        page.relative_to(folder).as_posix(): BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for page in pages
    }


def plain(element: Tag) -> str:
    return " ".join(element.get_text(" ").split())


def select(soup: BeautifulSoup, selector: str) -> list[str]:
    return [plain(element) for element in soup.select(selector)]


PARTS = {
    "headings": "h1, h2, h3",
    "captions": "figcaption",
    "cells": "td, th",
    "cross-references": "a.quarto-xref",
    "paragraphs": "main p:not(:has(svg))",
    "notes": ".note",
    "refusals": ".refusal",
    "sources": ".source",
}


@needs_quarto
@pytest.mark.quarto
def test_both_renderers_write_the_same_files(both: Path) -> None:
    found = [
        sorted(path.relative_to(both / name).as_posix() for path in (both / name).rglob("*") if path.is_file())
        for name in ("quarto", "pandoc")
    ]
    assert "site/provinces/ha-noi.html" in found[0]
    assert [name for name in found[0] if "fonts" not in name] == [name for name in found[1] if "fonts" not in name]


@needs_quarto
@pytest.mark.quarto
@pytest.mark.parametrize("part", PARTS)
def test_both_sites_say_the_same(both: Path, part: str) -> None:
    quarto, pandoc = soups(both / "quarto" / "site"), soups(both / "pandoc" / "site")
    found = {name: select(soup, PARTS[part]) for name, soup in pandoc.items()}
    assert any(found.values())
    assert {name: select(soup, PARTS[part]) for name, soup in quarto.items()} == found


@needs_quarto
@pytest.mark.quarto
def test_the_brackets_of_both_sites_formulas_are_equally_high(both: Path) -> None:
    found = {
        name: [
            (mark.text, mark["stretchy"]) for mark in soups(both / name / "site")["methods.html"].select("mo[stretchy]")
        ]
        for name in ("quarto", "pandoc")
    }
    assert ("(", "false") in found["pandoc"]
    assert found["quarto"] == found["pandoc"]


@needs_quarto
@pytest.mark.quarto
def test_both_sites_link_to_the_same_places(both: Path) -> None:
    quarto, pandoc = soups(both / "quarto" / "site"), soups(both / "pandoc" / "site")
    for name, soup in pandoc.items():
        assert [a["href"] for a in quarto[name].select("a[href]")] == [a["href"] for a in soup.select("a[href]")]


@needs_quarto
@pytest.mark.quarto
def test_both_sites_have_the_same_pictures(both: Path) -> None:
    quarto, pandoc = soups(both / "quarto" / "site"), soups(both / "pandoc" / "site")
    for name, soup in pandoc.items():
        labels = [svg.get("aria-label") for svg in soup.select("svg[role=img]")]
        assert [svg.get("aria-label") for svg in quarto[name].select("svg[role=img]")] == labels


@needs_quarto
@pytest.mark.quarto
def test_quarto_leaves_no_path_of_the_machine_and_loads_nothing_from_the_network(both: Path) -> None:
    for page in (both / "quarto" / "site").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert str(both) not in text
        assert not re.search(r'<(script|link|img)[^>]+(src|href)="https?:', text)


@needs_quarto
@pytest.mark.quarto
def test_quarto_writes_the_same_site_twice(both: Path, tmp_path: Path) -> None:
    QuartoRenderer().render_site(both / "report", tmp_path / "site", lambda line: None)
    first = both / "quarto" / "site"
    for path in first.rglob("*"):
        if path.is_file():
            assert (tmp_path / "site" / path.relative_to(first)).read_bytes() == path.read_bytes()


@needs_quarto
@pytest.mark.quarto
def test_quarto_renders_the_assembled_project_by_hand_too(both: Path, tmp_path: Path) -> None:
    shutil.copytree(both / "report", tmp_path / "report")
    program = str(find_program())
    subprocess.run([program, "render", "--to", "html"], cwd=tmp_path / "report", check=True, capture_output=True)
    for path in (both / "quarto" / "site").rglob("*.html"):
        page = path.relative_to(both / "quarto" / "site")
        assert (tmp_path / "report" / "_site" / page).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


@needs_quarto
@pytest.mark.quarto
@pytest.mark.parametrize("render", ["as `policyreport render` does", "by hand"])
def test_quarto_executes_no_code_on_a_page(both: Path, tmp_path: Path, render: str) -> None:
    project = tmp_path / "report"
    shutil.copytree(both / "report", project)
    page, trace = project / "index.qmd", tmp_path / "executed"
    code = f"\n\n```{{python}}\nopen({str(trace)!r}, 'w')\n```\n\n`{{python}} open({str(trace)!r}, 'w')`\n"
    page.write_text(page.read_text(encoding="utf-8") + code, encoding="utf-8")
    if render == "by hand":
        command = [str(find_program()), "render", "index.qmd", "--to", "html"]
        subprocess.run(command, cwd=project, check=True, capture_output=True)
    else:
        QuartoRenderer().render_site(project, tmp_path / "site", lambda line: None)
    assert not trace.exists()


@needs_quarto
@pytest.mark.quarto
def test_a_reference_to_nothing_stops_quarto_as_it_stops_pandoc(both: Path, tmp_path: Path) -> None:
    project = tmp_path / "report"
    shutil.copytree(both / "report", project)
    page = project / "index.qmd"
    page.write_text(page.read_text(encoding="utf-8") + "\n\nSee @fig-nowhere.\n", encoding="utf-8")
    for renderer in (QuartoRenderer(), PandocRenderer()):
        with pytest.raises(RenderError, match="@fig-nowhere refers to nothing on this page"):
            renderer.render_site(project, tmp_path / "site", lambda line: None)
        assert not (tmp_path / "site").exists()


@needs_quarto
@pytest.mark.quarto
def test_quarto_writes_the_same_accessible_pdf_twice(both: Path, tmp_path: Path) -> None:
    QuartoRenderer().render_pdf(both / "report", tmp_path / "report.pdf", lambda line: None)
    body = (tmp_path / "report.pdf").read_bytes()
    assert body == (both / "quarto" / "report.pdf").read_bytes()
    catalogue = pypdf.PdfReader(tmp_path / "report.pdf").root_object
    assert catalogue["/MarkInfo"]["/Marked"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_data()


@needs_quarto
@pytest.mark.quarto
def test_both_documents_have_the_same_pages_and_words(both: Path) -> None:
    quarto, pandoc = (pypdf.PdfReader(both / name / "report.pdf") for name in ("quarto", "pandoc"))
    assert [str(entry.title) for entry in quarto.outline] == [str(entry.title) for entry in pandoc.outline]
    assert [page.extract_text().split() for page in quarto.pages] == [
        page.extract_text().split() for page in pandoc.pages
    ]
