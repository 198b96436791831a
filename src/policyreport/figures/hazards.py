"""The share of open tasks finished in 30 days, interval by interval inside one list."""

from __future__ import annotations

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.frame import Frame
from policyreport.figures.league import league
from policyreport.figures.rows import Row
from policyreport.records.formats import EN_DASH
from policyreport.records.tasks import Flow


def hazards(record: Flow, frame: Frame, unit: str) -> Exhibit:
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
