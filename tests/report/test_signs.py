"""A sign that no font has is a box and a note in the PDF, and never the end of it."""

import shutil
import unicodedata
from pathlib import Path

import pypdf
import pytest

from policyreport.publishing.renderers.pandoc import PandocRenderer

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample"
EMOJI, CHINESE, RADIO, BELL = "\U0001f600", "\u4e2d", "\u2622\ufe0f", "\u0007"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "report"
    shutil.copytree(SAMPLE, folder)
    shutil.copytree(ROOT / "reports" / "theme", folder / "theme")
    return folder


def rendered(project: Path, body: str, title: str = "A test") -> tuple[str, list[str]]:
    """The words of the PDF, and the notes."""
    (project / "report.qmd").write_text(f'---\ntitle: "{title}"\n---\n\n{body}\n', encoding="utf-8")
    pdf = project.parent / "report.pdf"
    notes = PandocRenderer().render_pdf(project, pdf, lambda page: None)
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    return " ".join(unicodedata.normalize("NFC", text).split()), notes


PLACES = {
    "a sentence": "Nghệ An grew {}.",
    "a heading": "# Growth {}\n\nWords.",
    "a table": "| a | b |\n|---|---|\n| {} | 2 |",
    "code": "`{}`",
    "a link": "[Nghệ An {}](https://x.example/)",
    "a formula's text": "$x = \\text{{{}}}$",
}


@pytest.mark.parametrize("place", PLACES)
def test_c4_a_sign_outside_the_fonts_is_a_box_and_a_note(project: Path, place: str) -> None:
    text, notes = rendered(project, PLACES[place].format(EMOJI))
    assert "□" in text
    (note,) = notes
    assert note.startswith("report.qmd: no font has U+1F600 (GRINNING FACE); a box stands for it, as in “")


@pytest.mark.parametrize("sign", [EMOJI, CHINESE, BELL, "\uffff", "\U0001f1fb\U0001f1f3", "\U0001f468\u200d\U0001f469"])
def test_c4_no_sign_stops_the_pdf(project: Path, sign: str) -> None:
    text, notes = rendered(project, f"Before {sign} after.")
    assert "Before □" in text
    assert "after." in text
    assert notes


def test_c4_signs_in_figures_alternative_texts_and_the_title_are_boxes_too(project: Path) -> None:
    figure = project / "figures" / "growth.svg"
    drawing = figure.read_text(encoding="utf-8")
    figure.write_text(drawing.replace("</svg>", f"<text x='9' y='9'>{CHINESE}</text></svg>"), encoding="utf-8")
    body = f'::: {{#fig-a}}\n\n![](figures/growth.svg){{fig-alt="Rising {EMOJI}"}}\n\nIt grew. *Output, %.*\n\n:::'
    text, notes = rendered(project, body, title=f"A test {EMOJI}")
    assert "A test □" in text
    assert [note.partition(" (")[0] for note in notes] == [
        "figures/growth.svg: no font has U+4E2D", "report.qmd: no font has U+1F600"]  # fmt: skip
    assert figure.read_text(encoding="utf-8") != drawing, "the project stays as it is"
    assert CHINESE in figure.read_text(encoding="utf-8")


def test_c4_a_document_in_another_script_is_set_in_boxes_with_a_note_on_how_many(project: Path) -> None:
    _, notes = rendered(project, "".join(chr(0x4E00 + i) for i in range(30)))
    assert len(notes) == 11
    assert notes[-1] == "20 more signs have no font and are boxes"


def test_c4_vietnamese_and_the_signs_of_the_report_need_no_box(project: Path) -> None:
    text, notes = rendered(project, "Đắk Lắk ≥ 14,0% − 3 → “x” ₫ ±½ × … ✓ ☺")
    assert notes == []
    assert "Đắk Lắk" in text


def test_c4_an_at_sign_in_somebodys_words_is_no_reference(project: Path) -> None:
    text, _ = rendered(project, "Ask @office or a@b.example.")
    assert "Ask @office or a@b.example." in text


def test_c4_a_formula_that_cannot_be_read_is_printed_as_written_and_noted(project: Path) -> None:
    text, notes = rendered(project, r"See $\nosuchcommand{x}$ here.")
    assert r"\nosuchcommand{x}" in text
    assert [note.partition(" cannot")[0] for note in notes] == [r"report.qmd: the formula \nosuchcommand{x}"]
