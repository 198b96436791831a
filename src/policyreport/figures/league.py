"""League figures: areas as dots with intervals, in one column."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.frame import Frame
from policyreport.figures.labels import padded, round_ticks
from policyreport.figures.rows import Row, Rule, Scale, paint_rows
from policyreport.figures.strips import ROLES, Place
from policyreport.figures.style import capitalised, picture
from policyreport.params.spelling import sort_key


def dots(
    places: Sequence[Place],
    frame: Frame,
    unit: str,
    line: float | None = None,
    line_label: str = "",
    digits: int = 2,
    signed: bool | None = None,
) -> Exhibit:
    """Draw areas as dots with intervals, highest first.

    `line` is the value of a vertical line, `line_label` its name. Positive values are printed with their sign if
    `signed`; by default where values lie on both sides of zero.
    """
    ends = [end for place in places for end in (place.value, place.low, place.high) if end is not None]
    signed = min(ends) < 0 < max(ends) if signed is None else signed
    rows = [
        Row(
            place.label,
            place.value,
            place.low,
            place.high,
            frame.formats.number(place.value, digits, signed),
            role=ROLES[place.role] if place.role == "accent" else "plain",
            hollow=place.tentative,
        )
        for place in sorted(places, key=lambda place: (-place.value, sort_key(place.label)))
    ]
    rule = None if line is None else Rule(line, line_label, threshold=False)
    return league(rows, frame, unit, rule, signed=signed)


def league(
    rows: Sequence[Row],
    frame: Frame,
    unit: str,
    rule: Rule | None = None,
    missing: Sequence[str] = (),
    signed: bool = False,
) -> Exhibit:
    """Draw areas as dots with intervals, in the order given.

    `unit` stands beneath the axis; `missing` are names of areas without a published value; `signed` is for the ticks.
    """
    ends = [end for row in rows for end in (row.value, row.low, row.high, row.start) if end is not None]
    low, high = padded([*ends, rule.value] if rule else ends, 0.05)
    ticks = tuple(round_ticks(low, high, 6))
    whole = 0 if all(tick == round(tick) for tick in ticks) else 1
    gone = f"{capitalised(frame.verdict('not published'))}: {', '.join(missing)}." if missing else ""
    note = ". ".join(part for part in (unit, gone) if part)
    texts = tuple(frame.formats.number(tick, whole, signed) for tick in ticks)
    scale = Scale(low, high, ticks, texts, (rule,) if rule else (), note)
    alt = "; ".join(f"{row.label} {row.text}".strip() for row in rows)
    return picture(frame, f"{alt}. {note}", lambda width: paint_rows(width, rows, scale))
