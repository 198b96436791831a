"""One renderer's failure is its own; a full disk, a second rendering, a changed result are told and leave no trace."""

import errno
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import typer

from policyreport.cli.rendering import one_at_a_time, remove_leftovers, render_edition
from policyreport.errors import RenderError, RunError, system_error
from policyreport.publishing import report
from policyreport.records.notebooks import NATIONAL_NOTEBOOKS
from policyreport.running import plan
from policyreport.running.executed import read_executed

ROOT = Path(__file__).parents[2]
EDITION = "2025Q4"


class Pretended:
    """A renderer that writes a word, or raises what it is given."""

    name = tool = "pretended"

    def __init__(self, site: Exception | None = None, pdf: Exception | None = None) -> None:
        self.site, self.pdf, self.order = site, pdf, list[str]()

    def available(self) -> bool:
        return True

    def render_site(
        self, project: Path, site: Path, progress: Callable[[str], None], ready: Mapping[str, Path]
    ) -> list[str]:
        self.order.append("site")
        if self.site:
            raise self.site
        site.mkdir(exist_ok=True)
        (site / "index.html").write_text("new")
        return ["a formula is printed as it is written"]

    def render_pdf(self, project: Path, pdf: Path, progress: Callable[[str], None], document: str) -> list[str]:
        assert document in ("report.qmd", "report-annex.qmd")
        self.order.append("pdf")
        if self.pdf:
            raise self.pdf
        pdf.write_text("new")
        return []


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose pages are laid out at once, with a site and a PDF of an earlier day."""
    shutil.copytree(ROOT / "params", tmp_path / "params")
    written = tmp_path / "params" / "editions" / f"{EDITION}.yaml"
    written.write_text(written.read_text("utf-8").replace("languages: [en, vi]", "languages: [en]"), "utf-8")
    store = tmp_path / "build" / EDITION
    (store / "report").mkdir(parents=True)
    (store / "site").mkdir()
    (store / "site" / "index.html").write_text("earlier")
    (store / f"report-{EDITION}.pdf").write_text("earlier")
    monkeypatch.setattr(report, "assemble", lambda root, edition, store, draft: store / "report")
    return tmp_path


def render(root: Path, renderer: Pretended) -> int:
    """The exit code."""
    try:
        render_edition(root, EDITION, renderer, {"html", "pdf"}, draft=False)
    except typer.Exit as done:
        return done.exit_code
    return 0


def contents(root: Path) -> tuple[str, str]:
    store = root / "build" / EDITION
    return (store / "site/index.html").read_text(), (store / f"report-{EDITION}.pdf").read_text()


def hidden(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "build" / EDITION).iterdir() if path.name.startswith("."))


BROKEN = RenderError("a page", "signs that can be set", "an emoji", "Take it out.")


def test_c4_a_pdf_that_fails_does_not_take_the_site_with_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    renderer = Pretended(pdf=BROKEN)
    assert render(root, renderer) == 6
    assert contents(root) == ("new", "earlier")
    told = capsys.readouterr()
    assert renderer.order == ["site", "pdf", "pdf"], "nobody waits for the PDF to read the site"
    assert "an emoji" in told.err
    assert "The PDF was not made. The site was." in told.err
    assert f"report-{EDITION}.pdf is of an earlier rendering." in told.err
    assert "site/index.html  (made by pretended)" in told.out


def test_c4_a_site_that_fails_does_not_take_the_pdf_with_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert render(root, Pretended(site=BROKEN)) == 6
    assert contents(root) == ("earlier", "new")
    assert "The site was not made. The PDF was." in capsys.readouterr().err


def test_c4_where_both_fail_each_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert render(root, Pretended(site=BROKEN, pdf=BROKEN)) == 6
    assert contents(root) == ("earlier", "earlier")
    assert capsys.readouterr().err.count("expected:") == 3


def test_c4_what_could_not_be_shown_as_written_is_noted(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert render(root, Pretended()) == 0
    assert "Note: a formula is printed as it is written" in capsys.readouterr().err


# ---- C8: what the system refuses ---------------------------------------------------------------------------

REFUSALS = [
    (errno.ENOSPC, "No space left on device", "Free space"),
    (errno.EROFS, "Read-only file system", "can be written"),
    (errno.EACCES, "Permission denied", "the right to write"),
    (errno.ENOENT, "No such file or directory", "Restore it"),
    (errno.EMFILE, "Too many open files", "ulimit -n"),
]


@pytest.mark.parametrize(("number", "words", "todo"), REFUSALS)
def test_c8_what_the_system_refuses_a_renderer_is_told_in_words(
    root: Path, capsys: pytest.CaptureFixture[str], number: int, words: str, todo: str
) -> None:
    assert render(root, Pretended(pdf=OSError(number, words, "/build/a/file"))) == 6
    told = capsys.readouterr().err
    assert "/build/a/file" in told
    assert words in told
    assert todo in told
    assert contents(root) == ("new", "earlier")
    assert hidden(root) == []


@pytest.mark.parametrize(("number", "words", "todo"), REFUSALS)
def test_c8_what_the_system_refuses_while_pages_are_laid_out_is_told_in_words(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, todo: str
) -> None:
    def refused(*args: object, **options: object) -> None:
        raise OSError(number, words)

    monkeypatch.setattr(report, "assemble", refused)
    with pytest.raises(RenderError, match=f"{EDITION}: expected .*{words}.*{todo}"):
        render(root, Pretended())
    assert contents(root) == ("earlier", "earlier")
    assert hidden(root) == []


def test_c8_a_copy_that_the_disk_has_no_room_for_is_told_in_words() -> None:
    whys = [("a", "b", "[Errno 28] No space left on device: 'a' -> 'b'")]
    message = system_error(RenderError, shutil.Error(whys), "/build")
    assert (message.where, message.got) == ("/build", "No space left on device")


def test_c8_a_missing_build_folder_is_no_unexpected_error(tmp_path: Path) -> None:
    for part in ("params", "data", "reports"):
        shutil.copytree(ROOT / part, tmp_path / part)
    with pytest.raises(RenderError, match="policyreport run"):
        render(tmp_path, Pretended())


# ---- C8: two at once, and what a killed one leaves ------------------------------------------------------------


def test_c8_a_second_rendering_at_the_same_time_is_refused_and_harms_nothing(root: Path) -> None:
    store = root / "build" / EDITION
    with one_at_a_time(store), pytest.raises(RenderError, match=rf"one rendering at a time.*process {os.getpid()}"):
        render(root, Pretended())
    assert contents(root) == ("earlier", "earlier")
    assert hidden(root) == []
    assert render(root, Pretended()) == 0


def test_c8_what_a_killed_rendering_left_is_cleared_by_the_next_and_its_site_put_back(root: Path) -> None:
    store = root / "build" / EDITION
    for name in (".report-abc", ".render-abc", f".report-{EDITION}-abc"):
        (store / name / "report").mkdir(parents=True)
    (store / ".site-abc").mkdir()
    # Killed between taking the old site away and putting the new one there.
    (store / "site").rename(store / ".site-abc" / "earlier")
    (store / ".render.lock").write_text("99999999\n", encoding="utf-8")
    remove_leftovers(store)
    assert hidden(root) == [".render.lock"]
    assert contents(root)[0] == "earlier"
    assert render(root, Pretended()) == 0
    assert hidden(root) == []


KILLED = """
import os, sys
from pathlib import Path
from policyreport.publishing import report
from policyreport.publishing.renderers import typst_pdf
root, store = map(Path, sys.argv[1:])
die = lambda *words, **options: os.kill(os.getpid(), 9)
if (store / "records").exists():
    report.shutil.copytree = die
    report.assemble(root, "tiny", store)
typst_pdf.figure_texts = die
typst_pdf.write_pdf(store, "Words.", store / "report-tiny.pdf")
"""


@pytest.mark.parametrize("parts", [("records", "notebooks"), ()], ids=["pages", "pdf"])
def test_c8_what_a_killed_rendering_had_begun_goes_with_it(tiny, tmp_path: Path, parts: tuple[str, ...]) -> None:
    for part in parts:
        shutil.copytree(tiny.store / part, tmp_path / part)
    command = [sys.executable, "-c", KILLED, str(tiny.root), str(tmp_path)]
    assert subprocess.run(command, timeout=60).returncode == -9
    until = time.monotonic() + 10
    while time.monotonic() < until and list(tmp_path.glob(".*")):
        time.sleep(0.05)
    assert list(tmp_path.glob(".*")) == []


# ---- C8: changed results ----------------------------------------------------------------------------------


def change_a_digit(path: Path) -> None:
    """Change one digit of a number, so that the file stays what it is in every other way."""
    text = path.read_text("utf-8")
    place = next(re.finditer(r"(?<=\d)[1-8](?=\d*[,\n])", text)).start()
    path.write_text(text[:place] + str(int(text[place]) + 1) + text[place + 1 :], "utf-8")


@pytest.fixture
def store(tiny, tmp_path: Path) -> Path:
    """The results of an edition that was run."""
    for part in ("records", "notebooks"):
        shutil.copytree(tiny.store / part, tmp_path / "tiny" / part)
    return tmp_path / "tiny"


@pytest.mark.parametrize("path", ["records/n01/trend.json", "notebooks/n01/trend.ipynb", "records/VN/quality.json"])
def test_c8_a_result_with_one_changed_digit_is_not_published(store: Path, path: str) -> None:
    assert len(list(read_executed(store, set()))) == 3 * 3 + len(NATIONAL_NOTEBOOKS)
    change_a_digit(store / path)
    with pytest.raises(RenderError, match=rf"{path}: expected the (record|notebook) as the run wrote it"):
        list(read_executed(store, set()))


def test_c8_a_notebook_that_was_saved_again_is_not_published(store: Path) -> None:
    path = store / "notebooks/n01/clean.ipynb"
    path.write_text(path.read_text("utf-8").replace("\n ", "\n  "), "utf-8")
    with pytest.raises(RenderError, match=r"clean\.ipynb: expected the notebook as the run wrote it"):
        list(read_executed(store, set()))


def test_c8_no_national_notebook_reads_a_record_that_was_changed(tiny, store: Path) -> None:
    change_a_digit(store / "records/n01/trend.json")
    with pytest.raises(RunError, match=r"n01/trend\.json: expected the record as the run wrote it"):
        plan.last_units(tiny.root, "tiny", store)
