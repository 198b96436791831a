"""Published shares as a data frame, one row per figure, and as the methods take them; maturities of their vintages."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import pandas as pd
from pydantic import ValidationError

from policyreport.errors import DataError, did_you_mean
from policyreport.params.methods import ThresholdSettings
from policyreport.records.base import NEVER_ESTIMATED, Observation, Refusal, misfit
from policyreport.records.periods import YEAR, kind_of, year_of_period
from policyreport.statistics.shares.revision_error import RevisionPrior

PLACE = "frame of shares"
REQUIRED = ("area", "period", "published", "value")
COLUMNS = {
    "area": "key of an area",
    "name": "its name; default: the key",
    "part_of": "of a former province, the area that it became part of; default: none",
    "level": "national or province, which says how far a figure may be revised; default: province",
    "indicator": "default: share",
    "measure": "how it is measured; default: one measure",
    "period": "such as 2025 or 2025Q3",
    "reference_date": "day that the figure refers to, where it has one",
    "published": "day of publication",
    "value": "the figure",
    "bound": "= (default), or ~, > or <",
    "unit": "default: %",
    "status": "observed (default), estimate, preliminary, projection or derived",
    "source": "default: none",
    "note": "default: none",
    "rows": "ids of the ledger rows behind the figure; default: the row's number",
}
"""Columns of a frame of shares. Any other than the four required may be missing."""


def year_of(observation: Observation) -> int:
    """Read the calendar year of a period, ``2025`` or ``2025Q3``; a DataError if it does not begin with one."""
    text = observation.period[:4]
    if len(text) == 4 and text.isdecimal():
        return int(text)
    raise DataError(
        observation.id,
        "a period that begins with a year",
        f'"{observation.period}"',
        "Fix the period of the row.",
    )


def maturity(observation: Observation) -> int:
    """Count the years from a value's period to its publication."""
    return observation.published.year - year_of(observation)


def published_order(vintages: Iterable[Observation]) -> list[Observation]:
    """Sort values by area, period and publication date; those of one day by their row id."""
    return sorted(vintages, key=lambda each: (each.area, each.period, each.published, each.id))


def enters_estimates(observation: Observation) -> bool:
    """Whether a value is exact and neither projected nor derived (METHODS §0)."""
    return observation.bound == "=" and observation.status not in NEVER_ESTIMATED


def newest_of_each_year(vintages: Iterable[Observation]) -> dict[int, Observation]:
    """Select the newest vintage of every calendar year; values for part of a year or several years are skipped."""
    by_day = sorted(vintages, key=lambda each: (each.published, each.id))
    # Later entries replace earlier ones, so the newest of each year remains.
    newest = {year: each for each in by_day if (year := year_of_period(each.period)) is not None}
    return {year: newest[year] for year in sorted(newest)}


def yearly(vintages: Iterable[Observation]) -> list[Observation]:
    """Keep the values of whole calendar years, in order; a malformed period is a DataError."""
    return [each for each in vintages if _kind(each) == YEAR]


def of_one_kind(vintages: Sequence[Observation]) -> list[Observation]:
    """Keep comparable periods: years or, without any, those of the commonest kind."""
    kinds = Counter(_kind(each) for each in vintages)
    kept = YEAR if YEAR in kinds else next((kind for kind, _ in kinds.most_common(1)), "")
    return [each for each in vintages if _kind(each) == kept]


def _kind(observation: Observation) -> str:
    if kind := kind_of(observation.period):
        return kind
    raise DataError(observation.id, "a period", f'"{observation.period}"', "Fix the period of the row.")


def refuse_mixed(vintages: Sequence[Observation], method: str, *, one_area: bool) -> Refusal | None:
    """Refuse values of more than one measure, or of more than one area if `one_area`, as `measure-mixed`."""
    kinds = sorted({f"{each.indicator}/{each.measure} ({each.unit})" for each in vintages})
    areas = sorted({each.area for each in vintages}) if one_area else []
    if len(kinds) < 2 and len(areas) < 2:
        return None
    return Refusal(
        code="measure-mixed",
        method=method,
        subject=vintages[0].indicator,
        detail="; ".join(kinds if len(kinds) > 1 else areas),
        inputs=ids(vintages),
    )


def refuse_absent(vintages: Sequence[Observation], method: str, subject: str, detail: str) -> Refusal:
    """Say why no value enters: only projections were published (`projection-only`), or none (`not-published`)."""
    projected = any(each.status == "projection" for each in vintages)
    code = "projection-only" if projected else "not-published"
    return Refusal(code=code, method=method, subject=subject, detail=detail, inputs=ids(vintages))


def ids(vintages: Iterable[Observation]) -> tuple[str, ...]:
    """Collect ledger row ids, sorted, without repetition."""
    return tuple(sorted({each.id for each in vintages}))


@dataclass(frozen=True)
class Shares:
    """The figures of a frame in its order, and what the frame is about.

    Attributes
    ----------
    area
        The area that is judged; the frame may hold its former parts and other areas too.
    names, parts
        Names of areas, and the area's former parts, in the frame's order.
    measures, paced
        Measures in the order of results, and those whose pace is measured.
    headline
        The measure that is asked for even where nothing was published.
    other_quantity
        Indicator that is announced with the share but is another quantity.
    """

    figures: tuple[Observation, ...]
    area: str
    indicator: str
    measures: tuple[str, ...]
    paced: tuple[str, ...]
    headline: str
    level: Literal["national", "province"] = "province"
    other_quantity: str = ""
    names: dict[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()

    def vintages(self, measure: str, area: str = "", indicator: str = "") -> tuple[Observation, ...]:
        """Select every known vintage by one measure, by period and date of publication.

        By default those of the area's share; a former part or another quantity can be given.
        """
        wanted = (area or self.area, indicator or self.indicator, measure)
        own = [each for each in self.figures if (each.area, each.indicator, each.measure) == wanted]
        return tuple(sorted(own, key=lambda each: (each.period, each.published)))

    def prior(self, settings: ThresholdSettings) -> RevisionPrior:
        """Return the prior on revisions for the level of the area."""
        national = self.level == "national"
        return RevisionPrior(
            degrees=settings.prior_degrees,
            scale=settings.prior_scale_national if national else settings.prior_scale_province,
            settled_maturity=settings.settled_maturity,
            settled_scale=settings.settled_scale,
        )

    def not_published(self, method: str, measure: str) -> Refusal:
        """Refuse because no figure by a measure was published."""
        return Refusal(code="not-published", method=method, subject=f"{self.indicator} ({measure})")


def read_shares(shares: pd.DataFrame) -> Shares:
    """Read a frame of shares with the columns of `COLUMNS`.

    Its `attrs` may say what it is about: `area`, `indicator`, `measures`, `paced`, `headline`, `other_quantity`, as in
    `Shares`. A frame that names its area may be empty: then nothing was published.

    Raises DataError if a required column is missing, the frame is empty or about several areas, or a cell cannot be
    read.
    """
    if missing := [name for name in REQUIRED if name not in shares]:
        todo = did_you_mean(missing[0], [str(name) for name in shares.columns])
        raise DataError(PLACE, f"the columns {', '.join(REQUIRED)}", f'no column "{missing[0]}"', todo)
    about = shares.attrs
    if shares.empty and "area" not in about:
        raise DataError(PLACE, "a row for each figure", "an empty frame", "Check what was read or selected.")
    figures, rows = read_figures(shares), shares.to_dict("records")
    area = about.get("area") or _only(figures, "area")
    indicator = about.get("indicator") or _only(figures, "indicator")
    measures = tuple(about.get("measures") or dict.fromkeys(each.measure for each in figures))
    return Shares(
        figures=figures,
        area=area,
        indicator=indicator,
        measures=measures,
        paced=tuple(about.get("paced") or measures),
        headline=about.get("headline") or measures[0],
        level=next((row["level"] for row in rows if row["area"] == area and "level" in row), "province"),
        other_quantity=about.get("other_quantity", ""),
        names={row["area"]: row.get("name", row["area"]) for row in rows},
        parts=tuple(dict.fromkeys(row["area"] for row in rows if row.get("part_of") == area)),
    )


def read_figures(frame: pd.DataFrame) -> tuple[Observation, ...]:
    """Read the figures of a frame, in its order."""
    rows = frame.to_dict("records")
    return tuple(_figure(row, number) for number, row in zip(frame.index, rows, strict=True))


def _only(figures: tuple[Observation, ...], what: Literal["area", "indicator"]) -> str:
    found = sorted({str(getattr(each, what)) for each in figures})
    if len(found) > 1:
        todo = f'Select one: shares[shares["{what}"] == "{found[0]}"].'
        raise DataError(PLACE, f"figures of one {what}", f"{len(found)} of them", todo)
    return found[0]


def _figure(row: dict[Hashable, Any], number: Hashable) -> Observation:
    """One published figure."""
    given: dict[str, Any] = {"indicator": "share", "unit": "%", "status": "observed", "source": ""}
    given |= {str(key): value for key, value in row.items() if key in Observation.model_fields and not _empty(value)}
    for name in ("period", "measure"):
        if name in given:
            given[name] = str(given[name])
    for name in ("published", "reference_date"):
        if name in given:
            given[name] = _day(given[name], f'{PLACE}, row {number}, column "{name}"')
    rows = row.get("rows", ())
    given["id"] = rows[0] if isinstance(rows, (tuple, list)) and rows else f"row {number}"
    try:
        return Observation.model_validate(given)
    except ValidationError as error:
        raise DataError(f"{PLACE}, row {number}", "a figure", misfit(error), "Correct the cell.") from None


def _empty(value: Any) -> bool:
    return not isinstance(value, (tuple, list)) and bool(pd.isna(value))


def _day(value: Any, place: str) -> date:
    try:
        day: date = pd.Timestamp(value).date()
    except ValueError:
        raise DataError(place, "a day such as 2026-01-05", f'"{value}"', "Write the day so.") from None
    return day
