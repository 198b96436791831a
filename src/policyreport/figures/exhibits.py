"""What a notebook shows and the report collects: a named piece of Markdown with its picture files.

An exhibit displayed in a cell carries itself whole in the output's MIME bundle, so the report needs the
executed notebook and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from policyreport.figures.exhibit_html import exhibit_html
from policyreport.records.marks import unmarked

MIME = "application/vnd.policyreport.exhibit+json"


@dataclass(frozen=True)
class Exhibit:
    """A named fragment of the report.

    Attributes
    ----------
    id : str
        Name by which pages include it: ``completion``, ``growth``; unique inside a notebook.
    markdown : str
        Pandoc/Quarto Markdown by the conventions of docs/reference/report-markdown.md.
    files : dict of str to str
        SVG text by path relative to the report, ``figures/n01-growth.svg``.
    """

    id: str
    markdown: str
    files: dict[str, str] = field(default_factory=dict)

    def renamed(self, id: str) -> Exhibit:
        """Give the same exhibit another name for pages to include it by."""
        return Exhibit(id, self.markdown, self.files)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """HTML without marks for people; the whole exhibit for the report."""
        plain = unmarked(self.markdown)
        bundle: dict[str, Any] = {
            MIME: {"id": self.id, "markdown": self.markdown, "files": self.files},
            "text/plain": plain,
            "text/html": exhibit_html(self.markdown, self.files),
        }
        if not self.files:
            bundle["text/markdown"] = plain
        return bundle


def join(id: str, *parts: Exhibit | str) -> Exhibit:
    """Put Markdown paragraphs and exhibits, in order, into one exhibit with all files; empty parts are left out."""
    texts = [part.markdown if isinstance(part, Exhibit) else part for part in parts]
    files = {name: text for part in parts if isinstance(part, Exhibit) for name, text in part.files.items()}
    return Exhibit(id, "\n\n".join(text.strip() for text in texts if text.strip()), files)


class Exhibits(tuple[Exhibit, ...]):
    """Several exhibits shown by one cell, each as an output of its own."""

    def _ipython_display_(self) -> None:
        from IPython.display import display  # only inside a kernel

        for exhibit in self:
            display(exhibit)  # type: ignore[no-untyped-call]
