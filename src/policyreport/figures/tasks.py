"""Figures on counts of tasks: completion, a list on its dates, the slope inside one list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.data.notes import notes_of, printed_as, told_time
from policyreport.figures.finish import canvas, finish
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import Scale
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER
from policyreport.figures.rows import Role, Row, paint_rows, start_rows
from policyreport.figures.series import draw_dots
from policyreport.figures.style import SMALL, picture, place, text_width
from policyreport.figures.words import WORDS
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import Formats
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import (
    Completion,
    ListCount,
    ListStep,
    Pooling,
    Proportion,
    QuarterOnQuarter,
    counts_of_list,
    newest_list,
    newest_of_lists,
    shares_by_date,
)

BAR = 16


@in_each_language
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


@in_each_language
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


@in_each_language
def lists_side_by_side(pooling: Pooling | Refusal, data: Inputs) -> Pictures:
    """Draw the count of each province's newest list, in the order of areas ("lists-side-by-side").

    From the provinces' records; nothing where `pool_lists` could pool the lists.
    """
    if isinstance(pooling, Pooling):
        return Pictures()
    records = (record for _, record in sorted(data.records.items()) if isinstance(record, TrendRecord))
    counted = ([item for item in record.completion if isinstance(item, Completion)] for record in records)
    done = data.translation.of([newest_list(of_area) for of_area in counted if of_area])
    rows = [(result.list_label, result) for result in done]
    frame = frame_for(data, "lists-side-by-side")
    return Pictures([completion(rows, frame, notes_of_lists(done, data))] if done else [])


def notes_of_lists(done: Iterable[Completion], data: Inputs) -> dict[str, str]:
    """What stands beneath a list's name, by list: only where the source's own date or term is printed."""
    formats, words, notes = Formats(data.edition.language), WORDS[data.edition.language], {}
    told = data.translation.of

    def part(proportion: Proportion, whole: str) -> str:
        counted = whole.format(count=formats.count(proportion.count), total=formats.count(proportion.total))
        return f"{counted} ({formats.percent(proportion.share)})"

    for result in done:
        stated = "" if result.reference_date else told(told_time(notes_of(result.inputs, data)))
        called = words.overdue
        if isinstance(result.overdue, Proportion):
            called = told(printed_as(notes_of(result.inputs, data, data.roles.tasks.overdue))) or called
        if stated or called != words.overdue:
            when = formats.date(result.reference_date) if result.reference_date else stated
            parts = [when] if when else []
            if isinstance(result.late, Proportion):
                parts.append(f"{part(result.late, words.of_these)} {words.late}")
            if isinstance(result.overdue, Proportion):
                parts.append(f"{part(result.overdue, words.of_all)} {called}")
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
    return picture(frame, f"{alt}.", lambda width: paint_rows(width, body, scale, stacked=True))


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
    alt = "; ".join(_count_alt(count, frame) for count in record.counts)
    changed = [step for step in record.steps if not step.same_list]
    if changed:
        days = ", ".join(frame.formats.date(step.end) for step in changed)
        alt += f". {capitalised(frame.verdict('list changed'))}: {days}"
    rows, bars = _rows_of_counts(record, frame), counts_frame(record.counts, proportions or {})

    def paint(width: int) -> Figure:
        box, table = start_rows(width, rows, Scale(0, 1.002 * bars["total"].max()), None, "", stacked=True)
        axes = place(box.axes, 0, box.top, width, box.height).axes
        _draw_bars(axes, bars.assign(y=table["y"][table["room"] > 0].to_list()))
        tops = (table["height"].cumsum() - table["height"])[table["room"] == 0]
        axes.hlines(tops + 4, *axes.get_xlim(), color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
        return box.figure

    return picture(frame, alt + ".", paint)


def counts_frame(counts: Sequence[ListCount], proportions: Mapping[date, Proportion]) -> pd.DataFrame:
    """One row per count: list, day, completed, total, share, and the ends of the interval in tasks where given."""
    table = pd.DataFrame([vars(count) for count in counts])[["list", "reference_date", "completed", "total", "share"]]
    around = [proportions.get(count.reference_date) for count in counts]
    for end in ("low", "high"):
        shares = [getattr(proportion.wilson, end) if proportion else None for proportion in around]
        table[end] = pd.Series(shares, dtype=float) * table["total"]
    return table.assign(day=[count.reference_date.toordinal() for count in counts])


def _count_alt(count: ListCount, frame: Frame) -> str:
    day = frame.formats.date(count.reference_date)
    return f"{day}: {frame.formats.share_of(count.completed, count.total)}"


def _rows_of_counts(record: QuarterOnQuarter, frame: Frame) -> list[Row]:
    """A row for each date, and one between two lists that says why they are not compared."""
    rows, formats = [], frame.formats
    breaks = {step.end: _break_text(step, frame) for step in record.steps if not step.same_list}
    for count in record.counts:
        if count.reference_date in breaks:
            rows.append(Row("", note=breaks[count.reference_date]))
        day, text = formats.date(count.reference_date), formats.share_of(count.completed, count.total)
        role: Role = "accent" if count is record.counts[-1] else "plain"
        rows.append(Row(day, count.share, text=text, note=_count_note(count, frame), role=role, room=BAR + 16))
    return rows


def _break_text(step: ListStep, frame: Frame) -> str:
    """What stands between two dates: the change of the list."""
    words = frame.words
    more = words.more_on_list if step.additions >= 0 else words.fewer_on_list
    changed, count = capitalised(frame.verdict("list changed")), frame.formats.count(abs(step.additions))
    text = f"{changed}, {words.no_comparison}: {count} {more}"
    return f"{text}; {step.basis_change}" if step.basis_change else text


def _count_note(count: ListCount, frame: Frame) -> str:
    """Recurring and overdue tasks, and the count's own note."""
    formats = frame.formats
    parts = [(count.recurring, frame.words.recurring), (count.overdue, frame.words.overdue)]
    notes = [
        f"{formats.count(number)} {name} ({formats.percent(number / count.total)})"
        for number, name in parts
        if number is not None
    ]
    return " · ".join([*notes, count.note] if count.note else notes)


def _draw_bars(axes: Axes, table: pd.DataFrame) -> None:
    """Draw completed and remainder as one bar, with the interval at its edge."""
    axes.barh(table["y"], table["total"], height=BAR - 1, color=PAPER, edgecolor=CONTEXT, linewidth=1)
    axes.barh(table["y"], table["completed"], height=BAR, color=ACCENT)
    axes.hlines(table["y"], table["low"], table["high"], color=PAPER, linewidth=4.5)
    axes.hlines(table["y"], table["low"], table["high"], color=INK, linewidth=1.6)


def slope(counts: Sequence[ListCount], frame: Frame) -> Picture:
    """Draw the completed share of lists over their dates, in order of date; a line joins the dates of one list."""
    lists = [list(group) for _, group in groupby(counts, key=lambda count: count.list)]
    alt = "; ".join(f"{group[0].list_label}: " + ", ".join(_count_alt(c, frame) for c in group) for group in lists)
    return picture(frame, alt + ".", lambda width: _paint_slope(width, counts, frame))


def _paint_slope(width: int, counts: Sequence[ListCount], frame: Frame) -> Figure:
    """Dots with their counts, above a rising line and beneath its start."""
    formats, table = frame.formats, counts_frame(counts, {})
    named = _named_counts(counts, width - 64, formats)
    axes = canvas()
    joined = table[table.duplicated("list", keep=False)]
    if len(joined):
        sns.lineplot(joined, x="day", y="share", units="list", estimator=None, color=ACCENT, linewidth=1.8, ax=axes)
    colors = pd.Series(ACCENT, index=table.index)
    draw_dots(axes, table, "day", "share", colors, colors, 7)
    for count in named:
        beneath = count is counts[0] and count.share > 0.18 and len(counts) > len(named)
        beneath = beneath or 0.4 <= count.share < 0.5 or count.share >= 0.9
        text = formats.count_of(count.completed, count.total)
        day = count.reference_date.toordinal()
        offset = (0, -20 if beneath else 10)
        axes.annotate(text, (day, count.share), offset, textcoords="offset points", ha="center", fontsize=SMALL)
    room = (0.45 if len(named) == len(counts) else 0.14) * (table["day"].max() - table["day"].min()) or 1
    ticks = tuple(float(count.reference_date.toordinal()) for count in named)
    texts = tuple(formats.short_date(count.reference_date) for count in named)
    return finish(
        axes,
        Scale(0, 1, (0.0, 0.5, 1.0), tuple(formats.percent(share, 0) for share in (0.0, 0.5, 1.0))),
        Scale(table["day"].min() - room, table["day"].max() + room, ticks, texts),
        title=counts[0].list_label,
        height=150,
    )(width)


def _named_counts(group: Sequence[ListCount], span: float, formats: Formats) -> Sequence[ListCount]:
    """The counts labelled with date and number: all where they fit, else the first and the last."""
    need = sum(text_width(formats.count_of(count.completed, count.total), SMALL) + 10 for count in group)
    return group if need <= 0.6 * span else (group[0], group[-1])
