"""Vintages of published shares: years, maturities, the newest of each period."""

from collections import Counter
from collections.abc import Iterable, Sequence

from policyreport.errors import DataError
from policyreport.records.base import NEVER_ESTIMATED, Observation, Refusal
from policyreport.records.periods import YEAR, kind_of, year_of_period


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
