"""All rules in one table, and the ledger held against them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from policyreport.data.rules import (
    arithmetic,
    decisions,
    definition,
    geography,
    identities,
    plausibility,
    structure,
    time,
)
from policyreport.data.rules.evidence import Breach, Check, Context, Evidence
from policyreport.errors import DataError, ParamsError, did_you_mean
from policyreport.params.rules import FILE, RuleBook, Severity
from policyreport.records.base import Finding, Gap

FAMILIES: dict[str, dict[str, Check]] = {
    "structure": structure.CHECKS,
    "arithmetic": arithmetic.CHECKS,
    "identities": identities.CHECKS,
    "time": time.CHECKS,
    "definition": definition.CHECKS,
    "geography": geography.CHECKS,
    "plausibility": plausibility.CHECKS,
    "decisions": decisions.CHECKS,
}
CHECKS: dict[str, Check] = {id: check for family in FAMILIES.values() for id, check in family.items()}
"""Every rule's function by its id, families in order."""


@dataclass(frozen=True)
class Rule:
    """One rule of the ledger.

    Parameters
    ----------
    id, family : str
        Its name, and the module it stands in.
    severity : str
        ``error`` stops the run, ``warning`` and ``note`` are shown.
    sentence : dict of str to str
        What holds where the rule is kept, by language.
    check : callable
        Evidence to breaches.
    """

    id: str
    family: str
    severity: Severity
    sentence: dict[str, str]
    check: Check


def rules(book: RuleBook) -> tuple[Rule, ...]:
    """Join each rule's function with its words.

    Parameters
    ----------
    book : RuleBook
        What params/rules.yaml says.

    Returns
    -------
    tuple of Rule
        By family.

    Raises
    ------
    ParamsError
        If a rule has no words, or words have no rule.
    """
    for id in book.rules:
        if id not in CHECKS:
            raise ParamsError(f"{FILE}: rules", "the id of a rule", f'"{id}"', did_you_mean(id, CHECKS))
    for id in CHECKS:
        if id not in book.rules:
            raise ParamsError(f"{FILE}: rules", f'severity and sentence of "{id}"', "none", "Add them.")
    return tuple(
        Rule(id, family, book.rules[id].severity, book.rules[id].sentence, check)
        for family, checks in FAMILIES.items()
        for id, check in checks.items()
    )


def check_ledger(ledger: pd.DataFrame, context: Context, only: Iterable[str] | None = None) -> list[Finding]:
    """Hold a ledger against every rule.

    Parameters
    ----------
    ledger : DataFrame
        What `load_ledger` gave, or the part of it known on a day: what was published later changes nothing.
    context : Context
        What `read_context` gave.
    only : iterable of str, optional
        Ids of the rules wanted; all without.

    Returns
    -------
    list of Finding
        In the order of the table of rules, then of rows.
    """
    if ledger.empty:
        return []
    evidence = Evidence(ledger, context)
    wanted = set(CHECKS) if only is None else set(only)
    return [
        _finding(rule, breach, evidence)
        for rule in rules(context.book)
        if rule.id in wanted
        for breach in sorted(rule.check(evidence))
    ]


def require_no_error(findings: Iterable[Finding], book: RuleBook) -> None:
    """Stop where a rule of severity ``error`` is broken.

    Parameters
    ----------
    findings : iterable of Finding
        From `check_ledger`.
    book : RuleBook
        For the sentence of the rule.

    Raises
    ------
    DataError
        At the first such finding, naming its first row or file.
    """
    for finding in findings:
        if finding.severity == "error":
            place = next(iter((*finding.rows, *finding.sources)), "the ledger")
            raise DataError(
                f"data/raw/{place.replace('#', ', row ')}",
                book.rules[finding.rule].sentence["en"].rstrip("."),
                finding.message.rstrip("."),
                f"Fix the source or add a correction; `policyreport check {finding.rule}` shows every place.",
            )


def _finding(rule: Rule, breach: Breach, evidence: Evidence) -> Finding:
    """A breach with the rule's weight, and the areas and sources of its rows."""
    rows = evidence.ledger.loc[list(breach.rows)]
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        rows=breach.rows,
        message=breach.message,
        areas=breach.areas or tuple(sorted(set(rows["area"]))),
        sources=breach.sources or tuple(sorted(set(rows["source"]))),
        subject=breach.subject,
        gaps=tuple(Gap(area=area, years=years) for area, years in breach.gaps),
    )
