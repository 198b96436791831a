"""Does a level rise faster than the national level (METHODS §20.2)?

A level accumulates all earlier changes, so the order of its values is no evidence of a trend: in most families
of pure random walks an area would be singled out. Its yearly changes are tested instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import log

import numpy as np
import pandas as pd

from policyreport.data.points import AreaSeries, Points, read_series, rows_of
from policyreport.data.selection import index
from policyreport.params.methods import PeersSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.series import LevelTrend
from policyreport.statistics.common.intervals import LEVEL
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.means import TestedMeans, estimate_means
from policyreport.statistics.series.trend import OFFICIAL
from policyreport.statistics.series.windows import ends_before, window_flags

METHOD = "trend"

Table = np.ndarray[tuple[int, int], np.dtype[np.float64]]


@dataclass(frozen=True)
class _Changes:
    """Yearly log changes of one area relative to the national ones, in %, and the squared error of their mean."""

    years: tuple[int, ...]
    values: tuple[float, ...]
    known: float


def compare_changes(
    levels: pd.DataFrame, area: str, settings: PeersSettings, *, start: date | None = None, nation: str = ""
) -> LevelTrend | Refusal:
    """Test whether one area's level, such as its income, rises faster or more slowly than the country's.

    Parameters
    ----------
    levels
        Rows of all areas and of the country with `area`, `year` and `value` (positive), and what else `data.points`
        lists. All areas are needed: they give the common variance and the adjustment of p-values.
    area
        In the frame (else DataError).
    start
        Day after which a policy could have an effect; a window that ends before it is flagged.
    nation
        Key of the country's rows, by default that in `attrs`.

    Returns
    -------
    LevelTrend or Refusal
        Of the yearly changes in %; refused: `not-published`, `projection-only`, `too-few-points`.

    Notes
    -----
    x_t = 100 [log(y_t/y_{t−1}) − log(n_t/n_{t−1})], whose mean is judged as a mean difference to the country is, by
    `means.estimate_means` and Benjamini-Hochberg. Errors of recalculated values cancel except in the first and last:
    their squares over n² add to the variance of the mean.

    References
    ----------
    Smyth (2004), Stat. Appl. Genet. Mol. Biol. 3(1):3; Benjamini, Hochberg (1995), JRSS B 57:289-300.
    """
    series = read_series("compare_changes", levels, nation=nation)
    series.require("compare_changes", area)
    return _judged(series, settings, start).get(area) or series.not_published(METHOD)


def compare_all_changes(
    levels: pd.DataFrame, settings: PeersSettings, *, start: date | None = None, nation: str = ""
) -> dict[str, LevelTrend | Refusal]:
    """Test the same of every area, by its key; see `compare_changes`."""
    return _judged(read_series("compare_all_changes", levels, nation=nation), settings, start)


def _judged(series: AreaSeries, settings: PeersSettings, start: date | None) -> dict[str, LevelTrend | Refusal]:
    """All areas' trends of one level, judged together; refused ones are not in the family."""
    by_area = {
        area: _changes(series.points.get(area, ()), series.national, series.indicator, settings.minimum_points)
        for area in series.areas
    }
    changes = {area: own for area, own in by_area.items() if isinstance(own, _Changes)}
    family = estimate_means(_table(changes), settings, known=[own.known for own in changes.values()])
    adjusted = adjust([float(p) for p in family.p_values], rule="bh")
    results = {
        area: _result(series, area, own, family, row, adjusted[row], settings, start)
        for row, (area, own) in enumerate(changes.items())
    }
    return {area: own if isinstance(own, Refusal) else results[area] for area, own in by_area.items()}


def _changes(points: Points, national: Points, indicator: str, minimum: int) -> _Changes | Refusal:
    """Changes from one year to the next within the last unbroken stretch."""
    known = [point for point in points if point.status != "projection"]
    rows = rows_of(points)
    if not known:
        code = "projection-only" if points else "not-published"
        return Refusal(code=code, method=METHOD, subject=indicator, inputs=rows)
    relative = index(known, [point for point in national if point.status != "projection"])
    last = relative[-1].segment if relative else 0
    pairs = [
        (a, b) for a, b in pairwise(relative) if b.year == a.year + 1 and a.segment == b.segment == last
    ]  # fmt: skip
    if len(pairs) < minimum:
        detail = f"{len(pairs)} of {minimum} yearly changes"
        return Refusal(code="too-few-points", method=METHOD, subject=indicator, detail=detail, inputs=rows)
    values = tuple(100 * log(b.value / a.value) for a, b in pairs)
    relative_errors = {p.year: 100 * (p.error or 0.0) / p.value for p in known}
    ends = _ends([b.year for _, b in pairs])
    squares = sum(relative_errors[year] ** 2 for year in ends)
    return _Changes(tuple(b.year for _, b in pairs), values, squares / len(pairs) ** 2)


def _ends(years: Sequence[int]) -> list[int]:
    """Years whose levels do not cancel in a sum of changes: first and last of each unbroken run."""
    before = {year - 1 for year in years}
    return sorted(before ^ set(years))


def _table(changes: Mapping[str, _Changes]) -> Table:
    years = sorted({year for each in changes.values() for year in each.years})
    table = np.full((len(changes), len(years)), np.nan)
    for row, each in enumerate(changes.values()):
        table[row, [years.index(year) for year in each.years]] = each.values
    return table


def _result(
    series: AreaSeries,
    area: str,
    changes: _Changes,
    family: TestedMeans,
    row: int,
    p_adjusted: float | None,
    settings: PeersSettings,
    start: date | None,
) -> LevelTrend:
    relative = index(series.points[area], series.national)
    mean, half = float(family.means[row]), float(family.halves[row])
    window = [point for point in relative if changes.years[0] - 1 <= point.year <= changes.years[-1]]
    official = sum(point.status in OFFICIAL for point in window)
    raised = {
        "unrevised-tail": (
            official < min(len(window), settings.conventions.minimum_official_points),
            f"{official} of {len(window)} years are official",
        ),
        "ends-before-policy": (ends_before(window[-1], start), str(changes.years[-1])),
    }
    clear = p_adjusted is not None and p_adjusted <= settings.multiplicity.bh_level
    return LevelTrend(
        area=area,
        indicator=series.indicator,
        unit="% a year",
        points=relative,
        first_year=window[0].year,
        last_year=window[-1].year,
        years=changes.years,
        differences=changes.values,
        years_above=sum(value > 0 for value in changes.values),
        smallest=min(changes.values),
        largest=max(changes.values),
        mean=mean,
        interval=Interval(low=mean - half, high=mean + half, level=LEVEL),
        standard_error=float(family.errors[row]),
        degrees=family.degrees_of(row),
        known_variance=float(family.known[row]),
        p_value=float(family.p_values[row]),
        p_adjusted=p_adjusted,
        verdict=("rising" if mean > 0 else "falling") if clear else "no clear trend",
        flags=series.flags_of([area])
        + window_flags([p.year for p in window], settings.conventions)
        + tuple(Flag(code=code, detail=text) for code, (is_so, text) in raised.items() if is_so),
        inputs=rows_of(window),
    )
