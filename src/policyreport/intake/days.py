"""Periods and days as sheets write them, in the ledger's way of writing."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from policyreport.intake.number_formats import Section, render_date
from policyreport.intake.sheets import Cell
from policyreport.observations.periods import last_day, period_bounds
from policyreport.spelling import plain

if TYPE_CHECKING:
    from policyreport.params.intake import PeriodWords

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
# Day before month, as everywhere in the region this is read in; 2025-10-15 is read too.
_DAY = re.compile(r"^(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})$")
# Midnight behind a day, which programs that know only moments write.
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
_MONTH = re.compile(r"^(?P<month>\d{1,2})[/.-](?P<year>\d{4})$")


def read_period(cell: Cell, words: PeriodWords) -> str:
    """Read a period.

    Parameters
    ----------
    cell : Cell
        ``2025-Q4``, ``Quý IV/2025``, ``Q4 2025``, ``9 tháng năm 2025``.
    words : PeriodWords
        The map's words.

    Returns
    -------
    str
        As the ledger writes it.

    Raises
    ------
    ValueError
        If it is no period.
    """
    text = cell.text if cell.day is None else cell.day.isoformat()
    compact = re.sub(r"^(\d{4})[- ]?([QHqh])([1-4])$", lambda m: f"{m[1]}-{m[2].upper()}{m[3]}", text)
    try:
        period_bounds(compact)
    except ValueError:
        compact = _worded(text, words)
    period_bounds(compact)
    return compact


def read_day(cell: Cell) -> str:
    """Read a day.

    Parameters
    ----------
    cell : Cell
        A stored day, ``2025-10-15`` or ``15/10/2025``.

    Returns
    -------
    str
        ``2025-10-15``.

    Raises
    ------
    ValueError
        If it is no day.
    """
    if cell.day is not None:
        return cell.day.isoformat()
    text = _MIDNIGHT.sub("", cell.text)
    found = _DAY.match(text)
    if found:
        return date(int(found["year"]), int(found["month"]), int(found["day"])).isoformat()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"{text!r} is not a day")
    return date.fromisoformat(text).isoformat()


def read_published(cell: Cell) -> str:
    """Read a publication date, which may be known to the month or year only.

    Parameters
    ----------
    cell : Cell
        A day, ``10/2025``, ``2025-10`` or ``2025``.

    Returns
    -------
    str
        As the ledger writes it.

    Raises
    ------
    ValueError
        If it is no date.
    """
    found = _MONTH.match(cell.text)
    text = f"{found['year']}-{int(found['month']):02d}" if found else cell.text
    if cell.day is None and re.fullmatch(r"\d{4}(-\d{2})?", text):
        last_day(text)
        return text
    return read_day(cell)


def _worded(text: str, words: PeriodWords) -> str:
    """A period of words and numbers."""
    spoken = plain(text)
    kinds = {"half": words.half, "quarter": words.quarter, "month": words.month, "year": words.year}
    alternatives = {name: "|".join(sorted(map(plain, known), key=len, reverse=True)) for name, known in kinds.items()}
    year = rf"(?:(?:{alternatives['year']}) )?(?P<year>\d{{4}})"
    number = r"(?P<number>\d{1,2}|i{1,3}|iv)"
    for name, written in (("half", "H{}"), ("quarter", "Q{}"), ("month", "{:02d}")):
        patterns = (rf"(?:{alternatives[name]}) ?{number} {year}", rf"{year} (?:{alternatives[name]}) ?{number}")
        if found := next(filter(None, (re.fullmatch(each, spoken) for each in patterns)), None):
            count = _ROMAN.get(found["number"]) or int(found["number"])
            return f"{found['year']}-{written.format(count)}"
    from_january = "|".join(sorted(map(plain, words.months_from_january), key=len, reverse=True))
    if found := re.fullmatch(rf"(?P<number>\d{{1,2}}) (?:{from_january}) {year}", spoken):
        return f"{found['year']}-01/{found['year']}-{int(found['number']):02d}"
    if found := re.fullmatch(year, spoken):
        return found["year"]
    raise ValueError(f"{text!r} is not a period")


def shown_date(day: date, section: Section) -> Cell:
    """Make a cell of a stored date, as much of it as its format shows.

    A cell typed 3/2026 stores the first of March and shows the month; one with a format such as
    ``"Quý I năm "yyyy`` shows words, which are what its writer meant.
    """
    shown, parts = render_date(day, section), set(section.parts.values())
    literal = "".join(each.text for each in section.tokens if each.kind == "literal")
    if any(sign.isalpha() for sign in literal):
        whole = day if {"year", "month", "day"} <= parts else None
        return Cell(shown, shown, day=whole, dated=True)
    if {"year", "month", "day"} <= parts:
        return Cell(day.isoformat(), day.isoformat(), day=day, dated=True)
    if {"year", "month"} <= parts and "day" not in parts:
        text = f"{day:%Y-%m}"
        return Cell(text, text, dated=True)
    if parts & {"year", "month", "day", "weekday"} == {"year"}:
        return Cell(str(day.year), str(day.year), dated=True)
    return Cell(shown, shown, dated=True, fault=f'a date of which the cell shows "{shown}"')
