"""Which counts are unusual for their size (METHODS §12)?"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom, norm

from policyreport.params.methods import FunnelSettings
from policyreport.records.base import Refusal
from policyreport.records.tasks import Funnel, FunnelPoint
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.tasks.counts import gather_inputs, select_comparable
from policyreport.statistics.tasks.frame import read_lists
from policyreport.statistics.tasks.grouping import grouping_of_lists

Floats = NDArray[np.float64]
Limits = tuple[float, float, float, float]

METHOD = "funnel"

LARGEST_NUMBER_OF_LIMITS = 400
"""More totals than this cannot be distinguished in a printed figure."""


def funnel_of_lists(lists: pd.DataFrame, settings: FunnelSettings) -> Funnel | Refusal:
    """Compare the completed shares of areas' newest lists with the limits expected for their size.

    Parameters
    ----------
    lists : DataFrame
        One row per list and date, see `frame.COLUMNS`.

    Returns
    -------
    Funnel or Refusal
        Refused: `lists-differ` where the lists are not of one kind and time, `too-few-areas`.

    Notes
    -----
    z = (x/n − θ)/√(θ(1 − θ)/n) with θ = Σx/Σn. An area is singled out only if its two-sided normal p, computed at the
    larger of dispersion and design effect (how far tasks finish together) and adjusted by Benjamini-Hochberg, is at
    most the settings' level.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24:1185-1202.
    """
    read = read_lists(lists)
    selected = select_comparable(read.counts, settings, settings.pooling, method=METHOD, subject=read.subject)
    if isinstance(selected, Refusal):
        return selected
    kept, dropped = selected
    pairs = [count.pair() for count in kept]
    done, totals = np.array(pairs, dtype=float).T
    centre = float(done.sum() / totals.sum())
    z = compute_z(done, totals, centre)
    dispersion = estimate_dispersion(z, winsor_share=settings.winsor_share)
    grouping = grouping_of_lists(read.counts, settings.pooling)
    effect = grouping.design_effect
    overdispersed = dispersion > effect * (1 + settings.overdispersion_errors * np.sqrt(2 / len(kept)))
    p_values = 2 * norm.sf(np.abs(z) / np.sqrt(dispersion if overdispersed else effect))
    adjusted = adjust(p_values.tolist(), rule="bh")
    drawn = _totals_to_draw(settings.smallest_drawn, int(totals.max()))
    tails = settings.tail_probabilities
    wide = tuple(_normal_limits(n, centre, dispersion, tails) for n in drawn)
    return Funnel(
        centre=centre,
        dispersion=dispersion,
        overdispersed=bool(overdispersed),
        grouping=grouping,
        points=tuple(
            FunnelPoint(
                area=count.area,
                count=x,
                total=n,
                share=x / n,
                z=float(z[place]),
                p_value=float(p_values[place]),
                p_adjusted=float(adjusted[place] or 0.0),
                singled_out=(adjusted[place] or 0.0) <= settings.multiplicity.bh_level,
                inputs=count.inputs,
            )
            for place, (count, (x, n)) in enumerate(zip(kept, pairs, strict=True))
        ),
        limit_totals=drawn,
        limits=tuple(
            exact_limits(n, centre, tails) if effect == 1 else _normal_limits(n, centre, effect, tails) for n in drawn
        ),
        limits_overdispersed=wide if overdispersed else (),
        probabilities=tails,
        dropped=dropped,
        inputs=gather_inputs(kept),
    )


def compute_z(counts: ArrayLike, totals: ArrayLike, centre: float) -> Floats:
    """Standardise shares by their binomial error under a common share; all 0 where that is 0 or 1."""
    x, n = np.asarray(counts, dtype=float), np.asarray(totals, dtype=float)
    if centre in (0.0, 1.0):
        return np.zeros_like(x)
    return np.asarray((x / n - centre) / np.sqrt(centre * (1 - centre) / n))


def estimate_dispersion(z: ArrayLike, *, winsor_share: float) -> float:
    """Estimate the dispersion φ̂, the mean of squared z values winsorised by `winsor_share` at each end."""
    values = np.asarray(z, dtype=float)
    low, high = np.quantile(values, [winsor_share, 1 - winsor_share])
    return float(np.mean(np.clip(values, low, high) ** 2))


def exact_limits(total: int, centre: float, tail_probabilities: Limits) -> Limits:
    """Compute interpolated exact binomial limits of a share at the given tail probabilities.

    With r the smallest count whose distribution function F(r) reaches p, the limit is (r − α)/n,
    α = (F(r) − p)/(F(r) − F(r − 1)).
    """
    p = np.array(tail_probabilities)
    r = binom.ppf(p, total, centre)
    reached, below = binom.cdf(r, total, centre), binom.cdf(r - 1, total, centre)
    # At θ of 0 or 1 a single count has probability 1 and there is nothing to interpolate.
    alpha = np.where(centre in (0.0, 1.0), 0.0, (reached - p) / (reached - below))
    low, inner_low, inner_high, high = np.clip((r - alpha) / total, 0, 1).tolist()
    return low, inner_low, inner_high, high


def _normal_limits(total: int, centre: float, dispersion: float, tail_probabilities: Limits) -> Limits:
    """Limits θ + z_p·√(φ̂θ(1 − θ)/n), clipped to [0, 1]."""
    error = np.sqrt(dispersion * centre * (1 - centre) / total)
    limits = np.clip(centre + norm.ppf(tail_probabilities) * error, 0, 1).tolist()
    low, inner_low, inner_high, high = limits
    return low, inner_low, inner_high, high


def _totals_to_draw(smallest: int, largest: int) -> tuple[int, ...]:
    """Integers from the smallest to the largest; evenly spaced on the log scale where there are many."""
    if largest - smallest < LARGEST_NUMBER_OF_LIMITS:
        return tuple(range(smallest, max(largest, smallest) + 1))
    spaced = np.geomspace(smallest, largest, LARGEST_NUMBER_OF_LIMITS)
    return tuple(int(n) for n in np.unique(np.rint(spaced)))
