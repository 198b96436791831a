"""Figures on the strength of evidence: event study and specification table."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from policyreport.data.inputs import Inputs
from policyreport.figures.choices import UNITS, ChoiceNames, exposure_name
from policyreport.figures.finish import Panels, draw_scale, finish_panels, write_scale
from policyreport.figures.frame import Frame, Picture, Pictures, frame_for, in_each_language
from policyreport.figures.labels import Scale, open_scale, value_scale, year_scale
from policyreport.figures.palette import ACCENT, CONTEXT, INK, MUTED, PAPER, RULE, THRESHOLD
from policyreport.figures.series import draw_dots
from policyreport.figures.style import (
    BOLD,
    MINIMUM,
    SMALL,
    house_style,
    new_figure,
    panel,
    picture,
    text_width,
    wrap,
    write,
    write_lines,
)
from policyreport.params.spelling import sort_key
from policyreport.params.wording import capitalised
from policyreport.records.base import Refusal
from policyreport.records.series import Exposure, Sensitivity, Specification
from policyreport.statistics.series.exposure_regression import critical_value

ACROSS = 3
"""Event studies in a row; on a narrow screen they stand below each other."""
HEADING = 18.0
TOP = 184.0
"""Where the choices begin, under the estimates."""


@in_each_language
def exposure(results: Sequence[Exposure | Refusal], data: Inputs) -> Pictures:
    """Draw every year's contrast with the last year before the start, from `fit_exposure`: "exposure-study"."""
    done = [result for result in results if isinstance(result, Exposure)]
    if not done:
        return Pictures()
    named = [
        (capitalised(exposure_name(result.exposure, data.indicators, data.roles, data.translation)), result)
        for result in done
    ]
    frame = frame_for(data, "exposure-study")
    start = frame.formats.date(data.policy.date)
    base, critical = done[0].base_year, critical_value(done[0])
    return Pictures([event_studies(named, frame, "percentage points", base, critical, start)])


@in_each_language
def specifications(results: Sequence[Sensitivity | Refusal], data: Inputs) -> Pictures:
    """Draw each headline's estimates by all choices, from `headline_specifications`: "sensitivity-completion", ….

    A headline that comes out the same number everywhere needs no picture.
    """
    done = [result for result in results if isinstance(result, Sensitivity) and result.low != result.high]
    return Pictures(_specifications(result, data) for result in done)


def _specifications(result: Sensitivity, data: Inputs) -> Picture:
    """One headline; of a count in per cent, with a line at the headline's own share."""
    line = data.policy.threshold.value if result.method == "threshold" else 0.0
    rows = ChoiceNames(data.indicators, data.roles, data.policy, data.translation).named(result).distinct
    if result.method == "completion":
        line = 100 * (result.headline.estimate or 0.0)
        rows = tuple(
            row.model_copy(update={"estimate": None if row.estimate is None else 100 * row.estimate}) for row in rows
        )
    frame = frame_for(data, f"sensitivity-{result.method}")
    shown = result.model_copy(update={"specifications": rows})
    return specification_plot(shown, frame, data.translation.name(UNITS.get(result.method, "")), line=line)


@house_style()
def event_studies(
    records: Sequence[tuple[str, Exposure]],
    frame: Frame,
    unit: str,
    base_year: int,
    critical: float,
    start: str,
) -> Picture:
    """Draw each year's coefficient against the base year with its interval, one small panel per exposure on one range.

    The base year is zero by construction, drawn hollow; years from the start on are in the accent. `critical` is the
    quantile by which standard errors become intervals; `start` names the rule before the first post year.
    """
    table = studies_frame([record for _, record in records], base_year, critical)
    scale = value_scale([*table["low"], *table["high"], 0.0], 5, frame.formats, signed=True)

    def draw(at: Panels) -> None:
        studies = at.place(table)
        zero = at.place(table[table["base"]].assign(year=at.along.low))
        at.axes.hlines(zero["value"], zero["year"], zero["year"] + at.width, color=MUTED, linewidth=1, zorder=1.4)
        colors = studies["post"].map({True: ACCENT, False: INK})
        at.axes.vlines(studies["year"], studies["low"], studies["high"], color=colors, linewidth=2)
        draw_dots(at.axes, studies, "year", "value", colors, colors.mask(studies["base"], PAPER), 6)

    paint = finish_panels(
        draw,
        [(name, "") for name, _ in records],
        [scale] * len(records),
        year_scale(table["year"], 0.5, 0.5),
        breaks=[(panel, min(record.post_years)) for panel, (_, record) in enumerate(records)],
        across=(ACROSS, 1),
        height=150,
        unit=unit,
        note=f"{base_year}: {frame.words.base_year}. {capitalised(frame.words.dotted)}: {start}.",
    )
    estimates = [(name, sorted(record.event_study, key=lambda point: point.year)) for name, record in records]
    alt = " ".join(
        f"{name}: {'; '.join(f'{p.year} {frame.formats.number(p.estimate, 2, signed=True)}' for p in study)}."
        for name, study in estimates
    )
    return picture(frame, f"{unit}. {alt} {base_year} {frame.words.base_year}.", paint)


def studies_frame(records: Sequence[Exposure], base_year: int, critical: float) -> pd.DataFrame:
    """One row per exposure and year, the base year's zero among them: estimate, ends of the interval, kind of year."""
    rows = [
        (panel, p.year, p.estimate, p.estimate - critical * p.standard_error, p.estimate + critical * p.standard_error)
        for panel, record in enumerate(records)
        for p in record.event_study
    ]
    rows += [(panel, base_year, 0.0, 0.0, 0.0) for panel in range(len(records))]
    table = pd.DataFrame(rows, columns=["panel", "year", "value", "low", "high"])
    begun = table["panel"].map({panel: min(record.post_years) for panel, record in enumerate(records)})
    return table.assign(base=table["year"] == base_year, post=table["year"] >= begun)


def specification_plot(record: Sensitivity, frame: Frame, unit: str, line: float = 0.0) -> Picture:
    """Draw every specification's estimate, sorted, above the choices that made it, with a line at `line`.

    The headline is in the accent; refused specifications are at the right without a dot.
    """
    done = [item for item in record.specifications if item.estimate is not None]
    done.sort(key=lambda item: item.estimate or 0.0)
    order = done + [item for item in record.specifications if item.estimate is None]
    alt = "; ".join(
        f"{', '.join(item.choices.values())}: "
        + (frame.words.refused if item.estimate is None else frame.formats.number(item.estimate, 2))
        for item in order
    )
    return picture(frame, f"{alt}.", lambda width: _paint_specifications(width, order, frame, unit, line))


def choices_frame(order: Sequence[Specification]) -> pd.DataFrame:
    """One row per specification and axis of choice: its place from the left, axis, choice, estimate, headline."""
    rows = [
        (place, axis, choice, item.estimate, item.headline)
        for place, item in enumerate(order)
        for axis, choice in item.choices.items()
    ]
    columns = ["place", "axis", "choice", "estimate", "headline"]
    return pd.DataFrame(rows, columns=columns).astype({"estimate": float})


def _paint_specifications(width: int, order: Sequence[Specification], frame: Frame, unit: str, line: float) -> Figure:
    """Estimates above, one line of dots for each choice on each axis beneath."""
    table = choices_frame(order)
    left = 14 + min(max(text_width(choice, MINIMUM) for choice in table["choice"]), 0.42 * width)
    lines = {choice: wrap(choice, left - 14, MINIMUM) for choice in table["choice"].unique()}
    rows = table[["axis", "choice"]].drop_duplicates()
    height = sum(_height(lines[choice]) for choice in rows["choice"]) + HEADING * rows["axis"].nunique()
    figure, across = new_figure(width, TOP + height), Scale(-0.7, len(order) - 0.3)
    write(figure, 0, 14, unit, size=SMALL, color=MUTED)
    estimates = panel(figure, left, 22, width - left - 6, 150)
    scale = open_scale([*table["estimate"].dropna(), line], 0.08, 4, frame.formats)
    draw_scale(estimates, scale, across)
    write_scale(figure, (left, 22), 150, scale)
    estimates.axhline(line, color=MUTED if line == 0 else THRESHOLD, linewidth=1)
    colors = table["headline"].map({True: ACCENT, False: CONTEXT})
    drawn = table[table["estimate"].notna() & ~table["place"].duplicated()]
    sizes = drawn["headline"].map({True: 9.0, False: 6.0})
    draw_dots(estimates, drawn, "place", "estimate", colors[drawn.index], colors[drawn.index], sizes)
    if refused := len(order) - len(drawn):
        # One word for all of them, over the columns that have no dot
        estimates.axvspan(len(drawn) - 0.5, len(order) - 0.5, color=RULE, alpha=0.45, linewidth=0)
        label = f"{frame.formats.count(refused)} {frame.words.refused}"
        write(figure, width - 6, 14, label, size=MINIMUM, color=MUTED, align="right")
    choices = panel(figure, left, TOP, width - left - 6, height)
    choices.set(xlim=(across.low, across.high), ylim=(height, 0))
    places = _write_choices(figure, table, lines)
    table["y"] = [places[row] for row in zip(table["axis"], table["choice"], strict=True)]
    draw_dots(choices, table, "place", "y", colors, colors, 5)
    return figure


def _write_choices(
    figure: Figure, table: pd.DataFrame, lines: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], float]:
    """Write a heading for each axis and a text for each choice; return the middle of each choice's row."""
    y, places = 0.0, {}
    for axis in table["axis"].unique():
        write(figure, 0, TOP + y + 13, capitalised(axis), size=MINIMUM, weight=BOLD)
        y += HEADING
        for choice in sorted(table["choice"][table["axis"] == axis].unique(), key=sort_key):
            write_lines(figure, 0, TOP + y + 12.5, lines[choice], 14, size=MINIMUM, color=MUTED)
            places[axis, choice] = y + _height(lines[choice]) / 2
            y += _height(lines[choice])
    return places


def _height(lines: Sequence[str]) -> float:
    """Height of a choice's row."""
    return 3.0 + 14 * len(lines)
