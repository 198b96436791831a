"""Figures read of a sheet, what they are held against, and what reading one gave."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from policyreport.errors import DataError
from policyreport.intake.numbers import Decimals

if TYPE_CHECKING:
    from policyreport.intake.names import AreaNames
    from policyreport.params.indicators import Indicator, Indicators
    from policyreport.params.intake import IntakeMap
    from policyreport.params.policy import Policy


@dataclass(frozen=True)
class Figure:
    """A figure for the ledger: its columns as text, and where the sheet says it.

    Parameters
    ----------
    fields : dict of str to str
        By column of the ledger.
    row, column : int
        Where its value stands in the sheet, from 1.
    place : str
        The same in words.
    """

    fields: dict[str, str]
    row: int
    column: int
    place: str


@dataclass(frozen=True)
class Context:
    """What a sheet's words are held against.

    Parameters
    ----------
    names : AreaNames
        Areas and their names.
    indicators : Indicators
        Indicators with units, measures and limits.
    policy : Policy
        Lists of tasks.
    words : IntakeMap
        The map.
    today : date
        Nothing is published later.
    slack_days : int
        How long after the end of its period a count may hold.
    """

    names: AreaNames
    indicators: Indicators
    policy: Policy
    words: IntakeMap
    today: date
    slack_days: int


@dataclass
class Reading:
    """What reading a sheet gave.

    Parameters
    ----------
    figures : list of Figure
        In the order of the sheet.
    problems : list of DataError
        What is refused, each place once.
    missing : dict of str to list of str
        What neither the sheet nor the command says, with the indicators it is missing for, or the cell.
    decimals : Decimals
        How the sheet writes decimals.
    unread : dict of str to str
        Words that formats show beside numbers and nobody knows, each with the first cell.
    """

    figures: list[Figure] = field(default_factory=list)
    problems: list[DataError] = field(default_factory=list)
    missing: dict[str, list[str]] = field(default_factory=dict)
    decimals: Decimals = Decimals.point
    unread: dict[str, str] = field(default_factory=dict)


def index_hint(indicator: Indicator, value: Decimal) -> str:
    """Say where a rate of growth may be an index of which the year before is 100."""
    usual = indicator.plausible
    if usual is None or usual.low >= 0 or usual.holds(value) or not usual.holds(value - 100):
        return ""
    return f"If it is an index, the year before being 100, write growth: {value - 100:f}. "
