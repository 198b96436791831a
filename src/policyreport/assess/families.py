"""Whose trends stand out where all areas are looked at together (METHODS §13)."""

from __future__ import annotations

from policyreport.assess.series import (
    Contrast,
    current_areas,
    governance_contrasts,
    growth_contrast,
    income_contrast,
    trend_of,
)
from policyreport.inputs import Inputs
from policyreport.methods.multiplicity import adjust, count_needed
from policyreport.methods.trend import with_adjusted_p
from policyreport.records.base import Refusal
from policyreport.records.series import FamilyMember, Trend, TrendFamily


def trend_families(inputs: Inputs) -> tuple[TrendFamily | Refusal, ...]:
    """Count whom each family of trends singles out: growth, income, then each governance score.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.

    Returns
    -------
    tuple of TrendFamily or Refusal
        The same adjusted p-values and verdicts as on the areas' own pages; where every area is refused, the
        refusal that most of them share.
    """
    contrasts = (growth_contrast(inputs), income_contrast(inputs), *governance_contrasts(inputs))
    return tuple(_family(inputs, each) for each in contrasts)


def _family(inputs: Inputs, contrast: Contrast) -> TrendFamily | Refusal:
    """One family, judged at the level of a trend's verdict."""
    level = inputs.settings.trend.verdict_level
    results = [trend_of(inputs, contrast, area) for area in current_areas(inputs)]
    tested = [each for each in results if isinstance(each, Trend)]
    if not tested:
        codes = [each.code for each in results if isinstance(each, Refusal)]
        most = max(codes, key=codes.count)
        return next(
            each.model_copy(update={"subject": contrast.indicator})
            for each in results
            if isinstance(each, Refusal) and each.code == most
        )
    adjusted = adjust([each.p_value for each in tested], rule="bh")
    judged = [
        with_adjusted_p(each, p, verdict_level=level) for each, p in zip(tested, adjusted, strict=True) if p is not None
    ]
    # Ties can only raise what a series may reach, so the smallest is that of the years alone.
    smallest = min(each.smallest_p for each in tested)
    return TrendFamily(
        indicator=contrast.indicator,
        series=contrast.kind,
        unit=tested[0].unit,
        areas=len(results),
        tested=len(tested),
        first_year=min(each.first_year for each in tested),
        last_year=max(each.last_year for each in tested),
        n=max(each.n for each in tested),
        smallest_p=smallest,
        needed=count_needed(smallest, len(tested), rule="bh", level=level),
        singled_out=tuple(
            FamilyMember(
                area=each.area,
                verdict=each.verdict,
                slope=each.slope,
                p_value=each.p_value,
                p_is_exact=each.p_is_exact,
                p_adjusted=each.p_adjusted or 0.0,
                inputs=each.inputs,
            )
            for each in judged
            if each.verdict != "no clear trend"
        ),
        inputs=tuple(sorted({row for each in tested for row in each.inputs})),
    )
