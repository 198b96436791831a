"""Sets of ranks of published values, where standard errors were published too."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.params.report import SeriesRole
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks
from policyreport.statistics.assess.selection import not_published, role_series, series
from policyreport.statistics.ranks.ranks import rank_estimates


def published_ranks(inputs: Inputs, role: SeriesRole) -> Ranks | Refusal:
    """Compute sets of ranks of published values of the newest year, if standard errors were published too."""
    areas = inputs.provinces
    values = {area: role_series(inputs, area, role) for area in areas}
    year = max((points[-1].year for points in values.values() if points), default=None)
    newest = {area: point for area, points in values.items() for point in points if point.year == year}
    if not newest:
        return not_published("ranks", role.indicator)
    standard_error = inputs.indicators.get(role.indicator).standard_error
    errors = {
        area: point.value
        for area in newest
        for point in (series(inputs, area, standard_error, role.measure) if standard_error else ())
        if point.year == year
    }
    return rank_estimates(
        list(newest),
        [point.value for point in newest.values()],
        [errors.get(area, float("nan")) for area in newest] if errors else None,
        inputs.settings.ranks,
        indicator=role.indicator,
        measure=role.measure,
        basis="survey",
        larger_is_better=inputs.indicators.get(role.indicator).direction != "lower",
        inputs=tuple(sorted({row for point in newest.values() for row in point.inputs})),
    )
