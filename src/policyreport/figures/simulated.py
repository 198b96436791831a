"""The mark on what was drawn and not observed: on figures, tables, titles and file names of a simulated edition."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from policyreport.errors import UsageError
from policyreport.figures.exhibits import Exhibit

# One word an edition's readers see everywhere, and the sentence on the banner of every page.
WORDS = {"en": "simulated", "vi": "mô phỏng"}
SENTENCES = {
    "en": "Simulated for teaching. Every figure on this page was drawn at random; nothing was observed.",
    "vi": "Mô phỏng để giảng dạy. Mọi số liệu trên trang này được tạo ngẫu nhiên, không phải số liệu quan sát.",
}
FILE_MARK = "simulated"
SCRIPTS = ("trace-data.js", "search-index.js")
"""Files of a site that hold figures or words of its pages; the rest of its theme is every edition's."""

_MARGIN = 18  # pixels under a picture for its mark
_SIZE = 11  # the smallest letters of the figures
_COLOUR = "#B45309"  # the palette's warning
_ROOT = re.compile(
    r'<svg(?P<head>[^>]*?)aria-label="(?P<alt>[^"]*)" viewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)" '
    r'width="[\d.]+" height="[\d.]+"(?P<tail>[^>]*)>'
)
_BLOCK = re.compile(r"^::: \{#(?:fig|tbl)-.*?^:::$", re.MULTILINE | re.DOTALL)
_ALT = re.compile(r'(\{fig-alt=")')
_PICTURE = re.compile(r"(?<=\()figures/[^)\s]+\.svg(?=\))")


def word(language: str) -> str:
    """Give the word in one language, English where there is none.

    Parameters
    ----------
    language : str
        Two letters.

    Returns
    -------
    str
        ``simulated``.
    """
    return WORDS.get(language, WORDS["en"])


def sentence(language: str) -> str:
    """Give the sentence that stands on top of every page.

    Parameters
    ----------
    language : str
        Two letters.

    Returns
    -------
    str
        English where there is none in that language.
    """
    return SENTENCES.get(language, SENTENCES["en"])


def marked_title(title: str, language: str) -> str:
    """Mark a title.

    Parameters
    ----------
    title : str
        Of a page, an edition, a data package.
    language : str
        Two letters.

    Returns
    -------
    str
        The title with the word in brackets, or as it is where it says so itself.
    """
    said = word(language)
    return title if said in title.lower() else f"{title} ({said})"


def marked_name(name: str) -> str:
    """Mark a file name.

    Parameters
    ----------
    name : str
        A path or name with an ending, ``figures/n01-growth-narrow.svg``.

    Returns
    -------
    str
        ``figures/n01-growth-simulated-narrow.svg``: a picture's two files keep their common beginning.
    """
    path = PurePosixPath(name)
    stem, narrow = path.stem, ""
    if stem.endswith("-narrow"):
        stem, narrow = stem.removesuffix("-narrow"), "-narrow"
    return str(path.with_name(f"{stem}-{FILE_MARK}{narrow}{path.suffix}"))


def unmarked_name(name: str) -> str:
    """Take the mark off a name without an ending.

    Parameters
    ----------
    name : str
        Of a notebook and its record, ``trend-simulated``.

    Returns
    -------
    str
        ``trend``, whichever edition it is of.
    """
    return name.removesuffix(f"-{FILE_MARK}")


def marked_exhibit(exhibit: Exhibit, language: str) -> Exhibit:
    """Mark every figure and table of an exhibit: captions, words for the blind, pictures and their files.

    Parameters
    ----------
    exhibit : Exhibit
        As a notebook made it.
    language : str
        Two letters.

    Returns
    -------
    Exhibit
        The same with its marks.
    """
    text = _PICTURE.sub(lambda path: marked_name(path[0]), marked_captions(exhibit.markdown, language))
    files = {marked_name(name): marked_svg(svg, _lead(language)) for name, svg in exhibit.files.items()}
    return Exhibit(exhibit.id, text, files)


def marked_captions(markdown: str, language: str) -> str:
    """Mark captions of figures and tables, and the words in the place of pictures.

    Parameters
    ----------
    markdown : str
        By docs/report-markdown.md.
    language : str
        Two letters.

    Returns
    -------
    str
        The same text with the mark before each caption.
    """
    lead = _lead(language)
    text = _ALT.sub(rf"\g<1>{lead} ", markdown)
    return _BLOCK.sub(lambda block: _marked_block(block[0], lead), text)


def mark_displays(language: str) -> None:
    """Let the notebook that runs show every exhibit with its marks, whoever made it.

    Parameters
    ----------
    language : str
        Two letters.
    """
    # Only inside a kernel there is something to show; elsewhere this costs no import of IPython.
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.display_formatter.mimebundle_formatter.for_type(
            Exhibit, lambda exhibit: marked_exhibit(exhibit, language)._repr_mimebundle_()
        )


def marked_svg(svg: str, lead: str) -> str:
    """Write the mark under a picture.

    Parameters
    ----------
    svg : str
        As `policyreport.figures.style` writes it.
    lead : str
        The mark.

    Returns
    -------
    str
        The picture, a line taller.

    Raises
    ------
    UsageError
        If the picture's root element is another one: no picture goes out without its mark.
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
    """Let links lead to marked file names.

    Parameters
    ----------
    text : str
        A page or picture.
    names : iterable of str
        File names as they were, ``tasks.html``.

    Returns
    -------
    str
        The text with the marked names.
    """
    known = "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))
    return re.sub(rf"(?<![\w-])(?:{known})(?![\w-])", lambda name: marked_name(name[0]), text) if known else text


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
