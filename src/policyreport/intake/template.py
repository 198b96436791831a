"""The sheet to be filled in: the provinces of a quarter, columns that the map knows, lists to choose from."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from policyreport.data.areas import Areas, read_areas
from policyreport.errors import UsageError, require_one_of
from policyreport.params.indicators import Indicator, read_indicators
from policyreport.params.intake import IntakeMap, TemplateWords, read_intake
from policyreport.params.policy import read_policy
from policyreport.params.rules import read_rule_book
from policyreport.records.base import Status
from policyreport.records.digits import as_published
from policyreport.records.periods import period_bounds

_ROMAN = ("I", "II", "III", "IV")
_HEAD = "00695C"
_INPUT = "FFF8E1"
# A workbook stores when it was made; the same sheet should be the same file.
_MADE = datetime(2000, 1, 1)


def render_template(root: Path, quarter: str, language: str, path: Path) -> None:
    """Write the workbook to be filled in with the figures of a quarter such as ``2026Q1``.

    Raises UsageError if quarter or language is unknown, or the file exists: it may be filled in already.
    """
    words = read_intake(root)
    if not re.fullmatch(r"\d{4}-?Q[1-4]", quarter):
        raise UsageError(f"--quarter {quarter}", "a quarter such as 2026Q1", f'"{quarter}"', "Use this form.")
    place, languages = f"--language {language}", words.template.languages
    require_one_of(UsageError, place, language, languages, "a language of params/intake.yaml")
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"--output {path}", "a file ending in .xlsx", f'"{path.suffix}"', "Change the ending.")
    if path.exists():
        raise UsageError(
            f"--output {path}", "a name that is free", "a file of that name", "It may be filled in: rename it."
        )
    book = Workbook()
    _Template(root, words, f"{quarter[:4]}-{quarter[-2:]}", language, book).fill()
    book.properties.created = book.properties.modified = _MADE
    try:
        book.save(path)
    except OSError as error:
        got = error.strerror or type(error).__name__
        raise UsageError(f"--output {path}", "a folder that can be written", got, "Name another one.") from None


@dataclass(frozen=True)
class _Figures:
    """A column of figures: its indicator, and the text of its period if that differs from the sheet's."""

    indicator: Indicator
    period: str = ""


class _Template:
    """Fills a workbook."""

    def __init__(self, root: Path, words: IntakeMap, period: str, language: str, book: Workbook) -> None:
        self.areas: Areas = read_areas(root)
        self.period, self.language, self.book, self.map = period, language, book, words
        self.words: TemplateWords = words.template.languages[language]
        self.columns = self._due(read_indicators(root).by_id())
        start, end = period_bounds(period)
        slack = read_rule_book(root).settings.reference_slack_days
        lists = [
            task_list
            for task_list in read_policy(root).lists
            if not (task_list.size_only or task_list.ended(start, end, slack))
        ]
        self.lists = [task_list.title_in(language) for task_list in lists]
        self.provinces = self.areas.current(end)
        self.choices: dict[str, str] = {}

    def fill(self) -> None:
        """Write both sheets, then the validation, which refers to cells of the second."""
        figures = self.book.worksheets[0]
        figures.title = self.words.sheet
        self._write_definitions(self.book.create_sheet(self.words.definitions))
        first = self._write_labels(figures)
        self._write_headings(figures, first)
        self._write_rows(figures, first + 2)
        figures.freeze_panes = f"C{first + 2}"

    def _due(self, by_id: dict[str, Indicator]) -> list[_Figures]:
        quarter = int(self.period[-1])
        return [
            _Figures(by_id[id], self._period_text(group.period, quarter))
            for group in self.map.template.columns
            if quarter in group.quarters
            for id in group.indicators
        ]

    def _period_text(self, kind: str, quarter: int) -> str:
        """The period of a column for its heading; empty if it is that of the sheet."""
        year, periods = int(self.period[:4]), self.words.periods
        if kind == "quarter":
            return ""
        if kind == "year-to-date" and quarter < 4:
            name = ("quarter", "half", "nine-months")[quarter - 1]
            return periods[name].format(number=quarter, roman=_ROMAN[quarter - 1], year=year)  # type: ignore[index]
        return periods["year"].format(year=year - (kind == "year-before"))

    def _write_labels(self, sheet: Worksheet) -> int:
        """The lines that describe the figures; returns the row of the headings."""
        sheet["A1"] = self.words.title.format(period=self.period)
        sheet["A1"].font = Font(bold=True, size=14)
        sheet["A2"] = self.words.how
        answers = {"period": self.period, "status": self._status("observed"), "licence": "none stated"}
        row = 3
        for name, label in self.words.labels.items():
            sheet.cell(row, 1, label)
            answer: Any = sheet.cell(row, 3, answers.get(name))
            answer.fill = PatternFill("solid", fgColor=_INPUT)
            answer.number_format = "@"
            if name in self.choices:
                self._choose(sheet, self.choices[name], f"C{row}")
            row += 1
        return row + 1

    def _write_headings(self, sheet: Worksheet, first: int) -> None:
        """Two lines of headings: what a column is, and by which definition if there are several."""
        figures = [(self._heading(entry), tuple(entry.indicator.measures)) for entry in self.columns]
        headings = [(self.words.code, ()), (self.words.area, ()), *figures, (self.words.note, ())]
        for column, (heading, measures) in enumerate(headings, 1):
            for cell in (sheet.cell(first, column, heading), sheet.cell(first + 1, column)):
                cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_HEAD)
                cell.alignment = Alignment(wrap_text=True, vertical="center")
            if measures:
                below = sheet.cell(first + 1, column, measures[0] if len(measures) == 1 else None)
                below.font, below.fill = Font(), PatternFill("solid", fgColor=_INPUT)
                self._choose(sheet, f'"{",".join(measures)}"', below.coordinate)
            else:
                sheet.merge_cells(start_row=first, end_row=first + 1, start_column=column, end_column=column)
            sheet.column_dimensions[get_column_letter(column)].width = 24 if column == 2 else 16

    def _write_rows(self, sheet: Worksheet, first: int) -> None:
        """A row for the country and one for each province, and what each column may hold."""
        sheet.cell(first, 2, self.words.nation)
        for row, key in enumerate(self.provinces, first + 1):
            sheet.cell(row, 1, str(self.areas.table["gso_code"][key]))
            sheet.cell(row, 2, self.areas.name(key, self.language))
        last = first + len(self.provinces)
        for column, entry in enumerate(self.columns, 3):
            self._limit(sheet, entry.indicator, f"{get_column_letter(column)}{first}:{get_column_letter(column)}{last}")

    def _write_definitions(self, sheet: Worksheet) -> None:
        """What each column means, and the lists to choose from in columns of their own."""
        for column, heading in enumerate(self.words.columns, 1):
            sheet.cell(1, column, heading).font = Font(bold=True)
        for row, entry in enumerate(self.columns, 2):
            indicator = entry.indicator
            text = "\n".join(filter(None, self._definition(indicator)))
            for column, content in enumerate((self._heading(entry), indicator.id, self._unit(indicator), text), 1):
                sheet.cell(row, column, content).alignment = Alignment(wrap_text=True, vertical="top")
        statuses = [self._status(name) for name in get_args(Status)]
        for column, (name, choices) in enumerate({"list": self.lists, "status": statuses}.items(), 6):
            sheet.cell(1, column, self.words.lists if name == "list" else self.words.labels["status"])
            sheet.cell(1, column).font = Font(bold=True)
            for row, choice in enumerate(choices, 2):
                sheet.cell(row, column, choice)
            letter = get_column_letter(column)
            self.choices[name] = f"'{self.words.definitions}'!${letter}$2:${letter}${len(choices) + 1}"
        for column, width in enumerate((34, 30, 18, 70, 4, 60, 14), 1):
            sheet.column_dimensions[get_column_letter(column)].width = width

    def _definition(self, indicator: Indicator) -> list[str]:
        texts = self.words.texts
        measures = [f"{name}: {texts.get(name, text)}" for name, text in indicator.measures.items()]
        return [texts.get(indicator.id, indicator.definition), *measures]

    def _status(self, name: str) -> str:
        words = next((words for status, words in self.map.statuses.items() if status == name), ())
        return words[0] if self.language != "en" and words else name

    def _unit(self, indicator: Indicator) -> str:
        usual = next((entry.unit for entry in self.map.columns if entry.indicator == indicator.id and entry.unit), "")
        unit = usual or indicator.unit
        if self.language == "en":
            return unit
        return self.map.units[unit][0] if self.map.units.get(unit) else ("%" if unit.startswith("%") else unit)

    def _heading(self, entry: _Figures) -> str:
        """An indicator's name with its period and unit, all of which the map can read back."""
        indicator = entry.indicator
        name = indicator.name_vi if self.language == "vi" and indicator.name_vi else indicator.name
        whole = f"{name} {entry.period}".strip()
        if indicator.unit.startswith("%"):
            return f"{whole} (%)"
        counted = indicator.kind == "count" or indicator.unit not in self.map.units
        return whole if counted else f"{whole} ({self._unit(indicator)})"

    def _choose(self, sheet: Worksheet, cells: str, where: str) -> None:
        rule = DataValidation(type="list", formula1=cells, allow_blank=True)
        rule.error, rule.showErrorMessage = self.words.not_listed, True
        sheet.add_data_validation(rule)
        rule.add(where)

    def _limit(self, sheet: Worksheet, indicator: Indicator, where: str) -> None:
        """Accept whole numbers only, or ask about implausible values."""
        usual = indicator.plausible
        low, high = (usual.low, usual.high) if usual else (indicator.low, indicator.high)
        whole = indicator.kind in ("count", "rank")
        rule: Any = DataValidation(
            type="whole" if whole else "decimal",
            operator="greaterThanOrEqual" if high is None else "between",
            formula1=as_published(-1e15 if low is None else low),
            formula2=None if high is None else as_published(high),
            allow_blank=True,
            errorStyle="warning" if usual else "stop",
        )
        text = self.words.usual.format(low=as_published(low or 0), high=as_published(high or 0))
        rule.error, rule.showErrorMessage = self.words.whole_number if high is None else text, True
        sheet.add_data_validation(rule)
        rule.add(where)
