"""Counts of tasks as a data frame, one row per list and date, and as the methods take them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, get_args

import pandas as pd

from policyreport.errors import DataError, did_you_mean
from policyreport.records.base import Bound, Refusal, Status
from policyreport.statistics.tasks.counts import TaskCount

PLACE = "frame of lists"
REQUIRED = ("area", "list", "reference_date", "total", "completed")
COLUMNS = {field.name: field.name for field in fields(TaskCount)} | {
    "inputs": "rows",
    "recurring_inputs": "recurring_rows",
}
"""Column of each field of `counts.TaskCount`. Any other than the five required may be missing, and any cell empty: then
the field has its default. `published` is by default the reference date."""


@dataclass(frozen=True)
class Lists:
    """The counts of a frame in order of date and list, and what the frame is about."""

    counts: tuple[TaskCount, ...]
    areas: tuple[str, ...]
    subject: str
    indicator: str

    @property
    def area(self) -> str:
        """The area, for a method that is about one; a DataError where the frame has several."""
        if len(self.areas) > 1:
            todo = f'Select one: lists[lists["area"] == "{self.areas[0]}"].'
            raise DataError(PLACE, "lists of one area", f"{len(self.areas)} areas", todo)
        return self.areas[0]

    def of_one_area(self, *, context: bool = False) -> tuple[TaskCount, ...]:
        """Return the counts of the only area; with `context` also those of lists kept for context."""
        return tuple(count for count in self.counts if count.area == self.area and (context or not count.context))

    def not_published(self, method: str) -> Refusal:
        """Refuse because no list was published."""
        return Refusal(code="not-published", method=method, subject=self.subject)


def read_lists(lists: pd.DataFrame) -> Lists:
    """Read a frame of lists with the columns of `COLUMNS`.

    Its `attrs` may say what it is about: `area`, `subject` (as refusals name it) and `indicator` (which seeds random
    numbers). A frame that names its area may be empty: then nothing was published.

    Raises DataError if a required column is missing, the frame is empty, or a cell cannot be read.
    """
    if missing := [name for name in REQUIRED if name not in lists]:
        todo = did_you_mean(missing[0], [str(name) for name in lists.columns])
        raise DataError(PLACE, f"the columns {', '.join(REQUIRED)}", f'no column "{missing[0]}"', todo)
    if lists.empty and "area" not in lists.attrs:
        raise DataError(PLACE, "a row for each list and date", "an empty frame", "Check what was read or selected.")
    counts = [_count(row, number) for number, row in zip(lists.index, lists.to_dict("records"), strict=True)]
    return Lists(
        counts=tuple(sorted(counts, key=lambda count: (count.reference_date or count.published, count.list))),
        areas=tuple(dict.fromkeys(count.area for count in counts)) or (str(lists.attrs["area"]),),
        subject=str(lists.attrs.get("subject", "tasks")),
        indicator=str(lists.attrs.get("indicator", "")),
    )


def _count(row: dict[Hashable, Any], number: Hashable) -> TaskCount:
    """One list on one date."""
    given: dict[str, Any] = {"reference_date": None, "total": None, "completed": None}
    for name, column in COLUMNS.items():
        value = row.get(column)
        if isinstance(value, (tuple, list)):
            given[name] = tuple(value)
        elif not pd.isna(value):
            read = _READ.get(name)
            given[name] = read(value, f'{PLACE}, row {number}, column "{column}"') if read else str(value)
    if empty := [name for name in ("area", "list") if name not in given]:
        raise DataError(f'{PLACE}, row {number}, column "{empty[0]}"', "a name", "nothing", "Fill the cell.")
    if given.setdefault("published", given["reference_date"]) is None:
        raise DataError(f"{PLACE}, row {number}", "a reference date or a date of publication", "neither", "Add one.")
    return TaskCount(**given)


def _day(value: Any, place: str) -> date:
    try:
        day: date = pd.Timestamp(value).date()
    except ValueError:
        raise DataError(place, "a day such as 2025-12-31", f'"{value}"', "Write the day so.") from None
    return day


def _number(value: Any, place: str) -> int:
    try:
        whole = int(value)
    except ValueError:
        whole = -1
    if whole < 0 or whole != float(value):
        raise DataError(place, "a whole number", f'"{value}"', "Write the count in digits, or leave it empty.")
    return whole


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any, str], str]:
    """Read one of a few words."""

    def read(value: Any, place: str) -> str:
        if str(value) not in allowed:
            raise DataError(place, f"one of {', '.join(allowed)}", f'"{value}"', did_you_mean(str(value), allowed))
        return str(value)

    return read


def _flag(value: Any, place: str) -> bool:
    return _one_of(("True", "False"))(value, place) == "True"


_READ: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("reference_date", "published", "deadline"), _day),
    **dict.fromkeys(("total", "completed", "late", "overdue", "removed", "recurring"), _number),
    "bound": _one_of(get_args(Bound)),
    "status": _one_of(get_args(Status)),
    **dict.fromkeys(("certified", "context", "quarterly"), _flag),
}
