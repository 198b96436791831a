"""The sheet to be filled in: the provinces of a quarter, columns that the map knows, lists to choose from."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from policyreport.areas import Areas, read_areas
from policyreport.digits import as_published
from policyreport.errors import UsageError, did_you_mean
from policyreport.intake.sheets import letters
from policyreport.observations.periods import period_bounds
from policyreport.params.indicators import Indicator, read_indicators
from policyreport.params.intake import TemplateWords, read_intake
from policyreport.params.policy import read_policy
from policyreport.records.base import Status

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from policyreport.params.intake import IntakeMap

_HEAD = "00695C"
_INPUT = "FFF8E1"
# A workbook carries the moment of its making; the same sheet should be the same file.
_MADE = datetime(2000, 1, 1)


def render_template(root: Path, quarter: str, language: str, path: Path) -> None:
    """Write the workbook to be filled in with one quarter's figures.

    Parameters
    ----------
    root : Path
        The project's folder.
    quarter : str
        ``2026Q1``.
    language : str
        A language of params/intake.yaml, such as ``vi``.
    path : Path
        The ``.xlsx`` file to write.

    Raises
    ------
    UsageError
        If the quarter or the language is unknown, or the file is there already.
    """
    # openpyxl takes a while to import and is needed for workbooks only.
    from openpyxl import Workbook

    words = read_intake(root)
    if not re.fullmatch(r"\d{4}-?Q[1-4]", quarter):
        raise UsageError(f"--quarter {quarter}", "a quarter such as 2026Q1", f'"{quarter}"', "Write it so.")
    if language not in words.template.languages:
        todo = did_you_mean(language, words.template.languages)
        raise UsageError(f"--language {language}", "a language of params/intake.yaml", f'"{language}"', todo)
    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"--output {path}", "a file ending in .xlsx", f'"{path.suffix}"', "Name it so.")
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


class _Template:
    """Fills a workbook."""

    def __init__(self, root: Path, words: IntakeMap, period: str, language: str, book: Workbook) -> None:
        by_id = read_indicators(root).by_id()
        self.areas: Areas = read_areas(root)
        self.period, self.language, self.book, self.map = period, language, book, words
        self.words: TemplateWords = words.template.languages[language]
        self.indicators = [by_id[name] for name in words.template.indicators]
        self.lists = [each.id for each in read_policy(root).lists]
        self.provinces = self.areas.current(period_bounds(period)[1])
        self.choices: dict[str, str] = {}

    def fill(self) -> None:
        """Write both sheets, then the validation, which names cells of the second."""
        figures = self.book.worksheets[0]
        figures.title = self.words.sheet
        self._write_definitions(self.book.create_sheet(self.words.definitions))
        first = self._write_labels(figures)
        self._write_table(figures, first)
        figures.freeze_panes = "C1"

    def _write_labels(self, sheet: Worksheet) -> int:
        """The lines that say what the figures are; returns the row of the headings."""
        from openpyxl.styles import Font, PatternFill

        sheet["A1"] = self.words.title.format(period=self.period)
        sheet["A1"].font = Font(bold=True, size=14)
        sheet["A2"] = self.words.how
        known = {"period": self.period, "status": "observed", "licence": "none stated"}
        row = 3
        for name, label in self.words.labels.items():
            sheet.cell(row, 1, label)
            cell = sheet.cell(row, 3, known.get(name))
            cell.fill = PatternFill("solid", fgColor=_INPUT)
            cell.number_format = "@"
            if name in self.choices:
                self._choose(sheet, self.choices[name], f"C{row}")
            row += 1
        return row + 1

    def _write_table(self, sheet: Worksheet, first: int) -> None:
        """Headings, a row a province, and what each column may hold."""
        from openpyxl.styles import Alignment, Font, PatternFill

        headings = [self.words.code, self.words.area, *(self._heading(each) for each in self.indicators)]
        for column, heading in enumerate(headings, 1):
            cell = sheet.cell(first, column, heading)
            cell.font, cell.fill = Font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=_HEAD)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            sheet.column_dimensions[letters(column)].width = 24 if column == 2 else 16
        for row, key in enumerate(self.provinces, first + 1):
            sheet.cell(row, 1, str(self.areas.table["gso_code"][key]))
            sheet.cell(row, 2, self.areas.name(key, self.language))
        last = first + len(self.provinces)
        for column, indicator in enumerate(self.indicators, 3):
            self._limit(sheet, indicator, f"{letters(column)}{first + 1}:{letters(column)}{last}")

    def _write_definitions(self, sheet: Worksheet) -> None:
        """What each column means, and the lists to choose from beside it."""
        from openpyxl.styles import Alignment, Font

        for column, heading in enumerate(self.words.columns, 1):
            sheet.cell(1, column, heading).font = Font(bold=True)
        for row, each in enumerate(self.indicators, 2):
            lines = [each.definition, *(f"{name}: {text}" for name, text in each.measures.items())]
            for column, text in enumerate((self._heading(each), each.id, each.unit, "\n".join(filter(None, lines))), 1):
                sheet.cell(row, column, text).alignment = Alignment(wrap_text=True, vertical="top")
        measures = [name for each in self.indicators for name in each.measures]
        lists = {"list": self.lists, "status": get_args(Status), "measure": measures}
        for column, (name, choices) in enumerate(lists.items(), 6):
            sheet.cell(1, column, self.words.labels.get(name, name)).font = Font(bold=True)  # type: ignore[call-overload]
            for row, choice in enumerate(choices, 2):
                sheet.cell(row, column, choice)
            letter = letters(column)
            self.choices[name] = f"'{self.words.definitions}'!${letter}$2:${letter}${len(choices) + 1}"
        for column, width in enumerate((34, 30, 14, 70, 4, 46, 14, 20), 1):
            sheet.column_dimensions[letters(column)].width = width

    def _heading(self, indicator: Indicator) -> str:
        """An indicator's name, with its unit where it is a share; the map knows both."""
        name = indicator.name_vi if self.language == "vi" and indicator.name_vi else indicator.name
        return f"{name} (%)" if indicator.unit.startswith("%") else name

    def _choose(self, sheet: Worksheet, cells: str, where: str) -> None:
        """Let a cell hold one of a list."""
        from openpyxl.worksheet.datavalidation import DataValidation

        rule = DataValidation(type="list", formula1=cells, allow_blank=True)
        rule.error, rule.showErrorMessage = self.words.not_listed, True
        sheet.add_data_validation(rule)
        rule.add(where)

    def _limit(self, sheet: Worksheet, indicator: Indicator, where: str) -> None:
        """Let cells hold only what their indicator can be."""
        from openpyxl.worksheet.datavalidation import DataValidation

        whole = indicator.kind in ("count", "rank")
        low, high = indicator.low, indicator.high
        rule = DataValidation(
            type="whole" if whole else "decimal",
            operator="greaterThanOrEqual" if high is None else "between",
            formula1=as_published(-1e15 if low is None else low),
            formula2=None if high is None else as_published(high),
            allow_blank=True,
        )
        share = self.words.share.format(low=as_published(low or 0), high=as_published(high or 0))
        rule.error, rule.showErrorMessage = self.words.whole_number if high is None else share, True
        sheet.add_data_validation(rule)
        rule.add(where)
