"""Repetitions of means of yearly differences: their intervals, who is told apart, and the sets of their ranks."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import stats

from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import draw_errors, estimate_means
from policyreport.statistics.ranks.stepdown import bootstrap_critical_value, find_marginal_set, find_simultaneous_sets
from policyreport.statistics.validity.measures import (
    AT_LEAST,
    EXACT_TEST,
    LEVEL,
    RANK_SETS,
    SIZE,
    Measure,
    average,
    share,
)
from policyreport.statistics.validity.processes import Floats, true_places
from policyreport.statistics.validity.settings import PEERS
from policyreport.statistics.validity.yearly_panels import AUTOREGRESSIVE, MIXED, WALK, true_means, yearly_noise

Measures = tuple[Measure, ...]
DRAWS = 999
"""For the sets of one repetition: each has its own draws, so their error averages out over the repetitions."""
AREA = 3
"""The area whose own set is repeated."""
UNCLAIMED = (MIXED, WALK)
"""Processes that the method does not claim to withstand."""


def mean_differences(
    rng: np.random.Generator,
    draws: int,
    *,
    areas: int,
    years: int,
    rho: float,
    spread: str,
    means: str,
    process: str = AUTOREGRESSIVE,
) -> Measures:
    """Repeat the intervals of all areas' means, and who is told apart from zero after adjustment."""
    truth = true_means(means, areas)
    held, plain, false, found, learnt, widths = ([] for _ in range(6))
    for _ in range(draws):
        table = truth[:, None] + yearly_noise(rng, areas, years, process, rho, spread)
        family = estimate_means(table, PEERS)
        held.append(float(np.mean(np.abs(family.means - truth) <= family.halves)))
        plain.append(float(np.mean(np.abs(family.means - truth) <= _plain_halves(table))))
        told = np.array([p is not None and p <= SIZE for p in adjust(family.p_values.tolist(), rule="bh")])
        wrong = told & ((truth == 0) | (np.sign(family.means) != np.sign(truth)))
        false.append(wrong.sum() / max(told.sum(), 1))
        found.append(float(told[truth != 0].mean()) if truth.any() else 0.0)
        learnt.append(family.carry_over.mean)
        widths.append(float(np.median(2 * family.halves)))
    claimed = process not in UNCLAIMED
    return (
        share("coverage", held, AT_LEAST if claimed else None, nominal=LEVEL),
        share("false discoveries", false, EXACT_TEST if claimed else None, nominal=SIZE),
        share("coverage, each area by itself", plain, nominal=LEVEL),
        *((share("true differences found", found),) if truth.any() else ()),
        average("carry-over learnt", learnt),
        average("width, median over areas", widths),
    )


def ranks_of_means(
    rng: np.random.Generator,
    draws: int,
    *,
    areas: int,
    years: int,
    rho: float,
    spread: str,
    means: str,
    process: str = AUTOREGRESSIVE,
) -> Measures:
    """Repeat one area's marginal and all areas' simultaneous sets of the ranks of means."""
    truth = true_means(means, areas)
    first, last = true_places(truth)
    marginal, together, silent, widths = ([] for _ in range(4))
    for _ in range(draws):
        family = estimate_means(truth[:, None] + yearly_noise(rng, areas, years, process, rho, spread), PEERS)
        noise = draw_errors(family, np.arange(areas), rng, DRAWS)
        own = find_marginal_set(AREA, family.means, family.errors, bootstrap_critical_value(AREA, family.errors, noise))
        marginal.append(own.first <= first[AREA] and last[AREA] <= own.last)
        sets = find_simultaneous_sets(family.means, family.errors, noise)
        together.append(all(s.first <= a and b <= s.last for s, a, b in zip(sets, first, last, strict=True)))
        places = [each.last - each.first + 1 for each in sets]
        silent.append(min(places) == areas)
        widths.append(float(np.mean(places)))
    band = None if process in UNCLAIMED else RANK_SETS
    return (
        share("coverage, one area's set", marginal, band, nominal=LEVEL),
        share("coverage, all sets together", together, band, nominal=LEVEL),
        share("no pair told apart", silent),
        average("places in a joint set", widths),
    )


def _plain_halves(table: Floats) -> Floats:
    """Half-widths of t intervals from each area's own years, taken as independent, unlike in the report."""
    years = table.shape[1]
    return np.asarray(_quantile(years - 1) * table.std(axis=1, ddof=1) / years**0.5)


@cache
def _quantile(degrees: int) -> float:
    return float(stats.t.ppf(1 - SIZE / 2, degrees))
