"""Which counts are unusual for their size (METHODS §12)?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom, norm

from policyreport.records.base import Refusal
from policyreport.records.tasks import Funnel, FunnelPoint, Grouped
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.tasks.counts import TaskCount, gather_inputs, select_comparable
from policyreport.statistics.tasks.grouping import INDEPENDENT, Grouping

Floats = NDArray[np.float64]
Limits = tuple[float, float, float, float]

METHOD = "funnel"

LARGEST_NUMBER_OF_LIMITS = 400
"""More totals than this cannot be told apart in a printed figure."""


def assess(
    counts: Sequence[TaskCount],
    *,
    subject: str,
    minimum_areas: int,
    minimum_tasks: int,
    maximum_days_apart: int,
    tail_probabilities: Limits,
    winsor_share: float,
    overdispersion_errors: float,
    smallest_drawn: int,
    bh_level: float,
    grouping: Grouping = INDEPENDENT,
) -> Funnel | Refusal:
    """Compare areas' completed shares with what their size lets expect.

    Parameters
    ----------
    counts : sequence of TaskCount
        One count an area, all lists of one kind.
    subject : str
        What was asked, for a refusal.
    minimum_areas, minimum_tasks, maximum_days_apart : int
        See `counts.select_comparable`.
    tail_probabilities : tuple of float
        Where the four limits lie, ascending.
    winsor_share : float
        Share of areas at each end whose z is drawn in before the dispersion is estimated.
    overdispersion_errors : float
        Standard errors above 1 from which the dispersion counts.
    smallest_drawn : int
        Tasks from which on limits are drawn.
    bh_level : float
        Largest adjusted p of an area singled out.
    grouping : Grouping
        How tasks finish together; the spread between areas is judged beyond that.

    Returns
    -------
    Funnel or Refusal
        Areas against the limits; `lists-differ` or `too-few-areas`.

    Raises
    ------
    DataError
        If an area has two counts.

    Notes
    -----
    z = (x/n − θ)/√(θ(1 − θ)/n) with θ = Σx/Σn. An area is singled out only if its two-sided normal p at the
    dispersion, or at the design effect where that is no less, adjusted by Benjamini-Hochberg, is `bh_level` or less.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24:1185-1202.
    """
    selected = select_comparable(
        counts,
        method=METHOD,
        subject=subject,
        minimum_areas=minimum_areas,
        minimum_tasks=minimum_tasks,
        maximum_days_apart=maximum_days_apart,
    )
    if isinstance(selected, Refusal):
        return selected
    kept, dropped = selected
    pairs = [count.pair() for count in kept]
    done, totals = np.array(pairs, dtype=float).T
    centre = float(done.sum() / totals.sum())
    z = compute_z(done, totals, centre)
    dispersion = estimate_dispersion(z, winsor_share=winsor_share)
    effect = grouping.design_effect
    overdispersed = dispersion > effect * (1 + overdispersion_errors * np.sqrt(2 / len(kept)))
    p_values = 2 * norm.sf(np.abs(z) / np.sqrt(dispersion if overdispersed else effect))
    adjusted = adjust(p_values.tolist(), rule="bh")
    drawn = _totals_to_draw(smallest_drawn, int(totals.max()))
    wide = tuple(_normal_limits(n, centre, dispersion, tail_probabilities) for n in drawn)
    return Funnel(
        centre=centre,
        dispersion=dispersion,
        overdispersed=bool(overdispersed),
        grouping=Grouped(design_effect=effect, pairs=grouping.pairs),
        points=tuple(
            FunnelPoint(
                area=count.area,
                count=x,
                total=n,
                share=x / n,
                z=float(z[place]),
                p_value=float(p_values[place]),
                p_adjusted=float(adjusted[place] or 0.0),
                singled_out=(adjusted[place] or 0.0) <= bh_level,
                inputs=count.inputs,
            )
            for place, (count, (x, n)) in enumerate(zip(kept, pairs, strict=True))
        ),
        limit_totals=drawn,
        limits=tuple(
            exact_limits(n, centre, tail_probabilities)
            if effect == 1
            else _normal_limits(n, centre, effect, tail_probabilities)
            for n in drawn
        ),
        limits_overdispersed=wide if overdispersed else (),
        probabilities=tail_probabilities,
        dropped=dropped,
        inputs=gather_inputs(kept),
    )


def compute_z(counts: ArrayLike, totals: ArrayLike, centre: float) -> Floats:
    """Standardise shares by their binomial error under a common share.

    Parameters
    ----------
    counts, totals : array_like, shape (I,)
        x and n.
    centre : float
        Common share θ; where it is 0 or 1 all areas agree and z is 0.

    Returns
    -------
    ndarray, shape (I,)
        z values.
    """
    x, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if centre in (0.0, 1.0):
        return np.zeros_like(x)
    return np.asarray((x / n - centre) / np.sqrt(centre * (1 - centre) / n))


def estimate_dispersion(z: ArrayLike, *, winsor_share: float) -> float:
    """Estimate the dispersion from winsorised z values.

    Parameters
    ----------
    z : array_like, shape (I,)
        z values.
    winsor_share : float
        Share at each end that is drawn in to its quantile; 0 for none.

    Returns
    -------
    float
        φ̂: mean of the squared z.
    """
    values = np.asarray(z, dtype=float)
    low, high = np.quantile(values, [winsor_share, 1 - winsor_share])
    return float(np.mean(np.clip(values, low, high) ** 2))


def exact_limits(total: int, centre: float, tail_probabilities: Limits) -> Limits:
    """Compute interpolated exact binomial limits of a share.

    Parameters
    ----------
    total : int
        n.
    centre : float
        Common share θ.
    tail_probabilities : tuple of float
        Where the limits lie.

    Returns
    -------
    tuple of float
        Limits, shares from 0 to 1.

    Notes
    -----
    With r the smallest count whose distribution function F(r) reaches p, the limit is (r − α)/n,
    α = (F(r) − p)/(F(r) − F(r − 1)).
    """
    p = np.array(tail_probabilities)
    r = binom.ppf(p, total, centre)
    reached, below = binom.cdf(r, total, centre), binom.cdf(r - 1, total, centre)
    # At θ of 0 or 1 one count has all the probability and there is nothing to interpolate.
    alpha = np.where(centre in (0.0, 1.0), 0.0, (reached - p) / (reached - below))
    low, inner_low, inner_high, high = np.clip((r - alpha) / total, 0, 1).tolist()
    return low, inner_low, inner_high, high


def _normal_limits(total: int, centre: float, dispersion: float, tail_probabilities: Limits) -> Limits:
    """Limits θ + z_p·√(φ̂θ(1 − θ)/n), kept between 0 and 1."""
    error = np.sqrt(dispersion * centre * (1 - centre) / total)
    limits = np.clip(centre + norm.ppf(tail_probabilities) * error, 0, 1).tolist()
    low, inner_low, inner_high, high = limits
    return low, inner_low, inner_high, high


def _totals_to_draw(smallest: int, largest: int) -> tuple[int, ...]:
    """Whole totals from the smallest to the largest; evenly spaced in the logarithm where they are many."""
    if largest - smallest < LARGEST_NUMBER_OF_LIMITS:
        return tuple(range(smallest, max(largest, smallest) + 1))
    spaced = np.geomspace(smallest, largest, LARGEST_NUMBER_OF_LIMITS)
    return tuple(int(n) for n in np.unique(np.rint(spaced)))
