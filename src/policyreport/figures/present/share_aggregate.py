"""The provinces' shares together and the country's: the difference, or what the country's leaves for the others."""

from __future__ import annotations

from policyreport.figures.present.voice import Voice
from policyreport.records.base import Refusal
from policyreport.records.shares import AggregateCheck, Remainder


def left_for_others(voice: Voice, result: AggregateCheck | Remainder | Refusal) -> str:
    """What the country's figure leaves for the provinces without one, in a sentence; empty where nothing is left."""
    if not isinstance(result, Remainder) or not result.bounds:
        return ""
    mean = voice.value(f"{voice.formats.number(result.mean, 1)} %", result.inputs)
    others = len(voice.inputs.provinces) - len(result.known)
    rest = "the other one has" if others == 1 else f"the other {voice.value(str(others), result.inputs)} average"
    return f"If all are measured alike, {rest} about {mean}."
