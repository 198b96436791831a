"""Series with the line of their median slope, one small panel per series (METHODS §7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import seaborn as sns

from policyreport.figures.finish import Break, Panels, finish_panels
from policyreport.figures.frame import Frame, Picture
from policyreport.figures.labels import Scale, value_scale, year_scale
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER
from policyreport.figures.series import NO_TREND, TENTATIVE, draw_dots, new_segments, values_text
from policyreport.figures.style import house_style, picture
from policyreport.params.wording import capitalised
from policyreport.records.series import Trend


@dataclass(frozen=True)
class TrendPanel:
    """One series: its name, its trend in a sentence, and the trend; None where it was refused.

    `level` is the value the series is compared with, 0 for a difference; None where there is none.
    """

    title: str
    text: str
    trend: Trend | None = None
    level: float | None = None


@house_style()
def trends(
    panels: Sequence[TrendPanel],
    frame: Frame,
    *,
    shared: bool = True,
    height: float = 92,
    breaks: Sequence[Break] = (),
) -> Picture:
    """Draw each series as points, with the line of its median slope where it has a trend; a refused one stays empty.

    Four panels across (two where there are only two), half as many on a narrow screen, all on one range of values if
    `shared`. Unrevised years are hollow, years outside the trend's window grey, each change of definition a dotted
    rule; `breaks` are drawn in every panel and named beneath. `height` is in pixels.
    """
    points = trends_frame(panels)
    crossed = [change for change in breaks if points["year"].min() < change.year <= points["year"].max()]
    values = [_scale(panels, frame)] * len(panels) if shared else [_scale([panel], frame) for panel in panels]
    changes = [
        (index, year)
        for index, panel in enumerate(panels)
        if panel.trend
        for year in sorted({*new_segments(panel.trend.points), *(change.year for change in crossed)})
    ]
    paint = finish_panels(
        lambda at: _draw(at, panels, points),
        [(panel.title, panel.text) for panel in panels],
        values,
        year_scale(points["year"], 0.8, 0.8),
        breaks=changes,
        empty=[index for index, panel in enumerate(panels) if not panel.trend],
        across=(4, 2) if len(panels) > 2 else (2, 1),
        height=height,
        note=_note(panels, points, crossed, frame),
    )
    return picture(frame, _alt(panels, frame), paint)


def trends_frame(panels: Sequence[TrendPanel]) -> pd.DataFrame:
    """One row per point: panel, year, value, and whether it is tentative or outside the years of the trend."""
    rows = [
        (index, p.year, p.value, p.status in TENTATIVE, p not in panel.trend.window)
        for index, panel in enumerate(panels)
        if panel.trend
        for p in panel.trend.points
    ]
    return pd.DataFrame(rows, columns=["panel", "year", "value", "tentative", "outside"])


def lines_frame(panels: Sequence[TrendPanel]) -> pd.DataFrame:
    """The two ends of each line of the median slope, where there is a clear trend: panel, year, value."""
    rows = [
        (index, year, value)
        for index, panel in enumerate(panels)
        if panel.trend and panel.trend.verdict != NO_TREND
        for year, value in zip((panel.trend.first_year, panel.trend.last_year), panel.trend.line, strict=True)
    ]
    return pd.DataFrame(rows, columns=["panel", "year", "value"])


def _draw(at: Panels, panels: Sequence[TrendPanel], points: pd.DataFrame) -> None:
    """The level of comparison, the line of the median slope, the points."""
    levels = [(index, at.along.low, panel.level) for index, panel in enumerate(panels) if panel.trend]
    level = at.place(pd.DataFrame(levels, columns=["panel", "year", "value"]).dropna())
    at.axes.hlines(level["value"], level["year"], level["year"] + at.width, color=MUTED, linewidth=1, zorder=1.4)
    lines = lines_frame(panels)
    if len(lines):
        look = {"color": INK, "linewidth": 1.6}
        sns.lineplot(at.place(lines), x="year", y="value", units="panel", estimator=None, ax=at.axes, **look)
    colors = points["outside"].map({True: CONTEXT, False: ACCENT})
    draw_dots(at.axes, at.place(points), "year", "value", colors, colors.mask(points["tentative"], PAPER), 5)


def _scale(panels: Sequence[TrendPanel], frame: Frame) -> Scale:
    """Values of the panels that hold a trend, of its line and of what it is compared with."""
    held = [(panel.trend, panel.level) for panel in panels if panel.trend]
    values = [value for trend, _ in held for value in (*(point.value for point in trend.points), *trend.line)]
    values += [level for _, level in held if level is not None]
    return value_scale(values or (0.0, 1.0), 3, frame.formats)


def _note(panels: Sequence[TrendPanel], points: pd.DataFrame, breaks: Sequence[Break], frame: Frame) -> str:
    """The meaning of each sign that occurs."""
    signs = {
        frame.words.median_line: any(panel.trend and panel.trend.verdict != NO_TREND for panel in panels),
        frame.words.hollow: points["tentative"].any(),
        frame.words.outside_window: points["outside"].any(),
    }
    notes = [sign for sign, occurs in signs.items() if occurs]
    notes += [f"{frame.words.dotted}: {change.label}" for change in breaks]
    return f"{capitalised('; '.join(notes))}." if notes else ""


def _alt(panels: Sequence[TrendPanel], frame: Frame) -> str:
    """Every value of every series, estimates named, and the outcome of its trend."""
    parts = []
    for panel in panels:
        points = panel.trend.points if panel.trend else ()
        values = values_text(points, frame, 2, signed=panel.level == 0)
        parts.append(f"{panel.title}: {panel.text}" + (f"; {values}." if values else "."))
    return " ".join(parts)
