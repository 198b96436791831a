"""An executed notebook as a page of the site: its text, its code, and what every cell showed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policyreport.figures.frame import MIME, Picture
from policyreport.figures.simulated import unmarked_name
from policyreport.publishing.values import Drawing, image_of
from policyreport.records.markdown import Markdown, escape

FENCED = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(?=#{1,5} )", re.MULTILINE)
OPTION = re.compile(r"^#\| .*\n", re.MULTILINE)
CAPTION = re.compile(r'^#\| fig-cap: "(.*)"$', re.MULTILINE)
TICKS = re.compile(r"`{3,}")
HTML, TEXT = "text/html", "text/plain"


def notebook_page(notebook: Mapping[str, Any], name: str) -> Markdown:
    """Write an executed notebook as Markdown, its headings one level lower; links reach it at ``#name``.

    A cell's table is written as the HTML that it is, in a block ``.output-html`` that the theme reads and cleans.
    """
    parts = [part for cell in notebook["cells"] for part in _cell(cell)]
    return Markdown(f"::: {{#{name}}}\n:::\n\n" + "\n\n".join(parts))


def _cell(cell: Mapping[str, Any]) -> Iterator[str]:
    if cell["cell_type"] == "markdown":
        yield "".join(
            text if at % 2 else HEADING.sub("#", text) for at, text in enumerate(FENCED.split(cell["source"]))
        )
    # Papermill writes the values that it gave below the cell of their defaults.
    elif cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
        captions = iter(CAPTION.findall(cell["source"]))
        yield _fenced(OPTION.sub("", cell["source"]), "python")
        yield from (_output(output, captions) for output in cell["outputs"])


def drawing_of(output: Mapping[str, Any]) -> Drawing | None:
    """Return the picture that a cell's output holds for the report."""
    shown = output.get("data", {}).get(MIME)
    return Drawing(unmarked_name(shown["label"]), Picture.from_output(shown)) if shown else None


def _output(output: Mapping[str, Any], captions: Iterator[str]) -> str:
    data = output.get("data", {})
    if drawing := drawing_of(output):
        image = image_of(drawing)
        return f"{image}\n\n*{escape(next(captions, ''))}*".removesuffix("\n\n**")
    if HTML in data:
        return _fenced(data[HTML], "output-html")
    return _fenced(data.get(TEXT) or output.get("text", ""), "output")


def _fenced(text: str, kind: str) -> str:
    """Write a block of code with a fence longer than any in it."""
    fence = "`" * max([3, *(len(ticks) + 1 for ticks in TICKS.findall(text))])
    return f"{fence} {{.{kind}}}\n{text.rstrip()}\n{fence}"
