"""Periods and days as sheets write them, converted to the form of the ledger."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from policyreport.intake.number_formats import Section, render_date
from policyreport.intake.sheets import Cell
from policyreport.params import limits
from policyreport.params.intake import PeriodWords
from policyreport.params.spelling import plain
from policyreport.records.periods import last_day, period_bounds

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
# Day before month, as everywhere in the region; 2025-10-15 is read too.
_DAY = re.compile(r"^(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})$")
# Midnight after a day, written by programs that have no type for a day.
_MIDNIGHT = re.compile(r"[ T]00:00(?::00(?:\.0+)?)?$")
_MONTH = re.compile(r"^(?P<month>\d{1,2})[/.-](?P<year>\d{4})$")
# Years that a number in a heading can mean. A year stored as a number and shown as a date falls into 1905.
_YEARS = range(1945, 2150)
# A title names a period in at most this many words: "6 tháng đầu năm 2026".
_LONGEST = 7


def read_period(cell: Cell, words: PeriodWords) -> str:
    """Read ``2025-Q4``, ``Quý IV/2025``, ``Q4 2025``, ``9 tháng năm 2025`` or ``3/2026``; else ValueError."""
    text = cell.text if cell.day is None else cell.day.isoformat()
    if match := _MONTH.match(text):
        text = f"{match['year']}-{int(match['month']):02d}"
    compact = re.sub(r"^(\d{4})[- ]?([QHqh])([1-4])$", lambda m: f"{m[1]}-{m[2].upper()}{m[3]}", text)
    try:
        bounds = period_bounds(compact)
    except ValueError:
        compact = _worded(text, words)
        bounds = period_bounds(compact)
    if bounds[0].year not in _YEARS or bounds[1].year not in _YEARS:
        raise ValueError(f"{text!r} is in no year of the calendar in use")
    return compact


def read_day(cell: Cell, words: PeriodWords | None = None) -> str:
    """Read a stored day, ``2025-10-15``, ``15/10/2025`` or ``ngày 15 tháng 10 năm 2025``; ValueError otherwise."""
    if cell.day is not None:
        return cell.day.isoformat()
    text = _MIDNIGHT.sub("", cell.text)
    if words is not None:
        text = _bare_day(text, words)
    match = _DAY.match(text)
    if match:
        return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"{text!r} is not a day")
    return date.fromisoformat(text).isoformat()


def _bare_day(text: str, words: PeriodWords) -> str:
    """A day without the words around its numbers: ``31/3/2026`` for ``ngày 31 tháng 3 năm 2026``."""
    day, month, year = map(_either, (words.day, words.month, words.year))
    match = re.fullmatch(rf"(?:(?:{day}) )?(\d{{1,2}}) (?:{month}) (\d{{1,2}}) (?:{year}) (\d{{4}})", plain(text))
    if match:
        return f"{match[1]}/{match[2]}/{match[3]}"
    tokens = text.split()
    led = (size for size in (2, 1) if plain(" ".join(tokens[:size])) in map(plain, words.day))
    return " ".join(tokens[next(led, 0) :])


@lru_cache(maxsize=64)
def _either(options: tuple[str, ...]) -> str:
    """A pattern for any of some words, the longest first."""
    return "|".join(sorted((re.escape(plain(word)) for word in options), key=len, reverse=True))


def periods_in(text: str, words: PeriodWords) -> list[tuple[str, str]]:
    """Find the periods a line may be of, each with the words that name it.

    A quarter without a year takes that of the next period: "6 tháng đầu năm và nhiệm vụ 6 tháng cuối năm 2025". Months
    that belong to a day, and periods the line compares with, are left out.
    """
    tokens = _tokens(text)
    days = _runs(tokens, lambda run, _: read_day(_as_cell(run), words))
    of_days = {at for run in days for at in range(run.start, run.end)}
    years = [token.isdecimal() and len(token) == 4 and int(token) in _YEARS for token in tokens]

    def read(words_of_run: str, end: int) -> str:
        try:
            return read_period(_as_cell(words_of_run), words)
        except ValueError:
            year = next((tokens[at] for at in range(end, len(tokens)) if years[at]), "")
            if not year or year in words_of_run or not any(sign.isalpha() for sign in words_of_run):
                raise
            return read_period(_as_cell(f"{words_of_run} {year}"), words)

    return [
        (run.text, run.meaning)
        for run in _runs(tokens, read)
        if run.start not in of_days and not _follows(tokens, run.start, words.compared)
    ]


def days_in(text: str, words: PeriodWords, but_for: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Find the days a line names, each with the words that name it, except right after the words `but_for`."""
    tokens = _tokens(text)
    runs = _runs(tokens, lambda run, _: read_day(_as_cell(run), words))
    return [(run.text, run.meaning) for run in runs if not _follows(tokens, run.start, but_for)]


@dataclass(frozen=True)
class _Run:
    """Words of a line that mean something, from the place `start` up to but not including `end`."""

    start: int
    end: int
    text: str
    meaning: str


def _runs(tokens: list[str], read: Callable[[str, int], str]) -> list[_Run]:
    """The longest runs of words that can be read, from left to right."""
    runs, at = list[_Run](), 0
    while at < len(tokens):
        for end in range(min(at + _LONGEST, len(tokens)), at, -1):
            text = " ".join(tokens[at:end])
            try:
                runs.append(_Run(at, end, text, read(text, end)))
            except ValueError:
                continue
            at = end - 1
            break
        at += 1
    return runs


def _tokens(text: str) -> list[str]:
    return [token.strip("()[],;:.") for token in text.split()[: limits.LINE_WORDS]]


def _as_cell(text: str) -> Cell:
    return Cell(text=text, printed=text)


def _follows(tokens: list[str], start: int, options: tuple[str, ...]) -> bool:
    before = plain(" ".join(tokens[:start]))
    return any(before == word or before.endswith(f" {word}") for word in map(plain, options))


def read_published(cell: Cell, words: PeriodWords | None = None) -> str:
    """Read a publication date, which may be a month or a year only: ``10/2025``, ``2025-10``, ``2025``."""
    match = _MONTH.match(cell.text)
    text = f"{match['year']}-{int(match['month']):02d}" if match else cell.text
    if cell.day is None and re.fullmatch(r"\d{4}(-\d{2})?", text):
        last_day(text)
        return text
    return read_day(cell, words)


def _worded(text: str, words: PeriodWords) -> str:
    spoken = plain(text)
    kinds = {"half": words.half, "quarter": words.quarter, "month": words.month}
    year = rf"(?:(?:{_either(words.year)}) )?(?P<year>\d{{4}})"
    number = r"(?P<number>\d{1,2}|i{1,3}|iv)"
    for name, written in (("half", "H{}"), ("quarter", "Q{}"), ("month", "{:02d}")):
        kind = _either(kinds[name])
        patterns = (rf"(?:{kind}) ?{number} {year}", rf"{year} (?:{kind}) ?{number}")
        if match := next(filter(None, (re.fullmatch(pattern, spoken) for pattern in patterns)), None):
            count = _ROMAN.get(match["number"]) or int(match["number"])
            return f"{match['year']}-{written.format(count)}"
    for options, first in ((words.months_from_january, 1), (words.months_to_december, 0)):
        if match := re.fullmatch(rf"(?P<number>\d{{1,2}}) ?(?:{_either(options)}) {year}", spoken):
            count = int(match["number"])
            span = (1, count) if first else (13 - count, 12)
            return f"{match['year']}-{span[0]:02d}/{match['year']}-{span[1]:02d}"
    if match := re.fullmatch(year, spoken):
        return match["year"]
    raise ValueError(f"{text!r} is not a period")


def shown_date(day: date, section: Section) -> Cell:
    """Make a cell of a stored date, with as much of the date as its format shows.

    A cell typed 3/2026 stores the first of March and shows the month; a format such as ``"Quý I năm "yyyy`` shows
    words, which are what its writer meant.
    """
    shown, parts = render_date(day, section), set(section.parts.values())
    literal = "".join(token.text for token in section.tokens if token.kind == "literal")
    if any(sign.isalpha() for sign in literal):
        full_day = day if {"year", "month", "day"} <= parts else None
        return Cell(shown, shown, day=full_day, dated=True)
    if {"year", "month", "day"} <= parts:
        return Cell(day.isoformat(), day.isoformat(), day=day, dated=True)
    if {"year", "month"} <= parts and "day" not in parts:
        text = f"{day:%Y-%m}"
        return Cell(text, text, dated=True)
    if parts & {"year", "month", "day", "weekday"} == {"year"}:
        return Cell(str(day.year), str(day.year), dated=True)
    return Cell(shown, shown, dated=True, fault=f'a date of which the cell shows "{shown}"')
