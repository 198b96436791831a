"""Editions between two: the old one with one kind of ingredient of the new one after another.

Each is run with today's notebooks and package; what these changed is the difference between the old edition as it was
made and the old one run again. So the parts lead from the old results to the new ones without a gap.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from policyreport.data.areas import read_areas
from policyreport.data.observations.known import KEY
from policyreport.data.rules.evidence import Context, read_context
from policyreport.errors import PolicyReportError
from policyreport.params.edition import Edition, OwnNotebooks
from policyreport.params.indicators import read_indicators
from policyreport.params.methods import read_method_settings
from policyreport.params.policy import read_policy
from policyreport.params.report import read_roles
from policyreport.params.rules import read_rule_book
from policyreport.project import EDITIONS
from policyreport.records.conclusions import Reason
from policyreport.records.notebooks import LAST_NATIONAL
from policyreport.running.made_from import MadeFrom
from policyreport.running.plan import EditionData, edition_data, first_units_of, last_units_of
from policyreport.running.runs import Stage
from policyreport.running.store import write_whole

ORDER: tuple[Reason, ...] = ("date", "new figures", "revisions", "definitions", "boundaries", "settings")
SETTINGS = ("methods.yaml", "official.yaml")


@dataclass(frozen=True)
class Step:
    """An edition on the way: what was swapped last (more than one where they only work together), and what it is."""

    reasons: tuple[Reason, ...]
    edition: Edition
    ledger: pd.DataFrame
    statements: pd.DataFrame
    decisions: Mapping[str, bytes]


def kind_of_decision(name: str) -> Reason:
    """Tell with which kind of ingredient a file of params/ or data/boundaries/ is swapped."""
    path = Path(name)
    if path.is_relative_to(EDITIONS):
        return "date"
    if path.is_relative_to("data/boundaries"):
        return "boundaries"
    return "settings" if path.name in SETTINGS else "definitions"


def steps_between(old: MadeFrom, new: MadeFrom) -> list[Step]:
    """List the old edition, then what comes of swapping one kind after another, and at the end the new edition.

    A kind in which both are equal is left out. New figures come with the statements; a figure that was withdrawn goes
    with the revisions.
    """
    steps = [Step((), old.edition, old.ledger, old.statements, old.decisions)]
    for reason in ORDER:
        step = _swapped(steps[-1], reason, old, new)
        if not _equal(step, steps[-1]):
            steps.append(step)
    return steps


def _swapped(step: Step, reason: Reason, old: MadeFrom, new: MadeFrom) -> Step:
    if reason == "new figures":
        ledger = with_new_figures(old.ledger, new.ledger)
        return replace(step, reasons=(reason,), ledger=ledger, statements=new.statements)
    if reason == "revisions":
        return replace(step, reasons=(reason,), ledger=new.ledger)
    kept = {name: body for name, body in step.decisions.items() if kind_of_decision(name) != reason}
    swapped = {name: body for name, body in new.decisions.items() if kind_of_decision(name) == reason}
    edition = new.edition if reason == "date" else step.edition
    return replace(step, reasons=(reason,), edition=edition, decisions=kept | swapped)


def with_new_figures(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Add to the figures of one ledger those of another whose key it does not have, in the order of the other.

    A key is area, indicator, measure, list, period and reference date. Other vintages of a key are left out.
    """
    keys = list(KEY)
    added = new[~pd.MultiIndex.from_frame(new[keys]).isin(pd.MultiIndex.from_frame(old[keys]))]
    # Where a file was written anew, an old figure and a new one may have stood in the same row.
    added = added.rename(index={row: f"{row}+" for row in added.index.intersection(old.index)})
    places = {row: place for place, row in enumerate(new.index)}
    both = pd.concat([old, added]) if len(added) else old
    order = sorted(range(len(both)), key=lambda at: places.get(str(both.index[at]).removesuffix("+"), len(places)))
    return both.iloc[order]


def _equal(one: Step, other: Step) -> bool:
    tables = ((one.ledger, other.ledger), (one.statements, other.statements))
    return one.decisions == other.decisions and all(first.equals(second) for first, second in tables)


def readable(root: Path, steps: list[Step], folder: Path) -> list[tuple[Step, EditionData]]:
    """Return each step with what its notebooks read; one whose parts do not work together is joined to the next.

    Decisions are written into folders below `folder`. Raises PolicyReportError for the last step, the new edition.
    """
    found: list[tuple[Step, EditionData]] = []
    waiting: tuple[Reason, ...] = ()
    for number, step in enumerate(steps):
        joined = replace(step, reasons=(*waiting, *step.reasons))
        try:
            data = _data(root, joined, folder / f"decisions-{number}")
        except PolicyReportError:
            if number == len(steps) - 1:
                raise
            waiting = joined.reasons
            continue
        waiting = ()
        found.append((joined, data))
    return found


def _data(root: Path, step: Step, folder: Path) -> EditionData:
    for name, body in step.decisions.items():
        write_whole(folder / name, body)
    context = _context(root, folder, step.edition)
    ledger = step.ledger[admitted(step.ledger, context)]
    # Those that users added conclude nothing that is compared.
    edition = step.edition.model_copy(update={"notebooks": OwnNotebooks()})
    return edition_data(edition, ledger, step.statements, context, dict(step.decisions))


def _context(root: Path, folder: Path, edition: Edition) -> Context:
    """What the rules use: decisions of the step; sources and corrections of the project."""
    layout = edition.layout(folder)
    return replace(
        read_context(edition.layout(root)),
        areas=read_areas(folder),
        indicators=read_indicators(layout),
        policy=read_policy(layout),
        roles=read_roles(layout),
        book=read_rule_book(folder),
        harmonise=read_method_settings(layout).harmonise,
    )


def admitted(ledger: pd.DataFrame, context: Context) -> pd.Series[bool]:
    """Tell which figures the definitions know: a figure of a new list or indicator enters with its definition."""
    definitions = context.indicators.by_id()
    lists = {"", *(entry.id for entry in context.policy.lists)}
    rows = ledger["indicator"].isin(list(definitions)) & ledger["list"].isin(lists)
    pairs = {
        "measure": {(id, name) for id, it in definitions.items() for name in ("", *it.measures)},
        "unit": {(id, unit) for id, it in definitions.items() for unit in it.units},
    }
    for column, known in pairs.items():
        given = zip(ledger["indicator"], ledger[column], strict=True)
        rows &= pd.Series([pair in known for pair in given], ledger.index, dtype=bool)
    return rows & ledger["area"].isin(context.areas.table.index)


def stages_of(root: Path, data: EditionData) -> tuple[Stage, ...]:
    """Return the stages of a run of an edition on the way: all notebooks but the one on data quality."""
    return (
        lambda store: first_units_of(root, data),
        lambda store: last_units_of(root, data, store, [name for name in LAST_NATIONAL if name != "quality"]),
    )
