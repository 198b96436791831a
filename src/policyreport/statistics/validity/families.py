"""Repetitions of families of trends: of series, of levels, and of scores whose spread changes."""

from __future__ import annotations

import numpy as np

from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import estimate_means
from policyreport.statistics.series.kendall import order_test
from policyreport.statistics.series.lines import estimate_lines
from policyreport.statistics.series.slopes import gls_slope
from policyreport.statistics.validity.measures import EXACT_TEST, SIZE, Measure, share
from policyreport.statistics.validity.processes import Floats, autoregressive
from policyreport.statistics.validity.settings import PEERS, TREND
from policyreport.statistics.validity.yearly_panels import AUTOREGRESSIVE, BENEATH, yearly_noise

Measures = tuple[Measure, ...]
Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
STEEP = 1.0
"""Slope of the areas that have one, in standard deviations a year."""


def trend_families(
    rng: np.random.Generator,
    draws: int,
    *,
    areas: int,
    years: int,
    rho: float,
    process: str = AUTOREGRESSIVE,
    sloping: int = 0,
) -> Measures:
    """Repeat the verdicts of a family of series, of which the first `sloping` rise."""
    slopes = np.where(np.arange(areas) < sloping, STEEP, 0.0)
    named, ordered, right, silent = ([] for _ in range(4))
    for _ in range(draws):
        table = slopes[:, None] * np.arange(years) + yearly_noise(rng, areas, years, process, rho, "log-normal")
        by_order, final, wanders = family_verdicts(table)
        ordered.append(_false(by_order, sloping))
        named.append(_false(final, sloping))
        right.append(float(final[:sloping].mean()) if sloping else 0.0)
        silent.append(wanders)
    claimed = process != BENEATH
    return (
        share("areas named without a trend", named, EXACT_TEST if claimed else None, nominal=SIZE),
        share("the same by order and one assumed carry-over", ordered, nominal=SIZE),
        *((share("true trends named", right),) if sloping else ()),
        share("held back as wandering", silent),
    )


def level_trends(
    rng: np.random.Generator, draws: int, *, areas: int, years: int, rho: float, sloping: int = 0
) -> Measures:
    """Repeat the verdicts on levels that are random walks, whose steps carry over by `rho`."""
    drift = np.where(np.arange(areas) < sloping, STEEP, 0.0)
    named, ordered, right = ([] for _ in range(3))
    for _ in range(draws):
        steps = drift[:, None] + yearly_noise(rng, areas, years - 1, AUTOREGRESSIVE, rho, "log-normal")
        p_values = estimate_means(steps, PEERS).p_values.tolist()
        told = np.array([p is not None and p <= SIZE for p in adjust(p_values, rule="bh")])
        named.append(_false(told, sloping))
        right.append(float(told[:sloping].mean()) if sloping else 0.0)
        levels = np.cumsum(np.column_stack([np.zeros(areas), steps]), axis=1)
        ordered.append(_false(named_by_order(levels), sloping))
    return (
        share("areas named without a trend", named, EXACT_TEST, nominal=SIZE),
        share("the same by the order of levels", ordered, nominal=SIZE),
        *((share("true trends named", right),) if sloping else ()),
    )


def _false(named: Bools, sloping: int) -> float:
    """Share of the named areas that have no trend; 1 for a family without any trend that names an area."""
    return float(named[sloping:].sum() / max(named.sum(), 1))


def score_trends(rng: np.random.Generator, draws: int, *, areas: int, years: int, noise: float) -> Measures:
    """Repeat the verdicts on scores that converge: places stay, their spread falls to a third."""
    shrinking = np.linspace(1.0, 1 / 3, years)
    raw, both = [], []
    for _ in range(draws):
        places = rng.normal(size=(areas, 1))
        scores = shrinking * (places + noise * autoregressive(rng, (areas, years), 0.0))
        contrast = scores - scores.mean(axis=0)
        in_points, in_deviations = (family_verdicts(table)[1] for table in (contrast, contrast / scores.std(axis=0)))
        raw.append(bool(in_points.any()))
        both.append(bool((in_points & in_deviations).any()))
    return (
        share("families that name a score in points", raw),
        share("families that name a score in both scales", both, EXACT_TEST, nominal=SIZE),
    )


def family_verdicts(table: Floats) -> tuple[Bools, Bools, bool]:
    """Who is named by order and one assumed carry-over, who by all conditions, and whether series may wander."""
    by_order = named_by_order(table)
    if not by_order.any():
        # Lines cannot name an area that order does not; whether the family wanders then has no effect.
        return by_order, by_order, False
    lines = estimate_lines([(range(table.shape[1]), row.tolist()) for row in table], TREND)
    adjusted = adjust(lines.p_values.tolist(), rule="bh")
    held = np.array([p is not None and p <= SIZE for p in adjusted])
    return by_order, by_order & held & (not lines.wanders), lines.wanders


def named_by_order(table: Floats) -> Bools:
    """Whose exact p, adjusted over the rows, and line at the assumed carry-over agree."""
    tests = [order_test(row, enumerate_ties_to=TREND.enumerate_ties_to) for row in table]
    adjusted = adjust([each.p_value for each in tests], rule="bh")
    named = np.zeros(len(table), dtype=bool)
    for row, (test, p) in enumerate(zip(tests, adjusted, strict=True)):
        if p is not None and p <= SIZE:
            ends = gls_slope(np.arange(table.shape[1]), table[row], TREND.verdict_rho).interval
            named[row] = ends.low > 0 if test.s > 0 else ends.high < 0
    return named
