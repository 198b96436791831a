"""The ledger rows behind what a figure draws or a table prints, from which every source line is made."""

from collections.abc import Iterable, Iterator, Mapping

from policyreport.records.base import Observation
from policyreport.records.markdown import read_marks
from policyreport.records.shares import VintageValue


def rows_behind(shown: object) -> tuple[str, ...]:
    """Collect the ids of the rows behind what is shown, in order, each once.

    `shown` is a result, point, observation, line or row of a figure, or text in which values are marked with their
    rows, or any nesting of these. What names no rows, such as a label, adds none.
    """
    return tuple(dict.fromkeys(_rows(shown)))


def _rows(shown: object) -> Iterator[str]:
    if isinstance(shown, str):
        for mark in read_marks(shown):
            yield from mark.rows
    elif isinstance(shown, Observation):
        yield shown.id
    elif isinstance(shown, VintageValue):
        yield shown.observation
    elif isinstance(shown, Mapping):
        yield from _rows(shown.values())
    elif inputs := getattr(shown, "inputs", None):
        groups = inputs.values() if isinstance(inputs, Mapping) else [inputs]
        yield from (row for group in groups for row in group)
    elif points := getattr(shown, "points", None):
        yield from _rows(points)
    elif isinstance(shown, Iterable):
        for part in shown:
            yield from _rows(part)
