"""The latest of several results: a list's count; a share of a whole year, and of a later part of a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policyreport.records.periods import YEAR, kind_of, period_bounds
from policyreport.records.shares import NotYearly, Threshold
from policyreport.records.tasks import Completion


def newest_completion(results: Iterable[object]) -> Completion | None:
    """Select the count of the newest day; among several lists, the longest."""
    done = (each for each in results if isinstance(each, Completion))
    return max(done, key=lambda each: (each.reference_date or each.published, each.total), default=None)


def newest_of_each_measure(results: Iterable[object]) -> dict[str, Threshold]:
    """Select the newest calendar year's verdict on each measure, in the order of the results.

    A part of a year never stands for the year, however late it is.
    """
    newest: dict[str, Threshold] = {}
    for each in results:
        if isinstance(each, Threshold) and kind_of(each.period) == YEAR:
            before = newest.get(each.measure)
            if before is None or period_bounds(each.period) >= period_bounds(before.period):
                newest[each.measure] = each
    return newest


def later_parts(results: Iterable[object]) -> list[NotYearly]:
    """Select the newest part of a year of each measure that ends after the measure's newest whole year."""
    every = list(results)
    years = {measure: period_bounds(each.period)[1] for measure, each in newest_of_each_measure(every).items()}
    newest: dict[str, NotYearly] = {}
    for each in every:
        if isinstance(each, NotYearly) and _end(each) > years.get(each.measure, date.min):
            newest[each.measure] = max(newest.get(each.measure, each), each, key=lambda one: (_end(one), one.period))
    return list(newest.values())


def _end(each: NotYearly) -> date:
    return period_bounds(each.period)[1]
