"""The quantity announced next to the share's threshold: what it is, and how it compares."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.names import inside
from policyreport.figures.present.voice import Voice
from policyreport.records.base import Refusal
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import NotYearly, Threshold

PAGE = "digital-economy.html#a-third-quantity"

SIGNS = {">": "more than ", "<": "less than ", "~": "about "}


def other_quantity(voice: Voice, results: Sequence[Threshold | NotYearly | Refusal]) -> Exhibit:
    """Show what was announced, that it is not the share, and its verdict: "other-quantity"."""
    told = [
        voice.refusal(each, "A third quantity") if isinstance(each, Refusal) else _told(voice, each) for each in results
    ]
    return Exhibit("other-quantity", "\n\n".join(told) or "No other quantity was announced by then.")


def other_finding(voice: Voice, results: Sequence[Threshold | NotYearly | Refusal]) -> str:
    """The newest announcement for the overview: a heading and a line of text; empty where there is no figure."""
    announced = [each for each in results if isinstance(each, (Threshold, NotYearly))]
    if not announced:
        return ""
    # A whole year's figure is not replaced by one for part of the next.
    whole = [each for each in announced if kind_of(each.period) == YEAR]
    each = max(whole or announced, key=lambda one: (one.observation.published, one.period))
    seen, value = each.observation, voice.percent_as_published(each.observation.value)
    short = f"> {value}" if seen.bound == ">" else f"{SIGNS.get(seen.bound, '')}{value}"
    return (
        f"### The “{voice.value(short, [seen.id])}” announced for {voice.period(each.period)} is a third quantity\n\n"
        f"It is the {_meaning(voice, each)}: {_verdict(voice, each)}. {_method(voice)}It is not the digital "
        f"economy's share. [A third quantity]({PAGE})"
    )


def _told(voice: Voice, each: Threshold | NotYearly) -> str:
    """One announced figure with its verdict, the grounds of the verdict, and its source."""
    seen = each.observation
    announced = voice.value(f"{SIGNS.get(seen.bound, '')}{voice.percent_as_published(seen.value)}", [seen.id])
    grounds = " ".join(dict.fromkeys(voice.sentence(flag.code) for flag in each.flags))
    return (
        f"The “{announced}” announced for {voice.period(each.period)} is none of these shares: it is the "
        f"{_meaning(voice, each)}, a wider quantity. {_method(voice)}Against the benchmark: {_verdict(voice, each)}"
        f"{_interval(voice, each)}. {grounds}".rstrip()
        + f"\n\n::: {{.source}}\n{voice.source([seen.id])}\n:::"
    )


def _meaning(voice: Voice, each: Threshold | NotYearly) -> str:
    return inside(voice.indicator(each.indicator))


def _method(voice: Voice) -> str:
    """That nobody can recalculate it; a simulated figure's method is its program."""
    return "" if voice.inputs.edition.simulated else "Its method is not published. "


def _verdict(voice: Voice, each: Threshold | NotYearly) -> str:
    """The verdict with the threshold, and the chance as a phrase where past revisions give one."""
    if isinstance(each, NotYearly):
        return not_held(voice, each)
    line = voice.threshold(voice.percent_as_published(each.threshold))
    said = voice.against(each.verdict, line)
    if each.observation.bound == "=" and each.as_published:
        return f"{said}, as published"
    if each.probability is None:
        return f"{said}, for part of a year" if each.has_flag("part-year") else said
    return f"{said}; the chance that the final figure is {line} or more is {voice.chance(each.probability, each.prior_cells)}"


def not_held(voice: Voice, each: NotYearly) -> str:
    """That a figure not for one year is not compared with the yearly threshold."""
    line = voice.threshold(voice.percent_as_published(voice.inputs.policy.threshold.value))
    span = "several years" if kind_of(each.period) == "years" else "part of a year"
    return f"a figure for {span}, not held against {line}"


def _interval(voice: Voice, each: Threshold | NotYearly) -> str:
    if isinstance(each, NotYearly) or each.verdict_interval is None:
        return ""
    ends = voice.formats.interval(each.verdict_interval.low, each.verdict_interval.high, 1)
    level = voice.formats.percent(each.verdict_interval.level, 0)
    return f" ({level} interval of revision error {voice.value(f'{ends} %', [each.observation.id, *each.inputs])})"
