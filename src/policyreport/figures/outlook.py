"""The fan of a list's completed share up to its deadline, if tasks go on closing as before."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.labels import label_values, spread
from policyreport.figures.palette import ACCENT, ACCENT_LIGHT, MUTED, THRESHOLD
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.style import SMALL, new_figure, panel, picture, text_width, write
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.tasks import Completion, ListCount, Outlook, OutlookAt, counts_of_list


def outlooks(
    results: Sequence[Outlook | Refusal], completion: Sequence[Completion | Refusal], data: Inputs
) -> Pictures:
    """Draw where each list's pace would lead by its deadline: "outlook", "outlook-2", …; nothing where refused.

    From `outlook_of_tasks` (of each list one result per required share) and `completion_of_lists`.
    """
    first: dict[str, Outlook] = {}
    for result in results:
        if isinstance(result, Outlook):
            first.setdefault(result.list, result)
    names = ["outlook", *(f"outlook-{at}" for at in range(2, len(first) + 1))]
    return Pictures(
        outlook(result, counts_of_list(completion, key), frame_for(data, name))
        for name, (key, result) in zip(names, first.items(), strict=False)
    )


def outlook(record: Outlook, counts: Sequence[ListCount], frame: Frame) -> Picture:
    """Draw the counts of one list, in order of date, and the predictive fan from the latest one to the deadline.

    One nested band for each design effect, named at the deadline; the required share is a dashed line.
    """
    formats = frame.formats
    alt = "; ".join(
        [f"{formats.date(c.reference_date)}: {formats.share_of(c.completed, c.total)}" for c in counts]
        + [
            f"{_band(item, frame, len(record.by_design_effect))}: {formats.percent_interval(*ends)}{NBSP}%"
            for item, ends in _bands(record, counts[-1])
        ]
    )
    return picture(frame, f"{alt}.", lambda width: _paint(width, record, counts, frame))


def _bands(record: Outlook, latest: ListCount) -> list[tuple[OutlookAt, tuple[float, float]]]:
    """Completed share at the deadline by design effect, widest first."""

    def share(finished: float) -> float:
        return (latest.completed + finished) / latest.total

    bands = sorted(record.by_design_effect, key=lambda item: -item.design_effect)
    return [(item, (share(item.interval.low), share(item.interval.high))) for item in bands]


def _paint(width: int, record: Outlook, counts: Sequence[ListCount], frame: Frame) -> Figure:
    bands = _bands(record, counts[-1])
    required = f"{frame.words.required_share} {frame.formats.percent(record.required_share, 0)}"
    names = [(record.required_share, required), *((ends[1], _band(item, frame, len(bands))) for item, ends in bands)]
    right = 14 + max(text_width(text, SMALL) for _, text in names)
    figure = new_figure(width, 280)
    axes = panel(figure, 46, 16, width - 46 - right, 226)
    _axes(axes, width - 46 - right, record, counts, frame)
    now, deadline = counts[-1].reference_date.toordinal(), record.deadline.toordinal()
    for alpha, (_, (low, high)) in zip((0.35, 0.6, 1.0), bands, strict=False):
        corners = ([now, deadline, deadline], [counts[-1].share, high, low])
        axes.fill(*corners, color=ACCENT_LIGHT, alpha=alpha, linewidth=0)
    axes.hlines(record.required_share, now, deadline, color=THRESHOLD, linewidth=1.4, linestyle="--")
    days = [count.reference_date.toordinal() for count in counts]
    axes.plot(days, [count.share for count in counts], color=ACCENT, marker="o", markersize=7, clip_on=False)
    centre = min(bands, key=lambda band: band[0].design_effect)[0].expected_share
    axes.plot((now, deadline), (counts[-1].share, centre), color=ACCENT, linestyle=(0, (3.5, 2.2)))
    spots = spread([16 + 226 * (1 - value) for value, _ in names], [16.0] * len(names), 6, 250)
    for (_, text), spot in zip(names, spots, strict=True):
        color = THRESHOLD if text == required else MUTED
        write(figure, width - right + 10, spot + 4, text, size=SMALL, color=color)
    return figure


def _axes(axes: Axes, span: float, record: Outlook, counts: Sequence[ListCount], frame: Frame) -> None:
    """Ticks of the shares; latest date and deadline named, the deadline alone where both would touch."""
    first, now = counts[0].reference_date.toordinal() - 3, counts[-1].reference_date.toordinal()
    deadline = record.deadline.toordinal()
    axes.set_xlim(first, deadline)
    axes.set_ylim(0, 1)
    ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
    label_values(axes, "y", ticks, [frame.formats.percent(tick, 0) for tick in ticks])
    wide = text_width(frame.formats.short_date(record.deadline), SMALL)
    days = [counts[-1].reference_date, record.deadline]
    if span * (deadline - now) / (deadline - first) < 1.5 * wide + 12:
        days = [record.deadline]
    # The first date stands at the left end, its text inside the axes.
    if span * (days[0].toordinal() - first) / (deadline - first) > 2.5 * wide + 12:
        days.insert(0, counts[0].reference_date)
    texts = [frame.formats.short_date(day) for day in days]
    label_values(axes, "x", [day.toordinal() for day in days], texts, grid=False)
    labels = axes.get_xticklabels()
    labels[-1].set_horizontalalignment("right")
    if days[0] == counts[0].reference_date:
        labels[0].set_horizontalalignment("left")
    axes.tick_params(axis="x", pad=8)


def _band(item: OutlookAt, frame: Frame, bands: int) -> str:
    """Name of a band: its design effect where several assumptions are drawn."""
    if bands == 1:
        return frame.words.interval_95
    return f"{frame.words.design_effect} {frame.formats.number(item.design_effect, 0)}"
