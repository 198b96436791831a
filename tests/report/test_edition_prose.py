"""An edition's own texts on its pages: where they stand, what is accepted, and what is rendered again."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from policyreport.cli.main import app
from policyreport.errors import RenderError
from policyreport.publishing.acceptance import accept
from policyreport.publishing.edition_prose import read_notes
from policyreport.publishing.kept import page_origins
from policyreport.publishing.report import assemble, collect, filled_pages
from policyreport.records.formats import NBSP
from policyreport.records.markdown import read_marks, unmarked

FOREWORD = (
    "---\nby: The editors\n---\n\nOf the tasks [[ national.tasks.quarter_on_quarter.counts[-1].completed ]] are done.\n"
)
CONCLUSION = "Nền kinh tế số tăng [[ national.economy.pace[0].latest_value | percentage ]]."
COMMENT = "---\ndate: 2026-10-02\n---\n\n[[ area.name ]] put 35 services online.\n"


@pytest.fixture(scope="module")
def root(tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny edition with a foreword in English, conclusions in Vietnamese and a province's comment."""
    root = tmp_path_factory.mktemp("prose")
    shutil.copytree(tiny.root, root, dirs_exist_ok=True, symlinks=True)
    folder = root / "params" / "editions" / "tiny"
    for name, text in (
        ("en/foreword", FOREWORD),
        ("vi/conclusions", CONCLUSION),
        ("en/provinces/n40", COMMENT),
        ("en/recommendations", "[# none yet #]"),
    ):
        path = folder / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


@pytest.fixture(scope="module")
def pages(root: Path) -> dict[str, str]:
    store = root / "build" / "tiny"
    return dict(filled_pages(root, store, collect(store)))


@pytest.fixture(scope="module")
def project(root: Path) -> Path:
    return assemble(root, "tiny", root / "build" / "tiny")


@pytest.fixture
def accepted(root: Path) -> Iterator[Path]:
    """The file of accepted English sentences, removed afterwards."""
    accept(root, root / "build" / "tiny")
    folder = root / "params" / "editions" / "tiny"
    yield folder / "en" / "accepted.yaml"
    for path in folder.glob("*/accepted.yaml"):
        path.unlink()


def test_texts_stand_on_their_pages_in_both_languages_marked_where_they_are_foreign(pages: dict[str, str]) -> None:
    own, foreign = pages["foreword.qmd"], pages["vi/foreword.qmd"]
    assert ':::: {.own-text lang="en"}' in own
    assert "available in" not in own
    assert "Phần này hiện chỉ có bản tiếng Anh" in foreign
    assert ':::: {.own-text lang="en"}' in foreign
    assert "This text is available in Vietnamese only" in pages["index.qmd"]
    assert "## Kết luận {#conclusions}" in pages["vi/index.qmd"]
    assert "Recommendations" not in pages["index.qmd"]


def test_a_number_by_name_rests_on_its_rows(pages: dict[str, str]) -> None:
    (number,) = read_marks(pages["foreword.qmd"])
    assert number.rows
    assert number.text in unmarked(pages["tasks.qmd"])


def test_a_provinces_comment_stands_on_its_page_alone_as_its_own_words(pages: dict[str, str]) -> None:
    assert "Nghệ An’s own words, 2 October 2026.** The authors of" in pages["n40"].replace(NBSP, " ")
    assert "Comment by the province" not in pages["n01"]
    assert "put 35 services online" in pages["vi/n40"]


def test_written_texts_enter_menu_and_pdf_and_others_do_not(root: Path, project: Path) -> None:
    assert (project / "foreword.qmd").is_file()
    assert "href: foreword.html" in (project / "_edition.yml").read_text("utf-8")
    assert "# Foreword {#page-foreword}" in (project / "report.qmd").read_text("utf-8")
    assert "Comment by the province" in (project / "report.qmd").read_text("utf-8")


def test_without_texts_no_page_is_left(tiny, pages: dict[str, str]) -> None:
    plain = dict(filled_pages(tiny.root, tiny.store, collect(tiny.store)))
    assert not plain["foreword.qmd"].strip()
    assert pages["tasks.qmd"] == plain["tasks.qmd"]


def test_notes_say_what_is_to_be_done_before_publication(project: Path) -> None:
    notes = read_notes(project)
    assert sorted(note["kind"] for note in notes) == [*["new"] * 3, "typed", *["untranslated"] * 3]
    assert any("vi/foreword.md: not written" in note["text"] for note in notes)


def test_a_changed_text_changes_the_pages_that_show_it_and_no_other(root: Path, project: Path) -> None:
    before = page_origins(project, "")
    path = root / "params" / "editions" / "tiny" / "en" / "provinces" / "n40.md"
    path.write_text(f"{COMMENT}\nMore.\n", "utf-8")
    try:
        after = page_origins(assemble(root, "tiny", root / "build" / "tiny"), "")
    finally:
        path.write_text(COMMENT, "utf-8")
    changed = {page for page in before if before[page] != after[page]}
    assert changed == {"provinces/nghe-an.qmd", "vi/provinces/nghe-an.qmd", "report.qmd", "report-vi.qmd"}


def test_a_moved_value_marks_its_sentence_until_it_is_accepted(root: Path, accepted: Path) -> None:
    store = root / "build" / "tiny"
    (number,) = read_marks(dict(filled_pages(root, store, collect(store)))["foreword.qmd"])
    # As if the value had been another one when the sentence was accepted.
    accepted.write_text(accepted.read_text("utf-8").replace(number.text, "1,199"), "utf-8")
    pages = dict(filled_pages(root, store, collect(store)))
    assert "(written about an earlier figure: 1,199)" in unmarked(pages["foreword.qmd"])
    assert "viết theo số liệu trước đây: 1,199" in unmarked(pages["vi/foreword.qmd"])
    (made,) = [item for item in accept(root, store, ["en/foreword.md"]) if item.moved]
    assert made.moved[0].moved == {"1,199": number.text}
    assert number.text in accepted.read_text("utf-8")
    assert {note["kind"] for note in read_notes(assemble(root, "tiny", store))} == {"typed", "untranslated"}


def test_accepting_some_texts_leaves_the_others(root: Path, accepted: Path) -> None:
    other = accepted.parents[1] / "vi" / "accepted.yaml"
    before = other.read_bytes()
    result = CliRunner().invoke(app, ["--project", str(root), "accept", "tiny", "en/foreword.md"])
    assert (
        result.stdout == "params/editions/tiny/en/foreword.md: 1 sentence with values, 0 new, 0 about earlier figures\n"
    )
    assert other.read_bytes() == before
    result = CliRunner().invoke(app, ["--project", str(root), "accept", "tiny", "en/forewrd.md"])
    assert result.exit_code == 2
    assert 'did you mean "en/foreword.md"' in result.stderr


def test_a_mistake_stops_before_anything_is_laid_out(root: Path) -> None:
    path = root / "params" / "editions" / "tiny" / "vi" / "foreword.md"
    path.write_text("Đạt 14,02%.", "utf-8")
    try:
        with pytest.raises(RenderError, match="no number typed by hand") as refused:
            assemble(root, "tiny", root / "build" / "tiny")
    finally:
        path.unlink()
    assert refused.value.where == "params/editions/tiny/vi/foreword.md, line 1"
