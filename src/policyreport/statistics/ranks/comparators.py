"""One indicator of all areas, what each is compared with (nation, region, peers), and where it stands (METHODS §9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import KDTree

from policyreport.data.points import AreaSeries, common_years, read_series, require_columns, year_table
from policyreport.errors import DataError, did_you_mean
from policyreport.records.series import AreaMean, MeanDifferences, PeerDistance, SeriesPoint

Comparator = Literal["nation", "rest of the nation", "region", "peers"]
COMPARATORS: tuple[Comparator, ...] = ("nation", "rest of the nation", "region", "peers")
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PeerPanel:
    """One indicator of all areas over years, and what makes areas similar; its arrays must not be changed.

    Attributes
    ----------
    values : ndarray, shape (I, T)
        The indicator; NaN where nothing is published.
    nation : ndarray, shape (T,)
        The published national value, which includes every area.
    product : ndarray, shape (I,)
        Weight of each area in its region and the nation, any unit.
    likeness : ndarray, shape (I, V)
        Variables from before the policy that measure similarity; NaN where unknown.
    measures
        Measures that occur in `values` and `nation`; more than one is refused.
    inputs
        Ledger rows behind each area's values; the national ones under ``"nation"``.
    errors : ndarray, shape (I, T), optional
        Standard deviation of recalculated values, 0 where a value was published.
    peers_by_output
        Weight peers by `product`, a row of a specification table; by default their plain mean is used.
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
        """Find the row of an area in `values`; a DataError (with "did you mean") if there is none."""
        if area not in self.areas:
            raise DataError(self.indicator, "an area of the panel", f'"{area}"', did_you_mean(area, self.areas))
        return self.areas.index(area)


def arrange_panel(
    series: AreaSeries, traits: pd.DataFrame | None = None, variables: Sequence[str] = ()
) -> PeerPanel | None:
    """Arrange the values of all areas, the country's and what makes areas alike; None without a common year.

    `traits` has a row an area: `area`, `region`, `weight` (of an area in its region and the country) and the
    `variables` that make areas alike. Without it areas are comparable with the country only.
    """
    years = common_years(series)
    if not years or not series.national:
        return None
    alone = pd.DataFrame({"area": series.areas, "region": series.areas, "weight": np.nan})
    known = alone if traits is None else require_columns("traits", traits, ["area", "region", "weight", *variables])
    known = known.set_index("area").reindex(list(series.areas))
    likeness = known[list(variables)] if traits is not None else pd.DataFrame({"unknown": known["weight"]})
    return PeerPanel(
        indicator=series.indicator,
        unit=series.unit,
        areas=series.areas,
        years=years,
        values=year_table(series.points, series.areas, years),
        nation=year_table(series.points, [series.nation], years)[0],
        regions=tuple(known["region"]),
        product=known["weight"].to_numpy(float),
        likeness=likeness.to_numpy(float),
        measures=(series.measure,),
        errors=_errors(series, years),
        inputs={area: tuple(row for p in series.points.get(area, ()) for row in p.inputs) for area in series.areas}
        | {"nation": tuple(row for p in series.national if p.year in years for row in p.inputs)},
    )


def weighted_mean(values: pd.DataFrame, traits: pd.DataFrame) -> tuple[SeriesPoint, ...]:
    """Average the areas' values by their weight, in the years in which every area and the country have one."""
    series = read_series("weighted_mean", values)
    panel = arrange_panel(series, traits)
    if panel is None or not np.isfinite(panel.product).all():
        return ()
    weights = panel.product / panel.product.sum()
    rows = tuple(row for area in panel.areas for row in panel.inputs[area])
    return tuple(
        SeriesPoint(year=year, value=float(weights @ of_year), status="derived", inputs=rows)
        for year, of_year in zip(panel.years, panel.values.T, strict=True)
        if np.isfinite(of_year).all()
    )


def _errors(series: AreaSeries, years: Sequence[int]) -> Floats | None:
    """Standard deviations of recalculated values by area and year; None where all were published."""
    points = [series.points.get(area, ()) for area in series.areas]
    if all(point.error is None for own in points for point in own):
        return None
    by_year = [{point.year: point.error or 0.0 for point in own} for own in points]
    return np.array([[errors.get(year, 0.0) for year in years] for errors in by_year])


def nearest(panel: PeerPanel, area: str, *, k: int) -> tuple[PeerDistance, ...]:
    """Find the k other areas most similar to one area, nearest first.

    Empty if one of the area's own variables is unknown or fewer than k others have all variables.

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


def comparison_errors(panel: PeerPanel, row: int, comparator: Comparator, k: int) -> Floats:
    """Standard deviation of one area's yearly differences due to recalculated values on both sides."""
    if panel.errors is None:
        return np.zeros(panel.values.shape[1])
    squares = np.square(panel.errors)
    if comparator == "nation":
        return np.asarray(np.sqrt(squares[row]))
    if comparator == "rest of the nation":
        # y − (N − w y)/(1 − w) = (y − N)/(1 − w): the nation is as published.
        return np.asarray(np.sqrt(squares[row]) / (1 - product_share(panel)[row]))
    if comparator == "region":
        members = np.flatnonzero(np.array(panel.regions) == panel.regions[row])
        members, weights = members[members != row], panel.product
    else:
        members, weights = _peer_rows(panel, k)[0][row], panel.product
        weights = weights if panel.peers_by_output else np.ones(len(weights))
    shares = weights[members] / weights[members].sum()
    return np.asarray(np.sqrt(squares[row] + (shares[:, None] ** 2 * squares[members]).sum(axis=0)))


# Cached: every area of a family needs the same table, and each notebook judges the whole family.
@lru_cache(maxsize=8)
def comparator_values(panel: PeerPanel, comparator: Comparator, k: int) -> Floats:
    """Every area's comparator, shape (I, T); NaN where a member of the comparator has no value."""
    if comparator == "nation":
        return np.broadcast_to(panel.nation, panel.values.shape)
    if comparator == "rest of the nation":
        weight = product_share(panel)[:, None]
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


def comparator_inputs(panel: PeerPanel, row: int, comparator: Comparator, k: int) -> tuple[str, ...]:
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


def product_share(panel: PeerPanel) -> Floats:
    """Each area's share of the national product."""
    weight: Floats = panel.product / np.nansum(panel.product)
    return weight


@lru_cache(maxsize=8)
def _peer_rows(panel: PeerPanel, k: int) -> tuple[NDArray[np.intp], Floats]:
    """Rows and distances of every area's k peers, shape (I, k); infinite distance where there are none."""
    likeness = panel.likeness
    rows = np.zeros((len(likeness), k), dtype=np.intp)
    distances = np.full((len(likeness), k), np.inf)
    known = np.flatnonzero(np.isfinite(likeness).all(axis=1))
    if len(known) <= k:
        return rows, distances
    spread = likeness[known].std(axis=0, ddof=1)
    scores = (likeness[known] - likeness[known].mean(axis=0)) / np.where(spread > 0, spread, 1)
    # The memory of a tree is linear in the number of areas, that of a distance matrix is not.
    found, places = KDTree(scores).query(scores, k=k + 1)
    itself = places == np.arange(len(known))[:, None]
    keep = np.argsort(itself, axis=1, kind="stable")[:, :k]
    rows[known] = known[np.take_along_axis(places, keep, axis=1)]
    distances[known] = np.take_along_axis(found, keep, axis=1)
    return rows, distances


def mean_differences(values: pd.DataFrame, *, nation: str = "") -> MeanDifferences | None:
    """Average every area's yearly differences to the country; None without a common year.

    `values` and `nation` are as for `compare_with_peers`.
    """
    panel = arrange_panel(read_series("mean_differences", values, nation=nation))
    if panel is None:
        return None
    means = np.nanmean(panel.values - panel.nation, axis=1)
    return MeanDifferences(
        first_year=panel.years[0],
        last_year=panel.years[-1],
        recalculated=panel.errors is not None,
        means=tuple(
            AreaMean(area=area, mean=float(mean), inputs=panel.inputs.get(area, ()))
            for area, mean in zip(panel.areas, means, strict=True)
        ),
        inputs=panel.inputs.get("nation", ()),
    )
