"""Series with the line of their median slope: what a trend rests on, drawn (METHODS §7)."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit, join
from policyreport.figures.present.voice import Voice
from policyreport.figures.tables import table
from policyreport.figures.timeline import Break, MedianLine
from policyreport.figures.trends import TrendPanel
from policyreport.figures.trends import trends as trend_figure
from policyreport.params.phrases import capitalised
from policyreport.records.base import Interval, Refusal
from policyreport.records.series import Trend

LEVELS = {"minus nation": 0.0, "minus mean": 0.0}
"""What a series is compared with, in its own unit; a series by itself is compared with nothing."""

TITLES = {"minus nation": "Difference to the nation", "own": "Growth itself"}


def growth_trend(voice: Voice, results: Sequence[Trend | Refusal], breaks: Sequence[Break] = ()) -> Exhibit:
    """Draw an area's difference to the nation and the series itself, each with its line.

    From `fit_trend_among` and `fit_trend`: "growth-trend", empty where no series has a trend. `breaks` are changes of boundaries.
    """
    done = [result for result in results if isinstance(result, Trend)]
    if not done:
        return Exhibit("growth-trend", "")
    panels = [
        TrendPanel(TITLES[result.series], outcome(voice, result), result, LEVELS.get(result.series)) for result in done
    ]
    verdicts = "; ".join(f"{inside_sentence(result)}, {voice.verdict(result.verdict)}" for result in done)
    frame = voice.frame(
        "growth-trend",
        f"{voice.name}: {verdicts}",
        f"Growth of output minus the nation's, percentage points, and growth itself, % a year, on present boundaries, {done[0].first_year}–"
        f"{done[0].last_year}, with the median of all pairwise slopes (Theil and Sen) and its exact interval; "
        f"{_needed(voice)}, of the difference after adjusting for all provinces",
        [row for result in done for row in result.inputs],
    )
    return trend_figure(panels, frame, shared=False, height=130, breaks=breaks)


def governance_trend(voice: Voice, results: Sequence[Trend | Refusal]) -> Exhibit:
    """Draw each score's difference to the provinces' mean with its line; a refused one says why.

    From `fit_trend_among`: "governance-trend", empty where no score has a trend.
    """
    done = [result for result in results if isinstance(result, Trend)]
    if not done:
        return Exhibit("governance-trend", "")
    panels = [_governance_panel(voice, result) for result in results]
    clear = sum(result.verdict != "no clear trend" for result in done)
    frame = voice.frame(
        "governance-trend",
        f"Against the provinces' mean {voice.formats.count_of(clear, len(done))} tested dimensions show a clear trend",
        f"Score minus the mean of the provinces, score points, to {max(result.last_year for result in done)}, each with its changes of "
        "questions (dotted) and the median of all "
        f"pairwise slopes (Theil and Sen) a year and its exact interval; {_needed(voice)}, after adjusting for all provinces, and "
        "does so in standard deviations over provinces too, as scores draw together",
        [row for result in done for row in result.inputs],
    )
    revised = {year for result in done for year in voice.inputs.indicators.get(result.indicator).questions_revised}
    breaks = [Break(year, f"questions revised, {year}") for year in sorted(revised)]
    return join("governance-trend", trend_figure(panels, frame, breaks=breaks), _both_scales(voice, done))


def _both_scales(voice: Voice, trends: Sequence[Trend]) -> Exhibit | str:
    """Each score's trend in points and in standard deviations over provinces: a verdict needs both."""
    formats = voice.formats
    body = [
        [
            capitalised(voice.indicator(result.indicator)),
            f"{result.first_year}–{result.last_year}",
            _slope(voice, result.slope, result.slope_interval, result.inputs),
            _p(voice, result.p_adjusted),
            _slope(voice, result.scaled.slope, result.scaled.slope_interval, result.inputs),
            _p(voice, result.scaled.p_adjusted),
            voice.verdict(result.verdict),
        ]
        for result in trends
        if result.scaled is not None
    ]
    if not body:
        return ""
    clear = sum(result.verdict != "no clear trend" for result in trends)
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


def outcome(voice: Voice, trend: Trend) -> str:
    """Slope, interval with the level attained, and verdict, as plain text for a figure."""
    formats, ends = voice.formats, trend.slope_interval
    digits = 3 if trend.series == "minus mean" else 2
    slope = formats.number(trend.slope, digits, signed=True)
    interval = formats.interval(ends.low, ends.high, digits, signed=True)
    word = voice.inputs.wording.verdict(trend.verdict, voice.language)
    return f"{slope} a year ({interval} at {formats.percent(ends.level)}): {word}"


def median_line(voice: Voice, results: Sequence[Trend | Refusal]) -> MedianLine | None:
    """The line of the first trend, to be drawn through its series; None where it was refused."""
    first = next(iter(results), None)
    if not isinstance(first, Trend):
        return None
    return MedianLine((first.first_year, first.last_year), first.line, outcome(voice, first))


def inside_sentence(trend: Trend) -> str:
    """Name of a series of growth in the middle of a sentence."""
    return TITLES[trend.series].lower()


def _needed(voice: Voice) -> str:
    """What a clear trend needs besides an interval that excludes zero."""
    settings = voice.inputs.settings.trend
    rho = voice.formats.number(settings.verdict_rho, 1)
    level = voice.formats.number(settings.verdict_level, 2)
    return (
        f"a clear trend has an exact p of at most {level} and holds at a carry-over of {rho} from year to year, and at the "
        "carry-over that all provinces' series show together"
    )


def _governance_panel(voice: Voice, trend: Trend | Refusal) -> TrendPanel:
    """One dimension, with its line or its refusal's short name."""
    key = trend.subject.split()[0] if isinstance(trend, Refusal) else trend.indicator
    title = capitalised(voice.plain_indicator(key))
    if isinstance(trend, Refusal):
        return TrendPanel(title, voice.plain_short(trend.code))
    return TrendPanel(title, outcome(voice, trend), trend, LEVELS[trend.series])
