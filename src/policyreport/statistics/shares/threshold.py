"""Is a share above a threshold, by one measure and vintage, given how far it may be revised (METHODS §5)?"""

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from policyreport.params.methods import ThresholdSettings
from policyreport.records.base import NEVER_ESTIMATED, Flag, Observation, Refusal, Results
from policyreport.records.digits import as_published
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import AggregateCheck, NotYearly, PriorCell, Threshold
from policyreport.statistics.shares.frame import (
    Shares,
    enters_estimates,
    ids,
    maturity,
    published_order,
    read_shares,
    refuse_absent,
    refuse_mixed,
    yearly,
)
from policyreport.statistics.shares.prior_cells import certainty_in_grid, in_grid, prior_cells
from policyreport.statistics.shares.revision_error import RevisionError, RevisionPrior, prior_grid, revision_error
from policyreport.statistics.shares.revisions import history

METHOD = "threshold"

Verdict = Literal["above", "below", "cannot tell apart", "stated above", "stated below"]


def share_against(
    shares: pd.DataFrame, threshold: float, settings: ThresholdSettings
) -> Results[Threshold | NotYearly | Refusal]:
    """Judge an area's share against a threshold: every period and measure at its newest vintage.

    Parameters
    ----------
    shares : DataFrame
        One row per published figure, every vintage of it, see `frame.COLUMNS`.
    threshold : float
        T, in the unit of the share.

    Returns
    -------
    Results of Threshold, NotYearly or Refusal
        By measure, then period; figures not for a year are not judged. The headline measure, where missing, is refused
        as `not-published`. Verdicts that another measure or an earlier vintage contradicts are flagged.

    Notes
    -----
    (final − published)/s ~ t_ν, see `revision_error`. A verdict requires probability P on one side, so the interval
    that ends at the threshold exactly where the verdict changes has level 2P − 1.

    References
    ----------
    Croushore, Stark (2001); McKenzie, Gamba (2008); Gelman et al. (2013).
    """
    read = read_shares(shares)
    results: list[Threshold | NotYearly | Refusal] = []
    superseded: list[Threshold] = []
    for measure in read.measures:
        vintages = read.vintages(measure)
        if not vintages and measure == read.headline:
            results.append(read.not_published(METHOD, measure))
        results += _judge_newest(read, vintages, threshold, settings)
        superseded += _judge_superseded(read, vintages, threshold, settings)
    newest = [result for result in results if isinstance(result, Threshold)]
    judged = iter(flips([*newest, *superseded])[: len(newest)])
    return Results(next(judged) if isinstance(result, Threshold) else result for result in results)


def other_quantity(
    shares: pd.DataFrame, threshold: float, settings: ThresholdSettings
) -> Results[Threshold | NotYearly | Refusal]:
    """Judge the quantity that is announced with the share but differs from it.

    Parameters
    ----------
    shares : DataFrame
        One row per published figure, every vintage of it, see `frame.COLUMNS`.
    threshold : float
        T, in the unit of the quantity.

    Returns
    -------
    Results of Threshold, NotYearly or Refusal
        By measure, then period; a bound is flagged `bound-only`, and a figure for part of a year `part-year`. Empty
        where none was announced.
    """
    read = read_shares(shares)
    other = [each for each in read.figures if (each.area, each.indicator) == (read.area, read.other_quantity)]
    return Results(
        result
        for measure in sorted({each.measure for each in other})
        for result in _judge_newest(read, read.vintages(measure, indicator=read.other_quantity), threshold, settings)
    )


def _judge_newest(
    read: Shares, vintages: Sequence[Observation], threshold: float, settings: ThresholdSettings
) -> list[Threshold | NotYearly | Refusal]:
    """Newest vintage of every period of one measure."""
    past, prior = history(vintages, settings), read.prior(settings)
    priors = prior_grid(prior, factors=settings.prior_factors, mean_weight=settings.prior_mean_weight)
    return [
        judge_newest(vintages, past, settings, period=period, threshold=threshold, prior=prior, priors=priors)
        for period in sorted({vintage.period for vintage in vintages})
    ]


def _judge_superseded(
    read: Shares, vintages: Sequence[Observation], threshold: float, settings: ThresholdSettings
) -> list[Threshold]:
    """Superseded vintages, judged only to tell whether the answer changed with them."""
    past, prior = history(vintages, settings), read.prior(settings)
    last = {vintage.period: vintage.id for vintage in vintages if vintage.status not in NEVER_ESTIMATED}
    judged = [
        judge_vintage(vintage, past, settings, threshold=threshold, prior=prior)
        for vintage in vintages
        if vintage.id != last.get(vintage.period)
    ]
    return [result for result in judged if isinstance(result, Threshold)]


def judge_vintage(
    observation: Observation,
    history: Sequence[float],
    settings: ThresholdSettings,
    *,
    threshold: float,
    prior: RevisionPrior,
    priors: Sequence[RevisionPrior] = (),
) -> Threshold | NotYearly | Refusal:
    """Judge one published value against a threshold.

    A value for part of a year, or for several, is not judged: `NotYearly`. Refused: `projection-only`, `not-published`
    (a derived value), `too-few-revisions` (no prior and no history). A bounded value is not refused: it gets "stated …"
    or *cannot tell apart* and the flag `bound-only`, and `part-year` where it is not for a whole year. Without history
    the probability is withheld and `no-vintage-history` raised.

    Parameters
    ----------
    history
        Past revisions of the same measure at the same level of areas (`revisions.history`).
    priors
        Other priors (`revision_error.prior_grid`); `prior-flip` is raised where one of them changes the verdict, and
        the phrase for a probability is given only where it holds under all.
    """
    if observation.status in NEVER_ESTIMATED:
        return refuse_absent(
            [observation], METHOD, observation.indicator, f"{observation.period}: {observation.status}"
        )
    if observation.bound != "=":
        return _stated(observation, threshold)
    if kind_of(observation.period) != YEAR:
        return _not_yearly(observation)
    error = revision_error(history, maturity(observation), prior)
    if error is None:
        return Refusal(code="too-few-revisions", method=METHOD, subject=observation.indicator, inputs=(observation.id,))
    level = settings.verdict_probability
    verdict = _verdict(error.probability_at_least(observation.value, threshold), level)
    cells = prior_cells(
        history,
        maturity(observation),
        (prior, *priors),
        lambda each: each.probability_at_least(observation.value, threshold),
        lambda probability: _verdict(probability, level),
    )
    in_words = error.revisions < settings.words_below_revisions
    return Threshold(
        **_about(observation, threshold),
        verdict=verdict,
        as_published=not error.revisions,
        probability=cells[0].probability if cells else None,
        certainty=certainty_in_grid(cells, settings.conventions.probability_bands) if in_words else "",
        interval=error.interval(observation.value),
        verdict_interval=error.interval(observation.value, round(2 * level - 1, 12)),
        scale=error.scale,
        degrees=error.degrees,
        revisions=error.revisions,
        largest_revision=max(history, key=abs, default=None),
        prior_cells=cells,
        flags=_prior_flip(cells, verdict) if error.revisions else (_no_history(error),),
    )


def judge_newest(
    vintages: Sequence[Observation],
    history: Sequence[float],
    settings: ThresholdSettings,
    *,
    period: str,
    threshold: float,
    prior: RevisionPrior,
    priors: Sequence[RevisionPrior] = (),
) -> Threshold | NotYearly | Refusal:
    """Judge the newest vintage of one period, such as ``2025``, out of all vintages of one measure of one area.

    Returns and raises what `judge_vintage` does; refused also: `not-published`, `projection-only`, `measure-mixed`.
    """
    if mixed := refuse_mixed(vintages, METHOD, one_area=True):
        return mixed
    of_period = [each for each in published_order(vintages) if each.period == period]
    usable = [each for each in of_period if each.status not in NEVER_ESTIMATED]
    if not usable:
        subject = vintages[0].indicator if vintages else ""
        return refuse_absent(of_period, METHOD, subject, period)
    judged = judge_vintage(usable[-1], history, settings, threshold=threshold, prior=prior, priors=priors)
    # A probability rests on the vintages its revisions came from.
    learnt_from = yearly(vintages) if isinstance(judged, Threshold) and judged.revisions else usable[-1:]
    return judged.model_copy(update={"inputs": ids(learnt_from)})


def flips(results: Sequence[Threshold]) -> tuple[Threshold, ...]:
    """Flag verdicts that another measure or vintage contradicts, against the same threshold.

    The results come back in the same order, with `measure-flip` where the newest vintages of two measures of one area,
    indicator and period are *above* and *below*, and `vintage-flip` where vintages of one measure are.
    """
    by_period: dict[tuple[str, str, str], dict[str, list[int]]] = {}
    for place, result in sorted(enumerate(results), key=lambda item: _vintage_key(item[1])):
        of_period = by_period.setdefault((result.area, result.indicator, result.period), {})
        of_period.setdefault(result.measure, []).append(place)
    added: dict[int, list[Flag]] = {}
    for vintages in by_period.values():
        contrasts = [("vintage-flip", places) for places in vintages.values()]
        contrasts.append(("measure-flip", [places[-1] for places in vintages.values()]))
        for code, places in contrasts:
            opposed = [place for place in places if results[place].verdict in ("above", "below")]
            if len({results[place].verdict for place in opposed}) > 1:
                detail = "; ".join(_summary(results[place]) for place in opposed)
                for place in opposed:
                    added.setdefault(place, []).append(Flag(code=code, detail=detail))
    return tuple(
        result.model_copy(update={"flags": result.flags + tuple(added.get(i, ()))}) for i, result in enumerate(results)
    )


def aggregate_check(
    parts: Sequence[Observation], whole: Observation, *, weights: Mapping[str, float]
) -> AggregateCheck | Refusal:
    """Compare the weighted mean of areas with the value published for all of them.

    `weights` are by area key, for every area there should be. Refused: `measure-mixed`, and `part-missing` if an area
    with a weight has no exact value of the period; projected and derived ones do not count.
    """
    if mixed := refuse_mixed([whole, *parts], METHOD, one_area=False):
        return mixed
    exact = {each.area: each for each in parts if enters_estimates(each) and each.period == whole.period}
    missing = sorted(set(weights) - set(exact))
    rows = ids([whole, *parts])
    if missing:
        detail = f"{len(missing)} of {len(weights)}: {', '.join(missing)}"
        return Refusal(code="part-missing", method=METHOD, subject=whole.indicator, detail=detail, inputs=rows)
    mean = sum(weights[area] * exact[area].value for area in sorted(weights)) / sum(weights.values())
    return AggregateCheck(
        indicator=whole.indicator,
        measure=whole.measure,
        period=whole.period,
        parts=len(weights),
        weighted_mean=mean,
        published=whole.value,
        difference=mean - whole.value,
        inputs=rows,
    )


def _about(observation: Observation, threshold: float) -> dict[str, object]:
    """Fields of the observation that every result carries."""
    return {
        "area": observation.area,
        "indicator": observation.indicator,
        "measure": observation.measure,
        "period": observation.period,
        "threshold": threshold,
        "observation": observation,
        "distance": threshold - observation.value,
        "inputs": (observation.id,),
    }


def _verdict(probability: float, verdict_probability: float) -> Verdict:
    """The verdict for P(final ≥ T)."""
    # Rounding first: a value exactly on the margin must get its verdict whatever the last bit.
    at = round(probability, 12)
    if at >= verdict_probability:
        return "above"
    return "below" if at <= round(1 - verdict_probability, 12) else "cannot tell apart"


def _stated(observation: Observation, threshold: float) -> Threshold:
    """A bounded value: what it states, without probability or interval."""
    verdict: Verdict = "cannot tell apart"
    if observation.bound == ">" and observation.value >= threshold:
        verdict = "stated above"
    elif observation.bound == "<" and observation.value <= threshold:
        verdict = "stated below"
    flags = [Flag(code="bound-only", detail=f"{observation.bound} {as_published(observation.value)}")]
    if kind_of(observation.period) != YEAR:
        flags.append(Flag(code="part-year", detail=observation.period))
    return Threshold(**_about(observation, threshold), verdict=verdict, as_published=True, flags=tuple(flags))


def _not_yearly(observation: Observation) -> NotYearly:
    """A value that is not for one year, as published."""
    return NotYearly(
        area=observation.area,
        indicator=observation.indicator,
        measure=observation.measure,
        period=observation.period,
        observation=observation,
        inputs=(observation.id,),
    )


def _prior_flip(cells: Sequence[PriorCell], verdict: str) -> tuple[Flag, ...]:
    """The flag of a verdict that another prior changes, with how many of them do."""
    counted = in_grid(cells)
    other = [each for each in counted if each.verdict != verdict]
    return (Flag(code="prior-flip", detail=f"{len(other)} of {len(counted)} priors"),) if other else ()


def _no_history(error: RevisionError) -> Flag:
    """The flag of a verdict that rests on the prior alone."""
    return Flag(
        code="no-vintage-history",
        detail=f"s {as_published(error.scale)}, {as_published(error.degrees)} degrees of freedom",
    )


def _vintage_key(result: Threshold) -> tuple[str, str, str]:
    return result.measure, result.observation.published.isoformat(), result.observation.id


def _summary(result: Threshold) -> str:
    """Value, measure, date and verdict of one vintage."""
    observation = result.observation
    return f"{as_published(observation.value)} {result.measure} ({observation.published}): {result.verdict}"
