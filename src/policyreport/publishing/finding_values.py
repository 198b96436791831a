"""What the data-quality page prints of broken rules: by rule, by province, by publisher, and what was decided."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from policyreport.data.sources import short_publisher
from policyreport.figures.facts import ORDER, Facts, worst
from policyreport.params.rules import RuleBook
from policyreport.params.spelling import sort_key
from policyreport.publishing.provenance import Provenance
from policyreport.records.base import Finding
from policyreport.records.markdown import in_english

# A finding about more areas than these is about a table, not about one of them.
WIDE = 5
RULES_NAMED = 4
DECIDED = ("corrected", "withheld")


def finding_values(
    findings: Sequence[Finding], facts: Facts, rules: RuleBook, provenance: Provenance
) -> dict[str, object]:
    """Collect findings as lines and rows, each row with `warnings`, `notes`, `rules` and how many `more` of these."""
    language = provenance.edition.language
    said = partial(in_english, language=language, always=True)
    counted = Counter((finding.rule, finding.severity) for finding in findings)
    order = sorted(counted.items(), key=lambda item: (ORDER[item[0][1]], -item[1], item[0][0]))
    first = {finding.rule: finding for finding in reversed(worst(findings)) if finding.severity != "note"}
    return {
        "by_rule": [
            {"sentence": rules.rules[rule].sentence[language], "severity": severity, "times": times, "rule": rule}
            for (rule, severity), times in order
        ],
        "rules": len(rules.rules),
        "errors": any(finding.severity == "error" for finding in findings),
        "examples": [{"text": said(facts.line(finding)), "rule": finding.rule} for finding in worst(first.values())],
        "lines": [{"text": said(facts.line(finding)), "rule": finding.rule} for finding in worst(findings)],
        "wide": WIDE,
        **_by_area(findings, provenance, said),
        **_by_publisher(findings, facts, said),
        "decisions": [
            _decision(finding, facts, said) for finding in findings if finding.rule in ("corrected", "withheld")
        ],
    }


def _by_area(findings: Sequence[Finding], provenance: Provenance, said: Callable[[str], str]) -> dict[str, object]:
    """Provinces, former ones under their successor; findings about many areas once, without a name."""
    areas, nation = provenance.areas, provenance.roles.nation
    by: dict[str, list[Finding]] = {}
    for finding in findings:
        named = {areas.successor(area) for area in finding.areas if area in areas.table.index}
        for area in named if len(finding.areas) <= WIDE else {""}:
            by.setdefault(area, []).append(finding)
    order = sorted(by, key=lambda area: (area == "", area != nation, -_warnings(by[area]), -len(by[area]), area))
    return {
        "by_area": [{"name": areas.name(area) if area else "", **_counts(by[area], said)} for area in order],
        "without": len(set(areas.current(provenance.edition.as_known_on)) - set(by)),
    }


def _by_publisher(findings: Sequence[Finding], facts: Facts, said: Callable[[str], str]) -> dict[str, object]:
    publishers = {id: short_publisher(source.publisher) for id, source in facts.sources.items()}
    by: dict[str, list[Finding]] = {}
    for finding in findings:
        for publisher in {publishers[source] for source in finding.sources if source in publishers}:
            by.setdefault(publisher, []).append(finding)
    # One note each, mostly that terms of use are missing: a row for each of these would hide the others.
    single = {publisher for publisher, own in by.items() if len(own) == 1 and not _warnings(own)}
    order = sorted(set(by) - single, key=lambda name: (-_warnings(by[name]), -len(by[name]), sort_key(name)))
    return {
        "by_publisher": [{"name": name, **_counts(by[name], said)} for name in order],
        "differing": sum(_warnings(own) > 0 for own in by.values()),
        "publishers": len(set(publishers.values())),
        "with_one_note": len(single),
    }


def _decision(finding: Finding, facts: Facts, said: Callable[[str], str]) -> dict[str, object]:
    """A figure read otherwise than printed (`corrected`) or kept out, preceded by its areas where they are given."""
    corrected = finding.rule == "corrected"
    what, _, reason = finding.message.partition(". ")
    rest, names = what.partition(": ")[2], facts.about(finding)
    named = f"{names}: {facts.write(rest)}" if corrected and rest and names else facts.write(what)
    figures = len(finding.rows if corrected else finding.areas)
    return {"corrected": corrected, "figures": figures, "what": said(named), "reason": said(facts.write(reason))}


def _counts(findings: Sequence[Finding], said: Callable[[str], str]) -> dict[str, object]:
    """Warnings, notes, and which rules, the most serious first."""
    rules = Counter(finding.rule.replace("-", " ") for finding in sorted(findings, key=lambda f: ORDER[f.severity]))
    named = [{"name": said(name), "times": times} for name, times in rules.items()]
    warnings = _warnings(findings)
    return {
        "warnings": warnings,
        "notes": len(findings) - warnings,
        "rules": named[:RULES_NAMED],
        "more": len(named[RULES_NAMED:]),
    }


def _warnings(findings: Iterable[Finding]) -> int:
    return sum(finding.severity != "note" for finding in findings)
