"""One area among all: a strip of dots, then a row for the area and for each of its peers."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.finish import write_within
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import open_scale
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER
from policyreport.figures.rows import Row, Rule, rows_frame, start_rows
from policyreport.figures.series import draw_dots
from policyreport.figures.style import (
    BOLD,
    ROLES,
    SMALL,
    WIDE,
    Box,
    new_axes,
    new_figure,
    picture,
    place,
    text_width,
    write,
)
from policyreport.records.base import Refusal
from policyreport.records.series import Difference, MeanDifferences, Peers

SWARM = 64.0
TIGHT = 17.0
MANY = 60
"""From so many dots on they are smaller."""


@in_each_language
def growth_compare(result: Peers | Refusal, among: MeanDifferences | None, data: Inputs) -> Pictures:
    """Draw the area's mean difference in growth among all areas', from `compare_with_peers`: "growth-compare"."""
    if isinstance(result, Refusal) or among is None:
        return Pictures()
    own = {each.comparator: each.interval for each in result.differences if isinstance(each, Difference)}.get("nation")
    near = {peer.area for peer in result.peers}
    places = [
        Row(
            data.areas.name(each.area),
            each.mean,
            low=own.low if own and each.area == data.area else None,
            high=own.high if own and each.area == data.area else None,
            role="accent" if each.area == data.area else "plain" if each.area in near else "context",
            inputs=(*each.inputs, *among.inputs),
        )
        for each in among.means
    ]
    frame = frame_for(data, "growth-compare")
    return Pictures([strip(places, frame, frame.words.points, Rule(0.0, frame.words.country))])


@in_each_language
def leads(values: pd.DataFrame, data: Inputs) -> Pictures:
    """Draw what all areas lead the country by, a dot for each year, in the order of their means: "leads".

    `values` is `data.lead("growth")`, or those years of it that are to be seen.
    """
    known = values.dropna(subset=["value"])
    if known.empty:
        return Pictures()
    means = known.groupby("area")["value"].mean().sort_values(ascending=False)
    names = {area: data.areas.name(area) for area in means.index}
    frame = frame_for(data, "leads")
    scale = open_scale([*known["value"], 0.0], 0.05, 6, frame.formats, signed=True)
    ranked = known.assign(place=known["area"].map({area: at for at, area in enumerate(means.index)}))
    colors = ranked["area"].eq(data.area).map({True: ACCENT, False: CONTEXT})

    def paint(width: int) -> Figure:
        left, height = 12 + max(text_width(name, SMALL) for name in names.values()), TIGHT * len(means)
        figure = new_figure(width, height + 52)
        box = place(new_axes(figure), left, 28, width - left - 8, height)
        box.axes.set(xlim=(scale.low, scale.high), ylim=(len(means) - 0.5, -0.5))
        box.axes.axvline(0, color=MUTED, linewidth=1)
        draw_dots(box.axes, ranked, "value", "place", colors, colors, 4)
        box.axes.scatter(means, range(len(means)), marker="|", s=90, color=INK, linewidth=1.6, zorder=3)
        for at, (area, name) in enumerate(names.items()):
            color, weight = (ACCENT, BOLD) if area == data.area else (MUTED, 400)
            write(figure, 0, 28 + TIGHT * (at + 0.5) + 4, name, size=SMALL, color=color, weight=weight)
        write(figure, 0, 16, frame.words.points, size=SMALL, color=MUTED)
        write_within(figure, box.x(0.0), 16, frame.words.country, SMALL, width)
        for share, text in scale.fitting(box.width):
            write_within(figure, left + share * box.width, 44 + height, text, SMALL, width)
        return figure

    written = {area: frame.formats.number(mean, 2, signed=True) for area, mean in means.items()}
    alt = "; ".join(f"{names[area]} {text}" for area, text in written.items())
    return Pictures([picture(frame, f"{frame.words.mean}: {alt}.", paint, (WIDE, WIDE))])


def strip(places: Sequence[Row], frame: Frame, unit: str, rule: Rule) -> Picture:
    """Draw where an area stands among all areas, compared with its peers: differences, printed with their sign.

    The area has the role ``accent``, its peers ``plain``, all others ``context``. A swarm of all areas stands above one
    named row for the area and for each peer; `rule` is a named vertical line.
    """
    table = rows_frame(places).sort_values("value", kind="stable")
    table["text"] = [frame.formats.number(value, 2, signed=True) for value in table["value"]]
    texts = dict(zip(table["label"], table["text"], strict=True))
    named = [replace(row, text=texts[row.label]) for row in places if row.role != "context"]
    named.sort(key=lambda row: (row.role != "accent", -(row.value or 0.0)))
    rows = [Row(f"{frame.words.all_areas} {len(table)}", rule.value, room=SWARM), *named]
    ends = [end for row in named for end in (row.low, row.high) if end is not None]
    scale = open_scale([*table["value"], *ends, rule.value], 0.05, 6, frame.formats, signed=True)

    def paint(width: int) -> Figure:
        box, tracks = start_rows(width, rows, scale, rule, unit)
        _draw_swarm(box, tracks["y"][0], table)
        return box.figure

    lowest, highest = table.iloc[0], table.iloc[-1]
    span = frame.words.values_from.format(
        count=len(table),
        low=lowest["text"],
        low_label=lowest["label"],
        high=highest["text"],
        high_label=highest["label"],
    )
    alt = f"{unit}. {span}; " + "; ".join(f"{row.label} {row.text}" for row in named) + "."
    return picture(frame, alt, paint)


def _draw_swarm(rows: Box, track: float, table: pd.DataFrame) -> None:
    """Draw all areas as dots that avoid each other, around the first row's track."""
    box = place(new_axes(rows.figure), rows.left, rows.top + track - SWARM / 2, rows.width, SWARM)
    box.axes.set_xlim(rows.axes.get_xlim())
    size = table["role"].map({"accent": 10}).fillna(7 if len(table) < MANY else 4)
    sns.swarmplot(
        table, x="value", hue="role", palette=ROLES, hue_order=list(ROLES), edgecolor=PAPER, linewidth=0.6,
        warn_thresh=1, legend=False, ax=box.axes,
    )  # fmt: skip
    box.axes.collections[0].set(sizes=size**2)  # dots are moved apart when the figure is drawn
