"""From a file as a ministry sends it to a delivery: read, matched by the map, checked against itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from policyreport.areas import read_areas
from policyreport.errors import DataError, UsageError
from policyreport.intake.checks import (
    check_names,
    check_totals,
    describe_rows,
    doubles,
    fractions_for_percents,
    unexplained_marks,
)
from policyreport.intake.days import read_published
from policyreport.intake.delivery import Delivery, Original, Provenance, name_table, newest_day, publisher_name
from policyreport.intake.drafts import draft_figures
from policyreport.intake.figures import Known, read_figures
from policyreport.intake.layout import Headings, Layout, Said
from policyreport.intake.names import AreaNames
from policyreport.intake.numbers import Decimals
from policyreport.intake.sheets import Sheet, text_cell
from policyreport.intake.text_files import read_text_file
from policyreport.intake.workbooks import read_workbook
from policyreport.params.indicators import read_indicators
from policyreport.params.intake import IntakeMap, read_intake
from policyreport.params.policy import read_policy

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
BOOK_ENDINGS = (".xlsx", ".xlsm")
FILE_LIMIT = 20_000_000
_OF_FIGURES = ("period", "reference_date", "published", "list", "indicator", "measure", "unit", "status", "quality")
_OF_SOURCE = ("publisher", "publisher_name", "title", "address", "licence")
_DEFAULT = "the default"
DEFAULTS = {"status": "observed", "licence": "none stated"}


@dataclass(frozen=True)
class Options:
    """What the user says beside the file; what the file says too must be the same.

    Parameters
    ----------
    stated : dict of str to str
        By field: publisher, title, period, list and so on, in the words of a sheet.
    sheet, table : str, optional
        The worksheet to read; the name of the raw table.
    decimals : Decimals, optional
        How the file writes decimals, where it does not show it.
    today : date
        The day of adding.
    """

    stated: dict[str, str]
    today: date
    sheet: str | None = None
    table: str | None = None
    decimals: Decimals | None = None


def receive(root: Path, path: Path, options: Options) -> Delivery:
    """Read a file into a delivery.

    Parameters
    ----------
    root : Path
        The project's folder.
    path : Path
        A CSV, a tab-delimited text or an XLSX workbook.
    options : Options
        What the user says beside it.

    Returns
    -------
    Delivery
        Figures and provenance, with the problems of single cells.

    Raises
    ------
    PolicyReportError
        If the file as a whole cannot be read.
    """
    words, indicators = read_intake(root), read_indicators(root)
    headings = Headings(words, indicators)
    sheet = read_sheet(path, options.sheet, words, headings)
    given = {name: Said(text_cell(text), _option(name)) for name, text in options.stated.items() if text}
    layout = headings.read(sheet, given.get("indicator"))
    said = _agree(layout, given)
    names = AreaNames(read_areas(root), words)
    known = Known(names, indicators, read_policy(root), words, options.today)
    drafts = draft_figures(sheet, layout, names, words, {name: said[name] for name in _OF_FIGURES if name in said})
    reading = read_figures(sheet, drafts, known, options.decimals)
    findings, problems = check_totals(sheet, layout, drafts, reading, known)
    shares, wrong_shares = fractions_for_percents(reading, known)
    findings = [*findings, *unexplained_marks(drafts, reading), *shares]
    problems = [
        *reading.problems,
        *problems,
        *check_names(drafts, reading, known),
        *wrong_shares,
        *doubles(reading),
    ]
    if not reading.figures and not problems:
        todo = "Fill it in, or say which sheet to read."
        raise DataError(sheet.place(layout.last), "figures below the headings", "none", todo)
    remarks = [*sheet.remarks, *layout.remarks, *drafts.remarks, *describe_rows(drafts, reading, known)]
    if any("status" not in draft.own and draft.said["status"].place == _DEFAULT for draft in drafts.figures):
        remarks.append(f"status {DEFAULTS['status']}: neither the sheet nor the command says another")
    if any(draft.said["value"].cell.number is None for draft in drafts.figures):
        remarks.append(f"numbers read with a decimal {reading.decimals}")
    figures = tuple(reading.figures)
    published = newest_day(figures) if figures else ""
    provenance = _provenance(root, said, published or _published(said), options.today)
    return Delivery(
        name_table(provenance.publisher, options.table or path.stem),
        figures,
        provenance,
        Original(path.name, path.read_bytes()),
        tuple(problems),
        tuple(findings),
        tuple(remarks),
    )


def read_sheet(path: Path, wanted: str | None, words: IntakeMap, headings: Headings) -> Sheet:
    """Read the grid of a file by its ending.

    Parameters
    ----------
    path : Path
        The file.
    wanted : str, optional
        The worksheet.
    words : IntakeMap
        The map.
    headings : Headings
        Tells which delimiter gives known headings.

    Returns
    -------
    Sheet
        The grid.

    Raises
    ------
    PolicyReportError
        If there is no such file, or it cannot be read.
    """
    ending = path.suffix.lower()
    _require_file(path)
    if ending not in (*TEXT_ENDINGS, *BOOK_ENDINGS):
        endings = ", ".join((*TEXT_ENDINGS, *BOOK_ENDINGS))
        todo = "Save the sheet as .xlsx, or as .csv in UTF-8."
        raise UsageError(path.name, f"a file ending in {endings}", f'"{ending}"', todo)
    if path.stat().st_size > FILE_LIMIT:
        raise DataError(
            path.name, f"at most {FILE_LIMIT // 10**6} MB", "more", "Send the table alone, without pictures."
        )
    if ending in BOOK_ENDINGS:
        return read_workbook(path, wanted, words.ignored_sheets)
    if wanted is not None:
        raise UsageError(f"--sheet {wanted}", "a workbook", f"{path.name}, which has one table", "Leave --sheet out.")
    return read_text_file(path, headings.known, words.code_page)


def _require_file(path: Path) -> None:
    """Stop at what is no file, or cannot be read."""
    try:
        if path.is_file():
            with path.open("rb"):
                return
        got = "a folder" if path.is_dir() else "no ordinary file" if path.exists() else "no such file"
    except OSError as error:
        got = error.strerror or type(error).__name__
    raise UsageError(str(path), "a file", got, "Check the path.")


def _agree(layout: Layout, given: dict[str, Said]) -> dict[str, Said]:
    """What sheet and user state together; a contradiction stops."""
    for name, option in given.items():
        stated = layout.stated.get(name)
        if stated is not None and stated.cell.text != option.cell.text:
            raise DataError(
                stated.place,
                f'"{option.cell.text}", as {option.place} says',
                f'"{stated.cell.text}"',
                "One of them is wrong: mend the sheet, or leave the option out.",
            )
    defaults = {name: Said(text_cell(text), _DEFAULT) for name, text in DEFAULTS.items()}
    return defaults | layout.stated | given


def _provenance(root: Path, said: dict[str, Said], published: str, today: date) -> Provenance:
    """Where the figures come from; everything that is missing is asked for at once."""
    missing = [name for name in ("publisher", "title", "address") if name not in said]
    if not published:
        missing.append("published")
    if missing:
        todo = "Add " + ", ".join(f"{_option(name)} …" for name in missing) + ", or lines above the table."
        raise UsageError("add", "who published the figures, where and when", "not said", todo)
    texts = {name: said[name].cell.whole for name in _OF_SOURCE if name in said}
    publisher = texts["publisher"]
    name_table(publisher, "table")
    return Provenance(
        publisher=publisher,
        publisher_name=publisher_name(root, publisher, texts.get("publisher_name", "")),
        title=texts["title"],
        address=texts["address"],
        published=published,
        licence=texts["licence"],
        accessed=today,
    )


def _published(said: dict[str, Said]) -> str:
    """The day of publication where no figure was read; its mistakes are told with the figures."""
    try:
        return read_published(said["published"].cell) if "published" in said else "?"
    except ValueError:
        return "?"


def _option(name: str) -> str:
    """The option that says a field."""
    return "--" + name.replace("_", "-")
