"""Figures on annual series: one area compared with others, and small multiples of scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from policyreport.data.inputs import Inputs
from policyreport.figures.finish import Break, End, Panels, canvas, finish, finish_panels
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import value_scale, year_scale
from policyreport.figures.palette import INK, MUTED, PAPER
from policyreport.figures.style import BOLD, DASHED, ROLES, house_style, picture
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.series import SeriesPoint, Trend

# Not final: drawn hollow, the line to it dashed. What we derived from final figures is not tentative.
TENTATIVE = ("estimate", "preliminary", "projection")
NO_TREND = "no clear trend"


@dataclass(frozen=True)
class Line:
    """A named series; `role` decides its colour."""

    label: str
    points: tuple[SeriesPoint, ...]
    role: Literal["accent", "plain", "context", "target"] = "plain"


@in_each_language
def common_path(trend: Trend | Refusal, data: Inputs) -> Pictures:
    """Draw the country's growth with the line of its median slope, from `fit_trend`: "common-path"."""
    if isinstance(trend, Refusal):
        return Pictures()
    frame = frame_for(data, "common-path")
    line = Line(capitalised(frame.words.country), trend.points, "accent")
    return Pictures([growth([line], frame, frame.words.percent_a_year, trend=trend)])


@house_style()
def growth(
    lines: Sequence[Line],
    frame: Frame,
    unit: str,
    breaks: Sequence[Break] = (),
    digits: int = 1,
    trend: Trend | None = None,
) -> Picture:
    """Draw an area's series (role ``accent``) with those of the country and its region, named at their ends.

    Unrevised years are hollow, the lines to them dashed. `unit` stands above the axis; `trend` is that of the area's
    series, whose median slope is drawn where it has a clear one.
    """
    points = points_frame(enumerate(lines))
    sloped = trend is not None and trend.verdict != NO_TREND
    values = value_scale([*ends_of(points), *(trend.line if trend and sloped else ())], 5, frame.formats)
    axes = canvas()
    draw_lines(axes, steps_frame(enumerate(lines)))
    draw_points(axes, points)
    if values.low < 0 < values.high:
        axes.axhline(0, color=MUTED, linewidth=1, zorder=1.4)
    if trend and sloped:
        draw_trend(axes, trend)
    median = median_note(trend, frame) if trend else ""
    paint = finish(
        axes,
        values,
        year_scale(points["year"]),
        ends=[_end(line, frame.formats.number(line.points[-1].value, digits)) for line in lines],
        unit=unit,
        note=" ".join(part for part in (median, _note(lines, frame)) if part),
        breaks=breaks,
    )
    return picture(frame, " ".join(part for part in (_alt(lines, frame, digits), median) if part), paint)


@house_style()
def small_multiples(panels: Sequence[tuple[str, Sequence[Line]]], frame: Frame) -> Picture:
    """Draw one small panel for each indicator, all on one range, unconnected at breaks.

    A panel without lines says that nothing was published; points with `low` and `high` show the range of the merged
    parts.
    """
    every = [(panel, line) for panel, (_, lines) in enumerate(panels) for line in lines]
    points, steps = points_frame(every), steps_frame(every)
    values = value_scale(ends_of(points) or (0.0, 1.0), 3, frame.formats)

    def draw(at: Panels) -> None:
        draw_lines(at.axes, at.place(steps))
        draw_points(at.axes, at.place(points[points["role"] == "accent"]), 5)

    paint = finish_panels(
        draw,
        [(name, _last_value(lines, frame)) for name, lines in panels],
        [values] * len(panels),
        year_scale(points["year"], 0.8, 0.8),
        breaks=sorted({(panel, year) for panel, line in every for year in new_segments(line.points)}),
        empty=[index for index, (_, lines) in enumerate(panels) if not lines],
        key={line.label: ROLES[line.role] for _, line in every},
    )
    alt = " ".join(
        f"{name}: " + (_alt(lines, frame, 2) if lines else f"{frame.verdict('not published')}.")
        for name, lines in panels
    )
    return picture(frame, alt, paint)


def points_frame(lines: Iterable[tuple[int, Line]]) -> pd.DataFrame:
    """One row per point of lines in panels: panel, line, role, year, value, low, high, and whether it is tentative."""
    columns = ["panel", "line", "role", "year", "value", "low", "high", "tentative"]
    rows = [
        (panel, line.label, line.role, p.year, p.value, p.low, p.high, p.status in TENTATIVE)
        for panel, line in sorted(lines, key=_accent_last)
        for p in line.points
    ]
    return pd.DataFrame(rows, columns=columns).astype({"value": float, "low": float, "high": float})


def steps_frame(lines: Iterable[tuple[int, Line]]) -> pd.DataFrame:
    """The points as stretches without a break, each solid or dashed: panel, role, year, value, tentative, stretch."""
    rows: list[tuple[int, str, int, float, bool, int]] = []
    for panel, line in sorted(lines, key=_accent_last):
        start = len(rows)
        for before, after in pairwise(line.points):
            if before.segment != after.segment or after.year - before.year > 1:
                continue
            tentative = after.status in TENTATIVE
            if len(rows) == start or rows[-1][2] != before.year or rows[-1][4] != tentative:
                rows.append((panel, line.role, before.year, before.value, tentative, len(rows)))
            rows.append((panel, line.role, after.year, after.value, tentative, rows[-1][5]))
    return pd.DataFrame(rows, columns=["panel", "role", "year", "value", "tentative", "stretch"])


def _accent_last(line: tuple[int, Line]) -> bool:
    """What is drawn last lies on top."""
    return line[1].role == "accent"


def ends_of(points: pd.DataFrame) -> list[float]:
    """All values and ends of ranges that an axis must hold."""
    return [end for column in ("value", "low", "high") for end in points[column].dropna()]


def draw_lines(axes: Axes, steps: pd.DataFrame) -> None:
    """Draw each series as a line, interrupted at breaks and years without a value, dashed where not yet final."""
    # Each variable costs as much as the line itself
    dashed = {"style": "tentative", "dashes": {False: "", True: DASHED}} if steps["tentative"].any() else {}
    sns.lineplot(
        steps, x="year", y="value", hue="role", palette=ROLES, hue_order=steps["role"].unique(), units="stretch",
        estimator=None, legend=False, linewidth=1.8, ax=axes, **dashed,
    )  # fmt: skip


def draw_points(axes: Axes, points: pd.DataFrame, size: float = 6) -> None:
    """Draw dots, hollow where tentative, over the ranges of what they were made of; `size` is in pixels."""
    colors = points["role"].map(ROLES)
    ranged = points.dropna(subset=["low", "high"])
    if len(ranged):
        faces = colors[ranged.index]
        axes.vlines(ranged["year"], ranged["low"], ranged["high"], color=faces, linewidth=4, alpha=0.3, zorder=2)
    draw_dots(axes, points, "year", "value", colors, colors.mask(points["tentative"], PAPER), size)


def draw_dots(
    axes: Axes, table: pd.DataFrame, x: str, y: str, colors: pd.Series, faces: pd.Series, size: float | pd.Series
) -> None:
    """Draw a dot for each row of a table, with an edge and a face of its own; `size` is in pixels."""
    sns.scatterplot(
        table, x=x, y=y, hue=faces, palette={face: face for face in faces}, edgecolor=list(colors), s=size**2,
        linewidth=1.5, legend=False, zorder=3, clip_on=False, ax=axes,
    )  # fmt: skip


def draw_trend(axes: Axes, trend: Trend) -> None:
    """Draw the line of the median slope over the years that it was found in."""
    axes.plot((trend.first_year, trend.last_year), trend.line, color=INK, linewidth=1.6, zorder=2.6)


def new_segments(points: Sequence[SeriesPoint]) -> list[int]:
    """First years after a change of definition."""
    first: Mapping[int, int] = {point.segment: point.year for point in sorted(points, key=lambda p: -p.year)}
    return sorted(first.values())[1:]


def outcome(trend: Trend, frame: Frame) -> str:
    """Write slope, interval with the level attained, and verdict."""
    formats, ends = frame.formats, trend.slope_interval
    digits = 3 if trend.series == "minus mean" else 2
    slope = formats.number(trend.slope, digits, signed=True)
    interval = formats.interval(ends.low, ends.high, digits, signed=True)
    level = formats.percent(ends.level)
    return frame.words.outcome.format(slope=slope, interval=interval, level=level, verdict=frame.verdict(trend.verdict))


def median_note(trend: Trend, frame: Frame) -> str:
    """The straight line if there is one, with its slope and verdict."""
    name = frame.words.median_slope if trend.verdict == NO_TREND else frame.words.median_line
    return f"{capitalised(name)}, {outcome(trend, frame)}."


def _end(line: Line, value: str) -> End:
    """A line's name with its last value, at its end."""
    color = MUTED if line.role == "context" else ROLES[line.role]
    weight = BOLD if line.role == "accent" else 400
    return End(line.points[-1].value, f"{line.label}{NBSP}{value}".strip(NBSP), color, weight)


def _note(lines: Sequence[Line], frame: Frame) -> str:
    """Hollow years and years without a value, as sentences."""
    hollow = any(point.status in TENTATIVE for line in lines for point in line.points)
    parts = [f"{capitalised(frame.words.hollow)}."] if hollow else []
    for line in lines:
        have = {point.year for point in line.points}
        if gaps := [str(year) for year in range(min(have), max(have)) if year not in have]:
            parts.append(f"{line.label}: {', '.join(gaps)} {frame.verdict('not published')}.")
    return " ".join(parts)


def _alt(lines: Sequence[Line], frame: Frame, digits: int) -> str:
    """Every value of every line, estimates named."""
    return "; ".join(f"{line.label}: {values_text(line.points, frame, digits)}" for line in lines) + "."


def values_text(points: Sequence[SeriesPoint], frame: Frame, digits: int, *, signed: bool = False) -> str:
    """Write every value with its year, estimates named."""
    return ", ".join(
        f"{p.year} {frame.formats.number(p.value, digits, signed)}"
        + (f" ({frame.words.statuses.get(p.status, p.status)})" if p.status in TENTATIVE else "")
        for p in points
    )


def _last_value(lines: Sequence[Line], frame: Frame) -> str:
    """Latest value with its year, or that nothing was published."""
    if not lines:
        return frame.verdict("not published")
    main = next((line for line in lines if line.role == "accent"), lines[0])
    return f"{frame.formats.number(main.points[-1].value, 2)} ({main.points[-1].year})"
