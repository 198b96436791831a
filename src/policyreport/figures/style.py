"""One look for every figure: type, axes without a box, and SVG that is the same bytes every time.

Figures are laid out in pixels at 72 dots an inch, so that a point is a pixel and text keeps its size.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from html import escape
from io import StringIO
from typing import Any, cast

import matplotlib as mpl
import seaborn as sns
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.textpath import text_to_path
from matplotlib.transforms import Affine2D, Transform

from policyreport.figures.fonts import FAMILY, desktop_fonts
from policyreport.figures.frame import Frame, Picture
from policyreport.figures.palette import ACCENT, CONTEXT, INK, THRESHOLD

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

_THEME: dict[str, Any] = {
    "figure.dpi": 72,
    "figure.facecolor": "none",
    "font.family": [FAMILY],
    "font.size": BASE,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign is money
    "axes.facecolor": "none",
    "axes.xmargin": 0,
    "axes.ymargin": 0,
    "lines.linewidth": 1,
    "lines.solid_capstyle": "round",
    "svg.fonttype": "none",
    "svg.hashsalt": "policyreport",
}
ROLES = {"accent": ACCENT, "plain": INK, "context": CONTEXT, "target": THRESHOLD}
"""The palette of every figure: the area in question, those it is compared with, all others, a target."""
DASHED = (3.5, 2.2)
DOTTED = (0, (1.5, 2.5))


@cache
def _register_fonts() -> None:
    """Make the typeface available to matplotlib, once a process."""
    for path in desktop_fonts():
        font_manager.fontManager.addfont(str(path))


@cache
def _theme() -> Any:
    """seaborn's plainest style, in the type and the colours of the house."""
    return sns.axes_style("white", rc=_THEME) | _THEME


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style inside a ``with`` block, and restore matplotlib's settings after it."""
    _register_fonts()
    with mpl.rc_context(_theme()):
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
    texts = [_text(text) for text in figure.texts if text.get_text()]
    resize(figure, *(float(side) for side in figure.bbox.size))
    buffer = StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(buffer, format="svg", transparent=True, metadata=nothing)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->\n?|\s*<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _WRITTEN.sub(lambda match: _labelled(match, label), text)
    # matplotlib's rule is for "*": inlined, it would reach the whole page
    text = text.replace("*{stroke-linejoin", f"#{label} *{{stroke-linejoin")
    text = text.replace("</svg>", "\n".join([*texts, "</svg>"]))
    return re.sub(r"<svg[^>]*>", lambda match: _root(match[0], label, alt), text, count=1)


def _text(text: Text) -> str:
    """One line of `write`: matplotlib measures every text that it draws, longer than the rest of a figure takes."""
    x, y = text.get_position()
    weight = "" if text.get_fontweight() == 400 else f"font-weight: {text.get_fontweight()}; "
    anchor = {"left": "start", "center": "middle", "right": "end"}[text.get_horizontalalignment()]
    style = f"{weight}font-size: {text.get_fontsize():g}px; text-anchor: {anchor}; fill: {text.get_color()}"
    return f' <text style="{style}" x="{x:g}" y="{y:g}">{escape(text.get_text(), quote=False)}</text>'


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


@dataclass(frozen=True)
class Box:
    """Where axes stand in their figure, in pixels from the upper left corner."""

    axes: Axes
    left: float
    top: float
    width: float
    height: float

    @property
    def figure(self) -> Figure:
        """The figure that the axes stand in."""
        return root(self.axes)

    def x(self, value: float) -> float:
        """Pixels of a value from the left edge of the figure."""
        low, high = self.axes.get_xlim()
        return self.left + self.width * (value - low) / (high - low)

    def y(self, value: float) -> float:
        """Pixels of a value from the upper edge of the figure."""
        low, high = self.axes.get_ylim()
        return self.top + self.height * (high - value) / (high - low)


def new_axes(figure: Figure) -> Axes:
    """Add axes for seaborn to draw in: what stands around them is written by pixels, for every width anew."""
    axes: Axes = figure.add_axes((0, 0, 1, 1))
    # Drawn by matplotlib, axes take as long as all that is in them
    axes.set_axis_off()
    # Where an axis has no name, seaborn makes all its tick labels to see whether it needs one
    axes.set_xlabel("x", visible=False)
    axes.set_ylabel("y", visible=False)
    return axes


def root(axes: Axes) -> Figure:
    """Return the figure that axes stand in."""
    return cast("Figure", axes.get_figure(root=True))


def resize(figure: Figure, width: float, height: float) -> None:
    """Give a figure another size in pixels, without the texts that were written for the one before."""
    figure.set_size_inches(width / 72, height / 72)
    for text in list(figure.texts):
        text.remove()


def place(axes: Axes, left: float, top: float, width: float, height: float) -> Box:
    """Place axes by pixels from the upper left corner, at least `NARROWEST` wide."""
    full_width, full_height = (float(side) * 72 for side in root(axes).get_size_inches())
    # However long the names around it are, some of the figure is left. No height is what texts leave over.
    width = max(width, NARROWEST)
    bottom = full_height - top - height
    axes.set_position((left / full_width, bottom / full_height, width / full_width, height / full_height))
    return Box(axes, left, top, width, height)


def panel(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes in their place."""
    return place(new_axes(figure), left, top, width, height).axes


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
    look: dict[str, Any] = {"fontsize": size, "color": color, "fontweight": weight}
    return figure.text(x, y, text, ha=align, va="baseline", transform=pixels(figure), **look)


def write_lines(figure: Figure, x: float, y: float, lines: Sequence[str], step: float, **look: Any) -> None:
    """Write lines under one another, `step` pixels apart, from the first one's baseline on."""
    for at, line in enumerate(lines):
        write(figure, x, y + step * at, line, **look)


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
