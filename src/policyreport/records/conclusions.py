"""What a report concludes, a value or a verdict at a time, and how it differs from an earlier edition, with reasons."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from policyreport.records.base import Frozen

Group = Literal["main point", "target", "country", "province"]
Reason = Literal["date", "new figures", "revisions", "definitions", "boundaries", "settings", "code"]
Kind = Literal["flipped", "verdict", "no verdict", "value", "new", "gone", "rank"]
Key = tuple[str, ...]

KEPT = "attribution.json"
"""The file of an edition's results with its `Comparison`, once the reasons were worked out."""


class Conclusion(Frozen):
    """One thing that an edition concludes.

    `kind` is that of the result it is from, `subject` an indicator, a list or a target; `horizon` is the year or day
    that it looks ahead to. `without` is why there is no verdict, where a verdict could be. `places` are the first and
    the last place that a rank may take.
    """

    group: Group
    area: str
    kind: str
    subject: str
    measure: str = ""
    horizon: str = ""
    period: str = ""
    value: float | None = None
    unit: str = ""
    verdict: str = ""
    without: str = ""
    places: tuple[int, int] | None = None
    inputs: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What it is about, the same in every edition."""
        return (self.area, self.kind, self.subject, self.measure, self.horizon)


class Part(Frozen):
    """What one kind of change, or several that could not be told apart, did to a conclusion."""

    reasons: tuple[Reason, ...]
    before: float | None
    after: float | None
    verdict_before: str = ""
    verdict_after: str = ""

    @property
    def change(self) -> float | None:
        """The difference in the value's unit; None where one of the two is missing."""
        return _difference(self.before, self.after)

    @property
    def flips(self) -> bool:
        """Whether the verdict is another after it."""
        return self.verdict_before != self.verdict_after


class Movement(Frozen):
    """A conclusion in two editions; `parts` lead from the old one to the new one without a gap."""

    old: Conclusion | None
    new: Conclusion | None
    parts: tuple[Part, ...] = ()

    @property
    def about(self) -> Conclusion:
        """The newer of the two that there is."""
        if self.new is not None:
            return self.new
        if self.old is None:
            raise ValueError("a conclusion in one of two editions")
        return self.old

    @property
    def kind(self) -> Kind:
        """Which sort of change it is."""
        old, new = self.old, self.new
        before, after = (item.verdict if item else "" for item in (old, new))
        if before != after:
            return "flipped" if before and after else "verdict" if after else "no verdict"
        if old is None or new is None or (old.value is None) != (new.value is None):
            return "gone" if new is None or (old is not None and new.value is None) else "new"
        return "rank" if self.about.kind in ("ranks", "published-rank") else "value"

    @property
    def change(self) -> float | None:
        """New minus old; None where one of the two has no value."""
        return _difference(*(item.value if item else None for item in (self.old, self.new)))

    @property
    def in_noise(self) -> bool | None:
        """Whether a rank moved no further than its places overlap; None where no places are known, or for no rank."""
        old, new = (item.places if item else None for item in (self.old, self.new))
        return None if old is None or new is None else old[0] <= new[1] and new[0] <= old[1]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Why: what made the new verdict, else what moved the value, the largest part first."""
        flips = [part for part in self.parts if part.flips]
        if self.kind in ("flipped", "verdict", "no verdict") and flips:
            return flips[-1].reasons
        ordered = sorted(self.parts, key=lambda part: -abs(part.change or 0))
        return tuple(dict.fromkeys(reason for part in ordered for reason in part.reasons))


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else float(Fraction(after) - Fraction(before))


class Comparison(Frozen):
    """What two editions conclude differently; `steps` are the kinds of change that were tried, none without reasons.

    `conclusions` are the hashes of what each edition concludes: kept with other results, the comparison is not theirs.
    """

    old: str
    new: str
    conclusions: tuple[str, str]
    compared: int
    movements: tuple[Movement, ...]
    steps: tuple[Reason, ...] = ()


def adds_up(movement: Movement) -> bool:
    """Tell whether the parts lead from the old value and verdict to the new ones, and their changes to the whole."""
    old, new = movement.old, movement.new
    state = (old.value if old else None, old.verdict if old else "")
    whole: Fraction | None = Fraction(0)
    for part in movement.parts:
        if (part.before, part.verdict_before) != state:
            return False
        state = (part.after, part.verdict_after)
        known = part.before is not None and part.after is not None and whole is not None
        whole = whole + Fraction(part.after or 0) - Fraction(part.before or 0) if known and whole is not None else None
    if state != (new.value if new else None, new.verdict if new else ""):
        return False
    if old is None or new is None or old.value is None or new.value is None:
        return True
    return whole == Fraction(new.value) - Fraction(old.value)
