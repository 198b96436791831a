"""Series with the line of their median slope: what a trend rests on, drawn (METHODS §7)."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.present.voice import Voice
from policyreport.figures.timeline import MedianLine
from policyreport.records.base import Refusal
from policyreport.records.series import Trend


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
