"""Rules on what people decided: corrections, withheld figures, amended targets."""

from collections.abc import Iterator

from policyreport.data.observations.corrections import Withheld
from policyreport.data.rules.evidence import Breach, Evidence, listing


def corrected(evidence: Evidence) -> Iterator[Breach]:
    """Cells that are read otherwise than printed."""
    for entry in evidence.context.corrections:
        if entry.row in evidence.ledger.index:
            text = f"{entry.column} {entry.expect} is read as {entry.value}"
            yield Breach((entry.row,), f"{entry.id}: {text}. {' '.join(entry.reason.split())}")


def withheld(evidence: Evidence) -> Iterator[Breach]:
    """Figures that were found and withheld, grouped by file, indicator and period."""
    groups: dict[tuple[str, str, str], list[Withheld]] = {}
    for entry in evidence.context.withheld:
        # A file with rows in the ledger is known; for another source, its period decides.
        known = entry.source in evidence.sources or (
            entry.source not in evidence.context.sources and int(entry.period[:4]) < evidence.day.year
        )
        if known and len(evidence.ledger):
            groups.setdefault((entry.source, entry.indicator, entry.period), []).append(entry)
    for (source, indicator, period), entries in groups.items():
        areas = tuple(entry.area for entry in entries)
        whom = listing([evidence.who(area) for area in areas], 3)
        known_source = (source,) if source in evidence.sources else ()
        reason = " ".join(entries[0].reason.split())
        # A source that is not a file is given by name only, without its address.
        named = f"{evidence.named(indicator)}, {period}, {source.partition(', http')[0]}"
        yield Breach((), f"{named}: kept out for {whom}. {reason}", areas, known_source)


def target_amended(evidence: Evidence) -> Iterator[Breach]:
    """Targets from an instrument that has since been amended."""
    for old, new in evidence.settings.superseded.items():
        related = evidence.context.policy.related_targets
        targets = [target for target in related if target.legal_reference.startswith(old)]
        if targets and len(evidence.ledger):
            yield Breach((), f"{len(targets)} targets are those of {old}, amended by {new}.")
