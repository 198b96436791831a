"""Repetitions of the estimates from several areas' lists: pooled shares, and the funnel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from policyreport.statistics.common.intervals import wilson
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.tasks.funnel import compute_z, estimate_dispersion
from policyreport.statistics.tasks.grouping import estimate_grouping
from policyreport.statistics.tasks.pooling import compute_posterior
from policyreport.statistics.validity.measures import AT_LEAST, EXACT_TEST, LEVEL, Measure, average, share
from policyreport.statistics.validity.processes import Floats, draw_finished, one_list
from policyreport.statistics.validity.task_settings import FUNNEL, POOLING

MEAN = 0.55
DAYS = 91
LEARNT = "learnt"
"""What is assumed of the clustering where it is learnt from lists that were counted again."""
COUNTED_AGAIN = 4
"""Intervals of such a list."""


def pooling(
    rng: np.random.Generator,
    draws: int,
    *,
    areas: int,
    intraclass: float,
    design_effect: int = 1,
    assumed: int | str = 1,
) -> tuple[Measure, ...]:
    """Repeat the pooled share of one area of several; the truth is that area's own propensity."""
    inside, bias, widths, alone, effects = [], [], [], [], []
    for _ in range(draws):
        totals = rng.integers(25, 201, areas)
        truth = _propensities(rng, areas, intraclass)
        done, effect = _count(rng, totals, truth, design_effect, assumed)
        posterior = compute_posterior(done / effect, totals / effect, POOLING)
        x, n = done[0] / effect, totals[0] / effect
        low, high = (posterior.quantile(x, n, level) for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        inside.append(low <= truth[0] <= high)
        bias.append(posterior.moments(x, n)[0] - truth[0])
        widths.append(high - low)
        own = wilson(x, n)
        alone.append(own[1] - own[0])
        effects.append(effect)
    judged = design_effect == 1 or assumed == LEARNT or int(assumed) >= design_effect
    learnt = (average("design effect used", effects),) if assumed == LEARNT else ()
    return (
        *learnt,
        share("coverage", inside, AT_LEAST if judged else None, nominal=LEVEL),
        average("bias", bias),
        average("width", widths),
        average("width without pooling (Wilson)", alone),
    )


def funnel(
    rng: np.random.Generator, draws: int, *, areas: int, design_effect: int, assumed: int | str
) -> tuple[Measure, ...]:
    """Repeat the funnel of areas that do not differ, and whether any of them is singled out."""
    singled, spreads = [], []
    for _ in range(draws):
        totals = rng.integers(25, 201, areas)
        done, effect = _count(rng, totals, np.full(areas, MEAN), design_effect, assumed)
        z = compute_z(done, totals, float(done.sum() / totals.sum()))
        dispersion = estimate_dispersion(z, winsor_share=FUNNEL.winsor_share)
        wide = dispersion > effect * (1 + FUNNEL.overdispersion_errors * np.sqrt(2 / areas))
        adjusted = adjust((2 * norm.sf(np.abs(z) / np.sqrt(dispersion if wide else effect))).tolist(), rule="bh")
        singled.append(min(1.0 if p is None else p for p in adjusted) <= FUNNEL.multiplicity.bh_level)
        spreads.append(dispersion)
    judged = assumed == LEARNT or int(assumed) >= design_effect
    return (
        share("any area singled out", singled, EXACT_TEST if judged else None, nominal=1 - LEVEL),
        average("dispersion found", spreads),
    )


def _propensities(rng: np.random.Generator, areas: int, intraclass: float) -> Floats:
    if intraclass == 0:
        return np.full(areas, MEAN)
    size = (1 - intraclass) / intraclass
    return np.asarray(rng.beta(MEAN * size, (1 - MEAN) * size, areas))


def _count(
    rng: np.random.Generator, totals: NDArray[np.int64], truth: Floats, design_effect: int, assumed: int | str
) -> tuple[Floats, float]:
    """Tasks finished of every list, and the design effect by which they are divided."""
    if assumed != LEARNT:
        done = [draw_finished(rng, int(n), p, design_effect) for n, p in zip(totals, truth, strict=True)]
        return np.array(done, dtype=float), float(assumed)
    lists = []
    for n, p in zip(totals, truth, strict=True):
        daily = -np.log1p(-min(p, 1 - 1e-9)) / (DAYS * COUNTED_AGAIN)
        rates, days = [daily] * COUNTED_AGAIN, [DAYS] * COUNTED_AGAIN
        lists.append(one_list(rng, int(n), rates, days, design_effect=design_effect, growth=0.0))
    grouping = estimate_grouping(lists, POOLING)
    return np.array([sum(step.finished for step in each) for each in lists], dtype=float), grouping.design_effect
