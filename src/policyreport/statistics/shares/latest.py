"""The latest of several results: a list's count; a share of a whole year, and of a later part of a year."""

from collections.abc import Iterable, Sequence
from datetime import date

from policyreport.records.notebooks import TrendRecord
from policyreport.records.periods import YEAR, kind_of, period_bounds, year_of_period
from policyreport.records.series import SeriesPoint
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


def leading(judged: Sequence[Threshold]) -> list[Threshold]:
    """Select the newest calendar year of each measure, in their order; where there is none, the last figure stated."""
    return list(newest_of_each_measure(judged).values()) or list(judged[-1:])


def later_parts(results: Iterable[object]) -> list[NotYearly]:
    """Select the newest part of a year of each measure that ends after the measure's newest whole year."""
    every = list(results)
    years = {measure: period_bounds(each.period)[1] for measure, each in newest_of_each_measure(every).items()}
    newest: dict[str, NotYearly] = {}
    for each in every:
        if isinstance(each, NotYearly) and _end(each) > years.get(each.measure, date.min):
            newest[each.measure] = max(newest.get(each.measure, each), each, key=lambda one: (_end(one), one.period))
    return list(newest.values())


def newest_shares(records: Iterable[TrendRecord], measure: str) -> list[Threshold]:
    """Select each province's newest verdict by a measure, where there is one."""
    newest = (newest_of_each_measure(record.share).get(measure) for record in records)
    return [result for result in newest if result]


def later_shares(records: Iterable[TrendRecord], measure: str) -> list[NotYearly]:
    """Select each province's figure by a measure for part of a year that came out since."""
    return [part for record in records for part in later_parts(record.share) if part.measure == measure]


def yearly_points(judged: Iterable[Threshold]) -> tuple[SeriesPoint, ...]:
    """Return the figures of whole years as a series, in order."""
    points = [
        SeriesPoint(
            year=year, value=figure.observation.value, status=figure.observation.status, inputs=(figure.observation.id,)
        )
        for figure in judged
        if (year := year_of_period(figure.period)) is not None
    ]
    return tuple(sorted(points, key=lambda point: point.year))


def _end(each: NotYearly) -> date:
    return period_bounds(each.period)[1]
