"""The editions that change when figures are added or removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from policyreport.errors import ParamsError
from policyreport.params.edition import read_edition_file
from policyreport.params.reading import DATA
from policyreport.project import list_editions


@dataclass(frozen=True)
class Affected:
    """An edition, how many of the figures it uses, and whether it has been built.

    `day` is the day it is known on. If its file cannot be read, `problem` says why and nothing else is known of it.
    """

    id: str
    day: date | None
    figures: int
    built: bool
    problem: str = ""

    def __str__(self) -> str:
        """Describe it in one sentence."""
        if self.problem:
            return f"{self.id}: cannot be read, so it is not known whether it changes ({self.problem})"
        built = "built, so run it again" if self.built else "not built yet"
        count = f"{self.figures} figure{'s' * (self.figures != 1)}"
        return f"{self.id}, known on {self.day}: {count} published by then ({built})"


def affected_editions(root: Path, published: Iterable[date]) -> tuple[Affected, ...]:
    """List the editions that use any of some figures, given the day by which each was certainly published.

    Editions on data of their own are left out; those whose file cannot be read are listed with their problem.
    """
    days, affected = list(published), []
    for name in list_editions(root):
        built = (root / "build" / name).is_dir()
        try:
            edition = read_edition_file(root, name)
        except ParamsError as error:
            affected.append(Affected(name, None, 0, built, f"{error.where}: {error.expected}"))
            continue
        # An edition with data of its own uses none of them.
        figures = sum(day <= edition.as_known_on for day in days) if edition.data == DATA else 0
        if figures:
            affected.append(Affected(name, edition.as_known_on, figures, built))
    return tuple(affected)
