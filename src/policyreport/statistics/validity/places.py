"""Repetitions of the sets of ranks."""

from __future__ import annotations

from functools import cache
from math import hypot

import numpy as np

from policyreport.statistics.common.draws import bootstrap_quantile
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.ranks.ranks import binomial_scores
from policyreport.statistics.ranks.stepdown import (
    find_marginal_set,
    find_simultaneous_sets,
    pairwise_errors,
    quadrature_critical_value,
    running_maximum,
)
from policyreport.statistics.validity.measures import LEVEL, RANK_SETS, Measure, average, share
from policyreport.statistics.validity.processes import Floats, draw_finished, true_places, true_scores

COUNT_LEVEL = 0.965
"""As in params/methods.yaml, checked by a test."""

CLUSTERED = 2
"""Design effect of the lists whose tasks finish in groups, which the standard errors do not allow for."""

AREA = 3
"""The area whose own set is repeated."""


def ranks(rng: np.random.Generator, draws: int, *, areas: int, kind: str) -> tuple[Measure, ...]:
    """Repeat one area's marginal and all areas' simultaneous rank sets."""
    counts, clustered = kind.startswith("binomial"), kind.endswith("clustered")
    tied = counts or kind == "all tied"
    totals = rng.integers(25, 201, areas)
    errors = binomial_scores(totals, totals)[1] if counts else rng.uniform(0.3, 1.5, areas)
    truth = true_scores("all tied" if tied else kind, areas)
    first, last = true_places(truth)
    # Ties exhaust the level, so there the critical value is simulated as finely as in the report.
    steps = 9999 if tied and not clustered else 1999
    noise = np.ascontiguousarray((errors * rng.standard_normal((steps, areas))).T)
    joint = pairwise_errors(errors)
    level = COUNT_LEVEL if counts else 1 - ALPHA
    opening = bootstrap_quantile(running_maximum(noise, joint, np.zeros_like(joint, dtype=bool)), level)
    critical = quadrature_critical_value(AREA, errors, tolerance=1e-7)
    recall = cache(lambda better, worse: critical(np.frombuffer(better, bool), np.frombuffer(worse, bool)))
    marginal, simultaneous, places, own_width = [], [], [], []
    joint_width: list[float] = []
    for _ in range(draws):
        if counts:
            done = [draw_finished(rng, int(n), float(kind.split()[1]), CLUSTERED if clustered else 1) for n in totals]
            drawn = binomial_scores(done, totals)[0]
        else:
            drawn = rng.normal(truth, errors)
        one = find_marginal_set(AREA, drawn, errors, lambda better, worse: recall(better.tobytes(), worse.tobytes()))
        marginal.append(one.first <= first[AREA] and last[AREA] <= one.last)
        own_width.append(one.last - one.first + 1)
        places.append(_printed_place(drawn) - (first[AREA] + last[AREA]) / 2)
        # Without a first rejection every set holds all places; the critical value is the same each time.
        if (np.abs(drawn[:, None] - drawn) / joint).max() <= opening:
            simultaneous.append(True)
            joint_width.append(areas)
            continue
        sets = find_simultaneous_sets(drawn, errors, noise, level)
        simultaneous.append(all(s.first <= a and b <= s.last for s, a, b in zip(sets, first, last, strict=True)))
        joint_width.append(float(np.mean([each.last - each.first + 1 for each in sets])))
    band = None if clustered else RANK_SETS
    together = share("coverage, all sets together", simultaneous, band, nominal=LEVEL)
    # One simulated critical value serves all repetitions: its own error does not average out over them.
    own = (together.value * (1 - together.value) / steps) ** 0.5
    return (
        share("coverage, one area's set", marginal, band, nominal=LEVEL),
        together.model_copy(update={"error": round(hypot(together.error, own), 6)}),
        average("places in one area's set", own_width),
        average("places in a joint set", joint_width),
        average("bias, printed place", places),
    )


def _printed_place(scores: Floats) -> float:
    """The area's place, in the middle of those that share it."""
    return float(((scores > scores[AREA]).sum() + (scores >= scores[AREA]).sum() + 1) / 2)
