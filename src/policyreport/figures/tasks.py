"""Figures on counts of tasks: completion, a list on its dates, the slope inside one list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.data.notes import notes_of, printed_as, told_time
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.labels import label_values
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.rows import Row, Scale, paint_rows
from policyreport.figures.style import (
    BASE,
    BOLD,
    MINIMUM,
    SMALL,
    WIDE,
    new_figure,
    panel,
    picture,
    text_width,
    wrap,
    write,
    write_lines,
)
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import Formats
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import (
    Completion,
    ListCount,
    ListStep,
    Proportion,
    QuarterOnQuarter,
    counts_of_list,
    newest_list,
    newest_of_lists,
    shares_by_date,
)


def lists(results: Sequence[Completion | Refusal], data: Inputs) -> Pictures:
    """Draw an area's lists on their newest dates ("tasks"), and each that was counted again ("tasks-dates", …).

    From `completion_of_lists`, in order of date.
    """
    done = newest_of_lists(results)
    drawn = []
    if done:
        rows = [(result.list_label, result) for result in done]
        drawn.append(completion(rows, frame_for(data, "tasks"), notes_of_lists(done, data)))
    again = [counts for result in done if len(counts := counts_of_list(results, result.list)) > 1]
    names = ["tasks-dates", *(f"tasks-dates-{at}" for at in range(2, len(again) + 1))]
    drawn += [slope(counts, frame_for(data, name)) for name, counts in zip(names, again, strict=False)]
    return Pictures(drawn)


def central_list(
    completion: Sequence[Completion | Refusal], quarters: QuarterOnQuarter | Refusal, data: Inputs
) -> Pictures:
    """Draw the country's list on its dates ("central-list"): a line inside one list, else counts side by side.

    From `completion_of_lists` and `quarter_on_quarter`; nothing where that was refused.
    """
    if isinstance(quarters, Refusal):
        return Pictures()
    frame = frame_for(data, "central-list")
    if all(step.same_list for step in quarters.steps):
        return Pictures([slope(quarters.counts, frame)])
    return Pictures([list_counts(quarters, frame, shares_by_date(completion, data.roles.tasks.national_lists))])


def newest_counts(data: Inputs) -> Pictures:
    """Draw the count of each province's newest list, in the order of areas ("lists-side-by-side")."""
    records = (record for _, record in sorted(data.records.items()) if isinstance(record, TrendRecord))
    counted = ([item for item in record.completion if isinstance(item, Completion)] for record in records)
    done = [newest_list(of_area) for of_area in counted if of_area]
    rows = [(result.list_label, result) for result in done]
    frame = frame_for(data, "lists-side-by-side")
    return Pictures([completion(rows, frame, notes_of_lists(done, data))] if done else [])


def notes_of_lists(done: Iterable[Completion], data: Inputs) -> dict[str, str]:
    """What stands beneath a list's name, by list: only where the source's own date or term is printed."""
    formats, notes = Formats(data.edition.language), {}

    def part(proportion: Proportion, whole: str) -> str:
        counted = f"{formats.count(proportion.count)} of {whole} {formats.count(proportion.total)}"
        return f"{counted} ({formats.percent(proportion.share)})"

    for result in done:
        stated = "" if result.reference_date else told_time(notes_of(result.inputs, data))
        called = "overdue"
        if isinstance(result.overdue, Proportion):
            called = printed_as(notes_of(result.inputs, data, data.roles.tasks.overdue)) or called
        if stated or called != "overdue":
            when = formats.date(result.reference_date) if result.reference_date else stated
            parts = [when] if when else []
            if isinstance(result.late, Proportion):
                parts.append(f"{part(result.late, 'these')} completed late")
            if isinstance(result.overdue, Proportion):
                parts.append(f"{part(result.overdue, 'all')} {called}")
            notes[result.list] = " · ".join(parts)
    return notes


def completion(
    rows: Sequence[tuple[str, Completion | Refusal]], frame: Frame, notes: Mapping[str, str] | None = None
) -> Picture:
    """Draw the completed share of an area's lists as dots with intervals, one row per list.

    Beneath a list's name stand its date, late and overdue tasks, or what `told` gives for it instead.
    """
    body = [_list_row(label, record, frame, notes or {}) for label, record in rows]
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    scale = Scale(-0.012, 1.012, ticks, tuple(frame.formats.percent(tick, 0) for tick in ticks))
    alt = "; ".join(" ".join(part for part in (row.label, row.text, row.note) if part) for row in body)
    return picture(frame, f"{alt}.", lambda width: paint_rows(width, body, scale, True))


def _list_row(label: str, record: Completion | Refusal, frame: Frame, notes: Mapping[str, str]) -> Row:
    """One list: counts and share, then its date and what else was counted."""
    words, formats = frame.words, frame.formats
    if isinstance(record, Refusal):
        reasons = {"not-published": frame.verdict("not published"), "list-too-short": words.list_too_short}
        return Row(label, text=reasons.get(record.code, words.no_data), note=record.detail)
    if record.list in notes:
        return _share_row(label, record.completed, formats, notes[record.list])
    parts = [formats.date(record.reference_date)] if record.reference_date else []
    for part, name in ((record.late, words.late), (record.overdue, words.overdue)):
        if isinstance(part, Proportion):
            parts.append(f"{formats.share_of(part.count, part.total)} {name}")
    return _share_row(label, record.completed, formats, " · ".join(parts))


def _share_row(label: str, share: Proportion, formats: Formats, note: str) -> Row:
    text = formats.share_of(share.count, share.total)
    return Row(label, share.share, share.wilson.low, share.wilson.high, text, note=note, role="accent")


def list_counts(
    record: QuarterOnQuarter, frame: Frame, proportions: Mapping[date, Proportion] | None = None
) -> Picture:
    """Draw a task list on its dates: completed of total as bars, a break wherever the list changed.

    Between two lists stands the reason why they are not compared, never a line. `proportions` give the interval of a
    date's completed share.
    """
    shares = proportions or {}
    alt = "; ".join(_count_alt(count, frame) for count in record.counts)
    changed = [step for step in record.steps if not step.same_list]
    if changed:
        days = ", ".join(frame.formats.date(step.end) for step in changed)
        alt += f". {capitalised(frame.verdict('list changed'))}: {days}"
    return picture(frame, alt + ".", lambda width: _paint_counts(width, record, frame, shares))


def _count_alt(count: ListCount, frame: Frame) -> str:
    day = frame.formats.date(count.reference_date)
    return f"{day}: {frame.formats.share_of(count.completed, count.total)}"


def _paint_counts(width: int, record: QuarterOnQuarter, frame: Frame, shares: Mapping[date, Proportion]) -> Figure:
    """Bars with remainder for each date, on the scale of the longest list."""
    steps = {step.end: _break_lines(step, frame, width) for step in record.steps}
    notes = {count.reference_date: _count_notes(count, frame) for count in record.counts}
    breaks = {day: lines for day, lines in steps.items() if lines}
    height = sum(48 + 16 * bool(note) for note in notes.values()) + sum(
        26 + 15 * len(lines) for lines in breaks.values()
    )
    figure = new_figure(width, height)
    largest = max(count.total for count in record.counts)
    y = 0.0
    for count in record.counts:
        day = count.reference_date
        if day in breaks:
            _paint_break(figure, y, breaks[day], width)
            y += 26 + 15 * len(breaks[day])
        _paint_count(figure, y, count, width, frame.formats)
        _paint_bar(figure, y + 24, count, (width, largest), shares.get(day))
        write(figure, 0, y + 54, notes[day], size=MINIMUM, color=MUTED)
        y += 48 + 16 * bool(notes[day])
    return figure


def _break_lines(step: ListStep, frame: Frame, width: int) -> list[str]:
    """What stands between two dates: the change of the list, or nothing inside one list."""
    if step.same_list:
        return []
    words = frame.words
    more = words.more_on_list if step.additions >= 0 else words.fewer_on_list
    changed, count = capitalised(frame.verdict("list changed")), frame.formats.count(abs(step.additions))
    text = f"{changed}, {words.no_comparison}: {count} {more}"
    return wrap(f"{text}; {step.basis_change}" if step.basis_change else text, width, MINIMUM)


def _count_notes(count: ListCount, frame: Frame) -> str:
    """Recurring and overdue tasks, and the count's own note."""
    formats = frame.formats
    parts = [(count.recurring, frame.words.recurring), (count.overdue, frame.words.overdue)]
    notes = [
        f"{formats.count(number)} {name} ({formats.percent(number / count.total)})"
        for number, name in parts
        if number is not None
    ]
    return " · ".join([*notes, count.note] if count.note else notes)


def _paint_break(figure: Figure, y: float, lines: Sequence[str], width: int) -> None:
    """A dashed rule with its reason beneath."""
    axes = panel(figure, 0, y + 9, width, 2)
    axes.set_axis_off()
    axes.axhline(0.5, color=MUTED, linewidth=1, dashes=(4, 3))
    write_lines(figure, 0, y + 24, lines, 15, size=MINIMUM, color=MUTED)


def _paint_count(figure: Figure, y: float, count: ListCount, width: int, formats: Formats) -> None:
    size = BASE if width >= WIDE else SMALL
    text = formats.share_of(count.completed, count.total)
    write(figure, 0, y + 17, formats.date(count.reference_date), size=size)
    write(figure, width, y + 17, text, size=size, weight=BOLD, align="right")


def _paint_bar(figure: Figure, y: float, count: ListCount, scale: tuple[int, int], share: Proportion | None) -> None:
    """Completed and remainder as one bar, with the interval at its edge."""
    width, largest = scale
    axes = panel(figure, 0, y, width, 16)
    axes.set_axis_off()
    axes.set_xlim(0, largest * 1.002)
    axes.set_ylim(0, 1)
    axes.barh(0.5, count.total, height=0.94, color=PAPER, edgecolor=CONTEXT, linewidth=1)
    axes.barh(0.5, count.completed, height=1, color=ACCENT)
    if share:
        ends = [share.wilson.low * count.total, share.wilson.high * count.total]
        axes.plot(ends, [0.5, 0.5], color=PAPER, linewidth=4.5)
        axes.plot(ends, [0.5, 0.5], color=INK, linewidth=1.6)


def slope(counts: Sequence[ListCount], frame: Frame) -> Picture:
    """Draw the completed share of lists over their dates, in order of date: a line inside a list, a panel per list."""
    lists = [list(group) for _, group in groupby(counts, key=lambda count: count.list)]
    alt = "; ".join(f"{group[0].list_label}: " + ", ".join(_count_alt(c, frame) for c in group) for group in lists)
    return picture(frame, alt + ".", lambda width: _paint_slopes(width, lists, frame))


def _paint_slopes(width: int, lists: Sequence[Sequence[ListCount]], frame: Frame) -> Figure:
    """Panels of equal width, stacked on a narrow screen."""
    across = len(lists) if width >= WIDE else 1
    down = -(-len(lists) // across)
    cell = (width - 44) / across
    figure = new_figure(width, 210 * down + 8)
    ticks = (0.0, 0.5, 1.0)
    for index, group in enumerate(lists):
        column, row = index % across, index // across
        left, top = 44 + column * cell, row * 210
        axes = panel(figure, left, top + 34, cell - 24, 140)
        axes.set_ylim(0, 1)
        first, last = group[0].reference_date.toordinal(), group[-1].reference_date.toordinal()
        named = _named_counts(group, cell - 24, frame.formats)
        room = (0.45 if len(named) == len(group) else 0.14) * (last - first) or 1
        axes.set_xlim(first - room, last + room)
        label_values(axes, "y", ticks, [frame.formats.percent(t, 0) if column == 0 else "" for t in ticks])
        days = [count.reference_date for count in named]
        label_values(axes, "x", [d.toordinal() for d in days], [frame.formats.short_date(d) for d in days], False)
        axes.tick_params(axis="x", pad=8)
        style = "o-" if len(group) > 1 else "o"
        dates = [count.reference_date.toordinal() for count in group]
        axes.plot(dates, [c.share for c in group], style, color=ACCENT, markersize=7)
        for count in named:
            shift = 10 if count.share < 0.4 or 0.5 <= count.share < 0.9 else -18
            # A rising line leaves the first count upwards: its label stands beneath.
            shift = -20 if len(named) < len(group) and count is group[0] and count.share > 0.18 else shift
            axes.annotate(
                frame.formats.count_of(count.completed, count.total),
                (count.reference_date.toordinal(), count.share),
                (0, shift), textcoords="offset points", ha="center", fontsize=SMALL,
            )  # fmt: skip
        write(figure, left, top + 18, group[0].list_label, size=SMALL, weight=BOLD)
    return figure


def _named_counts(group: Sequence[ListCount], span: float, formats: Formats) -> Sequence[ListCount]:
    """The counts labelled with date and number: all where they fit, else the first and the last."""
    need = sum(text_width(formats.count_of(count.completed, count.total), SMALL) + 10 for count in group)
    return group if need <= 0.6 * span else (group[0], group[-1])
