"""Where the table of a sheet begins, and what the headings of its columns mean."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from policyreport.errors import DataError, did_you_mean, strange_letters
from policyreport.intake.days import read_period
from policyreport.intake.layout import Column, Layout, Statement, Statements
from policyreport.intake.sheets import Cell, Sheet, text_cell
from policyreport.params.indicators import Indicators
from policyreport.params.intake import LEVEL, FigureColumn, IntakeMap, heading_key
from policyreport.params.limits import SHORT_TEXT, TEXT_LENGTHS
from policyreport.params.spelling import plain

_BRACKETS = re.compile(r"[(\[](?P<inner>[^()\[\]]+)[)\]]")
# "A", "(1)", "5=2/1": a row that numbers the columns.
_COLUMN_NUMBER = re.compile(r"^(?:[A-Za-z]|\(?\d{1,2}\)?(?:\s*=[\d\s()+/*x×%:-]+)?)$")
# This many areas below one another are a column of areas, whatever its heading.
_AREAS_BELOW = 3
# Headings are within this many rows and columns of the corner of a sheet.
_NEAR = 200


@dataclass(frozen=True)
class Level:
    """What one level of a heading states: name of an indicator or group, period, status, unit, measure."""

    name: str = ""
    measure: str = ""
    period: str = ""
    status: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Headings:
    """Reads headings by the map; `is_area` decides whether a text names an area."""

    words: IntakeMap
    indicators: Indicators
    is_area: Callable[[str], bool]

    def count_known(self, sheet: Sheet) -> int:
        """Count the known headings in the heading row; 0 if there is no such row."""
        place = self._first(sheet)
        if place is None:
            return 0
        texts = {cell.text for cell in sheet.rows[place[0] - 1] if cell.text}
        return 1 + sum(self._means_something(text) for text in texts)

    def read(self, sheet: Sheet, indicator: Statement | None) -> Layout:
        """Read the headings and the lines above them; `indicator` is that of columns headed by periods.

        Raises DataError if no heading is for the areas, or one is unknown or repeated.
        """
        place = self._first(sheet)
        if place is None:
            raise self._no_heading(sheet)
        row, area = place
        first, last = self._extent(sheet, row, area)
        self._require_whole(sheet, first, last)
        stated, unread = Statements(self.words).read(sheet, first)
        indicator = indicator or stated.get("indicator")
        paths = {number: self._path(sheet, first, last, number) for number in range(1, sheet.width + 1)}
        used = [number for number, path in paths.items() if path or self._filled(sheet, last, number)]
        long = any(self.words.field(LEVEL.join(_texts(paths[number]))) == "value" for number in used)
        columns = [self._column(sheet, last, number, paths[number], long, indicator, area) for number in used]
        self._require_distinct(sheet, last, columns)
        last = last + 1 if self._numbers_columns(sheet, last + 1) else last
        return Layout(first, last, tuple(columns), stated, unread)

    def _first(self, sheet: Sheet) -> tuple[int, int] | None:
        """Row and column of the heading of the areas, from 1; an export may leave that cell empty."""
        for row, cells in enumerate(sheet.rows, 1):
            texts = {cell.text for cell in cells if cell.text}
            if len(texts) > 1:
                for column, cell in enumerate(cells, 1):
                    if cell.text and self.words.field(cell.text) == "area":
                        return row, column
        begin = self._areas_begin(sheet)
        if begin is None:
            return None
        row, column = begin
        while row > 1 and (self._numbers_columns(sheet, row - 1) or not any(c.text for c in sheet.rows[row - 2])):
            row -= 1
        if row == 1 or sheet.cell(row - 1, column).text:
            return None
        return (row - 1, column) if any(self._means_something(c.text) for c in sheet.rows[row - 2]) else None

    def _areas_begin(self, sheet: Sheet) -> tuple[int, int] | None:
        """Where the first of several areas below one another stands."""
        for column in range(1, min(sheet.width, _NEAR) + 1):
            cells = ((row, sheet.cell(row, column)) for row in range(1, min(len(sheet.rows), _NEAR) + 1))
            named = [row for row, cell in cells if _is_word(cell) and self.is_area(cell.text)]
            if len(named) >= _AREAS_BELOW:
                return named[0], column
        return None

    def _means_something(self, text: str) -> bool:
        """Whether the map knows a heading, or it is a period."""
        if not text:
            return False
        level = self._level(text)
        return bool(self.words.field(text) or level.period or heading_key(level.name) in self._figure_names)

    def _extent(self, sheet: Sheet, row: int, area: int) -> tuple[int, int]:
        block = next((m for m in sheet.merged if m.top <= row <= m.bottom and m.left <= area <= m.right), None)
        first, last = (block.top, block.bottom) if block else (row, row)
        while last < len(sheet.rows) and not block and self._continues(sheet.rows[last], area):
            last += 1
        while first > 1 and self._groups(sheet.rows[first - 2], area):
            first -= 1
        return first, last

    def _continues(self, cells: tuple[Cell, ...], area: int) -> bool:
        """Whether a row below headings has more of them: words or periods, but no area and no figure."""
        texts = [cell.text for cell in cells if cell.text]
        wordy = all(any(sign.isalpha() or sign == "%" for sign in text) or self._period(text) for text in texts)
        return bool(texts) and cells[area - 1].empty and wordy

    def _groups(self, cells: tuple[Cell, ...], area: int) -> bool:
        """Whether a row above groups headings: several words, or one that means something, right of the areas."""
        texts = {cell.text for cell in cells if cell.text}
        if not texts or any(cell.text for cell in cells[:area]) or any(map(Statements(self.words).labels, texts)):
            return False
        if len(texts) > 1:
            return True
        level = self._level(next(iter(texts)))
        return bool(level.period or level.status or heading_key(level.name) in self._levels)

    def _path(self, sheet: Sheet, first: int, last: int, number: int) -> list[Cell]:
        """The levels of one column's heading from the top down, each once."""
        levels: list[Cell] = []
        for row in range(first, last + 1):
            cell = sheet.cell(row, number)
            cell = cell if cell.text else self._from_left(sheet, row, last, number)
            if cell.text and (not levels or levels[-1].text != cell.text):
                levels.append(cell)
        return levels

    def _from_left(self, sheet: Sheet, row: int, last: int, number: int) -> Cell:
        """The heading to the left, if it spans this column too: both have a heading below."""
        if not self._below(sheet, row, last, number):
            return Cell()
        for left in range(number - 1, 0, -1):
            if (cell := sheet.cell(row, left)).text:
                return cell if self._below(sheet, row, last, left) else Cell()
        return Cell()

    def _below(self, sheet: Sheet, row: int, last: int, number: int) -> bool:
        """Whether a column has another heading below a row."""
        here = sheet.cell(row, number).text
        return any(sheet.cell(below, number).text not in ("", here) for below in range(row + 1, last + 1))

    def _filled(self, sheet: Sheet, last: int, number: int) -> bool:
        rows = (cells for row, cells in enumerate(sheet.rows[last:], last + 1) if row not in sheet.ragged)
        return any(not cells[number - 1].empty for cells in rows)

    def _column(
        self, sheet: Sheet, last: int, number: int, path: list[Cell], long: bool, indicator: Statement | None, area: int
    ) -> Column:
        heading = LEVEL.join(_texts(path))
        if not path and number == area:
            return Column(number, heading, field="area")
        if struck := next((cell for cell in path if cell.struck), None):
            todo = "Delete the column, or take the line through its heading away."
            raise sheet.error(last, number, "headings that are not struck through", f'"{struck.text}"', todo)
        if fault := next((cell.fault for cell in path if cell.fault), ""):
            raise sheet.error(last, number, "a heading as text", fault, "Write it out.")
        name = self.words.field(heading)
        if name and (long or heading_key(heading) not in self._figure_names):
            return Column(number, heading, field=name)
        if long or not path:
            raise self._unknown(sheet, last, number, heading, long)
        return self._figure_column(sheet, last, number, path, indicator)

    def _figure_column(
        self, sheet: Sheet, last: int, number: int, path: list[Cell], indicator: Statement | None
    ) -> Column:
        """A column of figures: its levels name an indicator, groups, periods, statuses and units."""
        levels = [self._level(cell.text) for cell in path]
        heading = LEVEL.join(_texts(path))
        names = [level.name for level in levels if level.name and heading_key(level.name) not in self._group_keys]
        period, status, unit, measure = (
            next((text for level in reversed(levels) if (text := getattr(level, part))), "")
            for part in ("period", "status", "unit", "measure")
        )
        columns, key = self._figure_names, heading_key(LEVEL.join(names))
        if not names and period:
            # What columns headed by periods hold is asked for together with all else that is missing.
            key = heading_key(indicator.cell.text) if indicator is not None else ""
            columns = columns | {"": FigureColumn(indicator="")}
        if key not in columns:
            raise self._unknown(sheet, last, number, heading, long=False)
        marks = tuple(mark for cell in path for mark in cell.marks)
        comment = "; ".join(dict.fromkeys(cell.comment for cell in path if cell.comment))
        return Column(number, heading, "", columns[key], period, status, measure, unit, marks, comment)

    def _level(self, level: str) -> Level:
        """What one level of a heading states; text that is nothing else is its name."""
        if len(level) > TEXT_LENGTHS["name"] or heading_key(level) in self._levels:
            return Level(level)
        if any(level in indicator.measures for indicator in self.indicators.indicators):
            return Level(measure=level)
        rest, parts = self._without_brackets(level)
        before, comma, last = rest.rpartition(",")
        if comma and (unit := self.words.unit(last)):
            rest, parts["unit"] = before.strip(), unit
        if not rest:
            return Level(**parts)
        if heading_key(rest) in self._levels:
            return Level(rest, **parts)
        status, bare = self._split_status(rest)
        stated = parts | ({"status": status} if status else {})
        if status and not bare:
            return Level(**stated)
        if period := self._period(bare):
            return Level(**(stated | {"period": period}))
        if status and heading_key(bare) in self._levels:
            return Level(bare, **stated)
        name, period = self._split_period(bare)
        return Level(name, **(stated | {"period": period})) if period else Level(rest, **parts)

    def _without_brackets(self, level: str) -> tuple[str, dict[str, str]]:
        """A level without brackets that hold a unit, status or period, and these."""
        parts: dict[str, str] = {}

        def taken(bracket: re.Match[str]) -> str:
            inner = bracket["inner"].strip()
            label, colon, after = inner.partition(":")
            inner = after.strip() if colon and self.words.field(label) == "unit" else inner
            meanings = (
                ("unit", self.words.unit(inner)), ("status", self.words.status(inner)), ("period", self._period(inner)),
            )  # fmt: skip
            read = {name: str(text) for name, text in meanings if text}
            parts.update(read)
            return " " if read else bracket[0]

        rest = _BRACKETS.sub(taken, level)
        return " ".join(rest.split()).strip(" ,"), parts

    def _split_status(self, level: str) -> tuple[str, str]:
        """The status stated by the first or last words of a level, and the rest of it."""
        for word, status in self._statuses:
            size = len(word.split())
            tokens = level.replace(",", " ").split()
            if len(tokens) >= size and plain(" ".join(tokens[:size])) == plain(word):
                return status, " ".join(tokens[size:])
            if len(tokens) > size and plain(" ".join(tokens[-size:])) == plain(word):
                return status, " ".join(tokens[:-size])
        return "", level

    def _split_period(self, level: str) -> tuple[str, str]:
        """Name and period of a level that has both, as in "Tăng trưởng GRDP năm 2025"."""
        tokens = level.split()
        for at in range(1, len(tokens)):
            for name, rest in ((tokens[:at], tokens[at:]), (tokens[at:], tokens[:at])):
                if heading_key(" ".join(name)) in self._levels and (period := self._period(" ".join(rest))):
                    return " ".join(name), period
        return level, ""

    def _period(self, level: str) -> str:
        try:
            return read_period(text_cell(level), self.words.periods)
        except ValueError:
            return ""

    def _numbers_columns(self, sheet: Sheet, row: int) -> bool:
        """Whether a row numbers the columns: A, B, (1), (2), 3=1/2."""
        if row > len(sheet.rows):
            return False
        texts = [cell.printed for cell in sheet.rows[row - 1] if cell.text]
        letter = any(text.strip("()").isalpha() or text.startswith("(") for text in texts)
        return len(texts) > 1 and letter and all(_COLUMN_NUMBER.match(text) for text in texts)

    def _require_whole(self, sheet: Sheet, first: int, last: int) -> None:
        """Stop at a row of headings with a different number of cells than the rows below."""
        for row in range(first, last + 1):
            if row in sheet.ragged:
                todo = "A delimiter inside a heading or a number makes two cells of one: put it in quotes."
                got = f"{sheet.ragged[row]} cells"
                raise sheet.error(row, None, "as many headings as the rows below have cells", got, todo)

    def _require_distinct(self, sheet: Sheet, last: int, columns: Iterable[Column]) -> None:
        seen: dict[tuple[str, ...], Column] = {}
        for item in columns:
            if item.field == "ignored":
                continue
            meaning = (item.figure.indicator, item.figure.measure, item.period) if item.figure else (item.field,)
            other = seen.setdefault(meaning, item)
            if other is not item:
                raise sheet.error(
                    last,
                    item.number,
                    f'one column for {" ".join(filter(None, meaning))}; "{other.heading}" is one',
                    f'"{item.heading}", which means the same',
                    "Delete one, or say in its heading what sets it apart.",
                )

    def _no_heading(self, sheet: Sheet) -> DataError:
        """No heading for the areas: the error is at the cell above the first area or at the nearest word."""
        usual = self.words.fields["area"]
        expected = "a row of headings, one of them for the areas, such as " + ", ".join(
            f'"{word}"' for word in usual[:3]
        )
        begin = self._areas_begin(sheet)
        if begin is not None:
            row, column = begin
            rows = (at for at in range(row - 1, 0, -1) if not self._numbers_columns(sheet, at))
            above = next((at for at in rows if sheet.cell(at, column).text), None)
            if above is not None:
                got = sheet.cell(above, column).text
                todo = f"{did_you_mean(got, usual)} If it is right, add it under fields: area in params/intake.yaml."
                return DataError(sheet.place(above, column), expected, f'"{got}"', todo)
        rows_above = enumerate(sheet.rows[:_NEAR], 1)
        cells = [(row, cell) for row, cells in rows_above for cell in cells[:_NEAR] if cell.text]
        words = {cell.text: row for row, cell in reversed(cells) if _is_word(cell)}
        near = sorted((row, text) for text, row in words.items() if "did you mean" in did_you_mean(text, usual))
        if near:
            row, got = near[0]
            todo = did_you_mean(got, usual)
        else:
            row, got = (cells[0][0], cells[0][1].text) if cells else (1, "")
            todo = "Give the column of the areas such a heading, in the row of the other headings."
        return DataError(sheet.place(row), expected, f'"{got}"' if got else "nothing", todo)

    def _unknown(self, sheet: Sheet, last: int, number: int, heading: str, long: bool) -> DataError:
        if not heading:
            return sheet.error(last, number, "a heading above the cells of the column", "none", "Write what it holds.")
        names = {word for words in self.words.fields.values() for word in words}
        if not long:
            names |= {item for column in self.words.columns for item in column.headings}
            names |= {name for item in self.indicators.indicators for name in (item.name, item.name_vi) if name}
        expected = "a heading of params/intake.yaml" + ("" if long else " or an indicator's name")
        near = did_you_mean(heading, names)
        near = near if "did you mean" in near else f"{strange_letters(heading)}No known heading is like it."
        todo = f"{near} A new one is added to params/intake.yaml, not guessed."
        return sheet.error(last, number, expected, f'"{heading}"', todo)

    @cached_property
    def _figure_names(self) -> dict[str, FigureColumn]:
        return self.words.figure_columns(self.indicators)

    @cached_property
    def _group_keys(self) -> set[str]:
        return {heading_key(item) for item in self.words.groups}

    @cached_property
    def _levels(self) -> set[str]:
        """Every level of every known heading."""
        return self._group_keys | {level for key in self._figure_names for level in key.split(LEVEL)}

    @cached_property
    def _statuses(self) -> tuple[tuple[str, str], ...]:
        """Words for statuses, the longest first: "Ước thực hiện" is not "Ước"."""
        names = [(word, str(status)) for status, words in self.words.statuses.items() for word in words]
        return tuple(sorted(names, key=lambda pair: -len(pair[0])))


def _is_word(cell: Cell) -> bool:
    """Whether a cell can be a name: neither a number nor a paragraph."""
    return bool(cell.text) and cell.number is None and len(cell.text) <= SHORT_TEXT


def _texts(path: Iterable[Cell]) -> list[str]:
    return [cell.text for cell in path]
