"""League figures: areas as dots with intervals, in one column."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.frame import Frame
from policyreport.figures.labels import padded, round_ticks, tick_texts
from policyreport.figures.rows import Row, Rule, Scale, paint_rows
from policyreport.figures.style import picture


def league(
    rows: Sequence[Row],
    frame: Frame,
    unit: str,
    rule: Rule | None = None,
) -> Exhibit:
    """Draw areas as dots with intervals, in the order given.

    `unit` stands beneath the axis.
    """
    ends = [end for row in rows for end in (row.value, row.low, row.high, row.start) if end is not None]
    low, high = padded([*ends, rule.value] if rule else ends, 0.05)
    ticks = round_ticks(low, high, 6)
    scale = Scale(low, high, tuple(ticks), tick_texts(ticks, frame.formats), (rule,) if rule else (), unit)
    alt = "; ".join(f"{row.label} {row.text}".strip() for row in rows)
    return picture(frame, f"{alt}. {unit}", lambda width: paint_rows(width, rows, scale))
