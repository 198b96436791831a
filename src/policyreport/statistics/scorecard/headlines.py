"""The facts of the national headlines, and how many areas they rest on."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.records.base import Refusal
from policyreport.records.notebooks import Headline, LeagueRow
from policyreport.records.shares import NotYearly, Pace, Threshold
from policyreport.records.tasks import QuarterOnQuarter
from policyreport.statistics.scorecard.league import PROVINCE
from policyreport.statistics.shares.latest import newest_of_each_measure


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
