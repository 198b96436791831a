"""Small figures with the findings of the overview: 264 pixels wide (340 on a narrow screen), one thing each.

A bar, or four dots with their values, is sooner drawn with matplotlib than made a table of and described to seaborn.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import padded
from policyreport.figures.palette import ACCENT, CONTEXT, CONTEXT_LIGHT, INK, MUTED, PAPER, RULE, THRESHOLD
from policyreport.figures.rows import Row, Rule
from policyreport.figures.series import Line, draw_lines, draw_points, points_frame, steps_frame
from policyreport.figures.style import (
    BOLD,
    MINIMUM,
    NARROW,
    SMALL,
    new_figure,
    panel,
    picture,
    text_width,
    wrap,
    write,
    write_lines,
)
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.series import SeriesPoint
from policyreport.records.shares import NotYearly, Pace, Threshold
from policyreport.records.tasks import Completion, ListCount, Proportion, QuarterOnQuarter
from policyreport.statistics.shares.latest import newest_of_each_measure, yearly_points

SIZE = (264, NARROW)
LABEL = 92


@in_each_language
def headline_tasks(
    quarters: QuarterOnQuarter | Refusal, completion: Sequence[Completion | Refusal], data: Inputs
) -> Pictures:
    """Draw the overview's small figure of the central list ("spark-tasks"); nothing where it was refused."""
    if isinstance(quarters, Refusal):
        return Pictures()
    return Pictures(_of_tasks(quarters, completion, frame_for(data, "spark-tasks")))


@in_each_language
def headline_share(
    share: Sequence[Threshold | NotYearly | Refusal], pace: Sequence[Pace | Refusal], data: Inputs
) -> Pictures:
    """Draw the overview's small figures of the share where there are results: "spark-share" and "spark-pace"."""
    judged = [result for result in share if isinstance(result, Threshold)]
    newest = list(newest_of_each_measure(judged).values())
    measure = data.roles.share.headline_measure
    main = next((figure for figure in newest if figure.measure == measure), None)
    if main is None:
        return Pictures()
    drawn = [_of_shares([main, *(figure for figure in newest if figure is not main)][:4], data)]
    if paces := [result for result in pace if isinstance(result, Pace) and result.measure == measure]:
        points = yearly_points([figure for figure in judged if figure.measure == measure])
        drawn.append(_of_pace(min(paces, key=lambda pace: pace.target_period), points, data))
    return Pictures(drawn)


def _of_tasks(quarters: QuarterOnQuarter, completion: Sequence[Completion | Refusal], frame: Frame) -> list[Picture]:
    """The central list on its dates; where it is one list, its newest share."""
    if not all(step.same_list for step in quarters.steps):
        return [spark_lists(quarters.counts, frame)]
    last = quarters.counts[-1]
    newest = [result for result in completion if isinstance(result, Completion) and result.list == last.list]
    done = [result.completed for result in newest if result.reference_date == last.reference_date]
    return [spark_share(done[0], frame, frame.words.completed, frame.words.not_completed)] if done else []


def _of_shares(newest: Sequence[Threshold], data: Inputs) -> Picture:
    frame = frame_for(data, "spark-share")
    rows = [
        Row(
            f"{data.roles.measure_labels.get(figure.measure, figure.measure)} {figure.period}",
            figure.observation.value,
            figure.verdict_interval.low if figure.verdict_interval else None,
            figure.verdict_interval.high if figure.verdict_interval else None,
            text=frame.formats.percentage(figure.observation.value),
            role="accent" if at == 0 else "plain",
            hollow=figure.observation.status != "observed",
        )
        for at, figure in enumerate(newest)
    ]
    line = data.policy.threshold.value
    return spark_dots(rows, frame, "%", Rule(line, frame.formats.percentage(line)))


def _of_pace(pace: Pace, points: tuple[SeriesPoint, ...], data: Inputs) -> Picture:
    frame = frame_for(data, "spark-pace")
    target = Rule(
        pace.target,
        frame.words.target_in.format(target=frame.formats.percentage(pace.target), year=pace.target_period),
    )
    return spark_line(
        Line(data.roles.measure_labels.get(pace.measure, pace.measure), points, "accent"), frame, 2, target
    )


def spark_share(share: Proportion, frame: Frame, done: str, rest: str) -> Picture:
    """Draw one share as a bar of all, the part done filled; `done` and `rest` name the two parts."""
    formats = frame.formats
    left = f"{formats.count(share.count)} {done}"
    right = f"{formats.count(share.total - share.count)} {rest}"

    def paint(width: int) -> Figure:
        figure = new_figure(width, 52)
        axes = panel(figure, 0, 4, width, 22)
        axes.set_xlim(0, share.total * 1.004)
        _draw_bar(axes, share.count, share.total, ACCENT)
        write(figure, 0, 43, left, size=SMALL, color=ACCENT, weight=BOLD)
        write(figure, width, 43, right, size=SMALL, color=MUTED, align="right")
        return figure

    alt = f"{formats.share_of(share.count, share.total)} {done}; {right}."
    return picture(frame, alt, paint, SIZE)


def spark_lists(counts: Sequence[ListCount], frame: Frame) -> Picture:
    """Draw every date's list as a bar of its own length, the part done filled, the last one marked.

    The lists differ, so nothing joins them.
    """
    formats = frame.formats
    days = [formats.day(count.reference_date) for count in counts]
    texts = [formats.count_of(count.completed, count.total) for count in counts]
    longest = max(count.total for count in counts)

    def paint(width: int) -> Figure:
        step = 22
        left = max(text_width(day, SMALL, BOLD) for day in days) + 8
        right = max(text_width(text, SMALL, BOLD) for text in texts) + 8
        figure = new_figure(width, step * len(counts) + 2)
        for at, count in enumerate(counts):
            last = at == len(counts) - 1
            color, weight, y = (ACCENT if last else MUTED), (BOLD if last else 400), step * at
            axes = panel(figure, left, y + 4, width - left - right, 14)
            axes.set_xlim(0, longest * 1.006)
            _draw_bar(axes, count.completed, count.total, ACCENT if last else CONTEXT)
            write(figure, 0, y + 16, days[at], size=SMALL, color=color, weight=weight)
            write(figure, width, y + 16, texts[at], size=SMALL, color=INK, weight=weight, align="right")
        return figure

    alt = "; ".join(f"{day}: {text}" for day, text in zip(days, texts, strict=True))
    return picture(
        frame, f"{capitalised(frame.verdict('list changed'))}, {frame.words.no_comparison}. {alt}.", paint, SIZE
    )


def _draw_bar(axes: Axes, done: int, total: int, color: str) -> None:
    """Draw all as a bar as high as the axes, the part done filled."""
    axes.set_ylim(0, 1)
    axes.barh(0.5, total, height=0.95, color=PAPER, edgecolor=CONTEXT, linewidth=1)
    axes.barh(0.5, done, height=1, color=color)


def spark_dots(rows: Sequence[Row], frame: Frame, unit: str, rule: Rule | None = None) -> Picture:
    """Draw two to four dots against a named line, without an axis: the values are printed."""
    ends = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    low, high = padded([*ends, rule.value] if rule else ends, 0.12)
    alt = "; ".join(f"{row.label} {row.text} {row.word}".strip() for row in rows)
    named = f" {rule.label}." if rule else ""
    return picture(frame, f"{unit}: {alt}.{named}", lambda width: _paint_dots(width, rows, (low, high), rule), SIZE)


def _paint_dots(width: int, rows: Sequence[Row], ends: tuple[float, float], rule: Rule | None) -> Figure:
    labels = [wrap(row.label, LABEL, SMALL, BOLD) for row in rows]
    step, top = max(24.0, 3 + 13.0 * max(map(len, labels))), 18.0 if rule and rule.label else 2.0
    left = max(text_width(line, SMALL, BOLD) for lines in labels for line in lines) + 10
    right = max(text_width(row.text, SMALL, BOLD) for row in rows) + 10
    figure = new_figure(width, top + step * len(rows))
    axes = panel(figure, left, top, width - left - right, step * len(rows))
    axes.set_xlim(ends)
    axes.set_ylim(step * len(rows), 0)
    for at, row in enumerate(rows):
        y = step * (at + 0.5)
        color, weight = (ACCENT, BOLD) if row.role == "accent" else (INK, 400)
        axes.plot(ends, [y, y], color=RULE, linewidth=1, zorder=1)
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [y, y], color=color, linewidth=2, zorder=2)
        if row.value is not None:
            axes.plot([row.value], [y], marker="o", markersize=9, color=PAPER if row.hollow else color,
                      markeredgecolor=color, markeredgewidth=1.6, zorder=3)  # fmt: skip
        first = top + y + 4 - 13 * (len(labels[at]) - 1) / 2
        write_lines(figure, 0, first, labels[at], 13, size=SMALL, color=color, weight=weight)
        write(figure, width, top + y + 4, row.text, size=SMALL, color=INK, weight=weight, align="right")
    if rule:
        axes.plot([rule.value, rule.value], [0, step * len(rows)], color=THRESHOLD, linewidth=1.4, zorder=1.5)
        x = left + (width - left - right) * (rule.value - ends[0]) / (ends[1] - ends[0])
        write(figure, x, 12, rule.label, size=SMALL, color=THRESHOLD, weight=BOLD, align="center")
    return figure


def spark_line(line: Line, frame: Frame, digits: int = 1, rule: Rule | None = None) -> Picture:
    """Draw one series without axes, with its first and last value and year; `rule` is a horizontal line."""
    points = line.points
    formats = frame.formats
    first, last = (formats.number(points[i].value, digits) for i in (0, -1))

    def paint(width: int) -> Figure:
        figure = new_figure(width, 66)
        left, right = text_width(first, SMALL) + 12, text_width(last, SMALL, BOLD) + 12
        axes = panel(figure, left, 8, width - left - right, 38)
        values = [point.value for point in points] + ([rule.value] if rule else [])
        low, high = padded(values, 0.08)
        axes.set_ylim(low, high)
        axes.set_xlim(points[0].year, points[-1].year)
        if rule:
            axes.axhline(rule.value, color=THRESHOLD if rule.threshold else CONTEXT_LIGHT, linewidth=1.4)
            y = 8 + 38 * (high - rule.value) / (high - low)
            color = THRESHOLD if rule.threshold else MUTED
            write(figure, left, y + (14 if y < 30 else -5), rule.label, size=MINIMUM, color=color)
        draw_lines(axes, steps_frame([(0, line)]))
        draw_points(axes, points_frame([(0, line)]), size=5)
        for text, point, x, align, weight in (
            (first, points[0], left - 9, "right", 400),
            (last, points[-1], width - right + 9, "left", BOLD),
        ):
            y = 8 + 38 * (high - point.value) / (high - low) + 4
            write(figure, x, y, text, size=SMALL, color=INK, weight=weight, align=align)
        write(figure, left, 62, str(points[0].year), size=MINIMUM, color=MUTED, align="center")
        write(figure, width - right, 62, str(points[-1].year), size=MINIMUM, color=MUTED, align="center")
        return figure

    values = ", ".join(f"{p.year} {formats.number(p.value, digits)}" for p in points)
    return picture(frame, f"{line.label}: {values}.", paint, SIZE)
