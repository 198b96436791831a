"""Rows of dots with intervals: the form behind every comparison of areas, lists, measures and dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.figures.labels import label_values, thinned
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER, RULE, THRESHOLD
from policyreport.figures.style import (
    BASE,
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

Role = Literal["accent", "context", "plain"]
COLORS = {"accent": ACCENT, "context": CONTEXT, "plain": INK}
GAP = 14
STACKED_TRACK = 20
SWARM = 64


@dataclass(frozen=True)
class Row:
    """One row.

    `value` None draws nothing: `text` then says why. `word` is a verdict, in a column of its own after `text`.
    `heading` spans the width. `arrow` of 1 or -1 marks a bound. An arrow leads from `start` to the value, past the
    smaller dots of `others`. `dots` draws a swarm instead of one dot. `inner` is a second, thicker interval. `inputs`
    are the ledger rows behind it.
    """

    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""
    word: str = ""
    note: str = ""
    role: Role = "plain"
    hollow: bool = False
    arrow: int = 0
    start: float | None = None
    others: tuple[float, ...] = ()
    dots: tuple[tuple[float, Role], ...] = ()
    inner: tuple[float, float] | None = None
    heading: bool = False
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A named vertical line: a threshold, a centre, zero."""

    value: float
    label: str = ""
    threshold: bool = True


@dataclass(frozen=True)
class Scale:
    """The common horizontal axis: its range, its ticks with texts, its named lines."""

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    note: str = ""


def paint_rows(width: int, rows: Sequence[Row], scale: Scale, stacked: bool = False) -> Figure:
    """Draw rows under each other on one axis, from top to bottom.

    Label and text stand above the track if `stacked`, and where they would leave less than a third of the width.
    """
    size = BASE if width >= WIDE else SMALL
    left, right, verdicts = _columns(rows, size)
    stacked = stacked or width - left - right - verdicts < max(width / 3, 130)
    left, right, verdicts = (10.0, 17.0, 0.0) if stacked else (left, right, verdicts)
    heights = [_height(row, width, size, stacked) for row in rows]
    top = 26.0 if any(rule.label for rule in scale.rules) else 6.0
    notes = wrap(scale.note, width, MINIMUM)
    foot = 26.0 + (6.0 + 16.0 * len(notes) if notes else 0.0)
    figure = new_figure(width, top + sum(heights) + foot)
    axes = panel(figure, left, top, width - left - right - verdicts, sum(heights))
    _axis(axes, scale, sum(heights), width - left - right - verdicts)
    y = 0.0
    for row, height in zip(rows, heights, strict=True):
        track = y + height - (SWARM if row.dots else STACKED_TRACK) / 2 if stacked else y + height / 2
        if row.value is not None:
            _track(axes, track, scale, height / 2 if not stacked else SWARM / 2 - 4 if row.dots else 6.0)
            _mark(axes, row, track, scale)
        _texts(figure, row, (top + y, height), (width, left, verdicts), size, stacked)
        y += height
    _rule_labels(figure, axes, scale, top, width)
    write_lines(figure, 0, top + sum(heights) + 44, notes, 16, size=MINIMUM, color=MUTED)
    return figure


def _columns(rows: Sequence[Row], size: float) -> tuple[float, float, float]:
    """Widths of the columns of labels, texts and verdicts; headings may overrun."""
    body = [row for row in rows if not row.heading]
    drawn = [row for row in body if row.value is not None]
    labels = max((text_width(row.label, size, BOLD) for row in body), default=0)
    texts = max((text_width(row.text, size, BOLD) for row in drawn), default=0)
    verdicts = max((text_width(row.word, size, BOLD) for row in drawn), default=0)
    return labels + GAP, texts + GAP if texts else GAP / 2, verdicts + 8 if verdicts else 0.0


def _height(row: Row, width: int, size: float, stacked: bool) -> float:
    if row.heading:
        return 14.0 + 17 * len(wrap(row.label, width, size, BOLD))
    if not stacked:
        return SWARM if row.dots else 24.0 if size == BASE else 23.0
    lines = len(_stacked_label(row, width, size))
    return (
        8
        + 17 * lines
        + 15 * len(wrap(row.note, width, MINIMUM))
        + (SWARM if row.dots else STACKED_TRACK if row.value is not None else 4)
    )


def _stacked_text(row: Row) -> str:
    """Value and verdict on one line."""
    return " · ".join(part for part in (row.text, row.word) if part)


def _stacked_label(row: Row, width: float, size: float) -> list[str]:
    """Label above the track, wrapped next to its text."""
    return wrap(row.label, width - 8 - text_width(_stacked_text(row), size, BOLD) - GAP, size, 400)


def _texts(
    figure: Figure,
    row: Row,
    place: tuple[float, float],
    columns: tuple[int, float, float],
    size: float,
    stacked: bool,
) -> None:
    """Label, note, value and verdict of a row."""
    (y, height), (width, left, verdicts) = place, columns
    color, weight = (ACCENT, BOLD) if row.role == "accent" else (INK, 400)
    base = y + height / 2 + size * 0.36
    if row.heading:
        write_lines(figure, 0, y + 22, wrap(row.label, width, size, BOLD), 17, size=size, weight=BOLD)
    elif stacked:
        _stacked_texts(figure, row, y, width, size)
    else:
        write(figure, 0, base, row.label, size=size, color=color, weight=weight)
        if row.value is None:
            write(figure, left, base, row.text, size=size, color=MUTED)
        else:
            write(figure, width - verdicts, base, row.text, size=size, weight=weight, align="right")
            write(figure, width - verdicts + 8, base, row.word, size=size, weight=weight)


def _stacked_texts(figure: Figure, row: Row, y: float, width: int, size: float) -> None:
    """The same above the track."""
    color, weight = (ACCENT, BOLD) if row.role == "accent" else (INK, 400)
    lines = _stacked_label(row, width, size)
    write_lines(figure, 0, y + 18, lines, 17, size=size, color=color, weight=weight)
    muted = MUTED if row.value is None else INK
    write(figure, width, y + 18, _stacked_text(row), size=size, color=muted, weight=weight, align="right")
    note = wrap(row.note, width, MINIMUM)
    write_lines(figure, 0, y + 16 + 17 * len(lines), note, 15, size=MINIMUM, color=MUTED)


def _axis(axes: Axes, scale: Scale, height: float, span: float) -> None:
    """Axes in pixels downwards, ticks at the foot."""
    axes.set_xlim(scale.low, scale.high)
    axes.set_ylim(height, 0)
    ticks, texts = thinned(scale.ticks, scale.texts, span / (scale.high - scale.low))
    label_values(axes, "x", ticks, texts, grid=False)
    axes.yaxis.set_visible(False)


def _rule_labels(figure: Figure, axes: Axes, scale: Scale, top: float, width: int) -> None:
    """Name the rules above the track, inside the figure and without overlap."""
    box = axes.get_position()
    left, span = box.x0 * width, box.width * width
    taken: list[tuple[float, float]] = []
    for rule in scale.rules:
        if not rule.label:
            continue
        half = text_width(rule.label, SMALL, BOLD) / 2
        x = left + span * (rule.value - scale.low) / (scale.high - scale.low)
        x = min(max(x, half), width - half)
        for low, high in taken:
            if x - half < high + 8 and x + half > low - 8:
                x = high + 8 + half
        taken.append((x - half, x + half))
        color = THRESHOLD if rule.threshold else MUTED
        write(figure, x, top - 10, rule.label, size=SMALL, color=color, weight=BOLD, align="center")


def _track(axes: Axes, y: float, scale: Scale, reach: float) -> None:
    """The row's line, with the ticks and rules that cross it: never through the text above."""
    draw_path(axes, [scale.low, scale.high], [y, y], color=RULE, linewidth=1, zorder=1)
    draw_bars(axes, scale.ticks, y - reach, y + reach, color=RULE, linewidth=1, zorder=1)
    for rule in scale.rules:
        color, weight = (THRESHOLD, 1.6) if rule.threshold else (MUTED, 1.0)
        reach_out = reach if reach > 10 else reach + 3
        draw_bars(axes, (rule.value,), y - reach_out, y + reach_out, color=color, linewidth=weight, zorder=1.5)


def _mark(axes: Axes, row: Row, y: float, scale: Scale) -> None:
    """Interval, dot; an arrow for a bound or for shrinkage."""
    if row.value is None or row.dots:
        _swarm(axes, row, y)
        return
    color = COLORS[row.role]
    if row.low is not None and row.high is not None:
        ends = (max(row.low, scale.low), min(row.high, scale.high))
        # An arrow along the interval has to stand out from it
        bar = CONTEXT if row.start is not None else color
        draw_path(axes, ends, [y, y], color=bar, linewidth=2.8 if row.role == "accent" else 2, zorder=2)
    if row.inner:
        draw_path(axes, row.inner, [y, y], color=color, linewidth=4.5, zorder=2)
    draw_path(
        axes, row.others, [y] * len(row.others), linestyle="none", marker="o", markersize=3.5, color=color, zorder=3
    )
    if row.start is not None:
        _arrow(axes, row.start, row.value, y, color)
        draw_path(axes, [row.start], [y], linestyle="none", marker="o", markersize=4, color=color, zorder=3)
    if row.arrow:
        _arrow(axes, row.value, row.value + row.arrow * 0.09 * (scale.high - scale.low), y, color)
    face = PAPER if row.hollow else color
    # Larger as well as teal: in greyscale print the accent is paler than the ink of its neighbours
    size = 10 if row.role == "accent" else 8
    draw_path(
        axes, [row.value], [y], marker="o", markersize=size, color=face, markeredgecolor=color, markeredgewidth=1.6,
        zorder=4, clip_on=False,
    )  # fmt: skip


def _swarm(axes: Axes, row: Row, y: float) -> None:
    """Small dots that avoid each other, smaller where many meet; the marked ones on top and larger."""
    values = [value for value, _ in row.dots]
    low, high = axes.get_xlim()
    scale = axes.get_window_extent().width / (high - low)
    room = SWARM / 2 - 5
    fits = ((distance, swarm(values, distance, scale)) for distance in (8, 7, 6, 5, 4))
    distance, offsets = next(
        (fit for fit in fits if max(map(abs, fit[1]), default=0) <= room), (4, [0.0] * len(values))
    )
    order = {"context": 0, "plain": 1, "accent": 2}
    for (value, role), offset in sorted(zip(row.dots, offsets, strict=True), key=lambda dot: order[dot[0][1]]):
        size = distance - 1 + 2.5 * (role == "accent")
        draw_path(
            axes, [value], [y + offset], linestyle="none", marker="o", markersize=size, color=COLORS[role],
            markeredgecolor=PAPER, markeredgewidth=0.8, zorder=3 + order[role],
        )  # fmt: skip


def _arrow(axes: Axes, start: float, end: float, y: float, color: str) -> None:
    """An arrow along the track; nothing where it would be shorter than its head."""
    ends = axes.transData.transform([(start, y), (end, y)])
    if abs(ends[1][0] - ends[0][0]) < 14:
        return
    style = {"arrowstyle": "-|>", "color": color, "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", xy=(end, y), xytext=(start, y), arrowprops=style, zorder=3, annotation_clip=False)


def swarm(values: Sequence[float], distance: float, scale: float) -> list[float]:
    """Offset in pixels of dots that would touch, alternately up and down; zero where a dot is free.

    `distance` is the least distance of centres in pixels, `scale` pixels per unit of the values.
    """
    placed: list[tuple[float, float]] = []
    offsets = [0.0] * len(values)
    for index in sorted(range(len(values)), key=lambda i: values[i]):
        x = values[index] * scale
        near = [(px, py) for px, py in placed if x - px < distance]
        steps = [0.0] + [sign * k * distance / 4 for k in range(1, 60) for sign in (1, -1)]
        free = (s for s in steps if all((x - px) ** 2 + (s - py) ** 2 >= distance**2 - 1e-9 for px, py in near))
        offsets[index] = next(free, 0.0)
        placed.append((x, offsets[index]))
    return offsets
