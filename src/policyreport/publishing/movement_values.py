"""What the page on changes prints of the findings: which differ from the edition before, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policyreport.figures.choices import exposure_name
from policyreport.params.wording import Wording
from policyreport.publishing.conclusions import conclusions_digest, kept_comparison, read_conclusions
from policyreport.publishing.provenance import Provenance
from policyreport.records.conclusions import Conclusion, Movement, Part, Reason


@dataclass(frozen=True)
class Side:
    """A finding in one edition; by `form` its value is a ``share``, ``points``, a ``pace`` a year, or a ``number``."""

    value: float | None
    form: str
    digits: int
    verdict: str
    period: str
    places: tuple[int, int] | None
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A finding that differs; `area` is empty for the country, `why` has the reasons of the change."""

    kind: str
    area: str
    name: str
    measure: str
    horizon: str
    old: Side
    new: Side
    change: float | None
    why: tuple[Reason, ...]
    parts: tuple[Part, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows behind both sides."""
        return (*self.old.rows, *self.new.rows)


def movement_values(store: Path, provenance: Provenance, wording: Wording) -> dict[str, object] | None:
    """Collect the findings that differ and why; none where the reasons were not worked out for these results.

    `flipped`, `first` and `lost` are those with another verdict, `values` others on the country; `provinces` counts
    provinces' first and lost verdicts and values, `ranks` their places and how many moved no further than noise.
    """
    comparison = kept_comparison(store)
    if comparison is None or comparison.old != provenance.edition.previous or not comparison.steps:
        return None
    if comparison.conclusions[1] != conclusions_digest(read_conclusions(store, provenance.roles.nation)):
        return None
    by: dict[str, list[Movement]] = {}
    for movement in comparison.movements:
        by.setdefault(movement.kind, []).append(movement)
    own = {kind: [item for item in found if item.about.group != "province"] for kind, found in by.items()}
    ranks = [item.in_noise for item in by.get("rank", [])]
    reasons = Counter(item.reasons[0] for item in comparison.movements if item.reasons)

    def rows(movements: Sequence[Movement]) -> list[Row]:
        return [_row(movement, provenance, wording) for movement in movements]

    return {
        "old": comparison.old,
        "compared": comparison.compared,
        "differing": len(comparison.movements),
        "reasons": [{"reason": reason, "count": count} for reason, count in reasons.most_common()],
        "flipped": rows(by.get("flipped", [])),
        "first": rows(own.get("verdict", [])),
        "lost": rows(own.get("no verdict", [])),
        "values": rows(own.get("value", [])),
        "provinces": {kind.replace(" ", "_"): len(by.get(kind, [])) - len(own.get(kind, [])) for kind in PROVINCES},
        "ranks": {
            "moved": len(ranks), "in_noise": ranks.count(True), "clear": ranks.count(False),
            "unknown": ranks.count(None),
        },
    }  # fmt: skip


PROVINCES = ("verdict", "no verdict", "value", "new")


def _row(movement: Movement, provenance: Provenance, wording: Wording) -> Row:
    about, areas = movement.about, provenance.areas
    measure = provenance.roles.measure_labels.get(about.measure, "")
    if about.kind == "exposure":
        measure = exposure_name(about.measure, provenance.indicators, provenance.roles, provenance.translation)
    return Row(
        kind=about.kind,
        area="" if about.area == provenance.roles.nation else areas.name(about.area),
        name=_name(about, provenance),
        measure=measure,
        horizon="" if about.kind == "target" else about.horizon,
        old=_side(movement.old, provenance, wording),
        new=_side(movement.new, provenance, wording),
        change=movement.change,
        why=movement.reasons,
        parts=movement.parts,
    )


def _name(about: Conclusion, provenance: Provenance) -> str:
    """Name the target, the list or the indicator that a finding is about; nothing for one of several."""
    policy, indicators = provenance.policy, provenance.indicators.by_id()
    if about.kind == "target":
        targets = {item.id: item.name for item in (*policy.targets, *policy.related_targets)}
        return f"{targets.get(about.subject, about.subject)} ({about.subject})"
    if about.subject in indicators:
        return indicators[about.subject].name
    return next((item.title for item in policy.lists if item.id == about.subject), about.subject)


def _side(item: Conclusion | None, provenance: Provenance, wording: Wording) -> Side:
    if item is None:
        return Side(None, "number", 0, "", "", None, ())
    form = "share" if item.unit.startswith("%") else "points" if item.unit == "points" else "number"
    if form == "points" and item.kind in ("pace", "trend"):
        form = "pace"
    verdict = item.verdict or item.without
    digits = 0 if item.value is None or item.value.is_integer() else 2
    rows = tuple(row for row in item.inputs if row in provenance.ledger.index)
    written = wording.verdict(verdict, provenance.edition.language) if verdict else ""
    return Side(item.value, form, digits, written, item.period, item.places, rows)
