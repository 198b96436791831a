"""Did areas with more exposure change differently after the start (METHODS §10)? Associated, never caused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from policyreport.data.points import (
    AreaSeries,
    common_years,
    read_series,
    require_columns,
    rows_of_areas,
    year_table,
)
from policyreport.data.series_frames import MERGED
from policyreport.params.methods import ExposureSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.series import EventStudyPoint, Exposure, ExposureCheck
from policyreport.statistics.common.draws import JOINT, bootstrap_p, generator
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.series.exposure_regression import (
    ExposureSlope,
    changes,
    fit,
    permuted,
    wild_interval,
    wild_p,
)
from policyreport.statistics.series.windows import years_after

METHOD = "exposure"
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ExposurePanel:
    """One outcome of all areas (G) over years (T), and one exposure fixed before the start.

    `areas` may be in any order: random numbers follow the sorted keys. `values`, shape (G, T), are on one set of
    boundaries, NaN where nothing is published; the exposure is standardised here, unless it is 0/1. `merged` is 1 for
    an area merged from several: the control, and the comparison of `coincides-with-merger`. More than one of `measures`
    is refused.
    """

    outcome: str
    exposure_name: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    exposure: Floats
    merged: Floats | None = None
    measures: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Complete:
    """The areas with every value, the exposure scaled, the years after the start marked."""

    panel: ExposurePanel
    dropped: tuple[str, ...]
    values: Floats
    exposure: Floats
    merged: Floats | None
    post: NDArray[np.bool_]
    binary: bool


def estimate_exposure(
    panel: ExposurePanel,
    settings: ExposureSettings,
    *,
    post_years: Sequence[int],
    controlled: bool = False,
    inverted: bool = True,
) -> Exposure | Refusal:
    """Estimate the association of one exposure with the change after the start.

    With raw p-values and no verdict beyond "no clear association", which needs all exposures, see `judge`. Areas with a
    missing value are dropped and named.

    Parameters
    ----------
    post_years
        Calendar years after the start; other years from the first of them on are dropped.
    controlled
        Hold `merged` × post fixed, a row of a specification table; exposures are then permuted only within merged
        and within unmerged areas.
    inverted
        Invert the bootstrap into an interval, which takes most of the time.
    """
    if len(set(panel.measures)) > 1:
        return _refuse("measure-mixed", panel, ", ".join(sorted(set(panel.measures))))
    panel = _by_key(_without_later(panel, post_years))
    data = _complete(panel, post_years)
    if len(data.values) < settings.minimum_areas:
        return _refuse("too-few-areas", panel, f"{len(data.values)} of {settings.minimum_areas} complete areas")
    if np.ptp(data.exposure) == 0:
        return _refuse("too-few-areas", panel, "the exposure is the same everywhere")
    control = data.merged if controlled else None
    if control is not None and _is_merger(data):
        return _refuse("too-few-areas", panel, "the exposure is the same everywhere once the control is held")
    if not data.post.any() or np.count_nonzero(~data.post) < settings.minimum_pre_years:
        years = f"{np.count_nonzero(~data.post)} years before and {np.count_nonzero(data.post)} after the start"
        return _refuse("too-few-points", panel, years)
    rng = generator(METHOD, panel.outcome, panel.exposure_name, JOINT)
    shape = settings.conventions.draws, len(data.values)
    weights = rng.choice(np.sort(np.asarray(settings.webb_points, dtype=float)), shape)
    permutations = _permutations(rng.random(shape), control)
    found = _result(data, control, weights, permutations, settings)
    ends = wild_interval(_fitted(data, control), weights, level=ALPHA) if inverted else None
    interval = Interval(low=ends[0], high=ends[1], level=1 - ALPHA) if ends else None
    return found.model_copy(update={"wcr_interval": interval})


def fit_exposure(
    values: pd.DataFrame,
    traits: pd.DataFrame,
    settings: ExposureSettings,
    *,
    start: date,
    exposures: Sequence[str] | None = None,
) -> tuple[Exposure | Refusal, ...]:
    """Relate the change of an outcome after the start to each exposure fixed before it, in their order.

    Parameters
    ----------
    values
        The outcome: rows with `area`, `year` and `value`, and what else `data.points` lists.
    traits
        A row an area: `area`, each exposure, and `merged` (0/1), the control.
    start
        Years count as after it that begin after this day.
    exposures
        Columns of `traits`; default: those that the settings name. All of them are counted in the adjustment.

    Returns
    -------
    tuple of Exposure or Refusal
        With the verdict and Holm's p-values over all of them. Refused: `not-published`, and `too-few-areas`,
        `too-few-points` or `measure-mixed` where the design cannot be used.

    Notes
    -----
    The resolution behind the start date took effect everywhere at once; the contrast needs equal trends at every
    exposure level, which a few years cannot show.

    References
    ----------
    Callaway, Goodman-Bacon, Sant'Anna (2024), NBER WP 32117; Roth (2022), American Economic
    Review: Insights 4:305-322.
    """
    series = read_series("fit_exposure", values)
    if not common_years(series):
        return (series.not_published(METHOD),)
    panels = exposure_panels(series, traits, settings.exposures if exposures is None else exposures)
    after = years_after(common_years(series), start)
    judged = judge([estimate_exposure(panel, settings, post_years=after) for panel in panels.values()], settings)
    flags = series.flags_of(series.areas)
    return tuple(
        found.model_copy(update={"flags": found.flags + flags}) if isinstance(found, Exposure) else found
        for found in judged
    )


def exposure_design(
    values: pd.DataFrame, traits: pd.DataFrame, exposures: Sequence[str], *, start: date
) -> pd.DataFrame:
    """Lay out what `fit_exposure` regresses: a row an area, its change after the start, and each exposure.

    An exposure is in standard deviations over the areas with every value, unless it is 0/1; empty where an area lacks a
    value. Without years before and after the start there are no rows.
    """
    series = read_series("exposure_design", values)
    after = years_after(common_years(series), start)
    columns: dict[str, pd.Series[float]] = {}
    for name, panel in exposure_panels(series, traits, exposures).items():
        data = _complete(_by_key(_without_later(panel, after)), after)
        if not data.post.any() or data.post.all():
            break
        kept = [area for area in data.panel.areas if area not in data.dropped]
        change = pd.Series(changes(data.values, data.post), kept)
        columns["change"] = change.combine_first(columns.get("change", change))
        columns[name] = pd.Series(data.exposure, kept)
    design = pd.DataFrame(columns, columns=["change", *exposures], dtype="float64")
    return design.rename_axis("area").reset_index()


def exposure_panels(series: AreaSeries, traits: pd.DataFrame, exposures: Sequence[str]) -> dict[str, ExposurePanel]:
    """Arrange the outcome with each exposure, by its name."""
    known = require_columns("fit_exposure, traits", traits, ["area", *exposures])
    known = known.set_index("area").reindex(list(series.areas))
    years, rows = common_years(series), traits.attrs.get("rows", {})
    merged = known[MERGED].to_numpy(float) if MERGED in known else None
    return {
        name: ExposurePanel(
            outcome=series.indicator,
            exposure_name=name,
            areas=series.areas,
            years=years,
            values=year_table(series.points, series.areas, years),
            exposure=known[name].to_numpy(float),
            merged=merged,
            measures=(series.measure,),
            inputs=tuple(sorted({*rows_of_areas(series), *rows.get(name, ())})),
        )
        for name in exposures
    }


def judge(results: Sequence[Exposure | Refusal], settings: ExposureSettings) -> tuple[Exposure | Refusal, ...]:
    """Give the verdicts on all exposures of an outcome named before the run, with Holm's p-values, in the same order.

    *associated* only if the adjusted p-values of bootstrap and permutations are both small, no placebo start stands
    out, and the sign stays when any one area is left out. With `few-treated` the permutations alone decide, and the
    bootstrap p-value is not part of the family.
    """
    level = settings.verdict_level
    wild = adjust([_wild_member(result) for result in results], rule="holm")
    permutation = adjust([result.ri_t_p if isinstance(result, Exposure) else None for result in results], rule="holm")
    judged: list[Exposure | Refusal] = []
    for result, wcr_holm, ri_holm in zip(results, wild, permutation, strict=True):
        if isinstance(result, Exposure):
            clear = (
                ri_holm is not None
                and ri_holm <= level
                and (result.has_flag("few-treated") or (wcr_holm is not None and wcr_holm <= level))
                and checks_hold(result, level)
            )
            verdict = "associated" if clear else "no clear association"
            judged.append(
                result.model_copy(update={"wcr_p_holm": wcr_holm, "ri_t_p_holm": ri_holm, "verdict": verdict})
            )
        else:
            judged.append(result)
    return tuple(judged)


def event_study(values: Floats, exposure: Floats, years: Sequence[int], base_year: int) -> tuple[EventStudyPoint, ...]:
    """Estimate each year's contrast with the base year, the last before the start; the base year itself is left out.

    `values` are the outcome of a balanced panel, shape (G, T).

    Clustered errors of the joint regression with T − 1 coefficients, hence the factor
    √((GT − 1)/(GT − T + 1)) besides G/(G − 1).
    """
    base = list(years).index(base_year)
    observations, coefficients = values.size, len(years) - 1
    factor = ((observations - 1) / (observations - coefficients)) ** 0.5
    points = []
    for column, year in enumerate(years):
        if column != base:
            found = fit(values[:, column] - values[:, base], exposure)
            error = factor * found.standard_error
            points.append(EventStudyPoint(year=year, estimate=found.estimate, standard_error=error))
    return tuple(points)


def _without_later(panel: ExposurePanel, post_years: Sequence[int]) -> ExposurePanel:
    """Drop years after the start that are not named: they are neither before nor after."""
    kept = [year in post_years or year < min(post_years, default=year + 1) for year in panel.years]
    years = tuple(year for year, keep in zip(panel.years, kept, strict=True) if keep)
    return panel if all(kept) else replace(panel, years=years, values=panel.values[:, kept])


def _by_key(panel: ExposurePanel) -> ExposurePanel:
    """Sort the areas, so that draws do not depend on their order (METHODS §0)."""
    order = sorted(range(len(panel.areas)), key=panel.areas.__getitem__)
    if order == list(range(len(order))):
        return panel
    merged = None if panel.merged is None else panel.merged[order]
    areas = tuple(panel.areas[place] for place in order)
    return replace(panel, areas=areas, values=panel.values[order], exposure=panel.exposure[order], merged=merged)


def _complete(panel: ExposurePanel, post_years: Sequence[int]) -> _Complete:
    """Keep areas with every value, scale the exposure, mark the years after the start."""
    columns = [panel.values, panel.exposure[:, None]]
    if panel.merged is not None:
        columns.append(panel.merged[:, None])
    known: NDArray[np.bool_] = np.logical_and.reduce(np.isfinite(np.hstack(columns)), axis=1)
    raw = panel.exposure[known]
    binary = bool(np.isin(raw, (0, 1)).all())
    spread = raw.std(ddof=1) if len(raw) > 1 else 0.0
    return _Complete(
        panel=panel,
        dropped=tuple(area for area, kept in zip(panel.areas, known.tolist(), strict=True) if not kept),
        values=panel.values[known],
        exposure=raw if binary or spread == 0 else (raw - raw.mean()) / spread,
        merged=None if panel.merged is None else panel.merged[known],
        post=np.isin(panel.years, post_years),
        binary=binary,
    )


def _permutations(keys: Floats, control: Floats | None) -> NDArray[np.intp]:
    """Orders of the areas; within each value of the control, since exposures are exchangeable only there."""
    orders = np.empty(keys.shape, dtype=np.intp)
    strata = np.zeros(keys.shape[1]) if control is None else control
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        orders[:, members] = members[np.argsort(keys[:, members], axis=1)]
    return orders


def _fitted(data: _Complete, control: Floats | None) -> ExposureSlope:
    return fit(changes(data.values, data.post), data.exposure, control)


def _result(
    data: _Complete,
    control: Floats | None,
    weights: Floats,
    permutations: NDArray[np.intp],
    settings: ExposureSettings,
) -> Exposure:
    """The estimate with all its tests and checks."""
    fitted = _fitted(data, control)
    degrees = len(data.values) - 1
    # Within a stratum the residual exposure differs from the exposure by a constant, so it can be permuted.
    slopes, ts = permuted(replace(fitted, control=None), permutations)
    years = data.panel.years
    start = int(np.flatnonzero(data.post)[0])
    quantiles = stats.t.ppf(1 - ALPHA / 2, degrees) + stats.t.ppf(settings.power, degrees)
    return Exposure(
        outcome=data.panel.outcome,
        exposure=data.panel.exposure_name,
        areas=len(data.values),
        dropped=data.dropped,
        years=years,
        post_years=tuple(year for year, after in zip(years, data.post, strict=True) if after),
        estimate=fitted.estimate,
        standard_error=fitted.standard_error,
        t=fitted.t,
        crv1_p=float(2 * stats.t.sf(abs(fitted.t), degrees)),
        wcr_p=wild_p(fitted, weights),
        ri_t_p=bootstrap_p(ts, abs(fitted.t)),
        ri_c_p=bootstrap_p(slopes, abs(fitted.estimate)),
        minimum_detectable=float(quantiles) * fitted.standard_error,
        checks=(
            *_placebo_starts(data, weights, settings.placebo_minimum_years),
            *_leave_one_out(data, control),
            *_merger_control(data, weights),
        ),
        event_study=event_study(data.values, data.exposure, years, years[start - 1]),
        flags=_flags(data, settings.few_treated_below),
        inputs=data.panel.inputs,
        verdict="no clear association",
    )


def _placebo_starts(data: _Complete, weights: Floats, minimum_years: int) -> tuple[ExposureCheck, ...]:
    """Each earlier year as if it were the only one after the start, later ones dropped; Holm over them."""
    start = int(np.flatnonzero(data.post)[0])
    found = []
    for column in range(minimum_years, start):
        post = np.arange(column + 1) == column
        fitted = fit(changes(data.values[:, : column + 1], post), data.exposure)
        found.append((data.panel.years[column], fitted.estimate, wild_p(fitted, weights)))
    adjusted = adjust([p for _, _, p in found], rule="holm")
    return tuple(
        ExposureCheck(name=str(year), kind="placebo start", estimate=estimate, p_value=p, p_adjusted=holm)
        for (year, estimate, p), holm in zip(found, adjusted, strict=True)
    )


def _leave_one_out(data: _Complete, control: Floats | None) -> tuple[ExposureCheck, ...]:
    """The estimate without each area in turn; the exposure keeps its scale."""
    kept = [area for area in data.panel.areas if area not in data.dropped]
    change = changes(data.values, data.post)
    checks = []
    for row, area in enumerate(kept):
        others = np.arange(len(kept)) != row
        if np.ptp(data.exposure[others]) == 0:
            continue
        held = None if control is None else control[others]
        estimate = fit(change[others], data.exposure[others], held).estimate
        checks.append(ExposureCheck(name=area, kind="leave one out", estimate=estimate))
    return tuple(checks)


def _merger_control(data: _Complete, weights: Floats) -> tuple[ExposureCheck, ...]:
    """The estimate with merged × post held fixed, where merged varies and is not the exposure itself."""
    if data.merged is None or _is_merger(data) or np.ptp(data.merged) == 0:
        return ()
    fitted = fit(changes(data.values, data.post), data.exposure, data.merged)
    check = ExposureCheck(name="merged", kind="control", estimate=fitted.estimate, p_value=wild_p(fitted, weights))
    return (check,)


def _is_merger(data: _Complete) -> bool:
    """Whether the exposure is the merger itself."""
    return data.merged is not None and data.binary and bool((data.exposure == data.merged).all())


def _flags(data: _Complete, few_treated_below: int) -> tuple[Flag, ...]:
    flags = []
    if np.count_nonzero(data.post) == 1:
        flags.append(Flag(code="one-post-period", detail=str(data.panel.years[np.flatnonzero(data.post)[0]])))
    arm = int(min(data.exposure.sum(), (1 - data.exposure).sum())) if data.binary else len(data.exposure)
    if arm < few_treated_below:
        flags.append(Flag(code="few-treated", detail=f"{arm} areas"))
    if _is_merger(data):
        flags.append(Flag(code="coincides-with-merger"))
    return tuple(flags)


def _wild_member(result: Exposure | Refusal) -> float | None:
    """The bootstrap p-value that counts in Holm's family."""
    if isinstance(result, Refusal) or result.has_flag("few-treated"):
        return None
    return result.wcr_p


def checks_hold(result: Exposure, level: float) -> bool:
    """Whether no placebo start stands out, at the adjusted p-value `level`, and no single area decides the sign."""
    placebos = [check for check in result.checks if check.kind == "placebo start"]
    left_out = [check for check in result.checks if check.kind == "leave one out"]
    return all(check.p_adjusted is None or check.p_adjusted > level for check in placebos) and all(
        np.sign(check.estimate) == np.sign(result.estimate) for check in left_out
    )


def _refuse(code: str, panel: ExposurePanel, detail: str) -> Refusal:
    subject = f"{panel.outcome} by {panel.exposure_name}"
    return Refusal(code=code, method=METHOD, subject=subject, detail=detail, inputs=panel.inputs)
