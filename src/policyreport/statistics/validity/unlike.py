"""Repetitions of the pace of tasks that differ: the verdicts on a steady effort, and on a lower one."""

from __future__ import annotations

import numpy as np

from policyreport.statistics.tasks.frailty import Contrast, contrast, risk_sets
from policyreport.statistics.validity.hazard_slopes import fit_unlike
from policyreport.statistics.validity.measures import EXACT_TEST, LEVEL, Measure, average, share
from policyreport.statistics.validity.processes import unlike_list
from policyreport.statistics.validity.task_settings import FLOW

DAILY = 0.004
"""Effort a day: in a year it finishes three in four tasks that are alike."""
BEFORE = 60
"""Days before the first count at which the tasks began."""
TUNED_TO = ("alike", "gamma 0.5", "gamma 1", "log-normal 1", "two groups 1")
"""Laws at which the verdict has to keep its level: no more spread than it allows for, and every task can be done."""


def unlike_change(
    rng: np.random.Generator, draws: int, *, n: int, frailty: str, growth: float | str, effort: float
) -> tuple[Measure, ...]:
    """Repeat the change between two intervals of 92 days; the later effort is `effort` times the earlier."""
    growths = [float(part) for part in growth.split("+")] if isinstance(growth, str) else [growth] * 2
    alike: list[Contrast] = []
    unlike: list[Contrast] = []
    for _ in range(draws):
        steps, _left = unlike_list(rng, n, (DAILY, DAILY * effort), (92, 92), frailty, growth=growths, before=BEFORE)
        for variance, found in ((0.0, alike), (FLOW.verdict_frailty, unlike)):
            (first, *_) = risk_sets(steps, variance=variance)
            found.append(contrast(first, *steps, design_effect=FLOW.verdict_design_effect))
    fallen = np.array([each.high < 0 for each in alike])
    faster = np.array([each.low > 0 for each in alike])
    slower = fallen & np.array([each.high < 0 for each in unlike])
    band = EXACT_TEST if effort == 1 and frailty in TUNED_TO else None
    return (
        share("verdict slower", slower, band, nominal=1 - LEVEL),
        share("slower if tasks were taken as alike", fallen),
        share("verdict faster", faster),
        share("faster, and not said to be of easier tasks", faster & np.array([each.low > 0 for each in unlike])),
        average("bias, tasks taken as alike", [each.difference for each in alike]),
        average("bias, tasks of the variance allowed for", [each.difference for each in unlike]),
    )


def unlike_trend(
    rng: np.random.Generator, draws: int, *, intervals: int, n: int, frailty: str, growth: float, slope: float
) -> tuple[Measure, ...]:
    """Repeat the trend over several intervals; the effort changes by `slope` a quarter on the log scale."""
    lists = []
    for _ in range(draws):
        lengths = [int(each) for each in rng.integers(60, 121, intervals)]
        middle = np.cumsum(lengths) - np.array(lengths) / 2
        rates = DAILY * np.exp(slope * (middle - middle[0]) / 91.3125)
        lists.append(unlike_list(rng, n, rates.tolist(), lengths, frailty, growth=growth, before=BEFORE)[0])
    alike = np.array([fit_unlike(each, 0.0) for each in lists])
    unlike = np.array([fit_unlike(each, FLOW.verdict_frailty) for each in lists])
    there = ~np.isnan(alike[:, 0]) & ~np.isnan(unlike[:, 0])
    refused = share("refused", ~there)
    if not there.any():
        return (refused,)
    fallen = alike[there, 2] < 0
    band = EXACT_TEST if slope == 0 and frailty in TUNED_TO else None
    return (
        share("verdict falling", fallen & (unlike[there, 2] < 0), band, nominal=1 - LEVEL),
        share("falling if tasks were taken as alike", fallen),
        share("verdict rising", alike[there, 1] > 0),
        average("bias, tasks taken as alike", alike[there, 0] - slope),
        average("bias, tasks of the variance allowed for", unlike[there, 0] - slope),
        refused,
    )
