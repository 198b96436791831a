"""Data of known truth: the processes of METHODS §17, which the recovery tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import brentq

from policyreport.statistics.tasks.hazards import Increment

Floats = NDArray[np.float64]

START = date(2025, 1, 1)
QUARTER = 91.3125
"""Days of a quarter, the unit of slopes of the hazard."""
LARGEST_INTRACLASS = 0.5
JUMP = 5.0
"""Ratio of the spread of a revision that jumps to the usual one."""


def draw_finished(rng: np.random.Generator, tasks: int, share: float, design_effect: float) -> int:
    """Draw how many tasks are finished, at an expected share.

    `design_effect` is the ratio of the variance to the binomial one; above 1 the draw is beta-binomial.
    """
    if design_effect > 1 and tasks > 1 and 0 < share < 1:
        size = 1 / min((design_effect - 1) / (tasks - 1), LARGEST_INTRACLASS) - 1
        share = rng.beta(share * size, (1 - share) * size)
    return int(rng.binomial(tasks, share))


def one_list(
    rng: np.random.Generator,
    open_tasks: int,
    daily_rates: Sequence[float],
    lengths: Sequence[int],
    *,
    design_effect: float = 1.0,
    growth: float = 0.1,
    evenly: bool = False,
) -> list[Increment]:
    """Draw the intervals of one list of tasks, of which `open_tasks` are open on the first day.

    `daily_rates` and `lengths` are the daily hazard and days of each interval, `growth` its expected additions as a
    share of the tasks open at its start. Additions enter on the first day, as the method assumes, or `evenly` over the
    interval.
    """
    start, increments = START, []
    for rate, days in zip(daily_rates, lengths, strict=True):
        end = start + timedelta(days=int(days))
        added = int(rng.poisson(growth * open_tasks))
        share = -np.expm1(-rate * days)
        if evenly:
            # A task added evenly over the interval is finished with the mean probability over days of entry.
            share = (open_tasks * share + added * (1 - share / (rate * days))) / max(open_tasks + added, 1)
        finished = draw_finished(rng, open_tasks + added, share, design_effect)
        increments.append(Increment(start, end, open_tasks, added, finished))
        open_tasks, start = open_tasks + added - finished, end
    return increments


FRAILTIES = ("alike", "gamma 0.5", "gamma 1", "gamma 2", "log-normal 1", "two groups 1", "half never")
"""How tasks may differ: the law of their own rates, of mean 1, and its variance.

Two groups: one task in five goes three times as fast as the mean, the others half as fast. Half never: every second
task cannot be finished, the others go twice as fast as the mean (variance 1 too).
"""


def draw_frailties(rng: np.random.Generator, kind: str, tasks: int) -> Floats:
    """Draw each task's own rate, of mean 1; `kind` is one of `FRAILTIES`."""
    law, _, variance = kind.rpartition(" ")
    if law == "gamma":
        return np.asarray(rng.gamma(1 / float(variance), float(variance), tasks))
    if law == "log-normal":
        spread = np.log1p(float(variance))
        return np.asarray(rng.lognormal(-spread / 2, spread**0.5, tasks))
    if kind == "alike":
        return np.ones(tasks)
    first = rng.random(tasks) < {"two groups 1": 0.2, "half never": 0.5}[kind]
    fast, slow = {"two groups 1": (3.0, 0.5), "half never": (2.0, 0.0)}[kind]
    return np.where(first, fast, slow)


def unlike_list(
    rng: np.random.Generator,
    tasks: int,
    daily_rates: Sequence[float],
    lengths: Sequence[int],
    kind: str,
    *,
    growth: float | Sequence[float] = 0.0,
    before: int = 0,
) -> tuple[list[Increment], Floats]:
    """Draw the intervals of a list whose tasks differ, and the own rates of the tasks left.

    The `tasks` begin together, `before` days at the first interval's effort before the first count. `daily_rates` are
    efforts of the intervals, `kind` is one of `FRAILTIES`. `growth` is the expected additions of each interval, new and
    from its first day, as a share of the tasks that began together.
    """
    rates = draw_frailties(rng, kind, tasks)
    rates = rates[rng.random(tasks) < np.exp(-rates * daily_rates[0] * before)]
    start, increments, completed = START, [], tasks - len(rates)
    growths = [growth] * len(lengths) if isinstance(growth, float | int) else growth
    for daily, days, grown in zip(daily_rates, lengths, growths, strict=True):
        end, open_tasks = start + timedelta(days=int(days)), len(rates)
        added = int(rng.poisson(grown * tasks))
        rates = np.r_[rates, draw_frailties(rng, kind, added)]
        rates = rates[rng.random(len(rates)) < np.exp(-rates * daily * days)]
        finished = open_tasks + added - len(rates)
        increments.append(Increment(start, end, open_tasks, added, finished, completed))
        completed, start = completed + finished, end
    return increments, rates


def sloping_rates(lengths: Sequence[int], slope: float, daily: float = 0.0025) -> Floats:
    """Return daily hazards whose logarithm rises by `slope` a quarter, at `daily` in the middle of the intervals."""
    days = np.asarray(lengths, dtype=float)
    middle = np.cumsum(days) - days / 2
    rates: Floats = daily * np.exp(slope * (middle - middle.mean()) / QUARTER)
    return rates


def autoregressive(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> Floats:
    """Draw stationary AR(1) noise of variance 1 along the last axis."""
    return carry_over(rng.normal(size=shape), rho)


def carry_over(shocks: Floats, rho: float | Floats) -> Floats:
    """Carry shocks of variance 1 over from year to year, the last axis, so that every year has variance 1."""
    noise = np.empty_like(shocks)
    noise[..., 0] = shocks[..., 0]
    for year in range(1, shocks.shape[-1]):
        noise[..., year] = rho * noise[..., year - 1] + np.sqrt(1 - np.square(rho)) * shocks[..., year]
    return noise


def revisions_drawn(rng: np.random.Generator, count: int, sd: float, jumps: float) -> Floats:
    """Draw revisions about 0, each with the probability `jumps` of `JUMP` times the spread."""
    drawn: Floats = rng.normal(0.0, sd, count)
    return drawn if not jumps else np.where(rng.random(count) < jumps, JUMP * drawn, drawn)


def jump_quantile(chance: float, sd: float, jumps: float) -> float:
    """Return the revision that a draw of `revisions_drawn` reaches with a chance below one half."""
    highest = JUMP * sd * float(stats.norm.isf(chance))
    if not jumps:
        return highest / JUMP

    def excess(at: float) -> float:
        return float((1 - jumps) * stats.norm.sf(at / sd) + jumps * stats.norm.sf(at / (JUMP * sd))) - chance

    return float(brentq(excess, 0.0, highest))


def uneven_panel(rng: np.random.Generator, areas: int, years: int, rho: float = 0.3) -> Floats:
    """Draw AR(1) noise (areas, years) whose spread differs between areas (log-normal)."""
    return autoregressive(rng, (areas, years), rho) * np.exp(rng.normal(scale=0.5, size=(areas, 1)))


def sloping_panel(
    rng: np.random.Generator, areas: int, years: int, ratio: float, *, uneven: bool = False
) -> tuple[Floats, Floats]:
    """Draw true slopes (areas,) and values (areas, years) with own levels, common yearly shocks of SD 2 and noise.

    `ratio` is the spread of the true slopes in standard errors of one. The noise's spread is 1, or differs between
    areas if `uneven`.
    """
    centred = np.arange(years) - (years - 1) / 2
    slopes = ratio / np.sqrt((centred**2).sum()) * rng.normal(size=areas)
    noise = rng.normal(size=(areas, years))
    if uneven:
        noise *= np.exp(rng.normal(scale=0.5, size=(areas, 1)))
    levels, shocks = rng.normal(size=(areas, 1)), 2 * rng.normal(size=years)
    return slopes, levels + slopes[:, None] * centred + shocks + noise


def exposure(rng: np.random.Generator, kind: str, areas: int) -> Floats:
    """Draw an exposure of areas.

    `kind` is ``continuous`` (normal), ``skewed`` (log-normal), or the number of areas exposed (0 and 1): ``11``.
    """
    if kind in ("continuous", "skewed"):
        drawn = rng.normal(size=areas)
        return np.exp(drawn) if kind == "skewed" else drawn
    return (rng.permutation(areas) < int(kind)).astype(float)


def true_scores(kind: str, areas: int) -> Floats:
    """Return true scores of areas, larger is better, in units of a standard error of 1.

    `kind` is ``all tied``, ``half tied`` or ``spaced``.
    """
    place = np.arange(areas, dtype=float)
    return {"all tied": 0 * place, "half tied": np.floor(2 * place / areas), "spaced": place}[kind]


def true_places(scores: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first and last place that ties leave open to each area."""
    return 1 + (scores > scores[:, None]).sum(axis=1), (scores >= scores[:, None]).sum(axis=1)
