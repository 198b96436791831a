"""The quantity announced next to the share's threshold: what it is, and how it compares."""

from __future__ import annotations

from collections.abc import Sequence

from policyreport.figures.present.voice import Voice
from policyreport.params.phrases import inside
from policyreport.records.base import Refusal
from policyreport.records.periods import YEAR, kind_of
from policyreport.records.shares import NotYearly, Threshold

PAGE = "digital-economy.html#a-third-quantity"

SIGNS = {">": "more than ", "<": "less than ", "~": "about "}


def other_finding(voice: Voice, results: Sequence[Threshold | NotYearly | Refusal]) -> str:
    """The newest announcement for the overview: a heading and a line of text; empty where there is no figure."""
    announced = [result for result in results if isinstance(result, (Threshold, NotYearly))]
    if not announced:
        return ""
    # A whole year's figure is not replaced by one for part of the next.
    whole = [figure for figure in announced if kind_of(figure.period) == YEAR]
    latest = max(whole or announced, key=lambda one: (one.observation.published, one.period))
    seen, value = latest.observation, voice.percent_as_published(latest.observation.value)
    short = f"> {value}" if seen.bound == ">" else f"{SIGNS.get(seen.bound, '')}{value}"
    return (
        f"### The “{voice.value(short, [seen.id])}” announced for {voice.period(latest.period)} is a third quantity\n\n"
        f"It is the {_meaning(voice, latest)}: {_verdict(voice, latest)}. {_method(voice)}It is not the digital "
        f"economy's share. [A third quantity]({PAGE})"
    )


def _meaning(voice: Voice, figure: Threshold | NotYearly) -> str:
    return inside(voice.indicator(figure.indicator))


def _method(voice: Voice) -> str:
    """That nobody can recalculate it; a simulated figure's method is its program."""
    return "" if voice.inputs.edition.simulated else "Its method is not published. "


def _verdict(voice: Voice, figure: Threshold | NotYearly) -> str:
    """The verdict with the threshold, and the chance as a phrase where past revisions give one."""
    if isinstance(figure, NotYearly):
        return not_held(voice, figure)
    line = voice.threshold(voice.percent_as_published(figure.threshold))
    verdict = voice.against(figure.verdict, line)
    if figure.observation.bound == "=" and figure.as_published:
        return f"{verdict}, as published"
    if figure.probability is None:
        return f"{verdict}, for part of a year" if figure.has_flag("part-year") else verdict
    return f"{verdict}; the chance that the final figure is {line} or more is {voice.chance(figure.probability, figure.prior_cells)}"


def not_held(voice: Voice, figure: NotYearly) -> str:
    """That a figure not for one year is not compared with the yearly threshold."""
    line = voice.threshold(voice.percent_as_published(voice.inputs.policy.threshold.value))
    span = "several years" if kind_of(figure.period) == "years" else "part of a year"
    return f"a figure for {span}, not held against {line}"
