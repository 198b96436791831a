"""Is an area ahead of its region, the nation or its peers (METHODS §9, §20.1)?"""

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policyreport.data.points import read_series
from policyreport.params.methods import PeersSettings
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.digits import as_published
from policyreport.records.series import Difference, Peers
from policyreport.statistics.common.intervals import LEVEL
from policyreport.statistics.common.multiplicity import adjust
from policyreport.statistics.ranks.comparators import (
    COMPARATORS,
    Comparator,
    PeerPanel,
    arrange_panel,
    comparator_inputs,
    comparator_values,
    comparison_errors,
    nearest,
    product_share,
)
from policyreport.statistics.ranks.means import TestedMeans, estimate_means
from policyreport.statistics.series.windows import window_flags

METHOD = "peers"

PLANNED: tuple[Comparator, ...] = ("region",)
"""Comparisons planned for each area by itself, judged without adjustment."""

Floats = NDArray[np.float64]


def compare_with_peers(
    values: pd.DataFrame, area: str, settings: PeersSettings, traits: pd.DataFrame | None = None, *, nation: str = ""
) -> Peers | Refusal:
    """Compare one area's yearly values with the country's, its region's and its peers'.

    Parameters
    ----------
    values
        Rows of all areas and of the country with `area`, `year` and `value`, and what else `data.points` lists. All
        areas are needed: they give the comparators, the common variance and the adjustment of p-values.
    area
        In the frame (else DataError).
    traits
        A row an area: `area`, `region`, `weight`, and the variables of likeness that the settings name. Without it only
        the comparison with the country has an answer.
    nation
        Key of the country's rows, by default that in `attrs`.

    Returns
    -------
    Peers or Refusal
        Differences in the order of `COMPARATORS`; `not-published` or `measure-mixed` where there is nothing to
        compare. Peers that are not close (`no-close-peer`) count in the family and get no verdict. Also flagged where
        any area's series was recalculated, as it may be a comparator.

    Notes
    -----
    d_t = y_t − comparator_t; its mean is tested by `means.estimate_means` with the differences of all areas to their
    own comparator as family, and the p-values are adjusted by Benjamini-Hochberg over it. The difference to the own
    region is planned and judged alone. Errors e_t of recalculated values add Σ e_t²/T² to the variance of a mean. The
    difference to the rest of the nation is the one to the nation divided by 1 − weight, hence the same test. A
    single year gets no interval but a position among the other areas' differences.

    References
    ----------
    Goldstein, Spiegelhalter (1996), JRSS A 159:385-443; Rosenbaum (2002), ch. 2; Smyth (2004); Benjamini, Hochberg
    (1995).
    """
    series = read_series("compare_with_peers", values, nation=nation)
    series.require("compare_with_peers", area)
    panel = arrange_panel(series, traits, settings.variables)
    if panel is None:
        return series.not_published(METHOD)
    found = compare_in_panel(panel, area, settings)
    if isinstance(found, Refusal):
        return found
    return found.model_copy(update={"flags": found.flags + series.flags_of(series.areas)})


def compare_with_country(values: pd.DataFrame, settings: PeersSettings, *, nation: str = "") -> dict[str, Difference]:
    """Compare every area's yearly values with the country's, judged together; by area, without those refused.

    `values` and `nation` are as for `compare_with_peers`.
    """
    panel = arrange_panel(read_series("compare_with_country", values, nation=nation))
    if panel is None:
        return {}
    found = {area: _difference(panel, panel.row(area), "nation", settings, ()) for area in panel.areas}
    return {area: difference for area, difference in found.items() if isinstance(difference, Difference)}


def compare_in_panel(panel: PeerPanel, area: str, settings: PeersSettings) -> Peers | Refusal:
    """Compare one area of a panel, else DataError, with the nation, the rest of it, its region and its peers."""
    row = panel.row(area)
    if len(set(panel.measures)) > 1:
        return _refuse("measure-mixed", panel, area, ", ".join(sorted(set(panel.measures))))
    if not np.isfinite(panel.values[row]).any():
        return _refuse("not-published", panel, area, "no value of the area")
    peers = nearest(panel, area, k=settings.k)
    distant = bool(peers) and peers[-1].distance > settings.cutoff
    no_peer = (
        (Flag(code="no-close-peer", detail=f"{peers[-1].distance:.2f} > {as_published(settings.cutoff)}"),)
        if distant
        else ()
    )
    asked = [
        each
        for each in COMPARATORS
        if each != "rest of the nation" or product_share(panel)[row] > settings.rest_of_nation_above
    ]
    return Peers(
        area=area,
        indicator=panel.indicator,
        unit=panel.unit,
        peers=peers,
        differences=tuple(
            _difference(panel, row, each, settings, no_peer if each == "peers" else ()) for each in asked
        ),
        flags=no_peer,
        inputs=tuple(panel.inputs.get(area, ())),
    )


# Cached: a notebook asks for one area, the national one for all of them.
@lru_cache(maxsize=8)
def judged_together(
    panel: PeerPanel, comparator: Comparator, settings: PeersSettings
) -> tuple[TestedMeans, tuple[float | None, ...]]:
    """Test the mean differences of all areas to one kind of comparator.

    In the panel's order; the p-values are adjusted over the areas that have one.
    """
    table = panel.values - comparator_values(panel, comparator, settings.k)
    family = estimate_means(table, settings, known=_known_variances(panel, table, comparator, settings.k))
    p_values = [float(p) if np.isfinite(p) else None for p in family.p_values]
    return family, adjust(p_values, rule="bh")


def _known_variances(panel: PeerPanel, table: Floats, comparator: Comparator, k: int) -> Floats:
    """Variance of each mean from errors of recalculated values."""
    if panel.errors is None:
        return np.zeros(len(table))
    errors = np.array([comparison_errors(panel, row, comparator, k) for row in range(len(table))])
    there = np.isfinite(table)
    return np.asarray((errors**2 * there).sum(axis=1) / there.sum(axis=1).clip(1) ** 2)


def _difference(
    panel: PeerPanel, row: int, comparator: Comparator, settings: PeersSettings, flags: tuple[Flag, ...]
) -> Difference | Refusal:
    """Mean difference of one area to one comparator, with the facts behind it and its position in the latest year."""
    table = panel.values - comparator_values(panel, comparator, settings.k)
    known = np.flatnonzero(np.isfinite(table[row]))
    subject = f"{panel.areas[row]} {comparator}"
    if len(known) == 0:
        return _refuse("not-published", panel, subject, "no year with both values")
    if len(known) < settings.minimum_points:
        return _refuse("too-few-points", panel, subject, f"{len(known)} of {settings.minimum_points} years")
    years, values = tuple(panel.years[t] for t in known), table[row, known]
    latest = np.delete(table[:, known[-1]], row)
    latest = latest[np.isfinite(latest)]
    return Difference(
        comparator=comparator,
        years=years,
        differences=tuple(values.tolist()),
        years_above=int((values > 0).sum()),
        smallest=float(values.min()),
        largest=float(values.max()),
        placebo_larger=int(np.count_nonzero(np.abs(latest) > abs(values[-1]))),
        placebo_of=len(latest),
        flags=window_flags(years, settings.conventions) + flags,
        inputs=comparator_inputs(panel, row, comparator, settings.k),
        **_tested(panel, row, comparator, settings, shown_only=bool(flags)),
    )


def _tested(
    panel: PeerPanel, row: int, comparator: Comparator, settings: PeersSettings, *, shown_only: bool
) -> dict[str, object]:
    """Mean, interval, p-values and verdict; without a verdict where the comparison is only shown."""
    rest = comparator == "rest of the nation"
    family, adjusted = judged_together(panel, "nation" if rest else comparator, settings)
    scale = 1 / (1 - product_share(panel)[row]) if rest else 1.0
    mean, half = float(family.means[row] * scale), float(family.halves[row] * scale)
    p_value, planned = float(family.p_values[row]), comparator in PLANNED
    deciding = p_value if planned else adjusted[row]
    clear = deciding is not None and deciding <= settings.multiplicity.bh_level
    return {
        "mean": mean,
        "interval": Interval(low=mean - half, high=mean + half, level=LEVEL),
        "standard_error": float(family.errors[row] * scale),
        "degrees": family.degrees_of(row),
        "known_variance": float(family.known[row] * scale**2),
        "p_value": p_value,
        "p_adjusted": None if planned else adjusted[row],
        "planned": planned,
        "verdict": None if shown_only else ("above" if mean > 0 else "below") if clear else "cannot tell apart",
    }


def _refuse(code: str, panel: PeerPanel, subject: str, detail: str) -> Refusal:
    return Refusal(code=code, method=METHOD, subject=f"{panel.indicator} {subject}", detail=detail)
