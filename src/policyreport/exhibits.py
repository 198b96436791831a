"""What a notebook shows and the report collects: a named piece of Markdown with its picture files.

An exhibit displayed in a cell carries itself whole in the output's MIME bundle, so the report needs the
executed notebook and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MIME = "application/vnd.policyreport.exhibit+json"


@dataclass(frozen=True)
class Exhibit:
    """A named fragment of the report.

    Parameters
    ----------
    id : str
        Name by which pages include it: ``completion``, ``growth``; unique inside a notebook.
    markdown : str
        Pandoc/Quarto Markdown by the conventions of docs/report-markdown.md.
    files : dict of str to str
        SVG text by path relative to the report, ``figures/n01-growth.svg``.
    """

    id: str
    markdown: str
    files: dict[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """Show Markdown (and the picture) in JupyterLab; carry the whole exhibit for the report."""
        bundle: dict[str, Any] = {
            MIME: {"id": self.id, "markdown": self.markdown, "files": self.files},
            "text/plain": self.markdown,
        }
        if self.files:
            bundle["image/svg+xml"] = next(iter(self.files.values()))
        else:
            bundle["text/markdown"] = self.markdown
        return bundle
