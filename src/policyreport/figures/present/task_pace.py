"""How fast the tasks of a list are finished, and where that pace would lead by the deadline."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.hazards import hazards
from policyreport.figures.outlook import outlook as outlook_figure
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.flow_sensitivity import flow_sensitivity
from policyreport.figures.present.voice import Voice, listed, refusals_by_code
from policyreport.figures.tables import table
from policyreport.records.base import Refusal
from policyreport.records.markdown import escape
from policyreport.records.tasks import (
    Completion,
    Flow,
    FlowChange,
    FlowTrend,
    ListCount,
    Outlook,
    OutlookAt,
    counts_of_list,
)
from policyreport.statistics.tasks.counts import TaskCount
from policyreport.statistics.tasks.frame import read_lists

YEAR_END = 12
"""The month whose rush is not told apart from speed (METHODS §2)."""


def flow(results: Sequence[Flow | Refusal], completion: Sequence[Completion | Refusal], inputs: Inputs) -> Exhibits:
    """Show how fast an area's tasks are finished, the last change and the trend, or why there is no answer.

    From `pace_of_tasks` and `completion_of_lists`: "flow", and "flow-short" with its sentences (empty where refused:
    "refusals-short" says why).
    """
    voice = Voice(inputs)
    parts: list[Exhibit | str] = []
    for at, item in enumerate(result for result in results if isinstance(result, Flow)):
        suffix = f"-{at + 1}" if at else ""
        last = item.steps[-1]
        change = f", {_word(voice, item.change.verdict)}" if isinstance(item.change, FlowChange) else ""
        frame = voice.frame(
            f"flow{suffix}",
            f"Finished in 30 days: {voice.formats.percent(last.hazard30)} of the open tasks "
            f"({voice.formats.count_of(last.finished, last.at_risk)} in {last.days} days to {voice.date(last.end)}){change}",
            "Share of the tasks open or added that were finished, put on 30 days, %, additions counted from the first "
            "day; bar: 95 % interval if tasks finish independently",
            item.inputs,
        )
        parts += [
            pace_sentence(voice, item),
            _trend_sentence(voice, item),
            hazards(item, frame, "% finished in 30 days"),
            _steps_table(voice, item, counts_of_list(completion, item.list), suffix),
            flow_sensitivity(voice, item, suffix),
            voice.flags(item.flags + (item.trend.flags if isinstance(item.trend, FlowTrend) else ())),
        ]
        refused = [part for part in (item.change, item.trend) if isinstance(part, Refusal)]
        parts += [voice.refusal(part, escape(part.subject.split(": ")[-1].capitalize())) for part in refused]
    parts += refused_once(voice, _side_by_side(voice, results))
    short = [pace_sentence(voice, result) for result in results if isinstance(result, Flow)]
    return Exhibits([join("flow", *parts), Exhibit("flow-short", "\n\n".join(short))])


def outlook(
    results: Sequence[Outlook | Refusal], completion: Sequence[Completion | Refusal], inputs: Inputs
) -> Exhibits:
    """Show where an area's pace would lead by the deadline, or why there is no answer.

    From `outlook_of_tasks` (of each list one result per required share) and `completion_of_lists`: "outlook", and
    "outlook-short" with its sentences (empty where refused).
    """
    voice = Voice(inputs)
    parts: list[Exhibit | str] = []
    short: list[str] = []
    done = [result for result in results if isinstance(result, Outlook)]
    for at, (key, group) in enumerate(groupby(done, key=lambda result: result.list)):
        by_share = list(group)
        main, suffix = by_share[0], f"-{at + 1}" if at else ""
        shown = _printed(voice, main)
        counts = counts_of_list(completion, key)
        frame = voice.frame(
            f"outlook{suffix}",
            f"At the pace of the last {voice.formats.count(main.days_observed)} days {voice.formats.percent(shown.expected_share)} of the tasks "
            f"would be done by {voice.date(main.deadline)}",
            "Completed share of the list on its dates, and 95 % intervals to the deadline if tasks go on closing as "
            "before and none is added",
            rows_behind([main, counts]),
        )
        short.append(" ".join(_in_order(voice, by_share, brief=True)))
        parts += [
            _outlook_sentences(voice, by_share),
            outlook_figure(main, counts, frame),
            _outlook_table(voice, by_share, suffix),
            voice.flags(main.flags),
        ]
    parts += refused_once(voice, _side_by_side(voice, results))
    return Exhibits([join("outlook", *parts), Exhibit("outlook-short", "\n\n".join(short))])


def certainty(voice: Voice, flow: Sequence[Flow | Refusal], results: Sequence[Outlook | Refusal], list_: str) -> str:
    """Pace and outlook of one list in a line, with how certain they are; empty where refused."""
    sentences = [pace_sentence(voice, result) for result in flow if isinstance(result, Flow) and result.list == list_]
    by_share = [result for result in results if isinstance(result, Outlook) and result.list == list_]
    if by_share:
        sentences += _in_order(voice, by_share, brief=True)
    return " ".join(sentences)


def refused_once(voice: Voice, results: Sequence[object], what: str = "") -> list[str]:
    """One block per reason for a refusal, with the facts of every list it concerns.

    `what` is the question for readers, empty where a heading states it.
    """
    return [
        voice.refusal(group[0].model_copy(update={"detail": "; ".join(_facts(group))}), what)
        for group in refusals_by_code(results).values()
    ]


def _facts(refusals: Sequence[Refusal]) -> list[str]:
    """The facts of refusals with one code; what they share is printed once."""
    details = list(dict.fromkeys(refusal.detail for refusal in refusals if refusal.detail))
    lead, colon, _ = details[0].partition(": ") if details else ("", "", "")
    shared = bool(colon) and all(detail.startswith(f"{lead}: ") for detail in details)
    return details[:1] + [detail.removeprefix(f"{lead}: ") if shared else detail for detail in details[1:]]


def _side_by_side(voice: Voice, results: Sequence[object]) -> list[object]:
    """Add to each refusal of a changed list all counts of its kind, each with its list and day.

    The last such refusal also names the counts that stand alone of their kind: they were not compared either.
    """
    lists = read_lists(voice.inputs.tasks)
    counts = [count for count in lists.of_one_area() if None not in (count.total, count.completed)]
    refused = [result for result in results if isinstance(result, Refusal)]
    changed = [refusal for refusal in refused if refusal.code == "list-changed"]
    details: dict[int, str] = {}
    for refusal in changed:
        own = [count for count in counts if set(count.inputs) & set(refusal.inputs)]
        reason, listing = refusal.detail.partition(":")[0], ", then ".join(_counted(voice, count) for count in own)
        details[id(refusal)] = f"{reason}: {listing}" if own else refusal.detail
    alone = [count for count in counts if not any(set(count.inputs) & set(refusal.inputs) for refusal in changed)]
    if changed and alone:
        details[id(changed[-1])] += f"; counted once: {', '.join(_counted(voice, count) for count in alone)}"
    dated = lists.of_one_area(context=True)
    for close in (refusal for refusal in refused if refusal.code == "interval-too-short"):
        own = [count for count in dated if set(count.inputs) & set(close.inputs)]
        details[id(close)] = f"{', then '.join(_counted(voice, count) for count in own)}; {close.detail}"
    amended: dict[int, object] = {
        id(refusal): refusal.model_copy(update={"detail": details[id(refusal)]})
        for refusal in refused
        if id(refusal) in details
    }
    return [amended.get(id(result), result) for result in results]


def _counted(voice: Voice, count: TaskCount) -> str:
    """One count with its list and its day."""
    day = f" on {voice.date(count.reference_date)}" if count.reference_date else ""
    return f"“{count.list_label}”: {voice.formats.count_of(count.completed or 0, count.total or 0)}{day}"


def pace_sentence(voice: Voice, flow: Flow) -> str:
    """The last interval's pace and how it changed, with its verdict and what that verdict is about."""
    formats, step = voice.formats, flow.steps[-1]
    text = (
        f"Of {voice.value(formats.count(step.at_risk), flow.inputs)} tasks open or added, "
        f"{voice.value(formats.count(step.finished), flow.inputs)} were finished in the {step.days} days to "
        f"{voice.date(step.end)}: {voice.value(formats.percent(step.hazard30), flow.inputs)} a month"
    )
    if isinstance(flow.change, FlowChange):
        # The interval that the verdict was taken from, not the narrower one of independent tasks.
        ends = flow.change.verdict_interval or flow.change.interval
        change, low, high = (100 * value for value in (flow.change.difference, ends.low, ends.high))
        moved = f"{formats.points(change, 1)} ({formats.interval(low, high, 1, signed=True)})"
        text += f", {voice.value(moved, flow.inputs)} on the interval before, {voice.verdict(flow.change.verdict)}"
        return f"{text}. {_change_remark(voice, flow.change)}".strip()
    return f"{text}."


def _change_remark(voice: Voice, change: FlowChange) -> str:
    """What a verdict on the change is about, or why a fall gets none; empty where there is nothing to add."""
    if change.verdict == "slower":
        return voice.remark("tasks-left")
    judged = next((result for result in change.by_frailty if result.frailty == change.verdict_frailty), None)
    if change.verdict == "faster":
        return voice.remark("easier-added") if judged and judged.interval.low <= 0 else ""
    fell = change.verdict_interval is not None and change.verdict_interval.high < 0
    return voice.remark("no-more-than-unlike") if fell else ""


def _trend_remark(voice: Voice, trend: FlowTrend) -> str:
    """The same for a trend."""
    if trend.verdict == "falling":
        return voice.remark("tasks-left")
    judged = next((result for result in trend.by_frailty if result.frailty == trend.verdict_frailty), None)
    if trend.verdict == "rising":
        return voice.remark("easier-added") if judged and judged.interval.low <= 0 else ""
    return voice.remark("no-more-than-unlike") if trend.interval.high < 0 else ""


def _word(voice: Voice, verdict: str) -> str:
    """A verdict inside a figure's caption; slower with what it refers to."""
    word = voice.inputs.wording.verdict(verdict, voice.language)
    return f"{word} ({voice.remark('of-the-tasks-left')})" if verdict == "slower" else word


def _trend_sentence(voice: Voice, flow: Flow) -> str:
    """The hazard's trend over the intervals, the grounds of the verdicts, and the year's end."""
    formats, sentences = voice.formats, []
    if isinstance(flow.change, FlowChange):
        effect = formats.number(flow.change.verdict_design_effect, 1).removesuffix(".0")
        sentences.append(
            "The spread over the intervals gives no sign that tasks finish in groups."
            if effect == "1"
            else f"The change is judged at a design effect of {effect}: tasks may finish in groups."
        )
    if isinstance(flow.trend, FlowTrend):
        ratio, ends = flow.trend.hazard_ratio, flow.trend.hazard_ratio_interval
        text = f"{formats.number(ratio, 3)} ({formats.interval(ends.low, ends.high, 3)})"
        sentences.append(
            f"Over {flow.trend.intervals} intervals the rate at which the tasks left were finished was multiplied by "
            f"{voice.value(text, flow.inputs)} from quarter to quarter, {voice.verdict(flow.trend.verdict)}."
        )
        if remark := _trend_remark(voice, flow.trend):
            sentences.append(remark)
        if flow.trend.verdict != "no clear trend":
            sentences.append("The outlook below takes the mean pace and does not carry that trend on.")
    if any(step.end.month == YEAR_END for step in flow.steps):
        sentences.append("A rush at the end of a year is not told apart from speed.")
    return " ".join([*sentences, *_counts_used(voice, flow)])


def _counts_used(voice: Voice, flow: Flow) -> list[str]:
    """Which counts end no interval of their own, and how many were left out."""
    sentences = []
    if flow.joined:
        days = voice.inputs.settings.flow.minimum_days
        dates = listed([voice.date(day) for day in flow.joined])
        counts = "The count of {} lies" if len(flow.joined) == 1 else "The counts of {} lie"
        sentences.append(
            f"{counts.format(dates)} less than {days} days from the next or the one before: the intervals on both sides are "
            "read as one."
        )
    if flow.left_out:
        many = "1 count was" if flow.left_out == 1 else f"{voice.formats.count(flow.left_out)} counts were"
        sentences.append(f"{many} left out: the day or the number is not exact.")
    return sentences


def _steps_table(voice: Voice, flow: Flow, counts: Sequence[ListCount], suffix: str) -> Exhibit:
    """Quarter on quarter inside one list: every date with the changes since the one before."""
    formats, steps = voice.formats, {step.end: step for step in flow.steps}
    body = []
    for count in counts:
        step = steps.get(count.reference_date)
        limits = step.hazard30_interval if step else None
        body.append(
            [
                voice.date(count.reference_date),
                voice.value(formats.count_of(count.completed, count.total), count.inputs),
                voice.value(formats.percent(count.share), count.inputs),
                formats.number(step.finished, 0, signed=True) if step else "",
                formats.number(step.additions, 0, signed=True) if step else "",
                formats.count(step.at_risk) if step else "",
                f"{formats.percent(step.hazard30)} ({formats.percent_interval(limits.low, limits.high)})"
                if step and limits
                else "",
                formats.percent(step.hazard30_uniform) if step else "",
                formats.percent(step.hazard30_last_day) if step else "",
            ]
        )
    return table(
        voice.id(f"flow-table{suffix}"),
        ["Date", "Completed", "Share", "More completed", "More on the list", "Open or added", "Finished in 30 days",
         "If added evenly", "If added last"],
        body,
        f"{formats.count(len(flow.steps))} intervals inside one list. *Share of the tasks open or added that were "
        "finished, put on 30 days, additions counted from the first day, with 95 % interval; last columns: additions "
        "spread evenly, and all on the last day.*",
        voice.source(rows_behind(body)),
        align="lrrrrrrrr",
        wide=True,
    )  # fmt: skip


def _printed(voice: Voice, outlook: Outlook) -> OutlookAt:
    """The prediction whose interval is printed: the widest assumption, or the estimated one."""
    wanted = voice.inputs.settings.outlook.interval_design_effect
    return next((at for at in outlook.by_design_effect if at.design_effect == wanted), outlook.by_design_effect[-1])


def _in_order(voice: Voice, by_share: Sequence[Outlook], brief: bool = False) -> list[str]:
    """Expected share and chances; the chances lead on a list so short that all may well be done."""
    sentences = [_expected(voice, by_share[0], brief), _chances(voice, by_share)]
    short = by_share[0].open_tasks <= voice.inputs.settings.outlook.certain_above_open
    return sentences[::-1] if short else sentences


def _expected(voice: Voice, outlook: Outlook, brief: bool) -> str:
    """Expected number completed by the deadline, with its interval and its condition."""
    formats, at = voice.formats, _printed(voice, outlook)
    done = outlook.completed + round(at.mean_finished)
    low, high = ((outlook.completed + end) / outlook.total for end in (at.interval.low, at.interval.high))
    share = f"{formats.count_of(done, outlook.total)} ({formats.percent(at.expected_share)}"
    effect = "" if brief else f" at a design effect of {formats.number(at.design_effect, 0)}"
    interval = f"95 % interval {formats.percent_interval(low, high)}{effect})"
    return (
        f"If tasks go on closing as in the last {formats.count(outlook.days_observed)} days, about "
        f"{voice.value(f'{share}; {interval}', outlook.inputs)} would be completed by {voice.date(outlook.deadline)}."
    )


def _chances(voice: Voice, by_share: Sequence[Outlook]) -> str:
    """How certain each required share is, as a phrase, with its verdict."""
    chances: list[str] = []
    for outlook in by_share:
        what = "all" if outlook.required_share == 1 else voice.formats.percent(outlook.required_share, 0)
        chance = voice.certainty(_printed(voice, outlook).probability_required)
        chances.append(f"that {what} are done{'' if chances else ' is'} {chance} ({voice.verdict(outlook.verdict)})")
    return f"The chance {', '.join(chances)}."


def _outlook_sentences(voice: Voice, by_share: Sequence[Outlook]) -> str:
    """Expected share, chances, the pace needed for the required share, new tasks, the deadline's reason."""
    formats, main = voice.formats, by_share[0]
    sentences = _in_order(voice, by_share)
    for outlook in by_share:
        if outlook.required_share < 1 and outlook.hazard_needed30:
            sentences.append(
                f"For {formats.percent(outlook.required_share, 0)} to be done in expectation, "
                f"{formats.percent(outlook.hazard_needed30)} of the open tasks a month would have to be finished; so far it "
                f"was {voice.value(formats.percent(outlook.hazard_observed30), outlook.inputs)}."
            )
    if main.with_additions:
        more = next((at for at in main.with_additions if at.design_effect == _printed(voice, main).design_effect), None)
        if more:
            sentences.append(
                f"No new tasks are assumed; with {formats.count(main.additions)} more by then, as they came so far, "
                f"the expected share is {formats.percent(more.expected_share)} of "
                f"{formats.count(main.total + main.additions)}."
            )
    reason = voice.inputs.policy.list_named(main.list).deadline_reason
    return " ".join([*sentences, f"Why that day? {escape(reason)}" if reason else ""]).strip()


def _outlook_table(voice: Voice, by_share: Sequence[Outlook], suffix: str) -> Exhibit:
    """Each assumption's expected share, interval and chances."""
    formats, main = voice.formats, by_share[0]
    body = []
    for scenario, total in (("by_design_effect", main.total), ("with_additions", main.total + main.additions)):
        for place, at in enumerate(getattr(main, scenario)):
            low, high = ((main.completed + end) / total for end in (at.interval.low, at.interval.high))
            new = f", {formats.count(main.additions)} more tasks" if scenario == "with_additions" else ", no new tasks"
            body.append(
                [
                    f"Design effect {formats.number(at.design_effect, 0)}{new}",
                    voice.value(formats.count_of(main.completed + round(at.mean_finished), total), main.inputs),
                    formats.percent(at.expected_share),
                    formats.percent_interval(low, high),
                    *(voice.band(getattr(outlook, scenario)[place].probability_required) for outlook in by_share),
                ]
            )
    chances = ["All done" if outlook.required_share == 1 else f"{formats.percent(outlook.required_share, 0)} done"
               for outlook in by_share]  # fmt: skip
    return table(
        voice.id(f"outlook-table{suffix}"),
        ["Assumption", "Expected completed", "Share", "95 % interval", *chances],
        body,
        f"By {voice.date(main.deadline)}, {formats.count(main.days_left)} days after the newest count. *Predicted from the "
        f"{'last interval' if main.basis == 'latest interval' else 'intervals so far'}; a design effect above 1 lets tasks "
        "finish in groups; the last columns are probabilities.*",
        voice.source(rows_behind(body)),
        wide=True,
    )
