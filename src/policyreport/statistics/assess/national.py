"""The provinces side by side: league table, coverage, refusals counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyreport.data.frames import TASKS
from policyreport.data.inputs import Inputs
from policyreport.records.base import Flag, Frozen, Observation, Refusal, Result, parts_of
from policyreport.records.notebooks import (
    CleanRecord,
    CodeCount,
    CompareRecord,
    CoverageCell,
    LeagueRow,
    NotebookRecord,
    PanelValue,
    TrendRecord,
)
from policyreport.records.series import Difference, Peers, Ranks, RankSet, Trend
from policyreport.records.tasks import Flow, Outlook, QuarterOnQuarter
from policyreport.statistics.shares.latest import later_parts, newest_completion, newest_of_each_measure

OF_YEAR = re.compile(r"^(\w+(?: \([\w-]+\))?) \d{4}$")
"""A refusal's subject that ends in a year: ``digital_economy_share (nso) 2025``."""
PARTS = (Frozen, tuple, list)
"""What may contain results."""
WITHOUT_RESULTS = (Flag, Observation, PanelValue)
"""What contains none, and is numerous."""
PROVINCE = ("clean", "trend", "compare")
"""The records that a province ends in."""


def league(inputs: Inputs, ranks: Sequence[Ranks | Refusal] = ()) -> tuple[LeagueRow, ...]:
    """Put the provinces side by side in the order of area keys, each figure or its refusal.

    Model-based sets of `ranks` appear next to the mean differences if any two areas are told apart. An area whose
    notebook failed is left out: its gaps would read as unpublished.
    """
    areas = sorted({area for area, _ in inputs.records})
    keys = [area for area in areas if all((area, name) in inputs.records for name in PROVINCE)]
    model = next((result for result in ranks if isinstance(result, Ranks) and result.basis == "model-based"), None)
    # Where no two areas are told apart, a range of ranks is uninformative and not printed.
    sets = {rank_set.area: rank_set for rank_set in model.sets} if model and model.tells_apart else {}
    return tuple(_league_row(inputs, key, sets.get(key)) for key in keys)


def coverage(inputs: Inputs) -> tuple[CoverageCell, ...]:
    """List what was published for every province and topic of params/indicators.yaml."""
    topic_of = {key: indicator.topic for key, indicator in inputs.indicators.by_id().items()}
    cells = []
    for (area, notebook), record in sorted(inputs.records.items()):
        if notebook != "clean" or not isinstance(record, CleanRecord):
            continue
        for topic in sorted(set(topic_of.values())):
            inside = [entry for entry in record.topics if topic_of.get(entry.indicator) == topic]
            cells.append(
                CoverageCell(
                    area=area,
                    topic=topic,
                    rows=sum(entry.rows for entry in inside),
                    newest=max((entry.newest for entry in inside), default=None),
                    refusal="" if inside else "not-published",
                )
            )
    return tuple(cells)


def codes(
    inputs: Inputs, joint: Sequence[Result | Refusal] = (), national: Sequence[object] = ()
) -> tuple[CodeCount, ...]:
    """Count the provinces that each refusal and flag concerns, by method, and mark those that concern the country.

    What a `joint` result over all provinces refuses or flags concerns every one of them. `national` are results, or
    sequences of them, on the country. A refusal next to a printed value, as a flag, is still counted as a refusal.
    """
    provinces = [(area, record) for (area, _), record in inputs.records.items() if area != inputs.area]
    every = {area for area, _ in provinces}
    areas: dict[tuple[str, str, str], set[str]] = {}
    for area, record in provinces:
        for method, subject, code, _ in raised(record):
            areas.setdefault((method, subject, code), set()).add(area)
    for method, subject, code, _ in _walk(tuple(joint), "", ""):
        areas.setdefault((method, subject, code), set()).update(every)
    own = {(method, subject, code) for method, subject, code, _ in _walk(tuple(national), "", "") if method}
    return tuple(
        CodeCount(
            method=key[0],
            subject=key[1],
            code=key[2],
            kind=inputs.wording.codes[key[2]].kind,
            areas=len(areas.get(key, ())),
            of=len(every),
            nation=key in own,
        )
        for key in sorted({*areas, *own})
    )


def raised(record: NotebookRecord) -> Iterator[tuple[str, str, str, str]]:
    """Yield every refusal and flag of a record once: method, subject (may be empty), code, "refusal" or "flag"."""
    # A difference is also in the record by itself, but is counted with the comparison it is part of.
    yield from dict.fromkeys(item for item in _walk(record, "", "") if item[0])


def _walk(value: object, method: str, subject: str) -> Iterator[tuple[str, str, str, str]]:
    if isinstance(value, Refusal):
        yield value.method, _subject(value.subject), value.code, "refusal"
        for flag in value.flags:
            yield value.method, _subject(value.subject), flag.code, "flag"
    elif isinstance(value, Result):
        method = getattr(value, "kind", "") or method
        subject = _of(value) or subject
        for flag in value.flags:
            yield method, subject, flag.code, "flag"
        yield from _walk_fields(value, method, subject)
    elif isinstance(value, Frozen):
        yield from _walk_fields(value, method, subject)
    elif isinstance(value, (tuple, list)):
        for item in value:
            if isinstance(item, PARTS) and not isinstance(item, WITHOUT_RESULTS):
                yield from _walk(item, method, subject)


def _of(result: Result) -> str:
    """What a result is about: its indicator, or the tasks."""
    about = TASKS if isinstance(result, (Flow, Outlook, QuarterOnQuarter)) else ""
    return str(getattr(result, "indicator", "") or getattr(result, "outcome", "") or about)


def _walk_fields(value: Frozen, method: str, subject: str) -> Iterator[tuple[str, str, str, str]]:
    for name in type(value).model_fields:
        part = getattr(value, name)
        if isinstance(part, PARTS) and not isinstance(part, WITHOUT_RESULTS):
            yield from _walk(part, method, subject)


def _subject(text: str) -> str:
    """An indicator and its measure without the year, so that its codes are counted together; a list by its name."""
    return OF_YEAR.sub(r"\1", text)


def _league_row(inputs: Inputs, area: str, placed: RankSet | None) -> LeagueRow:
    """One province from its records; what was refused is left empty and named."""
    trend, compare = inputs.records.get((area, "trend")), inputs.records.get((area, "compare"))
    facts: dict[str, object] = {}
    rows: dict[str, tuple[str, ...]] = {}
    if isinstance(trend, TrendRecord):
        facts |= _league_trend(trend, inputs.roles.share.headline_measure, rows)
    if isinstance(compare, CompareRecord):
        facts |= _league_compare(compare, rows)
    if placed:
        facts |= {"growth_mean_rank": placed.rank, "growth_mean_rank_set": placed.simultaneous}
    return LeagueRow(
        area=area,
        name=inputs.areas.name(area),
        slug=inputs.areas.slug(area),
        region=inputs.areas.name(inputs.areas.region(area)),
        refusals=tuple(sorted({part.code for part in parts_of((trend, compare)) if isinstance(part, Refusal)})),
        inputs=rows,
        **facts,
    )


def _league_trend(record: TrendRecord, measure: str, rows: dict[str, tuple[str, ...]]) -> dict[str, object]:
    """Figures of the trend record; the ledger rows behind them go to `rows`."""
    facts: dict[str, object] = {}
    if newest := newest_completion(record.completion):
        facts |= {
            "completed": newest.completed.count,
            "total": newest.total,
            "completed_list": newest.list_label,
            "completed_date": newest.reference_date,
        }
        rows["completed"] = newest.inputs
    if latest := newest_of_each_measure(record.share).get(measure):
        facts |= {
            "share": latest.observation.value,
            "share_year": latest.period,
            "share_verdict": latest.verdict,
            "share_flags": tuple(flag.code for flag in latest.flags),
        }
        rows["share"] = (latest.observation.id,)
    elif any(part.measure == measure for part in later_parts(record.share)):
        facts["share_flags"] = ("part-year",)
    main = next((result for result in record.growth if isinstance(result, Trend)), None)
    if main:
        facts |= {"trend_verdict": main.verdict, "trend_p_adjusted": main.p_adjusted}
    return facts


def _league_compare(record: CompareRecord, rows: dict[str, tuple[str, ...]]) -> dict[str, object]:
    """Figures of the compare record; the ledger rows behind them go to `rows`."""
    facts: dict[str, object] = {}
    for item in record.strip:
        if item.role == "growth" and item.value is not None:
            facts |= {"growth": item.value, "growth_status": item.status, "growth_year": item.period}
            facts |= {"growth_rank": getattr(item.rank, "rank", None)}
            rows |= {"growth": item.inputs, "growth_rank": getattr(item.rank, "inputs", ())}
        if item.role == "income" and item.value is not None:
            facts |= {"income": item.value, "income_year": item.period}
            rows["income"] = item.inputs
    nation = next((result for result in record.growth_differences if isinstance(result, Difference)), None)
    if nation:
        facts |= {
            "growth_years": len(nation.years),
            "growth_years_above": nation.years_above,
            "growth_mean_difference": nation.mean,
            "growth_mean_interval": nation.interval,
            "growth_verdict": nation.verdict or "",
            "growth_p_adjusted": nation.p_adjusted,
        }
        own = record.growth.inputs if isinstance(record.growth, Peers) else ()
        rows["growth_mean_difference"] = own + nation.inputs
    if not isinstance(record.income_ratio_nation, Refusal):
        facts["income_index"] = record.income_ratio_nation.index
        rows["income_index"] = record.income_ratio_nation.inputs
    return facts
