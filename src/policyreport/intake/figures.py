"""Drafts become figures: each word of them is known, or the figure is refused with the cell that says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, get_args

from policyreport.errors import DataError, did_you_mean
from policyreport.intake.days import read_day, read_period, read_published
from policyreport.intake.drafts import Draft, Drafts
from policyreport.intake.layout import Said
from policyreport.intake.names import AreaNameError, AreaNames, day_of
from policyreport.intake.numbers import Decimals, Fit, decide_decimals, read_cell
from policyreport.intake.sheets import Sheet
from policyreport.observations.ledger import exists_in
from policyreport.observations.periods import last_day, period_bounds
from policyreport.observations.schema import QUALITY
from policyreport.params.intake import FigureColumn, heading_key
from policyreport.records.base import Status
from policyreport.spelling import plain

if TYPE_CHECKING:
    from policyreport.params.indicators import Indicator, Indicators
    from policyreport.params.intake import IntakeMap
    from policyreport.params.policy import Policy

_BOUNDS = ("=", "~", ">", "<")


@dataclass(frozen=True)
class Figure:
    """A figure for the ledger: its columns as text, and where the sheet says it.

    Parameters
    ----------
    fields : dict of str to str
        By column of the ledger.
    row, column : int
        Where its value stands in the sheet, from 1.
    place : str
        The same in words.
    """

    fields: dict[str, str]
    row: int
    column: int
    place: str


@dataclass(frozen=True)
class Known:
    """What a sheet's words are held against.

    Parameters
    ----------
    names : AreaNames
        Areas and their names.
    indicators : Indicators
        Indicators with units, measures and limits.
    policy : Policy
        Lists of tasks.
    words : IntakeMap
        The map.
    today : date
        Nothing is published later.
    """

    names: AreaNames
    indicators: Indicators
    policy: Policy
    words: IntakeMap
    today: date


@dataclass
class Reading:
    """What reading a sheet gave.

    Parameters
    ----------
    figures : list of Figure
        In the order of the sheet.
    problems : list of DataError
        What is refused, each place once.
    decimals : Decimals
        How the sheet writes decimals.
    """

    figures: list[Figure] = field(default_factory=list)
    problems: list[DataError] = field(default_factory=list)
    decimals: Decimals = Decimals.point


def read_figures(sheet: Sheet, drafts: Drafts, known: Known, decimals: Decimals | None) -> Reading:
    """Read every draft.

    Parameters
    ----------
    sheet : Sheet
        The sheet.
    drafts : Drafts
        Its drafts.
    known : Known
        What its words are held against.
    decimals : Decimals, optional
        How it writes decimals, where the user said so.

    Returns
    -------
    Reading
        Figures and problems.

    Raises
    ------
    DataError
        If the sheet does not show how it writes decimals, or shows both ways.
    """
    reader = _Reader(sheet.name, known, drafts.notes)
    pairs, problems = [], list(drafts.problems)
    for draft in drafts.figures:
        try:
            pairs.append((draft, reader.indicator(draft)))
        except DataError as error:
            problems.append(error)
    cells = [(draft.row, draft.column, reader.fit(indicator)) for draft, (indicator, _) in pairs]
    way = decide_decimals(sheet, cells, known.words, decimals)
    figures = []
    for draft, (indicator, column) in pairs:
        try:
            figures.append(reader.figure(draft, indicator, column, way))
        except DataError as error:
            problems.append(error)
    problems += reader.unused_unit([draft for draft, _ in pairs])
    distinct = {(error.where, error.expected): error for error in problems}
    return Reading(figures, list(distinct.values()), way)


class _Reader:
    """Reads one draft; the texts of marks go into the notes."""

    def __init__(self, file: str, known: Known, notes: dict[str, str]) -> None:
        self.file, self.known, self.notes = file, known, notes
        self.indicators = known.indicators.by_id()
        self.columns = known.words.figure_columns(known.indicators)
        self.lists = {each.id for each in known.policy.lists}

    def indicator(self, draft: Draft) -> tuple[Indicator, FigureColumn]:
        """What a draft is of."""
        if draft.figure is not None:
            return self.indicators[draft.figure.indicator], draft.figure
        said = self._needed(draft, "indicator", "--indicator grdp_growth")
        column = self.columns.get(heading_key(said.cell.text))
        if column is None:
            names = {*self.indicators, *(heading for each in self.known.words.columns for heading in each.headings)}
            raise _refused(said, "an indicator of params/indicators.yaml or params/intake.yaml", names)
        return self.indicators[column.indicator], column

    def fit(self, indicator: Indicator) -> Fit:
        """Which numbers an indicator can have."""
        return Fit(indicator.kind in ("count", "rank"), indicator.low, indicator.high)

    def figure(self, draft: Draft, indicator: Indicator, column: FigureColumn, decimals: Decimals) -> Figure:
        """Read a draft."""
        fields = {
            "indicator": indicator.id,
            "period": self._read(draft, "period", self._period, "a period such as 2026-Q1", "--period 2026-Q1"),
            "published": self._published(draft),
            "reference_date": self._reference_date(draft),
            "quality": self._quality(draft),
            "status": self._status(draft),
            "measure": self._measure(draft, indicator, column),
            "list": self._list(draft, indicator),
        }
        fields["area"] = self._area(draft, fields)
        fields["unit"] = self._unit(draft, indicator, column, fields["area"])
        fields["value"], fields["bound"] = self._value(draft, indicator, fields["unit"], decimals)
        fields["note"] = self._note(draft)
        return Figure(fields, draft.row, draft.column, draft.said["value"].place)

    def _area(self, draft: Draft, fields: dict[str, str]) -> str:
        """The area's key, held against the day and the statistical code."""
        said = self._needed(draft, "area", "a column of areas")
        day = day_of(fields["period"], fields["reference_date"], fields["published"], fields["quality"])
        names = self.known.names
        try:
            key = names.find(said.cell.text, day)
        except AreaNameError as error:
            raise DataError(said.place, error.expected, f'"{said.cell.text}"', error.todo) from None
        if not exists_in(names.areas, key, fields["period"], fields["quality"]):
            raise DataError(
                said.place,
                f"an area that existed in {fields['period']}",
                f'"{said.cell.text}" ({names.areas.name(key)})',
                "Use the key of that time; mark a publisher's own recalculation with quality back-cast.",
            )
        code = names.areas.table["gso_code"][key]
        if draft.code is not None and code and draft.code.cell.text.zfill(2) != code:
            raise DataError(
                draft.code.place,
                f'the code of "{said.cell.text}", which is {code} as {key}',
                f'"{draft.code.cell.text}"',
                "Codes were given anew: mend the code, or the name beside it.",
            )
        return str(key)

    def _unit(self, draft: Draft, indicator: Indicator, column: FigureColumn, area: str) -> str:
        """The unit: of the heading or the row, of the line above the table, of the map, of the indicator."""
        national = self.known.names.areas.table["type"][area] == "nation" and column.national_unit
        usual = national or column.unit or indicator.unit
        if draft.unit:
            return self._fitting_unit(draft.unit, draft.said["value"], indicator, usual)
        said = draft.said.get("unit")
        if said is None:
            return usual
        if "unit" in draft.own:
            unit = self.known.words.unit(said.cell.whole) or said.cell.whole
            return self._fitting_unit(unit, said, indicator, usual)
        # A line above the table names the units of its columns; one that fits this column is its unit.
        return next((unit for unit in self.shared_units(said) if unit in indicator.units), usual)

    def shared_units(self, said: Said) -> list[str]:
        """The units that a line above the table names."""
        text = said.cell.whole
        words = [text] if self.known.words.unit(text) else [word.strip() for word in text.replace(";", ",").split(",")]
        units = [self.known.words.unit(word) for word in words]
        if None in units:
            known = [word for unit, others in self.known.words.units.items() for word in (unit, *others)]
            raise _refused(said, "units of params/intake.yaml", known)
        return [unit for unit in units if unit]

    def unused_unit(self, drafts: list[Draft]) -> Iterator[DataError]:
        """A line above the table whose unit none of the columns can have: the figures are in another one."""
        shared = {
            draft.said["unit"].place: draft.said["unit"] for draft in drafts if "unit" in draft.said.keys() - draft.own
        }
        for said in shared.values():
            try:
                units = self.shared_units(said)
            except DataError:
                continue
            shown = [self.indicator(draft)[0] for draft in drafts]
            for unit in units:
                if not any(unit in each.units or (unit == "%" and each.unit.startswith("%")) for each in shown):
                    known = {each for indicator in shown for each in indicator.units}
                    yield DataError(said.place, "a unit of some column", f'"{unit}"', did_you_mean(unit, known))

    def _fitting_unit(self, unit: str, said: Said, indicator: Indicator, usual: str) -> str:
        """A unit of the indicator; a bare per-cent sign is the usual one that begins so."""
        if unit == "%" and usual.startswith("%"):
            return usual
        if unit not in indicator.units:
            todo = f"Figures are not converted. {did_you_mean(unit, indicator.units)}"
            raise DataError(said.place, f"a unit of {indicator.id}", f'"{unit}"', todo)
        return unit

    def _value(self, draft: Draft, indicator: Indicator, unit: str, decimals: Decimals) -> tuple[str, str]:
        """The number as the ledger writes it, and its bound."""
        said, fit = draft.said["value"], self.fit(indicator)
        cell = said.cell
        todo = "Write a number, or leave the cell empty where nothing is published."
        if cell.fault or cell.day is not None:
            got = cell.fault or f"the day {cell.text}, into which a spreadsheet turns 12-5"
            raise DataError(said.place, str(fit), got, todo)
        try:
            number, bound, percent = read_cell(cell, decimals, self.known.words)
        except ValueError:
            raise DataError(said.place, f"{fit}, with a decimal {decimals}", f'"{cell.whole}"', todo) from None
        if percent and not unit.startswith("%"):
            raise DataError(said.place, f"{fit}, in {unit}", f'"{cell.whole}", a percentage', todo)
        if not fit.holds(number):
            todo = "Check unit, separators and decimals against the source."
            raise DataError(said.place, f"{indicator.id}: {fit}", f'"{cell.whole}"', todo)
        explicit = draft.said.get("bound")
        if explicit is not None:
            bound = explicit.cell.text
        if bound and bound not in _BOUNDS:
            raise DataError(draft.said["bound"].place, "=, ~, > or <", f'"{bound}"', "Use one of these.")
        return f"{number.to_integral_value() if fit.whole else number:f}", bound

    def _measure(self, draft: Draft, indicator: Indicator, column: FigureColumn) -> str:
        """The definition a figure is by; one is needed where an indicator has several."""
        said = draft.said.get("measure")
        if not indicator.measures:
            if said is not None and "measure" in draft.own:
                raise DataError(
                    said.place, f"nothing: {indicator.id} has one measure", f'"{said.cell.text}"', "Empty it."
                )
            return ""
        if column.measure and said is None:
            return column.measure
        said = self._needed(draft, "measure", f"--measure {next(iter(indicator.measures))}")
        if said.cell.text not in indicator.measures:
            raise _refused(said, f"a measure of {indicator.id}", indicator.measures)
        return said.cell.text

    def _list(self, draft: Draft, indicator: Indicator) -> str:
        """The list a task count is on."""
        if indicator.topic not in self.known.words.listed_topics:
            return ""
        todo = "--list and a list of params/policy.yaml; a new list is described there first"
        said = self._needed(draft, "list", todo)
        if said.cell.text not in self.lists:
            raise _refused(said, "a list of params/policy.yaml, where a new one is described first", self.lists)
        return said.cell.text

    def _status(self, draft: Draft) -> str:
        """The status, by its name or by a word of the map."""
        said = self._needed(draft, "status", "--status observed")
        key = plain(said.cell.text)
        for name, words in self.known.words.statuses.items():
            if key in (plain(name), *map(plain, words)):
                return name
        raise _refused(said, "a status", get_args(Status))

    def _quality(self, draft: Draft) -> str:
        """Known codes, a space between them."""
        said = draft.said.get("quality")
        if said is None:
            return ""
        for code in said.cell.text.split():
            if code not in QUALITY:
                raise DataError(said.place, "codes of data/README.md", f'"{code}"', did_you_mean(code, QUALITY))
        return " ".join(said.cell.text.split())

    def _published(self, draft: Draft) -> str:
        """The day of publication, which is not to come."""
        expected = "a day, month or year such as 2026-04-15, 2026-04 or 2026"
        text = self._read(
            draft, "published", lambda said: read_published(said.cell), expected, "--published 2026-04-15"
        )
        if period_bounds(text)[0] > self.known.today:
            said = draft.said["published"]
            raise DataError(said.place, f"a day to {self.known.today}", f'"{text}"', "Write the day it came out.")
        return text

    def _reference_date(self, draft: Draft) -> str:
        """The day the figure holds, which is not after its publication unless it is a projection."""
        text = self._optional(draft, "reference_date", read_day, "a day such as 2026-03-31")
        out = last_day(self._published(draft))[0]
        if text and date.fromisoformat(text) > out and self._status(draft) != "projection":
            said = draft.said["reference_date"]
            raise DataError(said.place, f"a day to {out}, the day of publication", f'"{text}"', "Mend one of the two.")
        return text

    def _period(self, said: Said) -> str:
        """A period by the map's words."""
        return read_period(said.cell, self.known.words.periods)

    def _note(self, draft: Draft) -> str:
        """The note, with the texts of marks at value, area and heading."""
        said = draft.said.get("note")
        parts = [said.cell.whole] if said is not None else []
        marks = (*draft.said["value"].cell.marks, *draft.said["area"].cell.marks)
        parts += [self.notes.get(mark, f"marked ({mark}) in the sheet, which does not say why") for mark in marks]
        return "; ".join(dict.fromkeys(parts))

    def _read(self, draft: Draft, name: str, read: Callable[[Said], str], expected: str, option: str) -> str:
        """Read a needed field."""
        said = self._needed(draft, name, option)
        try:
            return read(said)
        except ValueError:
            raise DataError(said.place, expected, f'"{said.cell.text}"', "Write it so.") from None

    def _optional(self, draft: Draft, name: str, read: Callable[..., str], expected: str) -> str:
        """Read a field that may be missing."""
        said = draft.said.get(name)
        if said is None:
            return ""
        try:
            return read(said.cell)
        except ValueError:
            raise DataError(said.place, expected, f'"{said.cell.text}"', "Write it so, or leave it empty.") from None

    def _needed(self, draft: Draft, name: str, option: str) -> Said:
        """What a draft says of a field; where it says nothing the whole column is named."""
        said = draft.said.get(name)
        if said is not None:
            return said
        heading = {str(key): words[-1] for key, words in self.known.words.fields.items()}.get(name, name)
        raise DataError(
            f'{self.file}, column "{draft.heading}"',
            f"the {name.replace('_', ' ')} of the figures",
            "nothing",
            f'Add {option}, a column "{heading}", or a line "{heading}: …" above the table.',
        )


def _refused(said: Said, expected: str, known: Iterable[str]) -> DataError:
    """A word that is not among the known ones."""
    return DataError(said.place, expected, f'"{said.cell.text}"', did_you_mean(said.cell.text, known))
