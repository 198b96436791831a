"""The share's pace towards its targets: observed against required growth."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.pace import pace as pace_figure
from policyreport.figures.present.behind import rows_behind
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.records.periods import year_of_period
from policyreport.records.series import SeriesPoint
from policyreport.records.shares import Pace, Threshold


def share_pace(voice: Voice, paces: Sequence[Pace], judged: Sequence[Threshold]) -> list[Exhibit]:
    """Show the pace to the nearest target as sentences and a figure, all targets as a table.

    `judged` are the figures behind `paces`; gives "pace", "pace-table".
    """
    if not paces:
        refused = "No measure has enough years of one definition for a pace."
        return [Exhibit("pace", refused), Exhibit("pace-table", "")]
    formats = voice.formats
    nearest = min(pace.target_period for pace in paces)
    main = next(pace for pace in paces if pace.target_period == nearest)
    sentences = [
        f"By {voice.measure(pace.measure)}'s measure, from "
        f"{voice.value(voice.percent_as_published(pace.base_value), pace.inputs)} in {pace.base_period} to "
        f"{voice.value(voice.percent_as_published(pace.latest_value), pace.inputs)} in {pace.latest_period}: "
        f"{voice.bands(pace.headline_bands)}{', as published,' if met(pace) else ''} for {_target(voice, pace)} in "
        f"{pace.target_period} (ratio of observed to required growth {voice.value(_ratio(voice, pace), pace.inputs)})."
        f"{reached_chance(voice, pace)}"
        for pace in paces
        if pace.target_period == nearest
    ]
    needed = (
        f"By {voice.measure(main.measure)}'s measure the share would from now have to rise by "
        f"{voice.value(formats.points(main.required_from_now_pp), main.inputs)} a year to reach {_target(voice, main)} in "
        f"{main.target_period}; since {main.base_period} it {rose(main.observed_pp)} by "
        f"{voice.value(formats.points(main.observed_pp), main.inputs)} a year.{_one_year(voice, main)}"
        if main.required_from_now_pp is not None and not met(main)
        else ""
    )
    points = yearly_points([figure for figure in judged if figure.measure == main.measure])
    frame = voice.frame(
        "pace",
        _at_this_pace(voice, main),
        f"Digital economy, % of GDP, {voice.measure(main.measure)}'s measure; lines are scenarios, not a forecast",
        rows_behind([main, points]),
    )  # fmt: skip
    target = f"target {voice.percent_as_published(main.target)}"
    shown = pace_figure(main, points, frame, target)
    body = [
        [
            voice.measure(pace.measure),
            f"{_target(voice, pace)} in {pace.target_period}",
            f"{pace.base_period}–{pace.latest_period}",
            *(
                None if number is None else voice.value(written, pace.inputs)
                for number, written in (
                    (pace.observed_pp, formats.points(pace.observed_pp)),
                    (pace.required_pp, formats.points(pace.required_pp)),
                    (pace.required_from_now_pp, formats.points(pace.required_from_now_pp or 0)),
                    (pace.ratio_pp, formats.number(pace.ratio_pp or 0, 2)),
                    (pace.ratio_cagr, formats.number(pace.ratio_cagr or 0, 2)),
                )
            ),
            voice.bands(pace.headline_bands),
            ", ".join(voice.short(flag.code) for flag in pace.flags),
        ]
        for pace in paces
    ]
    listing = table(
        "pace-table",
        ["Measure", "Target", "Years", "Observed a year", "Required from base", "Required from now", "Ratio (percentage points)",
         "Ratio (compound)", "Verdict", "Flags"],
        body,
        "Observed and required growth of the share. *Percentage points a year; the ratio is observed over required from "
        "the base year; where the two forms differ, the less favourable is the verdict.*",
        voice.source(rows_behind(body)),
        align="lllrrrrrll",
        wide=True,
        empty="not defined",
    )  # fmt: skip
    return [join("pace", " ".join([*sentences, needed]), shown), listing]


def yearly_points(judged: Sequence[Threshold]) -> tuple[SeriesPoint, ...]:
    """The figures of whole years as a series, in order."""
    points = [
        SeriesPoint(
            year=year, value=figure.observation.value, status=figure.observation.status, inputs=(figure.observation.id,)
        )
        for figure in judged
        if (year := year_of_period(figure.period)) is not None
    ]
    return tuple(sorted(points, key=lambda point: point.year))


def met(pace: Pace) -> bool:
    """Whether the published figure meets the target, or did at the base."""
    return bool({"reached", "held"} & set(pace.headline_bands))


def rose(points: float) -> str:
    """The verb of a movement that is printed with its sign."""
    return "rose" if points >= 0 else "changed"


def reached_chance(voice: Voice, pace: Pace) -> str:
    """How likely the final figure meets a target that the published one meets: a sentence after a space, or nothing."""
    if pace.reached_probability is None:
        return ""
    return (
        f" The chance that the final figure is {_target(voice, pace)} or more is "
        f"{voice.value(voice.chance(pace.reached_probability, pace.reached_cells), pace.inputs)}."
    )


def _at_this_pace(voice: Voice, pace: Pace) -> str:
    """Where the observed pace would lead by the target's year: arithmetic, no forecast."""
    line = next((line for line in pace.scenarios if line.name == "pp pace"), None)
    target = f"the target is {voice.percent_as_published(pace.target)}"
    if line is None:
        return f"The share by {voice.measure(pace.measure)}'s measure in {pace.latest_period}; {target}"
    return (
        f"At the pace of {pace.base_period}–{pace.latest_period} the share by {voice.measure(pace.measure)}'s measure "
        f"would be {voice.formats.percent(line.values[-1] / 100)} in {line.years[-1]}; {target}"
    )


def _one_year(voice: Voice, result: Pace) -> str:
    """The one-year pace, which has no band of its own."""
    interval = result.one_year_ratio_interval
    if result.one_year_ratio is None or interval is None:
        return ""
    text = voice.value(
        f"{voice.formats.number(result.one_year_ratio, 2)}; {voice.formats.interval(interval.low, interval.high, 2)}",
        result.inputs,
    )
    verdict = f": {voice.verdict(result.one_year_verdict)}" if result.one_year_verdict else ""
    one_year = (year_of_period(result.latest_period) or 0) - (year_of_period(result.one_year_base_period) or 0) == 1
    pace = "One-year pace" if one_year else "Pace"
    return f" {pace} since {result.one_year_base_period}: ratio {text}{verdict}."


def _ratio(voice: Voice, pace: Pace) -> str:
    formats = voice.formats
    ratio = pace.ratio_cagr if pace.ratio_cagr is not None else pace.ratio_pp
    if ratio is None:
        return "not defined"
    if pace.ratio_interval is None:
        return formats.number(ratio, 2)
    return f"{formats.number(ratio, 2)}; {formats.interval(pace.ratio_interval.low, pace.ratio_interval.high, 2)}"


def _target(voice: Voice, pace: Pace) -> str:
    """The target, with a link to its legal reference."""
    return voice.target(voice.percent_as_published(pace.target), pace.indicator, pace.target_period)
