"""The PDF: pandoc or Quarto writes Typst, the ``typst`` wheel compiles it to tagged PDF."""

import os
import shutil
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from policyreport.errors import RenderError
from policyreport.figures.fonts import FAMILY
from policyreport.publishing.page_files import PDF_PAGE
from policyreport.running.endings import passing_folder

_STANDARDS = ["ua-1"]  # PDF/UA-1: tagged, titled, every picture with words in its place
_FONTS = "theme/fonts"
# Stands for a character that no font has.
BOX = "□"
# Characters of a text on either side that help a person find it.
AROUND = 20
# With more of them a document is in another script, and not every character need be named.
NAMED = 10
FIGURES = "figures"


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


def _named_texts(project: Path) -> dict[str, str]:
    pages = [project / PDF_PAGE, *sorted(project.glob("*.qmd")), *sorted(project.glob("*/**/*.qmd"))]
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


def missing_signs(texts: Iterable[str], fonts: Iterable[Path], sets: Callable[[str], bool]) -> set[str]:
    """Find the characters that cannot be set; `sets` is asked only for those that `fonts` lack."""
    signs = {sign for text in texts for sign in set(text)} - {"\n", "\r", "\t"}
    for path in fonts:
        with TTFont(path, lazy=True) as font:
            signs -= {chr(code) for code in font.getBestCmap()}
    return {sign for sign in signs if not sets(sign)}


def sign_notes(signs: set[str], texts: dict[str, str]) -> list[str]:
    """Describe each missing character and where it first appears; `texts` are by the name that a person knows."""
    notes = []
    for sign in sorted(signs)[:NAMED]:
        name = unicodedata.name(sign, "a sign without a name")
        place, text = next((place, text) for place, text in texts.items() if sign in text)
        at = text.index(sign)
        around = " ".join(text[max(at - AROUND, 0) : at + AROUND].split())
        notes.append(f"{place}: no font has U+{ord(sign):04X} ({name}); a box stands for it, as in “{around}”")
    if len(signs) > NAMED:
        notes.append(f"{len(signs) - NAMED} more signs have no font and are boxes")
    return notes


def boxed(text: str, signs: set[str]) -> str:
    """Replace characters of a text by boxes."""
    return text.translate({ord(sign): BOX for sign in signs})


def figure_texts(project: Path) -> dict[str, str]:
    """Return the project's figures by path."""
    paths = sorted(path for folder in (FIGURES, f"*/{FIGURES}") for path in project.glob(f"{folder}/**/*.svg"))
    return {path.relative_to(project).as_posix(): path.read_text(encoding="utf-8", errors="replace") for path in paths}


def copy_with_boxes(project: Path, folder: Path, signs: set[str]) -> Path:
    """Copy a project, with boxes for characters in its figures."""
    copy = folder / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("*.qmd", "_site", ".quarto", "downloads"))
    for name, text in figure_texts(copy).items():
        if signs & set(text):
            (copy / name).write_text(boxed(text, signs), encoding="utf-8")
    return copy
