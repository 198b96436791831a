"""The scorecard of targets: before the policy, latest, target, a bar of the way gone, verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.palette import ACCENT, INK, MUTED, RULE, THRESHOLD
from policyreport.figures.pictures import Picture, Pictures
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
from policyreport.records.formats import EN_DASH
from policyreport.records.targets import TargetFigure, TargetReading, TargetScore

ONE_LINE, TWO_LINES, HEAD = 23.0, 42.0, 24.0


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
    own = [reading for reading in score.readings if not reading.nearest]
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
        )
        for reading in own
    ]


def _verdict(reading: TargetReading, frame: Frame) -> str:
    """The verdict, two of them with a stroke between where revisions leave both open, or why there is none."""
    ends = re.fullmatch(r"between (.+) and (.+)", reading.verdict)
    words = ends.groups() if ends else (reading.verdict or reading.reason,)
    return " / ".join(frame.verdict(word) for word in words)


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


def _paint(width: int, lines: Sequence[Line], frame: Frame) -> Figure:
    wide = width >= WIDE
    step, head = (ONE_LINE, HEAD) if wide else (TWO_LINES, 0.0)
    figure = new_figure(width, head + step * len(lines) + 4)
    verdicts = max(text_width(line.verdict, SMALL, BOLD) for line in lines)
    ends = [width - verdicts - 156 - gap for gap in (150, 74, 0)]
    left, right = (ends[2] + 14, width - verdicts - 14) if wide else (width - 92.0, float(width - 1))
    _draw_ways(figure, lines, (left, head, right - left, step * len(lines)), 0.42 if wide else 0.2, 0 if wide else 9)
    if wide:
        words = frame.words
        for x, text in zip([*ends], (words.before, words.latest, words.aim), strict=True):
            write(figure, x, 13, text, size=MINIMUM, color=MUTED, align="right")
        write(figure, left, 13, words.way_gone, size=MINIMUM, color=MUTED)
    for at, line in enumerate(lines):
        y = head + at * step
        if line.heading:
            write(figure, 0, y + step - 7, line.label, size=BASE, weight=BOLD)
        elif wide:
            _write_columns(figure, line, y + step / 2 + 4.5, ends, width - verdicts)
        else:
            _write_rows(figure, line, y, width, frame)
    return figure


def _draw_ways(
    figure: Figure, lines: Sequence[Line], box: tuple[float, float, float, float], thick: float, lower: float
) -> None:
    """Draw a light track up to the target, and on it the way gone."""
    left, top, width, height = box
    axes = new_axes(figure)
    table = pd.DataFrame({"row": range(len(lines)), "way": [line.way for line in lines], "target": 1.0})
    table["target"] = table["target"].where(table["way"].notna())
    look = {"y": "row", "orient": "h", "native_scale": True, "width": thick, "errorbar": None, "linewidth": 0}
    for column, color in (("target", RULE), ("way", ACCENT)):
        sns.barplot(table, x=column, color=color, saturation=1, ax=axes, **look)
    known = table.dropna(subset="way")
    axes.vlines(known["target"], known["row"] - 0.8 * thick, known["row"] + 0.8 * thick, color=THRESHOLD, linewidth=2)
    place(axes, left, top + lower, width, height)
    axes.set(xlim=(0, 1), ylim=(len(lines) - 0.5, -0.5))


def _write_columns(figure: Figure, line: Line, y: float, ends: Sequence[float], verdict: float) -> None:
    """Write name, figures, target and verdict on one line."""
    write(figure, 0, y, line.label, size=SMALL)
    for x, text, color in zip(ends, (line.before, line.latest, line.aim), (INK, INK, THRESHOLD), strict=True):
        write(figure, x, y, text, size=SMALL, color=color, align="right")
    write(figure, verdict, y, line.verdict, **_look(line))


def _write_rows(figure: Figure, line: Line, y: float, width: float, frame: Frame) -> None:
    """Write name and verdict, and beneath them figures and target."""
    write(figure, 0, y + 15, line.label, size=SMALL)
    write(figure, width, y + 15, line.verdict, align="right", **_look(line))
    path = f" {frame.formats.to} ".join(text for text in (line.before, line.latest) if text not in ("", EN_DASH))
    aim = frame.words.target.format(value=line.aim)
    text = ", ".join(part for part in (path, aim) if part)
    write_lines(figure, 0, y + 31, wrap(text, width, MINIMUM)[:1], 14, size=MINIMUM, color=MUTED)


def _look(line: Line) -> dict[str, Any]:
    return {"size": SMALL, "color": INK if line.judged else MUTED, "weight": BOLD if line.judged else 400}
