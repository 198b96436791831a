"""The areas' lists of tasks together: pooled shares, the funnel, how earlier outlooks fared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.notebooks import TrendRecord
from policyreport.records.series import Ranks
from policyreport.records.tasks import Calibration, Completion, Funnel, Pooling
from policyreport.statistics.assess.tasks import SUBJECT
from policyreport.statistics.ranks.ranks import rank_counts
from policyreport.statistics.tasks import funnel as funnel_method
from policyreport.statistics.tasks import outlook as outlook_method
from policyreport.statistics.tasks import pooling as pooling_method
from policyreport.statistics.tasks.counts import TaskCount
from policyreport.statistics.tasks.grouping import Grouping, estimate_grouping
from policyreport.statistics.tasks.stretch import Stretch, collect_stretch


def pooling(inputs: Inputs) -> Pooling | Refusal:
    """Pool the completed shares of the areas' newest lists.

    Refused: `lists-differ` where the lists are not of one kind and time, `too-few-areas`.
    """
    return pooling_method.assess(
        newest_counts(inputs), inputs.settings.pooling, subject=SUBJECT, grouping=grouping(inputs)
    )


def funnel(inputs: Inputs) -> Funnel | Refusal:
    """Compare the completed shares of the areas' newest lists with what their size leads one to expect.

    Refused as in `pooling`.
    """
    return funnel_method.assess(
        newest_counts(inputs), inputs.settings.funnel, subject=SUBJECT, grouping=grouping(inputs)
    )


def count_ranks(inputs: Inputs) -> Ranks | Refusal:
    """Compute sets of ranks of the completed shares of the areas' newest lists; refused as in `pooling`."""
    settings, pooled = inputs.settings.ranks, inputs.settings.pooling
    return rank_counts(
        newest_counts(inputs),
        indicator=inputs.roles.tasks.completed,
        measure="",
        draws=inputs.settings.conventions.draws,
        tolerance=10**-settings.quadrature_digits,
        tau=settings.tau,
        count_level=settings.count_level,
        minimum_areas=pooled.minimum_areas,
        minimum_tasks=pooled.minimum_tasks,
        maximum_days_apart=pooled.maximum_days_apart,
        design_effect=grouping(inputs).design_effect,
    )


def grouping(inputs: Inputs) -> Grouping:
    """Estimate one design effect of tasks that finish together from lists counted again, or take the assumed one."""
    settings = inputs.settings.pooling
    newest = {count.area: count.list for count in newest_counts(inputs)}
    stretches = [
        collect_stretch(
            [count for count in counts if count.list == newest[area]],
            settings.flow,
            method=pooling_method.METHOD,
            subject=SUBJECT,
        )
        for area, counts in _counts_by_area(inputs)
    ]
    return estimate_grouping([stretch.increments for stretch in stretches if isinstance(stretch, Stretch)], settings)


def calibration(inputs: Inputs) -> Calibration | Refusal:
    """Compare the outlooks that could have been made on earlier dates with the outcomes.

    Refused: `lists-differ` for lists of several kinds, `too-few-points` for too few earlier outlooks. Only lists
    counted often enough for one earlier outlook are used: others have nothing to compare with the outcomes.
    """
    settings = inputs.settings.outlook
    # The intervals behind the first forecast, and one to compare it with.
    dates = settings.calibration_first_interval + 2
    newest = {count.area: count.list for count in newest_counts(inputs)}
    series = [
        own
        for area, counts in _counts_by_area(inputs)
        if len(own := [count for count in counts if count.list == newest[area] and count.reference_date]) >= dates
    ]
    if not series:
        detail = f"no earlier outlook exists: no list was counted on {dates} dates"
        return Refusal(
            code="too-few-points", method=outlook_method.METHOD, subject=f"{SUBJECT}: earlier outlooks", detail=detail
        )
    return outlook_method.calibrate(
        series,
        settings,
        subject=f"{SUBJECT}: earlier outlooks",
        indicator=inputs.roles.tasks.completed,
        measure="",
    )


def newest_counts(inputs: Inputs) -> tuple[TaskCount, ...]:
    """Take each area's newest list, the longest of one day.

    An area that published none has a count without numbers.
    """
    return tuple(
        max(counts, key=_recency) if counts else TaskCount(area, "", inputs.edition.as_known_on, None, None, None)
        for area, counts in _counts_by_area(inputs)
    )


def _recency(count: TaskCount) -> tuple[date, int]:
    return count.reference_date or count.published, count.total or 0


def _counts_by_area(inputs: Inputs) -> Iterator[tuple[str, tuple[TaskCount, ...]]]:
    """Every area's counts, from its record."""
    for (area, notebook), record in sorted(inputs.records.items()):
        if notebook == "trend" and isinstance(record, TrendRecord):
            counted = [result for result in record.completion if isinstance(result, Completion)]
            yield area, tuple(_count(inputs, completion) for completion in counted)


def _count(inputs: Inputs, completion: Completion) -> TaskCount:
    """The count behind a completion."""
    return TaskCount(
        area=completion.area,
        list=completion.list,
        published=completion.published,
        reference_date=completion.reference_date,
        total=completion.total,
        completed=completion.completed.count,
        list_label=completion.list_label,
        list_kind=inputs.policy.list_named(completion.list).kind,
        inputs=completion.inputs,
    )
