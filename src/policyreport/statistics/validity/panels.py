"""Repetitions of the methods on areas by years: panel with its mixed model, and exposure."""

import numpy as np
from scipy import stats

from policyreport.statistics.common.draws import bootstrap_p
from policyreport.statistics.series.exposure_regression import changes, fit, permuted, wild_interval, wild_p
from policyreport.statistics.series.panel import mix, own_intervals, slope_errors
from policyreport.statistics.series.panel_fits import MixedFit, closed_form, fit_mixed
from policyreport.statistics.validity.measures import (
    AT_LEAST,
    CONTINUOUS,
    LEVEL,
    NOMINAL_TEST,
    SIZE,
    Measure,
    average,
    share,
)
from policyreport.statistics.validity.processes import Floats, exposure, sloping_panel, uneven_panel
from policyreport.statistics.validity.settings import PANEL

Measures = tuple[Measure, ...]
BARTLETT, TAU_POINTS, TAU_RANGE = 0.01, 200, 5
"""Level and range as in params/methods.yaml (checked by a test); its 2,000 values of τ move no limit."""
WEBB = np.array([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
BOOTSTRAP = 399
FEW_TREATED = 6
"""As in params/methods.yaml: below it only the permutation test is used."""

REPETITIONS = 40
"""Maximum per row: a fit takes a tenth of a second to half a second."""
TOLERANCE = 1e-4
"""Of an optimiser, in squared standard errors of a slope (METHODS §0)."""
BOUNDARY = ("a variance at zero", "correlation")
"""How the reasons for a fit on the boundary begin; any other reason is a failed search."""


def panel(rng: np.random.Generator, draws: int, *, areas: int, years: int, ratio: float, uneven: int) -> Measures:
    """Repeat the test of equal slopes, the pooled slopes' intervals and the closed form's variance."""
    drawn = [_panel_draw(*sloping_panel(rng, areas, years, ratio, uneven=bool(uneven))) for _ in range(draws)]
    printed, pooled, wide, narrow, own, shrunk, variance, rejected, unequal = np.array(drawn, dtype=float).T
    null = ratio == 0 and not uneven
    return (
        share("coverage, printed intervals", printed, AT_LEAST, nominal=LEVEL),
        share("coverage, pooled slopes", pooled, None if uneven else AT_LEAST, nominal=LEVEL),
        average("width, printed", wide),
        average("width, pooled", narrow),
        average("bias, own slope", own),
        average("bias, pooled slope", shrunk),
        average("bias, slopes' variance in SE²", variance - ratio**2),
        share("slopes' variance at or below zero", variance <= 0),
        share("equal slopes rejected", rejected, NOMINAL_TEST if null else None, nominal=SIZE),
        share("noise found unequal", unequal, nominal=None if uneven else BARTLETT),
    )


def _panel_draw(truth: Floats, y: Floats) -> tuple[float, ...]:
    """One panel, of which the printed and the pooled slopes are measured.

    Shares of areas whose intervals hold the truth, widths and biases (of the own and of the pooled slope) of the first
    area, the closed form's variance of the slopes in squared standard errors, and whether tests reject equal slopes and
    equal noise.
    """
    areas, years = y.shape
    moments = closed_form(y, range(years))
    f = moments.slopes.var(ddof=1) / (moments.residual_variance / moments.sxx)
    unequal = bool(stats.bartlett(*moments.residuals).pvalue < BARTLETT)
    errors = slope_errors(moments, unequal=unequal)
    deviation = truth - truth.mean()
    mixture = mix(moments.slopes, errors, tau_points=TAU_POINTS, tau_range=TAU_RANGE)
    # Inside an interval if and only if the distribution function at the truth is between its two levels.
    place = mixture.distribution(deviation)
    pooled = float(np.mean((place >= (1 - LEVEL) / 2) & (place <= (1 + LEVEL) / 2)))
    own = own_intervals(moments, errors)
    held = float(np.mean([each.low <= slope <= each.high for each, slope in zip(own, deviation, strict=True)]))
    first = mixture.interval(0)
    shown = own[0] if unequal else first
    return (
        held if unequal else pooled,
        pooled,
        shown.high - shown.low,
        first.high - first.low,
        moments.slopes[0] - deviation[0],
        float(mixture.weight @ mixture.centres[:, 0]) - deviation[0],
        moments.slope_variance * moments.sxx,
        bool(stats.f.sf(f, areas - 1, moments.degrees) <= SIZE),
        unequal,
    )


def exposed(
    rng: np.random.Generator, draws: int, *, kind: str, years: int, association: float, areas: int = 34
) -> Measures:
    """Repeat both tests and the inverted interval, without an association and with a known one."""
    drawn = [_exposure_draw(rng, kind, years, association, areas) for _ in range(draws)]
    estimate, t, wild, permutation, low, high = np.array(drawn).T
    found = ~np.isnan(low)
    inside = (low[found] <= association) & (association <= high[found])
    # Below six exposed areas the bootstrap is not used: the flag `few-treated` leaves only the permutation test.
    few, null = kind.isdigit() and int(kind) < FEW_TREATED, association == 0
    clustered = stats.t.ppf(1 - SIZE / 2, areas - 1)
    return (
        share("wild bootstrap rejects", wild <= SIZE, NOMINAL_TEST if null and not few else None, nominal=SIZE),
        share("permutation rejects", permutation <= SIZE, NOMINAL_TEST if null else None, nominal=SIZE),
        share("plain clustered t rejects", np.abs(t) > clustered, nominal=SIZE),
        share("coverage, inverted bootstrap", inside, None if few else CONTINUOUS, nominal=LEVEL),
        average("bias", estimate - association),
        average("width", high[found] - low[found]),
        share("no interval found", ~found),
    )


def _exposure_draw(
    rng: np.random.Generator, kind: str, years: int, association: float, areas: int
) -> tuple[float, ...]:
    """One fitted association, its t and p-values, and its interval, NaN where there is none."""
    post = np.arange(years) == years - 1
    x = exposure(rng, kind, areas)
    fitted = fit(changes(uneven_panel(rng, areas, years) + association * x[:, None] * post, post), x)
    weights = rng.choice(WEBB, (BOOTSTRAP, areas))
    orders = np.argsort(rng.random((BOOTSTRAP, areas)), axis=1)
    low, high = wild_interval(fitted, weights, level=SIZE) or (np.nan, np.nan)
    permutation = bootstrap_p(permuted(fitted, orders)[1], abs(fitted.t))
    return fitted.estimate, fitted.t, wild_p(fitted, weights), permutation, low, high


def mixed_model(rng: np.random.Generator, draws: int, *, areas: int, years: int, ratio: float) -> Measures:
    """Repeat the mixed model's fit and the closed form, and count the fits that may not be used."""
    fits: list[MixedFit] = []
    variances: list[float] = []
    apart: list[float] = []
    for _ in range(draws):
        _, y = sloping_panel(rng, areas, years, ratio)
        fit = fit_mixed(y, [str(area) for area in range(areas)], range(years), PANEL)
        moments = closed_form(y, range(years))
        fits.append(fit)
        variances.append(moments.slope_variance)
        if fit.accepted and fit.variances is not None:
            apart.append(abs(fit.variances[2] - moments.slope_variance) * moments.sxx / moments.residual_variance)
    on_boundary = [each.detail.startswith(BOUNDARY) for each in fits]
    refused = [not each.accepted for each in fits]
    compared = (share("used fit agrees with the closed form", np.array(apart) <= TOLERANCE),) if apart else ()
    return (
        share("fit not used", refused),
        share("on the boundary", on_boundary),
        share("search failed", np.array(refused) & ~np.array(on_boundary)),
        share("closed form's slopes' variance at or below zero", np.array(variances) <= 0),
        *compared,
    )
