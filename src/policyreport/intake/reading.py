"""Turn drafts into figures: every text in them is known, or the figure is refused at its cell."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import get_args

from policyreport.data.observations.known import QUALITY
from policyreport.data.observations.ledger import exists_in
from policyreport.errors import DataError, require_one_of
from policyreport.intake.days import read_day, read_period, read_published
from policyreport.intake.delivery import Figure
from policyreport.intake.drafts import Draft, Drafts
from policyreport.intake.layout import Statement, Statements, Units
from policyreport.intake.names import AreaNameError, AreaNames, day_of
from policyreport.intake.numbers import Decimals, Fit, Number, UndecidedError, decide_decimals, read_cell
from policyreport.intake.sheets import Cell, Sheet, require_printable
from policyreport.params import limits
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.intake import FigureColumn, IntakeMap, PeriodWords, heading_key
from policyreport.params.policy import Policy
from policyreport.params.spelling import plain
from policyreport.records.base import Status
from policyreport.records.periods import last_day, period_bounds

_BOUNDS = ("=", "~", ">", "<")
# What every figure needs; a list and a measure only some indicators.
_NEEDED = ("period", "published", "status")


@dataclass(frozen=True)
class Context:
    """What the texts of a sheet are matched against and checked with.

    Nothing is published after `today`; `slack_days` is how long after the end of its period a count may hold.
    """

    names: AreaNames
    indicators: Indicators
    policy: Policy
    words: IntakeMap
    today: date
    slack_days: int


@dataclass
class Reading:
    """The result of reading a sheet.

    `problems` has what is refused, each place once. `missing` has the fields that neither sheet nor command states,
    with the indicators that need them, or the cell. `unread` has unknown words that formats show next to numbers, each
    with its first cell.
    """

    figures: list[Figure] = field(default_factory=list)
    problems: list[DataError] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    decimals: Decimals = Decimals.point
    unread: dict[str, str] = field(default_factory=dict)


def index_hint(indicator: Indicator, value: Decimal) -> str:
    """Say if a growth rate may be an index with the year before as 100."""
    usual = indicator.plausible
    if usual is None or usual.low >= 0 or usual.holds(value) or not usual.holds(value - 100):
        return ""
    return f"If it is an index, the year before being 100, write growth: {value - 100:f}. "


def read_figures(
    sheet: Sheet, drafts: Drafts, context: Context, decimals: Decimals | None, options: dict[str, Statement]
) -> Reading:
    """Read every draft; a sheet that contradicts `options`, stated by the user, is refused there.

    Raises DataError if the sheet mixes both notations of decimals.
    """
    reader = _Reader(context, drafts.notes, options)
    pairs, problems = [], list(drafts.problems)
    for draft in drafts.figures:
        try:
            if reader.has_indicator(draft):
                pairs.append((draft, reader.indicator(draft)))
        except DataError as error:
            problems.append(error)
        if len(problems) > limits.PROBLEMS:
            return Reading([], [*problems, _too_many(sheet, draft)], {})
    cells = [(draft.row, draft.column, reader.fit(indicator)) for draft, (indicator, _) in pairs]
    complete = [(draft, *of) for draft, of in pairs if reader.is_complete(draft, *of)]
    try:
        way = decide_decimals(sheet, cells, context.words, decimals)
    except UndecidedError as error:
        reader.missing["decimal"] = [f"{error.where}: {error.got}"]
        return Reading([], problems, reader.missing)
    figures = []
    for draft, indicator, column in complete:
        try:
            figures.append(reader.figure(draft, indicator, column, way))
        except DataError as error:
            problems.append(error)
        if len(problems) > limits.PROBLEMS:
            problems.append(_too_many(sheet, draft))
            break
    unused = list(reader.unused_units([(draft, indicator) for draft, (indicator, _) in pairs]))
    places = {error.where for error in unused}
    problems = [*(error for error in problems if error.where not in places), *unused]
    distinct = {(error.where, error.expected): error for error in problems}
    return Reading(figures, list(distinct.values()), reader.missing, way, reader.unread)


def _too_many(sheet: Sheet, draft: Draft) -> DataError:
    """Why reading stops before the end of a sheet."""
    expected = f"a sheet of which at most {limits.PROBLEMS} cells cannot be read"
    return DataError(sheet.place(draft.row), expected, "more up to here", "Correct these before the rest is read.")


class _Reader:
    """Reads one draft at a time; the texts of marks go into the notes."""

    def __init__(self, context: Context, notes: dict[str, str], options: dict[str, Statement]) -> None:
        self.context, self.notes, self.options = context, notes, options
        self.indicators = context.indicators.by_id()
        self.columns = context.words.figure_columns(context.indicators)
        self.lists = {item.id: item for item in context.policy.lists}
        self.units = Units(context.words, context.indicators)
        self.statements = Statements(context.words)
        self.missing: dict[str, list[str]] = {}
        self.unread: dict[str, str] = {}

    def has_indicator(self, draft: Draft) -> bool:
        """Whether a draft says what it is about; what is missing is asked for once."""
        stated = draft.figure.indicator if draft.figure is not None else draft.stated.get("indicator")
        if not stated:
            self.missing.setdefault("indicator", [])
        return bool(stated)

    def indicator(self, draft: Draft) -> tuple[Indicator, FigureColumn]:
        if draft.figure is not None:
            return self.indicators[draft.figure.indicator], draft.figure
        statement = draft.stated["indicator"]
        column = self.columns.get(heading_key(statement.cell.text))
        if column is None:
            names = {*self.indicators, *(heading for item in self.context.words.columns for heading in item.headings)}
            raise statement.unknown("an indicator of params/indicators.yaml or params/intake.yaml", names)
        return self.indicators[column.indicator], column

    def is_complete(self, draft: Draft, indicator: Indicator, column: FigureColumn) -> bool:
        """Whether a draft states all that its indicator needs; what is missing is asked for once a sheet."""
        needed = [name for name in _NEEDED if name not in draft.stated]
        if indicator.measures and not column.measure and "measure" not in draft.stated:
            needed.append("measure")
        if indicator.topic in self.context.words.listed_topics and "list" not in draft.stated:
            needed.append("list")
        for name in needed:
            of = self.missing.setdefault(name, [])
            of += [indicator.id] if indicator.id not in of else []
        return not needed

    def fit(self, indicator: Indicator) -> Fit:
        """Which numbers an indicator can have."""
        return Fit(indicator.kind in ("count", "rank"), indicator.low, indicator.high)

    def figure(self, draft: Draft, indicator: Indicator, column: FigureColumn, decimals: Decimals) -> Figure:
        self._require_agreement(draft)
        number = self._number(draft, indicator, decimals)
        fields = {
            "period": self._read(draft, "period", read_period, "a period such as 2026-Q1"),
            "published": self._published(draft),
            "reference_date": self._reference_date(draft),
            "quality": self._quality(draft),
            "status": number.status if number.status and "status" not in draft.own else self._status(draft),
        }
        rate = indicator.kind == "intensive" and indicator.topic not in self.context.words.listed_topics
        if rate and fields["reference_date"] == str(period_bounds(fields["period"])[1]):
            # The day of the whole sheet, which adds nothing to a rate over a period: kept, it would make a revision a
            # figure of its own.
            fields["reference_date"] = ""
        fields["list"] = self._list(draft, indicator, fields["period"], fields["reference_date"])
        fields["area"] = self._area(draft, fields)
        if indicator.national and self.context.names.areas.table["type"][fields["area"]] == "nation":
            indicator = self.indicators[indicator.national]
        fields["indicator"] = indicator.id
        fields["measure"] = self._measure(draft, indicator, column)
        fields["unit"] = self._unit(draft, indicator, column, fields["area"], number)
        fields["value"], fields["bound"] = self._value(draft, indicator, fields["unit"], number)
        fields["note"] = self._note(draft)
        return Figure(fields, draft.row, draft.column, draft.stated["value"].place)

    def _require_agreement(self, draft: Draft) -> None:
        """Stop if a row or its heading contradicts an option: one of them is wrong."""
        for name, option in self.options.items():
            statement = draft.stated.get(name)
            if name == "unit" and draft.unit:
                place = draft.stated["value"].place
                wanted = self.units.listed(option)
                if draft.unit not in wanted and not (draft.unit == "%" and any(u.startswith("%") for u in wanted)):
                    raise contradicted(place, draft.unit, option)
            elif name in draft.own and statement and not self.statements.same(name, statement.cell, option.cell):
                raise contradicted(statement.place, statement.cell.text, option)

    def _area(self, draft: Draft, fields: dict[str, str]) -> str:
        """The area's key, checked against the day and the statistical code."""
        statement = draft.stated["area"]
        day = day_of(fields["period"], fields["reference_date"], fields["published"], fields["quality"])
        names = self.context.names
        try:
            key = names.find(statement.cell.text, day)
        except AreaNameError as error:
            raise statement.error(error.expected, error.todo) from None
        if not exists_in(names.areas, key, fields["period"], fields["quality"]):
            outside = names.outside(key, f"in {fields['period']}", "Use the key of that time")
            got = f'"{statement.cell.text}" ({names.areas.name(key)})'
            raise DataError(statement.place, outside.expected, got, outside.todo)
        code = names.areas.table["gso_code"][key]
        if draft.code is not None and code and draft.code.cell.text.zfill(2) != code:
            expected = f'the code of "{statement.cell.text}", which is {code} as {key}'
            raise draft.code.error(expected, "Codes have been reassigned: correct the code, or the name in its row.")
        return str(key)

    def _unit(self, draft: Draft, indicator: Indicator, column: FigureColumn, area: str, number: Number) -> str:
        """The unit: of the heading or the row, of the line above the table, of the map, or of the indicator."""
        unit = self._stated_unit(draft, indicator, column, area)
        if number.unit and self.units.fitting(number.unit, draft.stated["value"].place, indicator, unit) != unit:
            todo = "One of them is wrong: correct the format of the cell, or the unit stated for it."
            got = f'"{draft.stated["value"].cell.printed}", in {number.unit}'
            raise DataError(draft.stated["value"].place, f"a figure in {unit}", got, todo)
        return unit

    def _stated_unit(self, draft: Draft, indicator: Indicator, column: FigureColumn, area: str) -> str:
        national = self.context.names.areas.table["type"][area] == "nation" and column.national_unit
        usual = national or column.unit or indicator.unit
        if draft.unit:
            return self.units.fitting(draft.unit, draft.stated["value"].place, indicator, usual)
        statement = draft.stated.get("unit")
        if statement is None:
            return usual
        if "unit" in draft.own:
            unit = self.units.named(statement.cell.printed) or statement.cell.printed
            return self.units.fitting(unit, statement.place, indicator, usual)
        return self.units.shared(statement, indicator, usual)

    def unused_units(self, pairs: list[tuple[Draft, Indicator]]) -> Iterable[DataError]:
        """Lines above the table whose unit no column can have."""
        own = ((draft, draft.stated["unit"]) for draft, _ in pairs if "unit" in draft.stated.keys() - draft.own)
        lines = {statement.place: statement for _, statement in own}
        return self.units.unused(lines.values(), list({item.id: item for _, item in pairs}.values()))

    def _number(self, draft: Draft, indicator: Indicator, decimals: Decimals) -> Number:
        statement, fit = draft.stated["value"], self.fit(indicator)
        cell = statement.cell
        if cell.fault or cell.dated:
            got = cell.fault or f"the day {cell.text}, into which a spreadsheet turns 12-5"
            todo = _PLAIN if cell.fault.startswith("the number") else _NO_NUMBER
            raise DataError(statement.place, str(fit), got, todo)
        try:
            number = read_cell(cell, decimals, self.context.words)
        except ValueError as error:
            if cell.number is not None:
                raise DataError(statement.place, str(fit), f"{_quoted(cell)}: {error}", _PLAIN) from None
            raise DataError(statement.place, f"{fit}, with a decimal {decimals}", _quoted(cell), _NO_NUMBER) from None
        if number.unread:
            self.unread.setdefault(number.unread, statement.place)
        return number

    def _value(self, draft: Draft, indicator: Indicator, unit: str, number: Number) -> tuple[str, str]:
        """The number as the ledger writes it, and its bound."""
        statement, fit = draft.stated["value"], self.fit(indicator)
        if number.percent and not unit.startswith("%"):
            got = f"{_quoted(statement.cell)}, a percentage"
            raise DataError(statement.place, f"{fit}, in {unit}", got, _NO_NUMBER)
        if not fit.holds(number.value):
            todo = f"{index_hint(indicator, number.value)}Check unit, separators and decimals against the source."
            raise DataError(statement.place, f"{indicator.id}: {fit}", _quoted(statement.cell), todo)
        if abs(number.value) > limits.NUMBER_SIZE:
            expected = f"{indicator.id} of at most {limits.NUMBER_SIZE:,} {unit}"
            raise DataError(statement.place, expected, _quoted(statement.cell), "Check the unit against the source.")
        explicit, bound = draft.stated.get("bound"), number.bound
        if explicit is not None:
            bound = explicit.cell.text
        if bound and bound not in _BOUNDS:
            raise DataError(draft.stated["bound"].place, "=, ~, > or <", f'"{bound}"', "Use one of these.")
        return f"{number.value.to_integral_value() if fit.integer else number.value:f}", bound

    def _measure(self, draft: Draft, indicator: Indicator, column: FigureColumn) -> str:
        """The definition behind a figure; required if an indicator has several."""
        statement = draft.stated.get("measure")
        if not indicator.measures:
            if statement is not None and "measure" in draft.own:
                raise statement.error(f"nothing: {indicator.id} has one measure", "Empty it.")
            return ""
        name = statement.cell.text if statement else column.measure
        place = (statement or draft.stated["value"]).place
        more = "Columns of several say it below their headings."
        require_one_of(DataError, place, name, indicator.measures, f"a measure of {indicator.id}", more)
        return name

    def _list(self, draft: Draft, indicator: Indicator, period: str, reference_date: str) -> str:
        """The list of a task count, which must still have been counted then."""
        if indicator.topic not in self.context.words.listed_topics:
            return ""
        statement = draft.stated["list"]
        text, title = statement.cell.text, plain(statement.cell.text)
        titled = (item for item in self.lists.values() if title in map(plain, item.titles))
        task_list = self.lists.get(text) or next(titled, None)
        if task_list is None:
            raise statement.unknown("a list of params/policy.yaml (describe a new one there first)", self.lists)
        start, end = period_bounds(period)
        day = date.fromisoformat(reference_date) if reference_date else end
        if task_list.ended(start, day, self.context.slack_days):
            raise DataError(
                statement.place,
                f"a list that was being counted in {period}",
                f'"{task_list.id}", whose tasks were due on {task_list.deadline}',
                "Counts of a new period are of a new list: describe it in params/policy.yaml and name it. If the old "
                "one is still being counted, say so there: counted_until, with the last day.",
            )
        return task_list.id

    def _status(self, draft: Draft) -> str:
        statement = draft.stated["status"]
        if status := self.context.words.status(statement.cell.text):
            return status
        raise statement.unknown("a status", get_args(Status))

    def _quality(self, draft: Draft) -> str:
        statement = draft.stated.get("quality")
        if statement is None:
            return ""
        for code in statement.cell.text.split():
            require_one_of(DataError, statement.place, code, QUALITY, "codes of data/README.md")
        return " ".join(statement.cell.text.split())

    def _published(self, draft: Draft) -> str:
        """The day of publication, which is not in the future."""
        expected = "a day, month or year such as 2026-04-15, 2026-04 or 2026"
        text = self._read(draft, "published", read_published, expected)
        if period_bounds(text)[0] > self.context.today:
            expected = f"a day up to {self.context.today}"
            raise DataError(draft.stated["published"].place, expected, f'"{text}"', "Write the day of publication.")
        return text

    def _reference_date(self, draft: Draft) -> str:
        """The day the figure holds, not after its publication unless it is a projection."""
        if "reference_date" not in draft.stated:
            return ""
        todo = "Use this form, or leave it empty."
        text = self._read(draft, "reference_date", read_day, "a day such as 2026-03-31", todo)
        out = last_day(self._published(draft))[0]
        if date.fromisoformat(text) > out and self._status(draft) != "projection":
            place, expected = draft.stated["reference_date"].place, f"a day up to {out}, the day of publication"
            raise DataError(place, expected, f'"{text}"', "Correct one of the two.")
        return text

    def _note(self, draft: Draft) -> str:
        """The note, with the texts of marks at value, area and heading, and comments on these cells."""
        statement = draft.stated.get("note")
        parts = [statement.cell.printed] if statement is not None else []
        parts += [self.notes.get(mark, f"marked ({mark}) in the sheet, which does not say why") for mark in draft.marks]
        # A number behind a heading may be that of its column.
        parts += [self.notes[mark] for mark in draft.heading_marks if mark in self.notes]
        note = "; ".join(dict.fromkeys([*parts, *draft.comments]))
        return require_printable((statement or draft.stated["value"]).place, "note", note)

    def _read(
        self,
        draft: Draft,
        name: str,
        read: Callable[[Cell, PeriodWords], str],
        expected: str,
        todo: str = "Use this form.",
    ) -> str:
        statement = draft.stated[name]
        try:
            if statement.cell.fault:
                raise ValueError(statement.cell.fault)
            return read(statement.cell, self.context.words.periods)
        except ValueError:
            got = statement.cell.fault or f'"{statement.cell.text}"'
            raise DataError(statement.place, expected, got, todo) from None


_PLAIN = "Give the cell a format without words, and the number as it is meant."
_NO_NUMBER = "Write a number, or leave the cell empty where nothing is published."


def _quoted(cell: Cell) -> str:
    return f'"{cell.printed if len(cell.printed) <= limits.SHORT_TEXT else cell.printed[:40] + "…"}"'


def contradicted(place: str, got: str, option: Statement) -> DataError:
    """Make the error of a cell that contradicts an option."""
    todo = "One of them is wrong: correct the sheet, or leave the option out."
    return DataError(place, f'"{option.cell.text}", as {option.place} says', f'"{got}"', todo)
