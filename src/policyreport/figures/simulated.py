"""The mark on simulated data: on the figures, tables, titles and file names of a simulated edition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from policyreport.errors import UsageError

if TYPE_CHECKING:
    from policyreport.figures.frame import Picture

# The word that readers of a simulated edition see everywhere, and the sentence on the banner of every page.
WORDS = {"en": "simulated", "vi": "mô phỏng"}
SENTENCES = {
    "en": "Simulated for teaching. Every figure on this page was drawn at random; nothing was observed.",
    "vi": "Mô phỏng để giảng dạy. Mọi số liệu trên trang này được tạo ngẫu nhiên, không phải số liệu quan sát.",
}
FILE_MARK = "simulated"
SCRIPTS = ("trace-data.js", "search-index.js")
"""Files of a site that repeat figures or text of its pages; the rest of its theme is common to all editions."""

_MARGIN = 18  # pixels under a picture for its mark
_SIZE = 11  # the smallest letters of the figures
_COLOUR = "#B45309"  # the palette's warning
_ROOT = re.compile(
    r'<svg(?P<head>[^>]*?)aria-label="(?P<alt>[^"]*)" viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)" '
    r'width="[\d.]+" height="[\d.]+"(?P<tail>[^>]*)>'
)
_BLOCK = re.compile(r"^::: \{#(?:fig|tbl)-.*?^:::$", re.MULTILINE | re.DOTALL)
_ALT = re.compile(r'(\{fig-alt=")')


def word(language: str) -> str:
    """The word for "simulated" in a language (two letters); English where there is none."""
    return WORDS.get(language, WORDS["en"])


def sentence(language: str) -> str:
    """The banner sentence at the top of every page; English where there is none in that language."""
    return SENTENCES.get(language, SENTENCES["en"])


def marked_title(title: str, language: str) -> str:
    """Add the word in brackets to a title, unless the title already contains it."""
    mark = word(language)
    return title if mark in title.lower() else f"{title} ({mark})"


def marked_name(name: str) -> str:
    """Mark a file name: ``figures/n01-growth-narrow.svg`` becomes ``figures/n01-growth-simulated-narrow.svg``.

    ``-narrow`` stays last, so that a picture's two files keep their common beginning.
    """
    path = PurePosixPath(name)
    stem, narrow = path.stem, ""
    if stem.endswith("-narrow"):
        stem, narrow = stem.removesuffix("-narrow"), "-narrow"
    return str(path.with_name(f"{stem}-{FILE_MARK}{narrow}{path.suffix}"))


def unmarked_name(name: str) -> str:
    """Take the mark off the name of a notebook, record or picture: ``trend-simulated`` becomes ``trend``."""
    return name.removesuffix(f"-{FILE_MARK}")


def marked_picture(picture: Picture, language: str) -> Picture:
    """Mark a picture: its alternative text, the drawing and the name of its file."""
    lead = _lead(language)
    svg, narrow = (marked_svg(text, lead) if text else "" for text in (picture.svg, picture.narrow))
    others = {other: marked_picture(version, other) for other, version in picture.translations.items()}
    label, alt = f"{picture.label}-{FILE_MARK}", f"{lead} {picture.alt}"
    return replace(picture, label=label, alt=alt, svg=svg, narrow=narrow, translations=others)


def marked_captions(markdown: str, language: str) -> str:
    """Put the mark before each caption of a figure or table, and before each alternative text that lacks it."""
    lead = _lead(language)
    text = _ALT.sub(rf"\g<1>{lead} ", markdown.replace(f'{{fig-alt="{lead} ', '{fig-alt="'))
    return _BLOCK.sub(lambda block: _marked_block(block[0], lead), text)


def mark_displays(language: str) -> None:
    """Make the running notebook show every picture with its mark, whoever made it."""
    # Imported here because only a kernel shows anything, and other callers need neither.
    from IPython import get_ipython

    from policyreport.figures.frame import Picture

    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.mimebundle_formatter.for_type(
            Picture, lambda picture: marked_picture(picture, language)._repr_mimebundle_()
        )


def marked_svg(svg: str, lead: str) -> str:
    """Write the mark under a picture from `style.write_svg`, which becomes a line taller.

    Raises UsageError if the root element is not the one `write_svg` writes: no picture goes out without its mark.
    """
    root = _ROOT.search(svg)
    if root is None:
        todo = "Write pictures with figures.style.write_svg."
        raise UsageError("a picture of a simulated edition", "a root element with label and size", svg[:80], todo)
    width, height = float(root["width"]), float(root["height"]) + _MARGIN
    opened = (
        f'<svg{root["head"]}aria-label="{lead} {root["alt"]}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}"{root["tail"]}>'
    )
    line = f'<text x="0" y="{height - 5:g}" font-size="{_SIZE}" font-weight="600" fill="{_COLOUR}">{lead}</text>'
    body = svg[: root.start()] + opened + svg[root.end() :]
    end = body.rindex("</svg>")
    return f"{body[:end]}{line}\n{body[end:]}"


def marked_links(text: str, names: Iterable[str]) -> str:
    """Replace file names in a page or picture by their marked names."""
    pattern = "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{pattern})(?![\w-])", lambda name: marked_name(name[0]), text) if pattern else text


def _lead(language: str) -> str:
    """The word as the beginning of a caption."""
    return f"{word(language).capitalize()}."


def _marked_block(block: str, lead: str) -> str:
    """One figure or table: its caption is the last paragraph before the block ends, if it has one."""
    body, _, _ = block.rpartition(":::")
    paragraphs = body.rstrip().split("\n\n")
    last = paragraphs[-1].strip()
    # Without a caption the picture or the rows are the last paragraph.
    if not last.startswith(("![", "|")):
        paragraphs[-1] = f"{lead} {last}"
    return "\n\n".join(paragraphs) + "\n\n:::"
