"""A small panel laid out in pixels: giving each of many panels its own axes would take most of the drawing time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from policyreport.figures.palette import MUTED, RULE
from policyreport.figures.style import MINIMUM, pixels, write


@dataclass(frozen=True)
class Span:
    """Range of values with its ticks, first and last year of a panel."""

    low: float
    high: float
    ticks: tuple[float, ...]
    years: tuple[int, int]


@dataclass(frozen=True)
class Cell:
    """Where one panel stands in its figure, in pixels."""

    figure: Figure
    span: Span
    left: float
    top: float
    width: float
    height: float

    def x(self, year: float) -> float:
        """Pixels from the left."""
        first, last = self.span.years[0] - 0.8, self.span.years[1] + 0.8
        return self.left + self.width * (year - first) / (last - first)

    def y(self, value: float) -> float:
        """Pixels from above; NaN stays NaN, where a line is interrupted."""
        return self.top + self.height * (self.span.high - value) / (self.span.high - self.span.low)

    def line(self, years: Sequence[float], values: Sequence[float], **look: Any) -> None:
        """Draw a line or dots through years and values."""
        self._add([self.x(year) for year in years], [self.y(value) for value in values], **look)

    def across(self, value: float, **look: Any) -> None:
        """Draw a horizontal rule at a value."""
        self._add((self.left, self.left + self.width), (self.y(value),) * 2, **look)

    def before(self, year: float) -> None:
        """Draw a dotted rule before a year."""
        ends = (self.top, self.top + self.height)
        at = (self.x(year - 0.5),) * 2
        self._add(at, ends, color=MUTED, linewidth=1, linestyle=(0, (1.5, 2.5)), zorder=1.4)

    def scale(self, texts: Sequence[str], *, dated: bool) -> None:
        """Draw rules at the ticks, with their texts if any; the first and the last year where it is dated."""
        for tick in self.span.ticks:
            self.across(tick, color=RULE, linewidth=1, zorder=1)
        for tick, text in zip(self.span.ticks, texts, strict=False):
            write(self.figure, self.left - 4, self.y(tick) + 4, text, size=MINIMUM, color=MUTED, align="right")
        # The years stand under the ends of the axis, inside it, so that neighbours do not touch
        for year, side, aside in zip(self.span.years if dated else (), ("left", "right"), (-4, 4), strict=False):
            at, below = self.x(year) + aside, self.top + self.height + 15
            write(self.figure, at, below, str(year), size=MINIMUM, color=MUTED, align=side)

    def _add(self, xs: Sequence[float], ys: Sequence[float], **look: Any) -> None:
        self.figure.add_artist(Line2D(xs, ys, transform=pixels(self.figure), **look))
