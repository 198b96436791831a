"""Lines through all areas' short series, under the serial correlation that they show together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from policyreport.params.methods import TrendSettings
from policyreport.statistics.ranks.moderation import fit_variance_prior, moderate, moderated_degrees
from policyreport.statistics.series.carryover import LIGHT, CarryOver, estimate_carry_over

Floats = NDArray[np.float64]

FEWEST = 4
"""Fewest years for a line: it takes two, its error one, its serial correlation one."""


@dataclass(frozen=True, eq=False)
class LineFamily:
    """Two-sided p of each area's slope, NaN where it has too few years, and the family's serial correlation.

    `wandering` is the probability that the series only drift; the family `wanders` where that is too likely for a
    verdict.
    """

    p_values: Floats
    carry_over: CarryOver
    wandering: float
    wanders: bool


def estimate_lines(series: Sequence[tuple[Sequence[int], Sequence[float]]], settings: TrendSettings) -> LineFamily:
    """Test the slopes of all areas' lines, one (years, values) pair per area, under one common serial correlation.

    At each ρ the generalised least squares slope with errors of correlation ρ^|s−t|, its variance moderated over the
    areas, is t with d0 + n − 2 degrees of freedom; p averages over ρ by the weights of
    `carryover.estimate_carry_over` for lines. A fixed ρ for all series of a family, as in the single test, singles out
    an area in 13 % of families of six years at ρ = 0.6, and of random walks in 63 %.

    See Cruddas, Reid, Cox (1989), Biometrika 76:231-237; Smyth (2004).
    """
    carry_over = estimate_carry_over(_without_gaps(series), settings.peers, degree=1)
    slopes, squares, degrees = _fits(series, carry_over.rhos)
    p_values = np.zeros(len(series))
    for at, weight in enumerate(carry_over.weights):
        if weight < LIGHT:
            continue
        prior = fit_variance_prior(squares[0, :, at], degrees)
        variances = moderate(squares[0, :, at], degrees, prior)
        nu = moderated_degrees(degrees, prior, int(np.isfinite(squares[0, :, at]).sum()))
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(slopes[:, at]) / np.sqrt(variances * squares[1, :, at])
        p_values += weight * 2 * stdtr(nu, -np.nan_to_num(t, nan=0.0, posinf=np.inf))
    chance = carry_over.chance_from(settings.wandering_from)
    p_values = np.where(np.isfinite(slopes[:, 0]), p_values, np.nan)
    return LineFamily(p_values, carry_over, chance, chance > settings.wandering_chance)


def _without_gaps(series: Sequence[tuple[Sequence[int], Sequence[float]]]) -> Floats:
    """One row per series that has every year of its window, from its first year on."""
    rows = [values for years, values in series if len(years) > FEWEST - 1 and years[-1] - years[0] == len(years) - 1]
    table = np.full((len(rows), max((len(row) for row in rows), default=1)), np.nan)
    for at, row in enumerate(rows):
        table[at, : len(row)] = row
    return table


def _fits(
    series: Sequence[tuple[Sequence[int], Sequence[float]]], rhos: Floats
) -> tuple[Floats, Floats, NDArray[np.float64]]:
    """Slope (I, G); residual variance and the slope's variance relative to it (2, I, G); degrees of freedom (I,)."""
    slopes, squares = np.full((len(series), len(rhos)), np.nan), np.full((2, len(series), len(rhos)), np.nan)
    degrees = np.full(len(series), np.nan)
    patterns: dict[tuple[int, ...], list[int]] = {}
    for row, (years, _) in enumerate(series):
        if len(years) >= FEWEST:
            patterns.setdefault(tuple(year - years[0] for year in years), []).append(row)
    for pattern, rows in patterns.items():
        weights, forms, unscaled = _generalised(pattern, tuple(rhos.tolist()))
        y = np.array([series[row][1] for row in rows], dtype=float)
        y = y - y[:, :1]
        degrees[rows] = len(pattern) - 2
        slopes[rows] = y @ weights.T
        squares[0, rows] = np.einsum("is,gst,it->ig", y, forms, y, optimize=True) / (len(pattern) - 2)
        squares[1, rows] = unscaled
    return slopes, squares.clip(min=0), degrees


@cache
def _generalised(pattern: tuple[int, ...], rhos: tuple[float, ...]) -> tuple[Floats, Floats, Floats]:
    """For each ρ: weights of the slope, matrix of the residual sum of squares, variance of the slope at noise 1."""
    t = np.array(pattern, dtype=float)
    design = np.column_stack([np.ones(len(t)), t - t.mean()])
    weights, forms, unscaled = [], [], []
    for rho in rhos:
        inverse = np.linalg.inv(rho ** np.abs(np.subtract.outer(t, t)))
        covariance = np.linalg.inv(design.T @ inverse @ design)
        weights.append((covariance @ design.T @ inverse)[1])
        forms.append(inverse - inverse @ design @ covariance @ design.T @ inverse)
        unscaled.append(covariance[1, 1])
    return np.array(weights), np.array(forms), np.array(unscaled)
