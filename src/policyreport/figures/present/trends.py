"""Series with the line of their median slope: what a trend rests on, drawn (METHODS §7)."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.present.names import heading
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.figures.timeline import Break, MedianLine
from policyreport.figures.trends import TrendPanel
from policyreport.figures.trends import trends as trend_figure
from policyreport.records.base import Interval, Refusal
from policyreport.records.series import Trend

LEVELS = {"minus nation": 0.0, "minus mean": 0.0}
"""What a series is held against, in its own unit; a series by itself is held against nothing."""

TITLES = {"minus nation": "Difference to the nation", "own": "Growth itself"}


def growth_trend(voice: Voice, results: Sequence[Trend | Refusal], breaks: Sequence[Break] = ()) -> Exhibit:
    """Draw an area's difference to the nation and the series itself, each with its line.

    From `assess.growth`: "growth-trend", empty where no series has a trend. `breaks` are changes of boundaries.
    """
    told = [each for each in results if isinstance(each, Trend)]
    if not told:
        return Exhibit("growth-trend", "")
    panels = [TrendPanel(TITLES[each.series], outcome(voice, each), each, LEVELS.get(each.series)) for each in told]
    said = "; ".join(f"{inside_sentence(each)}, {voice.verdict(each.verdict)}" for each in told)
    frame = voice.frame(
        "growth-trend",
        f"{voice.name}: {said}",
        f"Growth of output minus the nation's, percentage points, and growth itself, % a year, on present boundaries, {told[0].first_year}–"
        f"{told[0].last_year}, with the median of all pairwise slopes (Theil and Sen) and its exact interval; "
        f"{_needed(voice)}, of the difference after adjusting for all provinces",
        [row for each in told for row in each.inputs],
    )
    return trend_figure(panels, frame, shared=False, height=130, breaks=breaks)


def governance_trend(voice: Voice, results: Sequence[Trend | Refusal]) -> Exhibit:
    """Draw each score's difference to the provinces' mean with its line; a refused one says why.

    From `assess.governance`: "governance-trend", empty where no score has a trend.
    """
    told = [each for each in results if isinstance(each, Trend)]
    if not told:
        return Exhibit("governance-trend", "")
    panels = [_governance_panel(voice, each) for each in results]
    clear = sum(each.verdict != "no clear trend" for each in told)
    frame = voice.frame(
        "governance-trend",
        f"Against the provinces' mean {voice.formats.count_of(clear, len(told))} tested dimensions show a clear trend",
        f"Score minus the mean of the provinces, score points, to {max(each.last_year for each in told)}, each with its changes of "
        "questions (dotted) and the median of all "
        f"pairwise slopes (Theil and Sen) a year and its exact interval; {_needed(voice)}, after adjusting for all provinces, and "
        "does so in standard deviations over provinces too, as scores draw together",
        [row for each in told for row in each.inputs],
    )
    revised = {year for each in told for year in voice.inputs.indicators.get(each.indicator).questions_revised}
    breaks = [Break(year, f"questions revised, {year}") for year in sorted(revised)]
    return join("governance-trend", trend_figure(panels, frame, breaks=breaks), _both_scales(voice, told))


def _both_scales(voice: Voice, told: Sequence[Trend]) -> Exhibit | str:
    """Each score's trend in points and in standard deviations over provinces: a verdict needs both."""
    formats = voice.formats
    body = [
        [
            heading(voice.indicator(each.indicator)),
            f"{each.first_year}–{each.last_year}",
            _slope(voice, each.slope, each.slope_interval, each.inputs),
            _p(voice, each.p_adjusted),
            _slope(voice, each.scaled.slope, each.scaled.slope_interval, each.inputs),
            _p(voice, each.scaled.p_adjusted),
            voice.verdict(each.verdict),
        ]
        for each in told
        if each.scaled is not None
    ]
    if not body:
        return ""
    clear = sum(each.verdict != "no clear trend" for each in told)
    finding = f"In both scales {formats.count_of(clear, len(body))} dimensions show a clear trend"
    return table(
        voice.id("governance-scales"),
        ["Difference to the mean of", "Years", "Score points a year", "Adjusted p", "Standard deviations a year", "Adjusted p", "Verdict"],
        body,
        f"{finding}. *Median slope and exact interval; the second pair divides each year by that year's standard deviation over "
        "provinces, because scores draw together over the years. A trend is named only if it holds in both, inside one set of "
        "questions.*",
        align="llrrrrl",
        wide=True,
    )  # fmt: skip


def _slope(voice: Voice, slope: float, ends: Interval, rows: Sequence[str]) -> str:
    interval = voice.formats.interval(ends.low, ends.high, 3, signed=True)
    return voice.value(f"{voice.formats.number(slope, 3, signed=True)} ({interval})", rows)


def _p(voice: Voice, p_value: float | None) -> str | None:
    return None if p_value is None else voice.formats.p_value(p_value)


def outcome(voice: Voice, each: Trend) -> str:
    """Slope, interval with the level attained, and verdict, as plain text for a figure."""
    formats, ends = voice.formats, each.slope_interval
    digits = 3 if each.series == "minus mean" else 2
    slope = formats.number(each.slope, digits, signed=True)
    interval = formats.interval(ends.low, ends.high, digits, signed=True)
    word = voice.inputs.wording.verdict(each.verdict, voice.language)
    return f"{slope} a year ({interval} at {formats.percent(ends.level)}): {word}"


def median_line(voice: Voice, results: Sequence[Trend | Refusal]) -> MedianLine | None:
    """The line of the first trend, to be drawn through its series; None where it was refused."""
    first = next(iter(results), None)
    if not isinstance(first, Trend):
        return None
    return MedianLine((first.first_year, first.last_year), first.line, outcome(voice, first))


def inside_sentence(each: Trend) -> str:
    """Name of a series of growth in the middle of a sentence."""
    return TITLES[each.series].lower()


def _needed(voice: Voice) -> str:
    """What a clear trend needs besides an interval that excludes zero."""
    settings = voice.inputs.settings.trend
    rho = voice.formats.number(settings.verdict_rho, 1)
    level = voice.formats.number(settings.verdict_level, 2)
    return (
        f"a clear trend has an exact p of at most {level} and holds at a carry-over of {rho} from year to year, and at the "
        "carry-over that all provinces' series show together"
    )


def _governance_panel(voice: Voice, each: Trend | Refusal) -> TrendPanel:
    """One dimension, with its line or its refusal's short name."""
    key = each.subject.split()[0] if isinstance(each, Refusal) else each.indicator
    title = heading(voice.plain_indicator(key))
    if isinstance(each, Refusal):
        return TrendPanel(title, voice.plain_short(each.code))
    return TrendPanel(title, outcome(voice, each), each, LEVELS[each.series])
