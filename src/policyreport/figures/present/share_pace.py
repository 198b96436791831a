"""The share's pace towards its targets: observed against required growth."""

from __future__ import annotations

from policyreport.figures.present.voice import Voice
from policyreport.records.shares import Pace
from policyreport.statistics.shares.latest import yearly_points as yearly_points


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


def _target(voice: Voice, pace: Pace) -> str:
    """The target, with a link to its legal reference."""
    return voice.target(voice.percent_as_published(pace.target), pace.indicator, pace.target_period)
