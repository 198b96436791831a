"""A figure of a user's notebook: what seaborn drew in the house style, finished, named and with its caption."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from matplotlib.axes import Axes

from policyreport.data.inputs import Inputs
from policyreport.errors import UsageError
from policyreport.figures.finish import End, canvas, finish
from policyreport.figures.frame import Picture, frame_for
from policyreport.figures.labels import Scale, value_scale, year_scale
from policyreport.figures.style import ROLES, house_style, picture
from policyreport.records.formats import Formats

__all__ = ["ROLES", "canvas", "chart", "house_style"]

YEARS = (1900, 2200)
"""Whole numbers between these along the axis are years."""
TICKS = 5


def chart(
    axes: Axes,
    data: Inputs,
    name: str,
    caption: str,
    *,
    unit: str = "",
    along: str = "",
    alt: str = "",
    ends: Mapping[str, float] | None = None,
) -> Picture:
    """Finish a figure drawn on `canvas()` so that the report can show it, in a column and on a narrow screen.

    Parameters
    ----------
    axes : Axes
        From `canvas()`; seaborn or matplotlib has drawn in it, inside ``with house_style():``.
    name : str
        Name of the picture, unique in the notebook: letters, digits and hyphens.
    caption : str
        What the page prints above it: the finding, then what is shown.
    unit, along : str
        What the upward axis counts, written above it; what the other one counts, written beneath.
    alt : str
        The figure in words, for those who cannot see it; by default the caption.
    ends : mapping of str to float
        Names of lines by the values at which they end, written in the right margin.

    Raises
    ------
    UsageError
        If nothing was drawn.

    Examples
    --------
    >>> with house_style():  # doctest: +SKIP
    ...     axes = canvas()
    ...     sns.lineplot(values, x="year", y="value", color=ROLES["accent"], ax=axes)
    >>> chart(axes, data, "growth", "Growth since 2010.", unit="% a year")  # doctest: +SKIP
    """
    drawn = axes.dataLim
    if not np.isfinite(drawn.get_points()).all():
        todo = "Draw in these axes first: sns.lineplot(…, ax=axes)."
        raise UsageError(f'chart "{name}"', "axes with something drawn in them", "nothing drawn", todo)
    frame = frame_for(data, name)
    values = value_scale([drawn.y0, drawn.y1], TICKS, frame.formats)
    horizontal = _scale_along(drawn.x0, drawn.x1, frame.formats)
    lines = [End(value, text) for text, value in (ends or {}).items()]
    paint = finish(axes, values, horizontal, unit=unit, beneath=along, ends=lines)
    return replace(picture(frame, alt or caption, paint), caption=caption)


def _scale_along(low: float, high: float, formats: Formats) -> Scale:
    """Years where both ends are whole years, else numbers."""
    if float(low).is_integer() and float(high).is_integer() and YEARS[0] <= low <= high <= YEARS[1]:
        return year_scale(range(int(low), int(high) + 1))
    return value_scale([low, high], TICKS, formats)
