"""build/EDITION/report is a Quarto project that `quarto render` takes as it is, and makes the same site of."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest
import yaml

from policyreport.publishing.page_files import EDITION_FILE, QUARTO_KEYS, read_page
from policyreport.publishing.renderers.quarto import QuartoRenderer, find_program

ROOT = Path(__file__).parents[2]
needs_quarto = pytest.mark.skipif(find_program() is None, reason="no quarto program on the path or in the environment")


@pytest.fixture(scope="module")
def assembled(tiny_rendered) -> Path:
    """The tiny edition's project."""
    return tiny_rendered.project


def settings_of(project: Path) -> dict:
    return yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))


def test_a13_quartos_own_file_holds_only_what_quarto_reads(assembled: Path) -> None:
    assert set(settings_of(assembled)) <= set(QUARTO_KEYS)
    edition = yaml.safe_load((assembled / EDITION_FILE).read_text(encoding="utf-8"))
    assert edition["edition"] == "tiny"
    assert edition["site-navigation"]["pages"]


def test_a13_pages_are_html_and_only_the_book_is_a_pdf(assembled: Path) -> None:
    assert list(settings_of(assembled)["format"]) == ["html"]
    formats = {path.name: read_page(path, path.name)[0].get("format") for path in assembled.rglob("*.qmd")}
    books = ["report-annex-vi.qmd", "report-annex.qmd", "report-vi.qmd", "report.qmd"]
    assert sorted(name for name, own in formats.items() if own) == books
    assert [list(formats[name]) for name in books] == [["typst"]] * 4


def test_a13_every_page_names_the_file_of_its_edition(assembled: Path) -> None:
    for path in assembled.rglob("*.qmd"):
        (named,) = read_page(path, path.name)[0]["metadata-files"]
        vietnamese = path.relative_to(assembled).parts[0] in ("vi", "report-vi.qmd", "report-annex-vi.qmd")
        home = assembled / "vi" if vietnamese else assembled
        assert (path.parent / named).resolve() == (home / EDITION_FILE).resolve()


def test_a13_reports_says_in_a_line_that_it_is_not_rendered_by_itself(assembled: Path) -> None:
    text = (ROOT / "reports" / "README.md").read_text(encoding="utf-8")
    assert len(text.strip().splitlines()) == 1
    assert "policyreport render EDITION" in text
    assert not (assembled / "README.md").exists()


def finish(project: Path) -> None:
    """Run what Quarto runs when its pages are there, by a Python that has nothing installed."""
    script = project / settings_of(project)["project"]["post-render"]
    environment = {"QUARTO_PROJECT_OUTPUT_DIR": str(project / "_site"), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-I", "-S", "-c", RUN, str(script)], cwd=project, env=environment, check=True)


# As `python FILE` does, whose folder -I would leave out.
RUN = """
import runpy, sys
sys.path.insert(0, sys.argv[1].rpartition('/')[0])
runpy.run_path(sys.argv[1], run_name='__main__')
"""


@pytest.fixture
def rendered(assembled: Path, tmp_path: Path) -> Path:
    """The project as Quarto leaves it before it runs the script."""
    project = tmp_path / "report"
    shutil.copytree(assembled, project)
    site = project / "_site"
    (site / "figures").mkdir(parents=True)
    (site / "theme").mkdir()
    shutil.copy(project / "theme" / "site.js", site / "theme")
    (site / "index.html").write_text("<main><h1>A title</h1><p>Words</p><img src='x'></main>", encoding="utf-8")
    (site / "report.html").write_text("<main><h1>All of it</h1></main>", encoding="utf-8")
    (site / "report.pdf").write_bytes(b"%PDF")
    (site / "figures" / "unused.svg").write_text("<svg/>")
    return project


def test_a13_the_script_after_rendering_makes_the_search_index_and_leaves_nothing_over(rendered: Path) -> None:
    finish(rendered)
    site = rendered / "_site"
    assert sorted(path.name for path in site.iterdir()) == ["index.html", "search-index.js", "theme"]
    assert "A title" in (site / "search-index.js").read_text(encoding="utf-8")
    assert (rendered / "report.pdf").read_bytes() == b"%PDF"
    finish(rendered)


def test_a13_a_figure_that_a_page_shows_stays(rendered: Path) -> None:
    site = rendered / "_site"
    (site / "index.html").write_text('<main><img src="figures/unused.svg"></main>', encoding="utf-8")
    finish(rendered)
    assert (site / "figures" / "unused.svg").exists()


# ---- with Quarto itself ---------------------------------------------------------------------------------------


def shortened(project: Path) -> None:
    """Leave three pages and a short book: the others take minutes and show nothing else."""
    kept = {"index.qmd", "downloads.qmd", "ha-noi.qmd", "report.qmd"}
    for path in project.rglob("*.qmd"):
        if path.name not in kept:
            path.unlink()
    book = project / "report.qmd"
    head = book.read_text(encoding="utf-8").split("---\n")[1]
    chapter = "# One {#page-index}\n\n$x$; words.\n\n# Two {#page-two}\n\n::: {.one-page}\n## Part\n\nWords.\n:::\n"
    book.write_text(f"---\n{head}---\n{chapter}", encoding="utf-8")


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@needs_quarto
@pytest.mark.quarto
@pytest.mark.parametrize("arguments", [(), ("--to", "html")])
def test_a13_quarto_render_by_hand_gives_the_renderers_site(
    assembled: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    project = tmp_path / "report"
    shutil.copytree(assembled, project)
    shortened(project)
    QuartoRenderer().render_site(project, tmp_path / "site", lambda page: None)
    sources = set(files(project))
    command = [str(find_program()), "render", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert files(project / "_site") == files(tmp_path / "site")
    left = {name for name in files(project) if not name.startswith(("_site/", ".quarto/"))} - sources
    assert left == (set() if arguments else {"report.pdf"})
    if not arguments:
        text = " ".join(page.extract_text() for page in pypdf.PdfReader(project / "report.pdf").pages)
        assert "Words." in text
