"""One area among all: a strip of dots, then a row for the area and for each of its peers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.frame import Frame, frame_for
from policyreport.figures.labels import open_scale
from policyreport.figures.palette import PAPER
from policyreport.figures.pictures import Picture, Pictures
from policyreport.figures.rows import Role, Row, Rule, start_rows
from policyreport.figures.style import ROLES, Box, new_axes, picture, place
from policyreport.records.base import Refusal
from policyreport.records.series import Difference, MeanDifferences, Peers

ROLE_OF_ROW: dict[str, Role] = {"accent": "accent", "peer": "plain", "context": "context"}
PALETTE = {place: ROLES[role] for place, role in ROLE_OF_ROW.items()}
SWARM = 64.0
MANY = 60
"""From so many dots on they are smaller."""


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

    table = pd.DataFrame([(p.value, p.role) for p in areas], columns=["value", "role"])
    rows = [Row(f"{frame.words.all_areas} {len(areas)}", areas[0].value, room=SWARM)]
    rows += [Row(p.label, p.value, p.low, p.high, number(p.value), role=ROLE_OF_ROW[p.role]) for p in named]
    values = [*table["value"], rule.value, *(end for p in named for end in (p.low, p.high) if end is not None)]
    scale = open_scale(values, 0.05, 6, frame.formats, signed=True)

    def paint(width: int) -> Figure:
        box, tracks = start_rows(width, rows, scale, rule, unit)
        _draw_swarm(box, tracks["y"][0], table)
        return box.figure

    ends = frame.words.values_from.format(
        count=len(areas),
        low=number(areas[0].value),
        low_label=areas[0].label,
        high=number(areas[-1].value),
        high_label=areas[-1].label,
    )
    alt = f"{unit}. {ends}; " + "; ".join(f"{row.label} {row.text}" for row in rows[1:]) + "."
    return picture(frame, alt, paint)


def _draw_swarm(rows: Box, track: float, table: pd.DataFrame) -> None:
    """Draw all areas as dots that avoid each other, around the first row's track."""
    box = place(new_axes(rows.figure), rows.left, rows.top + track - SWARM / 2, rows.width, SWARM)
    box.axes.set_xlim(rows.axes.get_xlim())
    size = table["role"].map({"accent": 10}).fillna(7 if len(table) < MANY else 4)
    sns.swarmplot(
        table, x="value", hue="role", palette=PALETTE, hue_order=list(PALETTE), edgecolor=PAPER, linewidth=0.6,
        warn_thresh=1, legend=False, ax=box.axes,
    )  # fmt: skip
    box.axes.collections[0].set(sizes=size**2)  # dots are moved apart when the figure is drawn
