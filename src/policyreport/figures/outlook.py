"""The fan of a list's completed share up to its deadline, if tasks go on closing as before."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from policyreport.exhibits import Exhibit
from policyreport.figures.frame import Frame
from policyreport.figures.labels import label_values, spread
from policyreport.figures.palette import ACCENT, ACCENT_LIGHT, MUTED, THRESHOLD
from policyreport.figures.style import SMALL, new_figure, panel, picture, text_width, write
from policyreport.formats import NBSP
from policyreport.records.tasks import ListCount, Outlook, OutlookAt


def outlook(record: Outlook, counts: Sequence[ListCount], frame: Frame) -> Exhibit:
    """Draw the counts of one list and the predictive fan from the latest one to the deadline.

    Parameters
    ----------
    record : Outlook
        By design effect.
    counts : sequence of ListCount
        Of that list, in the order of their dates.
    frame : Frame
        Label, caption and source.

    Returns
    -------
    Exhibit
        Nested bands, one a design effect, named at the deadline; the required share as a dashed line.
    """
    latest = counts[-1]

    def share(finished: float) -> float:
        return (latest.completed + finished) / latest.total

    bands = sorted(record.by_design_effect, key=lambda item: -item.design_effect)
    ends = [(share(item.interval.low), share(item.interval.high)) for item in bands]
    formats, words = frame.formats, frame.words
    alt = "; ".join(
        [f"{formats.date(c.reference_date)}: {formats.share_of(c.completed, c.total)}" for c in counts]
        + [
            f"{_effect(item, frame)}: {formats.percent_interval(*end)}{NBSP}%"
            for item, end in zip(bands, ends, strict=True)
        ]
    )

    def paint(width: int) -> Figure:
        names = [
            (record.required_share, f"{words.required_share} {formats.percent(record.required_share, 0)}")
        ]
        names += [(end[1], _effect(item, frame)) for item, end in zip(bands, ends, strict=True)]
        right = 14 + max(text_width(text, SMALL) for _, text in names)
        figure = new_figure(width, 280)
        axes = panel(figure, 46, 16, width - 46 - right, 226)
        now, deadline = latest.reference_date.toordinal(), record.deadline.toordinal()
        axes.set_xlim(counts[0].reference_date.toordinal() - 3, deadline)
        axes.set_ylim(0, 1)
        ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
        label_values(axes, "y", ticks, [formats.percent(tick, 0) for tick in ticks])
        days = [latest.reference_date, record.deadline]
        room = (width - 46 - right) * (deadline - now) / (deadline - axes.get_xlim()[0])
        if room < 1.5 * text_width(formats.short_date(record.deadline), SMALL) + 12:
            days = [record.deadline]
        label_values(
            axes, "x", [d.toordinal() for d in days], [formats.short_date(d) for d in days], grid=False
        )
        axes.get_xticklabels()[-1].set_horizontalalignment("right")
        axes.tick_params(axis="x", pad=8)
        for alpha, (low, high) in zip((0.35, 0.6, 1.0), ends, strict=False):
            corners = ([now, deadline, deadline], [latest.share, high, low])
            axes.fill(*corners, color=ACCENT_LIGHT, alpha=alpha, linewidth=0)
        axes.hlines(record.required_share, now, deadline, color=THRESHOLD, linewidth=1.4, linestyle="--")
        path = [(c.reference_date.toordinal(), c.share) for c in counts]
        axes.plot(
            [x for x, _ in path], [y for _, y in path], color=ACCENT, marker="o", markersize=7, clip_on=False
        )
        mean = next((item for item in bands if item.design_effect == 1), bands[-1])
        axes.plot(
            (now, deadline), (latest.share, mean.expected_share), color=ACCENT, linestyle=(0, (3.5, 2.2))
        )
        spots = spread([16 + 226 * (1 - value) for value, _ in names], [16.0] * len(names), 6, 250)
        for (_, text), spot in zip(names, spots, strict=True):
            color = THRESHOLD if text == names[0][1] else MUTED
            write(figure, width - right + 10, spot + 4, text, size=SMALL, color=color)
        return figure

    return picture(frame, f"{alt}.", paint)


def _effect(item: OutlookAt, frame: Frame) -> str:
    """Name of a band."""
    return f"{frame.words.design_effect} {frame.formats.number(item.design_effect, 0)}"
