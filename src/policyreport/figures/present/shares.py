"""A share against the threshold as sentences of the summaries."""

from __future__ import annotations

from policyreport.figures.present.other_quantity import not_held
from policyreport.figures.present.voice import Voice
from policyreport.params.phrases import capitalised
from policyreport.records.shares import NotYearly, Threshold
from policyreport.statistics.shares.latest import leading as leading


def part_sentence(voice: Voice, figure: NotYearly) -> str:
    """A figure for part of a year as a sentence that keeps it apart from figures of whole years."""
    return (
        f"For {voice.period(figure.period)} {voice.measure(figure.measure)} gives {_marked(voice, figure)}{_status(figure)} (published "
        f"{_published(voice, figure)}): {not_held(voice, figure)}."
    )


def share_sentence(voice: Voice, figure: Threshold) -> str:
    """One measure's newest share as a sentence with its verdict."""
    published = ", as published" if figure.as_published and figure.verdict in ("above", "below") else ""
    return (
        f"{voice.subject(figure.measure)} puts the digital economy at {_marked(voice, figure)} of "
        f"{'GDP' if figure.area == voice.inputs.roles.nation else 'GRDP'} in {voice.period(figure.period)}{_status(figure)} (published "
        f"{_published(voice, figure)}): "
        f"{voice.against(figure.verdict, voice.threshold(voice.percent_as_published(figure.threshold)))}{published}."
    )


def chance_of_more(voice: Voice, figure: Threshold) -> str:
    """How likely the final figure reaches the threshold, inside a sentence; empty where the chance is unknown."""
    if figure.probability is None:
        return ""
    line = voice.threshold(voice.percent_as_published(figure.threshold))
    return (
        f"chance of {line} or more: {voice.value(voice.chance(figure.probability, figure.prior_cells), _rows(figure))}"
    )


def final_chance(voice: Voice, figure: Threshold) -> str:
    """How likely the final figure reaches the threshold, or that the chance is unknown; empty for a mere bound."""
    if chance := chance_of_more(voice, figure):
        return f"{capitalised(chance)}."
    return "" if figure.has_flag("bound-only") else voice.sentence("no-vintage-history")


def _rows(figure: Threshold) -> tuple[str, ...]:
    """The figure and the vintages from which its revision error was estimated."""
    return (figure.observation.id, *figure.inputs)


def _status(figure: Threshold | NotYearly) -> str:
    return {"estimate": ", an estimate", "preliminary": ", preliminary"}.get(figure.observation.status, "")


def _published(voice: Voice, figure: Threshold | NotYearly) -> str:
    return voice.published_on([figure.observation.id], figure.observation.published)


def _marked(voice: Voice, figure: Threshold | NotYearly) -> str:
    """The share with its row."""
    return voice.value(_value(voice, figure), [figure.observation.id])


def _value(voice: Voice, figure: Threshold | NotYearly) -> str:
    return voice.percent_as_published(figure.observation.value)
