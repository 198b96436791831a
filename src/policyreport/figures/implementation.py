"""Figures on carrying the policy out: rates as the country and provinces reported them, obstacles by theme."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.finish import SQUARE, write_key
from policyreport.figures.frame import Frame, Pictures, frame_for, in_each_language
from policyreport.figures.labels import Scale
from policyreport.figures.palette import ACCENT, ACCENT_LIGHT, CONTEXT_LIGHT, INK, MUTED
from policyreport.figures.rows import Row, paint_rows
from policyreport.figures.style import SMALL, WIDE, new_axes, new_figure, picture, place, text_width, wrap, write
from policyreport.records.base import Observation
from policyreport.records.formats import NBSP, Formats
from policyreport.records.notebooks import ThemeCount

PERCENT = Scale(0, 100, (0, 25, 50, 75, 100), ("0", "25", "50", "75", "100%"))
ROW, TOP = 34.0, 34.0


@in_each_language
def reported_rates(figures: Sequence[Observation], data: Inputs) -> Pictures:
    """Draw the rates of params/report.yaml as reported, the country's dark: "rates"; nothing where there are none.

    Under one indicator the country comes first, then the newest: no order by size, because each counts in its own way.
    """
    frame = frame_for(data, "rates")
    rows = [row for id in data.roles.implementation.rates for row in _rates(id, figures, data, frame.formats)]
    if not rows:
        return Pictures()
    alt = "; ".join(f"{row.label} {row.text}".strip() for row in rows)
    return Pictures([picture(frame, f"{alt}.", lambda width: paint_rows(width, rows, PERCENT))])


@in_each_language
def themes(counts: Sequence[ThemeCount], data: Inputs) -> Pictures:
    """Draw how often each theme was named, from `count_themes`: "themes"; nothing where nothing was named."""
    if not counts:
        return Pictures()
    frame = frame_for(data, "themes")
    names = data.roles.implementation.themes
    table = themes_frame(counts, names)
    alt = "; ".join(
        f"{names[item.theme]}: {item.obstacles} {frame.words.obstacles}, {item.proposals} {frame.words.proposals}, "
        f"{item.orders} {frame.words.orders}"
        for item in counts
    )
    return Pictures([picture(frame, f"{alt}.", lambda width: _paint_themes(table, frame, width))])


def themes_frame(counts: Sequence[ThemeCount], names: dict[str, str]) -> pd.DataFrame:
    """One row per theme and kind, in the order of the counts."""
    kinds = ("obstacles", "proposals", "orders")
    rows = [(names[item.theme], kind, getattr(item, kind)) for item in counts for kind in kinds]
    table = pd.DataFrame(rows, columns=["theme", "kind", "count"])
    return table.assign(theme=pd.Categorical(table["theme"], table["theme"].unique()))


def _rates(id: str, figures: Sequence[Observation], data: Inputs, formats: Formats) -> list[Row]:
    """A heading and a row for each figure of one indicator."""
    found = [each for each in figures if each.indicator == id]
    found.sort(key=lambda each: (each.area == data.area, each.published), reverse=True)
    rows = [_rate(each, data, formats) for each in found]
    return [Row(data.indicators.get(id).name, heading=True), *rows] if rows else []


def _rate(figure: Observation, data: Inputs, formats: Formats) -> Row:
    dated = formats.short_date(figure.reference_date) if figure.reference_date else formats.period(figure.period)
    sign = "" if figure.bound == "=" else f"{figure.bound}{NBSP}"
    return Row(
        data.areas.name(figure.area),
        figure.value,
        text=f"{sign}{formats.published(figure.value)}% · {dated}",
        role="plain" if figure.area == data.area else "accent",
        bound={">": 1, "<": -1}.get(figure.bound, 0),
        inputs=(figure.id,),
    )


def _paint_themes(table: pd.DataFrame, frame: Frame, width: int) -> Figure:
    """A stacked bar for each theme, its name at the left and the number of statements at its end."""
    themes, words = table["theme"].cat.categories, frame.words
    kinds = {"obstacles": ACCENT, "proposals": ACCENT_LIGHT, "orders": CONTEXT_LIGHT}
    room = 0.42 * width if width < WIDE else width
    lines = [wrap(str(name), room, SMALL) for name in themes]
    left = 12 + max(text_width(line, SMALL) for name in lines for line in name)
    figure = new_figure(width, TOP + ROW * len(themes) + 4)
    totals = table.groupby("theme", observed=True)["count"].sum()
    box = place(new_axes(figure), left, TOP, width - left - 34, ROW * len(themes))
    sns.histplot(
        table, y="theme", weights="count", hue="kind", hue_order=list(kinds)[::-1], multiple="stack", discrete=True,
        shrink=0.62, palette=kinds, alpha=1, linewidth=0, legend=False, ax=box.axes,
    )  # fmt: skip
    box.axes.set(xlim=(0, totals.max()), ylim=(len(themes) - 0.5, -0.5))
    for at, (name, total) in enumerate(zip(lines, totals, strict=True)):
        y = TOP + ROW * (at + 0.5) + 4
        for line, text in enumerate(name):
            write(figure, 0, y + 14 * (line - (len(name) - 1) / 2), text, size=SMALL, color=INK)
        write(figure, box.x(total) + 8, y, frame.formats.count(int(total)), size=SMALL, color=MUTED)
    write_key(figure, {getattr(words, kind): color for kind, color in kinds.items()}, 0, 16, SQUARE)
    return figure
