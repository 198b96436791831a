"""What stands around the marks that seaborn drew: scale, unit, names at the ends of lines, breaks, notes.

Marks are drawn in the units of the data. `finish` and `finish_panels` return a function that sets the figure out for a
width, which is what `picture` asks for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.figures.labels import Scale, spread
from policyreport.figures.palette import INK, MUTED, RULE
from policyreport.figures.style import (
    BOLD,
    DOTTED,
    MINIMUM,
    SMALL,
    WIDE,
    Box,
    new_axes,
    new_figure,
    panel,
    place,
    resize,
    root,
    text_width,
    wrap,
    write,
    write_lines,
)

LINE_HEIGHT = 15.0
STROKE, SQUARE = "\u2014", "\u25a0"
HEADING_HEIGHT = 16.0


@dataclass(frozen=True)
class End:
    """What a line is called, at its right end."""

    value: float
    text: str
    color: str = MUTED
    weight: int = 400


@dataclass(frozen=True)
class Break:
    """A named change before a year: new boundaries, another question set."""

    year: int
    label: str = ""


def canvas() -> Axes:
    """Start a figure of one pair of axes, to be drawn in and then finished."""
    return new_axes(new_figure(WIDE, WIDE))


def finish(
    axes: Axes,
    values: Scale,
    along: Scale,
    *,
    ends: Sequence[End] = (),
    unit: str = "",
    title: str = "",
    beneath: str = "",
    note: str = "",
    breaks: Sequence[Break] = (),
    height: float = 230,
    margins: tuple[float, float] = (190, 104),
) -> Callable[[int], Figure]:
    """Finish one chart: `values` upwards, `along` to the right, `ends` named in the margin; `beneath` names `along`.

    Names are broken where they are wider than `margins`, on a narrow screen the second.
    """
    figure = root(axes)
    breaks = [item for item in breaks if along.low < item.year - 0.5 < along.high]
    draw_scale(axes, values, along)
    for item in breaks:
        axes.axvline(item.year - 0.5, color=MUTED, linewidth=1, linestyle=DOTTED, zorder=1.4)

    def set_out(width: int) -> Figure:
        left = 8 + max(text_width(text, SMALL) for text in values.texts)
        names = [wrap(end.text, margins[width < WIDE], SMALL, end.weight) for end in ends]
        right = 14 + max((text_width(line, SMALL, BOLD) for lines in names for line in lines), default=0)
        top = 14.0 + 18 * bool(unit or title) + 18 * any(item.label for item in breaks)
        foot = top + height + 24 + 20 * bool(beneath)
        notes = wrap(note, width, MINIMUM)
        resize(figure, width, foot + (16 * len(notes) + 8 if notes else 0))
        box = place(axes, left, top, width - left - right, height)
        write_scale(figure, (left, top), height, values)
        for share, text in along.fitting(box.width):
            write_within(figure, left + share * box.width, top + height + 20, text, SMALL, width)
        write(figure, 0, 14, unit, size=SMALL, color=MUTED)
        write(figure, left, 14, title, size=SMALL, weight=BOLD)
        write(figure, left, foot - 2, beneath, size=SMALL, color=MUTED)
        for item in breaks:
            write_within(figure, box.x(item.year - 0.5), top - 7, item.label, MINIMUM, width)
        _write_ends(box, ends, names, width - right + 12)
        write_lines(figure, 0, foot + 18, notes, 16, size=MINIMUM, color=MUTED)
        return figure

    return set_out


@dataclass(frozen=True)
class Panels:
    """Small multiples inside one pair of axes that count pixels: axes of their own would take most of the time.

    (`seaborn.FacetGrid` takes 60 ms a panel, of which an edition has some 1,200, both widths counted.)
    """

    axes: Axes
    corners: Sequence[tuple[float, float]]
    width: float
    height: float
    scales: Sequence[Scale]
    along: Scale

    def place(self, table: pd.DataFrame) -> pd.DataFrame:
        """Turn the columns `year`, `value`, `low` and `high` into pixels, each row's in its `panel`."""
        left, top = np.array(self.corners).T[:, table["panel"]]
        low, high = np.array([(scale.low, scale.high) for scale in self.scales]).T[:, table["panel"]]
        share = (table["year"] - self.along.low) / (self.along.high - self.along.low)
        columns = [column for column in ("value", "low", "high") if column in table]
        pixels = {column: top + self.height * (high - table[column]) / (high - low) for column in columns}
        return table.assign(year=left + self.width * share, **pixels)


def finish_panels(
    draw: Callable[[Panels], None],
    heads: Sequence[tuple[str, str]],
    values: Sequence[Scale],
    along: Scale,
    *,
    breaks: Sequence[tuple[int, int]] = (),
    empty: Sequence[int] = (),
    across: tuple[int, int] = (4, 2),
    height: float = 92,
    unit: str = "",
    note: str = "",
    key: Mapping[str, str] | None = None,
) -> Callable[[int], Figure]:
    """Finish small multiples: a title and a text over each, values at the left edge, or in each where they differ.

    `draw` draws in all panels at once. `breaks` are panels with the first year after a break; panels in `empty` have no
    years. `across` counts panels in a row, on a narrow screen the second. `key` gives the colour of each name beneath.
    """
    shared = len(set(values)) == 1

    def paint(width: int) -> Figure:
        columns = min(across[width < WIDE], len(heads))
        scale = 8 + max(text_width(text, MINIMUM) for each in values for text in each.texts)
        margin, inside = (scale, 0.0) if shared else (0.0, scale)
        cell = (width - margin) / columns
        titles = [wrap(title, cell - 14, SMALL, BOLD) for title, _ in heads]
        texts = [wrap(text, cell - 14, MINIMUM) for _, text in heads]
        head = HEADING_HEIGHT * max(len(a) + len(b) for a, b in zip(titles, texts, strict=True)) + 12
        top, pitch = 22.0 * bool(unit), head + height + 34
        foot = top + pitch * -(-len(heads) // columns)
        notes = wrap(note, width, MINIMUM)
        figure = new_figure(width, foot + 16 * len(notes) + 14 * bool(key))
        whole = panel(figure, 0, 0, width, figure.bbox.height)
        whole.set(xlim=(0, width), ylim=(figure.bbox.height, 0))
        lefts = [margin + cell * (index % columns) for index in range(len(heads))]
        tops = [top + pitch * (index // columns) + head for index in range(len(heads))]
        corners = [(left + inside, y) for left, y in zip(lefts, tops, strict=True)]
        panels = Panels(whole, corners, cell - inside - 16, height, values, along)
        _draw_rules(panels, breaks)
        draw(panels)
        write(figure, 0, 14, unit, size=SMALL, color=MUTED)
        for index, (left, y) in enumerate(zip(lefts, tops, strict=True)):
            # The last line of a head stands next to its panel
            first = y - 10 - HEADING_HEIGHT * (len(titles[index]) + len(texts[index]) - 1)
            below = first + HEADING_HEIGHT * len(titles[index])
            write_lines(figure, left, first, titles[index], HEADING_HEIGHT, size=SMALL, weight=BOLD)
            write_lines(figure, left, below, texts[index], HEADING_HEIGHT, size=MINIMUM, color=MUTED)
            if not shared or index % columns == 0:
                write_scale(figure, (left + inside, y), height, values[index], MINIMUM)
            for share, text in [] if index in empty else along.fitting(panels.width, MINIMUM):
                x = left + inside + share * panels.width
                write_within(figure, x, y + height + 15, text, MINIMUM, width)
        write_key(figure, key or {}, margin, foot + 8)
        write_lines(figure, 0, foot + 10, notes, HEADING_HEIGHT, size=MINIMUM, color=MUTED)
        return figure

    return paint


def _draw_rules(panels: Panels, breaks: Sequence[tuple[int, int]]) -> None:
    """Light rules at the values of every panel, a dotted one before each year of a break."""
    ticks = [(panel, panels.along.low, tick) for panel, scale in enumerate(panels.scales) for tick in scale.ticks]
    at = panels.place(pd.DataFrame(ticks, columns=["panel", "year", "value"]))
    panels.axes.hlines(at["value"], at["year"], at["year"] + panels.width, color=RULE, linewidth=1, zorder=1)
    if breaks:
        tops = [(panel, year - 0.5, panels.scales[panel].high) for panel, year in breaks]
        at = panels.place(pd.DataFrame(tops, columns=["panel", "year", "value"]))
        ends = at["value"], at["value"] + panels.height
        panels.axes.vlines(at["year"], *ends, color=MUTED, linewidth=1, linestyle=DOTTED, zorder=1.4)


def draw_scale(axes: Axes, values: Scale, along: Scale) -> None:
    """Set the range, and draw light rules at the values."""
    axes.set(xlim=(along.low, along.high), ylim=(values.low, values.high))
    axes.hlines(values.ticks, along.low, along.high, color=RULE, linewidth=1, zorder=1)


def write_scale(figure: Figure, corner: tuple[float, float], height: float, values: Scale, size: float = SMALL) -> None:
    """Write the values of the ticks at the left of axes so high, whose upper left corner is given."""
    left, top = corner
    for share, text in values.fitting(2 * height, size):
        write(figure, left - 6, top + (1 - share) * height + 4, text, size=size, color=MUTED, align="right")


def write_within(figure: Figure, x: float, y: float, text: str, size: float, width: float) -> None:
    """Write a text centred at x, or as near to it as the figure allows."""
    half = text_width(text, size) / 2
    write(figure, min(max(x, half), width - half), y, text, size=size, color=MUTED, align="center")


def _write_ends(box: Box, ends: Sequence[End], names: Sequence[Sequence[str]], x: float) -> None:
    """Write names next to the ends of their lines, moved apart where they would touch."""
    sizes = [len(name) * LINE_HEIGHT + 2 for name in names]
    spots = spread([box.y(end.value) for end in ends], sizes, box.top - 8, box.top + box.height + 8)
    for end, name, spot in zip(ends, names, spots, strict=True):
        y = spot - (len(name) - 1) / 2 * LINE_HEIGHT + 4
        write_lines(box.figure, x, y, name, LINE_HEIGHT, size=SMALL, color=end.color, weight=end.weight)


def write_key(figure: Figure, key: Mapping[str, str], x: float, y: float, sign: str = STROKE) -> None:
    """Write the names of lines or areas, each after a stroke or `SQUARE` of its colour."""
    for name, color in key.items():
        write(figure, x, y, sign, size=SMALL, color=color, weight=BOLD)
        write(figure, x + 20, y, name, size=SMALL, color=INK)
        x += 44 + text_width(name, SMALL)
