"""Repetitions of the methods on series and areas: threshold, trend, panel, exposure."""

from __future__ import annotations

import numpy as np
from scipy import stats

from policyreport.methods.draws import bootstrap_p
from policyreport.methods.exposure_regression import changes, fit, permuted, wild_p
from policyreport.methods.hierarchy import mix
from policyreport.methods.kendall import order_test, theil_sen
from policyreport.methods.panel import own_intervals, slope_errors
from policyreport.methods.panel_fits import closed_form
from policyreport.methods.revision_error import RevisionPrior, revision_error
from policyreport.methods.slopes import gls_slope
from policyreport.validity.measures import (
    AT_LEAST,
    CONTINUOUS,
    EXACT_TEST,
    NOMINAL_TEST,
    Measure,
    average,
    exact,
    share,
)
from policyreport.validity.processes import (
    Floats,
    autoregressive,
    exposure,
    sloping_panel,
    uneven_panel,
)

Measures = tuple[Measure, ...]
PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
WEBB = np.array([-(1.5**0.5), -1, -(0.5**0.5), 0.5**0.5, 1, 1.5**0.5])
BOOTSTRAP = 399


def threshold(rng: np.random.Generator, draws: int, *, n: int, spread: str) -> Measures:
    """Repeat the interval of a final value after n revisions of known or prior-drawn spread."""
    inside, widths = [], []
    for _ in range(draws):
        drawn = np.sqrt(PRIOR.degrees * PRIOR.scale**2 / rng.chisquare(PRIOR.degrees))
        sd = drawn if spread == "prior" else float(spread)
        moved = rng.normal(0, sd, n + 1)
        error = revision_error([float(each) for each in moved[:n]], 0, PRIOR)
        if error is None:
            raise ValueError("a prior with degrees of freedom gives an interval")
        interval = error.interval(0.0)
        inside.append(interval.low <= moved[n] <= interval.high)
        widths.append(interval.high - interval.low)
    # Of single spreads the prior decides at small n; on average over the prior the level must hold.
    band = CONTINUOUS if spread == "prior" else None
    return share("coverage", inside, band), exact("width, median", float(np.median(widths)))


def trend(rng: np.random.Generator, draws: int, *, n: int, rho: float, slope: float) -> Measures:
    """Repeat the exact test, Theil and Sen's interval and the line at the true serial dependence."""
    years = np.arange(n)
    rejected, inside, gls, bias = [], [], [], []
    for y in slope * years + autoregressive(rng, (draws, n), rho):
        rejected.append(order_test(y, enumerate_ties_to=8).p_value <= 0.05)
        line = theil_sen(years, y)
        inside.append(line.interval.low <= slope <= line.interval.high)
        bias.append(line.slope - slope)
        interval = gls_slope(years, y, rho).interval
        gls.append(interval.low <= slope <= interval.high)
    white = rho == 0
    return (
        share("rejection", rejected, EXACT_TEST if white and slope == 0 else None),
        share("coverage, Theil–Sen", inside, AT_LEAST if white else None),
        share("coverage, line at the true dependence", gls, CONTINUOUS),
        average("bias, Theil–Sen", bias),
    )


def panel(rng: np.random.Generator, draws: int, *, areas: int, years: int, ratio: float, uneven: int) -> Measures:
    """Repeat the test of equal slopes and the pooled slopes' intervals."""
    rejected, pooled, printed = [], [], []
    for _ in range(draws):
        truth, y = sloping_panel(rng, areas, years, ratio, uneven=bool(uneven))
        moments = closed_form(y, range(years))
        f = moments.slopes.var(ddof=1) / (moments.residual_variance / moments.sxx)
        rejected.append(stats.f.sf(f, areas - 1, moments.degrees) <= 0.05)
        unequal = bool(stats.bartlett(*moments.residuals).pvalue < 0.01)
        errors = slope_errors(moments, unequal=unequal)
        deviation = truth - truth.mean()
        pooled.append(_covered(moments.slopes, errors, deviation))
        own = own_intervals(moments, errors)
        held = [each.low <= slope <= each.high for each, slope in zip(own, deviation, strict=True)]
        printed.append(float(np.mean(held)) if unequal else pooled[-1])
    null = ratio == 0 and not uneven
    return (
        share("coverage, printed intervals", printed, AT_LEAST),
        share("coverage, pooled slopes", pooled, None if uneven else AT_LEAST),
        share("rejection of equal slopes", rejected, NOMINAL_TEST if null else None),
    )


def _covered(slopes: Floats, errors: Floats, deviation: Floats) -> float:
    """Share of areas whose pooled interval holds the true deviation from the common path."""
    # Inside the interval if and only if the distribution function at the truth is between its two levels.
    place = mix(slopes, errors, tau_points=200, tau_range=5).distribution(deviation)
    return float(np.mean((place >= 0.025) & (place <= 0.975)))


def exposed(rng: np.random.Generator, draws: int, *, kind: str, years: int, areas: int = 34) -> Measures:
    """Repeat both tests where nothing is associated."""
    post = np.arange(years) == years - 1
    wild, permutation = [], []
    for _ in range(draws):
        fitted = fit(changes(uneven_panel(rng, areas, years), post), exposure(rng, kind, areas))
        wild.append(wild_p(fitted, rng.choice(WEBB, (BOOTSTRAP, areas))) <= 0.05)
        orders = np.argsort(rng.random((BOOTSTRAP, areas)), axis=1)
        permutation.append(bootstrap_p(permuted(fitted, orders)[1], abs(fitted.t)) <= 0.05)
    # Below six exposed areas the bootstrap is not used: the flag `few-treated` leaves the permutation alone.
    few = kind.isdigit() and int(kind) < 6
    return (
        share("rejection, wild bootstrap", wild, None if few else NOMINAL_TEST),
        share("rejection, permutation", permutation, NOMINAL_TEST),
    )
