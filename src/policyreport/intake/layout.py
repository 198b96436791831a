"""The layout of a sheet: what its columns hold, what the lines above its table state, and which units these name."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import get_args

from policyreport.errors import DataError, did_you_mean
from policyreport.intake.days import read_day, read_period, read_published
from policyreport.intake.sheets import Cell, Sheet, text_cell
from policyreport.params import limits
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.intake import FigureColumn, IntakeMap, LedgerField, SheetField, heading_key
from policyreport.records.periods import period_bounds

# What a line above the table can state; the rest only heads columns.
LABELS = tuple(
    name
    for name in (*get_args(LedgerField), "publisher", "publisher_name", "title", "address", "licence")
    if name not in ("area", "value", "bound", "note")
)
# "(1) Estimate", "* Provisional": a line that explains a mark.
NOTE_LINE = re.compile(r"^\(?(?P<mark>\d{1,2}|\*+|[a-z])\)?\s*[.):]?\s+(?P<text>\D.*)$")

# Units without a dimension: a line such as "Đơn vị tính: tỷ đồng" above a table does not speak of them.
_BARE = ("%", "rank", "index")


@dataclass(frozen=True)
class Statement:
    """A value and where it is stated: a cell, or an option of the command."""

    cell: Cell
    place: str

    def error(self, expected: str, todo: str) -> DataError:
        """Make the error of a value that cannot be used."""
        return DataError(self.place, expected, f'"{self.cell.text}"', todo)

    def unknown(self, expected: str, names: Iterable[str]) -> DataError:
        """Make the error of a value that is none of some names."""
        return self.error(expected, did_you_mean(self.cell.text, names))


@dataclass(frozen=True)
class Column:
    """A column of the table, its `number` counted from 1.

    `heading` is as printed, its levels joined. `field` is a field of the ledger or sheet, empty for a column of
    figures, whose meaning is `figure`. `period` to `unit` are what the heading states besides, `marks` its note marks,
    `comment` what somebody wrote about it in the file.
    """

    number: int
    heading: str
    field: SheetField | str = ""
    figure: FigureColumn | None = None
    period: str = ""
    status: str = ""
    measure: str = ""
    unit: str = ""
    marks: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Line:
    """A line outside the table that was not read; one that is `kept` goes into the sidecar's note."""

    row: int
    text: str
    kept: bool = False


@dataclass(frozen=True)
class Layout:
    """The layout of a sheet.

    `first` and `last` are the rows of the headings, from 1; figures begin below. `columns` leaves out those without
    heading and content. `stated` has what the lines above the table state, by field; `unread` the lines that state
    nothing, such as the title.
    """

    first: int
    last: int
    columns: tuple[Column, ...]
    stated: dict[str, Statement] = field(default_factory=dict)
    unread: tuple[Line, ...] = ()

    def column(self, field: str) -> Column | None:
        """Find the column of a field; None if the sheet has none."""
        return next((column for column in self.columns if column.field == field), None)

    @property
    def figures(self) -> tuple[Column, ...]:
        """The columns of figures; none in the long form."""
        return tuple(column for column in self.columns if column.figure is not None)


@dataclass(frozen=True)
class Statements:
    """Reads lines above a table: "Kỳ báo cáo: Quý I/2026", "Số liệu tính đến ngày 31/3/2026"."""

    words: IntakeMap

    def read(self, sheet: Sheet, first: int) -> tuple[dict[str, Statement], tuple[Line, ...]]:
        """Read the lines above a row: what they state, by field, and those that state nothing.

        Raises DataError if two lines state different things about one field.
        """
        stated: dict[str, Statement] = {}
        unread: list[Line] = []
        for row in range(1, first):
            understood = False
            for number, cell in enumerate(sheet.rows[row - 1], 1):
                repeated = number > 1 and sheet.cell(row, number - 1) is cell
                if repeated or not cell.text:
                    continue
                label, value = self._line(sheet, row, number)
                understood = understood or bool(label)
                if value is not None:
                    self._keep(stated, label, value)
            texts = list(dict.fromkeys(cell.text for cell in sheet.rows[row - 1] if cell.text))
            if texts and not understood:
                unread.append(Line(row, " ".join(texts)))
        return stated, tuple(unread)

    def labels(self, text: str) -> bool:
        """Whether a text is the label of such a line."""
        return bool(self._label(text.partition(":")[0]))

    def _keep(self, stated: dict[str, Statement], label: str, value: Statement) -> None:
        """Add a statement; another one about the same field must agree."""
        other = stated.setdefault(label, value)
        if not self.same(label, other.cell, value.cell):
            raise DataError(
                value.place,
                f'"{other.cell.text}" as at {other.place}',
                f'"{value.cell.text}" for {label}',
                "State it once.",
            )

    def same(self, name: str, one: Cell, other: Cell) -> bool:
        """Whether two texts state the same about a field, however they are written."""
        meaning = self._meaning(name, one)
        return one.text == other.text or (meaning is not None and meaning == self._meaning(name, other))

    def _line(self, sheet: Sheet, row: int, number: int) -> tuple[str, Statement | None]:
        """What a cell states: the field, and the value after its colon, in the next cell, or after its label."""
        cell = sheet.cell(row, number)
        bare = cell.printed.strip("()[] ")
        before, colon, after = bare.partition(":")
        if label := self._label(before):
            place = sheet.place(row, number, cell.text)
            behind = Statement(text_cell(after), place) if colon and after.strip() else None
            return label, behind or self._next(sheet, row, number)
        for name, value in self._led(bare):
            return name, Statement(value, sheet.place(row, number, cell.text))
        return "", None

    def _label(self, text: str) -> str:
        name = self.words.field(text) if text.strip() else None
        return str(name) if name in LABELS else ""

    def _next(self, sheet: Sheet, row: int, number: int) -> Statement | None:
        """The next cell with content, unless it is a label too."""
        label = sheet.cell(row, number)
        for right in range(number + 1, sheet.width + 1):
            cell = sheet.cell(row, right)
            if not cell.empty and cell is not label:
                if self._label(cell.text.partition(":")[0]):
                    return None
                return Statement(cell, sheet.place(row, right, label.text.rstrip(":")))
        return None

    def _led(self, text: str) -> list[tuple[str, Cell]]:
        """A field whose label begins a text and whose value is the rest; the longest label wins."""
        tokens = text.split()
        if len(tokens) > limits.LINE_WORDS:
            return []
        for size in range(len(tokens) - 1, 0, -1):
            label = self._label(" ".join(tokens[:size]))
            value = text_cell(" ".join(tokens[size:]).strip("()[].; "))
            if self._meaning(label, value) is not None:
                return [(label, value)]
        return []

    def _meaning(self, name: str, cell: Cell) -> object:
        """The meaning of a text in a field, however it is written; None if it cannot be read."""
        periods = self.words.periods
        try:
            if name == "period":
                return period_bounds(read_period(cell, periods))
            if name in ("reference_date", "published"):
                return (read_day if name == "reference_date" else read_published)(cell, periods)
        except ValueError:
            return None
        return {"status": self.words.status(cell.text), "unit": self.words.unit(cell.printed)}.get(name)


@dataclass(frozen=True)
class Units:
    """Reads units by the map, and by the units of the indicators."""

    words: IntakeMap
    indicators: Indicators

    def named(self, text: str) -> str | None:
        """The ledger's unit that some words name; None if unknown."""
        if unit := self.words.unit(text):
            return unit
        key = heading_key(text)
        names = (unit for indicator in self.indicators.indicators for unit in indicator.units)
        return next((unit for unit in names if heading_key(unit) == key), None)

    def listed(self, statement: Statement) -> list[str]:
        """The units named by a line above the table or by an option, one or several."""
        text = statement.cell.printed
        parts = [text] if self.named(text) else [part.strip() for part in text.replace(";", ",").split(",")]
        units = [self.named(part) for part in parts]
        if None in units:
            names = [word for unit, others in self.words.units.items() for word in (unit, *others)]
            raise DataError(statement.place, "units of params/intake.yaml", f'"{text}"', did_you_mean(text, names))
        return [unit for unit in units if unit]

    def shared(self, statement: Statement, indicator: Indicator, usual: str) -> str:
        """The unit of one column, by a line that names the units of all."""
        units = self.listed(statement)
        fitting = [unit for unit in units if unit in indicator.units]
        if fitting:
            return fitting[0]
        if usual.startswith(_BARE) or usual.endswith("score"):
            return usual
        raise self.unfit(statement.place, " or ".join(units), indicator)

    def fitting(self, unit: str, place: str, indicator: Indicator, usual: str) -> str:
        """A unit of the indicator; a bare per-cent sign means the usual one that begins with it."""
        if unit == "%" and usual.startswith("%"):
            return usual
        if unit not in indicator.units:
            raise self.unfit(place, unit, indicator)
        return unit

    def unfit(self, place: str, unit: str, indicator: Indicator) -> DataError:
        """The error of a unit that an indicator does not have: in another unit, figures change their meaning."""
        had = " or ".join(f'"{name}"' for name in indicator.units)
        todo = f"Figures are not converted: if they are of {indicator.id}, write them in {had} and say so."
        return DataError(place, f"a unit of {indicator.id}, {had}", f'"{unit}"', todo)

    def unused(self, lines: Iterable[Statement], shown: list[Indicator]) -> Iterator[DataError]:
        """Find lines above the table whose unit no column can have: the figures are in another one."""
        for statement in lines:
            try:
                units = self.listed(statement)
            except DataError:
                continue
            for unit in units:
                # A bare per-cent sign stands for any unit that begins with it.
                if not any(
                    unit in indicator.units or (unit == "%" and indicator.unit.startswith("%")) for indicator in shown
                ):
                    names = sorted({f'"{name}"' for indicator in shown for name in indicator.units})
                    todo = f"The columns can be in {', '.join(names)}: correct the unit, or convert the figures."
                    yield DataError(statement.place, "a unit of some column", f'"{unit}"', todo)
