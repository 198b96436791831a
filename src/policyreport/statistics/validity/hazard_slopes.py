"""Hazard trends of many simulated lists at once: `hazard_trend.fit_trend` on arrays, only for the study's speed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from policyreport.records.base import Refusal
from policyreport.statistics.common.intervals import ALPHA
from policyreport.statistics.tasks.hazard_trend import DAYS_PER_QUARTER, UnlikeTrend, fit_trend, trend_design
from policyreport.statistics.tasks.hazards import Increment
from policyreport.statistics.validity.task_settings import FLOW

Floats = NDArray[np.float64]
Lists = Sequence[Sequence[Increment]]

_PARTS = ("finished", "at_risk", "days")
_BRIEF = FLOW.model_copy(update={"frailties": ()})
"""Without the slopes that are only shown."""
_STEPS = 60
"""Steps of iterated weighted least squares; a fit not settled by then is left to the method itself."""
_SETTLED = 1e-11


def fit_all(lists: Lists) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Fit the trend of every list, all with equally many intervals.

    Returns slope and its two limits (R, 3), NaN where there are none; whether each list is refused as too short; and
    whether its fit failed.
    """
    d, m, days = (np.array([[getattr(s, name) for s in each] for each in lists], float) for name in _PARTS)
    used = m >= FLOW.trend_minimum_at_risk
    d, m = np.where(used, d, 0), np.where(used, m, 0)
    done, left = d.sum(axis=1), (m - d).sum(axis=1)
    enough = (done >= FLOW.trend_minimum_finished) & (left >= FLOW.trend_minimum_open)
    enough &= used.sum(axis=1) >= FLOW.trend_minimum_intervals
    found = np.full((len(lists), 3), np.nan)
    found[enough] = _slopes(d[enough], m[enough], days[enough])
    for at in np.flatnonzero(enough & np.isnan(found[:, 0])):
        found[at] = fit_one(lists[int(at)])
    return found, ~enough, enough & np.isnan(found[:, 0])


def fit_one(increments: Sequence[Increment]) -> tuple[float, float, float]:
    """Fit one list as the report does; slope and its two limits, NaN if refused."""
    trend = fit_trend(increments, _BRIEF, method="flow", subject="", betabinomial=False)
    if isinstance(trend, Refusal):
        return (np.nan, np.nan, np.nan)
    return trend.slope, trend.interval.low, trend.interval.high


def fit_unlike(increments: Sequence[Increment], variance: float) -> tuple[float, float, float]:
    """Fit the effort of one list whose tasks differ; slope and its two limits, NaN where it is refused."""
    there = [step for step in increments if step.at_risk > 0]
    used = [step for step in there if step.at_risk >= FLOW.trend_minimum_at_risk]
    finished = sum(step.finished for step in used)
    enough = finished >= FLOW.trend_minimum_finished
    enough &= sum(step.at_risk for step in used) - finished >= FLOW.trend_minimum_open
    if not enough or len(used) < FLOW.trend_minimum_intervals:
        return (np.nan, np.nan, np.nan)
    trend = UnlikeTrend(there, FLOW.trend_minimum_at_risk, trend_design(used)).fit(variance)
    return (trend.slope, trend.interval.low, trend.interval.high) if trend else (np.nan, np.nan, np.nan)


def _slopes(d: Floats, m: Floats, days: Floats) -> Floats:
    """Quasi-binomial fits by iterated weighted least squares; intervals without tasks at risk have no weight."""
    used = m > 0
    y = np.divide(d, m, out=np.zeros_like(d), where=used)
    time = (days.cumsum(axis=1) - days / 2) / DAYS_PER_QUARTER
    time = time - (time * used).sum(axis=1, keepdims=True) / used.sum(axis=1, keepdims=True)
    rate = -np.log1p(-d.sum(axis=1) / m.sum(axis=1)) * m.sum(axis=1) / (m * days).sum(axis=1)
    level, slope, settled = np.log(rate), np.zeros(len(d)), np.zeros(len(d), dtype=bool)
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            eta = level[:, None] + slope[:, None] * time + np.log(days)
            mean, steep = -np.expm1(-np.exp(eta)), np.exp(eta - np.exp(eta))
            weight = m * steep**2 / (mean * (1 - mean))
            target = np.where(used, eta - np.log(days) + (y - mean) / steep, 0)
            w, wt, wtt = (np.sum(weight * time**power, axis=1) for power in (0, 1, 2))
            wz, wtz = (np.sum(weight * time**power * target, axis=1) for power in (0, 1))
            area = w * wtt - wt**2
            new_level, new_slope = (wtt * wz - wt * wtz) / area, (w * wtz - wt * wz) / area
            settled = (np.abs(new_slope - slope) < _SETTLED) & (np.abs(new_level - level) < _SETTLED)
            level, slope = new_level, new_slope
            if settled.all():
                break
        degrees = used.sum(axis=1) - 2
        dispersion = np.sum(np.where(used, m * (y - mean) ** 2 / (mean * (1 - mean)), 0), axis=1) / degrees
        spread = student_t.ppf(1 - ALPHA / 2, degrees) * np.sqrt(dispersion * w / area)
    fitted: Floats = np.column_stack([slope, slope - spread, slope + spread])
    fitted[~settled] = np.nan
    return fitted
