"""Lines above a table that describe its figures: "Kỳ báo cáo: Quý I/2026", "Số liệu tính đến ngày 31/3/2026"."""

from __future__ import annotations

from dataclasses import dataclass

from policyreport.data.observations.periods import period_bounds
from policyreport.errors import DataError
from policyreport.intake.days import read_day, read_period, read_published
from policyreport.intake.layout import LABELS, Line, Statement
from policyreport.intake.sheets import Cell, Sheet, text_cell
from policyreport.params import limits
from policyreport.params.intake import IntakeMap


@dataclass(frozen=True)
class Statements:
    """Reads such lines by the map."""

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
        bare = cell.whole.strip("()[] ")
        before, colon, after = bare.partition(":")
        if label := self._label(before):
            place = sheet.place(row, number, cell.text)
            behind = Statement(text_cell(after), place) if colon and after.strip() else None
            return label, behind or self._next(sheet, row, number)
        for name, value in self._led(bare):
            return name, Statement(value, sheet.place(row, number, cell.text))
        return "", None

    def _label(self, text: str) -> str:
        """The field that some words name, or nothing."""
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
        return {"status": self.words.status(cell.text), "unit": self.words.unit(cell.whole)}.get(name)
