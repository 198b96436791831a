"""Repetitions of the sets of ranks."""

from __future__ import annotations

from functools import cache
from math import hypot

import numpy as np

from policyreport.methods.draws import bootstrap_quantile
from policyreport.methods.intervals import ALPHA
from policyreport.methods.ranks import binomial_scores
from policyreport.methods.stepdown import (
    find_marginal_set,
    find_simultaneous_sets,
    pairwise_errors,
    quadrature_critical_value,
    running_maximum,
)
from policyreport.validity.measures import RANK_SETS, Measure, share
from policyreport.validity.processes import true_places, true_scores

COUNT_LEVEL = 0.965
"""As in params/methods.yaml; a test holds them equal."""

AREA = 3
"""The area whose own set is repeated."""


def ranks(rng: np.random.Generator, draws: int, *, areas: int, kind: str) -> tuple[Measure, ...]:
    """Repeat one area's marginal and all areas' simultaneous rank sets."""
    counts = kind.startswith("binomial")
    tied = counts or kind == "all tied"
    totals = rng.integers(25, 201, areas)
    errors = binomial_scores(totals, totals)[1] if counts else rng.uniform(0.3, 1.5, areas)
    truth = true_scores("all tied" if tied else kind, areas)
    first, last = true_places(truth)
    # Ties use up the level, so there the critical value is simulated as finely as in the report.
    steps = 9999 if tied else 1999
    noise = np.ascontiguousarray((errors * rng.standard_normal((steps, areas))).T)
    joint = pairwise_errors(errors)
    level = COUNT_LEVEL if counts else 1 - ALPHA
    opening = bootstrap_quantile(running_maximum(noise, joint, np.zeros_like(joint, dtype=bool)), level)
    critical = quadrature_critical_value(AREA, errors, quadrature_nodes=60)
    recall = cache(lambda better, worse: critical(np.frombuffer(better, bool), np.frombuffer(worse, bool)))
    marginal, simultaneous = [], []
    for _ in range(draws):
        if counts:
            drawn = binomial_scores(rng.binomial(totals, float(kind.split()[-1])), totals)[0]
        else:
            drawn = rng.normal(truth, errors)
        one = find_marginal_set(AREA, drawn, errors, lambda better, worse: recall(better.tobytes(), worse.tobytes()))
        marginal.append(one.first <= first[AREA] and last[AREA] <= one.last)
        # Without a first rejection every set holds all places; the critical value is the same each time.
        if (np.abs(drawn[:, None] - drawn) / joint).max() <= opening:
            simultaneous.append(True)
            continue
        sets = find_simultaneous_sets(drawn, errors, noise, level)
        simultaneous.append(all(s.first <= a and b <= s.last for s, a, b in zip(sets, first, last, strict=True)))
    together = share("coverage, all sets together", simultaneous, RANK_SETS)
    # One simulated critical value serves all repetitions: its own error does not average out over them.
    own = (together.value * (1 - together.value) / steps) ** 0.5
    return (
        share("coverage, one area's set", marginal, RANK_SETS),
        together.model_copy(update={"error": round(hypot(together.error, own), 6)}),
    )
