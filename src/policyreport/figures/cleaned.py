"""What was published: a grid of indicators and years of one area, and one of all areas and topics; former parts next to
the present whole.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.data.selection import role_series
from policyreport.figures.finish import SQUARE, write_key, write_within
from policyreport.figures.frame import Frame, Pictures, frame_for, in_each_language
from policyreport.figures.palette import ACCENT, ACCENT_LIGHT, CONTEXT, INK, PAPER, SEQUENTIAL, text_on_class
from policyreport.figures.series import Line, growth
from policyreport.figures.style import (
    SMALL,
    WIDE,
    new_axes,
    new_figure,
    picture,
    place,
    text_width,
    wrap,
    write,
    write_lines,
)
from policyreport.records.notebooks import CoverageCell
from policyreport.records.series import SeriesPoint

ROW = 19.0
LINE = 15.0
FORMER, OWN = 1, 2
CLASSES = (1, 3, 10, 30, 100)
"""Smallest number of figures in each class of colour."""


@in_each_language
def published_years(data: Inputs) -> Pictures:
    """Draw for which indicators and years something was published, of the area or of its former parts: "published"."""
    known = data.newest.assign(year=data.newest["period"].str[:4].astype(int), own=data.newest["area"] == data.area)
    if known.empty:
        return Pictures()
    known["indicator"] = [data.indicators.get(key).name for key in known["indicator"]]
    known["kind"] = known["own"].map({False: FORMER, True: OWN})
    grid = known.pivot_table(index="indicator", columns="year", values="kind", aggfunc="max")
    grid = grid.reindex(columns=range(int(grid.columns.min()), int(grid.columns.max()) + 1))
    frame = frame_for(data, "published")
    key = {frame.words.own_rows: ACCENT} | ({frame.words.former_rows: ACCENT_LIGHT} if data.former else {})
    alt = "; ".join(f"{name}: {_years(row.dropna().index, frame)}" for name, row in grid.iterrows())
    return Pictures([picture(frame, f"{alt}.", lambda width: _paint_grid(grid, key, width), (WIDE, WIDE))])


@in_each_language
def old_and_new(data: Inputs, role: str) -> Pictures:
    """Draw a role's series on present boundaries with those of the former parts, named: "old-and-new".

    `role` is one of params/report.yaml: ``growth``.
    """
    of_role = getattr(data.roles, role)
    frame = frame_for(data, "old-and-new")
    names = {part: frame.words.former.format(name=data.areas.name(part)) for part in data.former}
    parts = [(name, _published(data, part, of_role.indicator)) for part, name in names.items()]
    lines = [Line(data.name, role_series(data, data.area, of_role), "accent")]
    lines += [Line(name, points, "context") for name, points in parts]
    lines = [line for line in lines if line.points]
    if not lines:
        return Pictures()
    return Pictures([growth(lines, frame, data.indicators.get(of_role.indicator).unit)])


@in_each_language
def published_topics(cells: Sequence[CoverageCell], data: Inputs) -> Pictures:
    """Draw how many figures each province has published on each topic: "published-topics"."""
    counts = pd.DataFrame([cell.model_dump(include={"area", "topic", "rows"}) for cell in cells])
    if counts.empty or not counts["rows"].any():
        return Pictures()
    grid = counts.pivot_table(index="area", columns="topic", values="rows").rename(index=data.areas.name)
    topics = data.roles.topics
    grid.columns = [topics.get(topic, topic) for topic in grid.columns]
    alt = "; ".join(f"{topic}: {int((grid[topic] > 0).sum())} / {len(grid)}" for topic in grid.columns)
    frame = frame_for(data, "published-topics")
    return Pictures([picture(frame, alt, lambda width: _paint_counts(grid, width), (WIDE, WIDE))])


def _published(data: Inputs, area: str, indicator: str) -> tuple[SeriesPoint, ...]:
    """The annual figures of a former part, as published."""
    rows = data.newest.query("area == @area and indicator == @indicator")
    rows = rows[rows["period"].str.fullmatch(r"\d{4}")].sort_values("period")
    return tuple(
        SeriesPoint(year=int(period), value=value, status=status, inputs=(row,))
        for row, period, value, status in rows[["period", "value", "status"]].itertuples(name=None)
    )


def _paint_grid(grid: pd.DataFrame, key: dict[str, str], width: int) -> Figure:
    """A square for each indicator and year, the names at the left."""
    left, top, height = 12 + max(text_width(str(name), SMALL) for name in grid.index), 32.0, ROW * len(grid)
    figure = new_figure(width, top + height + 24)
    box = place(new_axes(figure), left, top, width - left, height)
    sns.heatmap(
        grid.astype(float), vmin=FORMER, vmax=OWN, cmap=ListedColormap([ACCENT_LIGHT, ACCENT]), cbar=False,
        linewidths=1, linecolor=PAPER, xticklabels=False, yticklabels=False, ax=box.axes,
    )  # fmt: skip
    for at, name in enumerate(grid.index):
        write(figure, 0, top + ROW * at + 14, str(name), size=SMALL, color=INK)
    step = box.width / len(grid.columns)
    for at, year in enumerate(grid.columns):
        if (int(year) - int(grid.columns[-1])) % 5 == 0:
            write_within(figure, left + step * (at + 0.5), top + height + 16, str(year), SMALL, width)
    write_key(figure, key, 0, 16, SQUARE)
    return figure


def _paint_counts(grid: pd.DataFrame, width: int) -> Figure:
    """A square with its count for each province and topic, empty where there is none."""
    left, height = 12 + max(text_width(str(name), SMALL) for name in grid.index), ROW * len(grid)
    step = (width - left) / len(grid.columns)
    heads = [wrap(topic, 2 * step - 8, SMALL) for topic in grid.columns]
    lines = LINE * max(len(head) for head in heads)
    top = 2 * lines + 8
    figure = new_figure(width, top + height + 4)
    box = place(new_axes(figure), left, top, width - left, height)
    classes = np.digitize(grid, CLASSES) - 1
    sns.heatmap(
        classes, mask=classes < 0, vmin=0, vmax=len(CLASSES) - 1, cmap=ListedColormap(SEQUENTIAL), cbar=False,
        linewidths=1, linecolor=PAPER, xticklabels=False, yticklabels=False, ax=box.axes,
    )  # fmt: skip
    # Headings are wider than their columns, so every second one stands a level higher, over a line.
    for at, head in enumerate(heads):
        bottom = top - 6 - (lines if at % 2 else 0)
        x = min(left + step * (at + 0.5), width - max(text_width(line, SMALL) for line in head) / 2)
        write_lines(figure, x, bottom - LINE * (len(head) - 1), head, LINE, size=SMALL, align="center")
        if at % 2:
            box.axes.plot([at + 0.5] * 2, [-(lines + 2) / ROW, -2 / ROW], color=CONTEXT, linewidth=0.8, clip_on=False)
    for row, name in enumerate(grid.index):
        y = top + ROW * row + 14
        write(figure, 0, y, str(name), size=SMALL, color=INK)
        for at, count in enumerate(grid.iloc[row]):
            if count:
                shade = text_on_class(int(classes[row, at]))
                write(figure, left + step * (at + 0.5), y, f"{count:.0f}", size=SMALL, color=shade, align="center")
    return figure


def _years(years: pd.Index, frame: Frame) -> str:
    """The first and the last year, and how many there are between them."""
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else frame.words.years.format(first=first, last=last, count=len(years))
