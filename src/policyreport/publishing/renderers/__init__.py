"""Project folder in, site and PDF out: one interface, two renderers.

A project is what `report` assembles (docs/reference/report-markdown.md): ``_quarto.yml``, pages in ``.qmd``,
``figures/`` and ``theme/`` (a copy of reports/theme). Quarto and the embedded renderer use the same folder, template,
Lua filters, styles and script.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from policyreport.errors import RenderError

if TYPE_CHECKING:
    from policyreport.publishing.renderers.base import Renderer


def choose(name: Literal["auto", "quarto", "pandoc"] = "auto") -> Renderer:
    """Return an available renderer: ``auto`` is Quarto where its program is installed, else the embedded one."""
    # Only rendering needs what they import.
    from policyreport.publishing.renderers.pandoc import PandocRenderer
    from policyreport.publishing.renderers.quarto import QuartoRenderer

    renderers: dict[str, Renderer] = {"quarto": QuartoRenderer(), "pandoc": PandocRenderer()}
    if name == "auto":
        return next(renderer for renderer in renderers.values() if renderer.available())
    if name not in renderers:
        raise RenderError("renderer", '"auto", "quarto" or "pandoc"', f'"{name}"', "Name one of the three.")
    if not renderers[name].available():
        raise RenderError(
            f'renderer "{name}"',
            f"the program {name} on the path",
            "no such program",
            'Install it (https://quarto.org/docs/get-started/) or choose "pandoc", which needs nothing more.',
        )
    return renderers[name]


def tools() -> list[str]:
    """List what the renderers installed here call themselves when they note what they made."""
    from policyreport.publishing.renderers.pandoc import PandocRenderer
    from policyreport.publishing.renderers.quarto import QuartoRenderer

    return [renderer.tool for renderer in (QuartoRenderer(), PandocRenderer()) if renderer.available()]
