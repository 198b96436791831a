"""Rows of a sheet as drafts of figures: which cell names the area, which holds the value, what else describes it."""

from dataclasses import dataclass, field

from policyreport.errors import DataError
from policyreport.intake.layout import NOTE_LINE, Column, Layout, Line, Statement
from policyreport.intake.names import AreaNames
from policyreport.intake.numbers import Fit, readings, take_apart
from policyreport.intake.sheets import Cell, Sheet
from policyreport.params import limits
from policyreport.params.intake import FigureColumn, IntakeMap
from policyreport.params.spelling import plain


@dataclass(frozen=True)
class Draft:
    """A figure as the sheet states it, with nothing interpreted yet.

    `row` and `column` (from 1) are the place of its value. `stated` has what sheet and command state about it, by
    field, without empty cells; `own` names the fields stated by the row itself, not by the lines above the table or the
    command. `figure` and `unit` come from the heading; in the long form `figure` is None. `marks` are note marks at
    value and area, `comments` what somebody wrote about these cells in the file. `code`, the area's statistical code,
    is only compared.
    """

    row: int
    column: int
    stated: dict[str, Statement]
    own: frozenset[str] = frozenset()
    figure: FigureColumn | None = None
    unit: str = ""
    marks: tuple[str, ...] = ()
    heading_marks: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    code: Statement | None = None


@dataclass
class Drafts:
    """What the rows of a sheet hold.

    `totals` has row and label of each row that only adds up others, `absent` the number of cells that say nothing
    is published, `notes` the text of each mark, `problems` the rows that cannot be read, and `remarks` the lines below
    the table that are about all of it.
    """

    figures: list[Draft] = field(default_factory=list)
    totals: list[tuple[int, str]] = field(default_factory=list)
    absent: int = 0
    notes: dict[str, str] = field(default_factory=dict)
    problems: list[DataError] = field(default_factory=list)
    unread: list[Line] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def draft_figures(
    sheet: Sheet, layout: Layout, names: AreaNames, words: IntakeMap, given: dict[str, Statement]
) -> Drafts:
    """Go through the rows below the headings; `given` holds for every figure: options and lines above the table.

    Raises DataError if a second table begins below the first.
    """
    reader = _RowReader(sheet, layout, names, words, given)
    for row in range(layout.last + 1, len(sheet.rows) + 1):
        reader.read(row)
    reader.tell_unused_notes()
    return reader.drafts


class _RowReader:
    """Reads one row after another into `drafts`."""

    def __init__(
        self, sheet: Sheet, layout: Layout, names: AreaNames, words: IntakeMap, given: dict[str, Statement]
    ) -> None:
        self.sheet, self.layout, self.names, self.words, self.given = sheet, layout, names, words, given
        self.drafts = Drafts()
        self.notes: list[tuple[str, Line]] = []
        self.area = next(column for column in layout.columns if column.field == "area")
        value = layout.column("value")
        self.values: tuple[Column, ...] = (value,) if value else layout.figures
        self.not_published = {word.casefold() for word in words.not_published}
        self.totals = {plain(word) for word in words.totals}
        self.led = tuple(plain(word) + " " for word in words.notes)

    def read(self, row: int) -> None:
        cells = self.sheet.rows[row - 1]
        if all(cell.empty for cell in cells) or self._repeats_heading(row):
            return
        label = self._label(row)
        area = self._cell(row, self.area)
        # A block merged over the whole table heads a group of rows.
        held = [column for column in self.values if self._has_content(self._cell(row, column), area)]
        if not held and not area.empty and any(self._cell(row, column) is area for column in self.values):
            self._line(row)
        elif plain(label) in self.totals and held:
            self.drafts.totals.append((row, label))
        elif label and (self.names.candidates(label) or label in self.names.areas.table.index or held):
            self._area_row(row, label, held)
        elif any(self._is_number(self._cell(row, column)) for column in held):
            todo = "Write the name of the province, or delete the row."
            got = self._cell(row, self.area).fault or "nothing"
            place = self.sheet.place(row, self.area.number, self.area.heading)
            self.drafts.problems.append(DataError(place, "an area next to the figures", got, todo))
        else:
            self._line(row)

    def _area_row(self, row: int, label: str, held: list[Column]) -> None:
        """A row of an area; an unknown name is kept, to be refused later with the nearest names."""
        numbers = any(self._is_number(self._cell(row, column)) for column in held)
        if not numbers and not self._may_be_area(label):
            self._line(row)
            return
        if problem := self._broken(row) or self._struck(row, held):
            self.drafts.problems.append(problem)
            return
        for column in self.values:
            if column in held:
                self.drafts.figures.append(self._draft(row, column))
            else:
                self.drafts.absent += 1

    def _may_be_area(self, label: str) -> bool:
        """Whether a name is known or close to a known one; a line of text below the table is neither."""
        if plain(label).startswith(self.led):
            return False
        areas = self.names.areas
        if self.names.candidates(label) or label in areas.table.index:
            return True
        # Looking for near names takes time, and a long text or the thousandth line is no name.
        short = len(label) <= limits.SHORT_TEXT and len(self.drafts.unread) <= limits.PROBLEMS
        return short and "?" in areas.suggest(label)

    def _draft(self, row: int, value: Column) -> Draft:
        own = {"value": self._statement(row, value)}
        for column in self.layout.columns:
            cell = self._cell(row, column)
            if column.field and column.field != "ignored" and not cell.empty:
                own[column.field] = self._statement(row, column)
        code = own.pop("code", None)
        for name, text in (("period", value.period), ("status", value.status), ("measure", value.measure)):
            if text:
                own[name] = Statement(Cell(text=text, printed=text), own["value"].place)
        shown = [own["value"].cell, *([own["area"].cell] if "area" in own else [])]
        marks = tuple(mark for cell in shown for mark in cell.marks)
        comments = (*(cell.comment for cell in shown if cell.comment), *filter(None, (value.comment,)))
        return Draft(
            row,
            value.number,
            self.given | own,
            frozenset(own),
            value.figure,
            value.unit,
            marks,
            value.marks,
            comments,
            code,
        )

    def _statement(self, row: int, column: Column) -> Statement:
        return Statement(self._cell(row, column), self.sheet.place(row, column.number, column.heading))

    def _broken(self, row: int) -> DataError | None:
        """Why a row's cells cannot be told apart: merged blocks, or a different number of cells."""
        if row in self.sheet.ragged:
            return self.sheet.error(
                row,
                None,
                f"as many cells as in row {self.layout.last}",
                f"{self.sheet.ragged[row]} cells",
                "A thousands separator that is the delimiter too makes two cells of one: put the number in quotes.",
            )
        wanted = {column.number for column in (self.area, *self.values)}
        for block in self.sheet.merged:
            if block.top <= row <= block.bottom:
                touched = sorted(wanted & set(range(block.left, block.right + 1)))
                # A name may span the rows of its figures; a figure belongs to one row.
                if touched and (len(touched) > 1 or (block.bottom > block.top and touched != [self.area.number])):
                    return self.sheet.error(
                        row,
                        touched[0],
                        "a cell of its own for each figure and area",
                        f"a block merged over rows {block.top} to {block.bottom}",
                        "Unmerge it and write each figure into its cell.",
                    )
        return None

    def _struck(self, row: int, held: list[Column]) -> DataError | None:
        """Why a row cannot be read: its name or a figure is struck through, so it may have been withdrawn."""
        for column in (self.area, *held):
            cell = self._cell(row, column)
            if cell.struck:
                got = f'"{cell.printed}", struck through in whole or in part'
                todo = "Delete it if it was withdrawn; take the line away if it holds."
                return self.sheet.error(row, column.number, "a cell that holds", got, todo, column.heading)
        return None

    def _line(self, row: int) -> None:
        """A line without figures: the text of a mark, or a remark."""
        texts = list(dict.fromkeys(cell.printed for cell in self.sheet.rows[row - 1] if cell.text))
        line = " ".join(texts)
        if match := NOTE_LINE.match(line):
            # A note and a numbered remark may begin alike: keep both.
            other = self.drafts.notes.get(match["mark"], "")
            self.drafts.notes[match["mark"]] = "; ".join(dict.fromkeys(filter(None, (other, match["text"]))))
            self.notes.append((match["mark"], Line(row, line)))
            return
        kept = plain(line).startswith(self.led)
        if kept:
            self.drafts.remarks.append(line)
        self.drafts.unread.append(Line(row, line, kept))

    def tell_unused_notes(self) -> None:
        """Add the texts of marks that no figure has to the lines that were not read."""
        used = {mark for draft in self.drafts.figures for mark in (*draft.marks, *draft.heading_marks)}
        self.drafts.unread += [line for mark, line in self.notes if mark not in used]
        self.drafts.unread.sort(key=lambda line: line.row)

    def _label(self, row: int) -> str:
        text = self._cell(row, self.area).text
        if text:
            return text
        labels = self.totals | {plain(word) for word in self.words.nation}
        others = [self._cell(row, column).text for column in self.layout.columns if column not in self.values]
        return next((other for other in others if plain(other) in labels and other), "")

    def _cell(self, row: int, column: Column) -> Cell:
        return self.sheet.cell(row, column.number)

    def _has_content(self, cell: Cell, area: Cell) -> bool:
        """False for a cell that is empty, says that nothing is published, or is one block with the area."""
        return not cell.empty and cell is not area and cell.printed.casefold() not in self.not_published

    def _is_number(self, cell: Cell) -> bool:
        digits = take_apart(cell.text, self.words).digits
        return cell.number is not None or bool(cell.fault) or bool(readings(digits, Fit()))

    def _repeats_heading(self, row: int) -> bool:
        """Whether the heading is printed again; another heading begins another table, which is refused."""
        text = self._cell(row, self.area).text
        if self.words.field(text) != "area":
            return False
        above = [[cell.text for cell in self.sheet.rows[at - 1]] for at in range(self.layout.first, row)]
        if [cell.text for cell in self.sheet.rows[row - 1]] in above:
            return True
        raise self.sheet.error(
            row,
            self.area.number,
            f"one table; its headings are in row {self.layout.first}",
            f'a second heading "{text}"',
            "Put each table into a file of its own.",
        )
