"""Figures that compare many areas at once: rank sets, shrinkage, funnel."""

from collections.abc import Mapping, Sequence

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from policyreport.data.inputs import Inputs
from policyreport.figures.finish import End, canvas, finish
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language, numbered
from policyreport.figures.labels import Scale, round_ticks
from policyreport.figures.league import league
from policyreport.figures.palette import CONTEXT, CONTEXT_LIGHT, INK, MUTED, PAPER
from policyreport.figures.rows import Row, Rule, paint_rows
from policyreport.figures.series import draw_dots
from policyreport.figures.style import DASHED, SMALL, house_style, picture
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import NBSP
from policyreport.records.series import Panel, Ranks
from policyreport.records.tasks import Funnel, PooledShare, Pooling


@in_each_language
def slopes(result: Panel | Refusal, data: Inputs) -> Pictures:
    """Draw whether the areas' trends differ, from `fit_panel`: "panel"."""
    if isinstance(result, Refusal):
        return Pictures()
    names = {slope.area: data.areas.name(slope.area) for slope in result.slopes}
    frame = frame_for(data, "panel")
    return Pictures([caterpillar(result, names, frame, frame.words.points_a_year)])


@in_each_language
def ranks(results: Sequence[Ranks | Refusal], data: Inputs) -> Pictures:
    """Draw sets of ranks that tell any two areas apart, from `rank_means`, `rank_sets` and `rank_lists`: "ranks", …."""
    done = [result for result in results if isinstance(result, Ranks)]
    drawn = []
    for number, result in enumerate(done, start=1):
        if result.tells_apart:
            names = {item.area: data.areas.name(item.area) for item in result.sets}
            drawn.append(rank_sets(result, names, frame_for(data, numbered("ranks", number))))
    return Pictures(drawn)


def rank_sets(record: Ranks, names: Mapping[str, str], frame: Frame) -> Picture:
    """Draw each area's rank with its simultaneous confidence set, first rank on top."""
    rows = []
    for item in sorted(record.sets, key=lambda item: (item.rank, item.area)):
        low, high = item.simultaneous
        text = f"{item.rank} ({frame.formats.interval(low, high, 0)})"
        rows.append(Row(names[item.area], item.rank, low, high, text))
    last = len(rows)
    ticks = (1.0, *(tick for tick in round_ticks(1, last, 6) if 1 < tick < last), float(last))
    texts = tuple(frame.formats.count(int(tick)) for tick in ticks)
    scale = Scale(0.5, last + 0.5, ticks, texts)
    alt = "; ".join(f"{row.label} {row.text}" for row in rows) + "."
    return picture(frame, alt, lambda width: paint_rows(width, rows, scale))


@in_each_language
def pooling(result: Pooling | Refusal, data: Inputs) -> Pictures:
    """Draw each province's own and pooled share ("pooling"), and the pooled ones with bars for pairs ("caterpillar").

    From `pool_lists`; nothing where refused.
    """
    if isinstance(result, Refusal):
        return Pictures()
    names = {share.area: data.areas.name(share.area) for share in result.areas}
    bar = data.settings.funnel.pair_bar
    return Pictures(
        [
            pooled_shares(result, names, frame_for(data, "pooling")),
            pooled_caterpillar(result, names, frame_for(data, "caterpillar"), bar),
        ]
    )


@in_each_language
def lists_in_funnel(result: Funnel | Refusal, data: Inputs) -> Pictures:
    """Draw which provinces' shares are unusual for the size of their lists ("funnel"); nothing where refused.

    From `funnel_of_lists`.
    """
    if isinstance(result, Refusal):
        return Pictures()
    names = {point.area: data.areas.name(point.area) for point in result.points}
    frame = frame_for(data, "funnel")
    return Pictures([funnel(result, names, frame, frame.words.tasks_on_list)])


def pooled_shares(record: Pooling, names: Mapping[str, str], frame: Frame) -> Picture:
    """Draw the pull from each area's own share to the pooled one, largest list first.

    Small dot: own share; arrow to the large dot: pooled share with its interval.
    """
    rows = [
        Row(
            names[item.area],
            100 * item.pooled,
            100 * item.interval.low,
            100 * item.interval.high,
            f"{frame.formats.share_of(item.count, item.total)}, {frame.words.pooled} "
            f"{frame.formats.percent(item.pooled)}",
            start=100 * item.raw,
        )
        for item in sorted(record.areas, key=lambda item: (-item.total, item.area))
    ]
    unit = f"%; {frame.words.shrinkage}"
    return league(rows, frame, unit, Rule(100 * record.mean, frame.words.mean, threshold=False))


def pooled_caterpillar(record: Pooling, names: Mapping[str, str], frame: Frame, pair_bar: float) -> Picture:
    """Draw the pooled shares, highest first, with two bars: the 95% interval, and one for judging pairs by overlap.

    `pair_bar` is the half-length of the inner bar in standard errors.
    """
    rows = [
        Row(
            names[item.area],
            100 * item.pooled,
            100 * item.interval.low,
            100 * item.interval.high,
            frame.formats.percent(item.pooled),
            inner_low=_inner(item, -pair_bar),
            inner_high=_inner(item, pair_bar),
        )
        for item in sorted(record.areas, key=lambda item: (-item.pooled, item.area))
    ]
    return league(rows, frame, "%", Rule(100 * record.mean, frame.words.mean, threshold=False))


def _inner(item: PooledShare, reach: float) -> float | None:
    """One end of the inner bar, so many standard errors from the pooled share."""
    if item.standard_error is None:
        return None
    return 100 * min(max(item.pooled + reach * item.standard_error, 0.0), 1.0)


def caterpillar(record: Panel, names: Mapping[str, str], frame: Frame, unit: str) -> Picture:
    """Draw the areas' slopes, steepest first: own slope, arrow to the pooled slope with its interval.

    `unit` is that of a slope: ``pp a year``.
    """
    rows = [
        Row(
            names[item.area],
            item.pooled,
            item.interval.low,
            item.interval.high,
            frame.formats.number(item.pooled, 2, signed=True),
            start=item.raw,
        )
        for item in sorted(record.slopes, key=lambda item: (-item.pooled, item.area))
    ]
    return league(rows, frame, f"{unit}; {frame.words.shrinkage}", Rule(0, threshold=False))


@house_style()
def funnel(record: Funnel, names: Mapping[str, str], frame: Frame, total: str) -> Picture:
    """Draw shares against the size of their lists, inside the limits that chance alone would give.

    Areas singled out are named; the others are dots. `total` names the horizontal axis.
    """
    formats, largest = frame.formats, max(record.limit_totals)
    axes = canvas()
    axes.axhline(record.centre, color=MUTED, linewidth=1.2, zorder=1.5)
    sns.lineplot(
        limits_frame(record), x="total", y="share", units="limit", hue="judged", style="inner", legend=False,
        palette={True: MUTED, False: CONTEXT_LIGHT}, dashes={True: DASHED, False: ""}, estimator=None, linewidth=1,
        ax=axes,
    )  # fmt: skip
    _draw_points(axes, record, names, largest)
    shares, totals = (0.0, 0.25, 0.5, 0.75, 1.0), tuple(round_ticks(0, largest, 5))
    paint = finish(
        axes,
        Scale(-0.01, 1.01, shares, tuple(formats.percent(share, 0) for share in shares)),
        Scale(0, 1.02 * largest, totals, tuple(formats.count(int(tick)) for tick in totals)),
        ends=_limit_names(record, frame),
        beneath=capitalised(total),
        height=262,
    )
    alt = "; ".join(
        f"{names[p.area]} {formats.share_of(p.count, p.total)}" for p in sorted(record.points, key=lambda p: -p.share)
    )
    return picture(frame, f"{alt}.", paint)


def points_frame(record: Funnel) -> pd.DataFrame:
    """One row per area: total, share, and whether it is singled out."""
    return pd.DataFrame([vars(point) for point in record.points])[["area", "total", "share", "singled_out"]]


def limits_frame(record: Funnel) -> pd.DataFrame:
    """One row per limit at each length of list: total, share, outer or inner, and whether it is the one to judge by."""
    kinds = [(record.limits, not record.limits_overdispersed), (record.limits_overdispersed, True)]
    rows = [
        (total, share, f"{limit} {judged}", limit in (1, 2), judged)
        for limits, judged in kinds
        for total, shares in zip(record.limit_totals, limits, strict=False)
        for limit, share in enumerate(shares)
    ]
    return pd.DataFrame(rows, columns=["total", "share", "limit", "inner", "judged"])


def _draw_points(axes: Axes, record: Funnel, names: Mapping[str, str], largest: float) -> None:
    """All areas as dots; those singled out are named."""
    points = points_frame(record)
    colors = points["singled_out"].map({True: INK, False: CONTEXT})
    draw_dots(axes, points, "total", "share", colors, colors, 7)
    for point in (point for point in record.points if point.singled_out):
        left = point.total > 0.7 * largest
        axes.annotate(
            names[point.area], (point.total, point.share), (-8 if left else 8, 4), fontsize=SMALL,
            textcoords="offset points", ha="right" if left else "left", annotation_clip=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip


def _limit_texts(record: Funnel, frame: Frame) -> tuple[str, str]:
    """Texts of the inner and the outer pair of limits: the share of lists that chance keeps inside."""
    lowest, low, high, highest = record.probabilities
    inner, outer = (frame.level(share) for share in (high - low, highest - lowest))
    return frame.words.limits.format(level=inner), frame.words.limits.format(level=outer)


def _limit_names(record: Funnel, frame: Frame) -> list[End]:
    """Names of the limits used for judging, and of the centre, at their right ends."""
    _, _, upper_inner, upper_outer = (record.limits_overdispersed or record.limits)[-1]
    inner, outer = _limit_texts(record, frame)
    names = [(record.centre, frame.words.mean), (upper_inner, inner), (upper_outer, outer)]
    return [End(share, text.replace(" ", NBSP)) for share, text in names]
