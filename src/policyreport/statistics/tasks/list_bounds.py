"""Bounds of the tasks finished between two counts whose lists differ (METHODS §20.5).

A source may state whether recurring tasks are on a list, how many, and whether they are among the completed. Whatever
it does not state is tried both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from policyreport.records.base import Interval
from policyreport.records.tasks import ListCount, StepBounds, WithoutRecurring
from policyreport.statistics.tasks.hazards import rescale


class _Recurring(NamedTuple):
    """How many recurring tasks are on a list, and how many of them are completed."""

    listed: int
    completed: int


def without_recurring(count: ListCount) -> WithoutRecurring | None:
    """The count without recurring tasks; None unless their number and position are published."""
    if not count.recurring or count.recurring_listed == "excluded" or count.recurring_completed == "not stated":
        return None
    completed = count.completed - (count.recurring if count.recurring_completed == "yes" else 0)
    total = count.total - count.recurring
    if not 0 <= completed <= total or total == 0:
        return None
    return WithoutRecurring(completed=completed, total=total, share=completed / total)


def bound_step(before: ListCount, after: ListCount, *, minimum_days: int) -> StepBounds | None:
    """Bound the tasks completed between two counts by what is published about how their lists differ.

    None where the counts contradict a list that kept its completed tasks.

    Notes
    -----
    Recurring tasks are removed from both counts in every possible way (where only one count gives their number, it is
    used for both), and also left in as printed; low and high are the extremes of the results. Added tasks may have been
    finished before they joined the list, so `low_if_added_done` deducts them. Completed tasks removed from the list
    without notice would raise the number above `high`.
    """
    number = after.recurring or before.recurring or 0
    days = (after.reference_date - before.reference_date).days
    finished, least, hazards = [], [], []
    ways = set(product(_ways(before, number), _ways(after, number)))
    if not (_is_stated(before) and _is_stated(after)):
        ways.add((_Recurring(0, 0), _Recurring(0, 0)))
    for first, second in ways:
        completed = before.completed - first.completed, after.completed - second.completed
        total = before.total - first.listed, after.total - second.listed
        new = completed[1] - completed[0]
        additions = total[1] - total[0] + after.removed
        at_risk = total[0] - completed[0] + max(additions, 0)
        if new < 0 or new > at_risk:
            continue
        finished.append(new)
        least.append(max(new - max(additions, 0), 0))
        if additions >= 0 and at_risk > 0 and days >= minimum_days:
            hazards.append(rescale(new / at_risk, days))
    if not finished:
        return None
    return StepBounds(
        recurring=number,
        low=min(finished),
        high=max(finished),
        low_if_added_done=min(least),
        hazard30=Interval(low=min(hazards), high=max(hazards), level=1.0) if hazards else None,
    )


def _is_stated(count: ListCount) -> bool:
    """Whether the source states where recurring tasks are on a list."""
    return count.recurring_listed == "excluded" or (
        count.recurring_listed == "included" and count.recurring_completed != "not stated"
    )


def _ways(count: ListCount, number: int) -> Iterator[_Recurring]:
    """The extreme ways in which a number of recurring tasks may be on a list."""
    if number == 0 or count.recurring_listed != "included":
        yield _Recurring(0, 0)
    if number == 0 or count.recurring_listed == "excluded" or number > count.total:
        return
    fewest, most = max(number - (count.total - count.completed), 0), min(number, count.completed)
    if count.recurring_completed == "no":
        most = 0
    elif count.recurring_completed == "yes":
        fewest = most
    if fewest <= most:
        yield from dict.fromkeys((_Recurring(number, fewest), _Recurring(number, most)))
