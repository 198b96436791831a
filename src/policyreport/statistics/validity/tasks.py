"""Repetitions of the methods on one list of tasks: completion and flow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import betabinom, binom

from policyreport.statistics.common.intervals import jeffreys, wilson
from policyreport.statistics.tasks.hazards import difference, rescale
from policyreport.statistics.validity.hazard_slopes import fit_all
from policyreport.statistics.validity.measures import AT_LEAST, CONTINUOUS, LEVEL, Measure, average, exact, share
from policyreport.statistics.validity.processes import Floats, one_list, sloping_rates
from policyreport.statistics.validity.task_settings import FLOW

Measures = tuple[Measure, ...]
PROPENSITIES = np.round(np.arange(0.005, 0.9951, 0.005), 3)
EARLIER = 0.003
"""Daily hazard of the first of two intervals."""
FIRST_DAY, EVENLY = "first day", "evenly"


def completion(rng: np.random.Generator, draws: int, *, n: int, design_effect: int, assumed: int) -> Measures:
    """Enumerate the coverage at every propensity; `rng` and `draws` are not needed."""
    x = np.arange(n + 1)
    mass = _masses(n, design_effect)
    low, high = np.array([wilson(count / assumed, n / assumed) for count in x]).T
    coverage = (mass * _holds(low, high)).sum(axis=0)
    kept = (mass * _holds(*np.array([jeffreys(count / assumed, n / assumed) for count in x]).T)).sum(axis=0)
    middle = (PROPENSITIES >= 0.05) & (PROPENSITIES <= 0.95)
    band = CONTINUOUS if design_effect == assumed else None
    off = x @ mass / n - PROPENSITIES
    return (
        exact("coverage, mean over p of 0.05 to 0.95", float(coverage[middle].mean()), band, nominal=LEVEL),
        exact("coverage, smallest over p of 0.05 to 0.95", float(coverage[middle].min())),
        exact("coverage, smallest over all p", float(coverage.min())),
        exact("coverage of Jeffreys' interval, mean over p of 0.05 to 0.95", float(kept[middle].mean())),
        exact("bias, largest over all p", float(np.abs(off).max())),
        exact("width, mean over p of 0.05 to 0.95", float(((high - low) @ mass)[middle].mean())),
    )


def _masses(n: int, design_effect: int) -> Floats:
    """Probability of each count (rows) at each propensity (columns)."""
    x = np.arange(n + 1)[:, None]
    if design_effect == 1:
        return np.asarray(binom.pmf(x, n, PROPENSITIES))
    size = (n - 1) / (design_effect - 1) - 1
    return np.asarray(betabinom.pmf(x, n, PROPENSITIES * size, (1 - PROPENSITIES) * size))


def _holds(low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Whether each count's interval holds each propensity."""
    return np.asarray((low[:, None] <= PROPENSITIES) & (high[:, None] >= PROPENSITIES))


def flow_change(
    rng: np.random.Generator,
    draws: int,
    *,
    n: int,
    days: str,
    later: float,
    design_effect: int,
    assumed: int,
    entry: str = FIRST_DAY,
) -> Measures:
    """Repeat the change of the 30-day hazard between two intervals of one list."""
    lengths = [int(part) for part in days.split("+")]
    rates = EARLIER, later
    before, after = (rescale(-float(np.expm1(-rate * 30)), 30) for rate in rates)
    truth = after - before
    found, verdicts = [], []
    for _ in range(draws):
        first, second = one_list(rng, n, rates, lengths, design_effect=design_effect, evenly=entry == EVENLY)
        found.append(difference(first, second, float(assumed)))
        _, low, high = difference(first, second, FLOW.verdict_design_effect)
        verdicts.append(low > 0 or high < 0)
    value, low, high = np.array(found).T
    own = assumed == design_effect and entry == FIRST_DAY
    return (
        share("coverage", (low <= truth) & (truth <= high), AT_LEAST if own else None, nominal=LEVEL),
        average("bias", value - truth),
        average("width", high - low),
        share("interval excludes no change", (low > 0) | (high < 0)),
        share("verdict faster or slower", verdicts),
    )


def flow_trend(
    rng: np.random.Generator,
    draws: int,
    *,
    intervals: int,
    n: int,
    design_effect: int,
    slope: float,
    growth: float,
    entry: str = FIRST_DAY,
) -> Measures:
    """Repeat the slope of the log hazard a quarter."""
    lists = []
    for _ in range(draws):
        lengths = [int(each) for each in rng.integers(60, 121, intervals)]
        rates = [float(rate) for rate in sloping_rates(lengths, slope)]
        evenly = entry == EVENLY
        lists.append(one_list(rng, n, rates, lengths, design_effect=design_effect, growth=growth, evenly=evenly))
    fitted, refused, failed = fit_all(lists)
    there = ~refused & ~failed
    rates_of_none = share("refused", refused), share("failed", failed)
    if not there.any():
        return rates_of_none
    value, low, high = fitted[there].T
    band = CONTINUOUS if entry == FIRST_DAY else None
    return (
        share("coverage", (low <= slope) & (slope <= high), band, nominal=LEVEL),
        average("bias", value - slope),
        average("width", high - low),
        share("interval excludes no slope", (low > 0) | (high < 0)),
        *rates_of_none,
    )
