"""The path to a dated target: observed values, the required line, scenarios and the drift fan."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.palette import ACCENT_LIGHT, PAPER, THRESHOLD
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.style import picture
from policyreport.figures.timeline import TENTATIVE, Line, Plot, draw_line, frame_axes, value_axis
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.series import SeriesPoint
from policyreport.records.shares import NotYearly, Pace, Scenario, Threshold
from policyreport.statistics.shares.latest import yearly_points


def share_pace(
    paces: Sequence[Pace | Refusal], shares: Sequence[Threshold | NotYearly | Refusal], data: Inputs
) -> Pictures:
    """Draw the pace of the first measure to the nearest target: "pace"; nothing where no pace is known."""
    known = [result for result in paces if isinstance(result, Pace)]
    if not known:
        return Pictures([])
    main = min(known, key=lambda result: result.target_period)
    judged = [figure for figure in shares if isinstance(figure, Threshold) and figure.measure == main.measure]
    frame = frame_for(data, "pace")
    target = frame.words.target.format(value=f"{frame.formats.published(main.target, 2)}{NBSP}%")
    return Pictures([pace(main, yearly_points(judged), frame, target)])


def pace(record: Pace, points: Sequence[SeriesPoint], frame: Frame, target: str) -> Picture:
    """Draw the observed path and what the target requires; scenario lines end at the target year.

    The fan, given from five points on, holds 80 and 95 % of the drift. `target` is a name, ``target 30 %``.
    """
    year = int(record.target_period[:4])
    required = next((s for s in record.scenarios if s.name == "required"), None)
    start = SeriesPoint(year=points[-1].year, value=points[-1].value)
    path = _points(required, year) if required else (start, SeriesPoint(year=year, value=record.target))
    observed = Line("", tuple(points), "accent")
    goal = Line(target, path, "target", dashed=True)
    lines = [goal, *_scenarios(record, year, frame)]
    fan = [point for point in record.fan if point.year <= year]
    values = [p.value for line in (observed, *lines) for p in line.points]
    values += [end for point in fan for end in (point.interval95.low, point.interval95.high)]
    low, high, ticks = value_axis(values, 5)
    texts = tuple(f"{frame.formats.number(tick, 0)}{NBSP}%" for tick in ticks)
    plot = Plot(low, high, ticks, texts, (points[0].year, year), height=250)

    def paint(width: int) -> Figure:
        figure, axes = frame_axes(width, plot, lines, _note(record, points, frame))
        _paint_fan(axes, record, year)
        for line in lines:
            draw_line(axes, line, 0)
        draw_line(axes, observed)
        axes.plot(year, record.target, "D", markersize=7, color=THRESHOLD, markeredgecolor=PAPER, clip_on=False)
        return figure

    return picture(frame, _alt(points, lines, frame), paint)


def _points(scenario: Scenario, last: int) -> tuple[SeriesPoint, ...]:
    """A scenario as points up to the target year."""
    pairs = zip(scenario.years, scenario.values, strict=True)
    return tuple(SeriesPoint(year=year, value=value, status="projection") for year, value in pairs if year <= last)


def _scenarios(record: Pace, year: int, frame: Frame) -> list[Line]:
    """Scenario lines other than the required one, named with the value they reach."""
    words = frame.words
    names = {"pp pace": words.pp_pace, "cagr pace": words.cagr_pace, "largest gain": words.largest_gain}
    lines = []
    for scenario in record.scenarios:
        if scenario.name in names and (points := _points(scenario, year)):
            value = f"{frame.formats.number(points[-1].value, 1)}{NBSP}%"
            lines.append(Line(f"{value} {names[scenario.name]}", points, "context", dashed=True))
    return lines


def _paint_fan(axes: Axes, record: Pace, year: int) -> None:
    """Two bands from the latest value on."""
    fan = [point for point in record.fan if point.year <= year]
    if not fan:
        return
    years = [int(record.latest_period[:4]), *(point.year for point in fan)]
    for name, alpha in (("interval95", 0.35), ("interval80", 0.6)):
        ends = [getattr(point, name) for point in fan]
        low = [record.latest_value, *(end.low for end in ends)]
        high = [record.latest_value, *(end.high for end in ends)]
        axes.fill_between(years, low, high, color=ACCENT_LIGHT, alpha=alpha, linewidth=0, zorder=1.2)


def _note(record: Pace, points: Sequence[SeriesPoint], frame: Frame) -> str:
    notes = []
    if record.fan:
        inner, outer = record.fan[0].interval80.level, record.fan[0].interval95.level
        notes.append(frame.words.fan.format(inner=frame.level(inner), outer=frame.level(outer)))
    if any(point.status in TENTATIVE for point in points):
        notes.append(frame.words.hollow)
    return " ".join(f"{capitalised(note)}." for note in notes)


def _alt(points: Sequence[SeriesPoint], lines: Sequence[Line], frame: Frame) -> str:
    """Observed values, then where each line ends."""
    seen = ", ".join(f"{p.year} {frame.formats.number(p.value, 2)}{NBSP}%" for p in points)
    ends = "; ".join(f"{line.points[-1].year} {line.label}" for line in lines)
    return f"{seen}; {ends}."
