"""Scenario lines and the drift fan from the latest value to a target (METHODS §6): not a forecast."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import stats

from policyreport.records.base import Interval, Refusal
from policyreport.records.shares import FanPoint, Scenario
from policyreport.statistics.shares.pace_arithmetic import Goal, Stretch


def last_run(values: Mapping[int, float]) -> dict[int, float]:
    """Select the consecutive years that end with the latest one."""
    first = last = max(values)
    while first - 1 in values:
        first -= 1
    return {year: values[year] for year in range(first, last + 1)}


def drift_fan(
    values: Mapping[int, float], to_year: int, *, minimum_points: int, levels: tuple[float, float]
) -> tuple[FanPoint, ...] | Refusal:
    """Extrapolate the mean yearly change, with the spread of the yearly changes: one point a year after the latest.

    Only the years after the last gap are used; fewer than `minimum_points` are refused as `too-few-points`. `levels`
    are the inner and the outer one, shares of 1.

    Notes
    -----
    g = (y_n − y_1)/(n − 1), σ = SD of the n − 1 differences; y_n + h g ± t_{n−2} σ √(h (1 + h/(n − 1))).
    """
    run = last_run(values)
    n = len(run)
    if n < minimum_points:
        detail = f"{n} of {minimum_points} consecutive years"
        return Refusal(code="too-few-points", method="pace", subject="fan", detail=detail)
    y = np.array(list(run.values()))
    changes = np.diff(y)
    latest = max(run)

    def at(year: int) -> FanPoint:
        ahead = year - latest
        centre = float(y[-1] + ahead * changes.mean())
        spread = float(changes.std(ddof=1) * np.sqrt(ahead * (1 + ahead / (n - 1))))
        inner, outer = (_around(centre, spread * float(stats.t.ppf((1 + c) / 2, n - 2)), c) for c in levels)
        return FanPoint(year=year, centre=centre, interval80=inner, interval95=outer)

    return tuple(at(year) for year in range(latest + 1, to_year + 1))


def scenario_lines(values: Mapping[int, float], stretch: Stretch, goal: Goal) -> tuple[Scenario, ...]:
    """Draw the lines from the latest value: at both paces, at the largest yearly gain, and as required.

    Empty once the target's year has come. A line that does not exist (growth of values ≤ 0, no two neighbouring years)
    is omitted.
    """
    years = tuple(range(stretch.end_year, goal.year + 1))
    if len(years) < 2:
        return ()
    y1 = stretch.end
    ahead = range(len(years))
    required = (goal.target - y1) / (len(years) - 1)
    pace, growth = stretch.rate("pp"), stretch.rate("cagr")
    gains = [goal.direction * (values[year] - values[year - 1]) for year in sorted(values) if year - 1 in values]
    lines: dict[str, list[float]] = {}
    if pace is not None:
        lines["pp pace"] = [y1 + h * pace for h in ahead]
    if growth is not None:
        lines["cagr pace"] = [y1 * (1 + growth) ** h for h in ahead]
    if gains:
        lines["largest gain"] = [y1 + h * goal.direction * max(gains) for h in ahead]
    lines["required"] = [y1 + h * required for h in ahead]
    return tuple(
        Scenario.model_validate({"name": name, "years": years, "values": line}) for name, line in lines.items()
    )


def _around(centre: float, half: float, level: float) -> Interval:
    return Interval(low=centre - half, high=centre + half, level=level)
