"""The fan of a list's completed share up to its deadline, if tasks go on closing as before."""

from collections.abc import Sequence

import pandas as pd
import seaborn as sns

from policyreport.data.inputs import Inputs
from policyreport.figures.finish import End, canvas, finish
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import Scale
from policyreport.figures.palette import ACCENT, ACCENT_LIGHT, THRESHOLD
from policyreport.figures.series import draw_dots
from policyreport.figures.style import DASHED, house_style, picture
from policyreport.figures.tasks import counts_frame
from policyreport.records.base import Refusal
from policyreport.records.tasks import Completion, ListCount, Outlook, counts_of_list


@in_each_language
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


@house_style()
def outlook(record: Outlook, counts: Sequence[ListCount], frame: Frame) -> Picture:
    """Draw the counts of one list, in order of date, and the predictive fan from the latest one to the deadline.

    One nested band for each design effect, named at the deadline; the required share is a dashed line.
    """
    formats, deadline = frame.formats, record.deadline.toordinal()
    done, bands = counts_frame(counts, {}), bands_frame(record, counts[-1])
    now, share = done.iloc[-1][["day", "share"]]
    axes = canvas()
    for alpha, band in zip((0.35, 0.6, 1.0), bands.itertuples(), strict=False):
        axes.fill([now, deadline, deadline], [share, band.high, band.low], color=ACCENT_LIGHT, alpha=alpha, linewidth=0)
    axes.hlines(record.required_share, now, deadline, color=THRESHOLD, linewidth=1.4, linestyle="--")
    sns.lineplot(done, x="day", y="share", estimator=None, color=ACCENT, linewidth=1.8, ax=axes)
    colors = pd.Series(ACCENT, index=done.index)
    draw_dots(axes, done, "day", "share", colors, colors, 7)
    axes.plot((now, deadline), (share, bands["expected"].iloc[-1]), color=ACCENT, linestyle=(0, DASHED))
    names = [_band(effect, frame, len(bands)) for effect in bands["design_effect"]]
    required = f"{frame.words.required_share} {formats.percent(record.required_share, 0)}"
    ends = [End(record.required_share, required, THRESHOLD), *map(End, bands["high"], names)]
    days, shares = (record.deadline, counts[-1].reference_date, counts[0].reference_date), (0.0, 0.25, 0.5, 0.75, 1.0)
    ticks, texts = tuple(float(day.toordinal()) for day in days), tuple(map(formats.short_date, days))
    paint = finish(
        axes,
        Scale(0, 1, shares, tuple(formats.percent(share, 0) for share in shares)),
        Scale(done["day"].min() - 3, deadline, ticks, texts),
        ends=ends,
        height=226,
        margins=(190, 124),
    )
    alt = [f"{formats.date(c.reference_date)}: {formats.share_of(c.completed, c.total)}" for c in counts]
    intervals = map(formats.percent_interval, bands["low"], bands["high"])
    alt += [f"{name}: {interval}%" for name, interval in zip(names, intervals, strict=True)]
    return picture(frame, f"{'; '.join(alt)}.", paint)


def bands_frame(record: Outlook, latest: ListCount) -> pd.DataFrame:
    """Completed share at the deadline, one row per design effect, widest first."""

    def share(finished: float) -> float:
        return (latest.completed + finished) / latest.total

    bands = sorted(record.by_design_effect, key=lambda item: -item.design_effect)
    rows = [(b.design_effect, share(b.interval.low), share(b.interval.high), b.expected_share) for b in bands]
    return pd.DataFrame(rows, columns=["design_effect", "low", "high", "expected"])


def _band(design_effect: float, frame: Frame, bands: int) -> str:
    """Name of a band: its design effect where several assumptions are drawn."""
    if bands == 1:
        return frame.words.interval_95
    return f"{frame.words.design_effect} {frame.formats.number(design_effect, 0)}"
