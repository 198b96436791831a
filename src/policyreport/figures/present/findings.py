"""Broken rules for the readers of a province's page."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.facts import worst
from policyreport.figures.present.voice import Voice, listed
from policyreport.records.base import Finding
from policyreport.records.markdown import escape
from policyreport.records.notebooks import CleanRecord

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
            lines += [voice.written.line(finding) for finding in alike]
            continue
        *heads, last = alike
        what = "; ".join(voice.facts(finding.message.partition(": ")[0], finding.rows) for finding in heads)
        lines.append(f"{what}; {voice.written.line(last)}")
    return lines
