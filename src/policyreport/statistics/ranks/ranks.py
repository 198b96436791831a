"""Between which ranks may an area's true rank lie (METHODS §11, §20.1)?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policyreport.params.methods import RanksSettings
from policyreport.records.base import Refusal
from policyreport.records.series import Ranks, RankSet
from policyreport.statistics.common.draws import JOINT, generator
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.ranks.means import TestedMeans, draw_errors
from policyreport.statistics.ranks.stepdown import (
    PlaceSet,
    bootstrap_critical_value,
    find_marginal_set,
    find_simultaneous_sets,
    quadrature_critical_value,
)

METHOD = "ranks"

Basis = Literal["counts", "survey", "model-based"]
"""The three kinds of estimates a rank set may rest on."""


def rank_estimates(
    areas: Sequence[str],
    estimates: ArrayLike,
    standard_errors: ArrayLike | None,
    settings: RanksSettings,
    *,
    indicator: str,
    measure: str,
    basis: Basis,
    larger_is_better: bool,
    printed: ArrayLike | None = None,
    simultaneous_level: float = 1 - ALPHA,
    inputs: tuple[str, ...] = (),
) -> Ranks | Refusal:
    """Compute marginal and simultaneous confidence sets of the ranks of independent estimates.

    Refused: `no-sampling-error`, `too-few-areas`.

    Parameters
    ----------
    estimates : array_like, shape (p,)
        Approximately normal, independent estimates; never posterior means.
    standard_errors : array_like, shape (p,), or None
        None where the publisher gives none.
    indicator, measure
        Ids that seed the draws.
    printed : array_like, shape (p,), optional
        Values whose ranks are printed where they differ from the estimates; sets are widened to contain them.
    simultaneous_level
        Nominal level of the simultaneous sets.

    Notes
    -----
    A rank is one plus the number of areas with a larger true value; with ties a set covers all ranks that the tie
    leaves open. A marginal set covers one area's rank, simultaneous sets those of all areas together.

    References
    ----------
    Mogstad, Romano, Shaikh, Wilhelm (2024), Rev. Economic Studies 91:476-518.
    """
    refuse = partial(Refusal, method=METHOD, subject=indicator, inputs=inputs)
    if standard_errors is None:
        return refuse(code="no-sampling-error", detail="published without standard errors")
    order = sorted(range(len(areas)), key=lambda place: areas[place])
    names = [areas[place] for place in order]
    values, errors, shown = (
        np.asarray(column, dtype=float)[order]
        for column in (estimates, standard_errors, estimates if printed is None else printed)
    )
    if unknown := [name for name, s in zip(names, errors, strict=True) if not (np.isfinite(s) and s > 0)]:
        return refuse(code="no-sampling-error", detail=f"no standard error for {', '.join(unknown)}")
    if len(names) < settings.minimum_areas:
        return refuse(code="too-few-areas", detail=f"{len(names)} areas, {settings.minimum_areas} needed")
    sign = 1 if larger_is_better else -1
    shape = settings.conventions.draws, len(names)
    noise = errors * generator(METHOD, indicator, measure, JOINT).standard_normal(shape)
    simultaneous = find_simultaneous_sets(sign * values, errors, np.ascontiguousarray(noise.T), simultaneous_level)
    critical = (quadrature_critical_value(place, errors, tolerance=settings.tolerance) for place in range(len(names)))
    marginal = [find_marginal_set(place, sign * values, errors, each) for place, each in enumerate(critical)]
    return _ranks(names, sign * shown, errors, marginal, simultaneous, sign, settings.tau, indicator, basis, inputs)


def rank_family(
    areas: Sequence[str],
    family: TestedMeans,
    settings: RanksSettings,
    *,
    indicator: str,
    measure: str,
    larger_is_better: bool,
    inputs: tuple[str, ...] = (),
) -> Ranks | Refusal:
    """Compute rank sets of means whose standard errors are estimated from as few years as the means.

    `family` is from `means.estimate_means`, in the order of the areas; those without a mean are left out. Refused:
    `too-few-areas`, and `no-sampling-error` where no area varies.

    The algorithm of `rank_estimates` with another reference distribution: each draw takes one ρ for all areas and
    divides every area's normal error by the root of its own χ² over its degrees of freedom (`means.draw_errors`), so
    that uncertainty about spread and serial correlation widens the sets (Smyth, 2004).
    """
    refuse = partial(Refusal, method=METHOD, subject=indicator, inputs=inputs)
    order = sorted((row for row in range(len(areas)) if np.isfinite(family.means[row])), key=lambda row: areas[row])
    if len(order) < settings.minimum_areas:
        return refuse(code="too-few-areas", detail=f"{len(order)} areas, {settings.minimum_areas} needed")
    rows = np.array(order)
    errors, sign = family.errors[rows], 1 if larger_is_better else -1
    if not (errors > 0).all():
        return refuse(code="no-sampling-error", detail="years that are all equal have no spread")
    values = sign * family.means[rows]
    noise = draw_errors(family, rows, generator(METHOD, indicator, measure, JOINT), settings.conventions.draws)
    simultaneous = find_simultaneous_sets(values, errors, noise)
    critical = (bootstrap_critical_value(place, errors, noise) for place in range(len(rows)))
    marginal = [find_marginal_set(place, values, errors, each) for place, each in enumerate(critical)]
    names = [areas[row] for row in order]
    return _ranks(names, values, errors, marginal, simultaneous, sign, settings.tau, indicator, "model-based", inputs)


def _ranks(
    names: Sequence[str],
    shown: NDArray[np.float64],
    errors: NDArray[np.float64],
    marginal: Sequence[PlaceSet],
    simultaneous: Sequence[PlaceSet],
    sign: int,
    tau: int,
    indicator: str,
    basis: Basis,
    inputs: tuple[str, ...],
) -> Ranks:
    """Sets widened to contain the printed rank, and who may be among the first and last."""
    places = (1 + (shown[None, :] > shown[:, None]).sum(axis=1)).tolist()
    sets = tuple(
        RankSet(
            area=name,
            estimate=float(sign * shown[place]),
            standard_error=float(errors[place]),
            rank=places[place],
            marginal=_holding(marginal[place], places[place]),
            simultaneous=_holding(simultaneous[place], places[place]),
            critical_values=marginal[place].critical_values,
        )
        for place, name in enumerate(names)
    )
    return Ranks(
        indicator=indicator,
        sets=sets,
        best=tuple(each.area for each in sets if each.simultaneous[0] <= tau),
        worst=tuple(each.area for each in sets if each.simultaneous[1] >= len(sets) - tau + 1),
        tau=tau,
        critical_values=simultaneous[0].critical_values,
        basis=basis,
        inputs=inputs,
    )


def _holding(found: PlaceSet, rank: int) -> tuple[int, int]:
    """First and last rank, the printed one included."""
    return min(found.first, rank), max(found.last, rank)


def binomial_scores(counts: ArrayLike, totals: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Transform counts x of n to a scale where their standard error does not depend on the share.

    arcsin √((x + 3/8)/(n + 3/4)) with error 1/(2√(n + ½)). A monotone scale leaves ranks unchanged, and the error is
    known even at 0 of n and n of n.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    return np.arcsin(np.sqrt((x + 3 / 8) / (n + 3 / 4))), 1 / (2 * np.sqrt(n + 0.5))
