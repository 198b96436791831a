"""Figures read from a sheet, what they are checked against, and the result of reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from policyreport.errors import DataError
from policyreport.intake.names import AreaNames
from policyreport.intake.numbers import Decimals
from policyreport.params.indicators import Indicator, Indicators
from policyreport.params.intake import IntakeMap
from policyreport.params.policy import Policy


@dataclass(frozen=True)
class Figure:
    """A figure for the ledger: its columns as text, and the place of its value in the sheet (from 1, and in words)."""

    fields: dict[str, str]
    row: int
    column: int
    place: str


@dataclass(frozen=True)
class Context:
    """What the texts of a sheet are matched against and checked with.

    Nothing is published after `today`; `slack_days` is how long after the end of its period a count may hold.
    """

    names: AreaNames
    indicators: Indicators
    policy: Policy
    words: IntakeMap
    today: date
    slack_days: int


@dataclass
class Reading:
    """The result of reading a sheet.

    `problems` has what is refused, each place once. `missing` has the fields that neither sheet nor command states,
    with the indicators that need them, or the cell. `unread` has unknown words that formats show next to numbers, each
    with its first cell.
    """

    figures: list[Figure] = field(default_factory=list)
    problems: list[DataError] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    decimals: Decimals = Decimals.point
    unread: dict[str, str] = field(default_factory=dict)


def index_hint(indicator: Indicator, value: Decimal) -> str:
    """Say if a growth rate may be an index with the year before as 100."""
    usual = indicator.plausible
    if usual is None or usual.low >= 0 or usual.holds(value) or not usual.holds(value - 100):
        return ""
    return f"If it is an index, the year before being 100, write growth: {value - 100:f}. "
