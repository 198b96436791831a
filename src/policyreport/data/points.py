"""Frames of yearly values, and the points and tables that estimators compute with.

The only place where one becomes the other. A frame has a row an area and year:

========== ===========================================================================================
area       key or name of the area; not needed where a frame holds one series
year       calendar year
value      number in the frame's unit; rows without one are left out
status     observed, derived, preliminary, estimate or projection; by default observed
segment    counts the unbroken stretches of one definition, by default one
begun      first day of what the figure covers, where that is not the year's
low, high  hard range of a recalculated value
error      its standard deviation
scaled     the value in standard deviations over areas, where the scale changes from year to year
rows       ledger rows behind the value
========== ===========================================================================================

and in `attrs`, all optional: `indicator`, `unit`, `measure`, `series` ("own", "minus nation", "minus mean"), `nation`
(key of the country's rows), `areas` (those that are judged together), `calendar` (segment by year in which the measure
was published for areas in general), `revised` (years in which some questions changed), `flags` (codes by area) and
`direction` ("lower" where less is better).
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise
from typing import Any, Literal, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from policyreport.errors import DataError, did_you_mean
from policyreport.records.base import Flag, Refusal
from policyreport.records.series import SeriesPoint

Points = tuple[SeriesPoint, ...]
Key = TypeVar("Key", bound=Hashable)
Kind = Literal["own", "minus nation", "minus mean"]
OPTIONAL: dict[str, Any] = {
    "status": "observed",
    "segment": 0,
    "begun": None,
    "low": None,
    "high": None,
    "error": None,
    "rows": (),
}
JUDGED = {name: OPTIONAL[name] for name in ("status", "segment")}
"""What counts of a value in another scale."""
COLUMNS = ["area", "year", "value", *OPTIONAL]
FIELDS = {"rows": "inputs"}
"""Columns that a point has by another name."""
TYPES: dict[str, type] = {"year": int, "value": float, "segment": int, "low": float, "high": float, "error": float}


def _or_none(value: Any) -> Any:
    return None if value is None or value != value else value


READ: dict[str, Callable[[Any], Any]] = {
    "status": str,
    "segment": int,
    "begun": _or_none,
    "low": _or_none,
    "high": _or_none,
    "error": _or_none,
    "rows": lambda rows: tuple(rows.split()) if isinstance(rows, str) else tuple(rows),
}
"""How a cell of each column is read."""


@dataclass(frozen=True)
class AreaSeries:
    """The yearly values of one frame, by area, and what its `attrs` tell of them.

    `areas` are judged together; `points` may hold more, such as the country's. `scaled` is None without that column.
    """

    points: Mapping[str, Points]
    areas: tuple[str, ...]
    scaled: Mapping[str, Points] | None = None
    indicator: str = "value"
    unit: str = ""
    measure: str = ""
    series: Kind = "own"
    nation: str = ""
    calendar: Mapping[int, int] | None = None
    revised: tuple[int, ...] = ()
    flags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    larger_is_better: bool = True

    @property
    def national(self) -> Points:
        """The country's own values."""
        return self.points.get(self.nation, ())

    def flags_of(self, areas: Sequence[str]) -> tuple[Flag, ...]:
        """What is known of any of these areas' series, each code once, in alphabetical order."""
        codes = {code for area in areas for code in self.flags.get(area, ())}
        return tuple(Flag(code=code) for code in sorted(codes))

    def not_published(self, method: str) -> Refusal:
        """Refuse because there is no figure."""
        return Refusal(code="not-published", method=method, subject=self.indicator)

    def require(self, place: str, area: str) -> None:
        """Raise a DataError, with "did you mean", if an area is neither judged nor in the frame."""
        if area not in self.areas and area not in self.points:
            raise DataError(place, "an area of the frame", f'"{area}"', did_you_mean(area, self.areas))


def to_frame(series: Mapping[str, Sequence[SeriesPoint]], /, **attrs: Any) -> pd.DataFrame:
    """Put the points of areas into a frame, in their order."""
    pairs = [(area, point) for area, points in series.items() for point in points]
    columns: dict[str, list[Any]] = {"area": [area for area, _ in pairs]}
    columns |= {name: [getattr(point, FIELDS.get(name, name)) for _, point in pairs] for name in COLUMNS[1:]}
    frame = pd.DataFrame({name: pd.Series(cells, dtype=TYPES.get(name, object)) for name, cells in columns.items()})
    frame.attrs |= attrs
    return frame


def read_series(place: str, frame: pd.DataFrame, *, one: bool = False, nation: str = "") -> AreaSeries:
    """Read a frame's points; `place` names the function in messages.

    `one` asks for a single series, which needs no column `area`. `nation` is the key of the country's rows, by default
    that in `attrs`. An empty frame without the name of an indicator, a missing column or a year that occurs twice is a
    DataError.
    """
    frame = require_columns(place, frame, ["year", "value"] if one else ["area", "year", "value"])
    about = {key: value for key, value in frame.attrs.items() if key in AreaSeries.__dataclass_fields__}
    # Without attrs, which pandas copies with every column taken.
    bare = frame.copy(deep=False)
    bare.attrs = {}
    keys = bare["area"].tolist() if "area" in bare else [""] * len(bare)
    points = read_points(place, bare, keys)
    scaled = read_points(place, bare, keys, "scaled", JUDGED) if "scaled" in bare else None
    if one and len(points) > 1:
        got = f"{len(points)}: {', '.join(list(points)[:3])}, …"
        raise DataError(place, "the rows of one area", got, 'Choose one: frame.query("area == @area").')
    about["nation"] = nation or about.get("nation", "")
    about.setdefault("areas", tuple(area for area in points if area != about["nation"]))
    return AreaSeries(
        **about | {"points": points, "scaled": scaled},
        larger_is_better=frame.attrs.get("direction") != "lower",
    )


def require_columns(place: str, frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Check that a frame has rows and these columns; DataError otherwise."""
    if not isinstance(frame, pd.DataFrame):
        remedy = 'Put the values into one: pandas.DataFrame({"year": …, "value": …}).'
        raise DataError(place, "a DataFrame", f"a {type(frame).__name__}", remedy)
    for column in columns:
        if column not in frame:
            named = ", ".join(map(str, frame.columns))
            hint = did_you_mean(column, [str(name) for name in frame.columns])
            remedy = hint or "Rename the column that holds it: frame.rename(columns={…})."
            raise DataError(place, f'a column "{column}"', f"columns {named}", remedy)
    # Where an edition was opened, no rows mean that nothing was published; that is answered by a refusal.
    if frame.empty and "indicator" not in frame.attrs:
        raise DataError(place, "at least one row", "an empty frame", "Check the file, and what was selected from it.")
    return frame


def common_years(series: AreaSeries) -> tuple[int, ...]:
    """Years in which any area has a value, and the country too where the frame has its rows, rising."""
    years = {point.year for area in series.areas for point in series.points.get(area, ())}
    return tuple(sorted(years & {point.year for point in series.national} if series.nation else years))


def rows_behind(series: AreaSeries) -> tuple[str, ...]:
    """Every ledger row behind the areas' values, and behind the country's in the same years."""
    years = set(common_years(series))
    national = {row for point in series.national if point.year in years for row in point.inputs}
    return tuple(sorted(national | rows_of_areas(series)))


def rows_of(points: Iterable[SeriesPoint]) -> tuple[str, ...]:
    """Every ledger row behind some values, sorted."""
    return tuple(sorted({row for point in points for row in point.inputs}))


def rows_of_areas(series: AreaSeries) -> set[str]:
    """Every ledger row behind the areas' values."""
    return {row for area in series.areas for point in series.points.get(area, ()) for row in point.inputs}


def year_table(points: Mapping[str, Points], areas: Sequence[str], years: Sequence[int]) -> NDArray[np.float64]:
    """Arrange values by area and year, NaN where there is none."""
    column = {year: at for at, year in enumerate(years)}
    table = np.full((len(areas), len(years)), np.nan)
    for row, area in enumerate(areas):
        for point in points.get(area, ()):
            if point.year in column:
                table[row, column[point.year]] = point.value
    return table


def read_points(
    place: str, frame: pd.DataFrame, keys: Iterable[Key], column: str = "value", optional: Mapping[str, Any] = OPTIONAL
) -> dict[Key, Points]:
    """Read the points of a column by the key of each row, in order of years; rows without a value are left out."""
    present = frame[column].notna()
    known = frame[present]
    try:
        given = {"year": known["year"].astype(int).tolist(), "value": known[column].astype(float).tolist()}
    except ValueError as wrong:
        raise DataError(place, "years and values as numbers", str(wrong), "Correct the column, or its type.") from None
    for name in optional:
        if name in known:
            given[FIELDS.get(name, name)] = [READ[name](value) for value in known[name].tolist()]
    series: dict[Key, list[SeriesPoint]] = {}
    for key, cells in zip(compress(keys, present), zip(*given.values(), strict=True), strict=True):
        series.setdefault(key, []).append(SeriesPoint(**dict(zip(given, cells, strict=True))))
    return {key: _in_order(place, key, points) for key, points in series.items()}


def _in_order(place: str, area: Hashable, points: list[SeriesPoint]) -> Points:
    """Points by year, each once."""
    ordered = sorted(points, key=lambda point: point.year)
    for earlier, later in pairwise(ordered):
        if earlier.year == later.year:
            got = f"two for {later.year}" + (f' of "{area}"' if area else "")
            raise DataError(place, "one value an area and year", got, "Select one measure and vintage first.")
    return tuple(ordered)
