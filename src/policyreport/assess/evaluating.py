"""The record of the national evaluation and the facts of its headlines."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from policyreport.assess.aggregate import share_aggregate
from policyreport.assess.national import PROVINCE, changes
from policyreport.assess.series import growth
from policyreport.assess.shares import other_quantity
from policyreport.inputs import Inputs
from policyreport.methods.latest import newest_of_each_measure
from policyreport.params.edition import read_edition_file
from policyreport.records.base import Refusal
from policyreport.records.notebooks import (
    BoundaryCheck,
    CodeCount,
    CoverageCell,
    EvaluationRecord,
    Headline,
    LeagueRow,
)
from policyreport.records.shares import MeasureDifference, NotYearly, Pace, Revisions, Threshold
from policyreport.records.tasks import Completion, QuarterOnQuarter


def evaluation(
    inputs: Inputs,
    completion: Sequence[Completion | Refusal],
    quarters: QuarterOnQuarter | Refusal,
    share: Sequence[Threshold | NotYearly | Refusal],
    pace: Sequence[Pace | Refusal],
    revisions: Sequence[Revisions | Refusal],
    league: Sequence[LeagueRow],
    coverage: Sequence[CoverageCell],
    codes: Sequence[CodeCount],
    measure_differences: Sequence[MeasureDifference] = (),
    boundary_checks: Sequence[BoundaryCheck] = (),
) -> EvaluationRecord:
    """Make the record of the nation's evaluation.

    Parameters
    ----------
    inputs : Inputs
        The national slice.
    completion, quarters, share, pace, revisions, league, coverage, codes, measure_differences, boundary_checks
        The results of the functions of those names.

    Returns
    -------
    EvaluationRecord
        The nation's results, the provinces side by side, and the facts of the headlines.
    """
    areas = inputs.areas.of_edition(inputs.edition)
    complete = {area for area in areas if all((area, name) in inputs.records for name in PROVINCE)}
    since = _previous(inputs)
    return EvaluationRecord(
        area=inputs.area,
        name=inputs.name,
        edition=inputs.edition.id,
        as_known_on=inputs.edition.as_known_on,
        quarter=inputs.edition.quarter,
        headlines=tuple(_headlines(quarters, share, pace, league, coverage)),
        completion=tuple(completion),
        quarter_on_quarter=quarters,
        share=tuple(share),
        share_flags=tuple(sorted({flag.code for each in share if isinstance(each, Threshold) for flag in each.flags})),
        other_quantity=other_quantity(inputs),
        share_aggregate=share_aggregate(inputs),
        pace=tuple(pace),
        revisions=tuple(revisions),
        growth=growth(inputs)[0],
        league=tuple(league),
        coverage=tuple(coverage),
        codes=tuple(codes),
        findings=inputs.findings,
        changes=changes(inputs, since),
        changed_since=None if since is None else since.date(),
        sources=inputs.sources,
        areas_expected=len(areas),
        areas_failed=tuple(area for area in areas if area not in complete),
        measure_differences=tuple(measure_differences),
        boundary_checks=tuple(boundary_checks),
    )


def _headlines(
    quarters: QuarterOnQuarter | Refusal,
    share: Sequence[Threshold | NotYearly | Refusal],
    pace: Sequence[Pace | Refusal],
    league: Sequence[LeagueRow],
    coverage: Sequence[CoverageCell],
) -> list[Headline]:
    """The facts of each headline, in the order of the overview."""
    found = []
    if isinstance(quarters, QuarterOnQuarter):
        last = quarters.counts[-1]
        facts: dict[str, str | int | float | None] = {
            "completed": last.completed,
            "total": last.total,
            "date": last.reference_date.isoformat(),
        }
        changed = any(not step.same_list for step in quarters.steps)
        found.append(Headline(id="tasks", facts=facts, verdict="list changed" if changed else "", inputs=last.inputs))
    found += [
        Headline(
            id=f"share-{each.measure}",
            facts={"value": each.observation.value, "period": each.period, "threshold": each.threshold},
            verdict=each.verdict,
            inputs=each.inputs,
        )
        for each in newest_of_each_measure(share).values()
    ]
    paces = [each for each in pace if isinstance(each, Pace)]
    if paces:
        main = min(paces, key=lambda each: each.target_period)
        found.append(
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
    found.append(
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
    return found


def _previous(inputs: Inputs) -> pd.Timestamp | None:
    """The day the edition before was known on."""
    if inputs.edition.previous is None:
        return None
    return pd.Timestamp(read_edition_file(inputs.folder, inputs.edition.previous).as_known_on)
