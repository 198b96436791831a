"""Is an area ahead of its region, the nation, its likes (METHODS §9)?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import KDTree

from policyreport.digits import as_published
from policyreport.errors import DataError, did_you_mean
from policyreport.methods.intervals import ALPHA
from policyreport.methods.multiplicity import adjust
from policyreport.methods.windows import window_flags
from policyreport.records.base import Flag, Interval, Refusal
from policyreport.records.series import Difference, PeerDistance, Peers

METHOD = "peers"
Comparator = Literal["nation", "rest of the nation", "region", "peers"]
COMPARATORS: tuple[Comparator, ...] = ("nation", "rest of the nation", "region", "peers")
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PeerPanel:
    """One indicator of all areas over years, and what makes areas alike; its arrays are not to be changed.

    Parameters
    ----------
    indicator, unit : str
        What is compared, in which unit.
    areas : tuple of str, length I
        Area keys.
    years : tuple of int, length T
        Calendar years, rising.
    values : ndarray, shape (I, T)
        The indicator; NaN where nothing is published.
    nation : ndarray, shape (T,)
        The published national value, which contains every area.
    regions : tuple of str, length I
        Region of each area.
    product : ndarray, shape (I,)
        Weight of each area in its region and the nation, any unit.
    likeness : ndarray, shape (I, V)
        Variables from before the policy by which areas are alike; NaN where unknown.
    measures : tuple of str
        Measures that occur in `values` and `nation`; more than one is refused.
    inputs : mapping of str to tuple of str
        Ledger rows behind each area's values; the nation's under ``"nation"``.
    errors : ndarray, shape (I, T), optional
        Standard deviation of recalculated values, 0 where a value was published.
    peers_by_output : bool
        Weight peers by `product`: a row of a specification table; their plain mean is the rule.
    """

    indicator: str
    unit: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    nation: Floats
    regions: tuple[str, ...]
    product: Floats
    likeness: Floats
    measures: tuple[str, ...] = ()
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Floats | None = None
    peers_by_output: bool = False

    def row(self, area: str) -> int:
        """Find an area.

        Parameters
        ----------
        area : str
            Area key.

        Returns
        -------
        int
            Its row in `values`.

        Raises
        ------
        DataError
            If the panel has no such area (with "did you mean").
        """
        if area not in self.areas:
            raise DataError(self.indicator, "an area of the panel", f'"{area}"', did_you_mean(area, self.areas))
        return self.areas.index(area)


def nearest(panel: PeerPanel, area: str, *, k: int) -> tuple[PeerDistance, ...]:
    """Find the areas most like one area.

    Parameters
    ----------
    panel : PeerPanel
        All areas.
    area : str
        Area key.
    k : int
        Number of peers.

    Returns
    -------
    tuple of PeerDistance
        The k nearest other areas, nearest first. Empty if one of the area's own
        variables is unknown or fewer than k others have all variables.

    Raises
    ------
    DataError
        If the panel has no such area.

    Notes
    -----
    Euclidean distance of z-scores over all areas that have every variable (standard deviation with n − 1).
    """
    row = panel.row(area)
    rows, distances = _peer_rows(panel, k)
    if not np.isfinite(distances[row]).all():
        return ()
    return tuple(
        PeerDistance(area=panel.areas[j], distance=float(distance))
        for j, distance in zip(rows[row], distances[row], strict=True)
    )


def assess(
    panel: PeerPanel,
    area: str,
    *,
    k: int,
    cutoff: float,
    minimum_points: int,
    rest_of_nation_above: float,
    weak_below: int,
    shock_years: Sequence[int],
) -> Peers | Refusal:
    """Compare one area with the nation, the rest of the nation, its region and its peers.

    Parameters
    ----------
    panel : PeerPanel
        All areas: the others give the comparators and the placebo positions.
    area : str
        Area key.
    k : int
        Number of peers.
    cutoff : float
        Distance of the k-th peer beyond which the peers get no verdict.
    minimum_points : int
        Fewest years of a mean difference.
    rest_of_nation_above : float
        Share of the national product above which the nation without the area is a comparator too.
    weak_below : int
        Number of years below which `weak` is raised.
    shock_years : sequence of int
        First years that raise `starts-in-shock`.

    Returns
    -------
    Peers or Refusal
        Differences in the order of `COMPARATORS`, each with a raw p-value and no verdict: verdicts need all
        areas, see `judge`. `not-published` or `measure-mixed` where there is nothing to compare.

    Raises
    ------
    DataError
        If the panel has no such area.

    Notes
    -----
    d_t = y_t − comparator_t; the mean has a t interval with T − 1 degrees of freedom, which treats years as
    draws. Errors e_t of recalculated values are added in quadrature: SE² = s²/T + Σ e_t²/T². A single year
    carries no interval but a placebo position among all areas' differences.

    References
    ----------
    Goldstein, Spiegelhalter (1996), JRSS A 159:385-443; Rosenbaum (2002), ch. 2.
    """
    row = panel.row(area)
    if len(set(panel.measures)) > 1:
        return _refuse("measure-mixed", panel, area, ", ".join(sorted(set(panel.measures))))
    if not np.isfinite(panel.values[row]).any():
        return _refuse("not-published", panel, area, "no value of the area")
    peers = nearest(panel, area, k=k)
    distant = bool(peers) and peers[-1].distance > cutoff
    detail = f"{peers[-1].distance:.2f} > {as_published(cutoff)}" if distant else ""
    no_peer = (Flag(code="no-close-peer", detail=detail),) if distant else ()
    differences = []
    for comparator in COMPARATORS:
        if comparator == "rest of the nation" and not _weight(panel)[row] > rest_of_nation_above:
            continue
        found = _difference(panel, row, comparator, k, minimum_points)
        if isinstance(found, Difference):
            flags = window_flags(found.years, weak_below=weak_below, shock_years=shock_years)
            found = found.model_copy(update={"flags": flags + (no_peer if comparator == "peers" else ())})
        differences.append(found)
    return Peers(
        area=area,
        indicator=panel.indicator,
        unit=panel.unit,
        peers=peers,
        differences=tuple(differences),
        flags=no_peer,
        inputs=tuple(panel.inputs.get(area, ())),
    )


def judge(results: Sequence[Peers | Refusal], *, level: float) -> tuple[Peers | Refusal, ...]:
    """Give the verdicts of all areas together.

    Parameters
    ----------
    results : sequence of Peers or Refusal
        What `assess` gave for every area of the edition on one indicator: the family.
    level : float
        Adjusted p-value up to which an area is singled out.

    Returns
    -------
    tuple of Peers or Refusal
        The same in the same order with `p_adjusted` and `verdict` filled in; peers that are not close
        (`no-close-peer`) count in the family and get no verdict.

    Raises
    ------
    ValueError
        If a p-value is outside 0 … 1.

    Notes
    -----
    Benjamini-Hochberg over the areas, per comparator. The difference to the rest of the nation is the one to
    the nation divided by 1 − weight, hence the same test: it takes the nation's adjusted p-value, not one of
    the few large areas' own small family.
    """
    adjusted = {
        comparator: adjust([_p_value(result, comparator) for result in results], rule="bh")
        for comparator in COMPARATORS
    }
    adjusted["rest of the nation"] = adjusted["nation"]
    judged: list[Peers | Refusal] = []
    for index, result in enumerate(results):
        if isinstance(result, Peers):
            differences = tuple(
                _with_verdict(each, adjusted[each.comparator][index], level) if isinstance(each, Difference) else each
                for each in result.differences
            )
            judged.append(result.model_copy(update={"differences": differences}))
        else:
            judged.append(result)
    return tuple(judged)


def _p_value(result: Peers | Refusal, comparator: Comparator) -> float | None:
    """The raw p-value of one comparator, None where it was refused."""
    if isinstance(result, Refusal):
        return None
    found = [each for each in result.differences if isinstance(each, Difference)]
    return next((each.p_value for each in found if each.comparator == comparator), None)


def _with_verdict(difference: Difference, p_adjusted: float | None, level: float) -> Difference:
    """Fill in the adjusted p-value and, unless its peers are not close, the verdict."""
    verdict = None
    if not difference.has_flag("no-close-peer"):
        clear = p_adjusted is not None and p_adjusted <= level
        verdict = ("above" if difference.mean > 0 else "below") if clear else "cannot tell apart"
    return difference.model_copy(update={"p_adjusted": p_adjusted, "verdict": verdict})


def _difference(
    panel: PeerPanel, row: int, comparator: Comparator, k: int, minimum_points: int
) -> Difference | Refusal:
    """Mean difference of one area to one comparator, with the placebo position of its latest year."""
    table = panel.values - _comparator_values(panel, comparator, k)
    known = np.flatnonzero(np.isfinite(table[row]))
    subject = f"{panel.areas[row]} {comparator}"
    if len(known) == 0:
        return _refuse("not-published", panel, subject, "no year with both values")
    if len(known) < minimum_points:
        return _refuse("too-few-points", panel, subject, f"{len(known)} of {minimum_points} years")
    values = table[row, known]
    mean, half, p_value = _mean_test(values, _errors(panel, row, comparator, k)[known])
    latest = table[np.isfinite(table[:, known[-1]]), known[-1]]
    return Difference(
        comparator=comparator,
        years=tuple(panel.years[t] for t in known),
        differences=tuple(values.tolist()),
        mean=mean,
        interval=Interval(low=mean - half, high=mean + half, level=1 - ALPHA),
        p_value=p_value,
        placebo_larger=int(np.count_nonzero(np.abs(latest) > abs(values[-1]))),
        placebo_of=len(latest),
        inputs=_comparator_inputs(panel, row, comparator, k),
    )


def _mean_test(values: Floats, errors: Floats) -> tuple[float, float, float]:
    """Mean, half-width of its t interval and two-sided p; differences without spread or error are certain."""
    n = len(values)
    mean, error = float(values.mean()), float(values.std(ddof=1)) / n**0.5
    if errors.any():
        error = float(np.hypot(error, np.sqrt((errors**2).sum()) / n))
    if error == 0:
        return mean, 0.0, float(mean == 0)
    p_value = 2 * stats.t.sf(abs(mean) / error, n - 1)
    return mean, float(stats.t.ppf(1 - ALPHA / 2, n - 1)) * error, float(p_value)


def _errors(panel: PeerPanel, row: int, comparator: Comparator, k: int) -> Floats:
    """Standard deviation of one area's differences from errors of recalculated values, its own and the comparator's."""
    if panel.errors is None:
        return np.zeros(panel.values.shape[1])
    squares = np.square(panel.errors)
    if comparator == "nation":
        return np.asarray(np.sqrt(squares[row]))
    if comparator == "rest of the nation":
        # y − (N − w y)/(1 − w) = (y − N)/(1 − w): the nation is as published.
        return np.asarray(np.sqrt(squares[row]) / (1 - _weight(panel)[row]))
    if comparator == "region":
        members = np.flatnonzero(np.array(panel.regions) == panel.regions[row])
        members, weights = members[members != row], panel.product
    else:
        members, weights = _peer_rows(panel, k)[0][row], panel.product
        weights = weights if panel.peers_by_output else np.ones(len(weights))
    shares = weights[members] / weights[members].sum()
    return np.asarray(np.sqrt(squares[row] + (shares[:, None] ** 2 * squares[members]).sum(axis=0)))


# Every area of a family asks for the same table, and each notebook judges the whole family.
@lru_cache(maxsize=8)
def _comparator_values(panel: PeerPanel, comparator: Comparator, k: int) -> Floats:
    """Every area's comparator, shape (I, T); NaN where a member of the comparator has no value."""
    if comparator == "nation":
        return np.broadcast_to(panel.nation, panel.values.shape)
    if comparator == "rest of the nation":
        weight = _weight(panel)[:, None]
        # Taking the area out of the published value keeps the statistics office's own total: areas need
        # not add up to it.
        return (panel.nation - weight * panel.values) / (1 - weight)
    if comparator == "region":
        return _region_values(panel)
    rows, distances = _peer_rows(panel, k)
    weights = panel.product[rows] if panel.peers_by_output else np.ones(rows.shape)
    means: Floats = (panel.values[rows] * weights[:, :, None]).sum(axis=1) / weights.sum(axis=1)[:, None]
    return np.where(np.isfinite(distances).all(axis=1, keepdims=True), means, np.nan)


def _region_values(panel: PeerPanel) -> Floats:
    """Product-weighted mean of the other members of each area's region; NaN where there is none."""
    result = np.full(panel.values.shape, np.nan)
    regions = np.array(panel.regions)
    for region in set(panel.regions):
        members = np.flatnonzero(regions == region)
        if len(members) > 1:
            weights = panel.product[members, None]
            weighted = weights * panel.values[members]
            result[members] = (weighted.sum(axis=0) - weighted) / (weights.sum() - weights)
    return result


def _comparator_inputs(panel: PeerPanel, row: int, comparator: Comparator, k: int) -> tuple[str, ...]:
    """Ledger rows behind one comparator."""
    if comparator in ("nation", "rest of the nation"):
        return tuple(panel.inputs.get("nation", ()))
    if comparator == "region":
        keys = [
            key
            for key, region in zip(panel.areas, panel.regions, strict=True)
            if region == panel.regions[row] and key != panel.areas[row]
        ]
    else:
        keys = [peer.area for peer in nearest(panel, panel.areas[row], k=k)]
    return tuple(sorted({line for key in keys for line in panel.inputs.get(key, ())}))


def _weight(panel: PeerPanel) -> Floats:
    """Each area's share of the national product."""
    weight: Floats = panel.product / np.nansum(panel.product)
    return weight


@lru_cache(maxsize=8)
def _peer_rows(panel: PeerPanel, k: int) -> tuple[NDArray[np.intp], Floats]:
    """Rows and distances of every area's k peers, shape (I, k); infinitely far where there are none."""
    likeness = panel.likeness
    rows = np.zeros((len(likeness), k), dtype=np.intp)
    distances = np.full((len(likeness), k), np.inf)
    known = np.flatnonzero(np.isfinite(likeness).all(axis=1))
    if len(known) <= k:
        return rows, distances
    spread = likeness[known].std(axis=0, ddof=1)
    scores = (likeness[known] - likeness[known].mean(axis=0)) / np.where(spread > 0, spread, 1)
    # A tree keeps thousands of areas linear in memory, where a matrix of distances would not.
    found, places = KDTree(scores).query(scores, k=k + 1)
    itself = places == np.arange(len(known))[:, None]
    keep = np.argsort(itself, axis=1, kind="stable")[:, :k]
    rows[known] = known[np.take_along_axis(places, keep, axis=1)]
    distances[known] = np.take_along_axis(found, keep, axis=1)
    return rows, distances


def _refuse(code: str, panel: PeerPanel, subject: str, detail: str) -> Refusal:
    """A refusal of this method."""
    return Refusal(code=code, method=METHOD, subject=f"{panel.indicator} {subject}", detail=detail)
