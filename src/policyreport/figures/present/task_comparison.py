"""The provinces' lists of tasks taken together: pooled shares, the funnel, earlier outlooks."""

from __future__ import annotations

from collections.abc import Iterable

from policyreport.data.inputs import Inputs
from policyreport.figures import areas as figures
from policyreport.figures import tasks as task_figures
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.task_pace import refused_once
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.records.base import Refusal
from policyreport.records.notebooks import TrendRecord
from policyreport.records.tasks import Calibration, Completion, Funnel, FunnelPoint, Grouped, PooledShare, Pooling
from policyreport.statistics.tasks.counts import newest_of_each_area
from policyreport.statistics.tasks.frame import read_lists

NAMED = 5
"""Areas named in a sentence; the figure and the table name all."""


def pooling(result: Pooling | Refusal, inputs: Inputs) -> Exhibits:
    """Show each province's own share and its pooled estimate, or the counts that cannot be pooled.

    From `pool_lists`: "pooling", "caterpillar" (empty where refused), "lists-side-by-side" (the counts where they
    are not pooled).
    """
    voice = Voice(inputs)
    if isinstance(result, Refusal):
        refused = join("pooling", *refused_once(voice, [result]))
        return Exhibits([refused, Exhibit("caterpillar", ""), join("lists-side-by-side", _raw_figure(voice))])
    names = _names(voice, [share.area for share in result.areas])
    measured = "of the tasks on each province's newest list; lists of one kind, counted within a month of one another"
    moved = max(result.areas, key=lambda share: abs(share.pooled - share.raw))
    arrows = voice.frame(
        "pooling",
        f"The provinces' lists together: an average province completed {voice.formats.percent(result.mean)} of its tasks; "
        f"the pooled estimate moves {voice.area(moved.area)} the most",
        f"Completed share {measured}; small dot: own share; large dot: pooled estimate with its 95 % interval; longest "
        "list on top",
        result.inputs,
    )
    pairs = voice.frame(
        "caterpillar",
        "Two provinces whose thick bars overlap cannot be told apart, where that one pair is looked at",
        f"Pooled estimate of the completed share {measured}; thin bar: 95 % interval; thick bar: ± "
        f"{voice.formats.number(inputs.settings.funnel.pair_bar, 2)} standard errors, for judging pairs by overlap",
        result.inputs,
    )
    bars = inputs.settings.funnel.pair_bar
    return Exhibits(
        [
            join(
                "pooling",
                _pooling_sentences(voice, result, moved),
                figures.pooled_shares(result, names, arrows),
                _pooling_table(voice, result),
            ),
            figures.pooled_caterpillar(result, names, pairs, bars).renamed("caterpillar"),
            Exhibit("lists-side-by-side", ""),
        ]
    )


def funnel(result: Funnel | Refusal, inputs: Inputs) -> Exhibit:
    """Show which provinces' shares are unusual for the size of their lists, or why none can be named: "funnel"."""
    voice = Voice(inputs)
    if isinstance(result, Refusal):
        return join("funnel", *refused_once(voice, [result]))
    names = _names(voice, [point.area for point in result.points])
    singled = [point for point in result.points if point.singled_out]
    many = len(result.points)
    frame = voice.frame(
        "funnel",
        f"{len(singled)} of {many} provinces are singled out for the size of their lists, after adjusting for looking at "
        "all of them",
        "Completed share against the number of tasks on the list; inside the limits lies what chance would give provinces "
        "of one common share" + (", widened by the spread found between them" if result.overdispersed else ""),
        result.inputs,
    )
    figure = figures.funnel(result, names, frame, "tasks on the list")
    return join("funnel", _funnel_sentences(voice, result, singled), figure)


def calibration(result: Calibration | Refusal, inputs: Inputs) -> Exhibit:
    """Show how earlier outlooks fared, or why there is no answer: "calibration"."""
    voice = Voice(inputs)
    if isinstance(result, Refusal):
        return join("calibration", *refused_once(voice, [result], "How earlier outlooks fared"))
    formats, level = voice.formats, inputs.settings.outlook.calibration_level
    inside = formats.share_of(result.inside, result.forecasts)
    ends = formats.percent_interval(result.interval.low, result.interval.high)
    return Exhibit(
        "calibration",
        f"Had the outlook been made on earlier dates, for the next date of each province's list, {inside} of what came "
        f"would have lain inside its {formats.percent(level, 0)} interval (95 % interval {ends}).",
    )


def _raw_figure(voice: Voice) -> Exhibit | str:
    """The counts that cannot be compared, side by side in the order of areas."""
    counts = newest_of_each_area(read_lists(voice.inputs.province_tasks).counts)
    newest = {(count.area, count.list, count.reference_date) for count in counts}
    done = [
        result
        for _, record in sorted(voice.inputs.records.items())
        if isinstance(record, TrendRecord)
        for result in record.completion
        if isinstance(result, Completion) and (result.area, result.list, result.reference_date) in newest
    ]
    if not done:
        return ""
    frame = voice.frame(
        "lists-side-by-side",
        f"The newest counts of {len(done)} of {len(newest)} provinces, side by side: the lists are not of one kind",
        "Share of the tasks on each list that were completed, %, in the statistics office's order of provinces, not ranked; bar: 95 % "
        "interval if tasks finish independently",
        [row for result in done for row in result.inputs],
    )
    return task_figures.completion(
        [(result.list_label, result) for result in done], frame, task_figures.notes_of_lists(done, voice.inputs)
    )


def _pooling_sentences(voice: Voice, result: Pooling, moved: PooledShare) -> str:
    """Mean, spread, and the pull on the list that moves most."""
    formats = voice.formats
    own = voice.value(f"{formats.share_of(moved.count, moved.total)}", moved.inputs)
    pooled = voice.value(formats.percent(moved.pooled), result.inputs)
    return (
        f"Pooled over {len(result.areas)} provinces with {formats.count(sum(share.total for share in result.areas))} tasks, an "
        f"average province has completed {voice.value(formats.percent(result.mean), result.inputs)} of its tasks, with an "
        f"intraclass correlation of {formats.number(result.intraclass, 3)} between tasks of one province. The pooled "
        "estimate takes the provinces as drawn from one distribution and moves a short list further towards the mean "
        f"than a long one: {voice.area(moved.area)} from its own {own} to {pooled}. It is an estimate of the tendency to "
        f"finish, not a correction of the count. {_grouped(voice, result.grouping)}{_dropped(voice, result.dropped)}"
    )


def _pooling_table(voice: Voice, result: Pooling) -> Exhibit:
    formats = voice.formats
    body = [
        [
            voice.area(share.area),
            voice.value(formats.count_of(share.count, share.total), share.inputs),
            voice.value(formats.percent(share.raw), share.inputs),
            formats.percent(share.pooled),
            formats.percent_interval(share.interval.low, share.interval.high),
            formats.percent(share.shrinkage, 0),
        ]
        for share in sorted(result.areas, key=lambda share: (-share.total, share.area))
    ]
    return table(
        "pooling-table",
        ["Province", "Completed", "Own share", "Pooled estimate", "95 % interval", "Drawn to the mean"],
        body,
        f"Own and pooled shares of {len(result.areas)} provinces. *Longest list first; last column: weight of the common "
        "mean in the pooled estimate.*",
        voice.source(rows_behind(body)),
        sortable=True,
        wide=True,
    )


def _funnel_sentences(voice: Voice, result: Funnel, singled: list[FunnelPoint]) -> str:
    """Who is singled out, on which side, and how wide the limits are."""
    formats = voice.formats
    sentences = [
        f"On the lists of {len(result.points)} provinces together "
        f"{voice.value(formats.share_of(sum(p.count for p in result.points), sum(p.total for p in result.points)), result.inputs)} "
        "of the tasks are completed."
    ]
    for word, above in (("above", True), ("below", False)):
        side = sorted((p for p in singled if (p.share > result.centre) == above), key=lambda p: -abs(p.z))
        if side:
            provinces = [
                f"{voice.area(p.area)} ({voice.value(formats.share_of(p.count, p.total), p.inputs)})"
                for p in side[:NAMED]
            ]
            more = [f"{len(side) - NAMED} more"] if len(side) > NAMED else []
            sentences.append(f"For the size of their lists {listed([*provinces, *more])} {'is' if len(side) == 1 else 'are'} "
                        f"{voice.verdict(word)}.")  # fmt: skip
    if not singled:
        sentences.append(
            f"No province is singled out: {voice.verdict('cannot tell apart')} from the others by its size alone."
        )
    spread = formats.number(result.dispersion, 2)
    sentences.append(
        f"The provinces differ more than chance alone would let them (dispersion {spread}), so they are judged by limits "
        "widened by that much; the paler limits are those of chance alone."
        if result.overdispersed
        else f"Their spread does not stand out from what chance would give (dispersion {spread})."
    )
    sentences.append(_grouped(voice, result.grouping))
    return " ".join(sentences) + _dropped(voice, result.dropped)


def _grouped(voice: Voice, grouping: Grouped) -> str:
    """How tasks are taken to finish together, and where that comes from."""
    effect = voice.formats.number(grouping.design_effect, 1).removesuffix(".0")
    if not grouping.pairs:
        return f"Tasks of one list are taken to finish in groups, at a design effect of {effect}."
    pairs = voice.formats.count(grouping.pairs)
    finding = "no sign that tasks finish in groups" if effect == "1" else f"a design effect of {effect}"
    return f"{pairs} pairs of successive counts give {finding}."


def _dropped(voice: Voice, areas: Iterable[str]) -> str:
    names = [voice.area(area) for area in areas]
    return f" Left out, with no count or too short a list: {listed(names)}." if names else ""


def _names(voice: Voice, areas: Iterable[str]) -> dict[str, str]:
    return {area: voice.inputs.areas.name(area) for area in areas}
