"""Means of many areas' short series, tested with a common variance prior and serial correlation (METHODS §20.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, stdtr

from policyreport.params.methods import PeersSettings
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.ranks.moderation import VariancePrior, fit_variance_prior, moderate, moderated_degrees
from policyreport.statistics.series.carryover import (
    LIGHT,
    CarryOver,
    effective_degrees,
    estimate_carry_over,
    variance_inflation,
)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TestedMeans:
    """The means of all areas of a family; NaN where an area has too few years.

    Attributes
    ----------
    means, errors, halves, p_values : ndarray, shape (I,)
        Means, standard errors, half-widths of 95 % intervals, and two-sided p against zero.
    variances : ndarray, shape (I,)
        Moderated variance of one year.
    years : ndarray of int, shape (I,)
        Years behind each mean.
    known : ndarray, shape (I,)
        Known part of each mean's variance: errors of recalculated values.
    degrees, inflation : ndarray, shape (I, G)
        Degrees of freedom and `carryover.variance_inflation` at each ρ.
    """

    means: Floats
    errors: Floats
    halves: Floats
    p_values: Floats
    variances: Floats
    years: NDArray[np.int_]
    known: Floats
    degrees: Floats
    inflation: Floats
    carry_over: CarryOver
    prior: VariancePrior

    def degrees_of(self, row: int) -> float:
        """Degrees of freedom of one mean, averaged over ρ."""
        return float(self.carry_over.weights @ self.degrees[row])


def estimate_means(values: ArrayLike, settings: PeersSettings, *, known: ArrayLike | None = None) -> TestedMeans:
    """Estimate the means of all areas' yearly values and test each against zero.

    Parameters
    ----------
    values : array_like, shape (I, T)
        Differences or changes, one area per row; NaN where a year is missing.
    known : array_like, shape (I,), optional
        Variance of each mean beyond that of its years, by default 0.

    Notes
    -----
    With h(ρ) the inflation and s̃² the moderated variance, the mean divided by √(h s̃²/n + known) is t with d0 + d(ρ)
    degrees of freedom at a given ρ; p and interval average over ρ by its weights. An area whose years are all equal
    borrows its spread from the others; where no area varies, means are certain.

    References
    ----------
    Smyth (2004); Cruddas, Reid, Cox (1989); Satterthwaite (1946).
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    years = np.isfinite(table).sum(axis=1)
    enough = years >= max(settings.minimum_points, 2)
    table = np.where(enough[:, None], table, np.nan)
    carry_over = estimate_carry_over(table, settings)
    means, variances = _moments(table, enough)
    inflation, degrees, own = _by_years(years, enough, carry_over)
    prior = fit_variance_prior(variances, own)
    moderated = moderate(variances, own, prior)
    freedom = moderated_degrees(degrees, prior, int(enough.sum()))
    extra = np.zeros(len(table)) if known is None else np.asarray(known, dtype=float)
    squares = moderated[:, None] * inflation / years[:, None].clip(1) + extra[:, None]
    errors = np.sqrt(squares @ carry_over.weights)
    return TestedMeans(
        means=means,
        errors=errors,
        halves=_halves(squares, freedom, carry_over.weights),
        p_values=_p_values(np.abs(means), squares, freedom, carry_over.weights),
        variances=moderated,
        years=years,
        known=extra,
        degrees=freedom,
        inflation=inflation,
        carry_over=carry_over,
        prior=prior,
    )


def _moments(table: Floats, enough: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Means and variances; NaN where an area has too few years."""
    means, variances = np.full((2, len(table)), np.nan)
    rows = table[enough]
    if len(rows):
        # Relative to the first value, so that equal values have a spread of exactly zero.
        start = rows[np.arange(len(rows)), np.isfinite(rows).argmax(axis=1)][:, None]
        means[enough] = np.nanmean(rows - start, axis=1) + start[:, 0]
        variances[enough] = np.nanvar(rows - start, axis=1, ddof=1)
    return means, variances


def _by_years(
    years: NDArray[np.int_], enough: NDArray[np.bool_], carry_over: CarryOver
) -> tuple[Floats, Floats, Floats]:
    """Inflation and degrees of freedom at each ρ, and the latter at the expected one, by number of years."""
    inflation, degrees = np.full((2, len(years), len(carry_over.rhos)), np.nan)
    own = np.full(len(years), np.nan)
    for n in sorted({int(each) for each in years[enough]}):
        rows = enough & (years == n)
        inflation[rows] = variance_inflation(carry_over.rhos, n)
        degrees[rows] = effective_degrees(carry_over.rhos, n)
        own[rows] = float(effective_degrees(carry_over.mean, n))
    return inflation, degrees, own


def _p_values(distances: Floats, squares: Floats, degrees: Floats, weights: Floats) -> Floats:
    """Two-sided p at a distance from zero, averaged over ρ."""
    heavy = weights > LIGHT
    errors = np.sqrt(squares[:, heavy])
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(errors > 0, distances[:, None] / errors, np.where(distances[:, None] > 0, np.inf, 0.0))
        p = 2 * stdtr(degrees[:, heavy], -t) @ (weights[heavy] / weights[heavy].sum())
    return np.where(np.isfinite(distances), np.minimum(p, 1.0), np.nan)


def _halves(squares: Floats, degrees: Floats, weights: Floats) -> Floats:
    """Half-widths of the intervals: where the averaged p is α. Areas that differ only in scale share one search."""
    scale = np.sqrt(squares @ weights)
    halves = np.where(scale == 0, 0.0, np.nan)
    rows = np.flatnonzero(scale > 0)
    if not len(rows):
        return halves
    shapes = np.column_stack([squares[rows] / scale[rows, None] ** 2, degrees[rows]])
    _, first, place = np.unique(np.round(shapes, 9), axis=0, return_index=True, return_inverse=True)
    one, free = (part[first] for part in np.hsplit(shapes, 2))
    ends = np.zeros(len(first))
    # The averaged p is convex on the right of zero, so Newton's method climbs to the root without overshooting it.
    for _ in range(100):
        excess = _p_values(ends, one, free, weights) - ALPHA
        if np.abs(excess).max() < 1e-12:
            break
        ends += excess / _steepness(ends, one, free, weights)
    halves[rows] = ends[place.ravel()] * scale[rows]
    return halves


def _steepness(distances: Floats, squares: Floats, degrees: Floats, weights: Floats) -> Floats:
    """Slope of the averaged p in the distance: twice the density of t, over its error."""
    heavy = weights > LIGHT
    errors, nu = np.sqrt(squares[:, heavy]), degrees[:, heavy]
    t = distances[:, None] / errors
    logs = gammaln((nu + 1) / 2) - gammaln(nu / 2) - np.log(nu * np.pi) / 2 - (nu + 1) / 2 * np.log1p(t**2 / nu)
    return np.asarray(2 * (np.exp(logs) / errors) @ (weights[heavy] / weights[heavy].sum()))


def draw_errors(family: TestedMeans, rows: NDArray[np.int_], rng: np.random.Generator, draws: int) -> Floats:
    """Draw the errors of the means, shape (p, B): uncertainty about spread and serial correlation, and chance.

    `rows` are the p areas with a mean. Each draw takes one ρ for all areas, by its weight; given it the errors are t
    with the moderated variance, plus a normal part where some variance is known.
    """
    at = rng.choice(len(family.carry_over.rhos), draws, p=family.carry_over.weights)
    degrees = family.degrees[rows][:, at]
    spread = rng.chisquare(degrees.T).T / degrees
    variances = (family.variances[rows] / family.years[rows])[:, None] * family.inflation[rows][:, at]
    errors = np.sqrt(variances / spread + family.known[rows][:, None])
    return np.asarray(errors * rng.standard_normal((draws, len(rows))).T)
