"""Measures of several rows of the study, for what is said of them."""

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
    """What a text under a table is made from.

    Parameters
    ----------
    cells : sequence of CellResult
        Rows that the text is of, one at least.
    settings : mapping
        Settings of the methods, with which the report draws its verdicts.
    formats : Formats
        Numbers in the page's language.
    """

    cells: Cells
    settings: Settings
    formats: Formats


def values(cells: Iterable[CellResult], name: str) -> list[float]:
    """Take one measure of several cells.

    Parameters
    ----------
    cells : iterable of CellResult
        Rows of the study.
    name : str
        ``coverage``.

    Returns
    -------
    list of float
        One a cell that has the measure.
    """
    return [each.value for cell in cells for each in cell.measures if each.name == name]


def number_range(found: Collection[float], formats: Formats) -> str:
    """Write the smallest and the largest of some numbers: ``0.930 to 0.975``."""
    return f"{formats.number(min(found), 3)} to {formats.number(max(found), 3)}"


def percent_range(found: Collection[float], formats: Formats, digits: int = 1) -> str:
    """Write the smallest and the largest of some shares: ``3.5 % to 6.2 %``."""
    return f"{formats.percent(min(found), digits)} to {formats.percent(max(found), digits)}"


def between(cells: Iterable[CellResult], name: str, formats: Formats) -> str:
    """Say between which shares a measure lies.

    Parameters
    ----------
    cells : iterable of CellResult
        Rows of the study, one at least with the measure.
    name : str
        ``refused``.
    formats : Formats
        Numbers in the page's language.

    Returns
    -------
    str
        ``between 0 % and 55.2 %``.

    Raises
    ------
    ValueError
        If no row has the measure.
    """
    found = values(cells, name)
    return f"between {formats.percent(min(found))} and {formats.percent(max(found))}"
