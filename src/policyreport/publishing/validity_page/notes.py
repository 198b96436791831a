"""Notes on the study's cells, chosen by design, so that a text changes without a new study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from policyreport.publishing.validity_page import note_texts as texts
from policyreport.publishing.validity_page.lookups import Cells, Rows, Settings
from policyreport.records.formats import Formats
from policyreport.statistics.validity.measures import CellResult


@dataclass(frozen=True)
class Note:
    """A text under a table for the cells of one kind of simulation (`what`) whose design it applies to."""

    what: str
    holds: Callable[[Mapping[str, Any]], bool]
    write: Callable[[Rows], str]

    def is_of(self, cell: CellResult) -> bool:
        """Return whether the note applies to a cell."""
        return cell.design["what"] == self.what and self.holds(cell.design)


def marked(cell: CellResult) -> bool:
    """Return whether a cell is explained under its table."""
    return any(note.is_of(cell) for note in NOTES)


def notes_under(cells: Cells, settings: Settings, formats: Formats) -> list[str]:
    """Write the notes under a table, with the numbers of its rows."""
    rows_by_note = [(note, [cell for cell in cells if note.is_of(cell)]) for note in NOTES]
    return [note.write(Rows(own, settings, formats)) for note, own in rows_by_note if own]


def _fixed(text: str) -> Callable[[Rows], str]:
    return lambda rows: text


def ignores_groups(design: Mapping[str, Any]) -> bool:
    """Return whether tasks cluster more than is assumed; learnt clustering is not assumed."""
    assumed = design.get("assumed", 1)
    return isinstance(assumed, int) and assumed < design.get("design_effect", 1)


def exceeds_assumed(design: Mapping[str, Any]) -> bool:
    """Return whether tasks cluster more than is assumed where some clustering is."""
    return ignores_groups(design) and design.get("assumed", 1) > 1


def _is_even(design: Mapping[str, Any]) -> bool:
    return bool(design.get("entry") == "evenly")


def _is_of_one_spread(design: Mapping[str, Any]) -> bool:
    return design.get("spread", "prior") != "prior" and not design.get("mean") and not design.get("jumps")


BEYOND = ("gamma 2", "half never")
"""Frailties beyond what the verdict on a pace allows for."""

NOTES = (
    Note(
        "completion",
        ignores_groups,
        _fixed("Tasks that finish in groups: the interval at a design effect of 1 is too narrow."),
    ),
    Note("flow change", ignores_groups, _fixed("Clustering ignored: why a verdict needs a design effect of 2.")),
    Note("flow change", _is_even, texts.evenly),
    Note("flow trend", _is_even, texts.evenly),
    Note("unlike change", lambda design: design["frailty"] in BEYOND and design["effort"] == 1, texts.beyond),
    Note("unlike trend", lambda design: design["frailty"] in BEYOND and design["slope"] == 0, texts.beyond),
    Note("unlike outlook", lambda design: True, texts.harder),
    Note("outlook", ignores_groups, _fixed("Clustering ignored: why the interval is printed at a design effect of 4.")),
    Note("pooling", lambda design: ignores_groups(design) and design.get("assumed", 1) == 1, texts.grouped_tasks),
    Note("pooling", exceeds_assumed, texts.more_grouped),
    Note("funnel", ignores_groups, texts.unlike_lists),
    Note("threshold", _is_of_one_spread, texts.spreads),
    Note("threshold", lambda design: bool(design.get("mean")), texts.one_way),
    Note("threshold", lambda design: bool(design.get("jumps")), texts.jumping),
    Note("trend", lambda design: design.get("rho", 0) > 0, texts.serial),
    Note("trend families", lambda design: design.get("process") == texts.BENEATH, texts.walk_beneath),
    Note("mean differences", lambda design: design.get("process") in texts.UNCLAIMED, texts.unclaimed_means),
    Note("mean differences", lambda design: design.get("process") == "jumps", texts.jumps_among_years),
    Note("ranks of means", lambda design: design.get("process") in texts.UNCLAIMED, texts.unclaimed_ranks),
    Note("panel", lambda design: bool(design.get("uneven")), texts.uneven),
    Note(
        "exposed",
        lambda design: str(design.get("kind")).isdigit() and int(design["kind"]) < 6,
        _fixed("Flagged few-treated: the permutation test alone is used."),
    ),
    Note("ranks", lambda design: str(design.get("kind")).endswith("clustered"), texts.grouped_lists),
)
"""What is known of cells beforehand, in the order of the table."""
REMARKS = {
    "flow change": texts.false_alarms,
    "flow trend": texts.short_lists,
    "trend families": texts.assumed_alone,
    "level trends": texts.levels_by_order,
    "mean differences": texts.by_itself,
    "threshold": texts.chances,
    "unlike change": texts.alarms_of_unlike,
    "unlike trend": texts.alarms_of_unlike,
    "panel": texts.found_unequal,
    "mixed model": texts.unused_fits,
    "ranks": texts.leaning,
}
"""What a table shows without judging it, by kind of simulation; from all of its rows."""
