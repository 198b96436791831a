"""Figures on the strength of evidence: event study and specification table."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.choices import UNITS, ChoiceNames
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.labels import label_values, padded, round_ticks, thinned, tick_texts
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER, RULE, THRESHOLD
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.style import (
    BOLD,
    MINIMUM,
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
from policyreport.figures.subjects import exposure_name
from policyreport.figures.timeline import Plot, value_axis
from policyreport.params.phrases import capitalised
from policyreport.params.spelling import sort_key
from policyreport.records.base import Refusal
from policyreport.records.series import Exposure, Sensitivity, Specification
from policyreport.statistics.series.event_study import critical_value

ACROSS = 3
"""Event studies in a row; on a narrow screen they stand below each other."""


def exposure(results: Sequence[Exposure | Refusal], data: Inputs) -> Pictures:
    """Draw every year's contrast with the last year before the start, from `fit_exposure`: "exposure-study"."""
    done = [result for result in results if isinstance(result, Exposure)]
    if not done:
        return Pictures()
    named = [(capitalised(exposure_name(result.exposure, data.indicators, data.roles)), result) for result in done]
    frame = frame_for(data, "exposure-study")
    start = frame.formats.date(data.policy.date)
    base, critical = done[0].base_year, critical_value(done[0])
    return Pictures([event_studies(named, frame, "percentage points", base, critical, start)])


def specifications(results: Sequence[Sensitivity | Refusal], data: Inputs) -> Pictures:
    """Draw each headline's estimates by all choices, from `headline_specifications`: "sensitivity-completion", ….

    A headline that comes out the same number everywhere needs no picture.
    """
    done = [result for result in results if isinstance(result, Sensitivity) and result.low != result.high]
    return Pictures(_specifications(result, data) for result in done)


def _specifications(result: Sensitivity, data: Inputs) -> Picture:
    """One headline; of a count in per cent, with a line at the headline's own share."""
    line = data.policy.threshold.value if result.method == "threshold" else 0.0
    rows = ChoiceNames(data.indicators, data.roles, data.policy).named(result).distinct
    if result.method == "completion":
        line = 100 * (result.headline.estimate or 0.0)
        rows = tuple(
            row.model_copy(update={"estimate": None if row.estimate is None else 100 * row.estimate}) for row in rows
        )
    frame = frame_for(data, f"sensitivity-{result.method}")
    shown = result.model_copy(update={"specifications": rows})
    return specification_plot(shown, frame, UNITS.get(result.method, ""), line=line)


def event_studies(
    records: Sequence[tuple[str, Exposure]],
    frame: Frame,
    unit: str,
    base_year: int,
    critical: float,
    start: str,
) -> Picture:
    """Draw each year's coefficient against the base year with its interval, one small panel per exposure on one range.

    The base year is zero by construction, drawn hollow; years from the start on are in the accent. `critical` is the
    quantile by which standard errors become intervals; `start` names the rule before the first post year.
    """
    points = [point for _, record in records for point in record.event_study]
    ends = [p.estimate + sign * critical * p.standard_error for p in points for sign in (-1, 1)]
    low, high, ticks = value_axis([*ends, 0.0], 5)
    texts = tick_texts(ticks, frame.formats, signed=True)
    years = [base_year, *(point.year for point in points)]
    plot = Plot(low, high, ticks, texts, (min(years), max(years)), unit, height=150)
    note = f"{base_year}: {frame.words.base_year}. {capitalised(frame.words.dotted)}: {start}."

    def told(record: Exposure) -> str:
        values = sorted(record.event_study, key=lambda point: point.year)
        return "; ".join(f"{p.year} {frame.formats.number(p.estimate, 2, signed=True)}" for p in values)

    alt = " ".join(f"{name}: {told(record)}." for name, record in records)
    alt = f"{unit}. {alt} {base_year} {frame.words.base_year}."
    return picture(frame, alt, lambda width: _paint_studies(width, records, plot, base_year, critical, note))


def _paint_studies(
    width: int, records: Sequence[tuple[str, Exposure]], plot: Plot, base_year: int, critical: float, note: str
) -> Figure:
    """A grid of panels; value ticks at the left edge, years at the foot of each."""
    across = min(ACROSS, len(records)) if width >= WIDE else 1
    margin = 8 + max(text_width(text, SMALL) for text in plot.texts)
    cell = (width - margin) / across
    titles = [wrap(name, cell - 16, SMALL, BOLD) for name, _ in records]
    head = 16.0 * max(len(title) for title in titles) + 10
    pitch, top = head + plot.height + 42, 22.0
    rows = -(-len(records) // across)
    notes = wrap(note, width, MINIMUM)
    figure = new_figure(width, top + pitch * rows + 16 * len(notes))
    write(figure, 0, 14, plot.unit, size=SMALL, color=MUTED)
    for index, (_, record) in enumerate(records):
        left, y = margin + cell * (index % across), top + pitch * (index // across)
        first = y + head - 10 - 16 * (len(titles[index]) - 1)
        write_lines(figure, left, first, titles[index], 16, size=SMALL, weight=BOLD)
        axes = panel(figure, left, y + head, cell - 16, plot.height)
        label_values(axes, "y", plot.ticks, plot.texts if index % across == 0 else [""] * len(plot.ticks))
        _paint_study(axes, record, plot, base_year, critical, cell - 16)
    write_lines(figure, 0, top + pitch * rows + 8, notes, 16, size=MINIMUM, color=MUTED)
    return figure


def _paint_study(axes: Axes, record: Exposure, plot: Plot, base_year: int, critical: float, span: float) -> None:
    """One exposure: dots with intervals, the base year hollow, a dotted rule before the start."""
    first, last = plot.years
    axes.set_ylim(plot.low, plot.high)
    axes.set_xlim(first - 0.5, last + 0.5)
    years = list(range(last, first - 1, -1))
    kept, names = thinned(years, [str(year) for year in years], span / (last - first + 1), MINIMUM)
    label_values(axes, "x", kept, names, False, MINIMUM)
    begun = min(record.post_years)
    axes.axvline(begun - 0.5, color=MUTED, linewidth=1.2, linestyle=(0, (1.5, 2.5)), zorder=1.5)
    axes.axhline(0, color=MUTED, linewidth=1, zorder=1.4)
    axes.plot(base_year, 0, "o", color=PAPER, markeredgecolor=INK, markersize=6, markeredgewidth=1.5)
    for point in record.event_study:
        color, reach = ACCENT if point.year >= begun else INK, critical * point.standard_error
        axes.vlines(point.year, point.estimate - reach, point.estimate + reach, color=color, linewidth=2)
        axes.plot(point.year, point.estimate, "o", color=color, markersize=6, clip_on=False)


def specification_plot(record: Sensitivity, frame: Frame, unit: str, line: float = 0.0) -> Picture:
    """Draw every specification's estimate, sorted, above the choices that made it, with a line at `line`.

    The headline is in the accent; refused specifications are at the right without a dot.
    """
    done = [item for item in record.specifications if item.estimate is not None]
    done.sort(key=lambda item: item.estimate or 0.0)
    order = done + [item for item in record.specifications if item.estimate is None]
    alt = "; ".join(
        f"{', '.join(item.choices.values())}: "
        + (frame.words.refused if item.estimate is None else frame.formats.number(item.estimate, 2))
        for item in order
    )
    return picture(frame, f"{alt}.", lambda width: _paint_specifications(width, order, frame, unit, line))


def _paint_specifications(width: int, order: Sequence[Specification], frame: Frame, unit: str, line: float) -> Figure:
    """Estimates above, one line of dots for each choice on each axis beneath."""
    axes_of = {
        name: sorted({item.choices[name] for item in order if name in item.choices}, key=sort_key)
        for name in order[0].choices
    }
    longest = max(text_width(choice, MINIMUM) for choices in axes_of.values() for choice in choices)
    left = 14 + min(longest, 0.42 * width)
    table = sum(18 + sum(_choice_height(choice, left) for choice in choices) for choices in axes_of.values())
    figure = new_figure(width, 22 + 150 + 12 + table)
    write(figure, 0, 14, unit, size=SMALL, color=MUTED)
    axes = panel(figure, left, 22, width - left - 6, 150)
    values = [item.estimate for item in order if item.estimate is not None]
    low, high = padded([*values, line], 0.08)
    axes.set_xlim(-0.7, len(order) - 0.3)
    axes.set_ylim(low, high)
    ticks = round_ticks(low, high, 4)
    label_values(axes, "y", ticks, tick_texts(ticks, frame.formats))
    label_values(axes, "x", [], [], grid=False)
    axes.axhline(line, color=MUTED if line == 0 else THRESHOLD, linewidth=1)
    for index, item in enumerate(order):
        if item.estimate is not None:
            color = ACCENT if item.headline else CONTEXT
            size = 9 if item.headline else 6
            draw_path(
                axes, (index,), (item.estimate,), linestyle="none", marker="o", markersize=size, color=color, zorder=3
            )
    refused = sum(item.estimate is None for item in order)
    if refused:
        # One word for all of them, over the columns that have no dot
        axes.axvspan(len(order) - refused - 0.5, len(order) - 0.5, color=RULE, alpha=0.45, linewidth=0)
        label = f"{frame.formats.count(refused)} {frame.words.refused}"
        write(figure, width - 6, 14, label, size=MINIMUM, color=MUTED, align="right")
    _paint_choices(figure, order, axes_of, (left, 184.0, width - left - 6))
    return figure


def _paint_choices(
    figure: Figure,
    order: Sequence[Specification],
    axes_of: dict[str, list[str]],
    box: tuple[float, float, float],
) -> None:
    """A heading for each axis of choice, a line of dots for each choice."""
    left, y, span = box
    for name, choices in axes_of.items():
        write(figure, 0, y + 13, capitalised(name), size=MINIMUM, weight=BOLD)
        y += 18
        for choice in choices:
            height = _choice_height(choice, left)
            axes = panel(figure, left, y, span, height)
            axes.set_xlim(-0.7, len(order) - 0.3)
            axes.set_ylim(0, 1)
            axes.set_axis_off()
            write_lines(figure, 0, y + 12.5, wrap(choice, left - 14, MINIMUM), 14, size=MINIMUM, color=MUTED)
            for index, item in enumerate(order):
                if item.choices.get(name) == choice:
                    color = ACCENT if item.headline else CONTEXT
                    draw_path(axes, (index,), (0.5,), linestyle="none", marker="o", markersize=5, color=color)
            y += height


def _choice_height(choice: str, left: float) -> float:
    return 3.0 + 14 * len(wrap(choice, left - 14, MINIMUM))
