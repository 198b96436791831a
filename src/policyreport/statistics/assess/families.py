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
    return tuple(_family(inputs, contrast) for contrast in (growth_contrast(inputs), *governance_contrasts(inputs)))


def _family(inputs: Inputs, contrast: Contrast) -> TrendFamily | Refusal:
    """One family, judged at the level of a trend's verdict."""
    areas, adjusted = inputs.provinces, order_p_values(inputs, contrast)
    results = [judged_by_order(inputs, contrast, area, adjusted, brief=True) for area in areas]
    tested = [result for result in results if isinstance(result, Trend)]
    if not tested:
        refused = [result for result in results if isinstance(result, Refusal)]
        codes = [refusal.code for refusal in refused]
        most = refused[codes.index(max(codes, key=codes.count))]
        return most.model_copy(update={"subject": contrast.indicator})
    lines = family_lines(inputs, contrast)
    scaled = None if contrast.scaled is None else order_p_values(inputs, contrast.in_deviations)
    named = [trend for trend in tested if trend.verdict != "no clear trend"]
    judged = [judged_by_line(inputs, trend, lines) for trend in named]
    if scaled is not None:
        judged = [judged_in_deviations(inputs, contrast, trend, scaled) for trend in judged]
    judged = [judged_by_questions(inputs, trend) for trend in judged]
    # Ties can only raise the smallest p a series can reach, so the minimum is that of the years alone.
    smallest = min(trend.smallest_p for trend in tested)
    return TrendFamily(
        indicator=contrast.indicator,
        series=contrast.kind,
        unit=tested[0].unit,
        areas=len(results),
        tested=len(tested),
        first_year=min(trend.first_year for trend in tested),
        last_year=max(trend.last_year for trend in tested),
        n=max(trend.n for trend in tested),
        smallest_p=smallest,
        needed=count_needed(smallest, len(tested), rule="bh", level=inputs.settings.trend.verdict_level),
        carry_over=lines.carry_over,
        wandering=lines.wandering,
        by_order_alone=len(named),
        singled_out=tuple(
            FamilyMember(
                area=trend.area,
                verdict=trend.verdict,
                slope=trend.slope,
                p_value=trend.p_value,
                p_is_exact=trend.p_is_exact,
                p_adjusted=trend.p_adjusted or 0.0,
                inputs=trend.inputs,
            )
            for trend in judged
            if trend.verdict != "no clear trend"
        ),
        inputs=tuple(sorted({row for trend in tested for row in trend.inputs})),
    )
