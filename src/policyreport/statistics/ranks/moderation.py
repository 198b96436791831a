"""Variances of many small samples, shrunk towards what they have in common (METHODS §20.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, zeta

Floats = NDArray[np.float64]

LEAST_VARIANCE = 1e-5
"""Smaller variances, as a share of the median one, are raised to it: the logarithm of zero carries no information."""

LEAST_SAMPLES = 3
"""Fewer samples do not show how their variances differ, and none is shrunk."""


@dataclass(frozen=True)
class VariancePrior:
    """Prior of the samples' variances: `scale`, worth `degrees` more degrees of freedom for each.

    Infinite degrees: all samples have one variance; zero: they have nothing in common.
    """

    degrees: float
    scale: float


def fit_variance_prior(variances: ArrayLike, degrees: ArrayLike) -> VariancePrior:
    """Estimate the prior of variances from the spread of their logarithms; NaN is left out.

    Zero degrees below three samples, or where no sample varies at all.

    s² is scale · F(d, d0), so e = log s² − ψ(d/2) + log(d/2) has mean log(scale) − ψ(d0/2) + log(d0/2) and variance
    ψ′(d/2) + ψ′(d0/2); both are solved by moments. Where the logarithms vary no more than by chance, d0 is infinite and
    the scale the pooled variance, as in limma's `fitFDist`.

    See Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1):3, section 6.2.
    """
    s2, d = np.broadcast_arrays(np.asarray(variances, dtype=float), np.asarray(degrees, dtype=float))
    known = np.isfinite(s2) & (d > 0)
    s2, d = s2[known], d[known]
    if len(s2) < LEAST_SAMPLES or not s2.any():
        return VariancePrior(0.0, 0.0)
    positive = s2[s2 > 0]
    logs = np.log(np.maximum(s2, LEAST_VARIANCE * float(np.median(positive))))
    e = logs - digamma(d / 2) + np.log(d / 2)
    mean, spread = float(e.mean()), float(e.var(ddof=1) - zeta(2, d / 2).mean())
    if spread <= 0:
        return VariancePrior(float("inf"), float(d @ s2 / d.sum()))
    half = invert_trigamma(spread)
    return VariancePrior(2 * half, float(np.exp(mean + digamma(half) - np.log(half))))


def moderate(variances: ArrayLike, degrees: ArrayLike, prior: VariancePrior) -> Floats:
    """Shrink sample variances towards the prior's: (d0 s0² + d s²)/(d0 + d)."""
    s2, d = np.broadcast_arrays(np.asarray(variances, dtype=float), np.asarray(degrees, dtype=float))
    if np.isinf(prior.degrees):
        return np.where(np.isfinite(s2), prior.scale, np.nan)
    return np.asarray((prior.degrees * prior.scale + d * s2) / (prior.degrees + d))


def moderated_degrees(degrees: ArrayLike, prior: VariancePrior, samples: int) -> Floats:
    """Degrees of freedom of moderated variances.

    d0 + d, at most the sum over all `samples`: no variance is known better than the common one.
    """
    d = np.asarray(degrees, dtype=float)
    return np.asarray(np.minimum(prior.degrees + d, samples * d))


def invert_trigamma(value: float) -> float:
    """Solve ψ′(y) = x for x > 0 (Smyth, 2004, appendix).

    Newton's method on 1/ψ′, which is convex and nearly linear, from y = ½ + 1/x upwards: it cannot overshoot. ψ′ and ψ″
    are Hurwitz's ζ(2, y) and −2 ζ(3, y).
    """
    if not value > 0:
        raise ValueError(f"ψ′ takes positive values only; got {value}")
    if value > 1e7:
        return float(value**-0.5)
    if value < 1e-6:
        return 1 / value
    y = 0.5 + 1 / value
    for _ in range(50):
        trigamma = float(zeta(2, y))
        step = trigamma * (1 - trigamma / value) / (-2 * float(zeta(3, y)))
        y += step
        if -step / y < 1e-12:
            break
    return y
