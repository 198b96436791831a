"""The policy: targets and threshold, milestones, and the lists on which its tasks are counted."""

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from policyreport.errors import UsageError, require_one_of
from policyreport.params.reading import Root, Strict, load_parameters, repeated, validate_strict
from policyreport.params.untrusted import Address, Citation, Id


class Threshold(Strict):
    """A number that shares are compared with, and where it comes from.

    `is_target` is False for a benchmark that the policy itself does not set; `stated_on` is the day it was stated,
    `source` a source key or an address.
    """

    value: float
    unit: str
    indicators: tuple[str, ...]
    is_target: bool
    stated_on: date
    origin: str
    legal_reference: str
    source: Citation


class Reading(Strict):
    """Published figures from which a target is read: indicators of one measure, the first one yearly.

    `nearest` figures do not measure what the target names: they are shown and never judged. `note` says what is
    measured, or that it is not quite what the target names; `what` names the part of a target that has two.
    """

    indicators: tuple[str, ...] = Field(min_length=1)
    measure: str = ""
    nearest: bool = False
    what: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _nearest_says_what_it_is(self) -> Self:
        if self.nearest and not self.note:
            raise ValueError(f"{self.indicators[0]}: a nearest figure says in a note what it measures")
        return self


class Target(Strict):
    """A dated aim: a number with its operator, or a text where it has none.

    `horizon` is a year, or ``annual``, a span or a day. `area` is empty for a national target. A `yearly` target holds
    for the value of a year, such as a rate of growth, and no path leads to it. `short` is its name in a figure.
    `readings` are the figures it is read from, `not_found` says what was looked for in vain.
    """

    id: Id
    horizon: int | str
    indicator: str
    name: str
    operator: Literal[">=", "<=", ">", "<", "=", "between", "by", "qualitative"]
    value: float | None = None
    value_high: float | None = None
    text: str = ""
    unit: str
    area: str = ""
    legal_reference: str
    source: str = ""
    note: str = ""
    short: str = ""
    yearly: bool = False
    readings: tuple[Reading, ...] = ()
    not_found: str = ""

    @property
    def year(self) -> int | None:
        """The year by which it is to be met; None for a yearly one, or a span."""
        return self.horizon if isinstance(self.horizon, int) else None

    @property
    def direction(self) -> Literal[1, -1]:
        """1 where more is better, -1 where less is."""
        return -1 if self.operator in ("<", "<=") else 1

    @model_validator(mode="after")
    def _has_value_or_text(self) -> Self:
        if (self.value is None) == (not self.text):
            raise ValueError(f"{self.id} needs either a value or a text")
        if (self.operator == "between") != (self.value_high is not None):
            raise ValueError(f"{self.id}: value_high belongs to operator between, and to no other")
        return self


class Milestone(Strict):
    """A day in the policy's life; `area` is empty for a national one.

    Where `precision` is month or year, the source names no day and `date` is the last one.
    """

    id: Id
    date: date
    title: str
    kind: Literal["instrument", "event", "deadline"]
    area: str = ""
    precision: Literal["day", "month", "year"] = "day"
    legal_reference: str
    source: str
    note: str = ""


class TaskList(Strict):
    """A list of tasks: issuing body, scope and counting rule; nothing is compared across lists.

    `deadline` is the day by which its tasks are to be done, None where none is set, and `deadline_reason` why it is
    that day. After it a list is no longer counted, except in a report on its last quarter or up to `counted_until`.
    `recurring` is whether the list holds recurring tasks, `recurring_completed` whether these count as completed.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    title_vi: str = ""
    issuer: str
    scope: str
    rule: str
    kind: str
    recurring: Literal["included", "excluded", "not stated"]
    recurring_completed: Literal["yes", "no", "not stated"] = "not stated"
    overdue_in_progress: Literal["yes", "no", "inferred", "not stated"]
    context: bool = False
    size_only: bool = False
    deadline: date | None = None
    deadline_reason: str = ""
    counted_until: date | None = None
    basis: str

    @model_validator(mode="after")
    def _deadline_has_its_reason(self) -> Self:
        if (self.deadline is None) != (not self.deadline_reason):
            raise ValueError(f"{self.id}: deadline and deadline_reason belong together")
        if self.counted_until is not None and (self.deadline is None or self.counted_until <= self.deadline):
            raise ValueError(f"{self.id}: counted_until is a day after the deadline")
        return self

    @property
    def titles(self) -> tuple[str, ...]:
        """Its title in every language that has one."""
        return tuple(filter(None, (self.title, self.title_vi)))

    def title_in(self, language: str) -> str:
        """Return the title in a language, else in English."""
        return (self.title_vi if language == "vi" else "") or self.title

    def ended(self, start: date, day: date, slack: int) -> bool:
        """Return whether the list was over in a period that begins at `start` and is counted on `day`.

        A report on the last quarter may use counts up to `slack` days after the deadline.
        """
        if self.deadline is None:
            return False
        last = self.counted_until or self.deadline
        return start > last or (self.counted_until is None and day > last + timedelta(days=slack))


class Policy(Strict):
    """The whole of params/policy.yaml."""

    id: Id
    title: str
    title_vi: str
    short_title: str
    short_title_vi: str
    issuer: str
    date: date
    legal_reference: str
    address: Address
    threshold: Threshold
    targets: tuple[Target, ...]
    milestones: tuple[Milestone, ...]
    lists: tuple[TaskList, ...]
    related_targets: tuple[Target, ...]

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        targets = (*self.targets, *self.related_targets)
        for ids in ([entry.id for entry in group] for group in (targets, self.milestones, self.lists)):
            if twice := repeated(ids):
                raise ValueError(f"id used twice: {', '.join(twice)}")
        return self

    def targets_for(self, indicator: str) -> tuple[Target, ...]:
        """Return the policy's own targets on an indicator that have a number and a year, the nearest year first."""
        targets = [
            target
            for target in self.targets
            if target.indicator == indicator and target.value is not None and isinstance(target.horizon, int)
        ]
        return tuple(sorted(targets, key=lambda target: int(target.horizon)))

    @property
    def read_indicators(self) -> frozenset[str]:
        """Indicators from which a target is read."""
        targets = (*self.targets, *self.related_targets)
        return frozenset(name for target in targets for reading in target.readings for name in reading.indicators)

    def list_named(self, id: str) -> TaskList:
        """Look up a list of tasks by its id; raises UsageError with the nearest ids."""
        known = {item.id: item for item in self.lists}
        require_one_of(UsageError, "list", id, known, "a list of params/policy.yaml")
        return known[id]


def read_policy(root: Root) -> Policy:
    """Read params/policy.yaml."""
    return validate_strict(*load_parameters(root, "policy"), Policy)
