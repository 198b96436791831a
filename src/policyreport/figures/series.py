"""Figures on annual series: one area compared with others, and small multiples of scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import nan

from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.cells import Cell, Span
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.labels import tick_texts
from policyreport.figures.palette import INK, MUTED, PAPER
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.style import (
    BOLD,
    SMALL,
    WIDE,
    draw_path,
    new_figure,
    panel,
    picture,
    text_width,
    wrap,
    write,
    write_lines,
)
from policyreport.figures.timeline import (
    COLORS,
    TENTATIVE,
    Break,
    Line,
    MedianLine,
    Plot,
    draw_line,
    frame_axes,
    missing_years,
    value_axis,
)
from policyreport.figures.trends import median_line
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.series import Trend


def common_path(trend: Trend | Refusal, data: Inputs) -> Pictures:
    """Draw the country's growth with the line of its median slope, from `fit_trend`: "common-path"."""
    if isinstance(trend, Refusal):
        return Pictures()
    frame = frame_for(data, "common-path")
    return Pictures(
        [growth([Line("Nation", trend.points, "accent")], frame, "% a year", median=median_line(trend, frame))]
    )


def growth(
    lines: Sequence[Line],
    frame: Frame,
    unit: str,
    breaks: Sequence[Break] = (),
    digits: int = 1,
    median: MedianLine | None = None,
) -> Picture:
    """Draw an area's series (role ``accent``) with those of the country and its region, named at their ends.

    Unrevised years are hollow, the lines to them dashed. `unit` stands above the axis; `median` is the line of the
    area's median slope.
    """
    formats = frame.formats
    named = [replace(line, value=formats.number(line.points[-1].value, digits)) for line in lines]
    points = [point for line in lines for point in line.points]
    values = [end for point in points for end in (point.value, point.low, point.high) if end is not None]
    low, high, ticks = value_axis([*values, *(median.values if median else ())], 5)
    texts = tick_texts(ticks, formats)
    years = [point.year for line in lines for point in line.points]
    plot = Plot(low, high, ticks, texts, (min(years), max(years)), unit, tuple(breaks))
    note = " ".join(part for part in (_median_note(median, frame), _note(lines, frame)) if part)

    def paint(width: int) -> Figure:
        figure, axes = frame_axes(width, plot, named, note)
        if low < 0 < high:
            axes.axhline(0, color=MUTED, linewidth=1, zorder=1.4)
        for line in sorted(named, key=lambda line: line.role == "accent"):
            draw_line(axes, line)
        if median:
            draw_path(axes, median.years, median.values, color=INK, linewidth=1.4, zorder=2.6)
        return figure

    alt = " ".join(part for part in (_alt(lines, frame, digits), _median_note(median, frame)) if part)
    return picture(frame, alt, paint)


def _median_note(median: MedianLine | None, frame: Frame) -> str:
    """The straight line, with its slope and verdict."""
    return f"{capitalised(frame.words.median_line)}, {median.text}." if median else ""


def _note(lines: Sequence[Line], frame: Frame) -> str:
    """Hollow years and years without a value, as sentences."""
    hollow = any(point.status in TENTATIVE for line in lines for point in line.points)
    parts = [f"{capitalised(frame.words.hollow)}."] if hollow else []
    for line in lines:
        if gaps := missing_years(line):
            years = ", ".join(str(year) for year in gaps)
            parts.append(f"{line.label}: {years} {frame.verdict('not published')}.")
    return " ".join(parts)


def _alt(lines: Sequence[Line], frame: Frame, digits: int) -> str:
    """Every value of every line, estimates named."""
    texts = []
    for line in lines:
        points = [
            f"{p.year} {frame.formats.number(p.value, digits)}" + (f" ({p.status})" if p.status in TENTATIVE else "")
            for p in line.points
        ]
        texts.append(f"{line.label}: {', '.join(points)}")
    return "; ".join(texts) + "."


def small_multiples(panels: Sequence[tuple[str, Sequence[Line]]], frame: Frame) -> Picture:
    """Draw one small panel for each indicator, all on one range, unconnected at breaks.

    A panel without lines says that nothing was published; points with `low` and `high` show the range of the merged
    parts.
    """
    points = [point for _, lines in panels for line in lines for point in line.points]
    ends = [e for p in points for e in (p.value, p.low, p.high) if e is not None]
    low, high, ticks = value_axis(ends or (0.0, 1.0), 3)
    years = (min((p.year for p in points), default=0), max((p.year for p in points), default=1))
    plot = Plot(low, high, ticks, tick_texts(ticks, frame.formats), years, height=92)
    alt = " ".join(
        f"{name}: " + (_alt(lines, frame, 2) if lines else f"{frame.verdict('not published')}.")
        for name, lines in panels
    )
    return picture(frame, alt, lambda width: _paint_multiples(width, panels, plot, frame))


def _paint_multiples(width: int, panels: Sequence[tuple[str, Sequence[Line]]], plot: Plot, frame: Frame) -> Figure:
    """A grid of panels; value ticks at the left edge, years at the foot of each."""
    across = 4 if width >= WIDE else 2
    down = -(-len(panels) // across)
    margin, cell = 26.0, (width - 26.0) / across
    titles = [wrap(name, cell - 14, SMALL, BOLD) for name, _ in panels]
    head = 16.0 * max(len(title) for title in titles) + 24
    pitch = head + plot.height + 36
    figure = new_figure(width, pitch * down + 14)
    for index, (_, lines) in enumerate(panels):
        left, top = margin + cell * (index % across), pitch * (index // across)
        y = top + head - 26 - 16 * (len(titles[index]) - 1)
        write_lines(figure, left, y, titles[index], 16, size=SMALL, weight=BOLD)
        span = Span(plot.low, plot.high, plot.ticks, plot.years)
        at = Cell(figure, span, left, top + head, cell - 16, plot.height)
        _paint_panel(at, lines, plot.texts if index % across == 0 else ())
        text = _last_value(lines, frame)
        write(figure, left, top + head - 10, text, size=SMALL, color=MUTED)
    _key(figure, panels, pitch * down + 8)
    return figure


def _paint_panel(cell: Cell, lines: Sequence[Line], texts: Sequence[str]) -> None:
    cell.scale(texts, dated=bool(lines))
    for line in sorted(lines, key=lambda line: line.role == "accent"):
        _paint_line(cell, line)
        for segment in sorted({point.segment for point in line.points})[1:]:
            cell.before(min(point.year for point in line.points if point.segment == segment))


def _paint_line(cell: Cell, line: Line) -> None:
    """A line within each unbroken segment, dashed where not yet final; of the accent its points and their ranges."""
    accent, color = line.role == "accent", COLORS[line.role]
    pieces: dict[bool, tuple[list[float], list[float]]] = {}
    for before, after in pairwise(line.points):
        if before.segment == after.segment and after.year - before.year == 1:
            years, values = pieces.setdefault(after.status not in TENTATIVE, ([], []))
            # Interrupted by NaN, unless it continues the piece before.
            joined = bool(years) and years[-1] == before.year
            years += [after.year] if joined else [before.year, before.year, after.year]
            values += [after.value] if joined else [nan, before.value, after.value]
    for final, (years, values) in pieces.items():
        style = (0, None) if final else (0, (3.5, 2.2))
        cell.line(years, values, color=color, linewidth=2.2 if accent else 1.6, linestyle=style, zorder=2.2)
    if not accent:
        return
    ranged = [point for point in line.points if point.low is not None and point.high is not None]
    if ranged:
        years = [year for point in ranged for year in (point.year, point.year, point.year)]
        ends = [nan if end is None else end for point in ranged for end in (point.low, point.high, nan)]
        cell.line(years, ends, color=color, linewidth=4, alpha=0.3, solid_capstyle="butt", zorder=2)
    for face in (color, PAPER):
        points = [point for point in line.points if (point.status in TENTATIVE) == (face == PAPER)]
        if points:
            cell.line(
                [point.year for point in points], [point.value for point in points], linestyle="none", marker="o",
                markersize=4.5, markeredgewidth=1.5, color=face, markeredgecolor=color, zorder=3,
            )  # fmt: skip


def _last_value(lines: Sequence[Line], frame: Frame) -> str:
    """Latest value with its year, or that nothing was published."""
    if not lines:
        return frame.verdict("not published")
    main = next((line for line in lines if line.role == "accent"), lines[0])
    return f"{frame.formats.number(main.points[-1].value, 2)} ({main.points[-1].year})"


def _key(figure: Figure, panels: Sequence[tuple[str, Sequence[Line]]], y: float) -> None:
    """Name the lines once beneath the panels, each next to a sample of its stroke."""
    lines = {line.label: line for _, group in panels for line in group}
    x = 26.0
    for label, line in lines.items():
        axes = panel(figure, x, y - 8, 22, 8)
        axes.set_axis_off()
        axes.plot((0, 1), (0, 0), color=COLORS[line.role], linewidth=2.2 if line.role == "accent" else 1.6)
        write(figure, x + 28, y, label, size=SMALL, color=INK if line.role == "accent" else MUTED)
        x += 28 + text_width(label, SMALL) + 24
