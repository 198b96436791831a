"""A share of output against the threshold, per measure and vintage; its pace towards the target."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.assess.selection import not_published, observations
from policyreport.inputs import Inputs
from policyreport.methods import pace as pace_method
from policyreport.methods import revisions as revisions_method
from policyreport.methods import threshold as threshold_method
from policyreport.methods.revision_error import RevisionPrior
from policyreport.records.base import Flag, Observation, Refusal
from policyreport.records.shares import MeasureDifference, Pace, Revisions, Threshold


def share(inputs: Inputs) -> tuple[Threshold | Refusal, ...]:
    """Judge the area's share against the threshold: every period and measure at its newest vintage.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Threshold or Refusal
        By measure, then period; a `not-published` refusal for the headline measure where it is missing.
    """
    results: list[Threshold | Refusal] = []
    for measure in inputs.roles.share.measures:
        vintages = share_vintages(inputs, measure)
        if not vintages and measure == inputs.roles.share.headline_measure:
            results.append(not_published("threshold", f"{inputs.roles.share.indicator} ({measure})"))
        results += _judge(inputs, vintages)
    judged = iter(threshold_method.flips([each for each in results if isinstance(each, Threshold)]))
    return tuple(each if isinstance(each, Refusal) else next(judged) for each in results)


def other_quantity(inputs: Inputs) -> tuple[Observation, ...]:
    """Pick the quantity that is announced beside the threshold but is another one.

    Parameters
    ----------
    inputs : Inputs
        The national slice.

    Returns
    -------
    tuple of Observation
        As published, with their bounds.
    """
    rows = inputs.newest
    return observations(rows[(rows["area"] == inputs.area) & (rows["indicator"] == inputs.roles.share.other_quantity)])


def share_pace(inputs: Inputs) -> tuple[Pace | Refusal, ...]:
    """Set the observed pace of the area's share against the pace its targets require.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Pace or Refusal
        One per measure and target of the nation; for a province one `too-few-points` or `not-published`.
    """
    settings = inputs.settings
    results: list[Pace | Refusal] = []
    for measure in inputs.roles.share.pace_measures:
        vintages = share_vintages(inputs, measure)
        if not vintages:
            results.append(not_published("pace", f"{inputs.roles.share.indicator} ({measure})"))
            continue
        for target in inputs.policy.targets_for(inputs.roles.share.indicator):
            results.append(
                pace_method.assess(
                    vintages,
                    _history(inputs, vintages),
                    target=target.value or 0.0,
                    target_year=int(target.horizon),
                    direction=1,
                    one_year_base=settings.pace.one_year_base,
                    minimum_points=settings.pace.minimum_points,
                    minimum_base_years=settings.pace.minimum_base_years,
                    on_track_from=settings.pace.on_track_from,
                    too_slow_from=settings.pace.too_slow_from,
                    fan_minimum_points=settings.pace.fan_minimum_points,
                    fan_levels=settings.pace.fan_levels,
                    prior=_prior(inputs),
                    words_below_revisions=settings.threshold.words_below_revisions,
                    probability_bands=settings.conventions.probability_bands,
                )
            )
    return _flips(results)


def revisions(inputs: Inputs) -> tuple[Revisions | Refusal, ...]:
    """Lay out the vintages of each measure of the area's share.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of Revisions or Refusal
        One per measure that was published.
    """
    settings = inputs.settings
    return tuple(
        revisions_method.triangle(
            vintages,
            first_maturity=settings.threshold.first_maturity,
            final_maturity=settings.threshold.final_maturity,
            minimum_statistics=settings.revisions.minimum_statistics,
            minimum_bias_test=settings.revisions.minimum_bias_test,
            minimum_news_noise=settings.revisions.minimum_news_noise,
        )
        for measure in inputs.roles.share.measures
        if (vintages := share_vintages(inputs, measure))
    )


def measure_differences(inputs: Inputs) -> tuple[MeasureDifference, ...]:
    """Set every quantity that has several measures against the first measure of its indicator.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.

    Returns
    -------
    tuple of MeasureDifference
        By area, indicator and measure; only where a period has both.
    """
    rows = inputs.newest[inputs.newest["list"] == ""]
    several = rows[rows.groupby(["area", "indicator", "period"])["measure"].transform("nunique") > 1]
    found = []
    for (_, indicator), group in several.groupby(["area", "indicator"]):
        by_measure = {str(measure): observations(part) for measure, part in group.groupby("measure")}
        reference = next(iter(inputs.indicators.get(str(indicator)).measures), "")
        others = [part for measure, part in by_measure.items() if measure != reference]
        if reference in by_measure:
            found += [revisions_method.between_measures(part, by_measure[reference]) for part in others]
    return tuple(each for each in found if isinstance(each, MeasureDifference))


def share_vintages(inputs: Inputs, measure: str) -> tuple[Observation, ...]:
    """Pick every known vintage of the area's share by one measure.

    Parameters
    ----------
    inputs : Inputs
        The notebook's slice.
    measure : str
        A measure of the share.

    Returns
    -------
    tuple of Observation
        By period and date of publication.
    """
    rows = inputs.observations
    rows = rows[
        (rows["area"] == inputs.area)
        & (rows["indicator"] == inputs.roles.share.indicator)
        & (rows["measure"] == measure)
    ]
    return observations(rows.sort_values(["period", "published"], kind="stable"))


def _flips(results: Sequence[Pace | Refusal]) -> tuple[Pace | Refusal, ...]:
    """Flag a pace where another measure's, towards the same target, has no band in common with it."""
    paces = [each for each in results if isinstance(each, Pace)]

    def turned(own: Pace) -> list[Pace]:
        same = [each for each in paces if (each.target, each.target_period) == (own.target, own.target_period)]
        return [each for each in same if not set(each.headline_bands) & set(own.headline_bands)]

    def flagged(own: Pace) -> Pace:
        others = turned(own)
        if not others:
            return own
        flag = Flag(code="measure-flip", detail="; ".join(f"{each.measure}: {each.headline}" for each in others))
        return own.model_copy(update={"flags": (*own.flags, flag)})

    return tuple(flagged(each) if isinstance(each, Pace) else each for each in results)


def _judge(inputs: Inputs, vintages: tuple[Observation, ...]) -> list[Threshold | Refusal]:
    """Newest vintage of every period of one measure."""
    settings = inputs.settings
    return [
        threshold_method.assess_newest(
            vintages,
            _history(inputs, vintages),
            period=period,
            threshold=inputs.policy.threshold.value,
            prior=_prior(inputs),
            verdict_probability=settings.threshold.verdict_probability,
            words_below_revisions=settings.threshold.words_below_revisions,
            probability_bands=settings.conventions.probability_bands,
        )
        for period in sorted({each.period for each in vintages})
    ]


def _history(inputs: Inputs, vintages: tuple[Observation, ...]) -> tuple[float, ...]:
    settings = inputs.settings.threshold
    return revisions_method.history(
        vintages, first_maturity=settings.first_maturity, final_maturity=settings.final_maturity
    )


def _prior(inputs: Inputs) -> RevisionPrior:
    settings = inputs.settings.threshold
    national = inputs.area == inputs.roles.nation
    return RevisionPrior(
        degrees=settings.prior_degrees,
        scale=settings.prior_scale_national if national else settings.prior_scale_province,
        settled_maturity=settings.settled_maturity,
        settled_scale=settings.settled_scale,
    )
