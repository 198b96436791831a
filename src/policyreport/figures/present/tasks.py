"""Counts of tasks as sentences, figures and tables."""

from __future__ import annotations

from functools import partial

from policyreport.data.notes import printed_as, told_time
from policyreport.figures.present.voice import Voice, listed
from policyreport.params.phrases import capitalised
from policyreport.records.markdown import attribute, escape
from policyreport.records.tasks import Completion, ListStep, Proportion
from policyreport.statistics.common.intervals import ALPHA


def count_sentence(voice: Voice, result: Completion) -> str:
    """One list on one date as a sentence."""
    when = f"By {voice.date(result.reference_date)}" if result.reference_date else capitalised(_undated(voice, result))
    text = f"{when}, {_done(voice, result)} on the list “{escape(result.list_label)}” were completed"
    extra = []
    if isinstance(result.late, Proportion):
        late = _of(voice, result.late, "these")
        extra.append(f"{voice.value(late, result.inputs)} late")
    if isinstance(result.overdue, Proportion):
        overdue = _of(voice, result.overdue, "all")
        extra.append(f"{voice.value(overdue, result.inputs)} {_called_overdue(voice, result, quoted=True)}")
    return text + (f", {listed(extra)}" if extra else "") + "."


def _of(voice: Voice, part: Proportion, whole: str) -> str:
    """A count with its whole, and its share: 15 of these 98 (15.3 %)."""
    formats = voice.formats
    return f"{formats.count(part.count)} of {whole} {formats.count(part.total)} ({formats.percent(part.share)})"


def _done(voice: Voice, result: Completion) -> str:
    """The completed count with its share; of none or all with the one-sided bound for the reader who asks."""
    done, formats = result.completed, voice.formats
    if not done.one_sided or done.one_sided_bound is None:
        return voice.value(formats.share_of(done.count, result.total), result.inputs)
    share = voice.value(formats.percent(done.share), result.inputs)
    none = done.count == 0
    counted = f"{'none' if none else 'all'} of {formats.count(result.total)}"
    return f"{voice.value(counted, result.inputs)} ({share}, {_bound(voice, done)})"


def _bound(voice: Voice, done: Proportion) -> str:
    """The one-sided bound, its meaning in a tooltip."""
    formats, none = voice.formats, done.count == 0
    bound = formats.percent(done.one_sided_bound or 0.0)
    level = formats.percent(1 - ALPHA, 0)
    meaning = (
        f"One-sided {level} bound: with a tendency to finish {'above' if none else 'below'} {bound}, such a count has a "
        f"chance of less than {formats.percent(ALPHA, 0)} if tasks finish independently."
    )
    return f'[{"at most" if none else "at least"} {bound}]{{.bound title="{attribute(meaning)}"}}'


def _undated(voice: Voice, result: Completion) -> str:
    """The time of a count whose day is not stated: the source's own text, else the ledger's period."""
    stated = told_time(voice.notes(result.inputs))
    if stated:
        return f"{escape(stated)} (the day is not stated)"
    return (
        f"in {voice.formats.period(result.period)} (the day is not stated)"
        if result.period
        else "on a day that is not stated"
    )


def _called_overdue(voice: Voice, result: Completion, *, quoted: bool = False) -> str:
    """Overdue, or what the source printed where that claims less."""
    printed = printed_as(voice.notes(result.inputs, voice.inputs.roles.tasks.overdue))
    if not printed:
        return "overdue"
    return f"printed as “{escape(printed)}”" if quoted else printed


def completed_since(voice: Voice, step: ListStep) -> str:
    """The growth of the completed count; between two lists from the least to the most that was completed."""
    signed = partial(voice.formats.number, digits=0, signed=True)
    if step.bounds is None or step.bounds.low == step.bounds.high:
        return signed(step.new_completed)
    return f"{signed(step.bounds.low)} to {signed(step.bounds.high)}"
