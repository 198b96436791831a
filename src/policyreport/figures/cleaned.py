"""What was published of one area: a grid of indicators and years, and former parts next to the present whole."""

import pandas as pd
import seaborn as sns
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.data.selection import role_series
from policyreport.figures.finish import write_within
from policyreport.figures.frame import Pictures, frame_for
from policyreport.figures.palette import ACCENT, ACCENT_LIGHT, INK, PAPER
from policyreport.figures.series import Line, growth
from policyreport.figures.style import SMALL, WIDE, new_axes, new_figure, picture, place, text_width, write
from policyreport.records.series import SeriesPoint

ROW = 19.0
FORMER, OWN = 1, 2


def published_years(data: Inputs) -> Pictures:
    """Draw for which indicators and years something was published, of the area or of its former parts: "published"."""
    known = data.newest.assign(year=data.newest["period"].str[:4].astype(int), own=data.newest["area"] == data.area)
    if known.empty:
        return Pictures()
    known["indicator"] = [data.indicators.get(key).name for key in known["indicator"]]
    known["kind"] = known["own"].map({False: FORMER, True: OWN})
    grid = known.pivot_table(index="indicator", columns="year", values="kind", aggfunc="max")
    grid = grid.reindex(columns=range(int(grid.columns.min()), int(grid.columns.max()) + 1))
    frame = frame_for(data, "published")
    key = {frame.words.own_rows: ACCENT} | ({frame.words.former_rows: ACCENT_LIGHT} if data.former else {})
    alt = "; ".join(f"{name}: {_years(row.dropna().index)}" for name, row in grid.iterrows())
    return Pictures([picture(frame, f"{alt}.", lambda width: _paint_grid(grid, key, width), (WIDE, WIDE))])


def old_and_new(data: Inputs, role: str) -> Pictures:
    """Draw a role's series on present boundaries with those of the former parts, named: "old-and-new".

    `role` is one of params/report.yaml: ``growth``.
    """
    of_role = getattr(data.roles, role)
    frame = frame_for(data, "old-and-new")
    names = {part: frame.words.former.format(name=data.areas.name(part)) for part in data.former}
    parts = [(name, _published(data, part, of_role.indicator)) for part, name in names.items()]
    lines = [Line(data.name, role_series(data, data.area, of_role), "accent")]
    lines += [Line(name, points, "context") for name, points in parts]
    lines = [line for line in lines if line.points]
    if not lines:
        return Pictures()
    return Pictures([growth(lines, frame, data.indicators.get(of_role.indicator).unit)])


def _published(data: Inputs, area: str, indicator: str) -> tuple[SeriesPoint, ...]:
    """The annual figures of a former part, as published."""
    rows = data.newest.query("area == @area and indicator == @indicator")
    rows = rows[rows["period"].str.fullmatch(r"\d{4}")].sort_values("period")
    return tuple(
        SeriesPoint(year=int(period), value=value, status=status, inputs=(row,))
        for row, period, value, status in rows[["period", "value", "status"]].itertuples(name=None)
    )


def _paint_grid(grid: pd.DataFrame, key: dict[str, str], width: int) -> Figure:
    """A square for each indicator and year, the names at the left."""
    left, top, height = 12 + max(text_width(str(name), SMALL) for name in grid.index), 32.0, ROW * len(grid)
    figure = new_figure(width, top + height + 24)
    box = place(new_axes(figure), left, top, width - left, height)
    sns.heatmap(
        grid.astype(float), vmin=FORMER, vmax=OWN, cmap=ListedColormap([ACCENT_LIGHT, ACCENT]), cbar=False,
        linewidths=1, linecolor=PAPER, xticklabels=False, yticklabels=False, ax=box.axes,
    )  # fmt: skip
    for at, name in enumerate(grid.index):
        write(figure, 0, top + ROW * at + 14, str(name), size=SMALL, color=INK)
    step = box.width / len(grid.columns)
    for at, year in enumerate(grid.columns):
        if (int(year) - int(grid.columns[-1])) % 5 == 0:
            write_within(figure, left + step * (at + 0.5), top + height + 16, str(year), SMALL, width)
    x = 0.0
    for name, color in key.items():
        write(figure, x, 16, "\u25a0", size=SMALL, color=color)
        write(figure, x + 18, 16, name, size=SMALL, color=INK)
        x += 40 + text_width(name, SMALL)
    return figure


def _years(years: pd.Index) -> str:
    """The first and the last year, and how many there are between them."""
    first, last = int(years.min()), int(years.max())
    return str(first) if first == last else f"{first} to {last}, {len(years)} years"
