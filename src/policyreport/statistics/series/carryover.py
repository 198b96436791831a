"""Correlation of neighbouring years, estimated from all areas' short series together (METHODS §20.1)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from policyreport.params.methods import PeersSettings

Floats = NDArray[np.float64]


LIGHT = 1e-9
"""A value of ρ with less weight changes no printed digit."""


@dataclass(frozen=True, eq=False)
class CarryOver:
    """Posterior of the correlation ρ of neighbouring years, shared by all series of a family.

    The `weights` of the values `rhos`, both shape (G,), add up to 1. `series` is the effective number of independent
    series, smaller where areas move together.
    """

    rhos: Floats
    weights: Floats
    series: float

    @property
    def mean(self) -> float:
        """The expected ρ."""
        return float(self.weights @ self.rhos)

    def chance_from(self, rho: float) -> float:
        """Probability that ρ is at least this large."""
        return float(self.weights[self.rhos >= rho - 1e-9].sum())


def estimate_carry_over(values: ArrayLike, settings: PeersSettings, *, degree: int = 0) -> CarryOver:
    """Weigh values of ρ by their fit to all series, each with its own level (`degree` 0) or line (1) and variance.

    `values` has one series per row, NaN where a year is missing, across which neighbours are treated as adjacent. The
    settings' evenly spaced values of ρ are equally likely a priori, and stay so where no series is longer than its
    level or line requires.

    The marginal likelihood does not depend on a series' level (or line) and scale, so that neither biases ρ,
    however short the series: with Σ the correlations ρ^|s−t|, X the design and Q the generalised sum of squares,
    |Σ|^(−½) |X′Σ⁻¹X|^(−½) Q^(−(T−k)/2). Areas that move together count as fewer series: with u the residuals of
    unit length, the mean of (u_i·u_j)² beyond 1/ν, its expectation under independence, is a mean squared correlation c,
    and the log likelihood is multiplied by 1/(1 + (I − 1)c).

    See Cruddas, Reid, Cox (1989), Biometrika 76:231-237; Chandler, Bate (2007), Biometrika 94:167-183.
    """
    table = np.asarray(values, dtype=float)
    rhos = np.linspace(0.0, settings.largest_carry_over, settings.carry_over_points)
    groups = _by_length(table)
    loglik = np.zeros(len(rhos))
    for rows in groups:
        loglik += _log_likelihood(rows, rhos, degree)
    weights = _normalised(loglik)
    together = max(groups, key=len, default=np.empty((0, 0)))
    shrink = _moving_together(together, float(weights @ rhos), degree)
    return CarryOver(rhos, _normalised(loglik / shrink), sum(len(rows) for rows in groups) / shrink)


def variance_inflation(rho: ArrayLike, n: int) -> Floats:
    """Factor by which s²/n understates the variance of a mean of n ≥ 2 years: Var(mean) / (E s²/n), for ρ in [0, 1).

    Var(mean) = f σ²/n with f = (1+ρ)/(1−ρ) − 2ρ(1−ρⁿ)/(n(1−ρ)²), and E s² = σ² (n − f)/(n − 1).
    """
    r = np.asarray(rho, dtype=float)
    f = (1 + r) / (1 - r) - 2 * r * (1 - r**n) / (n * (1 - r) ** 2)
    return np.asarray(f * (n - 1) / (n - f))


def effective_degrees(rho: ArrayLike, n: int, *, degree: int = 0) -> Floats:
    """Degrees of freedom of s² of n years about a mean (`degree` 0) or a line (1), by its first two moments.

    tr(MΣ)²/tr((MΣ)²), which is n − 1 − degree at ρ = 0.

    See Satterthwaite (1946), Biometrics Bulletin 2:110-114.
    """
    r = np.atleast_1d(np.asarray(rho, dtype=float))
    residual = _residual_maker(n, degree)
    product = residual @ r[:, None, None] ** _lags(n)
    traces = np.trace(product, axis1=1, axis2=2)
    result = traces**2 / np.einsum("gij,gji->g", product, product)
    return np.asarray(result.reshape(np.shape(rho)))


def _by_length(table: Floats) -> list[Floats]:
    """Rows grouped by number of values, without gaps; constant series are dropped, as they carry no information."""
    counts = np.isfinite(table).sum(axis=1)
    groups = [
        table[counts == n][np.isfinite(table[counts == n])].reshape(-1, n) for n in sorted(set(counts.tolist())) if n
    ]
    return [rows for group in groups if len(rows := group[np.ptp(group, axis=1) > 0])]


def _log_likelihood(rows: Floats, rhos: Floats, degree: int) -> Floats:
    """Sum over the series for each ρ; zeros where the design takes up all of a series."""
    n = rows.shape[1]
    free = n - 1 - degree
    if free < 1:
        return np.zeros(len(rhos))
    forms, logs = _quadratic_forms(n, degree, tuple(rhos.tolist()))
    # Centred, so that a large level costs no digits.
    centred = rows - rows.mean(axis=1, keepdims=True)
    squares = np.einsum("is,gst,it->gi", centred, forms, centred, optimize=True)
    # On an exact line only rounding error is left.
    floor = 1e-24 * (centred**2).sum(axis=1)
    return np.asarray(logs * len(rows) - free / 2 * np.log(np.maximum(squares, floor)).sum(axis=1))


@cache
def _quadratic_forms(n: int, degree: int, rhos: tuple[float, ...]) -> tuple[Floats, Floats]:
    """For each ρ: the matrix of the generalised sum of squares, and −½ log |Σ| − ½ log |X′Σ⁻¹X|."""
    design = _design(n, degree)
    forms, logs = [], []
    for rho in rhos:
        inverse = np.linalg.inv(rho ** _lags(n))
        weighed = design.T @ inverse @ design
        forms.append(inverse - inverse @ design @ np.linalg.solve(weighed, design.T @ inverse))
        logs.append(-((n - 1) * np.log1p(-(rho**2)) + np.linalg.slogdet(weighed)[1]) / 2)
    return np.array(forms), np.array(logs)


def _normalised(loglik: Floats) -> Floats:
    weights = np.exp(loglik - loglik.max())
    return np.asarray(weights / weights.sum())


def _moving_together(rows: Floats, rho: float, degree: int) -> float:
    """Factor by which co-movement shrinks the number of independent series: 1 + (I − 1) c."""
    count, n = rows.shape
    if count < 2 or n - 1 - degree < 1:
        return 1.0
    residuals = rows @ _residual_maker(n, degree)
    lengths = np.sqrt((residuals**2).sum(axis=1, keepdims=True))
    units = np.divide(residuals, lengths, out=np.zeros_like(residuals), where=lengths > 0)
    gram = units.T @ units
    # The sum of all squared products from a matrix of years, without one of areas by areas.
    mean_square = (float((gram**2).sum()) - count) / (count * (count - 1))
    chance = 1 / float(effective_degrees(rho, n, degree=degree))
    return 1 + (count - 1) * max((mean_square - chance) / (1 - chance), 0.0) if chance < 1 else 1.0


@cache
def _residual_maker(n: int, degree: int) -> Floats:
    design = _design(n, degree)
    return np.asarray(np.eye(n) - design @ np.linalg.solve(design.T @ design, design.T))


def _design(n: int, degree: int) -> Floats:
    centred = np.arange(n, dtype=float) - (n - 1) / 2
    return np.column_stack([centred**power for power in range(degree + 1)])


@cache
def _lags(n: int) -> Floats:
    return np.abs(np.subtract.outer(np.arange(n), np.arange(n))).astype(float)
