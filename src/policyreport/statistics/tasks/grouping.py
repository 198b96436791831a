"""How far the tasks of one list finish together, estimated from lists counted repeatedly (METHODS §20.10)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq
from scipy.stats import chi2

from policyreport.params.methods import PoolingSettings
from policyreport.records.tasks import Grouped
from policyreport.statistics.tasks.counts import TaskCount, of_newest_lists
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.tasks.stretch import Stretch, collect_stretch

_MEDIAN = float(chi2.median(1))


def grouping_of_lists(counts: Iterable[TaskCount], settings: PoolingSettings) -> Grouped:
    """Estimate one design effect from those areas' newest lists that were counted again, or take the assumed one."""
    stretches = [
        collect_stretch(own, settings.flow, method="pooling", subject="") for own in of_newest_lists(counts).values()
    ]
    return estimate_grouping([stretch.increments for stretch in stretches if isinstance(stretch, Stretch)], settings)


def estimate_grouping(lists: Iterable[Sequence[Increment]], settings: PoolingSettings) -> Grouped:
    """Estimate the design effect shared by lists of one kind from the variation between their successive intervals.

    A pair of successive intervals counts where enough tasks are expected finished, and enough open, in both under one
    hazard. φ is at least 1: a smaller one would claim more precision than independent tasks allow.

    Each pair gives Pearson's X² under one daily hazard, with 1 degree of freedom: φ times a chi-squared variable where
    the pace did not change. Its median over pairs, divided by that of chi-squared, is robust to the few where it did.

    See Rao, Scott (1992), Biometrics 48:577-585.
    """
    pairs = (pair for each in lists for pair in pairwise(each) if pair[0].end == pair[1].start)
    found = [unrest for pair in pairs if (unrest := _unrest(*pair, settings.grouping_minimum_tasks)) is not None]
    if len(found) < settings.grouping_minimum_pairs:
        return Grouped(design_effect=settings.assumed_design_effect)
    return Grouped(design_effect=max(float(np.median(found)) / _MEDIAN, 1.0), pairs=len(found))


def _unrest(first: Increment, second: Increment, minimum_tasks: int) -> float | None:
    """Pearson's X² of two intervals under one daily hazard; None where too few are expected on either side."""
    both = (first, second)
    finished, at_risk = first.finished + second.finished, first.at_risk + second.at_risk
    if not 0 < finished < at_risk:
        return None

    def excess(rate: float) -> float:
        return sum(step.at_risk * -math.expm1(-rate * step.days) for step in both) - finished

    # The rates at which one interval or the other would finish the overall share bracket the root.
    rates = [-math.log1p(-finished / at_risk) / step.days for step in both]
    rate = float(brentq(excess, min(rates), max(rates))) if min(rates) < max(rates) else rates[0]
    shares = [-math.expm1(-rate * step.days) for step in both]
    if min(step.at_risk * min(p, 1 - p) for step, p in zip(both, shares, strict=True)) < minimum_tasks:
        return None
    return float(
        sum(step.at_risk * (step.hazard - p) ** 2 / (p * (1 - p)) for step, p in zip(both, shares, strict=True))
    )
