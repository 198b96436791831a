"""The command `diff`: what two editions conclude differently, and why."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from policyreport.cli.messages import EditionArgument, check_edition, open_console, plain_table
from policyreport.project import given_project

if TYPE_CHECKING:
    from policyreport.publishing.attribution import Run
    from policyreport.records.conclusions import Comparison, Conclusion, Movement

SHOWN = 12
"""Lines of each kind; --all shows the others."""
HEADINGS = {
    "flipped": "Verdicts that flipped",
    "verdict": "First verdicts",
    "no verdict": "Verdicts no longer given",
    "value": "Values that changed, the largest changes first",
    "new": "New",
    "gone": "No longer there",
    "rank": "Ranks",
}
KINDS = {
    "completion": "tasks completed",
    "exposure": "association",
    "flow": "tasks finished in 30 days",
    "growth": "growth",
    "growth-mean-difference": "growth, mean difference to the country",
    "income-index": "income, country = 100",
    "level-trend": "income, trend",
    "outlook": "outlook",
    "pace": "pace",
    "published-rank": "rank",
    "ranks": "rank",
    "target": "target",
    "threshold": "share",
    "trend": "trend",
}


def diff(
    context: typer.Context,
    old: EditionArgument,
    new: EditionArgument,
    area: Annotated[str, typer.Option(metavar="AREA", help="Only this area: key or name.")] = "",
    reasons: Annotated[
        bool, typer.Option("--reasons", help="Work out why: run the old edition with one change after another.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Show every finding that differs.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Notebooks at a time; by default one per processor.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")] = False,
) -> None:
    """Compare what two editions find, and say why they differ.

    Verdicts that flipped come first, then other verdicts, values and ranks. With --reasons the old edition is run again
    with one kind of change after another: the new date, new figures, revisions, definitions and lists, boundaries,
    settings. The parts add up to the whole difference. They are kept with the new edition, and the page "What changed"
    shows them.

    \b
    Examples:
      policyreport diff 2025Q3 2025Q4
      policyreport diff 2025Q3 2025Q4 --reasons
      policyreport diff 2025Q3 2025Q4 --area n40 --json
    """
    root = given_project(context.obj)
    for edition in (old, new):
        check_edition(root, edition)
    # Records need pydantic, and areas pandas.
    from policyreport.data.areas import read_areas
    from policyreport.params.edition import read_edition
    from policyreport.publishing.attribution import attribute, compare_editions

    areas = read_areas(root)
    country = area and area in (nation := _nation(root, new), areas.name(nation))
    key = nation if country else areas.resolve_in(read_edition(root, new), area, f"--area {area}") if area else ""
    comparison = compare_editions(root, old, new)
    if reasons and not comparison.steps:
        with _runner(root, new, workers or os.cpu_count() or 1) as run:
            comparison = attribute(root, old, new, run, lambda text: typer.echo(text, err=True))
    shown = [movement for movement in comparison.movements if not key or movement.about.area == key]
    if as_json:
        typer.echo(json.dumps(_facts(comparison, shown), indent=1, ensure_ascii=False))
    else:
        _show(root, comparison, shown, None if every or key else SHOWN)


def _nation(root: Path, edition: str) -> str:
    from policyreport.params.edition import read_edition
    from policyreport.params.report import read_roles

    return read_roles(read_edition(root, edition).layout(root)).nation


@contextmanager
def _runner(root: Path, edition: str, workers: int) -> Iterator[Run]:
    """Give a function that runs an edition on the way, with kernels forked from one server for all of them."""
    from rich.console import Console

    from policyreport.cli.running import LESSONS
    from policyreport.running.cache.results import Cache
    from policyreport.running.kernels import batch_server
    from policyreport.running.pool import allow_open_files, prepare_workers
    from policyreport.running.progress import show_progress

    allow_open_files(workers)
    cache = Cache(root)
    notebooks = [path for path in sorted((root / "notebooks").glob("*/*.ipynb")) if path.parent.name != LESSONS]
    ahead = ("policyreport.running.rehearsal", "rehearse", str(root), edition)
    with batch_server(notebooks, rehearsal=ahead) as server:
        prepare_workers()
        from policyreport.running.counterfactual import stages_of
        from policyreport.running.runs import run_stages

        def run(data: Any, store: Path) -> bool:
            with show_progress(Console(stderr=True), workers) as report:
                stages = stages_of(root, data)
                summary = run_stages(stages, store, workers, report, server=server.address, cache=cache)
            return not summary.failed

        yield run
    cache.prune()


def _facts(comparison: Comparison, movements: list[Movement]) -> dict[str, Any]:
    facts = comparison.model_dump(mode="json", exclude={"movements"})
    return facts | {"movements": [_facts_of(movement) for movement in movements]}


def _facts_of(movement: Movement) -> dict[str, Any]:
    parts = [part.model_dump(mode="json") | {"change": part.change} for part in movement.parts]
    more = {"kind": movement.kind, "change": movement.change, "in_noise": movement.in_noise}
    return more | movement.model_dump(mode="json") | {"reasons": movement.reasons, "parts": parts}


def _show(root: Path, comparison: Comparison, movements: list[Movement], most: int | None) -> None:
    """A table for each kind of change, verdicts first."""
    console, names = open_console(), _read_names(root, comparison.new)
    why = bool(comparison.steps)
    for kind, heading in HEADINGS.items():
        found = [movement for movement in movements if movement.kind == kind]
        if not found:
            continue
        last = ["because of"] if why else []
        table = plain_table(["finding"], [comparison.old, comparison.new, "change"], last, title=heading)
        for movement in found[:most]:
            cells = [names.title(movement.about), _cell(movement.old), _cell(movement.new), _change(movement)]
            table.add_row(*cells, *([_because(movement)] if why else []))
        console.print(table)
        if most is not None and len(found) > most:
            typer.echo(f"and {len(found) - most} more; --all shows them.")
        typer.echo()
    differing, flipped = len(movements), sum(movement.kind == "flipped" for movement in movements)
    counts = (
        f"{comparison.compared} {'finding' if comparison.compared == 1 else 'findings'} compared",
        f"{differing} {'differs' if differing == 1 else 'differ'}",
        f"{flipped} {'verdict' if flipped == 1 else 'verdicts'} flipped",
    )
    typer.echo(f"{', '.join(counts)}.")
    if not why and movements:
        typer.echo(f"Why: policyreport diff {comparison.old} {comparison.new} --reasons")


def _cell(item: Conclusion | None) -> str:
    if item is None:
        return "–"
    value = "" if item.value is None else f"{item.value:.0f}" if item.value.is_integer() else f"{item.value:.2f}"
    places = f" (of places {item.places[0]} to {item.places[1]})" if item.places else ""
    period = f" in {item.period}" if value and item.period and item.unit != "rank" else ""
    return "; ".join(filter(None, [f"{value}{places}{period}", item.verdict or item.without])) or "–"


def _change(movement: Movement) -> str:
    change = "" if movement.change is None else f"{movement.change:+.2f}".rstrip("0").rstrip(".")
    noise = ""
    if movement.kind == "rank":
        noise = {True: "within the noise", False: "beyond the noise", None: "no margin of error"}[movement.in_noise]
    return ", ".join(filter(None, [change, noise]))


def _because(movement: Movement) -> str:
    """Each reason with what it did, in their order; of a verdict that flipped, what flipped it."""
    texts = []
    for part in movement.parts:
        change = "" if part.change in (None, 0) else f" {part.change:+.2f}"
        verdict = f" ({part.verdict_before or 'none'} → {part.verdict_after or 'none'})" if part.flips else ""
        texts.append(f"{' and '.join(part.reasons)}{change}{verdict}")
    return "; ".join(texts)


@dataclass(frozen=True)
class _Names:
    """Names of what findings are about."""

    areas: Any
    indicators: Any
    policy: Any
    measures: Any
    nation: str

    def title(self, item: Conclusion) -> str:
        """Name a finding: area, kind and subject."""
        subject = self._subject(item)
        measure = self.measures.get(item.measure, item.measure.replace("_", " "))
        horizon = f"to {item.horizon}" if item.horizon and item.kind != "target" else ""
        area = "" if item.area == self.nation else self.areas.name(item.area)
        return ", ".join(filter(None, [area, KINDS.get(item.kind, item.kind), subject, measure, horizon]))

    def _subject(self, item: Conclusion) -> str:
        if item.kind == "target":
            targets = (*self.policy.targets, *self.policy.related_targets)
            return next((f"{it.name} ({it.id})" for it in targets if it.id == item.subject), item.subject)
        if item.subject in (definitions := self.indicators.by_id()):
            return str(definitions[item.subject].name)
        return next((str(it.title) for it in self.policy.lists if it.id == item.subject), item.subject)


def _read_names(root: Path, edition: str) -> _Names:
    from policyreport.data.areas import read_areas
    from policyreport.params.edition import read_edition
    from policyreport.params.indicators import read_indicators
    from policyreport.params.policy import read_policy
    from policyreport.params.report import read_roles

    layout = read_edition(root, edition).layout(root)
    roles = read_roles(layout)
    return _Names(
        read_areas(root), read_indicators(layout), read_policy(layout), roles.measure_labels, roles.nation
    )  # fmt: skip
