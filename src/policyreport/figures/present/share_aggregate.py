"""The provinces' shares together and the country's: the difference, or what the country's leaves for the others."""

from __future__ import annotations

from policyreport.data.inputs import Inputs
from policyreport.figures.exhibits import Exhibit
from policyreport.figures.present.voice import Voice
from policyreport.params.phrases import word
from policyreport.records.base import Refusal
from policyreport.records.shares import AggregateCheck, PartBound, Remainder

ID = "share-aggregate"


def share_aggregate(result: AggregateCheck | Remainder | Refusal, inputs: Inputs) -> Exhibit:
    """Give the provinces' average share and its distance from the country's, or what is left for the others.

    From `aggregate_shares`: "share-aggregate".
    """
    voice = Voice(inputs)
    if isinstance(result, Refusal):
        return Exhibit(ID, voice.refusal(result, "The provinces' shares together beside the nation's"))
    return Exhibit(ID, _left(voice, result) if isinstance(result, Remainder) else _difference(voice, result))


def left_for_others(voice: Voice, result: AggregateCheck | Remainder | Refusal) -> str:
    """What the country's figure leaves for the provinces without one, in a sentence; empty where nothing is left."""
    if not isinstance(result, Remainder) or not result.bounds:
        return ""
    mean = voice.value(f"{voice.formats.number(result.mean, 1)} %", result.inputs)
    others = _others(voice, result)
    rest = "the other one has" if others == 1 else f"the other {voice.value(str(others), result.inputs)} average"
    return f"If all are measured alike, {rest} about {mean}."


def _others(voice: Voice, result: Remainder) -> int:
    """How many provinces have no figure."""
    return len(voice.inputs.provinces) - len(result.known)


def _difference(voice: Voice, result: AggregateCheck) -> str:
    formats, rows = voice.formats, result.inputs
    mean = voice.value(f"{formats.number(result.weighted_mean, 2)} %", rows)
    return (
        f"By {voice.measure(result.measure)}'s measure the shares of the {result.parts} provinces, weighted by their output "
        f"of {voice.inputs.roles.product_year}, average {mean} of GRDP in {result.period}; the nation's is "
        f"{voice.value(voice.percent_as_published(result.published), rows[:1])} of GDP. The difference is "
        f"{voice.value(formats.points(result.difference), rows)}; it is not tested."
    )


def _left(voice: Voice, result: Remainder) -> str:
    """The implied mean of the provinces without a figure, its condition, and what it implies for a single one."""
    formats, rows = voice.formats, result.inputs
    count = len(result.known)
    others = _others(voice, result)
    number = word(count, voice.language)
    who = "The province with a figure has" if count == 1 else f"The {number} provinces with a figure have"
    facts = (
        f"{who} {voice.value(formats.percent(result.known_weight), rows)} of all provinces' output (of "
        f"{result.weight_year}) and {'a share of' if count == 1 else 'average'} "
        f"{voice.value(f'{formats.number(result.known_mean, 2)} %', rows)} of GRDP in {result.period} by "
        f"{voice.measure(result.measure)}; the country's is {voice.value(voice.percent_as_published(result.published), rows)} "
        "of GDP."
    )
    rest = "the other one" if others == 1 else f"the other {voice.value(str(others), rows)}"
    mean = voice.value(f"{formats.number(result.mean, 2 if others == 1 else 1)} %", rows)
    if not result.bounds:
        return (
            f"{facts} That would leave {rest} {mean}, which no share can be: the provinces' figures and the country's are "
            "not measured alike, or the weights are not those of the shares."
        )
    about = "" if others == 1 else "about "
    verb = "has" if others == 1 else "average"
    return f"{facts} If all are measured alike, {rest} {verb} {about}{mean} of GRDP.{_single(voice, result)}"


def _single(voice: Voice, result: Remainder) -> str:
    """The province whose own share the total limits most, where it limits one more than the indicator does."""
    tighter = [bound for bound in result.bounds if bound.high is not None and bound.high != result.high]
    if not tighter or len(result.bounds) == 1:
        return ""
    least: PartBound = min(tighter, key=lambda item: item.high or 0.0)
    high = voice.value(f"{voice.formats.number(least.high or 0.0, 0)} %", result.inputs)
    return (
        f" Of a single one of them little follows: even that of {voice.area(least.area)} may be anything up to {high}."
    )
