"""Repetitions of the pooled shares of several areas' lists."""

from __future__ import annotations

import numpy as np

from policyreport.methods.intervals import wilson
from policyreport.methods.pooling import compute_posterior
from policyreport.validity.measures import AT_LEAST, LEVEL, Measure, average, share
from policyreport.validity.processes import draw_finished

MEAN = 0.55
GRID, CUTOFF = 60, 1e-6
"""Coarser than the report's grid of 100, from which its limits differ in the fourth digit."""


def pooling(
    rng: np.random.Generator, draws: int, *, areas: int, intraclass: float, design_effect: int = 1
) -> tuple[Measure, ...]:
    """Repeat the pooled share of one area of several; the truth is that area's own propensity."""
    inside, bias, widths, alone = [], [], [], []
    for _ in range(draws):
        totals = rng.integers(25, 201, areas)
        truth = np.full(areas, MEAN)
        if intraclass > 0:
            size = (1 - intraclass) / intraclass
            truth = rng.beta(MEAN * size, (1 - MEAN) * size, areas)
        done = [draw_finished(rng, int(n), p, design_effect) for n, p in zip(totals, truth, strict=True)]
        posterior = compute_posterior(done, totals, grid_points=GRID, cell_cutoff=CUTOFF)
        x, n = done[0], int(totals[0])
        low, high = (posterior.quantile(x, n, level) for level in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        inside.append(low <= truth[0] <= high)
        bias.append(posterior.moments(x, n)[0] - truth[0])
        widths.append(high - low)
        own = wilson(x, n)
        alone.append(own[1] - own[0])
    return (
        share("coverage", inside, AT_LEAST if design_effect == 1 else None, nominal=LEVEL),
        average("bias", bias),
        average("width", widths),
        average("width without pooling (Wilson)", alone),
    )
