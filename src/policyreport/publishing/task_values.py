"""Filters of templates that choose among counts of tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from policyreport.records.base import Refusal
from policyreport.records.tasks import Completion, ListCount, counts_of_list, newest_of_lists


def counted_again(completion: Sequence[Completion | Refusal]) -> list[tuple[ListCount, ...]]:
    """Return the counts of each list that was counted on several dates."""
    counts = (counts_of_list(completion, result.list) for result in newest_of_lists(completion))
    return [of_list for of_list in counts if len(of_list) > 1]


def newest_list(done: Sequence[Completion]) -> Completion:
    """Return the count of the newest date; of several on one day that of the longest list."""
    return max(done, key=lambda result: (result.reference_date or result.published, result.total))


FILTERS: dict[str, Callable[..., object]] = {
    "counted_again": counted_again,
    "newest_list": newest_list,
    "newest_of_lists": newest_of_lists,
}
