"""Filters of templates that lay out the scorecard of targets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from policyreport.data.areas import Areas
from policyreport.params.policy import Policy
from policyreport.records.markdown import POLICY
from policyreport.records.targets import TargetFigure, TargetReading, TargetScore


@dataclass(frozen=True)
class TargetLine:
    """A target by one of its measures, one of `several` or not; without a reading where nothing is published."""

    score: TargetScore
    reading: TargetReading | None = None
    several: bool = False
    first: bool = True

    @property
    def verdict(self) -> str:
        """The verdict by this measure, or why there is none."""
        judged = self.reading or self.score
        return judged.verdict or judged.reason

    @property
    def inputs(self) -> tuple[str, ...]:
        """The rows behind both figures."""
        return self.reading.printed_rows if self.reading else ()

    @property
    def newest(self) -> TargetFigure | None:
        """The newest figure, from before or after the policy."""
        return (self.reading.latest or self.reading.baseline) if self.reading else None

    @property
    def in_percent(self) -> bool:
        """Whether the figure is in per cent, so that differences are points."""
        return bool(self.reading and self.reading.latest and self.reading.latest.unit.startswith("%"))

    @property
    def judged(self) -> bool:
        """Whether there is a verdict."""
        return bool((self.reading or self.score).verdict)


def by_measure(scores: Iterable[TargetScore]) -> list[TargetLine]:
    """Give a line for each target and measure of its own; figures of something else are left out."""
    lines: list[TargetLine] = []
    for score in scores:
        own = score.own_readings
        lines += [TargetLine(score, reading, len(own) > 1) for reading in own] or [TargetLine(score)]
    return lines


def nearest_figures(scores: Iterable[TargetScore]) -> list[TargetLine]:
    """Give a line for each figure of something else that stands near a target, one line where there is none at all."""
    lines: list[TargetLine] = []
    for score in scores:
        if score.verdict or score.own_readings:
            continue
        lines += [TargetLine(score, reading, first=not at) for at, reading in enumerate(score.readings)]
        lines += [] if score.readings else [TargetLine(score)]
    return lines


def aim_kind(score: TargetScore) -> str:
    """Tell how a target is written: as ``words``, a ``place``, a ``range`` or a ``number``."""
    if score.target is None:
        return "words"
    if score.unit.startswith("rank"):
        return "place"
    return "number" if score.target_high is None else "range"


def on_the_way(scores: Iterable[TargetScore]) -> list[TargetLine]:
    """Give the targets of the nearest year to which a pace leads, by every measure that has one."""
    lines = [line for line in by_measure(scores) if line.reading and line.reading.base]
    nearest = min((line.score.horizon for line in lines), default="")
    return [line for line in lines if line.score.horizon == nearest]


def met(scores: Iterable[TargetScore]) -> list[TargetScore]:
    """Choose the targets that the newest figure meets."""
    return [score for score in scores if score.verdict in ("reached", "held", "beyond the range")]


def target_filters(areas: Areas, policy: Policy) -> dict[str, Callable[..., object]]:
    """Return the filters by name."""

    def set_for(scores: Iterable[TargetScore], area: str) -> list[TargetScore]:
        """Choose the targets that were set for a province, or for one that became part of it."""
        return [score for score in scores if areas.successor(score.area) == area]

    cited = {target.id for target in policy.related_targets if ":" in target.source}
    cited |= {target.id for target in policy.targets}

    def target_rows(score: TargetScore) -> list[str]:
        """Name the entry of a target in the policy, which leads to its address; nothing where none is known."""
        return [f"{POLICY}#{score.id}"] if score.id in cited else []

    return FILTERS | {"set_for": set_for, "target_rows": target_rows}


FILTERS: dict[str, Callable[..., object]] = {
    "aim_kind": aim_kind,
    "by_measure": by_measure,
    "met": met,
    "nearest_figures": nearest_figures,
    "on_the_way": on_the_way,
}
