"""How much faster rank sets are than the plain double loop over areas, at the size of the former provinces.

Run ``python benchmarks/rank_sets.py [areas] [draws]``. Both sides take the same draws and find the same sets; the
plain loop is timed on a share of the draws and scaled up, the sets are timed whole.
"""

from __future__ import annotations

import sys
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from policyreport.statistics.ranks.stepdown import (
    find_marginal_set,
    find_simultaneous_sets,
    pairwise_errors,
    quadrature_critical_value,
    running_maximum,
)

SAMPLE = 200
"""Draws the plain loop is timed on."""


def plain_maximum(draws: NDArray[np.float64], errors: NDArray[np.float64]) -> list[float]:
    """Take the largest studentised difference of every draw, pair by pair."""
    maxima = []
    for draw in draws.T.tolist():
        largest = -np.inf
        for j, (first, s) in enumerate(zip(draw, errors.tolist(), strict=True)):
            for k, (second, u) in enumerate(zip(draw, errors.tolist(), strict=True)):
                if j != k:
                    largest = max(largest, (first - second) / (s * s + u * u) ** 0.5)
        maxima.append(largest)
    return maxima


def main(areas: int = 63, draws: int = 10_000) -> dict[str, float]:
    """Time both.

    Parameters
    ----------
    areas, draws : int
        Size of the problem.

    Returns
    -------
    dict of str to float
        Seconds of the plain loop's first step, of one pass, of all simultaneous and all marginal sets, and the
        ratio of the plain step to the pass.
    """
    rng = np.random.default_rng(57)
    errors = rng.uniform(0.5, 1.5, areas)
    estimates = 2 * rng.standard_normal(areas)
    noise = np.ascontiguousarray((errors * rng.standard_normal((draws, areas))).T)
    start = perf_counter()
    plain = plain_maximum(noise[:, :SAMPLE], errors)
    loop = (perf_counter() - start) * draws / SAMPLE
    joint, none = pairwise_errors(errors), np.zeros((areas, areas), dtype=bool)
    start = perf_counter()
    ours = running_maximum(noise, joint, none)
    one_pass = perf_counter() - start
    if not np.allclose(plain, ours[:SAMPLE]):
        raise ValueError("the one pass and the plain loop disagree")
    start = perf_counter()
    find_simultaneous_sets(estimates, errors, noise)
    simultaneous = perf_counter() - start
    start = perf_counter()
    for area in range(areas):
        find_marginal_set(area, estimates, errors, quadrature_critical_value(area, errors, tolerance=1e-9))
    marginal = perf_counter() - start
    return {
        "plain": loop,
        "one pass": one_pass,
        "simultaneous": simultaneous,
        "marginal": marginal,
        "ratio": loop / one_pass,
    }


if __name__ == "__main__":
    from measuring import words_of

    for name, value in main(*map(int, words_of(__doc__))).items():
        sys.stdout.write(f"{name:>14}  {value:8.3f}{' ×' if name == 'ratio' else ' s'}\n")
