"""Counts of tasks as sentences, figures and tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from policyreport.data.inputs import Inputs
from policyreport.data.notes import printed_as, told_time
from policyreport.figures import tasks as figures
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice, listed
from policyreport.figures.tables import table
from policyreport.params.phrases import capitalised
from policyreport.records.base import Refusal
from policyreport.records.formats import Formats
from policyreport.records.markdown import attribute, escape
from policyreport.records.notebooks import LeagueRow
from policyreport.records.tasks import Completion, ListCount, ListStep, Proportion, QuarterOnQuarter, StepBounds
from policyreport.statistics.common.intervals import ALPHA


def national_tasks(
    completion: Sequence[Completion | Refusal], quarters: QuarterOnQuarter | Refusal, inputs: Inputs
) -> Exhibits:
    """Show the national list on its dates, quarter on quarter, with the condition under each step.

    From `completion_of_lists` (every list of the country) and `quarter_on_quarter`: "tasks-lead", "tasks",
    "quarter-on-quarter", "quarter-on-quarter-condition".
    """
    voice = Voice(inputs)
    names = ("tasks-lead", "tasks", "quarter-on-quarter", "quarter-on-quarter-condition")
    if isinstance(quarters, Refusal):
        return Exhibits(Exhibit(name, voice.refusal(quarters)) for name in names)
    dated = {
        result.reference_date: result.completed
        for result in completion
        if isinstance(result, Completion) and result.list in inputs.roles.tasks.national_lists and result.reference_date
    }
    rows = [row for count in quarters.counts for row in count.inputs]
    first, last = quarters.counts[0], quarters.counts[-1]
    frame = voice.frame(
        "central-list",
        f"Completed: {voice.formats.share_of(last.completed, last.total)} by {voice.date(last.reference_date)}, "
        f"{voice.formats.share_of(first.completed, first.total)} on {voice.date(first.reference_date)}"
        + ("" if _one_list(quarters) else f"; the list differs on {_how_many(quarters)}"),
        "Tasks of the central list and how many were completed, on each date as printed"
        + ("" if _one_list(quarters) else "; the panels are separate because the lists are"),
        rows,
    )
    return Exhibits(
        [
            Exhibit("tasks-lead", _tasks_lead(voice, quarters)),
            (
                figures.slope(quarters.counts, frame)
                if _one_list(quarters)
                else figures.list_counts(quarters, frame, dated)
            ).renamed("tasks"),
            _quarter_table(voice, quarters, dated),
            Exhibit("quarter-on-quarter-condition", _condition(voice, quarters)),
        ]
    )


def _one_list(quarters: QuarterOnQuarter) -> bool:
    """Whether every date counts the same list."""
    return all(step.same_list for step in quarters.steps)


def _how_many(quarters: QuarterOnQuarter) -> str:
    """On which dates the list differs from the one before."""
    return "some dates" if any(step.same_list for step in quarters.steps) else "every date"


def provinces_tasks(rows: Sequence[LeagueRow], lists: Sequence[tuple[str, Completion]], inputs: Inputs) -> Exhibit:
    """Show the provinces with published counts, of tasks given to them and of their own: "tasks-provinces".

    `lists` are pairs of province name and newest list.
    """
    voice = Voice(inputs)
    if not lists:
        return Exhibit("tasks-provinces", "No count of a province's tasks was published by then.")
    published = len({name for name, _ in lists})
    silent = len(rows) - published
    lead = f"{published} of {len(rows)} provinces' counts were published; {silent} were not. " + (
        "The lists are of one kind and of one day; what they say together follows below."
        if _comparable(inputs, [result for _, result in lists])
        else "The lists differ in who drew them up, in scope and in date, so the provinces are not ranked by them."
    )
    body = [
        [
            escape(name),
            escape(result.list_label),
            voice.date(result.reference_date) if result.reference_date else _undated(voice, result),
            voice.value(voice.formats.count_of(result.completed.count, result.total), result.inputs),
            voice.value(voice.formats.percent(result.completed.share), result.inputs),
            voice.value(
                voice.formats.percent_interval(result.completed.wilson.low, result.completed.wilson.high),
                result.inputs,
            ),
        ]
        for name, result in lists
    ]
    shown = table(
        "tasks-provinces",
        ["Province", "List", "Date", "Completed", "Share", "95 % interval"],
        body,
        f"Lists of {published} provinces{_kinds(voice, lists)}. *As printed; the interval holds if tasks finish "
        "independently.*",
        voice.source(rows_behind(body)),
        align="lllrrr",
        wide=True,
    )
    return join("tasks-provinces", lead, shown)


def _kinds(voice: Voice, lists: Sequence[tuple[str, Completion]]) -> str:
    """The kinds of lists there are."""
    kinds = dict.fromkeys(voice.inputs.policy.list_named(result.list).kind for _, result in lists)
    named = [escape(label) for kind in kinds if (label := voice.inputs.roles.list_kinds.get(kind))]
    return f": {'; '.join(named)}" if named else ""


def _comparable(inputs: Inputs, lists: Sequence[Completion]) -> bool:
    """Whether lists of several areas are of one kind and one known day."""
    of_one = {(inputs.policy.list_named(result.list).kind, result.reference_date) for result in lists}
    return len({result.area for result in lists}) > 1 and len(of_one) == 1 and lists[0].reference_date is not None


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


def _tasks_lead(voice: Voice, quarters: QuarterOnQuarter) -> str:
    """The counts on all dates, and why they make no series."""
    formats = voice.formats
    counts = [
        f"{voice.value(formats.count_of(count.completed, count.total), count.inputs)} tasks "
        f"({voice.value(formats.percent(count.share), count.inputs)}) "
        f"{'on' if at == 0 else 'by'} {voice.date(count.reference_date)}"
        for at, count in enumerate(quarters.counts)
    ]
    first, last = quarters.counts[0], quarters.counts[-1]
    if _one_list(quarters):
        return (
            f"Completed on the central list: {counts[-1]}, after {counts[0]}. It is one list on all {len(counts)} dates; it grew "
            f"from {voice.value(formats.count(first.total), first.inputs)} to "
            f"{voice.value(formats.count(last.total), last.inputs)} tasks."
        )
    recurring = [count for count in quarters.counts if count.recurring]
    basis = " ".join(
        f"The count of {voice.date(count.reference_date)} includes "
        f"{voice.value(formats.count(count.recurring or 0), count.inputs)} recurring tasks{_apart(voice, count)}."
        for count in recurring
    )
    grew = (
        f"The list itself grew from {voice.value(formats.count(first.total), first.inputs)} to "
        f"{voice.value(formats.count(last.total), last.inputs)} tasks, "
        "so the shares are not one series and no trend is drawn through them."
    )
    return f"Completed on the central list: {listed(counts)}. {grew} {basis}".strip()


def _apart(voice: Voice, count: ListCount) -> str:
    """What was completed of the list without its recurring tasks, where that is published."""
    alone = count.without_recurring
    if alone is None:
        return ""
    return f"; without them {voice.value(voice.formats.share_of(alone.completed, alone.total), count.inputs)} were completed"


def completed_since(voice: Voice, step: ListStep) -> str:
    """The growth of the completed count; between two lists from the least to the most that was completed."""
    signed = partial(voice.formats.number, digits=0, signed=True)
    if step.bounds is None or step.bounds.low == step.bounds.high:
        return signed(step.new_completed)
    return f"{signed(step.bounds.low)} to {signed(step.bounds.high)}"


def _quarter_table(voice: Voice, quarters: QuarterOnQuarter, dated: dict[date, Proportion]) -> Exhibit:
    """Date by date: what readers would otherwise work out themselves."""
    formats = voice.formats
    steps: dict[date, ListStep] = {step.end: step for step in quarters.steps}
    body = []
    for count in quarters.counts:
        step, interval = steps.get(count.reference_date), dated.get(count.reference_date)
        body.append(
            [
                voice.date(count.reference_date),
                voice.value(formats.count(count.total), count.inputs),
                voice.value(formats.count(count.completed), count.inputs),
                voice.value(formats.percent(count.share), count.inputs),
                voice.value(formats.percent_interval(interval.wilson.low, interval.wilson.high), count.inputs)
                if interval
                else "",
                voice.value(completed_since(voice, step), step.inputs) if step else "",
                voice.value(formats.number(step.additions, 0, signed=True), step.inputs) if step else "",
                "" if count.overdue is None else voice.value(_overdue(formats, count), count.inputs),
                "" if step is None or step.same_list else voice.verdict("list changed"),
            ]
        )
    return table(
        "quarter-on-quarter",
        ["Date", "Tasks", "Completed", "Share", "95 % interval", "More completed", "More on the list", "Overdue",
         "Comparison"],
        body,
        ("One list on all dates. " if _one_list(quarters)
         else f"The list differs on {_how_many(quarters)}: the table is printed, no comparison is made across a change. ")
        + "*Tasks of the central list as printed; interval if tasks finish independently.*",
        voice.source(rows_behind(body)),
        align="lrrrrrrrl",
        wide=True,
    )  # fmt: skip


def _overdue(formats: Formats, count: ListCount) -> str:
    overdue = count.overdue or 0
    return f"{formats.count(overdue)} ({formats.percent(overdue / count.total)})"


def _condition(voice: Voice, quarters: QuarterOnQuarter) -> str:
    """Under each step to another list: the bounds of what was completed, then what it would mean if the list only grew."""
    if _one_list(quarters):
        return "No condition is needed: the list is the same on every date, and the pace below is that of the list."
    lines = [
        f"- **{voice.date(step.start)} to {voice.date(step.end)}.** {' '.join(part for part in parts if part)}"
        for step in quarters.steps
        if not step.same_list
        and (parts := [_bounds(voice, step), _if_grown(voice, step), *_what_changed(voice, step)])[0]
    ]
    close = (
        "These lines give bounds and conditions; they are no verdict on the pace. Completed tasks that were taken off a list "
        "without a word would make the bounds too low. A rush at the end of the year is not told apart from speed."
    )
    return "\n".join(lines) + f"\n\n{close}"


def _bounds(voice: Voice, step: ListStep) -> str:
    """How many tasks were completed at least and at most, and what decides."""
    formats, bounds = voice.formats, step.bounds
    if bounds is None:
        counts = f"{formats.number(step.new_completed, 0, signed=True)} completed and {formats.number(step.additions, 0, signed=True)} on the list"
        return f"As printed: {voice.value(counts, step.inputs)}. Tasks were taken off, or counted in another way."
    if bounds.low == bounds.high:
        text = f"{voice.value(formats.count(bounds.high), step.inputs)} more tasks are completed as printed"
    else:
        recurring = voice.value(formats.count(bounds.recurring), step.inputs)
        low, high = (voice.value(formats.count(end), step.inputs) for end in (bounds.low, bounds.high))
        text = (
            f"Between {low} and {high} more tasks are completed, depending on how the {recurring} recurring tasks are counted "
            "on either date"
        )
    return f"{text}{_if_added_done(voice, step, bounds)}."


def _if_added_done(voice: Voice, step: ListStep, bounds: StepBounds) -> str:
    """How many were completed at least, if the added tasks had been finished before."""
    if bounds.low_if_added_done >= bounds.low:
        return ""
    if bounds.low_if_added_done == 0:
        return "; none of them need be new, for tasks added since may have been finished before they came on the list"
    least = voice.value(voice.formats.count(bounds.low_if_added_done), step.inputs)
    return f"; at least {least}, if the tasks added since had been finished before they came on the list"


def _if_grown(voice: Voice, step: ListStep) -> str:
    """The pace on the condition that nothing was removed; over all ways of counting recurring tasks."""
    formats, hazard = voice.formats, step.conditional
    if hazard is None:
        return ""

    def marked(text: str) -> str:
        return voice.value(text, step.inputs)

    text = (
        f"If the list only grew and nothing was removed, "
        f"{marked(formats.count_of(hazard.finished, hazard.at_risk))} tasks open or added "
        f"were finished in {step.days} days: {marked(formats.percent(hazard.hazard30))} a month with the added "
        f"tasks there from the first day, {marked(formats.percent(hazard.hazard30_uniform))} if they came evenly, "
        f"{marked(formats.percent(hazard.hazard30_last_day))} if on the last day"
    )
    ends = step.bounds.hazard30 if step.bounds else None
    if ends and step.bounds and step.bounds.recurring and ends.low < ends.high:
        interval = marked(f"{formats.percent_interval(ends.low, ends.high)}\u00a0%")
        text += f"; {interval} a month over the ways of counting recurring tasks"
    return f"{text}."


def _what_changed(voice: Voice, step: ListStep) -> list[str]:
    """What the change of the list was, and whether the jump is suspect."""
    suspect = voice.sentence("basis-suspect") if step.has_flag("basis-suspect") else ""
    return [escape(step.basis_change), suspect]
