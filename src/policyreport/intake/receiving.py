"""From a file as a ministry sends it to a delivery: read, matched by the map, checked against itself."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from policyreport.data.areas import read_areas
from policyreport.data.sources import Provenance
from policyreport.errors import DataError, UsageError
from policyreport.intake.asking import Asking
from policyreport.intake.checks import (
    check_names,
    check_totals,
    describe_rows,
    doubles,
    fractions_for_percents,
    two_ways_in_a_column,
    unexplained_marks,
    unusual_values,
)
from policyreport.intake.days import days_in, read_published
from policyreport.intake.delivery import Delivery, Original, name_table, newest_day, publisher_name
from policyreport.intake.drafts import Drafts, draft_figures
from policyreport.intake.headings import Headings
from policyreport.intake.layout import Layout, Line, Statement, Statements
from policyreport.intake.names import AreaNames
from policyreport.intake.numbers import Decimals
from policyreport.intake.reading import Context, Reading, contradicted, read_figures
from policyreport.intake.sheets import Sheet, require_printable, text_cell
from policyreport.intake.text_files import read_text_file
from policyreport.intake.workbooks import read_workbook
from policyreport.params import limits
from policyreport.params.indicators import read_indicators
from policyreport.params.intake import IntakeMap, PeriodWords, read_intake
from policyreport.params.policy import read_policy
from policyreport.params.rules import read_rule_book
from policyreport.records.base import Finding
from policyreport.records.markdown import require_address

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
BOOK_ENDINGS = (".xlsx", ".xlsm")
_OF_FIGURES = ("period", "reference_date", "published", "list", "indicator", "measure", "unit", "status", "quality")
_OF_SOURCE = ("publisher", "publisher_name", "title", "address", "licence")
_DEFAULT = "the default"
DEFAULTS = {"status": "observed", "licence": "none stated"}


@dataclass(frozen=True)
class Options:
    """What the user states along with the file; what the file states too must agree.

    `stated` has texts by field, as a sheet would have them; `sheet` is the worksheet to read, `table` the name of the
    raw table, `today` the day of adding. `unusual` means that implausible values were looked up in the source.
    """

    stated: dict[str, str]
    today: date
    sheet: str | None = None
    table: str | None = None
    decimals: Decimals | None = None
    unusual: bool = False


def receive(root: Path, path: Path, options: Options) -> Delivery:
    """Read a CSV, tab-delimited or XLSX file into a delivery, which keeps the problems of single cells.

    Raises a PolicyReportError if the file as a whole cannot be read, or if neither file nor options state something
    needed.
    """
    words, indicators = read_intake(root), read_indicators(root)
    names = AreaNames(read_areas(root), words)
    headings = Headings(words, indicators, lambda text: bool(names.candidates(text)))
    sheet = read_sheet(path, options.sheet, words, headings)
    given = {
        name: Statement(text_cell(text), "--" + name.replace("_", "-")) for name, text in options.stated.items() if text
    }
    layout = headings.read(sheet, given.get("indicator"))
    stated = _agree(layout, given, Statements(words))
    slack = read_rule_book(root).settings.reference_slack_days
    context = Context(names, indicators, read_policy(root), words, options.today, slack)
    drafts = draft_figures(sheet, layout, names, words, {name: stated[name] for name in _OF_FIGURES if name in stated})
    if not drafts.figures and not drafts.problems:
        todo = "Fill it in, or say which sheet to read."
        raise DataError(sheet.place(layout.last), "figures below the headings", "none", todo)
    reading = read_figures(sheet, drafts, context, options.decimals, given)
    lines = (*layout.unread, *drafts.unread)
    Asking(root, context, lines[: limits.LINES], sheet.name).require(stated, reading)
    findings, problems = _checked(sheet, layout, drafts, reading, context, options)
    figures = tuple(reading.figures)
    note = require_printable(path.name, "note", " ".join(drafts.remarks))
    day = newest_day(figures) if figures else _published(stated)
    folder, provenance = _provenance(root, stated, day, options.today, note)
    return Delivery(
        name_table(folder, options.table or path.stem),
        figures,
        provenance,
        Original(path.name, path.read_bytes()),
        tuple(problems),
        tuple(findings),
        tuple(_remarks(sheet, lines, drafts, reading, context, stated)),
    )


def _checked(
    sheet: Sheet, layout: Layout, drafts: Drafts, reading: Reading, context: Context, options: Options
) -> tuple[list[Finding], list[DataError]]:
    totals, wrong_totals = check_totals(sheet, layout, drafts, reading, context)
    shares, wrong_shares = fractions_for_percents(reading, context)
    unusual, refused = unusual_values(reading, context, options.unusual)
    problems = [
        *reading.problems,
        *wrong_totals,
        *check_names(drafts, reading, context),
        *wrong_shares,
        *two_ways_in_a_column(drafts, reading),
        *(refused if not wrong_shares else []),
        *doubles(reading),
    ]
    return [*totals, *unexplained_marks(drafts, reading), *shares, *unusual], problems


def _remarks(
    sheet: Sheet,
    lines: tuple[Line, ...],
    drafts: Drafts,
    reading: Reading,
    context: Context,
    stated: dict[str, Statement],
) -> list[str]:
    periods = context.words.periods
    remarks = [
        *sheet.remarks,
        *(
            f"row {line.row} {'kept as a note of the table' if line.kept else 'not read'}: "
            f'"{line.text[:60]}"{_dated(line.text, periods, stated)}'
            for line in lines[: limits.LINES]
        ),
        *([f"{len(lines) - limits.LINES:,} more lines not read"] if len(lines) > limits.LINES else []),
        *describe_rows(drafts, reading, context),
    ]
    if any("status" not in draft.own and draft.stated["status"].place == _DEFAULT for draft in drafts.figures):
        remarks.append(f"status {DEFAULTS['status']}: neither the sheet nor the command says another")
    if any(draft.stated["value"].cell.number is None for draft in drafts.figures):
        remarks.append(f"numbers read with a decimal {reading.decimals}")
    return remarks


def _dated(line: str, words: PeriodWords, stated: dict[str, Statement]) -> str:
    """What an unread line says about a day that nothing else states."""
    days = [] if "reference_date" in stated else days_in(line, words)
    return f' ("{days[0][0]}": --reference-date {days[0][1]} if the figures hold on it)' if days else ""


def read_sheet(path: Path, wanted: str | None, words: IntakeMap, headings: Headings) -> Sheet:
    """Read the grid of a file by its ending; `wanted` names the worksheet.

    `headings` tell which delimiter of a text file gives known headings.
    """
    ending = path.suffix.lower()
    _require_file(path)
    if ending not in (*TEXT_ENDINGS, *BOOK_ENDINGS):
        endings = ", ".join((*TEXT_ENDINGS, *BOOK_ENDINGS))
        todo = "Save the sheet as .xlsx, or as .csv in UTF-8."
        raise UsageError(path.name, f"a file ending in {endings}", f'"{ending}"', todo)
    if path.stat().st_size > limits.FILE_BYTES:
        raise DataError(
            path.name, f"at most {limits.FILE_BYTES // 10**6} MB", "more", "Send the table alone, without pictures."
        )
    if ending in BOOK_ENDINGS:
        return read_workbook(path, wanted, words.ignored_sheets)
    if wanted is not None:
        raise UsageError(f"--sheet {wanted}", "a workbook", f"{path.name}, which has one table", "Leave --sheet out.")
    return read_text_file(path, headings.count_known, words.code_page)


def _require_file(path: Path) -> None:
    """Stop at anything that is no file, or cannot be read."""
    try:
        if path.is_file():
            with path.open("rb"):
                return
        got = "a folder" if path.is_dir() else "no ordinary file" if path.exists() else "no such file"
    except OSError as error:
        got = error.strerror or type(error).__name__
    raise UsageError(str(path), "a file", got, "Check the path.")


def _agree(layout: Layout, given: dict[str, Statement], statements: Statements) -> dict[str, Statement]:
    """What sheet and user state together; a contradiction stops."""
    for name, option in given.items():
        stated = layout.stated.get(name)
        if stated is not None and not statements.same(name, stated.cell, option.cell):
            raise contradicted(stated.place, stated.cell.text, option)
    defaults = {name: Statement(text_cell(text), _DEFAULT) for name, text in DEFAULTS.items()}
    return defaults | layout.stated | given


def _provenance(
    root: Path, stated: dict[str, Statement], published: str, today: date, note: str
) -> tuple[str, Provenance]:
    """The publisher's folder below data/raw, and where the figures come from."""
    texts = {
        name: require_printable(stated[name].place, name, stated[name].cell.printed)
        for name in _OF_SOURCE
        if name in stated
    }
    require_address(texts["address"], stated["address"].place, DataError)
    folder = texts["publisher"]
    name_table(folder, "table")
    publisher = publisher_name(root, folder, texts.get("publisher_name", ""))
    return folder, Provenance(publisher, texts["title"], texts["address"], published, today, texts["licence"], note)


def _published(stated: dict[str, Statement]) -> str:
    """The day of publication if no figure was read; mistakes in it are reported with the figures."""
    try:
        return read_published(stated["published"].cell) if "published" in stated else "?"
    except ValueError:
        return "?"
