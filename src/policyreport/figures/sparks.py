"""Small figures beside the findings of the overview: 340 pixels wide, one thing each."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from policyreport.exhibits import Exhibit
from policyreport.figures.frame import Frame
from policyreport.figures.labels import padded
from policyreport.figures.palette import ACCENT, CONTEXT, CONTEXT_LIGHT, INK, MUTED, PAPER, THRESHOLD
from policyreport.figures.rows import Row, Rule, Scale, paint_rows
from policyreport.figures.style import (
    BOLD,
    MINIMUM,
    NARROW,
    SMALL,
    new_figure,
    panel,
    picture,
    text_width,
    write,
)
from policyreport.figures.timeline import Line, draw_line
from policyreport.records.tasks import Proportion

SIZE = (NARROW, NARROW)


def spark_share(share: Proportion, frame: Frame, done: str, rest: str) -> Exhibit:
    """Draw one share as a bar of all, the part done filled, both parts named.

    Parameters
    ----------
    share : Proportion
        Counts and interval.
    frame : Frame
        Label, caption and source.
    done, rest : str
        Names of the two parts: ``completed``, ``not completed``.

    Returns
    -------
    Exhibit
        A bar with the counts of both parts.
    """
    formats = frame.formats
    left = f"{formats.count(share.count)} {done}"
    right = f"{formats.count(share.total - share.count)} {rest}"

    def paint(width: int) -> Figure:
        figure = new_figure(width, 52)
        axes = panel(figure, 0, 4, width, 22)
        axes.set_axis_off()
        axes.set_xlim(0, share.total * 1.004)
        axes.set_ylim(0, 1)
        axes.barh(0.5, share.total, height=0.95, color=PAPER, edgecolor=CONTEXT, linewidth=1)
        axes.barh(0.5, share.count, height=1, color=ACCENT)
        write(figure, 0, 43, left, size=SMALL, color=ACCENT, weight=BOLD)
        write(figure, width, 43, right, size=SMALL, color=MUTED, align="right")
        return figure

    alt = f"{formats.share_of(share.count, share.total)} {done}; {right}."
    return picture(frame, alt, paint, SIZE)


def spark_dots(rows: Sequence[Row], frame: Frame, unit: str, rule: Rule | None = None) -> Exhibit:
    """Draw a few dots against a named line.

    Parameters
    ----------
    rows : sequence of Row
        Two to four, with short labels and texts.
    frame : Frame
        Label, caption and source.
    unit : str
        Of the values, for the alternative text.
    rule : Rule, optional
        The threshold.

    Returns
    -------
    Exhibit
        Rows without an axis: the values are printed.
    """
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    low, high = padded([*ends, rule.value] if rule else ends, 0.12)
    scale = Scale(low, high, (), (), (rule,) if rule else ())
    alt = "; ".join(f"{row.label} {row.text} {row.word}".strip() for row in rows)
    named = f" {rule.label}." if rule else ""
    return picture(frame, f"{unit}: {alt}.{named}", lambda width: paint_rows(width, rows, scale), SIZE)


def spark_line(line: Line, frame: Frame, digits: int = 1, rule: Rule | None = None) -> Exhibit:
    """Draw one series with its first and last value, without axes.

    Parameters
    ----------
    line : Line
        The series.
    frame : Frame
        Label, caption and source.
    digits : int
        Decimals of the two values.
    rule : Rule, optional
        A named horizontal line: threshold or target.

    Returns
    -------
    Exhibit
        A line with two values and two years.
    """
    points = line.points
    formats = frame.formats
    first, last = (formats.number(points[i].value, digits) for i in (0, -1))

    def paint(width: int) -> Figure:
        figure = new_figure(width, 92)
        left, right = text_width(first, SMALL) + 12, text_width(last, SMALL, BOLD) + 12
        axes = panel(figure, left, 10, width - left - right, 56)
        axes.set_axis_off()
        values = [point.value for point in points] + ([rule.value] if rule else [])
        low, high = padded(values, 0.08)
        axes.set_ylim(low, high)
        axes.set_xlim(points[0].year, points[-1].year)
        if rule:
            axes.axhline(rule.value, color=THRESHOLD if rule.threshold else CONTEXT_LIGHT, linewidth=1.4)
            y = 10 + 56 * (high - rule.value) / (high - low)
            color = THRESHOLD if rule.threshold else MUTED
            write(figure, left, y + (14 if y < 30 else -5), rule.label, size=MINIMUM, color=color)
        draw_line(axes, line, 5)
        for text, point, x, align, weight in (
            (first, points[0], left - 9, "right", 400),
            (last, points[-1], width - right + 9, "left", BOLD),
        ):
            y = 10 + 56 * (high - point.value) / (high - low) + 4
            write(figure, x, y, text, size=SMALL, color=INK, weight=weight, align=align)
        write(figure, left, 86, str(points[0].year), size=MINIMUM, color=MUTED, align="center")
        write(figure, width - right, 86, str(points[-1].year), size=MINIMUM, color=MUTED, align="center")
        return figure

    values = ", ".join(f"{p.year} {formats.number(p.value, digits)}" for p in points)
    return picture(frame, f"{line.label}: {values}.", paint, SIZE)
