"""A share of output compared with the threshold, per measure and vintage; its pace towards the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policyreport.data.inputs import Inputs
from policyreport.params.policy import Target
from policyreport.records.base import NEVER_ESTIMATED, Flag, Observation, Refusal
from policyreport.records.shares import MeasureDifference, NotYearly, Pace, Revisions, Threshold
from policyreport.statistics.assess.selection import not_published, observations
from policyreport.statistics.common.starts import last_year_before
from policyreport.statistics.shares import pace as pace_method
from policyreport.statistics.shares import revisions as revisions_method
from policyreport.statistics.shares import threshold as threshold_method
from policyreport.statistics.shares.revision_error import RevisionPrior, prior_grid


def share(inputs: Inputs) -> tuple[Threshold | NotYearly | Refusal, ...]:
    """Judge the area's share against the threshold: every period and measure at its newest vintage.

    By measure, then period; figures not for a year are not judged. The headline measure, where missing, is refused as
    `not-published`.
    """
    results: list[Threshold | NotYearly | Refusal] = []
    for measure in inputs.roles.share.measures:
        vintages = share_vintages(inputs, measure)
        if not vintages and measure == inputs.roles.share.headline_measure:
            results.append(not_published("threshold", f"{inputs.roles.share.indicator} ({measure})"))
        results += _judge(inputs, vintages)
    newest = [result for result in results if isinstance(result, Threshold)]
    superseded = [result for measure in inputs.roles.share.measures for result in _judge_superseded(inputs, measure)]
    judged = iter(threshold_method.flips([*newest, *superseded])[: len(newest)])
    return tuple(next(judged) if isinstance(result, Threshold) else result for result in results)


def other_quantity(inputs: Inputs) -> tuple[Threshold | NotYearly | Refusal, ...]:
    """Judge the quantity that is announced with the threshold but differs from it.

    By measure, then period; a bound is flagged `bound-only`, and a figure for part of a year `part-year`. Empty where
    none was announced.
    """
    indicator = inputs.roles.share.other_quantity
    rows = inputs.observations
    measures = rows.loc[(rows["area"] == inputs.area) & (rows["indicator"] == indicator), "measure"]
    return tuple(
        result
        for measure in sorted(set(measures))
        for result in _judge(inputs, share_vintages(inputs, str(measure), indicator=indicator))
    )


def share_pace(inputs: Inputs) -> tuple[Pace | Refusal, ...]:
    """Compare the observed pace of the area's share with the pace its targets require.

    One result per measure and national target. A province is refused `too-few-points` for a measure, also where only
    its former parts have figures, or `not-published` where nothing is.
    """
    results: list[Pace | Refusal] = []
    for measure in inputs.roles.share.pace_measures:
        vintages = share_vintages(inputs, measure)
        if not vintages:
            results.append(_without_own_years(inputs, measure))
            continue
        for target in inputs.policy.targets_for(inputs.roles.share.indicator):
            pace = pace_method.assess(
                vintages,
                history(inputs, vintages),
                inputs.settings.pace,
                **goal_of(inputs, target),
                prior=prior(inputs),
                priors=priors(inputs),
            )
            results.append(pace if isinstance(pace, Pace) else _of_measure(pace, inputs, measure))
    return _flips(results)


def _of_measure(refused: Refusal, inputs: Inputs, measure: str) -> Refusal:
    """A refused pace with its measure: another measure's may be refused for another reason."""
    return refused.model_copy(update={"subject": f"{inputs.roles.share.indicator} ({measure})"})


def _without_own_years(inputs: Inputs, measure: str) -> Refusal:
    """Why an area without its own share has no pace: nothing is published, or only years of former parts."""
    subject = f"{inputs.roles.share.indicator} ({measure})"
    parts = [part for part in inputs.areas.parts(inputs.area) if part != inputs.area]
    by_part = {part: vintages for part in parts if (vintages := share_vintages(inputs, measure, part))}
    if not by_part:
        return not_published("pace", subject)
    former = [
        f"{inputs.areas.name(part)} before: {', '.join(sorted({vintage.period for vintage in vintages}))}"
        for part, vintages in by_part.items()
    ]
    return Refusal(
        code="too-few-points",
        method="pace",
        subject=subject,
        detail=f"0 of {inputs.settings.pace.minimum_points} years since the mergers; {'; '.join(former)}",
        inputs=tuple(vintage.id for vintages in by_part.values() for vintage in vintages),
    )


def goal_of(inputs: Inputs, target: Target) -> dict[str, Any]:
    """Return a target as `pace.assess` takes it, with the year of the policy as second base."""
    return {
        "target": target.value or 0.0,
        "target_year": int(target.horizon),
        "direction": -1 if target.operator in ("<", "<=") else 1,
        "target_high": target.value_high,
        "one_year_base": last_year_before(inputs.policy.date),
    }


def revisions(inputs: Inputs) -> tuple[Revisions | Refusal, ...]:
    """Arrange the vintages of each measure of the area's share that was published."""
    return tuple(
        revisions_method.triangle(vintages, inputs.settings.revisions)
        for measure in inputs.roles.share.measures
        if (vintages := share_vintages(inputs, measure))
    )


def measure_differences(inputs: Inputs) -> tuple[MeasureDifference, ...]:
    """Compare every quantity that has several measures with the first measure of its indicator.

    By area, indicator and measure; only where a period has both.
    """
    rows = inputs.newest[inputs.newest["list"] == ""]
    several = rows[rows.groupby(["area", "indicator", "period"])["measure"].transform("nunique") > 1]
    differences = []
    for (_, indicator), group in several.groupby(["area", "indicator"]):
        by_measure = {str(measure): observations(part) for measure, part in group.groupby("measure")}
        reference = next(iter(inputs.indicators.get(str(indicator)).measures), "")
        others = [part for measure, part in by_measure.items() if measure != reference]
        if reference in by_measure:
            differences += [revisions_method.between_measures(part, by_measure[reference]) for part in others]
    return tuple(difference for difference in differences if isinstance(difference, MeasureDifference))


def share_vintages(inputs: Inputs, measure: str, area: str = "", indicator: str = "") -> tuple[Observation, ...]:
    """Select every known vintage of a share by one measure, by period and date of publication.

    By default the notebook's own area and the share of output; a former part or another quantity can be given.
    """
    rows = inputs.observations
    rows = rows[
        (rows["area"] == (area or inputs.area))
        & (rows["indicator"] == (indicator or inputs.roles.share.indicator))
        & (rows["measure"] == measure)
    ]
    return observations(rows.sort_values(["period", "published"], kind="stable"))


def _flips(results: Sequence[Pace | Refusal]) -> tuple[Pace | Refusal, ...]:
    """Flag a pace where that of another measure, towards the same target, has no band in common with it."""
    paces = [result for result in results if isinstance(result, Pace)]

    def flagged(own: Pace) -> Pace:
        same = [pace for pace in paces if (pace.target, pace.target_period) == (own.target, own.target_period)]
        others = [pace for pace in same if not set(pace.headline_bands) & set(own.headline_bands)]
        if not others:
            return own
        flag = Flag(code="measure-flip", detail="; ".join(f"{pace.measure}: {pace.headline}" for pace in others))
        return own.model_copy(update={"flags": (*own.flags, flag)})

    return tuple(flagged(result) if isinstance(result, Pace) else result for result in results)


def _judge(inputs: Inputs, vintages: tuple[Observation, ...]) -> list[Threshold | NotYearly | Refusal]:
    """Newest vintage of every period of one measure."""
    return [
        threshold_method.assess_newest(
            vintages,
            history(inputs, vintages),
            inputs.settings.threshold,
            period=period,
            threshold=inputs.policy.threshold.value,
            prior=prior(inputs),
            priors=priors(inputs),
        )
        for period in sorted({vintage.period for vintage in vintages})
    ]


def _judge_superseded(inputs: Inputs, measure: str) -> list[Threshold]:
    """Superseded vintages, judged only to tell whether the answer changed with them."""
    vintages = share_vintages(inputs, measure)
    last = {vintage.period: vintage.id for vintage in vintages if vintage.status not in NEVER_ESTIMATED}
    judged = [
        threshold_method.assess(
            vintage,
            history(inputs, vintages),
            inputs.settings.threshold,
            threshold=inputs.policy.threshold.value,
            prior=prior(inputs),
        )
        for vintage in vintages
        if vintage.id != last.get(vintage.period)
    ]
    return [result for result in judged if isinstance(result, Threshold)]


def history(inputs: Inputs, vintages: Sequence[Observation]) -> tuple[float, ...]:
    """Return how far past figures of a measure were revised, one value per period, in the unit of the share."""
    return revisions_method.history(vintages, inputs.settings.threshold)


def prior(inputs: Inputs) -> RevisionPrior:
    """Return the prior on revisions: the national one or a province's."""
    settings = inputs.settings.threshold
    national = inputs.area == inputs.roles.nation
    return RevisionPrior(
        degrees=settings.prior_degrees,
        scale=settings.prior_scale_national if national else settings.prior_scale_province,
        settled_maturity=settings.settled_maturity,
        settled_scale=settings.settled_scale,
    )


def priors(inputs: Inputs) -> tuple[RevisionPrior, ...]:
    """List the priors under which a printed probability of a revision must hold."""
    settings = inputs.settings.threshold
    return prior_grid(prior(inputs), factors=settings.prior_factors, mean_weight=settings.prior_mean_weight)
