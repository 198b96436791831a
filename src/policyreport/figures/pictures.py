"""A picture that a notebook shows and the report takes from the executed notebook."""

import base64
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

MIME = "application/vnd.policyreport.picture+json"


@dataclass(frozen=True)
class Picture:
    """A figure as SVG, whole in the output of its cell.

    Attributes
    ----------
    label : str
        Name of its file and of the cross-reference, unique in an edition: ``n01-growth``.
    alt : str
        Alternative text.
    svg, narrow : str
        The picture for its column and the one for a narrow screen, if another was drawn.
    caption : str
        What a page prints with it; empty where the page has a caption of its own.
    """

    label: str
    alt: str
    svg: str
    narrow: str = ""
    caption: str = ""

    @property
    def files(self) -> dict[str, str]:
        """SVG text by path relative to the report."""
        files = {f"figures/{self.label}.svg": self.svg}
        return files | {f"figures/{self.label}-narrow.svg": self.narrow} if self.narrow else files

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        """An image for people, which runs nothing; the whole picture for the report."""
        data = base64.b64encode(self.svg.encode()).decode()
        image = f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(self.alt)}" style="max-width: 100%">'
        return {MIME: asdict(self), "text/plain": self.alt, "text/html": image}


class Pictures(tuple[Picture, ...]):
    """Several pictures shown by one cell, each as an output of its own."""

    def _ipython_display_(self) -> None:
        from IPython.display import display  # only inside a kernel

        for picture in self:
            display(picture)  # type: ignore[no-untyped-call]
