"""The provinces side by side, one row each from its records; and the facts of the national headlines."""

from collections.abc import Sequence
from typing import Any

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal, parts_of
from policyreport.records.notebooks import BY_NOTEBOOK, CompareRecord, Headline, LeagueRow, NotebookRecord, TrendRecord
from policyreport.records.series import Difference, Peers, Ranks, RankSet, Trend
from policyreport.records.shares import NotYearly, Pace, Threshold
from policyreport.records.tasks import QuarterOnQuarter
from policyreport.statistics.shares.latest import later_parts, newest_completion, newest_of_each_measure

PROVINCE = ("clean", "trend", "compare")
"""The records that a province ends in."""


def national_record(data: Inputs, notebook: str) -> Any:
    """Return the record of a national notebook that ran before; one whose results are all empty where that failed."""
    if record := data.records.get((data.area, notebook)):
        return record
    kind = BY_NOTEBOOK[notebook]
    results = kind.model_fields.keys() - NotebookRecord.model_fields.keys() - {"kind"}
    fields: dict[str, Any] = {"area": data.area, "name": data.name} | dict.fromkeys(results, ())
    return kind.model_construct(**fields)


def collect_league(data: Inputs, ranks: Sequence[Ranks | Refusal] = ()) -> tuple[LeagueRow, ...]:
    """Put the provinces side by side in the order of area keys, each figure or its refusal.

    Model-based sets of `ranks` appear next to the mean differences if any two areas are told apart. An area whose
    notebook failed is left out: its gaps would read as unpublished.
    """
    areas = sorted({area for area, _ in data.records})
    keys = [area for area in areas if all((area, name) in data.records for name in PROVINCE)]
    model = next((result for result in ranks if isinstance(result, Ranks) and result.basis == "model-based"), None)
    # Where no two areas are told apart, a range of ranks is uninformative and not printed.
    sets = {rank_set.area: rank_set for rank_set in model.sets} if model and model.tells_apart else {}
    return tuple(_league_row(data, key, sets.get(key)) for key in keys)


def _league_row(data: Inputs, area: str, placed: RankSet | None) -> LeagueRow:
    """One province from its records; what was refused is left empty and named."""
    trend, compare = data.records.get((area, "trend")), data.records.get((area, "compare"))
    facts: dict[str, object] = {}
    rows: dict[str, tuple[str, ...]] = {}
    if isinstance(trend, TrendRecord):
        facts |= _league_trend(trend, data.roles.share.headline_measure, rows)
    if isinstance(compare, CompareRecord):
        facts |= _league_compare(compare, rows)
    if placed:
        facts |= {"growth_mean_rank": placed.rank, "growth_mean_rank_set": placed.simultaneous}
    return LeagueRow(
        area=area,
        name=data.areas.name(area),
        slug=data.areas.slug(area),
        region=data.areas.name(data.areas.region(area)),
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


def count_turnout(inputs: Inputs) -> tuple[int, tuple[str, ...]]:
    """Count the areas of the edition, and list those whose notebooks failed or were not run."""
    areas = inputs.areas.of_edition(inputs.edition)
    return len(areas), tuple(area for area in areas if not all((area, name) in inputs.records for name in PROVINCE))


def collect_headlines(
    quarters: QuarterOnQuarter | Refusal,
    share: Sequence[Threshold | NotYearly | Refusal],
    pace: Sequence[Pace | Refusal],
    league: Sequence[LeagueRow],
) -> tuple[Headline, ...]:
    """Take the facts of each headline from the results it rests on, in the order of the overview."""
    lines = []
    if isinstance(quarters, QuarterOnQuarter):
        last = quarters.counts[-1]
        facts: dict[str, str | int | float | None] = {
            "completed": last.completed,
            "total": last.total,
            "date": last.reference_date.isoformat(),
        }
        changed = any(not step.same_list for step in quarters.steps)
        lines.append(Headline(id="tasks", facts=facts, verdict="list changed" if changed else "", inputs=last.inputs))
    lines += [
        Headline(
            id=f"share-{result.measure}",
            facts={"value": result.observation.value, "period": result.period, "threshold": result.threshold},
            verdict=result.verdict,
            inputs=result.inputs,
        )
        for result in newest_of_each_measure(share).values()
    ]
    paces = [towards for towards in pace if isinstance(towards, Pace)]
    if paces:
        main = min(paces, key=lambda towards: towards.target_period)
        lines.append(
            Headline(
                id="pace",
                facts={
                    "observed": main.observed_pp,
                    "required": main.required_from_now_pp,
                    "target": main.target,
                    "target_period": main.target_period,
                },
                verdict=main.headline,
                inputs=main.inputs,
            )
        )
    lines.append(
        Headline(
            id="provinces",
            facts={
                "areas": len(league),
                "tasks_published": sum(row.total is not None for row in league),
                "share_published": sum(row.share is not None for row in league),
                "growth_published": sum(row.growth is not None for row in league),
                "growth_singled_out": sum(row.growth_verdict in ("above", "below") for row in league),
                "trend_singled_out": sum(row.trend_verdict in ("rising", "falling") for row in league),
            },
        )
    )
    return tuple(lines)
