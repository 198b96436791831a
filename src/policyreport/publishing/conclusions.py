"""What an edition's records conclude, and what another edition concludes differently."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from policyreport.errors import RunError
from policyreport.figures.simulated import unmarked_name
from policyreport.records.base import Frozen, misfit
from policyreport.records.conclusions import KEPT, Comparison, Conclusion, Group, Key, Movement, Part, Reason
from policyreport.records.notebooks import (
    BY_NOTEBOOK,
    CompareRecord,
    EconomyRecord,
    LeagueRow,
    NotebookRecord,
    ProvincesRecord,
    SeriesRecord,
    TargetsRecord,
    TasksRecord,
    TrendRecord,
)
from policyreport.records.series import Exposure, LevelTrend, PublishedRank, Ranks, Trend
from policyreport.records.shares import Pace, Threshold
from policyreport.records.targets import TargetScore
from policyreport.records.tasks import Completion, Flow, FlowChange, FlowTrend, Outlook

Conclusions = dict[Key, Conclusion]
CONCLUDING = (ProvincesRecord, TargetsRecord, EconomyRecord, TasksRecord, SeriesRecord, TrendRecord, CompareRecord)
KINDS = ("flipped", "verdict", "no verdict", "value", "new", "gone", "rank")
GROUPS = ("main point", "target", "country", "province")


def read_conclusions(store: Path, nation: str) -> Conclusions:
    """Read what an edition's records conclude, by what it is about; of one subject on several dates the newest."""
    paths = sorted((store / "records").glob("*/*.json"))
    kinds = {path: BY_NOTEBOOK.get(unmarked_name(path.stem), NotebookRecord) for path in paths}
    records = (_read(path, kind) for path, kind in kinds.items() if kind in CONCLUDING)
    return {item.key: item for record in records for item in conclusions_of(record, nation)}


def _read(path: Path, kind: type[NotebookRecord]) -> NotebookRecord:
    try:
        return kind.from_json(path.read_bytes())
    except ValidationError as error:
        todo = f"Run `policyreport run {path.parents[2].name}`."
        raise RunError(str(path), "a record of this version", misfit(error), todo) from None


def conclusions_of(record: NotebookRecord, nation: str) -> Iterator[Conclusion]:
    """Yield what one record concludes."""
    match record:
        case ProvincesRecord():
            for row in record.league:
                yield from _of_row(row)
        case TargetsRecord():
            for score in (*record.targets, *record.related, *record.of_provinces):
                yield _of_target(score, nation)
        case EconomyRecord():
            yield from _results(nation, "main point", record.share)
            nearest = min((item.target_period for item in record.pace if isinstance(item, Pace)), default="")
            for item in record.pace:
                main = isinstance(item, Pace) and item.target_period == nearest
                yield from _results(nation, "main point" if main else "country", [item])
        case TasksRecord():
            # Each list is by itself: counts of two lists are not compared.
            yield from _results(nation, "country", [*record.completion, *record.flow, *record.outlook])
        case SeriesRecord():
            yield from _results(nation, "country", [record.growth, *record.exposure])
            for ranks in record.ranks:
                yield from _of_ranks(ranks) if isinstance(ranks, Ranks) else ()
        case TrendRecord():
            of = (record.completion, record.flow, record.outlook, record.share, record.share_pace)
            series = (record.growth, record.income, record.governance)
            yield from _results(record.area, "province", [item for items in (*of, *series) for item in items])
        case CompareRecord():
            yield from _results(record.area, "province", record.ranks)


def _results(area: str, group: Group, results: Iterable[Frozen | None]) -> Iterator[Conclusion]:
    for result in results:
        if type(result) in _FIELDS:
            yield _result(area, group, result)


def _result(area: str, group: Group, result: Any) -> Conclusion:
    fields = _FIELDS[type(result)](result)
    kind, inputs = result.kind, tuple(result.inputs)
    return Conclusion.model_validate({"group": group, "area": area, "kind": kind, "inputs": inputs, **fields})


def _of_flow(flow: Flow) -> dict[str, Any]:
    trend, change = flow.trend, flow.change
    judged = trend if isinstance(trend, FlowTrend) else change if isinstance(change, FlowChange) else None
    pace = 100 * flow.steps[-1].hazard30 if flow.steps else None
    return {"subject": flow.list, "value": pace, "unit": "%", "verdict": judged.verdict if judged else ""}


_FIELDS: dict[type, Callable[[Any], dict[str, Any]]] = {
    Threshold: lambda it: {
        "subject": it.indicator, "measure": it.measure, "period": it.period, "value": it.observation.value,
        "unit": it.observation.unit, "verdict": it.verdict,
    },
    Pace: lambda it: {
        "subject": it.indicator, "measure": it.measure, "horizon": it.target_period, "period": it.latest_period,
        "value": it.observed_pp, "unit": "points", "verdict": it.headline,
    },
    Trend: lambda it: {
        "subject": it.indicator, "measure": it.series, "period": str(it.last_year), "value": it.slope,
        "unit": "points" if it.unit.startswith("%") else it.unit, "verdict": it.verdict,
    },
    LevelTrend: lambda it: {
        "subject": it.indicator, "period": str(it.last_year), "value": it.mean, "unit": "%", "verdict": it.verdict,
    },
    Flow: _of_flow,
    Outlook: lambda it: {
        "subject": it.list, "horizon": str(it.deadline), "unit": "%", "verdict": it.verdict,
        "value": 100 * it.by_design_effect[0].expected_share if it.by_design_effect else None,
    },
    Completion: lambda it: {
        "subject": it.list, "period": str(it.reference_date or it.period), "value": 100 * it.completed.share,
        "unit": "%",
    },
    Exposure: lambda it: {
        "subject": it.outcome, "measure": it.exposure, "value": it.estimate, "unit": "points", "verdict": it.verdict,
    },
    PublishedRank: lambda it: {
        "subject": it.indicator, "period": it.period, "value": it.rank, "unit": "rank", "places": it.marginal,
    },
}  # fmt: skip


def _of_ranks(ranks: Ranks) -> Iterator[Conclusion]:
    for place in ranks.sets:
        yield Conclusion(
            group="province", area=place.area, kind="ranks", subject=ranks.indicator, value=place.rank, unit="rank",
            places=place.simultaneous, inputs=place.inputs,
        )  # fmt: skip


def _of_row(row: LeagueRow) -> Iterator[Conclusion]:
    """What is concluded of a province only among the others: its growth next to the country's, its income."""
    for kind, value, unit, period, verdict in (
        ("growth", row.growth, "%", row.growth_year, ""),
        ("growth-mean-difference", row.growth_mean_difference, "points", row.growth_year, row.growth_verdict),
        ("income-index", row.income_index, "", row.income_year, ""),
    ):
        if value is not None or verdict:
            yield Conclusion(
                group="province", area=row.area, kind=kind, subject="", period=period, value=value, unit=unit,
                verdict=verdict, inputs=row.inputs.get(kind.replace("-", "_"), ()),
            )  # fmt: skip


def _of_target(score: TargetScore, nation: str) -> Conclusion:
    """A target with the figure that it is judged by, or that stands nearest to it."""
    reading = next(iter((*score.own_readings, *score.readings)), None)
    figure = (reading.latest or reading.baseline) if reading else None
    return Conclusion(
        group="target", area=score.area or nation, kind="target", subject=score.id, horizon=score.horizon,
        measure="", period=figure.period if figure else "", value=figure.value if figure else None,
        unit=figure.unit if figure else "", verdict=score.verdict, without=score.reason,
        inputs=figure.inputs if figure else (),
    )  # fmt: skip


def compare(names: tuple[str, str], states: Sequence[Conclusions], steps: Sequence[Sequence[Reason]]) -> Comparison:
    """Compare the first and the last of several states, the others being on the way from one to the other.

    `steps` has the reasons that lead from each state to the next; without any the parts are left out.
    """
    first, last = states[0], states[-1]
    movements = []
    for key in first.keys() | last.keys():
        old, new = first.get(key), last.get(key)
        if _state(old) == _state(new):
            continue
        parts = _parts([state.get(key) for state in states], steps) if steps else ()
        movements.append(Movement(old=old, new=new, parts=parts))
    return Comparison(
        old=names[0],
        new=names[1],
        conclusions=(conclusions_digest(first), conclusions_digest(last)),
        compared=len(first.keys() | last.keys()),
        movements=tuple(sorted(movements, key=_order)),
        steps=tuple(dict.fromkeys(reason for reasons in steps for reason in reasons)),
    )


def conclusions_digest(state: Mapping[Key, Conclusion]) -> str:
    """Hash what an edition concludes."""
    content = hashlib.sha256()
    for key in sorted(state):
        content.update(state[key].to_json())
    return content.hexdigest()


def kept_comparison(store: Path) -> Comparison | None:
    """Read the comparison that was kept with an edition; None where there is none, or a damaged one."""
    with suppress(OSError, ValidationError):
        return Comparison.from_json((store / KEPT).read_bytes())
    return None


def _state(item: Conclusion | None) -> tuple[float | None, str]:
    return (item.value, item.verdict) if item else (None, "")


def _parts(states: Sequence[Conclusion | None], steps: Sequence[Sequence[Reason]]) -> tuple[Part, ...]:
    """Return what each step changed; steps between which a value is lost and found again are one."""
    ends = states[0], states[-1]
    both = all(item is not None and item.value is not None for item in ends)
    parts: list[Part] = []
    for (before, after), reasons in zip(pairwise(states), steps, strict=True):
        was, now, why = _state(before), _state(after), tuple(reasons)
        if was == now:
            continue
        if both and parts and parts[-1].after is None:
            lost = parts.pop()
            was, why = (lost.before, lost.verdict_before), tuple(dict.fromkeys((*lost.reasons, *why)))
        if was != now:
            (value, verdict), (new_value, new_verdict) = was, now
            parts.append(
                Part(reasons=why, before=value, after=new_value, verdict_before=verdict, verdict_after=new_verdict)
            )
    return tuple(parts)


def _order(movement: Movement) -> tuple[object, ...]:
    """Flipped verdicts first; then by size relative to the value; ranks inside the noise last."""
    about, change = movement.about, movement.change
    largest = max((abs(item.value or 0) for item in (movement.old, movement.new) if item), default=0)
    size = abs(change) / largest if change and largest else 0
    place = KINDS.index(movement.kind), movement.in_noise is True
    return (*place, GROUPS.index(about.group), -round(size, 9), about.key)
