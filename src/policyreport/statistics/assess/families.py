"""Whose trends stand out when all areas are considered together (METHODS §13)."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.series import FamilyMember, Trend, TrendFamily
from policyreport.statistics.assess.contrasts import Contrast, governance_contrasts, growth_contrast
from policyreport.statistics.assess.judging import (
    family_lines,
    judged_by_line,
    judged_by_order,
    judged_by_questions,
    judged_in_deviations,
    order_p_values,
)
from policyreport.statistics.common.multiplicity import count_needed


def trend_families(inputs: Inputs) -> tuple[TrendFamily | Refusal, ...]:
    """Count the areas that each family of trends singles out: growth, then each governance score.

    Adjusted p-values and verdicts are those of the areas' own pages. Where every area is refused, the result is the
    refusal that most of them share.
    """
    return tuple(_family(inputs, each) for each in (growth_contrast(inputs), *governance_contrasts(inputs)))


def _family(inputs: Inputs, contrast: Contrast) -> TrendFamily | Refusal:
    """One family, judged at the level of a trend's verdict."""
    areas, adjusted = inputs.provinces, order_p_values(inputs, contrast)
    results = [judged_by_order(inputs, contrast, area, adjusted, brief=True) for area in areas]
    tested = [each for each in results if isinstance(each, Trend)]
    if not tested:
        codes = [each.code for each in results if isinstance(each, Refusal)]
        most = max(codes, key=codes.count)
        return next(
            each.model_copy(update={"subject": contrast.indicator})
            for each in results
            if isinstance(each, Refusal) and each.code == most
        )
    lines = family_lines(inputs, contrast)
    scaled = None if contrast.scaled is None else order_p_values(inputs, contrast.in_deviations)
    named = [each for each in tested if each.verdict != "no clear trend"]
    judged = [judged_by_line(inputs, each, lines) for each in named]
    if scaled is not None:
        judged = [judged_in_deviations(inputs, contrast, each, scaled) for each in judged]
    judged = [judged_by_questions(inputs, each) for each in judged]
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
        needed=count_needed(smallest, len(tested), rule="bh", level=inputs.settings.trend.verdict_level),
        carry_over=lines.carry_over,
        wandering=lines.wandering,
        by_order_alone=len(named),
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
