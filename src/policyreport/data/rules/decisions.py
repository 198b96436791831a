"""Rules on what people decided: corrections, withheld figures, amended targets."""

from __future__ import annotations

from collections.abc import Iterator

from policyreport.data.observations.corrections import Withheld
from policyreport.data.rules.evidence import Breach, Check, Evidence, listing


def _corrected(evidence: Evidence) -> Iterator[Breach]:
    for each in evidence.context.corrections:
        if each.row in evidence.ledger.index:
            text = f"{each.column} {each.expect} is read as {each.value}"
            yield Breach((each.row,), f"{each.id}: {text}. {' '.join(each.reason.split())}")


def _withheld(evidence: Evidence) -> Iterator[Breach]:
    """Figures that were found and withheld, grouped by file, indicator and period."""
    groups: dict[tuple[str, str, str], list[Withheld]] = {}
    for each in evidence.context.withheld:
        # A file with rows in the ledger is known; of another source the period tells.
        known = each.source in evidence.sources or (
            each.source not in evidence.context.sources and int(each.period[:4]) < evidence.day.year
        )
        if known and len(evidence.ledger):
            groups.setdefault((each.source, each.indicator, each.period), []).append(each)
    for (source, indicator, period), entries in groups.items():
        areas = tuple(each.area for each in entries)
        whom = listing([evidence.who(area) for area in areas], 3)
        known_source = (source,) if source in evidence.sources else ()
        reason = " ".join(entries[0].reason.split())
        # Of a source that is no file only its name is said, not its address.
        named = f"{evidence.named(indicator)}, {period}, {source.partition(', http')[0]}"
        yield Breach((), f"{named}: kept out for {whom}. {reason}", areas, known_source)


def _target_amended(evidence: Evidence) -> Iterator[Breach]:
    """Targets from an instrument that has since been amended."""
    for old, new in evidence.settings.superseded.items():
        targets = [each for each in evidence.context.policy.related_targets if each.legal_reference.startswith(old)]
        if targets and len(evidence.ledger):
            yield Breach((), f"{len(targets)} targets are those of {old}, amended by {new}.")


CHECKS: dict[str, Check] = {
    "corrected": _corrected,
    "withheld": _withheld,
    "target-amended": _target_amended,
}
