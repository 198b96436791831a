"""Predictive distributions of tasks finished in some days, as mixtures of beta-binomials (METHODS §3)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve
from scipy.special import betaln
from scipy.stats import beta

from policyreport.params.methods import OutlookSettings
from policyreport.statistics.tasks.hazards import HORIZON, Increment

Floats = NDArray[np.float64]

_NEGLIGIBLE = 1e-10
"""Grid cells below this share of the largest weight change no printed digit."""

_INSIDE = 1e-15
"""Keeps probabilities away from 0 and 1, where the odds are undefined."""

_ROWS = 500
"""Mixture components held in memory at a time."""


@dataclass(frozen=True)
class Pace:
    """Mixture that describes the daily rate of finishing and how much tasks finish together.

    The `weights` of its components add up to 1; `rates` are daily, infinite where everything at risk would be finished;
    `intraclass` is the correlation of tasks open together.
    """

    weights: Floats
    rates: Floats
    intraclass: Floats

    @property
    def hazard30(self) -> float:
        """Expected share finished in 30 days."""
        return float(self.weights @ -np.expm1(-self.rates * HORIZON))

    def share_finished(self, days: float) -> Floats:
        """Share finished in some days, 1 − exp(−rate·days), by component."""
        return np.asarray(-np.expm1(-self.rates * days))


def pace_of_latest(latest: Increment, tasks: int, settings: OutlookSettings, *, design_effect: float) -> Pace:
    """Describe the pace by the latest interval alone, at an assumed design effect φ, for N `tasks` to predict.

    q ~ Beta(½ + d/φ, ½ + (m − d)/φ), by equally weighted midpoint quantiles: no random numbers. The intraclass
    correlation is (φ − 1)/(N − 1), up to the settings' largest.
    """
    left_open = latest.at_risk - latest.finished
    number, prior = settings.quantile_points, settings.prior_shape
    points = (np.arange(number) + 0.5) / number
    shapes = prior + latest.finished / design_effect, prior + left_open / design_effect
    q = np.clip(beta.ppf(points, *shapes), 0.0, 1 - _INSIDE)
    intraclass = min((design_effect - 1) / max(tasks - 1, 1e-300), settings.largest_intraclass)
    return Pace(
        weights=np.full(number, 1 / number),
        rates=-np.log1p(-q) / latest.days,
        intraclass=np.full(number, intraclass),
    )


def pace_of_all(increments: Sequence[Increment], settings: OutlookSettings) -> Pace:
    """Describe the pace by its posterior over all intervals of a list, with the clustering estimated from them.

    Prior uniform on q30 and beta on ρ, on a grid of midpoints of q30 and √ρ; likelihood beta-binomial with mean
    1 − (1 − q30)^(Δ/30) and the same ρ in every interval.
    """
    midpoints = (np.arange(settings.grid_points) + 0.5) / settings.grid_points
    q30, root = (axis.ravel() for axis in np.meshgrid(midpoints, midpoints, indexing="ij"))
    rho = root**2
    rates = -np.log1p(-q30) / HORIZON
    size = (1 - rho) / rho
    # The grid is even in √ρ, hence the Jacobian 2√ρ.
    log_weight = beta.logpdf(rho, *settings.intraclass_prior) + np.log(root)
    shapes: dict[int, tuple[Floats, Floats, Floats]] = {}
    for step in increments:
        # Intervals of equal length share everything but their counts.
        if step.days not in shapes:
            mean = np.clip(-np.expm1(-rates * step.days), _INSIDE, 1 - _INSIDE)
            shapes[step.days] = mean * size, (1 - mean) * size, betaln(mean * size, (1 - mean) * size)
        a, b, prior = shapes[step.days]
        log_weight += betaln(a + step.finished, b + step.at_risk - step.finished) - prior
    weight = np.exp(log_weight - log_weight.max())
    kept = weight > _NEGLIGIBLE
    return Pace(weight[kept] / weight[kept].sum(), rates[kept], rho[kept])


def predict(pace: Pace, tasks: int, days: float) -> Floats:
    """Predict how many of N open tasks will be finished: the probability of 0 … N, shape (N + 1,)."""
    shares = pace.share_finished(days)
    total = np.zeros(tasks + 1)
    for first in range(0, len(shares), _ROWS):
        rows = slice(first, first + _ROWS)
        total += pace.weights[rows] @ _betabinomial(tasks, shares[rows], pace.intraclass[rows])
    return total


def predict_with_additions(pace: Pace, tasks: int, days: float, later: Pace, additions: int) -> Floats:
    """Predict finished tasks if new ones enter evenly over the days, each exposed for half of them.

    `pace` and `later` are those of the open and of the new tasks, with the same components in the same order. Returns
    the probability of each number, shape (tasks + additions + 1,).
    """
    now, new = pace.share_finished(days), later.share_finished(days / 2)
    total = np.zeros(tasks + additions + 1)
    for first in range(0, len(now), _ROWS):
        rows = slice(first, first + _ROWS)
        of_open = _betabinomial(tasks, now[rows], pace.intraclass[rows])
        of_new = _betabinomial(additions, new[rows], later.intraclass[rows])
        total += pace.weights[rows] @ fftconvolve(of_open, of_new, axes=1)
    # The Fourier transform leaves rounding noise around 0.
    total = np.clip(total, 0.0, None)
    return np.asarray(total / total.sum())


def _betabinomial(tasks: int, mean: Floats, intraclass: Floats) -> Floats:
    """Beta-binomial probabilities by rows, from ratios of neighbours; binomial where ρ is 0."""
    x = np.arange(tasks)
    p, rho = np.clip(mean, _INSIDE, 1 - _INSIDE)[:, None], intraclass[:, None]
    up = (tasks - x) * (p * (1 - rho) + rho * x)
    down = (x + 1) * ((1 - p) * (1 - rho) + rho * (tasks - x - 1))
    log_mass = np.zeros((len(mean), tasks + 1))
    np.cumsum(np.log(up) - np.log(down), axis=1, out=log_mass[:, 1:])
    mass = np.exp(log_mass - log_mass.max(axis=1, keepdims=True))
    return np.asarray(mass / mass.sum(axis=1, keepdims=True))


def find_quantile(probabilities: Floats, level: float) -> int:
    """Find the smallest number whose distribution function reaches the level."""
    return min(int(np.searchsorted(np.cumsum(probabilities), level)), len(probabilities) - 1)
