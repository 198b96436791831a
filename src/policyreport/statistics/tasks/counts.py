"""Counts of tasks, and the refusals that all methods on counts share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Literal

from policyreport.errors import DataError
from policyreport.params.methods import FunnelSettings, PoolingSettings
from policyreport.records.base import NEVER_ESTIMATED, Bound, Flag, Refusal, Status


@dataclass(frozen=True)
class TaskCount:
    """Tasks of one list on one date, as printed; a part that exceeds its whole is a DataError.

    Attributes
    ----------
    list
        Issuing body, scope and counting rule; counts with unequal `list` are never compared.
    reference_date
        Day the figures refer to; None where only the month or an approximate date is published.
    period
        The ledger's period, for counts without a reference date.
    list_kind
        What makes lists of several areas comparable: issuing body or template, scope and due filter.
    removed
        Tasks taken off the list since the previous date, where stated.
    parts
        Published parts that should add up to the total.
    bound
        ``=``, or how the count was qualified.
    certified
        Whether the publisher confirms the same basis as on the previous date.
    context
        Whether the list is kept for context: it may have a pace, but no completion and no outlook.
    quarterly
        Whether the list stands in the quarter-on-quarter table.
    basis
        What is published about how the list differs from the one before.
    recurring, recurring_listed, recurring_completed
        Recurring tasks: how many, whether the list holds them, and whether they are among the completed.
    """

    area: str
    list: str
    published: date
    reference_date: date | None
    total: int | None
    completed: int | None
    late: int | None = None
    overdue: int | None = None
    period: str = ""
    list_label: str = ""
    list_kind: str = ""
    removed: int = 0
    parts: tuple[int, ...] = ()
    bound: Bound = "="
    status: Status = "observed"
    certified: bool = False
    deadline: date | None = None
    context: bool = False
    quarterly: bool = True
    basis: str = ""
    recurring: int | None = None
    recurring_listed: Literal["included", "excluded", "not stated"] = "not stated"
    recurring_completed: Literal["yes", "no", "not stated"] = "not stated"
    inputs: tuple[str, ...] = ()
    recurring_inputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        where = f"{self.area}, list {self.list!r}, published {self.published}"
        check_part(where, "tasks completed", self.completed, self.total)
        check_part(where, "tasks completed late", self.late, self.completed)
        if self.total is not None and self.completed is not None:
            check_part(where, "tasks overdue", self.overdue, self.total - self.completed)

    def pair(self) -> tuple[int, int]:
        """Completed and total; a DataError where one was not published, which `refuse_unusable` checks."""
        if self.completed is None or self.total is None:
            where = f"{self.area}, list {self.list!r}"
            raise DataError(where, "total and completed", "one was not published", "Refuse the count first.")
        return self.completed, self.total


def check_part(where: str, name: str, part: int | None, whole: int | None) -> None:
    """Raise a DataError where a count is negative or larger than what it is part of."""
    if part is not None and (part < 0 or (whole is not None and part > whole)):
        limit = "a count of 0 or more" if whole is None else f"a count from 0 to {whole}"
        raise DataError(where, f"{name} as {limit}", str(part), "Compare the raw file with its source.")


def refuse_unusable(counts: Sequence[TaskCount], method: str, subject: str) -> Refusal | None:
    """Refuse counts that are missing (`not-published`), planned (`projection-only`) or `bound-only`."""
    inputs = gather_inputs(counts)
    if not counts or any(count.total is None or count.completed is None for count in counts):
        known = [f"total {count.total}" for count in counts if count.total is not None]
        detail = "; ".join(known) if known else "no counts"
        return Refusal(code="not-published", method=method, subject=subject, detail=detail, inputs=inputs)
    if planned := [count.status for count in counts if count.status in NEVER_ESTIMATED]:
        detail = f"status {planned[0]}"
        return Refusal(code="projection-only", method=method, subject=subject, detail=detail, inputs=inputs)
    if bounded := [count for count in counts if count.bound != "="]:
        detail = f"completed {bounded[0].bound} {bounded[0].completed} of {bounded[0].total}"
        return Refusal(code="bound-only", method=method, subject=subject, detail=detail, inputs=inputs)
    return None


def select_comparable(
    counts: Iterable[TaskCount],
    minimums: FunnelSettings | PoolingSettings,
    pooling: PoolingSettings,
    *,
    method: str,
    subject: str,
) -> tuple[tuple[TaskCount, ...], tuple[str, ...]] | Refusal:
    """Keep the areas whose newest lists are of one kind and date, or say why they cannot be compared.

    `minimums` are those of areas and of tasks in each. Returns counts by area key and the areas left out (nothing
    usable published, or too few tasks), or `lists-differ` or `too-few-areas`.
    """
    ordered = newest_of_each_area(counts)
    refuse = partial(Refusal, method=method, subject=subject, inputs=gather_inputs(ordered))
    usable = [count for count in ordered if refuse_unusable((count,), method, subject) is None]
    if len(kinds := sorted({count.list_kind or count.list for count in usable})) > 1:
        return refuse(code="lists-differ", detail=f"{len(kinds)} kinds: {', '.join(kinds)}")
    dates = [count.reference_date for count in usable if count.reference_date is not None]
    if len(dates) < len(usable) or (dates and (max(dates) - min(dates)).days > pooling.maximum_days_apart):
        span = f"dates from {min(dates)} to {max(dates)}" if dates else "no date"
        return refuse(code="lists-differ", detail=f"{span}, {len(usable) - len(dates)} not exact to the day")
    kept = tuple(count for count in usable if count.pair()[1] >= minimums.minimum_tasks)
    if len(kept) < minimums.minimum_areas:
        return refuse(code="too-few-areas", detail=f"{len(kept)} areas, {minimums.minimum_areas} needed")
    left_out = {count.area for count in ordered} - {count.area for count in kept}
    return kept, tuple(sorted(left_out))


def group_by_kind(counts: Sequence[TaskCount]) -> tuple[tuple[TaskCount, ...], ...]:
    """Group one area's counts by kind of list, for questions of pace, in the order of their first count.

    Where a kind was counted again, kinds counted once are left out: they add no answer, and their refusal would hide
    the area's own. A projected or derived count is used only where there is no other: it never enters an estimate.
    """
    whole = [count for count in counts if count.total is not None and count.completed is not None]
    kinds: dict[str, list[TaskCount]] = {}
    for count in [count for count in whole if count.status not in NEVER_ESTIMATED] or whole:
        kinds.setdefault(count.list_kind, []).append(count)
    again = [group for group in kinds.values() if len(group) > 1]
    return tuple(tuple(group) for group in again or kinds.values())


def newest_of_each_area(counts: Iterable[TaskCount]) -> tuple[TaskCount, ...]:
    """Take each area's newest list, the longest of one day, in the order of area keys."""
    newest: dict[str, TaskCount] = {}
    for count in counts:
        newest[count.area] = max(newest.get(count.area, count), count, key=_recency)
    return tuple(newest[area] for area in sorted(newest))


def of_newest_lists(counts: Iterable[TaskCount]) -> dict[str, list[TaskCount]]:
    """Collect the counts of each area's newest list, by area in the order of their keys."""
    every = list(counts)
    return {
        newest.area: [count for count in every if (count.area, count.list) == (newest.area, newest.list)]
        for newest in newest_of_each_area(every)
    }


def _recency(count: TaskCount) -> tuple[date, int]:
    return count.reference_date or count.published, count.total or 0


def gather_inputs(counts: Sequence[TaskCount]) -> tuple[str, ...]:
    """Collect the ledger row ids behind counts, without repetition."""
    return tuple(dict.fromkeys(row for count in counts for row in count.inputs))


def flag_short_sum(parts: Sequence[int], total: int, *, sum_tolerance: float) -> tuple[Flag, ...]:
    """Flag `sum-short` where published parts miss their total by more than `sum_tolerance`, a share of the total."""
    if not parts or abs(sum(parts) - total) <= sum_tolerance * total:
        return ()
    detail = " + ".join(f"{part}" for part in parts) + f" = {sum(parts)}, not {total}"
    return (Flag(code="sum-short", detail=detail),)
