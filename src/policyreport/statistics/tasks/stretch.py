"""The unbroken stretch of counts of one list that ends with its newest, as intervals (METHODS §2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise

from policyreport.params.methods import FlowSettings
from policyreport.records.base import Flag, Refusal
from policyreport.statistics.tasks.counts import TaskCount, gather_inputs, refuse_unusable
from policyreport.statistics.tasks.hazards import Increment, flag_suspect, join


@dataclass(frozen=True)
class Stretch:
    """Intervals in order, each with tasks at risk, and the counts behind them.

    `joined` are dates of counts too close to their neighbour to end an interval; `left_out` is the number of counts
    without an exact day or number.
    """

    increments: tuple[Increment, ...]
    counts: tuple[TaskCount, ...]
    flags: tuple[Flag, ...] = ()
    joined: tuple[date, ...] = ()
    left_out: int = 0

    @property
    def newest(self) -> TaskCount:
        """The last count."""
        return self.counts[-1]


@dataclass(frozen=True)
class _Step:
    """An interval with the dates inside it, and whether every later count confirms the earlier one's basis."""

    increment: Increment
    certified: bool
    inside: tuple[date, ...] = ()


def collect_stretch(
    counts: Sequence[TaskCount], settings: FlowSettings, *, method: str, subject: str
) -> Stretch | Refusal:
    """Turn one area's counts into the intervals of the unbroken stretch that ends with the newest.

    A count without exact number or day is left out as long as two others remain. An interval shorter than the settings
    ask for is joined to its shorter neighbour. Refused: `not-published`, `projection-only`, `bound-only`,
    `date-approximate`, `too-few-points`, `list-changed` or `interval-too-short`.
    """
    refuse = partial(Refusal, method=method, subject=subject, inputs=gather_inputs(counts))
    exact = [count for count in counts if count.reference_date and refuse_unusable((count,), method, subject) is None]
    if len(exact) < 2:
        return _refuse_inexact(counts, method, subject, refuse)
    ordered = sorted(exact, key=_day)
    breaks = [_explain_break(before, after) for before, after in pairwise(ordered)]
    if breaks[-1]:
        return refuse(code="list-changed", detail=breaks[-1])
    first = max((place + 1 for place, reason in enumerate(breaks) if reason), default=0)
    steps = join_short([_step(*pair) for pair in pairwise(ordered[first:])], settings.minimum_days)
    if steps[0].increment.days < settings.minimum_days:
        only = steps[0].increment
        days = f"{only.days} days from {only.start} to {only.end}"
        return refuse(code="interval-too-short", detail=f"{days}, {settings.minimum_days} needed")
    kept = _drop_suspect(steps, settings.suspect_ratio, refuse)
    if isinstance(kept, Refusal):
        return kept
    steps, flags = kept
    since = steps[0].increment.start
    return Stretch(
        increments=tuple(step.increment for step in steps),
        counts=tuple(count for count in ordered if _day(count) >= since),
        flags=flags,
        joined=tuple(day for step in steps for day in step.inside),
        left_out=len(counts) - len(exact),
    )


def _refuse_inexact(counts: Sequence[TaskCount], method: str, subject: str, refuse: Callable[..., Refusal]) -> Refusal:
    """Why fewer than two counts can be used."""
    if refusal := refuse_unusable(counts, method, subject):
        return refusal
    if undated := [count for count in counts if count.reference_date is None]:
        return refuse(code="date-approximate", detail=f"{len(undated)} of {len(counts)} dates not exact to the day")
    return refuse(code="too-few-points", detail="1 date, 2 needed")


def join_short(steps: Sequence[_Step], minimum_days: int) -> list[_Step]:
    """Join too short intervals to their shorter neighbour, shortest first."""
    joined = list(steps)
    while len(joined) > 1:
        at = min(range(len(joined)), key=lambda place: joined[place].increment.days)
        if joined[at].increment.days >= minimum_days:
            break
        other = min((place for place in (at - 1, at + 1) if 0 <= place < len(joined)),
                    key=lambda place: joined[place].increment.days)  # fmt: skip
        before, after = joined[min(at, other)], joined[max(at, other)]
        joined[min(at, other) : max(at, other) + 1] = [
            _Step(
                join(before.increment, after.increment),
                before.certified and after.certified,
                (*before.inside, before.increment.end, *after.inside),
            )
        ]
    return joined


def _drop_suspect(
    steps: Sequence[_Step], suspect_ratio: float, refuse: Callable[..., Refusal]
) -> tuple[list[_Step], tuple[Flag, ...]] | Refusal:
    """Cut the stretch after the last step that suggests another way of counting, unless certified."""
    informative = [step for step in steps if step.increment.at_risk > 0]
    if not informative:
        return refuse(code="too-few-points", detail="nothing was open or added")
    flags: list[Flag] = []
    first = 0
    for place, (before, after) in enumerate(pairwise(informative), start=1):
        if flag := flag_suspect(before.increment, after.increment, suspect_ratio=suspect_ratio):
            flags.append(flag)
            first = first if after.certified else place + 1
    kept = informative[first:]
    if not kept:
        return refuse(code="list-changed", detail=flags[-1].detail, flags=tuple(flags))
    return kept, tuple(flags)


def _explain_break(before: TaskCount, after: TaskCount) -> str:
    """Why two counts are not of one list, with both counts; empty if they are."""
    (x0, n0), (x1, n1) = before.pair(), after.pair()
    reason = find_break(before.list == after.list, n1 - n0 + after.removed, x1 - x0)
    return f"{reason}: {x0} of {n0}, then {x1} of {n1}" if reason else ""


def find_break(same_list: bool, additions: int, finished: int) -> str:
    """Why two counts cannot be of one list, from the growth of total and completed; empty if they can.

    `same_list`: issuing body, scope and counting rule are equal; `additions` include stated removals.
    """
    if not same_list:
        return "the list differs"
    if additions < 0:
        return "the total fell without stated removals"
    return "the completed count fell" if finished < 0 else ""


def _step(before: TaskCount, after: TaskCount) -> _Step:
    """The interval between two dated counts of one list."""
    (x0, n0), (x1, n1) = before.pair(), after.pair()
    increment = Increment(_day(before), _day(after), n0 - x0, n1 - n0 + after.removed, x1 - x0, completed_before=x0)
    return _Step(increment, after.certified)


def _day(count: TaskCount) -> date:
    return count.reference_date or count.published
