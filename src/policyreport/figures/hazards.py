"""The share of open tasks finished in 30 days, interval by interval inside one list."""

from collections.abc import Sequence

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.league import league
from policyreport.figures.rows import Row
from policyreport.records.base import Refusal
from policyreport.records.formats import EN_DASH
from policyreport.records.tasks import Flow


@in_each_language
def flows(results: Sequence[Flow | Refusal], data: Inputs) -> Pictures:
    """Draw how fast the tasks of each list are finished: "flow", "flow-2", …; nothing where that was refused.

    From `pace_of_tasks`.
    """
    done = [result for result in results if isinstance(result, Flow)]
    frames = [frame_for(data, f"flow-{at}" if at > 1 else "flow") for at in range(1, len(done) + 1)]
    pairs = zip(done, frames, strict=True)
    return Pictures(hazards(result, frame, frame.words.finished_in_30) for result, frame in pairs)


def hazards(record: Flow, frame: Frame, unit: str) -> Picture:
    """Draw each interval's 30-day hazard with its limits, the first on top, the newest marked.

    No line leads from one to the next. `unit` stands beneath the axis: ``% finished in 30 days``.
    """
    rows = [
        Row(
            f"{frame.formats.short_date(step.start)} {EN_DASH} {frame.formats.short_date(step.end)}",
            100 * step.hazard30,
            100 * step.hazard30_interval.low,
            100 * step.hazard30_interval.high,
            frame.formats.percent(step.hazard30),
            role="accent" if step is record.steps[-1] else "plain",
        )
        for step in record.steps
    ]
    return league(rows, frame, unit)
