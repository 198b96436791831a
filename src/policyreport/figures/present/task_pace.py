"""How fast the tasks of a list are finished, and where that pace would lead by the deadline."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.present.voice import Voice
from policyreport.records.base import Refusal
from policyreport.records.tasks import (
    Flow,
    FlowChange,
    Outlook,
    OutlookAt,
)

YEAR_END = 12
"""The month whose rush is not told apart from speed (METHODS §2)."""


def certainty(voice: Voice, flow: Sequence[Flow | Refusal], results: Sequence[Outlook | Refusal], list_: str) -> str:
    """Pace and outlook of one list in a line, with how certain they are; empty where refused."""
    sentences = [pace_sentence(voice, result) for result in flow if isinstance(result, Flow) and result.list == list_]
    by_share = [result for result in results if isinstance(result, Outlook) and result.list == list_]
    if by_share:
        sentences += _in_order(voice, by_share, brief=True)
    return " ".join(sentences)


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
