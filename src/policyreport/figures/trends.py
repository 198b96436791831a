"""Series with the line of their median slope, one small panel per series (METHODS §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from policyreport.figures.cells import Cell, Span
from policyreport.figures.frame import Frame
from policyreport.figures.labels import tick_texts
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER
from policyreport.figures.pictures import Picture
from policyreport.figures.style import BOLD, MINIMUM, SMALL, WIDE, new_figure, picture, wrap, write_lines
from policyreport.figures.timeline import TENTATIVE, Break, MedianLine, value_axis
from policyreport.params.phrases import capitalised
from policyreport.records.series import SeriesPoint, Trend

LINE_HEIGHT = 16.0
MARGIN = 30.0


@dataclass(frozen=True)
class TrendPanel:
    """One series: its name, its trend in a sentence, and the trend; None where it was refused.

    `level` is the value the series is compared with, 0 for a difference; None where there is none.
    """

    title: str
    text: str
    trend: Trend | None = None
    level: float | None = None


def trends(
    panels: Sequence[TrendPanel],
    frame: Frame,
    *,
    shared: bool = True,
    height: float = 92,
    breaks: Sequence[Break] = (),
) -> Picture:
    """Draw each series as points with the line of its median slope, without a band; a refused one stays empty.

    Four panels across (two where there are only two), half as many on a narrow screen, all on one range of values if
    `shared`. Unrevised years are hollow, years outside the trend's window grey, each change of definition a dotted
    rule; `breaks` are drawn in every panel and named beneath. `height` is in pixels.
    """
    ranges = [_range(panels)] * len(panels) if shared else [_range([panel]) for panel in panels]
    first, last = min(span.years[0] for span in ranges), max(span.years[1] for span in ranges)
    crossed = [change for change in breaks if first < change.year <= last]
    grid = _Grid(tuple(panels), tuple(ranges), tuple(crossed), _note(panels, crossed, frame), shared, height)
    return picture(frame, _alt(panels, frame), lambda width: _paint(width, grid, frame))


@dataclass(frozen=True)
class _Grid:
    """Panels with their ranges, and the note that explains the signs."""

    panels: tuple[TrendPanel, ...]
    ranges: tuple[Span, ...]
    breaks: tuple[Break, ...]
    note: str
    shared: bool
    height: float

    def across(self, width: int) -> int:
        """Panels per row: four or two, on a narrow screen half as many."""
        most = 4 if len(self.panels) > 2 else 2
        return min(most if width >= WIDE else most // 2, len(self.panels))


def _paint(width: int, grid: _Grid, frame: Frame) -> Figure:
    across, margin = grid.across(width), MARGIN if grid.shared else 0.0
    cell, inside = (width - margin) / across, MARGIN - margin
    titles = [wrap(panel.title, cell - 14, SMALL, BOLD) for panel in grid.panels]
    texts = [wrap(panel.text, cell - 14, MINIMUM) for panel in grid.panels]
    head = LINE_HEIGHT * (max(map(len, titles)) + max(map(len, texts))) + 12
    pitch, down = head + grid.height + 34, -(-len(grid.panels) // across)
    notes = wrap(grid.note, width, MINIMUM)
    figure = new_figure(width, pitch * down + LINE_HEIGHT * len(notes))
    for index, (panel, span) in enumerate(zip(grid.panels, grid.ranges, strict=True)):
        left, top = margin + cell * (index % across), pitch * (index // across)
        below = top + 12 + LINE_HEIGHT * len(titles[index])
        write_lines(figure, left, top + 12, titles[index], LINE_HEIGHT, size=SMALL, weight=BOLD)
        write_lines(figure, left, below, texts[index], LINE_HEIGHT, size=MINIMUM, color=MUTED)
        cell_at = Cell(figure, span, left + inside, top + head, cell - inside - 16, grid.height)
        _paint_scale(cell_at, panel, frame, named=not grid.shared or index % across == 0)
        if panel.trend:
            _paint_trend(cell_at, panel.trend, panel.level, grid.breaks)
    write_lines(figure, 0, pitch * down + 10, notes, LINE_HEIGHT, size=MINIMUM, color=MUTED)
    return figure


def _range(panels: Sequence[TrendPanel]) -> Span:
    """Values and years of the panels that hold a trend."""
    held = [panel.trend for panel in panels if panel.trend]
    values = [point.value for trend in held for point in trend.points] + [end for trend in held for end in trend.line]
    values += [panel.level for panel in panels if panel.trend and panel.level is not None]
    years = [point.year for trend in held for point in trend.points]
    return Span(*value_axis(values or (0.0, 1.0), 3), (min(years, default=0), max(years, default=1)))


def _paint_scale(cell: Cell, panel: TrendPanel, frame: Frame, *, named: bool) -> None:
    """Ticks and years; no years where nothing is drawn."""
    cell.scale(tick_texts(cell.span.ticks, frame.formats) if named else (), dated=panel.trend is not None)


def _paint_trend(cell: Cell, trend: Trend, level: float | None, breaks: Sequence[Break]) -> None:
    """The level of comparison, changes of definition, the line of the median slope, the points."""
    if level is not None:
        cell.across(level, color=MUTED, linewidth=1, zorder=1.4)
    for year in sorted({*_new_segments(trend), *(panel.year for panel in breaks)}):
        cell.before(year)
    cell.line((trend.first_year, trend.last_year), trend.line, color=INK, linewidth=1.6, zorder=2)
    looks: dict[tuple[str, str], list[SeriesPoint]] = {}
    for point in trend.points:
        color = ACCENT if point in trend.window else CONTEXT
        looks.setdefault((PAPER if point.status in TENTATIVE else color, color), []).append(point)
    for (face, edge), points in looks.items():
        cell.line(
            [point.year for point in points], [point.value for point in points], linestyle="none", marker="o",
            markersize=5, markeredgewidth=1.4, color=face, markeredgecolor=edge, zorder=3,
        )  # fmt: skip


def _new_segments(trend: Trend) -> list[int]:
    """First years after a change of definition."""
    segments = sorted({point.segment for point in trend.points})[1:]
    return [min(point.year for point in trend.points if point.segment == segment) for segment in segments]


def _note(panels: Sequence[TrendPanel], breaks: Sequence[Break], frame: Frame) -> str:
    """The meaning of each sign that occurs."""
    points = [(panel.trend, point) for panel in panels if panel.trend for point in panel.trend.points]
    notes = [frame.words.median_line] if points else []
    if any(point.status in TENTATIVE for _, point in points):
        notes.append(frame.words.hollow)
    if any(point not in trend.window for trend, point in points):
        notes.append(frame.words.outside_window)
    notes += [f"{frame.words.dotted}: {change.label}" for change in breaks]
    return f"{capitalised('; '.join(notes))}." if notes else ""


def _alt(panels: Sequence[TrendPanel], frame: Frame) -> str:
    """Every value of every series, estimates named, and the outcome of its trend."""
    parts = []
    for panel in panels:
        points = panel.trend.points if panel.trend else ()
        values = ", ".join(
            f"{p.year} {frame.formats.number(p.value, 2, signed=panel.level == 0)}"
            + (f" ({p.status})" if p.status in TENTATIVE else "")
            for p in points
        )
        parts.append(f"{panel.title}: {panel.text}" + (f"; {values}." if values else "."))
    return " ".join(parts)


def outcome(trend: Trend, frame: Frame) -> str:
    """Write slope, interval with the level attained, and verdict."""
    formats, ends = frame.formats, trend.slope_interval
    digits = 3 if trend.series == "minus mean" else 2
    slope = formats.number(trend.slope, digits, signed=True)
    interval = formats.interval(ends.low, ends.high, digits, signed=True)
    return f"{slope} a year ({interval} at {formats.percent(ends.level)}): {frame.verdict(trend.verdict)}"


def median_line(trend: Trend, frame: Frame) -> MedianLine:
    """Give the line of a trend, to be drawn through its series."""
    return MedianLine((trend.first_year, trend.last_year), trend.line, outcome(trend, frame))
