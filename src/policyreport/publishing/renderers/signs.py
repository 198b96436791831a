"""Characters that no font of the PDF has: a box replaces them, and a note says where."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

from fontTools.ttLib import TTFont

BOX = "□"
# Characters of a text on either side that help a person find it.
AROUND = 20
# With more of them a document is in another script, and not every character need be named.
NAMED = 10
FIGURES = "figures"

Sets = Callable[[str], bool]


def missing_signs(texts: Iterable[str], fonts: Iterable[Path], sets: Sets) -> set[str]:
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
    paths = sorted((project / FIGURES).rglob("*.svg"))
    return {path.relative_to(project).as_posix(): path.read_text(encoding="utf-8", errors="replace") for path in paths}


def copy_with_boxes(project: Path, folder: Path, signs: set[str]) -> Path:
    """Copy a project, with boxes for characters in its figures."""
    copy = folder / "project"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns("*.qmd", "_site", ".quarto", "downloads"))
    for name, text in figure_texts(copy).items():
        if signs & set(text):
            (copy / name).write_text(boxed(text, signs), encoding="utf-8")
    return copy
