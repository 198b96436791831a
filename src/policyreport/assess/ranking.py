"""Sets of ranks of published values, where standard errors were published too."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.assess.selection import not_published, role_series, series
from policyreport.inputs import Inputs
from policyreport.methods.ranks import Basis, rank_sets
from policyreport.params.report import SeriesRole
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks


def published_ranks(inputs: Inputs, role: SeriesRole) -> Ranks | Refusal:
    """Compute sets of ranks of published values of the newest year, if standard errors were published too.

    Parameters
    ----------
    inputs : Inputs
        A slice that holds every area's panel.
    role : SeriesRole
        The series ranked.

    Returns
    -------
    Ranks or Refusal
        Refused: `not-published`, `no-sampling-error`.
    """
    areas = inputs.areas.current(inputs.edition.as_known_on)
    values = {area: role_series(inputs, area, role) for area in areas}
    year = max((points[-1].year for points in values.values() if points), default=None)
    newest = {area: point for area, points in values.items() for point in points if point.year == year}
    if not newest:
        return not_published("ranks", role.indicator)
    known = inputs.indicators.get(role.indicator).standard_error
    errors = {
        area: point.value
        for area in newest
        for point in (series(inputs, area, known, role.measure) if known else ())
        if point.year == year
    }
    return sets_of(
        inputs,
        role,
        list(newest),
        [point.value for point in newest.values()],
        [errors.get(area, float("nan")) for area in newest] if errors else None,
        basis="survey",
        rows=tuple(sorted({row for point in newest.values() for row in point.inputs})),
    )


def sets_of(
    inputs: Inputs,
    role: SeriesRole,
    areas: Sequence[str],
    estimates: Sequence[float],
    errors: Sequence[float] | None,
    basis: Basis,
    rows: tuple[str, ...],
) -> Ranks | Refusal:
    """Compute rank sets under the edition's settings.

    Parameters
    ----------
    inputs : Inputs
        The slice.
    role : SeriesRole
        What is ranked; its names seed the draws.
    areas : sequence of str
        Area keys.
    estimates : sequence of float
        One an area.
    errors : sequence of float or None
        Standard errors; None where none were published.
    basis : str
        What the estimates are.
    rows : tuple of str
        Ledger rows behind them.

    Returns
    -------
    Ranks or Refusal
        As `methods.ranks.rank_sets`.
    """
    settings = inputs.settings.ranks
    return rank_sets(
        areas,
        estimates,
        errors,
        indicator=role.indicator,
        measure=role.measure,
        basis=basis,
        larger_is_better=inputs.indicators.get(role.indicator).direction != "lower",
        draws=inputs.settings.conventions.draws,
        tolerance=10**-settings.quadrature_digits,
        tau=settings.tau,
        minimum_areas=settings.minimum_areas,
        inputs=rows,
    )
