"""What stops the rendering of an edition that was run: one message, exit code 6, and what was made before is kept.

The report has few pages: what stops one of them would stop one of many.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import ExitCode, RenderError
from policyreport.publishing.page_files import read_page, title_of


@pytest.fixture
def root(tiny, leave_few_pages: Callable[[Path], None], tmp_path: Path) -> Path:
    """The tiny edition's project with few pages, and a site and a PDF of an earlier day."""
    shutil.copytree(tiny.root, tmp_path / "project")
    leave_few_pages(tmp_path / "project")
    store = tmp_path / "project" / "build" / "tiny"
    (store / "site").mkdir()
    (store / "site" / "index.html").write_text("earlier", encoding="utf-8")
    (store / "report-tiny.pdf").write_bytes(b"earlier")
    return tmp_path / "project"


@pytest.fixture
def without_downloads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no downloads, which take longest: no fault is theirs."""
    monkeypatch.setattr("policyreport.publishing.report.make_downloads", lambda *_: ())


def remove(path: str) -> Callable[[Path], None]:
    return lambda root: (root / path).unlink()


def replace(path: str, body: bytes) -> Callable[[Path], None]:
    return lambda root: (root / path).write_bytes(body) and None


def append(path: str, text: str) -> Callable[[Path], None]:
    return lambda root: (root / path).write_text((root / path).read_text("utf-8") + text, "utf-8") and None


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing was run": (lambda root: shutil.rmtree(root / "build/tiny/notebooks"), "policyreport run tiny"),
    "a record is missing": (remove("build/tiny/records/n01/trend.json"), "n01/trend.json"),
    "a record is cut off": (replace("build/tiny/records/n01/trend.json", b'{"area": "n01"'), "n01/trend.json"),
    "a record is another's": (replace("build/tiny/records/n01/trend.json", b'{"area": "n01"}'), "n01/trend.json"),
    "an executed notebook is cut off": (replace("build/tiny/notebooks/n01/clean.ipynb", b'{"cells": ['), "clean.ipynb"),
    "the national notebook is missing": (remove("build/tiny/notebooks/VN/quality.ipynb"), "VN/quality.ipynb"),
    "a page has no front matter": (replace("reports/en/tasks.qmd", b"Words\n"), "reports/en/tasks.qmd"),
    "a page names what is not there": (append("reports/en/tasks.qmd", "\n[[ taskz ]]\n"), "taskz"),
    "a page refers to no figure": (append("reports/en/tasks.qmd", "\nSee @fig-nowhere.\n"), "fig-nowhere"),
    "the PDF's document is missing": (remove("reports/en/report.qmd"), "report.qmd"),
    "the settings are no YAML": (replace("reports/_quarto.yml", b"project: ["), "_quarto.yml"),
    "the page template is missing": (remove("reports/theme/page.html"), "page.html"),
    "a filter is broken": (append("reports/theme/links.lua", "\nnot lua"), "links.lua"),
}  # fmt: skip


# What keeps a page from being read, as a page without front matter does; that one stops the command above.
UNREADABLE = {
    "its front matter is no YAML": b"---\ntitle: [\n---\n",
    "its front matter has no title": b"---\nroot: .\n---\n",
    "it is not in UTF-8": b"---\ntitle: T\n---\n\n\xe0\n",
}


# What these keep from being made; the others stop before anything is.
ONE_OF_TWO = {"the page template is missing": "site", "a filter is broken": "site"}
# The page stands in the site, in the book and, in this project, in the annexes.
ALL = {"a page refers to no figure"}


def render(root: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["--project", str(root), "render", "tiny", "--renderer", "pandoc", *options])


def hidden(root: Path) -> list[str]:
    return [path.name for path in (root / "build/tiny").iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("without_downloads")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_once_and_keeps_what_was_made(root: Path, fault: str) -> None:
    harm, named = FAULTS[fault]
    harm(root)
    result = render(root)
    assert result.exit_code == ExitCode.RENDER, result.output
    assert named in result.output
    assert result.output.count("expected:") == (3 if fault in ALL else 1)
    assert "Traceback" not in result.output
    assert (root / "build/tiny/site/index.html").read_text("utf-8") == "earlier"
    made = (root / "build/tiny/report-tiny.pdf").read_bytes() != b"earlier"
    assert made == (fault in ONE_OF_TWO)
    assert hidden(root) == []


@pytest.mark.parametrize("fault", UNREADABLE)
def test_a_page_that_cannot_be_read_is_named(tmp_path: Path, fault: str) -> None:
    (tmp_path / "tasks.qmd").write_bytes(UNREADABLE[fault])
    with pytest.raises(RenderError, match=r"^reports/en/tasks\.qmd"):
        title_of(read_page(tmp_path / "tasks.qmd", "reports/en/tasks.qmd")[0], "reports/en/tasks.qmd")


@pytest.mark.usefixtures("without_downloads")
def test_asked_for_the_pdf_alone_the_site_stays_as_it_was(root: Path) -> None:
    result = CliRunner().invoke(app, ["--project", str(root), "render", "tiny", "--renderer", "pandoc", "--to", "pdf"])
    assert result.exit_code == ExitCode.OK
    # The book and the annexes, in each language.
    assert result.output.count("made by") == 4
    assert (root / "build/tiny/site/index.html").read_text("utf-8") == "earlier"
    assert (root / "build/tiny/report-tiny.pdf").read_bytes().startswith(b"%PDF")
