"""The policy: targets and threshold, milestones, and the lists its tasks are counted on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from policyreport.errors import UsageError, did_you_mean
from policyreport.params.layout import Root, load_parameters
from policyreport.params.reading import Strict, validate_strict
from policyreport.params.texts import Address, Citation, Id


class Threshold(Strict):
    """A number that shares are held against, with where it comes from.

    `is_target` is False for a benchmark that the policy itself does not set; `stated_on` is the day it was
    said, `source` a source key or an address.
    """

    value: float
    unit: str
    indicators: tuple[str, ...]
    is_target: bool
    stated_on: date
    origin: str
    legal_reference: str
    source: Citation


class Target(Strict):
    """A dated aim: a number with its operator, or a text where it has none.

    `horizon` is a year, or ``annual``, a span or a day. `area` is empty for the nation.
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

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        """Refuse a target without number and text, and a range with one end."""
        if (self.value is None) == (not self.text):
            raise ValueError(f"{self.id} needs either a value or a text")
        if (self.operator == "between") != (self.value_high is not None):
            raise ValueError(f"{self.id}: value_high belongs to operator between, and to no other")
        return self


class Milestone(Strict):
    """A day in the policy's life; `area` is empty for the nation.

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

    `deadline` is the day by which its tasks are to be done, None where none is set; `deadline_reason` says
    why it is that day. A list is no longer counted after it, but for a report on its last quarter, unless
    `counted_until` names a later day. `recurring` tells whether the list holds recurring tasks,
    `recurring_completed` whether these are counted among the completed.
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
        """Refuse a deadline nobody gave a reason for, and a reason for none."""
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
        """Its title in a language, else in English."""
        return (self.title_vi if language == "vi" else "") or self.title

    def ended(self, start: date, day: date, slack: int) -> bool:
        """Tell whether a list was over in a period that begins at `start` and is counted on `day`.

        A report on the last quarter may hold on a day up to `slack` days after the deadline.
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
        """Refuse an id used twice: the second would hide the first."""
        groups: tuple[Sequence[Target | Milestone | TaskList], ...] = (
            (*self.targets, *self.related_targets),
            self.milestones,
            self.lists,
        )
        for group in groups:
            ids = [each.id for each in group]
            twice = sorted({each for each in ids if ids.count(each) > 1})
            if twice:
                raise ValueError(f"id used twice: {', '.join(twice)}")
        return self

    def targets_for(self, indicator: str) -> tuple[Target, ...]:
        """Select the policy's own numeric targets on one indicator, the nearest year first.

        Parameters
        ----------
        indicator : str
            An indicator's id.

        Returns
        -------
        tuple of Target
            With a value and a year as horizon.
        """
        found = [
            each
            for each in self.targets
            if each.indicator == indicator and each.value is not None and isinstance(each.horizon, int)
        ]
        return tuple(sorted(found, key=lambda each: int(each.horizon)))

    def list_named(self, id: str) -> TaskList:
        """Look a list of tasks up.

        Parameters
        ----------
        id : str
            Its slug, as in the ledger's column `list`.

        Returns
        -------
        TaskList
            Title, scope and basis.

        Raises
        ------
        UsageError
            If there is none, with the nearest slugs.
        """
        known = {each.id: each for each in self.lists}
        if id not in known:
            raise UsageError("list", "a list of params/policy.yaml", f'"{id}"', did_you_mean(id, known))
        return known[id]


def read_policy(root: Root) -> Policy:
    """Read params/policy.yaml.

    Parameters
    ----------
    root : Path or Layout
        The project.

    Returns
    -------
    Policy
        Typed and checked.

    Raises
    ------
    ParamsError
        If the file is missing or breaks the schema.
    """
    return validate_strict(*load_parameters(root, "policy"), Policy)
