"""One area among all: a strip of dots, then a row for the area and for each of its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.labels import padded, round_ticks, tick_texts
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.rows import Role, Row, Rule, Scale, paint_rows
from policyreport.figures.style import picture
from policyreport.records.base import Refusal
from policyreport.records.series import Difference, MeanDifferences, Peers

ROLES: dict[str, Role] = {"accent": "accent", "peer": "plain", "context": "context"}


@dataclass(frozen=True)
class Place:
    """One area on a strip, with its ledger rows; those of role ``context`` are dots without a name."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    role: Literal["accent", "peer", "context"] = "context"
    inputs: tuple[str, ...] = ()


def growth_compare(result: Peers | Refusal, among: MeanDifferences | None, data: Inputs) -> Pictures:
    """Draw the area's mean difference in growth among all areas', from `compare_with_peers`: "growth-compare"."""
    if isinstance(result, Refusal) or among is None:
        return Pictures()
    own = {each.comparator: each.interval for each in result.differences if isinstance(each, Difference)}.get("nation")
    near = {peer.area for peer in result.peers}
    places = [
        Place(
            data.areas.name(each.area),
            each.mean,
            low=own.low if own and each.area == data.area else None,
            high=own.high if own and each.area == data.area else None,
            role="accent" if each.area == data.area else "peer" if each.area in near else "context",
            inputs=(*each.inputs, *among.inputs),
        )
        for each in among.means
    ]
    return Pictures([strip(places, frame_for(data, "growth-compare"), "percentage points", Rule(0.0, "country"))])


def strip(places: Sequence[Place], frame: Frame, unit: str, rule: Rule) -> Picture:
    """Draw where an area stands among all areas, compared with its peers: differences, printed with their sign.

    One place has the role ``accent``. A swarm of all areas stands above one named row for the area and for each
    peer; `rule` is a named vertical line.
    """
    named = sorted((p for p in places if p.role != "context"), key=lambda p: (p.role != "accent", -p.value))
    areas = sorted(places, key=lambda p: p.value)

    def number(value: float) -> str:
        return frame.formats.number(value, 2, signed=True)

    dots = tuple((place.value, ROLES[place.role]) for place in areas)
    rows = [Row(f"{frame.words.all_areas} {len(areas)}", areas[0].value, dots=dots)]
    rows += [Row(p.label, p.value, p.low, p.high, number(p.value), role=ROLES[p.role]) for p in named]
    values = [*(place.value for place in areas), rule.value]
    values += [end for place in named for end in (place.low, place.high) if end is not None]
    low, high = padded(values, 0.05)
    ticks = round_ticks(low, high, 6)
    scale = Scale(low, high, tuple(ticks), tick_texts(ticks, frame.formats, signed=True), (rule,), unit)
    ends = frame.words.values_from.format(
        count=len(areas),
        low=number(areas[0].value),
        low_label=areas[0].label,
        high=number(areas[-1].value),
        high_label=areas[-1].label,
    )
    alt = f"{unit}. {ends}; " + "; ".join(f"{row.label} {row.text}" for row in rows[1:]) + "."
    return picture(frame, alt, lambda width: paint_rows(width, rows, scale))
