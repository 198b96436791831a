"""One look for every figure: type, axes without a box, and SVG that is the same bytes every time.

Figures are laid out in pixels at 72 dots an inch, so that a point is a pixel and text keeps its size.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from html import escape
from io import StringIO
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform

from policyreport.figures.fonts import FAMILY, desktop_fonts
from policyreport.figures.frame import Frame
from policyreport.figures.palette import INK, MUTED, RULE
from policyreport.figures.pictures import Picture

WIDE, NARROW = 680, 340
BASE, SMALL, MINIMUM = 13.0, 12.0, 11.0
BOLD = 600
NARROWEST = 20.0
_WRITTEN = re.compile(
    r"(?P<text>>[^<]*)"
    r'|(?P<turn> transform="rotate\(-0 [^"]*")'
    r'|(?P<id> id="|href="#|url\(#)'
    r'|(?P<colour>(?<=[: "])#[0-9a-f]{6}\b)'
)

_SETTINGS: dict[str, Any] = {
    "figure.dpi": 72,
    "font.family": [FAMILY],
    "font.size": BASE,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.spines.bottom": False,
    "axes.unicode_minus": True,
    "axes.xmargin": 0,
    "axes.ymargin": 0,
    "figure.facecolor": "none",
    "grid.color": RULE,
    "grid.linewidth": 1,
    "hatch.linewidth": 1,
    "lines.solid_capstyle": "round",
    "xtick.bottom": False,
    "xtick.color": MUTED,
    "xtick.labelsize": SMALL,
    "ytick.left": False,
    "ytick.color": MUTED,
    "ytick.labelsize": SMALL,
    "text.parse_math": False,  # a dollar sign is money
    "svg.fonttype": "none",
    "svg.hashsalt": "policyreport",
}


@cache
def _register_fonts() -> None:
    """Make the typeface available to matplotlib, once a process."""
    for path in desktop_fonts():
        font_manager.fontManager.addfont(str(path))


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside a ``with`` block, and restore matplotlib's settings after it."""
    _register_fonts()
    settings: Any = {**sns.axes_style("white"), **_SETTINGS}
    with mpl.rc_context(settings):
        yield


def picture(
    frame: Frame, alt: str, paint: Callable[[int], Figure], widths: tuple[int, int] = (WIDE, NARROW)
) -> Picture:
    """Draw a figure for its column and for a narrow screen; one picture where both `widths` are equal.

    `paint` gives the figure for a width in pixels.
    """
    wide, narrow = widths
    with house_style():
        main = write_svg(paint(wide), frame.label, alt)
        small = "" if wide == narrow else write_svg(paint(narrow), f"{frame.label}-narrow", alt)
    return Picture(frame.label, alt, main, small)


def write_svg(figure: Figure, label: str, alt: str) -> str:
    """Write a figure as SVG that can be inlined with others: ids and rules carry the label.

    `alt` becomes the accessible name. Equal figures give equal text.
    """
    buffer = StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->\n?|\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _WRITTEN.sub(lambda match: _labelled(match, label), text)
    # matplotlib's rule is for "*": inlined, it would reach the whole page
    text = text.replace("*{stroke-linejoin", f"#{label} *{{stroke-linejoin")
    return re.sub(r"<svg[^>]*>", lambda match: _root(match[0], label, alt), text, count=1)


def _labelled(match: re.Match[str], label: str) -> str:
    """Ids unique to this picture, colours in capitals, no rotation by zero; the text between tags stays as it is."""
    if match["turn"]:
        return ""
    if match["id"]:
        return f"{match['id']}{label}-"
    return match["colour"].upper() if match["colour"] else match[0]


def _root(tag: str, label: str, alt: str) -> str:
    """The root element: size in pixels, label, accessible name."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', tag)
    width, height = (float(box[1]), float(box[2])) if box else (WIDE, WIDE)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
        f'id="{label}" role="img" aria-label="{escape(alt)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" font-family="{FAMILY}">'
    )


def new_figure(width: float, height: float) -> Figure:
    """Start an empty figure of so many pixels, outside pyplot."""
    return Figure(figsize=(width / 72, height / 72), dpi=72)


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Place axes by pixels from the upper left corner, at least `SMALLEST` wide and high."""
    full_width, full_height = (float(side) * 72 for side in figure.get_size_inches())
    # However long the names around it are, some of the figure is left. No height is what texts leave over.
    width = max(width, NARROWEST)
    bottom = full_height - top - height
    box = (left / full_width, bottom / full_height, width / full_width, height / full_height)
    axes: Axes = figure.add_axes(box)
    axes.tick_params(length=0, pad=4)
    return axes


def pixels(figure: Figure) -> Transform:
    """Transform of pixels from the upper left corner, y downwards."""
    return Affine2D().scale(1, -1).translate(0, float(figure.get_size_inches()[1]) * 72)


def write(
    figure: Figure,
    x: float,
    y: float,
    text: str,
    size: float = BASE,
    color: str = INK,
    weight: int = 400,
    align: str = "left",
) -> Text:
    """Write one line at pixels from the upper left corner; y is the baseline.

    `size` is in pixels, at least 11; `weight` 400 or 600; `align` ``left``, ``right`` or ``center``.
    """
    artist = Text(x, y, text, fontsize=size, color=color, fontweight=weight, ha=align, va="baseline")
    artist.set_transform(pixels(figure))
    figure.add_artist(artist)
    return artist


def write_lines(figure: Figure, x: float, y: float, lines: Sequence[str], step: float, **look: Any) -> None:
    """Write lines under one another, `step` pixels apart, from the first one's baseline on."""
    for at, line in enumerate(lines):
        write(figure, x, y + step * at, line, **look)


def draw_path(axes: Axes, xs: Sequence[float], ys: Sequence[float], **look: Any) -> None:
    """Draw a line or dots in axes whose range is set: `Axes.plot` spends half its time on finding one."""
    axes.add_artist(Line2D(xs, ys, **look))


def draw_bars(axes: Axes, xs: Sequence[float], low: float, high: float, **look: Any) -> None:
    """Draw vertical lines in axes whose range is set; `Axes.vlines` finds one."""
    axes.add_collection(LineCollection([((x, low), (x, high)) for x in xs], **look), autolim=False)


@cache
def text_width(text: str, size: float = BASE, weight: int = 400) -> float:
    """Width of a line in the house typeface, in pixels."""
    _register_fonts()
    properties = font_manager.FontProperties(family=[FAMILY], size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(text, properties, ismath=False)[0])


def wrap(text: str, width: float, size: float = BASE, weight: int = 400) -> list[str]:
    """Break a text into lines that fit `width` pixels; a longer word is broken too, a non-breaking space is not."""
    lines: list[str] = []
    for word in (piece for whole in text.split(" ") for piece in _broken(whole, width, size, weight)):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, weight) <= width:
            lines[-1] = longer
        elif word:
            lines.append(word)
    return lines


def _broken(word: str, width: float, size: float, weight: int) -> Iterator[str]:
    """A word, or its pieces where it is longer than a line; one letter always fits."""
    rest = word
    while len(rest) > 1 and text_width(rest, size, weight) > width:
        fits = next((n for n in range(len(rest) - 1, 1, -1) if text_width(rest[:n], size, weight) <= width), 1)
        yield rest[:fits]
        rest = rest[fits:]
    yield rest
