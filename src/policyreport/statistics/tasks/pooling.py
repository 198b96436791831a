"""What do all areas' lists of one kind show together (METHODS §4)?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.special import betainc, betaln

from policyreport.params.methods import PoolingSettings
from policyreport.records.base import Interval, Refusal
from policyreport.records.tasks import PooledShare, Pooling
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.tasks.counts import gather_inputs, select_comparable
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.grouping import grouping_of_lists

Floats = NDArray[np.float64]

METHOD = "pooling"


def pool_lists(lists: pd.DataFrame, settings: PoolingSettings) -> Pooling | Refusal:
    """Pool the completed shares of areas' newest lists, allowing for tasks that finish together.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`.

    Returns
    -------
    Pooling or Refusal
        Pooled shares with 95 % intervals. Refused: `lists-differ` where the lists are not of one kind and time,
        `too-few-areas`.

    Notes
    -----
    The areas are treated as exchangeable given the kind of list. "Pooled estimate", not "true performance". Counts and
    totals are divided by the design effect.

    References
    ----------
    Morris (1983), JASA 78:47-55; Skellam (1948), JRSS B 10:257-261; Gelman et al. (2013), ch. 5; Rao, Scott (1992),
    Biometrics 48:577-585.
    """
    read = read_lists(lists)
    selected = select_comparable(read.counts, settings, settings, method=METHOD, subject=read.subject)
    if isinstance(selected, Refusal):
        return selected
    kept, dropped = selected
    pairs = [count.pair() for count in kept]
    grouping = grouping_of_lists(read.counts, settings)
    effect = grouping.design_effect
    done, totals = np.array(pairs, dtype=float).T / effect
    posterior = compute_posterior(done, totals, settings)
    shares = []
    for count, (x, n) in zip(kept, pairs, strict=True):
        mean, error = posterior.moments(x / effect, n / effect)
        low, high = (posterior.quantile(x / effect, n / effect, level) for level in (ALPHA / 2, 1 - ALPHA / 2))
        shares.append(
            PooledShare(
                area=count.area,
                count=x,
                total=n,
                raw=x / n,
                pooled=mean,
                interval=Interval(low=low, high=high),
                shrinkage=posterior.shrinkage(n / effect),
                standard_error=error,
                inputs=count.inputs,
            )
        )
    return Pooling(
        mean=posterior.mean,
        intraclass=posterior.intraclass,
        grouping=grouping,
        areas=tuple(shares),
        dropped=dropped,
        inputs=gather_inputs(kept),
    )


@dataclass(frozen=True)
class Posterior:
    """Grid posterior of the mean μ and the size M = (1 − ρ)/ρ of the areas' beta distribution.

    `weights`, adding up to 1, `means` μ and `sizes` M are those of the cells kept; `mean` and `intraclass` the
    posterior means of μ and ρ over the whole grid.
    """

    weights: Floats
    means: Floats
    sizes: Floats
    mean: float
    intraclass: float

    def _shapes(self, count: float, total: float) -> tuple[Floats, Floats]:
        """Beta shapes of one area's propensity in every cell."""
        a: Floats = self.means * self.sizes + count
        b: Floats = (1 - self.means) * self.sizes + total - count
        return a, b

    def moments(self, count: float, total: float) -> tuple[float, float]:
        """Posterior mean and standard deviation of the propensity of an area with x of n."""
        a, b = self._shapes(count, total)
        centre = a / (a + b)
        mean = float(self.weights @ centre)
        second = float(self.weights @ (centre**2 + centre * (1 - centre) / (a + b + 1)))
        return mean, float(np.sqrt(max(second - mean**2, 0.0)))

    def distribution(self, count: float, total: float, at: float) -> float:
        """Posterior probability that an area's propensity is at most `at`."""
        return float(self.weights @ betainc(*self._shapes(count, total), at))

    def quantile(self, count: float, total: float, level: float) -> float:
        """Posterior quantile of an area's propensity."""
        return float(brentq(lambda at: self.distribution(count, total, at) - level, 0.0, 1.0, xtol=1e-10))

    def shrinkage(self, total: float) -> float:
        """Shrinkage towards the common mean, 1 − E[n/(n + M)]: 0 keeps the raw share, 1 replaces it."""
        return float(self.weights @ (self.sizes / (total + self.sizes)))


def compute_posterior(counts: ArrayLike, totals: ArrayLike, settings: PoolingSettings) -> Posterior:
    """Compute the posterior of the areas' common distribution, from their x and n, on a grid of midpoints.

    Prior uniform on μ and on ρ. The grid is even in s = √ρ, so the weight is
    2s·Π B(μM + x, (1 − μ)M + n − x)/B(μM, (1 − μ)M). Plugging in single values of μ and M would understate the
    uncertainty where there are few areas.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    midpoints = (np.arange(settings.grid_points) + 0.5) / settings.grid_points
    mean, root = (axis.ravel() for axis in np.meshgrid(midpoints, midpoints, indexing="ij"))
    size = (1 - root**2) / root**2
    a, b = (mean * size)[:, None], ((1 - mean) * size)[:, None]
    log_weight = np.log(root) + (betaln(a + x, b + n - x) - betaln(a, b)).sum(axis=1)
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > settings.cell_cutoff
    whole = weight / weight.sum()
    return Posterior(
        weights=weight[kept] / weight[kept].sum(),
        means=mean[kept],
        sizes=size[kept],
        mean=float(whole @ mean),
        intraclass=float(whole @ root**2),
    )
