"""What a delivery would change: new, revised, confirmed and known figures, and the rules it would break."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import pandas as pd
import yaml

from policyreport.data.areas import read_areas
from policyreport.data.journal import read_journal
from policyreport.data.observations.known import KEY
from policyreport.data.observations.ledger import TEXT, check_raw, read_raw
from policyreport.data.rules.evidence import Row, read_context
from policyreport.data.rules.evidence import figures as ledger_rows
from policyreport.data.rules.screening import check_ledger
from policyreport.data.sources import Source, read_sources
from policyreport.errors import DataError
from policyreport.intake.delivery import Delivery, Figure, render_sidecar, render_table
from policyreport.intake.writing import Affected, affected_editions
from policyreport.params.indicators import read_indicators
from policyreport.records.base import Finding
from policyreport.records.digits import as_published
from policyreport.records.periods import last_day

Kind = Literal["new", "revised", "confirmed", "known"]
_ROW = re.compile(r"^data/raw/(?P<file>.+), row (?P<row>\d+), column \"(?P<column>\w+)\"$")


@dataclass(frozen=True)
class Change:
    """How one figure relates to the ledger.

    "revised" has another value than the vintage before; "confirmed" the same value on a later day; "known" is in the
    ledger already and not written again. `old` and `old_value` are id and value of the vintage before.
    """

    kind: Kind
    figure: Figure
    old: str = ""
    old_value: float | None = None


@dataclass(frozen=True)
class Preview:
    """What a delivery would do.

    `delivery` keeps only the figures that are not in the ledger; `changes` has all, in the order of the source. While
    anything is `refused`, nothing is written. `findings` has contradictions within the source and rules broken more
    often. `wholes` has the keys of the country and its regions, `additive` the indicators whose figures add up over
    provinces.
    """

    delivery: Delivery
    changes: tuple[Change, ...]
    refused: tuple[DataError, ...]
    findings: tuple[Finding, ...]
    editions: tuple[Affected, ...] = ()
    wholes: frozenset[str] = frozenset()
    additive: frozenset[str] = frozenset()

    def of_kind(self, kind: Kind) -> tuple[Change, ...]:
        """Select the changes of one kind, in order."""
        return tuple(change for change in self.changes if change.kind == kind)


def preview_delivery(root: Path, delivery: Delivery) -> Preview:
    """Compare a delivery with the ledger, and check the ledger with it against every rule; nothing is written.

    Raises DataError if the ledger itself is broken.
    """
    if delivery.problems and not delivery.figures:
        return Preview(delivery, (), delivery.problems, delivery.findings)
    raw = read_raw(root, read_sources(root))
    ledger = check_raw(root, raw)
    changes, refused = _compare(ledger, delivery.figures)
    wanted = tuple(change.figure for change in changes if change.kind != "known")
    remaining = replace(delivery, figures=wanted)
    refused = [*delivery.problems, *refused]
    if wanted and not refused:
        refused += _taken(root, delivery)
    findings = list(delivery.findings)
    if wanted and not refused:
        broken, errors = _break_rules(root, raw, ledger, remaining)
        findings += broken
        refused += errors
    editions = affected_editions(root, (last_day(figure.fields["published"])[0] for figure in wanted))
    types = read_areas(root).table["type"]
    wholes = frozenset(str(key) for key in types.index[types.isin(["nation", "region"])])
    kinds = {indicator.id: indicator.kind for indicator in read_indicators(root).indicators}
    additive = frozenset(id for id, kind in kinds.items() if kind in ("count", "extensive"))
    return Preview(remaining, tuple(changes), tuple(refused), tuple(findings), editions, wholes, additive)


def _compare(ledger: pd.DataFrame, figures: tuple[Figure, ...]) -> tuple[list[Change], list[DataError]]:
    wanted = {figure.fields["indicator"] for figure in figures}
    rows = ledger[ledger["indicator"].isin(list(wanted))].sort_values("published", kind="stable")
    days = rows["reference_date"].dt.strftime("%Y-%m-%d").fillna("")
    vintages: dict[tuple[str, ...], list[Row]] = {}
    for row in ledger_rows(rows.assign(reference_date=days, published=rows["published"].dt.date)):
        vintages.setdefault(tuple(getattr(row, name) for name in KEY), []).append(row)
    changes, refused = [], []
    for figure in figures:
        try:
            changes.append(_change(figure, vintages.get(tuple(figure.fields[name] for name in KEY), [])))
        except DataError as error:
            refused.append(error)
    return changes, refused


def _change(figure: Figure, vintages: list[Row]) -> Change:
    """Compare one figure with the vintages of its key, oldest first."""
    out = last_day(figure.fields["published"])[0]
    for vintage in vintages:
        if vintage.published == out and not _is_same(figure, vintage):
            there = f"{as_published(vintage.value)} {vintage.unit} ({vintage.status}), as {vintage.id}"
            raise DataError(
                figure.place,
                f"{there} for the same day of publication",
                f"{figure.fields['value']} {figure.fields['unit']} ({figure.fields['status']})",
                "State the day this one was published, or put a correction into data/corrections/.",
            )
        if vintage.published == out:
            return Change("known", figure, vintage.id, vintage.value)
    before = [vintage for vintage in vintages if vintage.published < out]
    if not before:
        return Change("new", figure)
    kind: Kind = "confirmed" if _is_same(figure, before[-1], status=False) else "revised"
    return Change(kind, figure, before[-1].id, before[-1].value)


def _is_same(figure: Figure, vintage: Row, status: bool = True) -> bool:
    fields = figure.fields
    same = float(fields["value"]) == vintage.value and (fields["bound"] or "=") == vintage.bound
    return bool(same and fields["unit"] == vintage.unit and (not status or fields["status"] == vintage.status))


def _taken(root: Path, delivery: Delivery) -> list[DataError]:
    """Refuse the name of an existing table: raw files are never edited."""
    path = root / "data" / "raw" / f"{delivery.key}.csv"
    journal = read_journal(root / "data" / "raw")
    if not path.exists() or (journal and delivery.key in journal.keys):
        return []
    todo = "Raw files are never edited: give this one another name with --table."
    return [DataError(str(path.relative_to(root)), "a name that is free", "a table with other figures", todo)]


def _break_rules(
    root: Path, raw: pd.DataFrame, ledger: pd.DataFrame, delivery: Delivery
) -> tuple[list[Finding], list[DataError]]:
    """Findings about the new figures, and errors they cause anywhere, as refusals."""
    rows = pd.DataFrame(
        [{name: figure.fields.get(name, "") for name in TEXT} for figure in delivery.figures], dtype=str
    )
    rows["source"] = delivery.key
    rows.index = pd.Index([f"{delivery.key}.csv#{row}" for row in range(2, len(rows) + 2)], name="id")
    places = dict(zip(rows.index, (figure.place for figure in delivery.figures), strict=True))
    try:
        combined = check_raw(root, pd.concat([raw, rows]))
    except DataError as error:
        return [], [_in_the_sheet(error, places)]
    context = read_context(root)
    table, defaults = render_table(delivery.figures, delivery.provenance)
    source = Source.model_validate(yaml.safe_load(render_sidecar(delivery, table, defaults)))
    after = check_ledger(combined, replace(context, sources=context.sources | {delivery.key: source}))
    # A finding about other rows only is in the ledger already, unless it is an error. Checking the ledger against
    # the rules of such errors alone spares the seconds that all rules would take.
    elsewhere = {
        finding.rule for finding in after if finding.severity == "error" and places.keys().isdisjoint(finding.rows)
    }
    before = set(check_ledger(ledger, context, elsewhere)) if elsewhere else set()
    broken = [
        finding
        for finding in after
        if not places.keys().isdisjoint(finding.rows) or (finding.severity == "error" and finding not in before)
    ]
    errors = [
        _as_error(finding, context.book.rules[finding.rule].sentence["en"], places, delivery.key)
        for finding in broken
        if finding.severity == "error"
    ]
    return [finding for finding in broken if finding.severity != "error"], errors


def _as_error(finding: Finding, sentence: str, places: dict[str, str], key: str) -> DataError:
    """A rule that would stop every run, reported at the cells of the sheet that break it."""
    cells = [places[row] for row in finding.rows if row in places] or [key]
    others = [f"also {cell}" for cell in cells[1:4]] + ([f"{len(cells) - 4} more cells"] if len(cells) > 4 else [])
    todo = "; ".join(["Compare with the source", *others]) + "."
    return DataError(cells[0], f"{sentence[0].lower()}{sentence[1:].rstrip('.')}", finding.message, todo)


def _in_the_sheet(error: DataError, places: dict[str, str]) -> DataError:
    """The same error at the cell of the sheet, if it is about one of its figures."""
    match = _ROW.match(error.where)
    place = places.get(f"{match['file']}#{match['row']}") if match else None
    if match is None or place is None:
        return error
    return DataError(f"{place} ({match['column']})", error.expected, error.got, error.todo)
