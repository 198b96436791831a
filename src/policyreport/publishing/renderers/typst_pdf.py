"""The PDF: pandoc or Quarto writes Typst, the ``typst`` wheel compiles it to tagged PDF."""

from __future__ import annotations

import os
from pathlib import Path

import typst

from policyreport.errors import RenderError
from policyreport.figures.fonts import FAMILY
from policyreport.publishing.renderers.signs import boxed, copy_with_boxes, figure_texts, missing_signs, sign_notes
from policyreport.running.janitor import passing_folder

PDF_PAGE = "report.qmd"
_STANDARDS = ["ua-1"]  # PDF/UA-1: tagged, titled, every picture with words in its place
_FONTS = "theme/fonts"


def write_pdf(project: Path, source: str, pdf: Path) -> list[str]:
    """Compile a Typst document to an accessible PDF; returns a line for each character that no font has.

    The document carries no date, and fonts come from the theme alone, so that two runs from the same project give the
    same bytes on any machine. An earlier file survives a failure. Raises RenderError.
    """
    pdf.parent.mkdir(parents=True, exist_ok=True)
    with passing_folder(f".{pdf.stem}-", pdf.parent) as scratch:
        figures = figure_texts(project)
        fonts = sorted((project / _FONTS).glob("*.ttf"))
        signs = missing_signs([source, *figures.values()], fonts, lambda sign: _can_set(project, sign))
        notes = sign_notes(signs, _named_texts(project) | figures | {PDF_PAGE: source}) if signs else []
        root = copy_with_boxes(project, scratch, signs) if signs else project
        draft = scratch / pdf.name
        draft.write_bytes(_typeset(root, boxed(source, signs)))
        draft.replace(pdf)
    return notes


def check_document(project: Path) -> None:
    """Raise RenderError for a project without ``report.qmd``."""
    if not (project / PDF_PAGE).is_file():
        raise RenderError(
            str(project / PDF_PAGE), "the document of the PDF", "no such file", "Assemble the report first."
        )


def _named_texts(project: Path) -> dict[str, str]:
    pages = [project / PDF_PAGE, *sorted(project.glob("*.qmd")), *sorted(project.glob("*/*.qmd"))]
    return {path.relative_to(project).as_posix(): path.read_text(encoding="utf-8") for path in pages if path.is_file()}


def _can_set(project: Path, sign: str) -> bool:
    """Return whether Typst has a font for a character, the report's or its own."""
    try:
        _compile(project, f'#set document(title: "T")\n#text(font: "{FAMILY}", "\\u{{{ord(sign):x}}}")')
    except typst.TypstError:
        return False
    return True


def _typeset(project: Path, source: str) -> bytes:
    try:
        return _compile(project, source)
    except typst.TypstError as error:
        raise RenderError(
            PDF_PAGE, "a document that Typst can set", _explain(error, source),
            "Correct the page, picture or theme that it names.",
        ) from error  # fmt: skip


def _compile(project: Path, source: str) -> bytes:
    return bytes(
        typst.compile(  # type: ignore[call-overload]  # the stub wants root to be of the input's type
            source.encode(),
            root=os.fspath(project.resolve()),
            font_paths=[os.fspath((project / _FONTS).resolve())],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=_STANDARDS,
            timestamp=0,
        )
    )


def _explain(error: typst.TypstError, source: str) -> str:
    """Return Typst's message and hints with the line of Typst they are about."""
    parts = [str(error.message), *(f"hint: {hint}" for hint in error.hints)]
    place = next((line for line in str(error.diagnostic).splitlines() if "┌─" in line), "")
    number = place.rsplit(":", 2)[-2:-1]
    if "__typst_py_bytes__" in place and number and number[0].isdigit():
        parts.append(f'in "{source.splitlines()[int(number[0]) - 1].strip()[:160]}"')
    return "; ".join(" ".join(part.split()) for part in parts)
