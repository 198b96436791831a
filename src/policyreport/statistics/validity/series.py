"""Repetitions of the methods on one series: threshold and trend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from policyreport.statistics.common.certainty import held_words, words
from policyreport.statistics.series.kendall import null_distribution, order_test, theil_sen
from policyreport.statistics.series.slopes import gls_slope
from policyreport.statistics.shares.prior_cells import in_grid, prior_cells
from policyreport.statistics.shares.revision_error import RevisionPrior, prior_grid, revision_error
from policyreport.statistics.validity.measures import (
    AT_LEAST,
    CONTINUOUS,
    EXACT_TEST,
    LEVEL,
    SIZE,
    Measure,
    average,
    exact,
    middle,
    share,
)
from policyreport.statistics.validity.processes import autoregressive, jump_quantile, revisions_drawn
from policyreport.statistics.validity.settings import TREND

Measures = tuple[Measure, ...]
PRIOR = RevisionPrior(degrees=2, scale=0.5, settled_maturity=3, settled_scale=0.1)
FACTORS, MEAN_WEIGHT = (0.5, 1, 2), 1.0
PRIORS = prior_grid(PRIOR, factors=FACTORS, mean_weight=MEAN_WEIGHT)
BANDS = (0.01, 0.05, 0.2, 0.8, 0.95, 0.99)
"""As in params/methods.yaml, like the values above; checked by a test."""
TRUE_CHANCE = 0.02
"""Chance that the final value reaches the threshold where its wording is repeated: in the band of 1 to 5 %."""
FROM_PRIOR = "prior"


def threshold(
    rng: np.random.Generator, draws: int, *, n: int, spread: str, mean: float = 0.0, jumps: float = 0.0
) -> Measures:
    """Repeat the intervals, the verdict and the printed chance of a value published as 0, with revisions as drawn."""
    inside, bars, learnt, widths, wrong, moves, own, every = ([] for _ in range(8))
    for _ in range(draws):
        # A scaled inverse χ² variance is the prior's own: degrees·scale² over a χ² of as many degrees.
        drawn = PRIOR.scale * np.sqrt(PRIOR.degrees / rng.chisquare(PRIOR.degrees))
        sd = float(drawn) if spread == FROM_PRIOR else float(spread)
        moved = mean + revisions_drawn(rng, n + 1, sd, jumps)
        history = [float(each) for each in moved[:n]]
        error, leaning = (revision_error(history, 0, each) for each in (PRIOR, replace(PRIOR, mean_weight=MEAN_WEIGHT)))
        if error is None or leaning is None:
            raise ValueError("a prior with degrees of freedom gives an interval")
        interval, bar, about = error.interval(0.0), error.interval(0.0, 1 - 2 * SIZE), leaning.interval(0.0)
        inside.append(interval.low <= moved[n] <= interval.high)
        bars.append(bar.low <= moved[n] <= bar.high)
        learnt.append(about.low <= moved[n] <= about.high)
        widths.append(interval.high - interval.low)
        # Published just far enough below the threshold for the verdict "below": wrong if the final value reaches it.
        wrong.append(moved[n] >= bar.high)
        moves.append(-moved[n])
        if n:
            one, grid = _chance_is_told(history, mean + jump_quantile(TRUE_CHANCE, sd, jumps))
            own.append(one)
            every.append(grid)
    prior = spread == FROM_PRIOR
    told: Measures = ()
    if n:
        names = "chance in the words of one prior", "chance in the words or the range of every prior"
        told = share(names[0], own), share(names[1], every)
    # Drawn from the prior, widths and revisions have no variance, so their means have no Monte-Carlo error.
    return (
        share("coverage", inside, None if mean or jumps else CONTINUOUS, nominal=LEVEL),
        share("coverage of the bar", bars, nominal=1 - 2 * SIZE),
        share("coverage, mean not taken as zero", learnt, nominal=LEVEL),
        share("wrong verdict at the margin", wrong, nominal=SIZE),
        *told,
        middle("bias, median", moves) if prior else average("bias", moves),
        middle("width, median", widths) if prior else average("width", widths),
    )


def _chance_is_told(history: list[float], threshold: float) -> tuple[bool, bool]:
    """Whether a true chance lies in the band of the one prior's wording, and in what is printed: words or a range."""
    cells = prior_cells(history, 0, (PRIOR, *PRIORS), lambda error: error.probability_at_least(0.0, threshold))
    chances = [each.probability for each in in_grid(cells)]
    band = words(TRUE_CHANCE, probability_bands=BANDS)
    one = words(chances[0], probability_bands=BANDS) == band
    held = held_words(chances, probability_bands=BANDS)
    return one, held == band if held else min(chances) <= TRUE_CHANCE <= max(chances)


def trend(rng: np.random.Generator, draws: int, *, n: int, rho: float, slope: float) -> Measures:
    """Repeat the exact test, Theil and Sen's interval, the line at the true serial dependence, and the verdict."""
    years = np.arange(n)
    rejected, verdicts, sen, gls = [], [], [], []
    level = 0.0
    for y in slope * years + autoregressive(rng, (draws, n), rho):
        rejected.append(order_test(y, enumerate_ties_to=TREND.enumerate_ties_to).p_value <= SIZE)
        line = theil_sen(years, y)
        level = line.interval.level
        sen.append((line.slope, line.interval.low, line.interval.high))
        known = gls_slope(years, y, rho)
        gls.append((known.slope, known.interval.low, known.interval.high))
        # Without a significant exact p, the deciding line is not needed.
        deciding = gls_slope(years, y, TREND.verdict_rho).interval if rejected[-1] else None
        verdicts.append(deciding is not None and not deciding.low <= 0 <= deciding.high)
    white, null = rho == 0, slope == 0
    bounds = np.array(sen), np.array(gls)
    held, known_held = (((each[:, 1] <= slope) & (slope <= each[:, 2])) for each in bounds)
    return (
        share("exact test rejects", rejected, EXACT_TEST if white and null else None, nominal=_attained_size(n)),
        share(
            "verdict rising or falling",
            verdicts,
            EXACT_TEST if null and rho <= TREND.verdict_rho else None,
            nominal=SIZE,
        ),
        share("coverage, Theil–Sen", held, AT_LEAST if white else None, nominal=level),
        exact("attained level, Theil–Sen", level),
        average("bias, Theil–Sen", bounds[0][:, 0] - slope),
        average("width, Theil–Sen", bounds[0][:, 2] - bounds[0][:, 1]),
        share("coverage, line at the true dependence", known_held, CONTINUOUS, nominal=LEVEL),
        average("bias, line", bounds[1][:, 0] - slope),
        average("width, line", bounds[1][:, 2] - bounds[1][:, 1]),
    )


def _attained_size(n: int) -> float:
    """Largest probability not above 5 % that |S| of a random order can have beyond a value."""
    support, probability = null_distribution(n)
    tails = [float(probability[np.abs(support) >= s].sum()) for s in support if s >= 0]
    return max(tail for tail in tails if tail <= SIZE)
