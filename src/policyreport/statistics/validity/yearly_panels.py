"""Yearly values of areas by the processes on which the methods for means and trends are tested."""

from __future__ import annotations

import numpy as np

from policyreport.statistics.validity.processes import Floats, autoregressive, carry_over

AUTOREGRESSIVE = "AR(1)"
HEAVY_TAILS, REGIONS, CONTAINED, NATIONAL = "t5", "regional shocks", "part of the nation", "national noise"
JUMPS, MIXED, WALK, BENEATH = "jumps", "mixed carry-over", "random walk", "walk beneath noise"

REGION_COUNT = 6
JUMP_CHANCE, JUMP_SIZE = 0.05, 4.0
"""How often a year is revised by a jump, and by how many standard deviations."""
LARGEST_MIXED = 0.8
WALK_STEP = 0.5
"""Standard deviation of a step beneath noise of standard deviation 1."""


def spreads(rng: np.random.Generator, areas: int, kind: str) -> Floats:
    """Draw the areas' standard deviations, shape (areas, 1): 1, log-normal, or three times as large for a quarter."""
    if kind == "equal":
        return np.ones((areas, 1))
    if kind == "log-normal":
        return np.exp(rng.normal(scale=0.5, size=(areas, 1)))
    return np.where(np.arange(areas) % 4 == 0, 3.0, 1.0)[:, None]


def true_means(kind: str, areas: int) -> Floats:
    """Return true means of areas in standard deviations of one year: tied at 0, half of them at 1, or from −2 to 2."""
    place = np.arange(areas)
    return {
        "tied": np.zeros(areas),
        "half tied": np.where(place < areas // 2, 0.0, 1.0),
        "spread": np.linspace(-2, 2, areas),
    }[kind]


def yearly_noise(rng: np.random.Generator, areas: int, years: int, process: str, rho: float, spread: str) -> Floats:
    """Draw yearly noise (areas, years) around zero by one of the processes named above.

    `rho` is the correlation of neighbouring years, `spread` the kind of `spreads`.
    """
    scale, shape = spreads(rng, areas, spread), (areas, years)
    if process == HEAVY_TAILS:
        # Standardised, and carried over like normal shocks.
        return np.asarray(scale * carry_over(rng.standard_t(5, size=shape) * 0.6**0.5, rho))
    if process == REGIONS:
        shocks = autoregressive(rng, (REGION_COUNT, years), rho)[np.arange(areas) % REGION_COUNT]
        return np.asarray(scale * 0.5**0.5 * (shocks + autoregressive(rng, shape, rho)))
    if process == MIXED:
        return scale * carry_over(rng.normal(size=shape), rng.uniform(0, LARGEST_MIXED, size=areas))
    if process == WALK:
        return np.asarray(scale * np.cumsum(rng.normal(size=shape), axis=1))
    noise = scale * autoregressive(rng, shape, rho)
    if process == CONTAINED:
        weights = np.exp(rng.normal(size=areas))
        return np.asarray(noise - weights @ noise / weights.sum())
    if process == NATIONAL:
        return noise - autoregressive(rng, (1, years), rho)
    if process == JUMPS:
        hit = rng.random(shape) < JUMP_CHANCE
        return np.asarray(noise + scale * hit * rng.choice([-JUMP_SIZE, JUMP_SIZE], size=shape))
    if process == BENEATH:
        return noise + scale * WALK_STEP * np.cumsum(rng.normal(size=shape), axis=1)
    return noise
