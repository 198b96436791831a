"""Repetitions of the methods on counts of tasks: completion, flow, outlook, pooling."""

from __future__ import annotations

import numpy as np
from scipy.stats import betabinom, binom

from policyreport.methods.hazards import difference, rescale
from policyreport.methods.intervals import wilson
from policyreport.methods.outlook import PaceRules
from policyreport.methods.pooling import compute_posterior
from policyreport.methods.predictive import find_quantile, pace_of_all, pace_of_latest, predict
from policyreport.validity.hazard_slopes import fit_all
from policyreport.validity.measures import AT_LEAST, CONTINUOUS, Measure, average, exact, share
from policyreport.validity.processes import draw_finished, one_list, sloping_rates

Measures = tuple[Measure, ...]
PROPENSITIES = np.round(np.arange(0.005, 0.9951, 0.005), 3)
_RATES = (0.003, 0.004)
_DAYS = 90
# The report's own rules (a test holds them equal), on coarser grids that thousands of repetitions can afford.
RULES = PaceRules(
    prior_shape=0.5,
    quantile_points=100,
    largest_intraclass=0.5,
    grid_from_intervals=5,
    grid_smallest_list=50,
    grid_smallest_open_share=0.4,
    grid_points=40,
    intraclass_prior=(1.0, 19.0),
)


def completion(rng: np.random.Generator, draws: int, *, n: int, design_effect: int) -> Measures:
    """Enumerate the coverage of Wilson's interval at every propensity; `rng` and `draws` are not needed."""
    low, high = np.array([wilson(x, n) for x in range(n + 1)]).T
    x = np.arange(n + 1)[:, None]
    if design_effect == 1:
        mass = binom.pmf(x, n, PROPENSITIES)
    else:
        size = (n - 1) / (design_effect - 1) - 1
        mass = betabinom.pmf(x, n, PROPENSITIES * size, (1 - PROPENSITIES) * size)
    inside = (low[:, None] <= PROPENSITIES) & (high[:, None] >= PROPENSITIES)
    coverage = (mass * inside).sum(axis=0)
    middle = (PROPENSITIES >= 0.05) & (PROPENSITIES <= 0.95)
    band = CONTINUOUS if design_effect == 1 else None
    return (
        exact("coverage, mean over p of 0.05 to 0.95", float(coverage[middle].mean()), band),
        exact("coverage, smallest over p of 0.05 to 0.95", float(coverage[middle].min())),
        exact("coverage, smallest over all p", float(coverage.min())),
        exact("width at p = 0.5", float(mass[:, 99] @ (high - low))),
    )


def flow_change(
    rng: np.random.Generator, draws: int, *, n: int, days: str, design_effect: int, assumed: int
) -> Measures:
    """Repeat the change of the 30-day hazard between two intervals of one list."""
    lengths = [int(part) for part in days.split("+")]
    before, after = (rescale(-float(np.expm1(-rate * 30)), 30) for rate in _RATES)
    truth = after - before
    found = []
    for _ in range(draws):
        first, second = one_list(rng, n, _RATES, lengths, design_effect=design_effect)
        found.append(difference(first, second, float(assumed)))
    value, low, high = np.array(found).T
    return (
        share("coverage", (low <= truth) & (truth <= high), AT_LEAST if assumed == design_effect else None),
        average("bias", value - truth),
        average("width", high - low),
    )


def flow_trend(
    rng: np.random.Generator, draws: int, *, intervals: int, n: int, design_effect: int, slope: float, growth: float
) -> Measures:
    """Repeat the slope of the log hazard a quarter."""
    lists = []
    for _ in range(draws):
        lengths = [int(each) for each in rng.integers(60, 121, intervals)]
        rates = [float(rate) for rate in sloping_rates(lengths, slope)]
        lists.append(one_list(rng, n, rates, lengths, design_effect=design_effect, growth=growth))
    fitted, refused = fit_all(lists)
    if refused.all():
        return (share("refused", refused),)
    value, low, high = fitted[~refused].T
    return (
        share("coverage", (low <= slope) & (slope <= high), CONTINUOUS),
        average("bias", value - slope),
        average("width", high - low),
        share("refused", refused),
    )


def outlook(
    rng: np.random.Generator, draws: int, *, intervals: int, n: int, ratio: float, design_effect: int, assumed: int
) -> Measures:
    """Repeat the prediction of the tasks finished in `ratio` intervals' time, the pace drawn anew each time."""
    inside, widths, declined = [], [], []
    for _ in range(draws):
        q = float(rng.uniform(0.1, 0.5))
        rate = -np.log1p(-q) / _DAYS
        steps = one_list(rng, n, [rate] * intervals, [_DAYS] * intervals, design_effect=design_effect, growth=0.2)
        left = steps[-1].at_risk - steps[-1].finished
        outcome = draw_finished(rng, left, 1 - (1 - q) ** ratio, design_effect)
        if intervals < RULES.grid_from_intervals:
            pace = pace_of_latest(
                steps[-1], left, design_effect=float(assumed), prior_shape=RULES.prior_shape,
                quantile_points=RULES.quantile_points, largest_intraclass=RULES.largest_intraclass,
            )  # fmt: skip
        else:
            declined.append(not RULES.estimate_clustering(steps, left))
            if declined[-1]:
                continue
            pace = pace_of_all(steps, grid_points=RULES.grid_points, intraclass_prior=RULES.intraclass_prior)
        chances = predict(pace, left, ratio * _DAYS)
        low, high = find_quantile(chances, 0.025), find_quantile(chances, 0.975)
        inside.append(low <= outcome <= high)
        widths.append((high - low) / max(left, 1))
    judged = assumed == design_effect or intervals >= RULES.grid_from_intervals
    if len(inside) < draws / 20:
        # Declined, but for a few lists that grew out of their size.
        return (share("left to the latest interval", declined),)
    return (
        share("coverage", inside, AT_LEAST if judged else None),
        average("width, share of open tasks", widths),
        *([share("left to the latest interval", declined)] if declined else []),
    )


def pooling(rng: np.random.Generator, draws: int, *, areas: int, intraclass: float) -> Measures:
    """Repeat the pooled share of one area of several."""
    inside = []
    for _ in range(draws):
        totals = rng.integers(25, 201, areas)
        truth = np.full(areas, 0.55)
        if intraclass > 0:
            size = (1 - intraclass) / intraclass
            truth = rng.beta(0.55 * size, 0.45 * size, areas)
        done = rng.binomial(totals, truth)
        posterior = compute_posterior(done, totals, grid_points=40, cell_cutoff=1e-6)
        # Inside the interval if and only if the distribution function at the truth is between its two levels.
        inside.append(0.025 <= posterior.distribution(done[0], totals[0], truth[0]) <= 0.975)
    return (share("coverage", inside, AT_LEAST),)
