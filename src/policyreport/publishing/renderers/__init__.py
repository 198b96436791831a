"""Project folder in, site and PDF out: one interface, two renderers.

A project is what `report` assembles (docs/reference/report-markdown.md): ``_quarto.yml``, pages in ``.qmd``,
``figures/`` and ``theme/`` (a copy of reports/theme). Quarto and the embedded renderer use the same folder, template,
Lua filters, styles and script.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

from policyreport.errors import RenderError

Progress = Callable[[str], None]
"""Called with a short name for each page or document that is ready."""


class Renderer(Protocol):
    """Turns an assembled project into a site and a PDF."""

    name: str

    def available(self) -> bool:
        """Return whether everything this renderer needs is installed."""
        ...

    def render_site(self, project: Path, site: Path, progress: Progress) -> list[str]:
        """Render every page into the folder `site`; an earlier site survives a failure.

        Returns a line for each thing that could not be shown as written; raises RenderError.
        """
        ...

    def render_pdf(self, project: Path, pdf: Path, progress: Progress) -> list[str]:
        """Render ``report.qmd`` into the file `pdf`, with returns and refusals as in `render_site`."""
        ...


def choose(name: Literal["auto", "quarto", "pandoc"] = "auto") -> Renderer:
    """Return an available renderer: ``auto`` is Quarto where its program is installed, else the embedded one."""
    # Only rendering needs what they import.
    from policyreport.publishing.renderers.pandoc import PandocRenderer
    from policyreport.publishing.renderers.quarto import QuartoRenderer

    known: dict[str, Renderer] = {"quarto": QuartoRenderer(), "pandoc": PandocRenderer()}
    if name == "auto":
        return next(renderer for renderer in known.values() if renderer.available())
    if name not in known:
        raise RenderError("renderer", '"auto", "quarto" or "pandoc"', f'"{name}"', "Name one of the three.")
    chosen = known[name]
    if not chosen.available():
        raise RenderError(
            f'renderer "{chosen.name}"',
            f"the program {chosen.name} on the path",
            "no such program",
            'Install it (https://quarto.org/docs/get-started/) or choose "pandoc", which needs nothing more.',
        )
    return chosen
