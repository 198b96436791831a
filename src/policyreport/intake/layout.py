"""Where a sheet's table begins, what its columns hold, and what the lines above it state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, get_args

from policyreport.errors import DataError, did_you_mean
from policyreport.intake.days import read_period
from policyreport.intake.sheets import Cell, Sheet, text_cell
from policyreport.params.intake import LEVEL, FigureColumn, LedgerField, SheetField, heading_key
from policyreport.spelling import plain

if TYPE_CHECKING:
    from policyreport.params.indicators import Indicators
    from policyreport.params.intake import IntakeMap

# What a line above the table can state; the rest only heads columns.
LABELS = tuple(
    each
    for each in (*get_args(LedgerField), "publisher", "publisher_name", "title", "address", "licence")
    if each not in ("area", "value", "bound", "note")
)
_UNIT = re.compile(r"^(?P<rest>.*?)\s*[(\[](?P<unit>[^()\[\]]+)[)\]]$")
# "A", "(1)", "5=2/1": a row that numbers the columns.
_COLUMN_NUMBER = re.compile(r"^(?:[A-Za-z]|\(?\d{1,2}\)?(?:\s*=[\d\s()+/*x×%:-]+)?)$")
# "(1) Estimate", "* Provisional": a line that explains a mark.
NOTE_LINE = re.compile(r"^\(?(?P<mark>\d{1,2}|\*+|[a-z])\)?\s*[.):]?\s+(?P<text>\D.*)$")


@dataclass(frozen=True)
class Said:
    """A value and where it was said: a cell, or an option of the command."""

    cell: Cell
    place: str


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Parameters
    ----------
    number : int
        From 1.
    heading : str
        As printed, levels joined.
    field : str
        A field of the ledger or sheet; empty for a column of figures.
    figure : FigureColumn, optional
        What its figures are.
    period, status, unit : str
        What the heading says besides; empty where it does not.
    """

    number: int
    heading: str
    field: SheetField | str = ""
    figure: FigureColumn | None = None
    period: str = ""
    status: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Layout:
    """How a sheet is laid out.

    Parameters
    ----------
    first, last : int
        Rows of the headings, from 1; the figures begin below.
    columns : tuple of Column
        In order; columns without heading and content are left out.
    stated : dict of str to Said
        What the lines above the table state, by field.
    remarks : tuple of str
        Lines above the table that were not read.
    """

    first: int
    last: int
    columns: tuple[Column, ...]
    stated: dict[str, Said] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def column(self, field: str) -> Column | None:
        """Find the column of a field.

        Parameters
        ----------
        field : str
            Its name.

        Returns
        -------
        Column or None
            None where the sheet has none.
        """
        return next((each for each in self.columns if each.field == field), None)

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns of figures; none in the long form."""
        return tuple(each for each in self.columns if each.figure is not None)


@dataclass(frozen=True)
class Headings:
    """Reads headings by the map.

    Parameters
    ----------
    words : IntakeMap
        The map.
    indicators : Indicators
        All indicators, whose names are headings too.
    """

    words: IntakeMap
    indicators: Indicators

    def first_row(self, sheet: Sheet) -> int | None:
        """Find the row with the heading of the areas.

        Parameters
        ----------
        sheet : Sheet
            A grid.

        Returns
        -------
        int or None
            From 1; None where no row has one beside other headings.
        """
        for row, cells in enumerate(sheet.rows, 1):
            texts = {cell.text for cell in cells if cell.text}
            if len(texts) > 1 and any(self.words.field(text) == "area" for text in texts):
                return row
        return None

    def known(self, sheet: Sheet) -> int:
        """Count the known headings beside that of the areas.

        Parameters
        ----------
        sheet : Sheet
            A grid.

        Returns
        -------
        int
            Nought where no row has the heading of the areas beside others.
        """
        row = self.first_row(sheet)
        texts = {cell.text for cell in sheet.rows[row - 1] if cell.text} if row else set()
        found = [
            text
            for text in texts
            if self.words.field(text) or heading_key(self._split_unit(text)[0]) in self._figure_names
        ]
        return len(found)

    def read(self, sheet: Sheet, indicator: Said | None) -> Layout:
        """Read headings and the lines above them.

        Parameters
        ----------
        sheet : Sheet
            The sheet.
        indicator : Said, optional
            The indicator of columns that are headed by periods.

        Returns
        -------
        Layout
            The layout.

        Raises
        ------
        DataError
            If there is no heading for the areas, or a heading is unknown or doubled.
        """
        found = self.first_row(sheet)
        if found is None:
            raise self._no_heading(sheet)
        area = next(at for at, cell in enumerate(sheet.rows[found - 1], 1) if self.words.field(cell.text) == "area")
        first, last = self._extent(sheet, found, area)
        self._require_whole(sheet, first, last)
        stated, remarks = self._stated(sheet, first)
        indicator = indicator or stated.get("indicator")
        paths = {number: self._path(sheet, first, last, number) for number in range(1, sheet.width + 1)}
        used = [number for number, path in paths.items() if path or self._filled(sheet, last, number)]
        long = any(self.words.field(LEVEL.join(paths[number])) == "value" for number in used)
        columns = [self._column(sheet, last, number, paths[number], long, indicator) for number in used]
        self._require_distinct(sheet, last, columns)
        last = last + 1 if self._numbers_columns(sheet, last + 1) else last
        return Layout(first, last, tuple(columns), stated, remarks)

    def _extent(self, sheet: Sheet, found: int, area: int) -> tuple[int, int]:
        """First and last row of the headings."""
        block = next((m for m in sheet.merged if m.top <= found <= m.bottom and m.left <= area <= m.right), None)
        first, last = (block.top, block.bottom) if block else (found, found)
        while last < len(sheet.rows) and not block and self._continues(sheet.rows[last], area):
            last += 1
        while first > 1 and self._groups(sheet.rows[first - 2], area):
            first -= 1
        return first, last

    def _continues(self, cells: tuple[Cell, ...], area: int) -> bool:
        """True if a row below headings has more of them: words, no area and no figure."""
        texts = [cell.text for cell in cells if cell.text]
        wordy = all(any(sign.isalpha() or sign == "%" for sign in text) for text in texts)
        return bool(texts) and cells[area - 1].empty and wordy

    def _groups(self, cells: tuple[Cell, ...], area: int) -> bool:
        """True if a row above headings groups them: several words, or one that the map knows as a level."""
        texts = {cell.text for cell in cells if cell.text}
        if not texts or not cells[area - 1].empty or any(self._label(text) for text in texts):
            return False
        return len(texts) > 1 or heading_key(next(iter(texts))) in self._levels

    def _path(self, sheet: Sheet, first: int, last: int, number: int) -> list[str]:
        """The levels of one column's heading, top down, each once."""
        levels: list[str] = []
        for row in range(first, last + 1):
            text = sheet.cell(row, number).text or self._from_left(sheet, row, last, number)
            if text and (not levels or levels[-1] != text):
                levels.append(text)
        return levels

    def _from_left(self, sheet: Sheet, row: int, last: int, number: int) -> str:
        """The heading to the left, where it stands over this column too: both have a heading below."""
        if not self._below(sheet, row, last, number):
            return ""
        for left in range(number - 1, 0, -1):
            if text := sheet.cell(row, left).text:
                return text if self._below(sheet, row, last, left) else ""
        return ""

    def _below(self, sheet: Sheet, row: int, last: int, number: int) -> bool:
        """True if a column has another heading below a row."""
        here = sheet.cell(row, number).text
        return any(sheet.cell(each, number).text not in ("", here) for each in range(row + 1, last + 1))

    def _filled(self, sheet: Sheet, last: int, number: int) -> bool:
        """True if something stands below a column's heading."""
        rows = (cells for row, cells in enumerate(sheet.rows[last:], last + 1) if row not in sheet.ragged)
        return any(not cells[number - 1].empty for cells in rows)

    def _column(
        self, sheet: Sheet, last: int, number: int, path: list[str], long: bool, indicator: Said | None
    ) -> Column:
        """What one column holds."""
        heading = LEVEL.join(path)
        name = self.words.field(heading)
        if name and (long or heading_key(heading) not in self._figure_names):
            return Column(number, heading, field=name)
        if long or not path:
            raise self._unknown(sheet, last, number, heading, long)
        return self._figure_column(sheet, last, number, path, indicator)

    def _figure_column(self, sheet: Sheet, last: int, number: int, path: list[str], indicator: Said | None) -> Column:
        """A column of figures: its levels are names of an indicator, groups, periods and units."""
        heading, unit, period, status, names = LEVEL.join(path), "", "", "", list[str]()
        for level in path:
            rest, written = self._split_unit(level)
            unit = written or unit
            said, without = self._split_status(rest)
            if found := self._period(without):
                period, status = found, said or status
            elif rest and heading_key(rest) not in self._group_keys:
                names.append(rest)
        known, key = self._figure_names, heading_key(LEVEL.join(names))
        if not names and period and indicator is not None:
            key = heading_key(indicator.cell.text)
        if key not in known:
            raise self._unknown(sheet, last, number, heading, long=False)
        return Column(number, heading, figure=known[key], period=period, status=status, unit=unit)

    def _split_unit(self, level: str) -> tuple[str, str]:
        """A level without the known unit in brackets at its end, and that unit."""
        found = _UNIT.match(level)
        unit = self.words.unit(found["unit"]) if found else None
        return (found["rest"].strip(" ,"), unit) if found and unit else (level, "")

    def _split_status(self, level: str) -> tuple[str, str]:
        """The status that a level's first words state, and the level without them."""
        for status, known in self.words.statuses.items():
            for word in known:
                if plain(level).startswith(plain(word) + " "):
                    return status, " ".join(level.split()[len(word.split()) :])
        return "", level

    def _period(self, level: str) -> str:
        """The period that a level is, or nothing."""
        try:
            return read_period(text_cell(level), self.words.periods)
        except ValueError:
            return ""

    def _stated(self, sheet: Sheet, first: int) -> tuple[dict[str, Said], tuple[str, ...]]:
        """What the lines above the table state, and those not read."""
        stated: dict[str, Said] = {}
        remarks = []
        for row in range(1, first):
            understood = False
            for number, cell in enumerate(sheet.rows[row - 1], 1):
                repeated = number > 1 and sheet.cell(row, number - 1) is cell
                if repeated or not (label := self._label(cell.text)):
                    continue
                understood = True
                value = self._value(sheet, row, number)
                if value is None:
                    continue
                other = stated.setdefault(label, value)
                if other.cell.text != value.cell.text:
                    raise DataError(
                        value.place,
                        f'"{other.cell.text}" as at {other.place}',
                        f'"{value.cell.text}" for {label}',
                        "State it once.",
                    )
            words = next((cell.text for cell in sheet.rows[row - 1] if cell.text), "")
            if words and not understood:
                remarks.append(f'row {row} not read: "{words[:60]}"')
        return stated, tuple(remarks)

    def _label(self, text: str) -> str:
        """The field that a line's first words name, or nothing."""
        name = self.words.field(text.partition(":")[0]) if text else None
        return str(name) if name in LABELS else ""

    def _value(self, sheet: Sheet, row: int, number: int) -> Said | None:
        """What stands behind a label: after its colon, or in the next cell."""
        label = sheet.cell(row, number)
        after = label.whole.partition(":")[2].strip()
        if after:
            return Said(text_cell(after), sheet.place(row, number, label.text))
        for right in range(number + 1, sheet.width + 1):
            cell = sheet.cell(row, right)
            if not cell.empty and cell is not label:
                if self._label(cell.text):
                    return None
                return Said(cell, sheet.place(row, right, label.text.rstrip(":")))
        return None

    def _numbers_columns(self, sheet: Sheet, row: int) -> bool:
        """True if a row numbers the columns: A, B, (1), (2), 3=1/2."""
        if row > len(sheet.rows):
            return False
        texts = [cell.whole for cell in sheet.rows[row - 1] if cell.text]
        letter = any(text.strip("()").isalpha() or text.startswith("(") for text in texts)
        return len(texts) > 1 and letter and all(_COLUMN_NUMBER.match(text) for text in texts)

    def _require_whole(self, sheet: Sheet, first: int, last: int) -> None:
        """Stop at a row of headings that has another number of cells than the rows below."""
        for row in range(first, last + 1):
            if row in sheet.ragged:
                todo = "A delimiter inside a heading or a number makes two cells of one: put it in quotes."
                got = f"{sheet.ragged[row]} cells"
                raise sheet.error(row, None, "as many headings as the rows below have cells", got, todo)

    def _require_distinct(self, sheet: Sheet, last: int, columns: Iterable[Column]) -> None:
        """Stop at two columns of one meaning."""
        seen: dict[tuple[str, ...], Column] = {}
        for each in columns:
            if each.field == "ignored":
                continue
            meaning = (each.figure.indicator, each.figure.measure, each.period) if each.figure else (each.field,)
            other = seen.setdefault(meaning, each)
            if other is not each:
                raise sheet.error(
                    last,
                    each.number,
                    f'one column for {" ".join(filter(None, meaning))}; "{other.heading}" is one',
                    f'"{each.heading}", which means the same',
                    "Delete one, or say in its heading what sets it apart.",
                )

    def _no_heading(self, sheet: Sheet) -> DataError:
        """The sheet has no heading for the areas."""
        cells = [(row, cell.text) for row, cells in enumerate(sheet.rows, 1) for cell in cells if cell.text]
        known = self.words.fields["area"]
        row, got = cells[0] if cells else (1, "")
        near = [(row, text) for row, text in cells if "mean" in did_you_mean(text, known)]
        if near:
            row, got = near[0]
        return DataError(
            sheet.place(row),
            "a row of headings, one of them for the areas, such as " + ", ".join(f'"{word}"' for word in known[:3]),
            f'"{got}"' if got else "nothing",
            did_you_mean(got, known) if near else "Head the column of the areas so, in the row of the other headings.",
        )

    def _unknown(self, sheet: Sheet, last: int, number: int, heading: str, long: bool) -> DataError:
        """A heading that the map does not have."""
        if not heading:
            return sheet.error(last, number, "a heading above the cells of the column", "none", "Write what it holds.")
        known = {word for words in self.words.fields.values() for word in words}
        if not long:
            known |= {each for column in self.words.columns for each in column.headings}
            known |= {name for each in self.indicators.indicators for name in (each.name, each.name_vi) if name}
        expected = "a heading of params/intake.yaml" + ("" if long else " or an indicator's name")
        todo = f"{did_you_mean(heading, known)} A new one is added to params/intake.yaml, not guessed."
        if self._period(heading):
            todo = "Say what the columns headed by periods hold: --indicator ID, of params/indicators.yaml."
        return sheet.error(last, number, expected, f'"{heading}"', todo)

    @cached_property
    def _figure_names(self) -> dict[str, FigureColumn]:
        return self.words.figure_columns(self.indicators)

    @cached_property
    def _group_keys(self) -> set[str]:
        return {heading_key(each) for each in self.words.groups}

    @cached_property
    def _levels(self) -> set[str]:
        """Every level that the map knows in some heading."""
        return self._group_keys | {level for key in self._figure_names for level in key.split(LEVEL)}
