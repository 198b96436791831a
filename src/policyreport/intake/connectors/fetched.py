"""Fetched figures: the rows of a table and its sidecar, compared with the ledger, and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

from policyreport.data.observations.known import KEY
from policyreport.data.observations.ledger import TEXT, check_raw, parse, read_raw
from policyreport.data.sources import SIDECAR, Provenance, original_path, read_sources, require_sound
from policyreport.errors import ConnectError, DataError
from policyreport.intake.connectors.web import BY_HAND
from policyreport.intake.delivery import Delivery, Figure, Original
from policyreport.intake.writing import write_deliveries
from policyreport.params.connectors import Target
from policyreport.params.limits import NUMBER_DIGITS, NUMBER_SIZE
from policyreport.params.untrusted import read_json, require_day
from policyreport.records.base import Status
from policyreport.records.digits import as_published
from policyreport.records.periods import period_bounds

# The year publishers' programs write where nobody entered a date.
_NO_DATE = 9999

# A vintage differs from the one before it if one of these does.
_FIGURE = ("value", "bound", "unit", "status")


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


def preview(rows: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Compare rows with the newest vintage of each key.

    Returns one row for each fetched row, in order and with its index: `change` (new, revised, unchanged, refused),
    `before` and `after` (figure and status as text), `reason` (of a refusal), `held` (whether the ledger has a figure
    of this key and day). Refused are another figure for a day that already has one in the ledger, and a figure older
    than the ledger's newest that differs from it.
    """
    after = parse(rows.assign(source="").set_axis([f"fetched#{at}" for at in rows.index]))
    newest = ledger.sort_values("published", kind="stable").drop_duplicates(list(KEY), keep="last")
    columns = [*KEY, *_FIGURE, "published"]
    both = after[columns].merge(newest[columns], on=list(KEY), how="left", suffixes=("", "_before"))
    days = ledger[[*KEY, "published"]].drop_duplicates().assign(held=True)
    held = after[[*KEY, "published"]].merge(days, on=[*KEY, "published"], how="left")["held"].notna()
    matched = both["published_before"].notna()
    same = matched & (both[list(_FIGURE)].to_numpy() == both[[f"{name}_before" for name in _FIGURE]].to_numpy()).all(1)
    late = matched & ~same & (both["published"] <= both["published_before"])
    change = pd.Series("new", index=both.index).mask(matched, "revised").mask(late, "refused").mask(same, "unchanged")
    table = pd.DataFrame({"change": change, "before": "", "after": _figure(both, ""), "reason": "", "held": held})
    table["before"] = table["before"].where(~matched, _figure(both, "_before"))
    day = both["published_before"].dt.strftime("%Y-%m-%d").fillna("")
    table["reason"] = table["reason"].where(~late, "the ledger's figure of " + day + " is of this day or newer")
    return table.set_axis(rows.index)


def rows_to_land(changes: pd.DataFrame) -> pd.Index[int]:
    """Give the rows that would be written: none if none is new or revised, or if one is refused.

    Otherwise it is the whole vintage: an unchanged figure published anew confirms the old one, which the revision error
    needs to know.
    """
    kinds = set(changes["change"])
    news = "refused" not in kinds and kinds & {"new", "revised"}
    return changes.index[~changes["held"]] if news else changes.index[:0]


def write(landings: Sequence[tuple[Fetched, pd.DataFrame]], root: Path) -> list[Path]:
    """Write for each fetch the rows given with it, if the ledger is valid with all of them; returns the tables.

    Raises DataError if the ledger would break a rule, or a file cannot be written; then nothing is left behind.
    """
    raw = root / "data" / "raw"
    names = [_free_name(raw, fetched.name) for fetched, _ in landings]
    _require_valid(root, [(name, rows) for name, (_, rows) in zip(names, landings, strict=True)])
    write_deliveries(root, [_delivery(name, *landing) for name, landing in zip(names, landings, strict=True)])
    return [raw / f"{name}.csv" for name in names]


def _delivery(name: str, fetched: Fetched, rows: pd.DataFrame) -> Delivery:
    figures = tuple(
        Figure({str(column): text for column, text in row.items()}, at, 0, f"{name}, row {at}")
        for at, row in enumerate(rows.to_dict("records"), 2)
    )
    original = original_path(Path(f"{name}.csv"), f"answer{fetched.suffix}").name
    return Delivery(name, figures, fetched.source, Original(original, fetched.raw, is_answer=True))


def _figure(both: pd.DataFrame, which: str) -> pd.Series[str]:
    """Figures with their status: ``7.04 (preliminary)``."""
    values = [as_published(value) for value in both[f"value{which}"]]
    return pd.Series(values, index=both.index) + " (" + both[f"status{which}"].fillna("") + ")"


def _free_name(raw: Path, name: str) -> str:
    """The name, with the first free number if it is taken: a raw file is never overwritten."""
    free, number = name, 1
    while any((raw / f"{free}{ending}").exists() for ending in (".csv", SIDECAR)):
        number += 1
        free = f"{name}-{number}"
    return free


def _require_valid(root: Path, added: list[tuple[str, pd.DataFrame]]) -> None:
    """Check the ledger with the added rows against the rules applied on loading."""
    tables = [read_raw(root, read_sources(root))]
    for name, rows in added:
        ids = [f"{name}.csv#{row}" for row in range(2, len(rows) + 2)]
        tables.append(rows.assign(source=name).set_axis(pd.Index(ids, name="id")))
    check_raw(root, pd.concat(tables))
