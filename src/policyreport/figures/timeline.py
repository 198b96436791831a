"""Values over years: points, lines that stop at a break, names at the end of each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.figures.labels import label_values, padded, round_ticks, spread, thinned
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER, THRESHOLD
from policyreport.figures.style import (
    BOLD,
    MINIMUM,
    SMALL,
    WIDE,
    draw_bars,
    draw_path,
    new_figure,
    panel,
    text_width,
    wrap,
    write,
    write_lines,
)
from policyreport.records.formats import NBSP
from policyreport.records.series import SeriesPoint

COLORS = {"accent": ACCENT, "plain": INK, "context": CONTEXT, "target": THRESHOLD}
LINE_HEIGHT = 15.0
# Not final: drawn hollow, the line to it dashed. What we derived from final figures is not tentative.
TENTATIVE = ("estimate", "preliminary", "projection")


@dataclass(frozen=True)
class Line:
    """A named series; `role` decides its colour, `dashed` marks what is not observed at all."""

    label: str
    points: tuple[SeriesPoint, ...]
    role: Literal["accent", "plain", "context", "target"] = "plain"
    dashed: bool = False
    value: str = ""


@dataclass(frozen=True)
class Break:
    """A named change before a year: new boundaries, another question set."""

    year: int
    label: str = ""


@dataclass(frozen=True)
class MedianLine:
    """The line of a series' median slope, from its first to its last year, and its outcome in a sentence."""

    years: tuple[int, int]
    values: tuple[float, float]
    text: str


@dataclass(frozen=True)
class Plot:
    """Range, tick texts, unit above the axis, breaks and the years shown of a timeline; `height` in pixels."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    years: tuple[int, int]
    unit: str = ""
    breaks: tuple[Break, ...] = ()
    height: float = 230


def frame_axes(width: int, plot: Plot, lines: Sequence[Line], note: str = "") -> tuple[Figure, Axes]:
    """Draw the axes of a timeline with the breaks, and the names of the lines at its right; `note` stands beneath."""
    left = 8 + max(text_width(text, SMALL) for text in plot.texts)
    most = 190 if width >= WIDE else 104
    names = [_name_lines(line, most) for line in lines]
    right = 14 + max((text_width(t, SMALL, BOLD) for name in names for t in name), default=0)
    top = 14.0 + (18 if plot.unit else 0) + (18 if any(b.label for b in plot.breaks) else 0)
    notes = wrap(note, width, MINIMUM)
    figure = new_figure(width, top + plot.height + 28 + (16 * len(notes) + 4 if notes else 0))
    axes = panel(figure, left, top, width - left - right, plot.height)
    axes.set_ylim(plot.low, plot.high)
    axes.set_xlim(plot.years[0] - 0.25, plot.years[1] + 0.15)
    label_values(axes, "y", plot.ticks, plot.texts)
    _years(axes, plot, width - left - right)
    write(figure, 0, 14, plot.unit, size=SMALL, color=MUTED)
    _breaks(figure, axes, plot, (left, width - left - right, top))
    _names(figure, names, lines, plot, (width - right + 12, top))
    write_lines(figure, 0, top + plot.height + 42, notes, 16, size=MINIMUM, color=MUTED)
    return figure, axes


def draw_line(axes: Axes, line: Line, size: float = 6.0) -> None:
    """Draw a series: a line within each unbroken segment, hollow and dashed where not yet final.

    `size` is that of a dot in pixels; 0 for none.
    """
    color, weight = COLORS[line.role], 2.2 if line.role == "accent" else 1.6
    for before, after in pairwise(line.points):
        if before.segment != after.segment or (after.year - before.year > 1 and not line.dashed):
            continue
        final = after.status not in TENTATIVE and not line.dashed
        style: tuple[float, tuple[float, ...] | None] = (0, None) if final else (0, (3.5, 2.2))
        draw_path(
            axes, (before.year, after.year), (before.value, after.value), color=color, linewidth=weight,
            linestyle=style, zorder=2.2, solid_capstyle="round",
        )  # fmt: skip
    for point in line.points if size else ():
        if point.low is not None and point.high is not None:
            draw_bars(axes, (point.year,), point.low, point.high, color=color, linewidth=4, alpha=0.3, zorder=2)
        face = PAPER if point.status in TENTATIVE else color
        draw_path(
            axes, (point.year,), (point.value,), linestyle="none", marker="o", markersize=size, color=face,
            markeredgecolor=color, markeredgewidth=1.5, zorder=3, clip_on=False,
        )  # fmt: skip


def value_axis(values: Sequence[float], count: int) -> tuple[float, float, tuple[float, ...]]:
    """Choose low, high and ticks of a value axis (about `count`) so that its first and last tick enclose the values."""
    low, high = padded(values, 0.04)
    ticks = round_ticks(low, high, count)
    while len(ticks) < 2:
        count += 1
        ticks = round_ticks(low, high, count)
    step = ticks[1] - ticks[0]
    while ticks[0] > low + 1e-9:
        ticks.insert(0, round(ticks[0] - step, 10))
    while ticks[-1] < high - 1e-9:
        ticks.append(round(ticks[-1] + step, 10))
    return ticks[0], ticks[-1], tuple(ticks)


def missing_years(line: Line) -> list[int]:
    """Years without a value between a line's first and last."""
    have = {point.year for point in line.points}
    return [year for year in range(min(have), max(have)) if year not in have]


def _name_lines(line: Line, width: float) -> list[str]:
    """A line's name with its last value, broken to the margin."""
    return wrap(
        f"{line.label}{NBSP}{line.value}".strip(f"{NBSP} "),
        width,
        SMALL,
        BOLD if line.role == "accent" else 400,
    )


def _years(axes: Axes, plot: Plot, span: float) -> None:
    """Ticks at years, thinned from the last backwards so that the latest year is always named."""
    first, last = plot.years
    scale = span / (last - first + 0.4)
    years = list(range(last, first - 1, -1))
    kept, texts = thinned(years, [str(year) for year in years], scale)
    label_values(axes, "x", kept, texts, grid=False)
    axes.tick_params(axis="x", pad=8)


def _breaks(figure: Figure, axes: Axes, plot: Plot, box: tuple[float, float, float]) -> None:
    """A dotted rule before the year of each break, named above the axes."""
    left, span, top = box
    first, last = plot.years[0] - 0.25, plot.years[1] + 0.15
    for item in plot.breaks:
        if not first < item.year - 0.5 < last:
            continue
        axes.axvline(item.year - 0.5, color=MUTED, linewidth=1.2, linestyle=(0, (1.5, 2.5)), zorder=1.5)
        x = left + span * (item.year - 0.5 - first) / (last - first)
        half = text_width(item.label, MINIMUM) / 2
        width = float(figure.get_size_inches()[0]) * 72
        x = min(max(x, half), width - half)
        write(figure, x, top - 7, item.label, size=MINIMUM, color=MUTED, align="center")


def _names(
    figure: Figure,
    names: Sequence[Sequence[str]],
    lines: Sequence[Line],
    plot: Plot,
    corner: tuple[float, float],
) -> None:
    """Names next to the last points, moved apart where they would touch."""
    x, top = corner
    scale = plot.height / (plot.high - plot.low)
    middles = [top + (plot.high - line.points[-1].value) * scale for line in lines]
    sizes = [len(name) * LINE_HEIGHT + 2 for name in names]
    for line, name, spot in zip(lines, names, spread(middles, sizes, top - 8, top + plot.height + 8), strict=True):
        color = MUTED if line.role == "context" else COLORS[line.role]
        weight = BOLD if line.role == "accent" else 400
        y = spot - (len(name) - 1) / 2 * LINE_HEIGHT + 4
        write_lines(figure, x, y, name, LINE_HEIGHT, size=SMALL, color=color, weight=weight)
