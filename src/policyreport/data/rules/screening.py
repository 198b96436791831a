"""All rules in one table, and the check of the ledger against them."""

from collections.abc import Iterable
from dataclasses import dataclass
from inspect import isfunction
from types import ModuleType

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
from policyreport.errors import DataError, ParamsError, require_one_of
from policyreport.params.rules import FILE, RuleBook, Severity
from policyreport.records.base import Finding, Gap

_FAMILIES = (structure, arithmetic, identities, time, definition, geography, plausibility, decisions)
_ON_LOADING = {
    "structure": (
        "unit-known", "indicator-known", "measure-known", "list-known", "code-known", "value-finite", "value-in-range",
        "duplicate",
    ),
    "geography": ("area-known", "bare-code", "area-known-in-period"),
}  # fmt: skip
"""Rules that `load_ledger` enforces, by family: no ledger that was loaded breaks them."""


def _checks(family: ModuleType) -> dict[str, Check]:
    """The rules of a family: those enforced on loading, then each public function of its module, by name."""
    enforced: dict[str, Check] = dict.fromkeys(_ON_LOADING.get(_name(family), ()), lambda _: iter(()))
    return enforced | {
        name.replace("_", "-"): check
        for name, check in vars(family).items()
        if isfunction(check) and check.__module__ == family.__name__ and not name.startswith("_")
    }


def _name(family: ModuleType) -> str:
    return family.__name__.rpartition(".")[2]


FAMILIES: dict[str, dict[str, Check]] = {_name(family): _checks(family) for family in _FAMILIES}
CHECKS: dict[str, Check] = {id: check for family in FAMILIES.values() for id, check in family.items()}
ON_LOADING = tuple(id for ids in _ON_LOADING.values() for id in ids)


@dataclass(frozen=True)
class Rule:
    """One rule of the ledger.

    `family` is its module. A `severity` of ``error`` stops the run; ``warning`` and ``note`` are shown. `sentence`
    states the rule, by language.
    """

    id: str
    family: str
    severity: Severity
    sentence: dict[str, str]
    check: Check


def rules(book: RuleBook) -> tuple[Rule, ...]:
    """Join each rule's function with its sentence and severity, by family.

    Raises ParamsError if a rule has no entry in params/rules.yaml, or an entry has no rule.
    """
    for id in book.rules:
        require_one_of(ParamsError, f"{FILE}: rules", id, CHECKS, "the id of a rule")
    for id in CHECKS:
        if id not in book.rules:
            raise ParamsError(f"{FILE}: rules", f'severity and sentence of "{id}"', "none", "Add them.")
    return tuple(
        Rule(id, family, book.rules[id].severity, book.rules[id].sentence, check)
        for family, checks in FAMILIES.items()
        for id, check in checks.items()
    )


def check_ledger(ledger: pd.DataFrame, context: Context, only: Iterable[str] | None = None) -> list[Finding]:
    """Check a ledger against every rule, or those given in `only`.

    Pass the part of the ledger known on a day to leave out what was published later. Findings come in the order of
    rules, then of rows.
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
    """Raise DataError at the first row or file where a rule of severity ``error`` is broken."""
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
    """A breach with the rule's severity, and the areas and sources of its rows."""
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
