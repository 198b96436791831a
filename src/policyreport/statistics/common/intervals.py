"""The level of every interval, and the two intervals of a proportion."""

from __future__ import annotations

from scipy.special import betaincinv
from statsmodels.stats.proportion import proportion_confint

ALPHA = 0.05
"""One minus the level of intervals, and the size of tests (METHODS §0)."""

LEVEL = 1 - ALPHA

Z = 1.959963984540054
"""Standard normal quantile at 1 − ALPHA/2 (METHODS §0)."""


def wilson(count: float, total: float, *, alpha: float = ALPHA) -> tuple[float, float]:
    """Compute Wilson's score interval of x/n; neither need be whole where a design effect divides both.

    Centre (x + z²/2)/(n + z²), half-width z/(n + z²)·√(x(n − x)/n + z²/4); limits of exactly 0 at x = 0, 1 at x = n.

    See Wilson (1927), JASA 22:209-212.
    """
    low, high = proportion_confint(count, total, alpha=alpha, method="wilson")
    return (0.0 if count == 0 else max(float(low), 0.0)), (1.0 if count == total else min(float(high), 1.0))


def jeffreys(count: float, total: float) -> tuple[float, float]:
    """Compute Jeffreys' equal-tailed interval of x/n.

    2.5 % and 97.5 % quantiles of Beta(x + ½, n − x + ½), with lower limit 0 at x = 0 and upper limit 1 at x = n, which
    statsmodels does not apply.

    See Brown, Cai, DasGupta (2001), Statistical Science 16:101-133.
    """
    shape = count + 0.5, total - count + 0.5
    low = 0.0 if count == 0 else float(betaincinv(*shape, ALPHA / 2))
    high = 1.0 if count == total else float(betaincinv(*shape, 1 - ALPHA / 2))
    return low, high
