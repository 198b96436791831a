"""The path to a dated target: observed values, the required line, scenarios and the drift fan."""

from collections.abc import Sequence

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from policyreport.data.inputs import Inputs
from policyreport.figures.finish import End, canvas, finish
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import value_scale, year_scale
from policyreport.figures.palette import ACCENT_LIGHT, PAPER, THRESHOLD
from policyreport.figures.series import TENTATIVE, Line, draw_lines, draw_points, points_frame, steps_frame
from policyreport.figures.style import DASHED, ROLES, house_style, picture
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.series import SeriesPoint
from policyreport.records.shares import FanPoint, NotYearly, Pace, Threshold
from policyreport.statistics.shares.latest import yearly_points


@in_each_language
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
    target = frame.words.target.format(value=f"{frame.formats.published(main.target, 2)}%")
    return Pictures([pace(main, yearly_points(judged), frame, target)])


@house_style()
def pace(record: Pace, points: Sequence[SeriesPoint], frame: Frame, target: str) -> Picture:
    """Draw the observed path and what the target requires; scenario lines end at the target year.

    The fan, given from five points on, holds 80 and 95% of the drift. `target` is a name, ``target 30%``.
    """
    year, formats = int(record.target_period[:4]), frame.formats
    paths = scenarios_frame(record, points[-1], year)
    last = paths[paths["year"] == paths["year"].max()]
    ends = [_end(name, value, target, frame) for name, value in zip(last["name"], last["value"], strict=True)]
    fan = [point for point in record.fan if point.year <= year]
    values = [*(point.value for point in points), *paths["value"]]
    values += [end for point in fan for end in (point.interval95.low, point.interval95.high)]
    observed = [(0, Line("", tuple(points), "accent"))]
    axes = canvas()
    _draw_fan(axes, record, fan)
    sns.lineplot(
        paths, x="year", y="value", hue="role", palette=ROLES, units="name", estimator=None, legend=False,
        linestyle=(0, DASHED), linewidth=1.6, ax=axes,
    )  # fmt: skip
    draw_lines(axes, steps_frame(observed))
    draw_points(axes, points_frame(observed))
    axes.plot(year, record.target, "D", markersize=7, color=THRESHOLD, markeredgecolor=PAPER, clip_on=False)
    paint = finish(
        axes,
        value_scale(values, 5, formats, sign="%"),
        year_scale((points[0].year, year)),
        ends=ends,
        note=_note(record, points, frame),
        height=250,
    )
    seen = ", ".join(f"{p.year} {formats.number(p.value, 2)}%" for p in points)
    return picture(frame, f"{seen}; {'; '.join(f'{year} {end.text}' for end in ends)}.", paint)


def scenarios_frame(record: Pace, latest: SeriesPoint, last: int) -> pd.DataFrame:
    """One row per scenario and year up to the target's, the required path first: name, role, year, value."""
    paths = {s.name: zip(s.years, s.values, strict=True) for s in record.scenarios}
    required = paths.pop("required", [(latest.year, latest.value), (last, record.target)])
    rows = [("required", "target", year, value) for year, value in required]
    rows += [(name, "context", year, value) for name, path in paths.items() for year, value in path]
    table = pd.DataFrame(rows, columns=["name", "role", "year", "value"])
    return table[table["year"] <= last]


def _end(name: str, value: float, target: str, frame: Frame) -> End:
    """The name of a scenario with the value it reaches."""
    if name == "required":
        return End(value, target, THRESHOLD)
    words = frame.words
    names = {"pp pace": words.pp_pace, "cagr pace": words.cagr_pace, "largest gain": words.largest_gain}
    return End(value, f"{frame.formats.number(value, 1)}% {names[name]}")


def _draw_fan(axes: Axes, record: Pace, fan: Sequence[FanPoint]) -> None:
    """Draw two bands from the latest value on."""
    if not fan:
        return
    years = [int(record.latest_period[:4]), *(point.year for point in fan)]
    for ends, alpha in (([p.interval95 for p in fan], 0.35), ([p.interval80 for p in fan], 0.6)):
        low, high = ([record.latest_value, *(getattr(end, side) for end in ends)] for side in ("low", "high"))
        axes.fill_between(years, low, high, color=ACCENT_LIGHT, alpha=alpha, linewidth=0, zorder=1.2)


def _note(record: Pace, points: Sequence[SeriesPoint], frame: Frame) -> str:
    notes = []
    if record.fan:
        inner, outer = record.fan[0].interval80.level, record.fan[0].interval95.level
        notes.append(frame.words.fan.format(inner=frame.level(inner), outer=frame.level(outer)))
    if any(point.status in TENTATIVE for point in points):
        notes.append(frame.words.hollow)
    return " ".join(f"{capitalised(note)}." for note in notes)
