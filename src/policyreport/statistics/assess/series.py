"""Trends of growth, income and governance of one area, judged among all areas."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.series import LevelTrend, Trend
from policyreport.statistics.assess.contrasts import Contrast, governance_contrasts, growth_contrast, trend_of
from policyreport.statistics.assess.judging import judged_alone
from policyreport.statistics.assess.levels import income_levels
from policyreport.statistics.assess.selection import not_published, role_series


def growth(inputs: Inputs) -> tuple[Trend | Refusal, ...]:
    """Fit the area's growth: minus national growth, judged among all areas, then by itself.

    The country itself has only "own".
    """
    role = inputs.roles.growth
    own = trend_of(inputs, Contrast(role.indicator, "own", lambda area: role_series(inputs, area, role)), inputs.area)
    if inputs.area == inputs.roles.nation:
        return (own,)
    return judged_alone(inputs, growth_contrast(inputs)), own


def income(inputs: Inputs) -> tuple[LevelTrend | Refusal, ...]:
    """Compare the yearly changes of the area's income with the national ones, judged among all areas.

    No trend is fitted to a level itself.
    """
    own = income_levels(inputs).results.get(inputs.area)
    return (own or not_published("trend", inputs.roles.income.indicator),)


def governance(inputs: Inputs) -> tuple[Trend | Refusal, ...]:
    """Fit each governance score minus the mean of the areas, within one set of questions.

    One result per dimension, judged among all areas.
    """
    return tuple(judged_alone(inputs, contrast) for contrast in governance_contrasts(inputs))


def indices(inputs: Inputs) -> tuple[Refusal, ...]:
    """Explain why no trend is fitted to each index that is published in part, as ranks or as means of parts."""
    return tuple(_index_refusal(inputs, key) for key in inputs.roles.indices)


def _index_refusal(inputs: Inputs, indicator: str) -> Refusal:
    rows = inputs.observations[inputs.observations["indicator"] == indicator]
    marks = sorted({mark for text in rows["quality"] for mark in text.split() if mark})
    years = sorted(set(rows["period"]))
    detail = f"published for {', '.join(years)}" if years else ""
    code = next((mark for mark in ("not-a-measurement", "top-n-list") if mark in marks), "")
    if not code:
        code = "too-few-points" if years else "not-published"
    return Refusal(code=code, method="trend", subject=indicator, detail=detail, inputs=tuple(rows.index))
