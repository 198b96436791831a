"""Findings and rules as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from policyreport.cli.messages import plain_table
from policyreport.data.rules.screening import rules
from policyreport.params.rules import RuleBook
from policyreport.records.base import Finding

if TYPE_CHECKING:
    from rich.table import Table

ORDER = ("error", "warning", "note")


def findings_table(findings: Sequence[Finding]) -> Table:
    """Lay out findings by rule, with count and first place; errors first, then the most frequent."""
    table = plain_table(["severity", "rule"], ["times"], ["first place", "row or file"])
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    order = sorted(by_rule, key=lambda rule: (ORDER.index(by_rule[rule][0].severity), -len(by_rule[rule]), rule))
    for rule in order:
        first = by_rule[rule][0]
        place = next(iter((*first.rows, *first.sources)), "")
        table.add_row(first.severity, rule, str(len(by_rule[rule])), first.message, place)
    return table


def places_table(findings: Sequence[Finding]) -> Table:
    """Lay out every finding with its rows or files, errors first."""
    table = plain_table(["severity", "rule", "message", "rows or files"])
    for finding in sorted(findings, key=lambda finding: (ORDER.index(finding.severity), finding.rule)):
        places = finding.rows or finding.sources
        more = f" and {len(places) - 3} more" if len(places) > 3 else ""
        table.add_row(finding.severity, finding.rule, finding.message, ", ".join(places[:3]) + more)
    return table


def rules_table(book: RuleBook) -> Table:
    """Lay out all rules by family."""
    table = plain_table(["family", "rule", "severity", "what holds"])
    for rule in rules(book):
        table.add_row(rule.family, rule.id, rule.severity, rule.sentence["en"])
    return table
