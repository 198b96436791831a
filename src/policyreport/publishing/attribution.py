"""Why two editions conclude differently: the old one run again with one kind of ingredient after another swapped."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from policyreport.errors import RunError, UsageError
from policyreport.params.edition import read_edition
from policyreport.params.report import read_roles
from policyreport.publishing.conclusions import Conclusions, compare, kept_comparison, read_conclusions
from policyreport.records.conclusions import KEPT, Comparison, Key, Reason
from policyreport.running.counterfactual import Step, readable, steps_between
from policyreport.running.made_from import MadeFrom, made_from, read_kept
from policyreport.running.plan import EditionData, load_edition
from policyreport.running.store import unwritable, write_whole

WORK = "attribution"

Run = Callable[[EditionData, Path], bool]
"""Runs an edition's notebooks into a folder; false where one failed."""


def compare_editions(root: Path, old: str, new: str) -> Comparison:
    """Compare what two editions that were run conclude; with the reasons where they were worked out before.

    Raises UsageError if both are one, or on other data, and RunError if one was not run.
    """
    states = _ends(root, old, new)
    comparison, kept = compare((old, new), states, ()), kept_comparison(root / "build" / new)
    if kept is not None and (kept.old, kept.conclusions) == (old, comparison.conclusions):
        return kept
    return comparison


def attribute(root: Path, old: str, new: str, run: Run, tell: Callable[[str], None]) -> Comparison:
    """Work out why two editions conclude differently, and keep it with the new one.

    `run` runs each edition on the way; `tell` is told which. Raises RunError also if an edition's records are not what
    its ingredients give, although the code is the same.
    """
    before, after = _ends(root, old, new)
    days = [read_edition(root, name).as_known_on for name in (old, new)]
    if days[1] < days[0]:
        got = f"{old}, known on {days[0]}, before {new}, known on {days[1]}"
        raise UsageError(
            f"diff {old} {new} --reasons", "the earlier edition first", got, "Name them the other way round."
        )
    kept, target = read_kept(root / "build" / old), made_from(root, load_edition(root, new))
    source = kept or made_from(root, load_edition(root, old))
    work = root / "build" / new / WORK
    states, reasons = run_between(root, source, target, work, run, lambda step: tell(_named(step, old, new)))
    other_code = kept is not None and kept.code != target.code
    if not other_code and not reasons[0]:
        _require_made(old, before, states[0])
    _require_made(new, after, states[-1])
    first: tuple[Reason, ...] = ("code", *reasons[0]) if other_code else reasons[0]
    comparison = compare((old, new), [before, *states], [first, *reasons[1:]])
    write_whole(root / "build" / new / KEPT, comparison.to_json())
    return comparison


def run_between(
    root: Path, source: MadeFrom, target: MadeFrom, work: Path, run: Run, tell: Callable[[Step], None] = lambda _: None
) -> tuple[list[Conclusions], list[tuple[Reason, ...]]]:
    """Run the editions from one to another; what each concludes, and why it may differ from the one before.

    One in which a notebook fails is joined to the next. The folder `work` is gone afterwards.
    """
    states, reasons = list[Conclusions](), list[tuple[Reason, ...]]()
    waiting: tuple[Reason, ...] = ()
    try:
        shutil.rmtree(work, ignore_errors=True)
        steps = readable(root, steps_between(source, target), work)
        for number, (step, data) in enumerate(steps):
            tell(step)
            store = work / f"step-{number}"
            if not run(data, store) and number < len(steps) - 1:
                waiting += step.reasons
                continue
            states.append(read_conclusions(store, data.roles.nation))
            reasons.append((*waiting, *step.reasons))
            waiting = ()
    except OSError as error:
        raise unwritable(error, work) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return states, reasons


def _named(step: Step, old: str, new: str) -> str:
    return f"{old}, with the {' and '.join(step.reasons)} of {new}" if step.reasons else f"{old} as it was"


def _ends(root: Path, old: str, new: str) -> tuple[Conclusions, Conclusions]:
    """Read what both editions conclude."""
    editions = [read_edition(root, name) for name in (old, new)]
    if old == new:
        raise UsageError(f"diff {old} {new}", "two editions", "one", "Name an earlier and a later one.")
    if editions[0].data != editions[1].data:
        got = " and ".join(f"{edition.id} on {edition.data}" for edition in editions)
        raise UsageError(f"diff {old} {new}", "two editions on the same data", got, "Name others.")
    nation = read_roles(editions[1].layout(root)).nation
    states = [read_conclusions(root / "build" / name, nation) for name in (old, new)]
    for name, state in zip((old, new), states, strict=True):
        if not state:
            place, todo = str(root / "build" / name), f"Run `policyreport run {name}`."
            raise RunError(place, "the records of an edition that was run", "none", todo)
    return states[0], states[1]


def _require_made(name: str, found: Conclusions, made: Conclusions) -> None:
    """Refuse records that are not what the edition's ingredients give: their difference would pass for a reason."""
    differing = [key for key in found.keys() | made.keys() if _stated(found, key) != _stated(made, key)]
    if differing:
        got = f"{len(differing)} others, of {', '.join(sorted({key[0] for key in differing})[:5])}"
        todo = f"Run `policyreport run {name}`, then ask again."
        raise RunError(f"build/{name}", "the findings that its figures and parameters give", got, todo)


def _stated(state: Conclusions, key: Key) -> tuple[float | None, str] | None:
    return (state[key].value, state[key].verdict) if key in state else None
