"""The scorecard of targets: before the policy, latest, target, a bar of the way gone, verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.palette import ACCENT, INK, MUTED, RULE, THRESHOLD
from policyreport.figures.style import (
    BASE,
    BOLD,
    MINIMUM,
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
)  # fmt: skip
from policyreport.params.wording import verdicts_of
from policyreport.records.formats import EN_DASH
from policyreport.records.targets import TargetFigure, TargetReading, TargetScore

STEP, HEAD, GAP, TRACK = 21.0, 24.0, 12.0, 80.0


@dataclass(frozen=True)
class Line:
    """One line of the scorecard, or a heading that has a label alone; `way` is a share of 1 where there is a path."""

    label: str
    before: str = ""
    latest: str = ""
    aim: str = ""
    way: float | None = None
    verdict: str = ""
    judged: bool = False
    heading: bool = False
    inputs: tuple[str, ...] = ()


@in_each_language
def scorecard(scores: Sequence[TargetScore], data: Inputs) -> Pictures:
    """Draw every target of the policy with its figures and the way gone: "scorecard"; nothing where there is none."""
    if not scores:
        return Pictures([])
    frame = frame_for(data, "scorecard")
    return Pictures([target_lines(scorecard_lines(scores, data.roles.measure_labels, frame), frame)])


def scorecard_lines(scores: Sequence[TargetScore], measures: dict[str, str], frame: Frame) -> list[Line]:
    """Lay out targets by their year, with a line for each measure of their own."""
    words, lines = frame.words, []
    for horizon, group in groupby(sorted(scores, key=_order), key=lambda score: score.horizon):
        heading = words.by_year.format(year=horizon) if horizon.isdigit() else words.every_year
        lines.append(Line(heading, heading=True))
        lines += [line for score in group for line in _lines_of(score, measures, frame)]
    return lines


def target_lines(lines: Sequence[Line], frame: Frame) -> Picture:
    """Draw the lines under one another, in columns on a wide screen, else in two rows each."""
    alt = "; ".join(
        f"{line.label}: {', '.join(text for text in (line.before, line.latest, line.aim, line.verdict) if text)}"
        for line in lines
        if not line.heading
    )
    return picture(frame, f"{alt}.", lambda width: _paint(width, lines, frame))


def _order(score: TargetScore) -> tuple[bool, str]:
    """By year, what holds every year last."""
    return not score.horizon.isdigit(), score.horizon


def _lines_of(score: TargetScore, measures: dict[str, str], frame: Frame) -> list[Line]:
    own = score.own_readings
    name, aim = score.short or score.name, _aim(score, frame)
    if not own:
        return [Line(name, aim=aim, verdict=frame.verdict(score.reason))]
    several = len(own) > 1
    return [
        Line(
            f"{name}, {reading.what or measures.get(reading.measure, reading.measure)}" if several else name,
            _amount(reading.baseline, frame),
            _amount(reading.latest, frame),
            aim,
            _way(reading),
            _verdict(reading, frame),
            judged=bool(reading.verdict),
            inputs=reading.printed_rows,
        )
        for reading in own
    ]


def _verdict(reading: TargetReading, frame: Frame) -> str:
    """The verdict, two of them with a stroke between where revisions leave both open, or why there is none."""
    return " / ".join(frame.verdict(word) for word in verdicts_of(reading.verdict or reading.reason))


def _way(reading: TargetReading) -> float | None:
    return None if reading.way is None else min(max(reading.way, 0.0), 1.0)


def _amount(figure: TargetFigure | None, frame: Frame) -> str:
    return frame.formats.amount(figure.value, _sign(figure.unit), figure.bound) if figure else EN_DASH


def _sign(unit: str) -> str:
    """A unit as short as columns need it: what the per cent are of, the name says."""
    return "%" if unit.startswith("%") else unit


def _aim(score: TargetScore, frame: Frame) -> str:
    """The number a target asks for, a range with its ends, or its words."""
    if score.target is None:
        return score.text
    unit = _sign(score.unit)
    if unit.startswith("rank"):
        return frame.words.top.format(count=frame.formats.count(round(score.target)))
    if score.target_high is None:
        return frame.formats.amount(score.target, unit)
    return f"{frame.formats.published(score.target)}{EN_DASH}{frame.formats.amount(score.target_high, unit)}"


@dataclass(frozen=True)
class _Columns:
    """Where the columns end or, for the track and the verdict, begin; without a name column lines take several rows."""

    before: float
    latest: float
    aim: float
    track: float
    track_width: float
    verdict: float


def _columns(width: int, lines: Sequence[Line], frame: Frame) -> _Columns | None:
    """Set columns as wide as their texts, the track taking the rest; None where too little is left for it."""
    words, body = frame.words, [line for line in lines if not line.heading]
    names = max(text_width(line.label, SMALL) for line in body)
    texts = [
        max(text_width(head, MINIMUM), *(text_width(getattr(line, part), SMALL) for line in body)) + GAP
        for head, part in ((words.before, "before"), (words.latest, "latest"), (words.aim, "aim"))
    ]
    ends = [names + sum(texts[: at + 1]) for at in range(3)]
    verdict = width - max(text_width(line.verdict, SMALL, BOLD) for line in body)
    track, room = ends[2] + GAP, verdict - ends[2] - 2 * GAP
    if width < WIDE or room < max(TRACK, text_width(words.way_gone, MINIMUM)):
        return None
    return _Columns(ends[0], ends[1], ends[2], track, room, verdict)


def _paint(width: int, lines: Sequence[Line], frame: Frame) -> Figure:
    columns = _columns(width, lines, frame)
    if columns:
        return _paint_columns(width, lines, columns, frame)
    return _paint_rows(width, lines, frame)


def _paint_columns(width: int, lines: Sequence[Line], columns: _Columns, frame: Frame) -> Figure:
    """Draw one row a line."""
    figure = new_figure(width, HEAD + STEP * len(lines))
    middles = [HEAD + STEP * (at + 0.5) for at in range(len(lines))]
    _draw_ways(figure, lines, middles, columns.track, columns.track_width)
    words = frame.words
    for end, head in ((columns.before, words.before), (columns.latest, words.latest), (columns.aim, words.aim)):
        write(figure, end, 13, head, size=MINIMUM, color=MUTED, align="right")
    write(figure, columns.track, 13, words.way_gone, size=MINIMUM, color=MUTED)
    for line, middle in zip(lines, middles, strict=True):
        y = middle + 4.5
        if line.heading:
            write(figure, 0, y, line.label, size=BASE, weight=BOLD)
            continue
        write(figure, 0, y, line.label, size=SMALL)
        write(figure, columns.before, y, line.before, size=SMALL, align="right")
        write(figure, columns.latest, y, line.latest, size=SMALL, align="right")
        write(figure, columns.aim, y, line.aim, size=SMALL, color=THRESHOLD, align="right")
        write(figure, columns.verdict, y, line.verdict, **_look(line))
    return figure


def _paint_rows(width: int, lines: Sequence[Line], frame: Frame) -> Figure:
    """Draw name and verdict, and beneath them figures, target and the track, as many rows as the texts take."""
    names = [wrap(line.label, width - text_width(line.verdict, SMALL, BOLD) - GAP, SMALL) for line in lines]
    values = [wrap(_values(line, frame), width - TRACK - 2 * GAP, MINIMUM) for line in lines]
    heights = [17.0 * len(name) + 14 * len(value) + 12 for name, value in zip(names, values, strict=True)]
    tops = [sum(heights[:at]) for at in range(len(lines))]
    figure = new_figure(width, sum(heights))
    middles = [top + 17 * len(name) + 9 for top, name in zip(tops, names, strict=True)]
    _draw_ways(figure, lines, middles, width - TRACK - 1, TRACK)
    for line, top, name, value in zip(lines, tops, names, values, strict=True):
        if line.heading:
            write_lines(figure, 0, top + 18, name, 17, size=BASE, weight=BOLD)
            continue
        write_lines(figure, 0, top + 14, name, 17, size=SMALL)
        write(figure, width, top + 14, line.verdict, align="right", **_look(line))
        write_lines(figure, 0, top + 13 + 17 * len(name), value, 14, size=MINIMUM, color=MUTED)
    return figure


def _values(line: Line, frame: Frame) -> str:
    """Both figures and the target in one text."""
    if line.heading:
        return ""
    path = f" {frame.formats.to} ".join(text for text in (line.before, line.latest) if text not in ("", EN_DASH))
    return ", ".join(part for part in (path, frame.words.target.format(value=line.aim)) if part)


def _draw_ways(figure: Figure, lines: Sequence[Line], middles: Sequence[float], left: float, width: float) -> None:
    """Draw a light track up to the target, and on it the way gone."""
    axes, height = new_axes(figure), float(figure.bbox.height)
    known = pd.DataFrame(
        [(y, 0.0, line.way) for line, y in zip(lines, middles, strict=True) if line.way is not None],
        columns=["y", "start", "way"],
    ).assign(target=1.0)
    for column, color in (("target", RULE), ("way", ACCENT)):
        ends = known.melt(id_vars="y", value_vars=["start", column], value_name="share")
        look = {"units": "y", "estimator": None, "color": color, "linewidth": 8, "solid_capstyle": "butt"}
        sns.lineplot(ends, x="share", y="y", ax=axes, **look)
    axes.vlines(known["target"], known["y"] - 6, known["y"] + 6, color=THRESHOLD, linewidth=2)
    place(axes, left, 0, width, height)
    axes.set(xlim=(0, 1), ylim=(height, 0))


def _look(line: Line) -> dict[str, Any]:
    return {"size": SMALL, "color": INK if line.judged else MUTED, "weight": BOLD if line.judged else 400}
