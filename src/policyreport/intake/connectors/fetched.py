"""What every connector hands over: rows in the long form of the ledger, their source, and the answer itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd

from policyreport.data.observations.ledger import TEXT
from policyreport.data.sources import Provenance, require_sound
from policyreport.errors import ConnectError, DataError
from policyreport.intake.connectors.web import BY_HAND
from policyreport.params.connectors import Target
from policyreport.params.limits import NUMBER_DIGITS, NUMBER_SIZE
from policyreport.params.untrusted import read_json, require_day
from policyreport.records.base import Status
from policyreport.records.digits import as_published
from policyreport.records.periods import period_bounds

# The year publishers' programs write where nobody entered a date.
_NO_DATE = 9999


@dataclass(frozen=True)
class Fetched:
    """One table fetched from a publisher.

    `rows` has the text columns of a raw file, one row a figure; `raw` is the publisher's answer as it came, with the
    ending `suffix`. `name` is the table's path below data/raw without ending: ``world-bank/SP.POP.TOTL-2026-07-01``.
    """

    rows: pd.DataFrame
    source: Provenance
    raw: bytes
    name: str
    suffix: str

    def __post_init__(self) -> None:
        """Check everything that goes into the sidecar, the publisher's texts and address included."""
        where = f"fetched {self.name}"
        require_sound(self.source, where, ConnectError)
        require_day(date.fromisoformat(self.source.published), f"{where}: published", ConnectError)


def ledger_row(
    target: Target, published: str, *, area: str, period: str, figure: Decimal, status: Status, quality: str = ""
) -> dict[str, str]:
    """Put one published figure into the ledger's columns."""
    return dict.fromkeys(TEXT, "") | {
        "area": area,
        "indicator": target.indicator,
        "measure": target.measure,
        "period": period,
        "published": published,
        "value": as_published(target.value(figure)),
        "unit": target.unit,
        "status": status,
        "quality": quality,
    }


def checked_figure(figure: Decimal | str, where: str) -> Decimal:
    """Read a figure as published; DataError if it is no finite number within the limits of size and digits."""
    try:
        number = Decimal(figure)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > NUMBER_SIZE or len(number.as_tuple().digits) > NUMBER_DIGITS:
        raise DataError(where, f"a number up to {NUMBER_SIZE:.0e}", f'"{str(figure)[:40]}"', BY_HAND)
    return number


def checked_period(period: str, where: str) -> str:
    """Return a period of the ledger; DataError if it is none, or in a year that no figure can be of."""
    try:
        first, last = period_bounds(period)
    except ValueError:
        raise DataError(where, "a period such as 2024, 2024-Q3 or 2024-10", f'"{period[:40]}"', BY_HAND) from None
    for day in (first, last):
        require_day(day, where)
    return period


def read_answer(body: bytes, where: str, expected: str) -> Any:
    """Read an answer in JSON, or stop with one message."""
    try:
        return read_json(body)
    except ValueError as error:
        got = f"{len(body)} bytes that break off or are not JSON ({error})"
        raise ConnectError(where, expected, got, BY_HAND) from None


@contextmanager
def understood(where: str, expected: str) -> Iterator[None]:
    """Turn what an answer in another form raises into one message."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        got = f"another structure ({type(error).__name__}: {' '.join(str(error).split())[:120]})"
        raise ConnectError(where, expected, got, BY_HAND) from None


def to_rows(rows: Sequence[Mapping[str, str]], where: str) -> pd.DataFrame:
    """Make the table of a fetch from `ledger_row`s, by indicator, area and period; ConnectError if there are none."""
    if not rows:
        todo = "Ask for other years; the publisher may not have the figures yet."
        raise ConnectError(where, "at least one figure", "none", todo)
    table = pd.DataFrame(rows, columns=list(TEXT), dtype="str")
    return table.sort_values(["indicator", "area", "period"], kind="stable", ignore_index=True)


def republished(fetched: Fetched, day: str) -> Fetched:
    """Replace the day of publication by one that a person states; the sidecar notes the publisher's own date."""
    own = fetched.source.published
    note = f"{fetched.source.note} The publisher's own date is {own}; published was stated on fetching.".strip()
    source = replace(fetched.source, published=day, note=note)
    name = fetched.name.removesuffix(own) + day
    return replace(fetched, rows=fetched.rows.assign(published=day), source=source, name=name)


def day_of(stamp: str, hours_from_utc: int, accessed: date, where: str) -> tuple[str, str]:
    """Give the day of a publisher's stamp, or the day of access with a note for the sidecar if the stamp is empty.

    `stamp` is like ``2026-08-15T02:00:00Z``, empty or in the year 9999 if nobody entered one; `hours_from_utc` is the
    publisher's clock. Raises ConnectError if it is no point in time.
    """
    unknown = "The publisher gives no day of the last update: published is the day of access."
    if not stamp:
        return accessed.isoformat(), unknown
    try:
        moment = datetime.fromisoformat(stamp)
        if moment.year == _NO_DATE:
            return accessed.isoformat(), unknown
        return (moment + timedelta(hours=hours_from_utc)).date().isoformat(), ""
    except (ValueError, OverflowError):
        raise ConnectError(where, "a stamp such as 2026-08-15T02:00:00Z", f'"{stamp[:40]}"', BY_HAND) from None
