"""What neither the sheet nor the command says is asked for at once, with what could be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from policyreport.errors import UsageError, did_you_mean
from policyreport.intake.days import days_in, periods_in
from policyreport.observations.periods import period_bounds
from policyreport.params.intake import LEVEL
from policyreport.sources import read_sources
from policyreport.spelling import plain

if TYPE_CHECKING:
    from policyreport.intake.figures import Known, Reading
    from policyreport.intake.layout import Line, Said

_OF_SOURCE = ("publisher", "title", "address")
# The order in which a person has the answers at hand.
_ORDER = (
    "publisher",
    "publisher_name",
    "title",
    "address",
    "published",
    "period",
    "indicator",
    "measure",
    "list",
    "status",
    "decimal",
)
_WANTED = {
    "publisher": "who published the figures",
    "publisher_name": "the publisher's full name",
    "title": "the title of the document they are from",
    "address": "where and when it came out",
    "published": "the day it came out",
    "period": "the period of the figures",
    "indicator": "the indicator of the figures",
    "measure": "the measure of the figures",
    "list": "the list of the figures",
    "status": "the status of the figures",
    "decimal": "which sign stands before decimals",
}
_SHOWN = 12


@dataclass(frozen=True)
class Asking:
    """Asks for what is missing.

    Parameters
    ----------
    root : Path
        The project's folder.
    known : Known
        What could be answered.
    lines : tuple of Line
        Lines of the sheet that were not read: a title may say the period.
    name : str
        The sheet's name, which may say it too.
    """

    root: Path
    known: Known
    lines: tuple[Line, ...]
    name: str

    def require(self, said: dict[str, Said], reading: Reading) -> None:
        """Stop if something is missing.

        Raises
        ------
        UsageError
            With everything that is, and how each can be answered.
        """
        missing = {name: list[str]() for name in _OF_SOURCE if name not in said} | reading.missing
        if missing and self._new_publisher(said):
            missing["publisher_name"] = []
        if "published" not in said and not reading.figures and not reading.problems:
            missing.setdefault("published", [])
        if "indicator" in missing and "measure" not in said and (of := self._spoken_of()):
            missing.setdefault("measure", []).append(of[1])
        if not missing:
            return
        names = [name for name in _ORDER if name in missing]
        expected = "; ".join(dict.fromkeys(_WANTED[name] for name in names))
        answers = [f"  {line}" for name in names for line in self._answer(name, missing[name], said)]
        more = f" ({len(reading.problems)} cells are refused besides.)" if reading.problems else ""
        todo = "\n".join([f'Add these options, or lines such as "Kỳ báo cáo: …" above the table:{more}', *answers])
        raise UsageError(self.name, expected, "nothing of it, neither in the sheet nor in the command", todo)

    def _answer(self, name: str, of: list[str], said: dict[str, Said]) -> Iterator[str]:
        """The option that answers, and what it may be."""
        if name == "publisher":
            known = sorted({key.partition("/")[0] for key in read_sources(self.root)})
            yield f"--publisher NAME          its folder below data/raw: {_listed(known)}, or a new one"
        elif name == "publisher_name":
            folders = {key.partition("/")[0] for key in read_sources(self.root)}
            near = did_you_mean(said["publisher"].cell.text, folders)
            yield f'--publisher-name "…"      if the publisher is new; {near}'
        elif name == "title":
            yield '--title "…"               the title of the document'
        elif name == "address":
            yield "--address https://…       where it can be found"
        elif name == "published":
            yield f"--published DATE          the day, month or year it came out{self._hint('published')}"
        elif name == "period":
            yield f"--period PERIOD           such as 2026-Q1, 2026 or 2026-01/2026-09{self._hint('period')}"
        elif name == "indicator":
            yield f"--indicator ID            what columns headed by periods hold{self._indicator_hint()}"
        elif name == "measure":
            by_id = self.known.indicators.by_id()
            for id in of:
                for measure, text in by_id[id].measures.items():
                    yield f"--measure {measure:<15} if {id} is: {text}"
        elif name == "list":
            yield f"--list LIST               {self._lists(said)}"
        elif name == "decimal":
            yield f"--decimal comma           for 1.227,5; --decimal point for 1,227.5. {of[0]}"
        else:
            yield "--status STATUS           observed, preliminary, estimate, projection or derived"

    def _new_publisher(self, said: dict[str, Said]) -> bool:
        """True if the publisher's folder is not there and its full name is not said; alone it may be a slip."""
        if "publisher" not in said or "publisher_name" in said:
            return False
        return said["publisher"].cell.text not in {key.partition("/")[0] for key in read_sources(self.root)}

    def _indicator_hint(self) -> str:
        """Where ids stand, or what an unread line speaks of."""
        of = self._spoken_of()
        return f": {of[0]}, which may be {of[1]}" if of else ", an id of params/indicators.yaml"

    def _spoken_of(self) -> tuple[str, str] | None:
        """The indicator whose name an unread line has, and where."""
        names = self.known.words.figure_columns(self.known.indicators)
        for line in self.lines:
            key = f" {plain(line.text)} "
            found = sorted((name for name in names if LEVEL not in name and f" {name} " in key), key=len)
            if found:
                return f'row {line.row} says "{found[-1]}"', names[found[-1]].indicator
        return None

    def _lists(self, said: dict[str, Said]) -> str:
        """The lists that can be meant: those still counted in the period, where it is known."""
        lists = self.known.policy.lists
        text = said["period"].cell.text if "period" in said else next((period for _, _, period in self._periods()), "")
        try:
            start, end = period_bounds(text)
            lists = tuple(each for each in lists if not each.ended(start, end, self.known.slack_days))
        except ValueError:
            pass
        return f"of params/policy.yaml, where a new one is described first: {_listed([each.id for each in lists])}"

    def _hint(self, name: str) -> str:
        """What an unread line or the sheet's name says of a day or a period."""
        periods = self.known.words.periods
        if name == "period":
            said = [(where, text, period) for where, text, period in self._periods()]
        else:
            said = [(f"row {each.row}", text, day) for each in self.lines for text, day in days_in(each.text, periods)]
        return f': {said[0][0]} says "{said[0][1]}", which is {said[0][2]}' if said else ""

    def _periods(self) -> Iterator[tuple[str, str, str]]:
        """Periods that lines of the sheet, its name or the file's name say."""
        periods = self.known.words.periods
        for line in self.lines:
            yield from ((f"row {line.row}", text, period) for text, period in periods_in(line.text, periods))
        words = self.name.replace("_", " ").replace(".", " ").replace('"', " ")
        yield from (("its name", text, period) for text, period in periods_in(words, periods))


def _listed(words: list[str]) -> str:
    """The first of some words, and a sign for more."""
    return ", ".join(words[:_SHOWN]) + (", …" if len(words) > _SHOWN else "")
