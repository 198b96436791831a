"""What share of a list is done, late or overdue (METHODS §1)?"""

import pandas as pd

from policyreport.params.methods import CompletionSettings
from policyreport.records.base import Interval, Refusal, Results
from policyreport.records.tasks import Completion, Proportion
from policyreport.statistics.common.intervals import ALPHA, jeffreys, wilson
from policyreport.statistics.tasks.counts import TaskCount, flag_short_sum, refuse_unusable
from policyreport.statistics.tasks.frame import read_lists

METHOD = "completion"


def completion_of_lists(lists: pd.DataFrame, settings: CompletionSettings) -> Results[Completion | Refusal]:
    """Describe every list of one area on each of its dates, in order of date.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`.

    Returns
    -------
    Results of Completion or Refusal
        Shares completed, late and overdue, with intervals. Refused: `projection-only`, `bound-only`, `list-too-short`,
        and `not-published`, once where there is no list at all.

    Notes
    -----
    A list is a census, so the count has no sampling error. The intervals show which propensities to finish are
    compatible with it, if tasks finished independently (φ = 1) or in clusters (the largest φ of the settings).
    """
    read = read_lists(lists)
    counts = [count for count in read.of_one_area() if count.total is not None]
    if not counts:
        return Results([read.not_published(METHOD)])
    results = Results(estimate_completion(count, settings, subject=count.list_label) for count in counts)
    if any(isinstance(result, Completion) for result in results):
        return results
    # An area without any countable list has published no count, whatever lists it named.
    return Results(
        refused.model_copy(update={"subject": read.subject, "detail": f"{refused.subject}: {refused.detail}"})
        for refused in results
        if isinstance(refused, Refusal)
    )


def estimate_completion(count: TaskCount, settings: CompletionSettings, *, subject: str) -> Completion | Refusal:
    """Describe one list on one date."""
    if refusal := refuse_unusable((count,), METHOD, subject):
        return refusal
    completed, total = count.pair()
    design_effect = max(settings.design_effects)

    def part(name: str, x: int | None, n: int) -> Proportion | Refusal | None:
        """A share, a refusal with its counts where n is too small, or None where there is nothing to divide."""
        if x is None or n == 0:
            return None
        if n < settings.minimum_tasks:
            return _refuse_short(f"{subject}: {name}", x, n, count.inputs)
        return proportion(x, n, design_effect=design_effect)

    if total < settings.minimum_tasks:
        return _refuse_short(subject, completed, total, count.inputs)
    return Completion(
        area=count.area,
        list=count.list,
        list_label=count.list_label or count.list,
        reference_date=count.reference_date,
        published=count.published,
        period=count.period,
        total=total,
        completed=proportion(completed, total, design_effect=design_effect),
        late=part("late of completed", count.late, completed),
        overdue=part("overdue of all", count.overdue, total),
        overdue_of_open=part("overdue of open", count.overdue, total - completed),
        flags=flag_short_sum(count.parts, total, sum_tolerance=settings.conventions.sum_tolerance),
        inputs=count.inputs,
    )


def proportion(count: int, total: int, *, design_effect: float) -> Proportion:
    """Compute a share of n > 0 with its Wilson and Jeffreys intervals.

    At 0 of n and n of n `one_sided_bound` holds the one-sided 95 % limit: 1 − 0.05^(1/n), or its mirror 0.05^(1/n).
    """
    low, high = wilson(count, total)
    wide_low, wide_high = wilson(count / design_effect, total / design_effect)
    jeffreys_low, jeffreys_high = jeffreys(count, total)
    mirror = ALPHA ** (1 / total)
    bound = {0: 1 - mirror, total: mirror}.get(count)
    return Proportion(
        count=count,
        total=total,
        share=count / total,
        wilson=Interval(low=low, high=high),
        jeffreys=Interval(low=jeffreys_low, high=jeffreys_high),
        wilson_design2=Interval(low=wide_low, high=wide_high),
        one_sided=bound is not None,
        one_sided_bound=bound,
    )


def _refuse_short(subject: str, count: int, total: int, inputs: tuple[str, ...]) -> Refusal:
    """The refusal, with the counts."""
    detail = f"{count} of {total}"
    return Refusal(code="list-too-short", method=METHOD, subject=subject, detail=detail, inputs=inputs)
