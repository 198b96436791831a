"""Differences of every year as facts, then how certain their mean is: the same sentences on every page."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.present.voice import Voice
from policyreport.records.formats import NBSP
from policyreport.records.series import Difference, LevelTrend, YearlyMean

UNSURE = "not a statistically clear difference"


def fact(voice: Voice, yearly: YearlyMean, rows: Sequence[str], unit: str, digits: int = 2) -> str:
    """In how many years the values lay above zero, and by how much at least and at most.

    ``in 6 of 6 years, by 0.80 to 7.45 pp``; ``in 0 of 6 years, below by 0.33 to 4.90 pp``; ``in 4 of 6 years, from
    −1.20 to +3.40 pp``.
    """
    formats, years = voice.formats, len(yearly.years)
    count = voice.value(f"{formats.count_of(yearly.years_above, years)} years", rows)
    if yearly.smallest > 0:
        ends, lead = formats.interval(yearly.smallest, yearly.largest, digits), "by "
    elif yearly.largest < 0:
        ends, lead = formats.interval(-yearly.largest, -yearly.smallest, digits), "below by "
    else:
        ends, lead = formats.interval(yearly.smallest, yearly.largest, digits, signed=True), "from "
    return f"in {count}, {lead}{voice.value(f'{ends}{NBSP}{unit}', rows)}"


def mean_of(voice: Voice, yearly: YearlyMean, rows: Sequence[str], unit: str, digits: int = 2) -> str:
    """The mean a year with its interval: ``+3.75 pp (+1.08 to +6.41)``."""
    formats, ends = voice.formats, yearly.interval
    mean = f"{formats.number(yearly.mean, digits, signed=True)}{NBSP}{unit}"
    return voice.value(f"{mean} ({formats.interval(ends.low, ends.high, digits, signed=True)})", rows)


def how_sure(voice: Voice, difference: Difference | LevelTrend, provinces: int) -> str:
    """How certain a mean is in a family of so many provinces, without a full stop; empty where it got no verdict."""
    if difference.verdict is None:
        return ""
    clear = difference.verdict not in ("cannot tell apart", "no clear trend")
    text = f"a statistically clear difference ({voice.verdict(difference.verdict)})" if clear else UNSURE
    if isinstance(difference, Difference) and difference.planned:
        return f"{text}; planned beforehand, so judged alone"
    return f"{text} once all {provinces} provinces are looked at"
