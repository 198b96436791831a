"""Rows of dots with intervals: the form behind every comparison of areas, lists, measures and dates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.figures.finish import write_within
from policyreport.figures.labels import Scale
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER, RULE, THRESHOLD
from policyreport.figures.series import draw_dots
from policyreport.figures.style import (
    BASE,
    BOLD,
    MINIMUM,
    ROLES,
    SMALL,
    WIDE,
    Box,
    new_axes,
    new_figure,
    place,
    text_width,
    wrap,
    write,
    write_lines,
)

Role = Literal["accent", "context", "plain"]
GAP = 14
STACKED_TRACK = 20
FLAT = 24.0


@dataclass(frozen=True)
class Row:
    """One row.

    `value` None draws nothing: `text` then says why. `word` is a verdict, in a column of its own after `text`.
    `heading` spans the width. `bound` of 1 or -1 marks a value that is only a bound. An arrow leads from `start` to the
    value, past the smaller dots of `others`. `inner_low` and `inner_high` are a second, thicker interval. `room` is the
    height of the track, where more than a dot is drawn. `inputs` are the ledger rows behind it.
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
    bound: int = 0
    start: float | None = None
    others: tuple[float, ...] = ()
    inner_low: float | None = None
    inner_high: float | None = None
    heading: bool = False
    room: float = 0
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A named vertical line: a threshold, a centre, zero."""

    value: float
    label: str = ""
    threshold: bool = True


@dataclass(frozen=True)
class _Columns:
    """How rows are set out: size of type, and the columns of labels, texts and verdicts; none if stacked."""

    width: int
    size: float
    stacked: bool
    left: float = 10.0
    right: float = 17.0
    verdicts: float = 0.0


def rows_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """One line per row, as in `Row`."""
    numbers = ("value", "low", "high", "start", "inner_low", "inner_high")
    return pd.DataFrame([vars(row) for row in rows]).astype(dict.fromkeys(numbers, float))


def paint_rows(
    width: int, rows: Sequence[Row], scale: Scale, rule: Rule | None = None, note: str = "", stacked: bool = False
) -> Figure:
    """Draw rows under each other on one axis, from top to bottom, with a vertical line and a note beneath.

    Label and text stand above the track if `stacked`, and where they would leave less than a third of the width.
    """
    return start_rows(width, rows, scale, rule, note, stacked)[0].figure


def start_rows(
    width: int, rows: Sequence[Row], scale: Scale, rule: Rule | None, note: str, stacked: bool = False
) -> tuple[Box, pd.DataFrame]:
    """Draw rows, and return their axes and their table: `y` is each row's track, in pixels from the top."""
    columns = _columns(rows, width, stacked)
    table = _set_out(rows_frame(rows), rows, columns)
    top, height = 26.0 if rule and rule.label else 6.0, table["height"].sum()
    notes = wrap(note, width, MINIMUM)
    figure = new_figure(width, top + height + 26 * bool(scale.ticks) + (6 + 16 * len(notes) if notes else 0))
    span = width - columns.left - columns.right - columns.verdicts
    box = place(new_axes(figure), columns.left, top, span, height)
    box.axes.set(xlim=(scale.low, scale.high), ylim=(height, 0))
    drawn = table[table["value"].notna()]
    if scale.ticks:
        _draw_tracks(box.axes, drawn, scale, rule)
    dotted = drawn[drawn["room"] == 0]
    if len(dotted):
        draw_rows(box.axes, dotted)
    for row, upper, tall in zip(rows, table["height"].cumsum() - table["height"], table["height"], strict=True):
        _write_row(figure, row, top + upper, tall, columns)
    for share, text in scale.fitting(box.width):
        write_within(figure, box.left + share * box.width, top + height + 18, text, SMALL, width)
    if rule:
        color, half = THRESHOLD if rule.threshold else MUTED, text_width(rule.label, SMALL, BOLD) / 2
        x = min(max(box.x(rule.value), half), width - half)
        write(figure, x, top - 10, rule.label, size=SMALL, color=color, weight=BOLD, align="center")
    write_lines(figure, 0, top + height + 44, notes, 16, size=MINIMUM, color=MUTED)
    return box, table


def _set_out(table: pd.DataFrame, rows: Sequence[Row], columns: _Columns) -> pd.DataFrame:
    """The rows with their height, with the height of their track, and how far ticks reach from it."""
    table["height"] = [_height(row, columns) for row in rows]
    if not columns.stacked:
        return table.assign(y=table["height"].cumsum() - table["height"] / 2, reach=table["height"] / 2)
    track = table["room"].mask(table["room"] == 0, STACKED_TRACK)
    return table.assign(y=table["height"].cumsum() - track / 2, reach=track / 2 - 4)


def _draw_tracks(axes: Axes, table: pd.DataFrame, scale: Scale, rule: Rule | None) -> None:
    """Draw each row's line, with the ticks and the rule that cross it: never through the text above."""
    axes.hlines(table["y"], scale.low, scale.high, color=RULE, linewidth=1, zorder=1)
    upper, lower = table["y"] - table["reach"], table["y"] + table["reach"]
    times = len(scale.ticks)
    axes.vlines(np.repeat(scale.ticks, len(table)), np.tile(upper, times), np.tile(lower, times), color=RULE, zorder=1)
    if rule:
        color, weight = (THRESHOLD, 1.6) if rule.threshold else (MUTED, 1.0)
        axes.vlines([rule.value] * len(table), upper, lower, color=color, linewidth=weight, zorder=1.5)


def draw_rows(axes: Axes, table: pd.DataFrame) -> None:
    """Draw intervals, then arrows for bounds and for shrinkage, then dots, hollow where tentative."""
    colors = table["role"].map(ROLES)
    accent = table["role"] == "accent"
    low, high = axes.get_xlim()
    # An arrow along the interval has to stand out from it
    bars = colors.mask(table["start"].notna(), CONTEXT)
    axes.hlines(
        table["y"], table["low"].clip(lower=low), table["high"].clip(upper=high), color=bars,
        linewidth=accent.map({True: 2.8, False: 2}), zorder=2,
    )  # fmt: skip
    inner = table.dropna(subset=["inner_low"])
    if len(inner):
        axes.hlines(
            inner["y"], inner["inner_low"], inner["inner_high"], color=colors[inner.index], linewidth=4.5, zorder=2
        )
    moved, bound = table[table["start"].notna()], table[table["bound"] != 0]
    _draw_arrows(axes, moved, moved["start"], moved["value"])
    _draw_arrows(axes, bound, bound["value"], bound["value"] + 0.09 * (high - low) * bound["bound"])
    if len(moved):
        passed = pd.concat([moved.assign(others=moved["start"]), moved.explode("others").dropna(subset=["others"])])
        draw_dots(axes, passed, "others", "y", colors[passed.index], colors[passed.index], 4)
    # Larger as well as teal: in greyscale print the accent is paler than the ink of its neighbours
    sizes = accent.map({True: 10.0, False: 8.0})
    draw_dots(axes, table, "value", "y", colors, colors.mask(table["hollow"], PAPER), sizes)


def _draw_arrows(axes: Axes, table: pd.DataFrame, starts: pd.Series, ends: pd.Series) -> None:
    """Draw an arrow along the track of each row; nothing where it would be shorter than its head."""
    for start, end, y, role in zip(starts, ends, table["y"], table["role"], strict=True):
        pixels = axes.transData.transform([(start, y), (end, y)])
        if abs(pixels[1][0] - pixels[0][0]) > 14:
            look = {"arrowstyle": "-|>", "color": ROLES[role], "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
            axes.annotate("", (end, y), (start, y), arrowprops=look, zorder=3, annotation_clip=False)


def _columns(rows: Sequence[Row], width: int, stacked: bool) -> _Columns:
    """Widths of the columns of labels, texts and verdicts; headings may overrun."""
    size = BASE if width >= WIDE else SMALL
    body = [row for row in rows if not row.heading]
    drawn = [row for row in body if row.value is not None]
    left = GAP + max((text_width(row.label, size, BOLD) for row in body), default=0)
    texts = max((text_width(row.text, size, BOLD) for row in drawn), default=0)
    verdicts = max((text_width(row.word, size, BOLD) for row in drawn), default=0)
    right, verdicts = texts + GAP if texts else GAP / 2, verdicts + 8 if verdicts else 0.0
    if stacked or width - left - right - verdicts < max(width / 3, 130):
        return _Columns(width, size, stacked=True)
    return _Columns(width, size, False, left, right, verdicts)


def _height(row: Row, columns: _Columns) -> float:
    if row.heading:
        return 14.0 + 17 * len(wrap(row.label, columns.width, columns.size, BOLD))
    if not columns.stacked:
        return row.room or FLAT
    lines, notes = len(_stacked_label(row, columns)), len(wrap(row.note, columns.width, MINIMUM))
    return 8 + 17 * lines + 15 * notes + (row.room or (STACKED_TRACK if row.value is not None else 4))


def _stacked_text(row: Row) -> str:
    """Value and verdict on one line."""
    return " · ".join(part for part in (row.text, row.word) if part)


def _stacked_label(row: Row, columns: _Columns) -> list[str]:
    """Label above the track, wrapped next to its text."""
    room = columns.width - 8 - text_width(_stacked_text(row), columns.size, BOLD) - GAP
    return wrap(row.label, room, columns.size, BOLD if row.role == "accent" else 400)


def _write_row(figure: Figure, row: Row, y: float, height: float, columns: _Columns) -> None:
    """Label, note, value and verdict of a row."""
    width, size, value_end = columns.width, columns.size, columns.width - columns.verdicts
    color, weight = (ACCENT, BOLD) if row.role == "accent" else (INK, 400)
    base = y + height / 2 + size * 0.36
    if row.heading:
        write_lines(figure, 0, y + 22, wrap(row.label, width, size, BOLD), 17, size=size, weight=BOLD)
    elif columns.stacked:
        lines, ink = _stacked_label(row, columns), MUTED if row.value is None else INK
        write_lines(figure, 0, y + 18, lines, 17, size=size, color=color, weight=weight)
        write(figure, width, y + 18, _stacked_text(row), size=size, color=ink, weight=weight, align="right")
        notes = wrap(row.note, width, MINIMUM)
        write_lines(figure, 0, y + 16 + 17 * len(lines), notes, 15, size=MINIMUM, color=MUTED)
    else:
        write(figure, 0, base, row.label, size=size, color=color, weight=weight)
        write(figure, value_end, base, row.text, size=size, weight=weight, align="right")
        write(figure, value_end + 8, base, row.word, size=size, weight=weight)
