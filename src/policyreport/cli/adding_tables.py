"""What `add` shows before anything is written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from policyreport.cli.messages import open_console, plain_table
from policyreport.intake.preview import Change, Kind, Preview

if TYPE_CHECKING:
    from rich.table import Table

    from policyreport.records.base import Finding

# A rule that a whole column breaks is shown once, with examples.
FINDINGS_A_RULE = 3
_KINDS: dict[Kind, str] = {
    "new": "new",
    "revised": "revised",
    "confirmed": "confirmed, published again with the same value",
    "known": "in the ledger already",
}


def show_preview(preview: Preview, show_all: bool) -> None:
    """Print what a delivery would change: a line for each indicator, or for each new figure if `show_all`."""
    console = open_console()
    provenance = preview.delivery.provenance
    lines = [
        f"To data/raw/{preview.delivery.key}.csv: {provenance.publisher}, {provenance.title}",
        f"published {provenance.published}, {provenance.address}, licence: {provenance.licence}",
        *(f"{len(preview.of_kind(kind))} {text}" for kind, text in _KINDS.items() if preview.of_kind(kind)),
        *([f"{len(preview.refused)} refused"] if preview.refused else []),
        *preview.delivery.remarks,
    ]
    for line in lines:
        console.print(line, soft_wrap=True)
    new, revised = preview.of_kind("new"), preview.of_kind("revised")
    if new:
        console.print(_figures(new) if show_all else summarise_changes(new, preview))
    if revised:
        console.print(_revisions(revised))
    if preview.findings:
        console.print(_findings(preview.findings, show_all))
    if not preview.refused:
        for edition in preview.editions:
            console.print(f"changes edition {edition}", soft_wrap=True)


def summarise_changes(changes: tuple[Change, ...], preview: Preview) -> Table:
    """A line for each indicator, to compare with the sheet; the country is not added to its provinces."""
    left = ("indicator", "list or measure", "period", "unit", "areas")
    table = plain_table(left, ("figures", "lowest", "highest", "sum"), title="New")
    groups: dict[tuple[str, ...], list[Decimal]] = {}
    for change in changes:
        fields = change.figure.fields
        key: tuple[str, ...] = (
            fields["indicator"],
            fields["list"] or fields["measure"],
            fields["period"],
            fields["unit"],
            fields["area"] if fields["area"] in preview.wholes else "provinces",
        )
        groups.setdefault(key, []).append(Decimal(fields["value"]))
    for key, values in groups.items():
        summed = key[-1] == "provinces" and len(values) > 1 and key[0] in preview.additive
        total = f"{sum(values):f}" if summed else ""
        table.add_row(*key, str(len(values)), f"{min(values):f}", f"{max(values):f}", total)
    return table


def _figures(changes: tuple[Change, ...]) -> Table:
    table = plain_table(("area", "indicator", "list or measure", "period"), ("value",), ("unit", "from"), "New")
    for change in changes:
        fields = change.figure.fields
        what = (fields["area"], fields["indicator"], fields["list"] or fields["measure"], fields["period"])
        value = f"{fields['bound'].strip('=')}{fields['value']}"
        table.add_row(*what, value, fields["unit"], change.figure.place)
    return table


def _revisions(changes: tuple[Change, ...]) -> Table:
    table = plain_table(("area", "indicator", "period"), ("old", "new", "change"), ("unit", "old row"), "Revised")
    for change in changes:
        fields = change.figure.fields
        old = Decimal(repr(change.old_value))
        difference = Decimal(fields["value"]) - old
        numbers = (f"{old.normalize():f}", fields["value"], f"{difference.normalize():+f}")
        what = (fields["area"], fields["indicator"], fields["period"])
        table.add_row(*what, *numbers, fields["unit"], change.old)
    return table


def _findings(findings: tuple[Finding, ...], show_all: bool) -> Table:
    """A line for each finding, warnings first; only the first few of each rule unless `show_all`."""
    table = plain_table(("severity", "rule", "finding"), title="Rules that the new figures break")
    by_rule: dict[tuple[str, str], list[str]] = {}
    for finding in sorted(findings, key=lambda finding: (finding.severity != "warning", finding.rule)):
        by_rule.setdefault((finding.severity, finding.rule), []).append(finding.message)
    for (severity, rule), messages in by_rule.items():
        shown = messages if show_all else messages[:FINDINGS_A_RULE]
        for message in shown:
            table.add_row(severity, rule, message)
        if len(messages) > len(shown):
            table.add_row(severity, rule, f"… and {len(messages) - len(shown)} more; --all shows them")
    return table
