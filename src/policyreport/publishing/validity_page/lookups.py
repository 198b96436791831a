"""Measures of several rows of the study, for the texts about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from policyreport.params.methods import Setting
from policyreport.records.formats import Formats
from policyreport.statistics.validity.measures import CellResult

Settings = Mapping[str, Mapping[str, Setting]]
Cells = Sequence[CellResult]


@dataclass(frozen=True)
class Rows:
    """What a text under a table is made from: its rows, at least one, and the settings behind the report's verdicts."""

    cells: Cells
    settings: Settings
    formats: Formats


def values(cells: Iterable[CellResult], name: str) -> list[float]:
    """Return one measure, such as ``coverage``, of every cell that has it."""
    return [measure.value for cell in cells for measure in cell.measures if measure.name == name]


def number_range(numbers: Collection[float], formats: Formats) -> str:
    """Write the smallest and the largest number: ``0.930 to 0.975``."""
    return f"{formats.number(min(numbers), 3)} to {formats.number(max(numbers), 3)}"


def percent_range(shares: Collection[float], formats: Formats, digits: int = 1) -> str:
    """Write the smallest and the largest share: ``3.5 % to 6.2 %``."""
    return f"{formats.percent(min(shares), digits)} to {formats.percent(max(shares), digits)}"


def between(cells: Iterable[CellResult], name: str, formats: Formats) -> str:
    """Write ``between 0 % and 55.2 %`` for a measure of several rows, at least one of which must have it."""
    shares = values(cells, name)
    return f"between {formats.percent(min(shares))} and {formats.percent(max(shares))}"
