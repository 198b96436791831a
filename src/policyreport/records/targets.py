"""Results on dated targets: METHODS §20.8 scorecard."""

from __future__ import annotations

from datetime import date
from typing import Literal

from policyreport.records.base import Bound, Frozen, Result, Status

NoVerdict = Literal[
    "", "not published", "only related figures", "no newer figure", "one figure so far", "no exact figure",
    "part of a year", "no number set", "a place, no pace", "not yet due", "set before the merger",
]  # fmt: skip
"""Why there is no verdict, as params/wording.yaml prints it.

Of the last ones: the target has no number; no pace leads to a place among others; it is for later years; a province's
target was set for other boundaries.
"""


class TargetFigure(Frozen):
    """One published figure that a target is read from."""

    indicator: str
    period: str
    published: date
    value: float
    bound: Bound
    unit: str
    status: Status
    note: str = ""
    inputs: tuple[str, ...] = ()


class TargetReading(Frozen):
    """A target by one measure: the last figure before the policy, the newest since, and how far that leads.

    `way` is the share of the way from `baseline` to the target that is gone. `observed` is the change a year since
    `base`, `at_pace` where it would lead by the target's year, `required` what it would have to be from `base`,
    `required_from_now` from the newest figure, all in the figure's unit; None where no path leads to the target. `gap`
    is what a missed target was missed by. `verdict` is a word of params/wording.yaml, or two that revisions leave open.
    `met_before` says that the baseline was at the target.
    """

    measure: str
    nearest: bool
    what: str = ""
    note: str = ""
    baseline: TargetFigure | None = None
    latest: TargetFigure | None = None
    base: TargetFigure | None = None
    way: float | None = None
    observed: float | None = None
    at_pace: float | None = None
    required: float | None = None
    required_from_now: float | None = None
    gap: float | None = None
    met_before: bool = False
    verdict: str = ""
    reason: NoVerdict = ""

    @property
    def printed_rows(self) -> tuple[str, ...]:
        """The rows behind its two figures."""
        return tuple(row for figure in (self.baseline, self.latest) if figure for row in figure.inputs)


class TargetScore(Result):
    """One target of the policy, by every measure it is read from (METHODS §20.8).

    `verdict`, or `reason` for none, is that of the first reading of the target's own measure. `target_high` is the
    upper end of a range; a target in words has `text` in place of a number.
    """

    kind: Literal["target"] = "target"
    id: str
    name: str
    short: str
    area: str
    horizon: str
    operator: str
    target: float | None
    target_high: float | None
    text: str
    unit: str
    legal_reference: str
    not_found: str = ""
    readings: tuple[TargetReading, ...] = ()
    verdict: str = ""
    reason: NoVerdict = ""

    @property
    def own_readings(self) -> tuple[TargetReading, ...]:
        """The readings of what the target names."""
        return tuple(reading for reading in self.readings if not reading.nearest)
