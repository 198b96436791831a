"""Breached rules for readers: by rule, by province, by publisher, then every message in a fold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, Exhibits, join
from policyreport.figures.present.voice import Voice, folded, listed, short_publisher
from policyreport.figures.tables import table
from policyreport.params.spelling import sort_key
from policyreport.records.base import Finding
from policyreport.records.markdown import escape
from policyreport.records.notebooks import CleanRecord

ORDER = {"error": 0, "warning": 1, "note": 2}
# A finding about more areas than these is about a table, not about one of them.
WIDE = 5
SHOWN = 12


def area_findings(record: CleanRecord, inputs: Inputs) -> Exhibit:
    """Show a reader's cautions on one area's published figures: those that do not agree, and other notes.

    Gives "findings", one sentence where there are none.
    """
    voice = Voice(inputs)
    areas = inputs.areas
    named = [
        f for f in record.findings if inputs.area in {areas.successor(a) for a in f.areas if a in areas.table.index}
    ]
    own = [_own_gaps(inputs, finding) for finding in named if len(finding.areas) <= WIDE]
    wide = len(named) - len(own)
    others = f"{wide} more concern whole tables, see *Data quality*." if wide else ""
    if not own:
        return Exhibit("findings", f"No rule of the ledger is broken by these figures alone. {others}".rstrip())
    notes = _alike(voice, worst(own))
    lines = [f"- {escape(line)}" for line in notes[:SHOWN]]
    rest = f"{len(notes) - SHOWN} more are among all findings on the data-quality page." if len(notes) > SHOWN else ""
    return join("findings", "Notes on these figures:", "\n".join(lines), " ".join(filter(None, (rest, others))))


def _own_gaps(inputs: Inputs, finding: Finding) -> Finding:
    """Of a table that lacks several provinces, only what it lacks of this one; any other finding as it is."""
    own = (inputs.area, *inputs.areas.parts(inputs.area))
    years = {gap.area: listed([str(year) for year in gap.years]) for gap in finding.gaps}
    gaps = dict.fromkeys(f"{inputs.areas.name(key)} in {years[key]}" for key in own if key in years)
    if not gaps:
        return finding
    return finding.model_copy(update={"message": f"{finding.subject}: no figure of {'; '.join(gaps)}."})


def _alike(voice: Voice, findings: Sequence[Finding]) -> list[str]:
    """Findings as lines; those alike on several figures share one."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.rule, finding.message.partition(": ")[2] or finding.message), []).append(finding)
    lines = []
    for (rule, _), alike in groups.items():
        if len(alike) == 1 or rule == "corrected":
            lines += [_said(voice, finding) for finding in alike]
            continue
        *heads, last = alike
        what = "; ".join(voice.facts(finding.message.partition(": ")[0], finding.rows) for finding in heads)
        lines.append(f"{what}; {_said(voice, last)}")
    return lines


def _said(voice: Voice, finding: Finding) -> str:
    """A finding as a line: a decision begins with the areas it is about, not with the key of its entry."""
    message = finding.message
    if finding.rule == "corrected":
        names = _areas(voice, finding)
        message = f"{names}: {message.partition(': ')[2]}" if names else message.partition(": ")[2]
    return voice.facts(message, finding.rows)


def findings(findings: Sequence[Finding], inputs: Inputs) -> Exhibits:
    """Show which rules of the ledger are broken, where and by whom.

    Gives "findings", "findings-areas", "findings-publishers", "corrections".
    """
    voice = Voice(inputs)
    if not findings:
        none = "No rule of the ledger is broken."
        rest = [Exhibit(name, "") for name in ("findings-areas", "findings-publishers", "corrections")]
        return Exhibits([Exhibit("findings", none), *rest])
    return Exhibits(show(voice, findings) for show in (_by_rule, _by_area, _by_publisher, _decided))


def worst(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: errors first, then warnings, then notes."""
    return sorted(findings, key=lambda finding: (ORDER[finding.severity], finding.rule, sort_key(finding.message)))


def _by_rule(voice: Voice, findings: Sequence[Finding]) -> Exhibit:
    """A row per broken rule, an example of each warning, everything in a fold on the site."""
    counted = Counter((finding.rule, finding.severity) for finding in findings)
    order = sorted(counted.items(), key=lambda item: (ORDER[item[0][1]], -item[1], item[0][0]))
    body = [
        [escape(_sentence(voice, rule)), severity, voice.formats.count(n), f"`{rule}`"]
        for (rule, severity), n in order
    ]  # fmt: skip
    of = len(voice.inputs.rules.rules)
    summary = table(
        "findings",
        ["What should hold", "Severity", "Times broken", "Rule"],
        body,
        f"{len(counted)} of {of} rules are broken by published figures, {voice.formats.count(len(findings))} times; none stops "
        "the run. *Warnings say that figures do not agree; notes say what a reader must know. Nothing is repaired silently.*"
        if not any(finding.severity == "error" for finding in findings) else
        f"{len(counted)} of {of} rules are broken. *Errors stop the run.*",
        align="llrl",
        wide=True,
        sortable=True,
    )  # fmt: skip
    warned = {finding.rule: finding for finding in reversed(worst(findings)) if finding.severity != "note"}
    first = "\n".join(_line(voice, finding) for finding in worst(warned.values()))
    every = "\n".join(_line(voice, finding) for finding in worst(findings))
    fold = folded(f"All {voice.formats.count(len(findings))} findings", every)
    return join("findings", summary, f"One example of each warning:\n\n{first}" if first else "", fold)


def _by_area(voice: Voice, findings: Sequence[Finding]) -> Exhibit:
    """A row per province, former ones under their successor; findings about many areas once."""
    areas, nation = voice.inputs.areas, voice.inputs.roles.nation
    by: dict[str, list[Finding]] = {}
    for finding in findings:
        if not finding.areas:
            continue
        named = {areas.successor(area) for area in finding.areas if area in areas.table.index}
        for area in named if len(finding.areas) <= WIDE else {""}:
            by.setdefault(area, []).append(finding)
    order = sorted(by, key=lambda area: (area == "", area != nation, -_warnings(by[area]), -len(by[area]), area))
    names = {area: escape(areas.name(area)) if area else "Many provinces at once" for area in order}
    clean = len(set(voice.inputs.provinces) - set(by))
    return table(
        "findings-areas",
        ["Province", "Warnings", "Notes", "Rules"],
        [[names[area], *_counts(voice, by[area])] for area in order],
        f"{clean} provinces have no finding of their own. *Findings by present province, with those of its former parts; "
        f"those that concern more than {WIDE} areas stand in the last row.*",
        align="lrrl",
        wide=True,
        sortable=True,
    )


def _by_publisher(voice: Voice, findings: Sequence[Finding]) -> Exhibit:
    publishers = {source.id: short_publisher(source.publisher) for source in voice.inputs.sources}
    by: dict[str, list[Finding]] = {}
    for finding in findings:
        for publisher in {publishers[source] for source in finding.sources if source in publishers}:
            by.setdefault(publisher, []).append(finding)
    # One note each, mostly that terms of use are missing: a row for each of these would hide the others.
    single = [publisher for publisher, item in by.items() if len(item) == 1 and not _warnings(item)]
    order = sorted(set(by) - set(single), key=lambda name: (-_warnings(by[name]), -len(by[name]), sort_key(name)))
    return table(
        "findings-publishers",
        ["Publisher", "Warnings", "Notes", "Rules"],
        [[escape(publisher), *_counts(voice, by[publisher])] for publisher in order],
        f"Figures of {sum(_warnings(item) > 0 for item in by.values())} of {len(set(publishers.values()))} publishers differ from "
        f"others or from our recalculation; {len(single)} more have one note each. *Findings by publisher of the rows; a finding on two publishers "
        "counts for both.*",
        align="lrrl",
        wide=True,
        sortable=True,
    )


def _decided(voice: Voice, findings: Sequence[Finding]) -> Exhibit:
    """What was read otherwise than printed, and what was kept out, with the reasons."""
    body, total = [], Counter[str]()
    for finding in findings:
        if finding.rule in ("corrected", "withheld"):
            what, _, reason = finding.message.partition(". ")
            figures = len(finding.rows) if finding.rule == "corrected" else len(finding.areas)
            kind = "read otherwise" if finding.rule == "corrected" else "kept out"
            body.append([kind, voice.formats.count(figures), _entry(voice, finding, what), escape(voice.facts(reason))])
            total[kind] += figures
    if not body:
        return Exhibit("corrections", "No figure was corrected or kept out.")
    return table(
        "corrections",
        ["Decision", "Figures", "What", "Reason"],
        body,
        f"{total['read otherwise']} figures are read otherwise than printed, {total['kept out']} are kept out. *Every "
        "repair is a dated entry that names what it expects to find; the run stops once that is no longer there.*",
        align="lrll",
        wide=True,
    )


def _entry(voice: Voice, finding: Finding, what: str) -> str:
    """A decision, preceded by the areas it is about where they are given."""
    _, colon, rest = what.partition(": ")
    names = _areas(voice, finding)
    if finding.rule != "corrected" or not colon or not names:
        return escape(voice.facts(what))
    return f"{escape(names)}: {escape(voice.facts(rest))}"


def _areas(voice: Voice, finding: Finding) -> str:
    """Names of the areas that a finding is about; keys that are no area's are left out."""
    areas = voice.inputs.areas
    return listed([areas.name(area) for area in finding.areas if area in areas.table.index])


def _counts(voice: Voice, findings: Sequence[Finding]) -> list[str]:
    """Warnings, notes, and which rules, the most frequent first."""
    warned = _warnings(findings)
    rules = Counter(finding.rule for finding in sorted(findings, key=lambda item: ORDER[item.severity]))
    named = [rule.replace("-", " ") + (f" ×{n}" if n > 1 else "") for rule, n in rules.items()]
    more = f" and {len(named) - 4} more" if len(named) > 4 else ""
    return [voice.formats.count(warned), voice.formats.count(len(findings) - warned), ", ".join(named[:4]) + more]


def _warnings(findings: Sequence[Finding]) -> int:
    return sum(finding.severity != "note" for finding in findings)


def _sentence(voice: Voice, rule: str) -> str:
    return voice.inputs.rules.rules[rule].sentence[voice.language]


def _line(voice: Voice, finding: Finding) -> str:
    return f"- {escape(_said(voice, finding))} `{finding.rule}`"
